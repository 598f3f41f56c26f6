//! What became of callbacks that were sent.

use countersign_macros::SafeDebug;

/// What became of one event at one destination.
#[derive(Clone, PartialEq, Eq, SafeDebug)]
#[non_exhaustive]
pub struct Delivered {
    /// The webhook it was sent to. Leap has none, so here is the signing process; for SIGN8 it is the organisation. Empty
    /// if it went to a URL that the test named.
    pub webhook_id: String,
    /// The event. Where a provider gives it no id, one is made up that is not sent.
    pub event_id: String,
    /// What it tells, in the provider's words: a type, or the last segment of a path. Empty for requests of a test's own.
    pub event: String,
    /// The address that it was sent to. A callback URL that is signed has its token in it, which is a secret, so
    /// `Debug` does not show it.
    #[safe_debug(redact)]
    pub url: String,
    attempts: Vec<Attempt>,
}

impl Delivered {
    pub(super) fn new([webhook_id, event_id, event, url]: [&str; 4], attempts: Vec<Attempt>) -> Self {
        let [webhook_id, event_id, event, url] = [webhook_id, event_id, event, url].map(str::to_owned);
        Self { webhook_id, event_id, event, url, attempts }
    }

    /// Whether the receiver accepted the event in the end.
    #[must_use]
    pub fn is_delivered(&self) -> bool {
        self.attempts.last().is_some_and(|attempt| attempt.outcome.is_accepted())
    }

    /// The attempts, in order; there is at least one.
    #[must_use]
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }
}

/// One attempt to deliver an event.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// Counts from 1.
    pub number: u32,
    /// What became of it.
    pub outcome: AttemptOutcome,
}

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AttemptOutcome {
    /// The receiver answered with this status; anything from 200 to 299 accepts the event.
    Status(u16),
    /// There was no answer.
    Failed(DeliveryFailure),
}

impl AttemptOutcome {
    /// Whether the receiver accepted the event.
    #[must_use]
    pub fn is_accepted(self) -> bool {
        matches!(self, Self::Status(200..=299))
    }
}

/// Why an attempt got no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryFailure {
    /// The destination is not on this machine. Mocks send nothing elsewhere, unless they are started to do so.
    NotLoopback,
    /// The receiver took longer than it is given.
    Timeout,
    /// The connection could not be made, or broke.
    Connection,
    /// The receiver answered, and the answer was lost in a [storm](super::Deliveries::stormy).
    AnswerLost,
}
