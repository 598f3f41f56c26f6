//! Why a callback was not accepted.

use http::header::RETRY_AFTER;
use http::{HeaderValue, Response, StatusCode};
use std::fmt;

/// When to try again, in seconds: bodies that stall are given up after about as long.
const OVERLOADED_FOR: HeaderValue = HeaderValue::from_static("30");

/// A callback that was not accepted, and why.
///
/// It holds no expected value and nothing of what was sent, so that it can be logged. The caller gets the
/// [`status`](Self::status) and nothing more: a reason would help whoever tries to forge a callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    reason: Reason,
    /// The names in it are those of the provider's document, never keys that somebody chose.
    place: Option<String>,
}

/// Why a callback was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// It did not come with the method that the provider uses.
    WrongMethod,
    /// The body is larger than the limit of the verifier.
    TooLarge,
    /// The body did not arrive as a whole, or not in time.
    IncompleteBody,
    /// Too many bodies are being read at once, so that there was no memory for this one: see
    /// [`BodyBudget`](super::BodyBudget). It may well be genuine.
    Overloaded,
    /// What would prove it is missing.
    MissingCredential,
    /// What would prove it is there twice. Which one counts would be a guess.
    DuplicateCredential,
    /// What would prove it does not, or no longer, or not yet. Which of these is not told.
    WrongCredential,
    /// What proves it is right, and less than the verifier was told to want: see
    /// [`least_assurance`](super::VerifierBuilder::least_assurance).
    TooWeak,
    /// What would prove it is not written as it has to be, such as a signature that is no base64.
    MalformedCredential,
    /// What would prove it is right, and too old or from the future: the signed timestamp is outside of the tolerance, or
    /// the callback URL has expired.
    Stale,
    /// The body is not what the provider sends: no valid JSON, a member twice, missing or of another type.
    MalformedBody,
    /// It was meant for somebody else, or for another than the one whom the key or the callback URL is for.
    WrongAudience,
    /// It does not say whom it is meant for, although the provider's callbacks do.
    AudienceMissing,
}

impl Rejection {
    pub(crate) fn malformed(place: impl Into<String>) -> Self {
        Self { reason: Reason::MalformedBody, place: Some(place.into()) }
    }

    /// Why it was not accepted.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// How to answer: 401 if it is not proved or not meant for the application, 413 if it is too large, 400 if it cannot
    /// be understood, 503 if there was no memory for it. The body of the answer is best left empty.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self.reason {
            Reason::MissingCredential
            | Reason::DuplicateCredential
            | Reason::WrongCredential
            | Reason::TooWeak
            | Reason::MalformedCredential
            | Reason::Stale
            | Reason::WrongAudience
            | Reason::AudienceMissing => StatusCode::UNAUTHORIZED,
            Reason::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Reason::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
            Reason::WrongMethod | Reason::IncompleteBody | Reason::MalformedBody => StatusCode::BAD_REQUEST,
        }
    }
}

impl Rejection {
    /// The whole answer: the status, and an empty body that tells the caller nothing more. A 503 has `Retry-After`.
    #[must_use]
    pub fn response<B: Default>(&self) -> Response<B> {
        let mut response = Response::new(B::default());
        *response.status_mut() = self.status();
        if self.reason == Reason::Overloaded {
            response.headers_mut().insert(RETRY_AFTER, OVERLOADED_FOR);
        }
        response
    }
}

impl From<Reason> for Rejection {
    fn from(reason: Reason) -> Self {
        Self { reason, place: None }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.reason {
            Reason::WrongMethod => "the callback came with the wrong method",
            Reason::TooLarge => "the callback is larger than the limit",
            Reason::IncompleteBody => "the body of the callback did not arrive as a whole",
            Reason::Overloaded => "there is no memory to read the callback now",
            Reason::MissingCredential => "the callback carries no credential",
            Reason::DuplicateCredential => "the callback carries its credential twice",
            Reason::WrongCredential => "the credential of the callback does not prove it",
            Reason::TooWeak => "what proves the callback is less than the verifier wants",
            Reason::MalformedCredential => "the credential of the callback cannot be read",
            Reason::Stale => "the credential of the callback is right, but outside of its time",
            Reason::MalformedBody => "the body of the callback cannot be read",
            Reason::WrongAudience => "the callback is meant for somebody else",
            Reason::AudienceMissing => "the callback does not say whom it is meant for",
        })?;
        self.place.iter().try_for_each(|place| write!(formatter, ": {place}"))
    }
}

impl std::error::Error for Rejection {}
