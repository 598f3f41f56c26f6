//! All callbacks of an application, in one router.

use super::acknowledgement::Acknowledgement;
use super::configuration::ConfigurationError;
use super::receive::receive_at;
use super::verifier::Verify;
use axum::Router;
use axum::extract::{OriginalUri, Request};
use axum::response::IntoResponse;
use axum::routing::any;
use std::sync::Arc;

/// A router for the callbacks of several providers: each has its path, its verifier and its handler.
///
/// Everything below the path is served too where callbacks come to signed URLs, or the provider adds a path of its own;
/// otherwise the path alone, since nothing then proves what follows it. A verifier says which
/// ([`accepts_paths_below`](Verify::accepts_paths_below)). What a verifier does not accept never gets to the handler; it is
/// answered as a [`Rejection`](super::Rejection) says. Either is logged with the path that it is mounted at, see
/// [`receive`](super::receive()).
///
/// ```
/// # #[cfg(all(feature = "signly", feature = "leap"))] {
/// use countersign::webhook::{Acknowledgement, CallbackRouter, Verified};
/// use countersign::{leap, signly};
///
/// fn app(
///     signly: signly::webhook::Verifier,
///     leap: leap::webhook::Verifier,
/// ) -> Result<axum::Router, countersign::webhook::ConfigurationError> {
///     let router = CallbackRouter::new()
///         .mount("/callbacks/signly", signly, |verified: Verified<signly::webhook::Event>| async move {
///             queue(verified.dedupe_key().to_string())
///         })?
///         .mount("/callbacks/leap", leap, |verified: Verified<leap::webhook::Completion>| async move {
///             queue(verified.dedupe_key().to_string())
///         })?;
///     Ok(router.into())
/// }
///
/// fn queue(_: String) -> Acknowledgement {
///     Acknowledgement::Stored
/// }
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "it serves nothing before it is made into a `Router`"]
pub struct CallbackRouter {
    router: Router,
    paths: Vec<String>,
}

impl CallbackRouter {
    /// A router without any callbacks.
    pub fn new() -> Self {
        Self::default()
    }

    /// Serves a path, and what is below it if the verifier [accepts that](Verify::accepts_paths_below).
    ///
    /// # Errors
    ///
    /// The path does not begin with `/`, has parameters or a query, or was mounted before.
    pub fn mount<V, H, F>(mut self, path: &str, verifier: V, handler: H) -> Result<Self, ConfigurationError>
    where
        V: Verify<Output: Send> + Send + Sync + 'static,
        H: Fn(V::Output) -> F + Send + Sync + 'static,
        F: Future<Output = Acknowledgement> + Send,
    {
        let is_fitting = path.starts_with('/');
        let path = path.trim_end_matches('/').to_owned();
        if !is_fitting || path.contains(['{', '}', '*', ':', '?', '#']) || self.paths.contains(&path) {
            return Err(ConfigurationError::UnusablePath);
        }
        let shown = if path.is_empty() { "/" } else { &path };
        let serves_below = verifier.accepts_paths_below();
        let shared = Arc::new((verifier, handler, shown.to_owned()));
        let answer = any(move |OriginalUri(uri): OriginalUri, mut request: Request| async move {
            *request.uri_mut() = uri;
            let (verifier, handler, route) = &*shared;
            match receive_at(Some(route), verifier, request).await {
                Ok(accepted) => handler(accepted).await.into_response(),
                Err(rejection) => rejection.into_response(),
            }
        });
        self.router = self.router.route(&format!("{path}/"), answer.clone());
        if serves_below {
            self.router = self.router.route(&format!("{path}/{{*rest}}"), answer.clone());
        }
        if !path.is_empty() {
            self.router = self.router.route(&path, answer);
        }
        self.paths.push(path);
        Ok(self)
    }
}

impl From<CallbackRouter> for Router {
    fn from(callbacks: CallbackRouter) -> Self {
        callbacks.router
    }
}
