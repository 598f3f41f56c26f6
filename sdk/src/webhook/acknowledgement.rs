//! What the application answers.

use http::header::RETRY_AFTER;
use http::{HeaderValue, Response, StatusCode};
use std::time::Duration;

/// What became of a callback that was accepted, and so how it is answered.
///
/// Answer that it is stored only when nothing can be lost any more: it may be the last time that the provider tells it.
/// Signly documents that any 2xx means that, and that it delivers again otherwise \[S\]. Legalesign, Leap and SIGN8
/// document neither what they expect nor whether they try again; all of them understand a plain 200, so that is what is
/// sent.
///
/// ```
/// use countersign::webhook::Acknowledgement;
/// use std::time::Duration;
///
/// assert_eq!(Acknowledgement::Stored.status(), 200);
/// let busy = Acknowledgement::Later { after: Some(Duration::from_secs(30)) };
/// assert_eq!(busy.response::<Vec<u8>>().headers()["retry-after"], "30");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Acknowledgement {
    /// It is stored or queued. 200.
    Stored,
    /// It was stored before. 200 as well: the provider need not tell it again.
    Duplicate,
    /// It could not be stored; the provider may try again. 503.
    Later {
        /// After how long, if that is known: sent as `Retry-After`, in whole seconds. That a provider obeys is not
        /// documented of any.
        after: Option<Duration>,
    },
}

impl Acknowledgement {
    /// The status to answer with.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::Stored | Self::Duplicate => StatusCode::OK,
            Self::Later { .. } => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The whole answer, with an empty body.
    #[must_use]
    pub fn response<B: Default>(self) -> Response<B> {
        let mut response = Response::new(B::default());
        *response.status_mut() = self.status();
        if let Self::Later { after: Some(after) } = self {
            let whole = after.as_secs().saturating_add(u64::from(after.subsec_nanos() > 0));
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(whole));
        }
        response
    }
}

#[cfg(feature = "axum")]
impl axum::response::IntoResponse for Acknowledgement {
    fn into_response(self) -> axum::response::Response {
        self.response()
    }
}
