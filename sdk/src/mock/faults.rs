//! Misbehaviour on request.

use super::chance::Seeded;
use super::lock;
use super::unknown::Unknown;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use std::collections::VecDeque;
use std::fmt;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

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
    Unread,
    Reset,
    LostAnswer,
    Late(Duration),
    Truncated,
    Slow(Duration),
    Unknown(Unknown),
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

    /// 429, with `Retry-After` in whole seconds. The call is not processed.
    #[must_use]
    pub fn throttled(after: Duration) -> Self {
        Self::status(429).with_header("retry-after", &after.as_secs().to_string())
    }

    /// 429, with `Retry-After` as a date. The call is not processed.
    #[must_use]
    pub fn throttled_until(time: SystemTime) -> Self {
        Self::status(429).with_header("retry-after", &httpdate::fmt_http_date(time))
    }

    /// The page that a gateway answers with when it has nobody to ask. The call is not processed.
    #[must_use]
    pub fn html_page(status: u16) -> Self {
        Self::answer(status, "text/html", "<html><head><title>Error</title></head><body>Error</body></html>")
    }

    /// The call is processed at once and answered after this time. A client that does not wait that long has its call
    /// processed all the same.
    #[must_use]
    pub fn delay(by: Duration) -> Self {
        Self(Kind::Delay(by))
    }

    /// The connection is reset before the body was read. The call is not processed, which the client cannot know.
    #[must_use]
    pub fn reset_unread() -> Self {
        Self(Kind::Unread)
    }

    /// The connection is reset once the request was read. The call is not processed, which the client cannot know.
    #[must_use]
    pub fn reset() -> Self {
        Self(Kind::Reset)
    }

    /// The call is processed; then the connection is reset without an answer.
    #[must_use]
    pub fn lost_answer() -> Self {
        Self(Kind::LostAnswer)
    }

    /// The connection is reset once the request was read. The call is processed all the same, when the server's clock has
    /// moved on by this time: a client that looks before that finds nothing, and one that then calls again has made it
    /// happen twice. By a clock that nobody moves, that is with the first call after this time.
    #[must_use]
    pub fn late(by: Duration) -> Self {
        Self(Kind::Late(by))
    }

    /// The call is processed; then the connection ends after half of the body, whose full length was announced.
    #[must_use]
    pub fn truncated() -> Self {
        Self(Kind::Truncated)
    }

    /// The call is processed; its answer comes in eight pieces with this time before each.
    #[must_use]
    pub fn slow(pause: Duration) -> Self {
        Self(Kind::Slow(pause))
    }

    /// The call is processed; every object of its answer has a member that no document knows. Has no effect on what is no
    /// JSON.
    #[must_use]
    pub fn new_members() -> Self {
        Self(Kind::Unknown(Unknown::Members))
    }

    /// The call is processed; every status, type and step in its answer has a value that no document knows. Has no effect
    /// on what is no JSON.
    #[must_use]
    pub fn new_values() -> Self {
        Self(Kind::Unknown(Unknown::Values))
    }

    /// Adds a header to an answer. Has no effect on faults that are none, nor if it is no valid header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let Kind::Answer { headers, .. } = &mut self.0
            && let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value))
        {
            let _ = headers.try_append(name, value);
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
            Kind::Unread => formatter.write_str("Fault::reset_unread()"),
            Kind::Slow(pause) => write!(formatter, "Fault::slow({pause:?})"),
            Kind::Unknown(Unknown::Members) => formatter.write_str("Fault::new_members()"),
            Kind::Unknown(Unknown::Values) => formatter.write_str("Fault::new_values()"),
            Kind::Reset => formatter.write_str("Fault::reset()"),
            Kind::LostAnswer => formatter.write_str("Fault::lost_answer()"),
            Kind::Late(by) => write!(formatter, "Fault::late({by:?})"),
            Kind::Truncated => formatter.write_str("Fault::truncated()"),
        }
    }
}

/// The faults that are still to happen, each for any request or for those of one operation.
#[derive(Default)]
pub(super) struct Faults {
    asked_for: Mutex<VecDeque<(Option<String>, Fault)>>,
    /// Those that happen each time, the last one that fits.
    standing: Mutex<Vec<(Option<String>, Fault)>>,
    by_seed: Mutex<Option<Seeded>>,
}

impl Faults {
    pub(super) fn push(&self, operation: Option<&str>, fault: Fault) {
        lock(&self.asked_for).push_back((operation.map(str::to_owned), fault));
    }

    /// From now on each request fails like this, or each of one operation.
    pub(super) fn stand(&self, operation: Option<&str>, fault: Fault) {
        lock(&self.standing).push((operation.map(str::to_owned), fault));
    }

    /// From now on nothing fails.
    pub(super) fn clear(&self) {
        lock(&self.asked_for).clear();
        lock(&self.standing).clear();
        *lock(&self.by_seed) = None;
    }

    /// From now on this share of the requests fails, by chance that follows from the seed.
    pub(super) fn seed(&self, seed: u64, share: f64) {
        *lock(&self.by_seed) = (share > 0.0).then(|| Seeded::new(seed, share));
    }

    pub(super) fn seeded_with(&self) -> Option<u64> {
        lock(&self.by_seed).as_ref().map(|seeded| seeded.seed)
    }

    /// The oldest fault that fits; or the one that happens each time; or one by chance.
    pub(super) fn take(&self, operation: Option<&str>) -> Option<Fault> {
        let mut faults = lock(&self.asked_for);
        let fits = |wanted: &Option<String>| wanted.is_none() || wanted.as_deref() == operation;
        if let Some(place) = faults.iter().position(|(wanted, _)| fits(wanted)) {
            return faults.remove(place).map(|(_, fault)| fault);
        }
        let standing = lock(&self.standing);
        if let Some((_, fault)) = standing.iter().rev().find(|(wanted, _)| fits(wanted)) {
            return Some(fault.clone());
        }
        lock(&self.by_seed).as_mut().and_then(Seeded::next)
    }

    pub(super) fn pending(&self) -> usize {
        lock(&self.asked_for).len()
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
    fn standing_faults_come_after_those_that_happen_once_until_they_are_cleared() {
        let faults = Faults::default();
        faults.stand(None, Fault::status(500));
        faults.stand(Some("get"), Fault::status(503));
        faults.push(Some("get"), Fault::reset());
        let taken = ["get", "get", "get", "list"].map(|operation| faults.take(Some(operation)));
        let taken = taken.map(|fault| fault.map(|fault| format!("{fault:?}")));
        let expected = ["Fault::reset()", "Fault::answer(503)", "Fault::answer(503)", "Fault::answer(500)"];
        assert_eq!(taken.each_ref().map(Option::as_deref), expected.map(Some));
        faults.clear();
        assert!(faults.take(Some("get")).is_none());
    }

    #[test]
    fn a_number_that_is_no_final_status_counts_as_500() {
        for status in [0, 100, 199, 1000] {
            assert_eq!(format!("{:?}", Fault::status(status)), "Fault::answer(500)");
        }
    }
}
