//! Misbehaviour on request.

use super::lock;
use axum::body::Body;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};
use std::time::Duration;

/// Something that goes wrong with one call.
///
/// ```
/// use countersign::mock::Fault;
///
/// let busy = Fault::status(503).with_header("retry-after", "2").with_body("text/html", "<html>busy</html>");
/// let lost = Fault::lost_answer();
/// # let _ = (busy, lost);
/// ```
#[derive(Clone)]
pub struct Fault(pub(super) Kind);

#[derive(Clone)]
pub(super) enum Kind {
    Answer { status: StatusCode, headers: HeaderMap, body: Bytes },
    Delay(Duration),
    Reset,
    LostAnswer,
    Truncated,
}

impl Fault {
    /// An answer with this status and no body. The call is not processed. A number outside 200 to 999 counts as 500.
    #[must_use]
    pub fn status(status: u16) -> Self {
        let status = StatusCode::from_u16(status).ok().filter(|status| !status.is_informational());
        let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self(Kind::Answer { status, headers: HeaderMap::new(), body: Bytes::new() })
    }

    /// An answer of your own, such as a 200 with an odd body. The call is not processed.
    #[must_use]
    pub fn answer(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self::status(status).with_body(content_type, body)
    }

    /// The call is processed at once and answered after this time. A client that does not wait that long has its call
    /// processed all the same.
    #[must_use]
    pub fn delay(by: Duration) -> Self {
        Self(Kind::Delay(by))
    }

    /// The connection is reset. The call is not processed, which the client cannot know.
    #[must_use]
    pub fn reset() -> Self {
        Self(Kind::Reset)
    }

    /// The call is processed; then the connection is reset without an answer.
    #[must_use]
    pub fn lost_answer() -> Self {
        Self(Kind::LostAnswer)
    }

    /// The call is processed; then the connection ends after half of the body, whose full length was announced.
    #[must_use]
    pub fn truncated() -> Self {
        Self(Kind::Truncated)
    }

    /// Adds a header to an answer. Has no effect on faults that are none, nor if it is no valid header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let Kind::Answer { headers, .. } = &mut self.0
            && let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value))
        {
            headers.append(name, value);
        }
        self
    }

    /// Gives an answer a body. Has no effect on faults that are none.
    #[must_use]
    pub fn with_body(mut self, content_type: &str, content: impl Into<Bytes>) -> Self {
        if let Kind::Answer { headers, body, .. } = &mut self.0 {
            *body = content.into();
            if let Ok(value) = HeaderValue::try_from(content_type) {
                headers.insert(CONTENT_TYPE, value);
            }
        }
        self
    }
}

/// Neither header values nor bodies are shown.
impl fmt::Debug for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Answer { status, .. } => write!(formatter, "Fault::answer({})", status.as_u16()),
            Kind::Delay(by) => write!(formatter, "Fault::delay({by:?})"),
            Kind::Reset => formatter.write_str("Fault::reset()"),
            Kind::LostAnswer => formatter.write_str("Fault::lost_answer()"),
            Kind::Truncated => formatter.write_str("Fault::truncated()"),
        }
    }
}

/// The faults that are still to happen, each for any request or for those of one operation.
#[derive(Default)]
pub(super) struct Faults(Mutex<VecDeque<(Option<String>, Fault)>>);

impl Faults {
    pub(super) fn push(&self, operation: Option<&str>, fault: Fault) {
        lock(&self.0).push_back((operation.map(str::to_owned), fault));
    }

    /// The oldest fault that fits.
    pub(super) fn take(&self, operation: Option<&str>) -> Option<Fault> {
        let mut faults = lock(&self.0);
        let fits = |wanted: &Option<String>| wanted.is_none() || wanted.as_deref() == operation;
        let place = faults.iter().position(|(wanted, _)| fits(wanted))?;
        faults.remove(place).map(|(_, fault)| fault)
    }

    pub(super) fn pending(&self) -> usize {
        lock(&self.0).len()
    }
}

/// The answer with half of its body and the full length.
pub(super) fn truncate(answer: Response<Bytes>) -> Response<Body> {
    let (mut parts, body) = answer.into_parts();
    parts.headers.insert(http::header::CONTENT_LENGTH, body.len().into());
    let half = body.slice(..body.len() / 2);
    Response::from_parts(parts, Body::new(Half::Unsent(half)))
}

enum Half {
    Unsent(Bytes),
    /// Lets the connection write out what it has before it hears of the end.
    Sent,
    Ending,
}

impl hyper::body::Body for Half {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, io::Error>>> {
        match &mut *self {
            Self::Unsent(half) => {
                let half = std::mem::take(half);
                *self = Self::Sent;
                Poll::Ready(Some(Ok(hyper::body::Frame::data(half))))
            }
            Self::Sent => {
                *self = Self::Ending;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Ending => Poll::Ready(Some(Err(io::Error::other("truncated on request")))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, Faults};

    #[test]
    fn the_oldest_fault_that_fits_is_taken_once() {
        let faults = Faults::default();
        faults.push(Some("get"), Fault::status(500));
        faults.push(None, Fault::reset());
        faults.push(Some("get"), Fault::truncated());
        let taken = ["list", "get", "get", "get"].map(|operation| faults.take(Some(operation)));
        let taken = taken.map(|fault| fault.map(|fault| format!("{fault:?}")));
        let expected = [Some("Fault::reset()"), Some("Fault::answer(500)"), Some("Fault::truncated()"), None];
        assert_eq!(taken.each_ref().map(Option::as_deref), expected);
        assert_eq!(faults.pending(), 0);
    }

    #[test]
    fn a_number_that_is_no_final_status_counts_as_500() {
        for status in [0, 100, 199, 1000] {
            assert_eq!(format!("{:?}", Fault::status(status)), "Fault::answer(500)");
        }
    }
}
