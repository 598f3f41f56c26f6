//! What a verifier gives: the event, and what is known about it.

use super::assurance::{Assurance, Audience};
use bytes::Bytes;
use countersign_macros::SafeDebug;
use std::fmt;

/// An event that something proved. Only verifiers make it.
///
/// ```compile_fail
/// let forged = countersign::webhook::Verified { event: "PROCESS_COMPLETED" };
/// ```
#[derive(Clone, SafeDebug)]
pub struct Verified<E> {
    event: E,
    assurance: Assurance,
    key_id: String,
    audience: Audience,
    dedupe_key: DedupeKey,
    #[safe_debug(redact)]
    body: Bytes,
}

impl<E> Verified<E> {
    pub(crate) fn new(
        event: E,
        (assurance, key_id): (Assurance, String),
        audience: Audience,
        dedupe_key: DedupeKey,
        body: Bytes,
    ) -> Self {
        Self { event, assurance, key_id, audience, dedupe_key, body }
    }

    /// The event.
    #[must_use]
    pub fn event(&self) -> &E {
        &self.event
    }

    /// The event, when nothing else is needed any more.
    #[must_use]
    pub fn into_event(self) -> E {
        self.event
    }

    /// What was proved.
    #[must_use]
    pub fn assurance(&self) -> Assurance {
        self.assurance
    }

    /// The id of the key that proved it. While a key is being changed, this tells whether the old one is still used.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Whether it was meant for this application.
    #[must_use]
    pub fn audience(&self) -> Audience {
        self.audience
    }

    /// What to remember, so that the same event is handled once.
    #[must_use]
    pub fn dedupe_key(&self) -> &DedupeKey {
        &self.dedupe_key
    }

    /// The body as it arrived, byte for byte: what to keep as evidence. It may hold personal data.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

/// An event that nothing proved: anybody may have sent it.
///
/// It tells where to look, no more. Let it trigger reading the resource over the provider's API, and act on what that
/// says; the event itself is only reachable by [`trust_without_proof`](Self::trust_without_proof). For now that is up to
/// the application: nothing here reads the resource for you.
///
/// `Debug` prints nothing of it, no ids either: whoever sent it chose them.
#[derive(Clone, SafeDebug)]
pub struct Unverified<E> {
    #[safe_debug(redact)]
    event: E,
    #[safe_debug(redact)]
    dedupe_key: DedupeKey,
}

impl<E> Unverified<E> {
    pub(crate) fn new(event: E, dedupe_key: DedupeKey) -> Self {
        Self { event, dedupe_key }
    }

    /// The event, although anybody may have sent it.
    #[must_use]
    pub fn trust_without_proof(self) -> E {
        self.event
    }

    /// What names the event. Do not remember it as handled before the event is confirmed: a forger who guesses the id of
    /// a real event could make you ignore that one.
    #[must_use]
    pub fn dedupe_key(&self) -> &DedupeKey {
        &self.dedupe_key
    }
}

/// Names an event across deliveries and providers: the same event always has the same key. It is one
/// line, without control characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DedupeKey(String);

impl DedupeKey {
    /// The id of the event has to be one line, which whoever reads the event checks.
    pub(crate) fn new(provider: &str, event: &str) -> Self {
        Self(format!("{provider}:{event}"))
    }

    /// The key as text, such as `signly:evt_01J8XQ7M8VW2A6G2B0N7J5AZ7Q`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DedupeKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
