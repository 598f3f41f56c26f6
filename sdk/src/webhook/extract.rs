//! Callbacks as extractors of axum handlers.

use super::delivery::Delivery;
use super::rejection::{Reason, Rejection};
use super::verifier::Verify;
use axum::body::Body;
use axum::extract::{FromRef, FromRequest, OriginalUri, Request};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::error::Error;
use std::fmt;
use std::iter::successors;

/// A callback that the verifier of the application's state accepted.
///
/// It reads the whole body, up to the limit of the verifier, so it is the last argument of a handler. What is not
/// accepted is answered with the status of the [`Rejection`], 400, 401 or 413, and an empty body. What is accepted is
/// answered by the handler: return a 2xx status only once the event is stored or queued, since it may be the last time
/// that the provider tells it.
///
/// Why a callback is rejected is logged: one warning of `tracing` for each, with the [`Reason`] and nothing that was sent.
/// To do more about it, take `Result<Callback<V>, Rejection>` as the argument. How long a caller may take to send the body
/// is not limited here; put a timeout layer around the route.
///
/// ```
/// # #[cfg(feature = "signly")] {
/// use axum::{Router, http::StatusCode, routing::post};
/// use countersign::signly::webhook::{EventData, Verifier};
/// use countersign::{Secret, webhook::Callback};
///
/// async fn callback(Callback(verified): Callback<Verifier>) -> StatusCode {
///     match &verified.event().data {
///         EventData::ProcessCompleted(_) => StatusCode::NO_CONTENT, // stored under verified.dedupe_key()
///         _ => StatusCode::NO_CONTENT,
///     }
/// }
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

    async fn from_request(request: Request, state: &S) -> Result<Self, Rejection> {
        let accepted = accept(&V::from_ref(state), request).await;
        accepted
            .inspect_err(|rejection| tracing::warn!(reason = ?rejection.reason(), "callback rejected"))
            .map(Self)
    }
}

async fn accept<V: Verify>(verifier: &V, request: Request) -> Result<V::Output, Rejection> {
    let (parts, body) = request.into_parts();
    let body = Limited::new(body, verifier.body_limit()).collect().await.map_err(|error| unread(&*error))?;
    // A nested router takes its prefix away from the address of the request.
    let uri = parts.extensions.get().map_or(parts.uri, |OriginalUri(uri)| uri.clone());
    let delivery = Delivery::new(parts.method, uri, parts.headers, body.to_bytes());
    verifier.verify(&delivery, verifier.now())
}

/// The limit may also be one that a layer of the application set.
fn unread(error: &(dyn Error + 'static)) -> Rejection {
    let mut causes = successors(Some(error), |&error| error.source());
    let too_large = causes.any(<dyn Error>::is::<LengthLimitError>);
    if too_large { Reason::TooLarge.into() } else { Reason::IncompleteBody.into() }
}

/// The status, and nothing that would tell the caller more.
impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        (self.status(), Body::empty()).into_response()
    }
}
