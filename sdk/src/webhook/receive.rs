//! From a request to what it proves, in any framework.

use super::delivery::Delivery;
use super::rejection::{Reason, Rejection};
use super::verifier::Verify;
use http::Request;
use http_body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::error::Error;
use std::iter::successors;

/// Reads the body of a request, up to the limit of the verifier, and has it verified. It works with any server whose
/// requests are those of the crate `http`; with axum, `Callback` does it for you.
///
/// The address has to be the one that was sent. A router that takes a prefix away keeps it somewhere: put it back, or
/// signed callback URLs and paths that tell the event are not found.
///
/// Why a callback is rejected is logged: one warning of `tracing` for each, with the [`Reason`] and nothing that was sent.
/// How long a caller may take to send the body is not limited here.
///
/// ```
/// # #[cfg(feature = "signly")] {
/// use countersign::http::{Request, Response};
/// use countersign::signly::webhook::Verifier;
/// use countersign::webhook::{Acknowledgement, receive};
///
/// async fn answer(verifier: &Verifier, request: Request<String>) -> Response<String> {
///     match receive(verifier, request).await {
///         Ok(verified) => match store(verified.dedupe_key().as_str(), verified.body()) {
///             Ok(()) => Acknowledgement::Stored.response(),
///             Err(_) => Acknowledgement::Later { after: None }.response(),
///         },
///         Err(rejection) => rejection.response(),
///     }
/// }
/// # fn store(_: &str, _: &[u8]) -> std::io::Result<()> { Ok(()) }
/// # }
/// ```
///
/// `cargo run --example bare_hyper` is a whole server.
///
/// # Errors
///
/// The body is too large or breaks off, or the delivery is not accepted.
pub async fn receive<V, B>(verifier: &V, request: Request<B>) -> Result<V::Output, Rejection>
where
    V: Verify,
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let (parts, body) = request.into_parts();
    let accepted = match Limited::new(body, verifier.body_limit()).collect().await {
        Ok(body) => {
            let delivery = Delivery::new(parts.method, parts.uri, parts.headers, body.to_bytes());
            verifier.verify(&delivery, verifier.now())
        }
        Err(error) => Err(unread(&*error)),
    };
    accepted.inspect_err(|rejection| tracing::warn!(reason = ?rejection.reason(), "callback rejected"))
}

/// The limit may also be one that a layer of the application set.
fn unread(error: &(dyn Error + 'static)) -> Rejection {
    let mut causes = successors(Some(error), |&error| error.source());
    let too_large = causes.any(<dyn Error>::is::<LengthLimitError>);
    if too_large { Reason::TooLarge.into() } else { Reason::IncompleteBody.into() }
}
