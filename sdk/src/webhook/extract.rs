//! Callbacks as extractors of axum handlers.

use super::receive::receive_at;
use super::rejection::Rejection;
use super::verifier::Verify;
use axum::extract::{FromRef, FromRequest, MatchedPath, OriginalUri, Request};
use axum::response::{IntoResponse, Response};
use std::fmt;

/// A callback that the verifier of the application's state accepted.
///
/// It reads the whole body, up to the limit of the verifier, so it is the last argument of a handler. What is not
/// accepted is answered with the status of the [`Rejection`], 400, 401, 413 or 503, and an empty body. What is accepted is
/// answered by the handler: return a 2xx status only once the event is stored or queued, since it may be the last time
/// that the provider tells it.
///
/// Signed callback URLs have a token at the end of the path, and SIGN8 adds more: route everything below the address that
/// they were minted from, as in `.route("/callbacks/leap/{*token}", post(callback))`, or mount it in a
/// [`CallbackRouter`](super::CallbackRouter), which does.
///
/// What is read, for how long, and what is logged is as with [`receive`](super::receive()); the log has the route too, as it
/// is written in the router. To do more about a rejection, take `Result<Callback<V>, Rejection>` as the argument.
///
/// ```
/// # #[cfg(feature = "signly")] {
/// use axum::{Router, routing::post};
/// use countersign::Secret;
/// use countersign::signly::webhook::Verifier;
/// use countersign::webhook::{Acknowledgement, Callback};
///
/// async fn callback(Callback(verified): Callback<Verifier>) -> Acknowledgement {
///     match store(verified.dedupe_key().as_str(), verified.body()) {
///         Ok(()) => Acknowledgement::Stored,
///         Err(_) => Acknowledgement::Later { after: None },
///     }
/// }
/// # fn store(_: &str, _: &[u8]) -> std::io::Result<()> { Ok(()) }
///
/// let verifier = Verifier::builder()
///     .shared_secret("X-Client-Auth", Secret::chosen("correct horse battery staple")?)
///     .tenant("58bff266-cdad-46db-b373-1b06476146cd")
///     .build()?;
/// let router: Router = Router::new().route("/callbacks/signly", post(callback)).with_state(verifier);
/// # let _ = router;
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Callback<V: Verify>(
    /// What the verifier made of it.
    pub V::Output,
);

impl<V: Verify<Output: fmt::Debug>> fmt::Debug for Callback<V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Callback").field(&self.0).finish()
    }
}

impl<S, V> FromRequest<S> for Callback<V>
where
    S: Send + Sync,
    V: Verify + FromRef<S> + Send + Sync,
{
    type Rejection = Rejection;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, Rejection> {
        // A nested router takes its prefix away from the address of the request.
        if let Some(OriginalUri(uri)) = request.extensions_mut().remove() {
            *request.uri_mut() = uri;
        }
        let route = request.extensions().get::<MatchedPath>().cloned();
        let route = route.as_ref().map(MatchedPath::as_str);
        receive_at(route, &V::from_ref(state), request).await.map(Self)
    }
}

/// The status, and nothing that would tell the caller more.
impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        self.response()
    }
}
