//! What a verifier gives: the event, and what is known about it.

use super::assurance::{Assurance, Audience};
use super::callbacks::Read;
use super::proof::{Proof, Scheme};
use crate::runtime::hex;
use bytes::Bytes;
use countersign_macros::SafeDebug;
use sha2::{Digest, Sha256};
use std::fmt;

/// An event that something proved. Only verifiers make it.
///
/// ```compile_fail
/// let forged = countersign::webhook::Verified { event: "PROCESS_COMPLETED" };
/// ```
#[derive(Clone, SafeDebug)]
pub struct Verified<E> {
    event: E,
    /// The strongest comes first; there is at least one.
    strongest: Proof,
    others: Vec<Proof>,
    audience: Audience,
    // It may be made of the reference.
    #[safe_debug(redact)]
    dedupe_key: DedupeKey,
    // The application chose it, and it may name a person.
    #[safe_debug(redact)]
    reference: Option<String>,
    #[safe_debug(redact)]
    payload: Bytes,
    #[safe_debug(redact)]
    body: Bytes,
}

/// What a verifier found out about a delivery.
pub(super) struct Proofs {
    pub strongest: Proof,
    pub others: Vec<Proof>,
    pub reference: Option<String>,
}

impl<E> Verified<E> {
    pub(super) fn new(read: Read<E>, proofs: Proofs, payload: Bytes, body: Bytes) -> Self {
        let Read { event, audience, dedupe_key } = read;
        let Proofs { strongest, others, reference } = proofs;
        Self { event, strongest, others, audience, dedupe_key, reference, payload, body }
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

    /// What was proved, at best.
    #[must_use]
    pub fn assurance(&self) -> Assurance {
        self.strongest.assurance()
    }

    /// The id of the key of the strongest proof. With several schemes, [`proof`](Self::proof) tells the key of each.
    #[must_use]
    pub fn key_id(&self) -> &str {
        self.strongest.key_id()
    }

    /// What proved it by this scheme, if the verifier has it. While a key is being changed, its id tells whether the old one
    /// is still used.
    #[must_use]
    pub fn proof(&self, scheme: Scheme) -> Option<&Proof> {
        self.proofs().find(|proof| proof.scheme() == scheme)
    }

    /// Everything that proved it, the strongest first: at least one.
    pub fn proofs(&self) -> impl Iterator<Item = &Proof> {
        std::iter::once(&self.strongest).chain(&self.others)
    }

    /// Whether it was meant for this application.
    #[must_use]
    pub fn audience(&self) -> Audience {
        self.audience
    }

    /// What the signed callback URL refers to, if it came with one: see
    /// [`CallbackUrls::mint`](super::CallbackUrls::mint).
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    /// What to remember, so that the same event is handled once.
    #[must_use]
    pub fn dedupe_key(&self) -> &DedupeKey {
        &self.dedupe_key
    }

    /// The bytes that the event was read from. With [`Assurance::Payload`] these are exactly the bytes that are signed,
    /// the framing of a form taken away. They may hold personal data.
    #[must_use]
    pub fn payload(&self) -> &Bytes {
        &self.payload
    }

    /// The body as it arrived, byte for byte: what to keep as evidence. It may hold personal data.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

/// An event that nothing proved: anybody may have sent it.
///
/// It tells where to look, no more. Let it trigger reading the resource over the provider's API: where the provider has
/// what it takes, `confirm_with` does that and says whether the resource agrees. Without, the event itself is only
/// reachable by [`trust_without_proof`](Self::trust_without_proof).
///
/// `Debug` prints nothing of it, no ids either: whoever sent it chose them.
#[derive(Clone, SafeDebug)]
pub struct Unverified<E> {
    #[safe_debug(redact)]
    event: E,
    audience: Audience,
    #[safe_debug(redact)]
    dedupe_key: DedupeKey,
}

impl<E> Unverified<E> {
    pub(super) fn new(read: Read<E>) -> Self {
        let Read { event, audience, dedupe_key } = read;
        Self { event, audience, dedupe_key }
    }

    /// The event, although anybody may have sent it.
    #[must_use]
    pub fn trust_without_proof(self) -> E {
        self.event
    }

    /// For what reads the resource that the event names.
    pub(crate) fn claim(&self) -> &E {
        &self.event
    }

    /// Whether it says that it was meant for this application. Whoever sent it may say what they like.
    #[must_use]
    pub fn audience(&self) -> Audience {
        self.audience
    }

    /// What names the event. Do not remember it as handled before the event is confirmed: a forger who guesses the id of
    /// a real event could make you ignore that one.
    #[must_use]
    pub fn dedupe_key(&self) -> &DedupeKey {
        &self.dedupe_key
    }
}

/// Names an event across deliveries and providers. It is one line, without control characters.
///
/// A redelivery has the same key: however a form is written, with its fields in whatever order or parts, and whichever key
/// proves it. What is signed, and JSON without an id, counts byte for byte, so a provider that writes it anew makes another
/// event of it.
///
/// Different events have different keys wherever something in them tells them apart. With SIGN8 nothing may: see
/// `sign8::webhook`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DedupeKey(String);

impl DedupeKey {
    /// The id of the event has to be one line, which whoever reads the event checks.
    pub(crate) fn new(provider: &str, event: &str) -> Self {
        Self(format!("{provider}:{event}"))
    }

    /// For an event with an id, of a provider that has others without one. Whoever chooses the id could give it the key of one
    /// of these otherwise.
    pub(crate) fn of_id(provider: &str, id: &str) -> Self {
        Self(format!("{provider}:event:{id}"))
    }

    /// For an event without an id: what it says names it. `parts` are hashed so that no two lists of parts are alike.
    pub(crate) fn of_content(provider: &str, parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        Self::new(provider, &hex::encode(&hash.finalize()))
    }

    /// The key of one of several things that came together.
    pub(crate) fn entry(&self, place: usize) -> Self {
        let place = place.to_string();
        Self([&self.0, ":", &place].concat())
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
