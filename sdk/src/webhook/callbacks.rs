//! The seam between what all verifiers share and a provider.

use super::assurance::Audience;
use super::delivery::Delivery;
use super::expected::Expected;
use super::rejection::{Reason, Rejection};
use super::verified::DedupeKey;
use bytes::Bytes;
use http::HeaderName;
use std::fmt;

/// What a provider's callbacks look like. Implemented by its event, inside this crate only.
pub trait Callbacks: Clone + fmt::Debug + Send + Sync + 'static {
    /// The name of the provider: in dedupe keys, and in what a signed callback URL is good for.
    const PROVIDER: &'static str;

    /// Whether the provider adds a path of its own to the URL that it was given.
    const APPENDS_PATH: bool = false;

    /// Whether a callback can say whom it is meant for, so that the application has to say whom it expects.
    const NAMES_AUDIENCE: bool = true;

    /// The body is the payload of every callback, so that an HMAC is asked for whatever comes.
    const IS_BARE: bool = false;

    /// A name of an audience, as callbacks have it.
    fn audience(name: &str) -> String {
        name.to_owned()
    }

    /// What kinds of callbacks there are.
    type Kind;

    /// Takes the framing away. Nothing of what is found has been believed yet.
    fn open(delivery: &Delivery) -> Result<Opened<Self::Kind>, Rejection>;

    /// What was a form of the provider before a framework parsed it and handed it on as JSON, as far as that is left. Nothing
    /// is accepted so; it is for telling why.
    #[cfg(feature = "rsa")]
    fn open_form_as_json(_: &Delivery) -> Option<Opened<Self::Kind>> {
        None
    }

    /// Reads what has been proved as far as it will be. `reference` is that of the signed callback URL.
    fn read(
        opened: &Opened<Self::Kind>,
        delivery: &Delivery,
        expected: &Expected,
        reference: Option<&str>,
    ) -> Result<Read<Self>, Rejection>;

    /// The kind of event in a word, for logs: `unknown` in place of what a sender could have chosen.
    fn label(&self) -> &str;
}

/// A delivery without its framing.
#[derive(Debug)]
pub struct Opened<K> {
    pub kind: K,
    /// What the event is read from, and nothing else.
    pub payload: Bytes,
    /// What could prove the payload.
    pub proof: PayloadProof,
}

impl<K> Opened<K> {
    /// The body is the payload: there is no framing.
    pub(crate) fn whole(kind: K, delivery: &Delivery, proof: PayloadProof) -> Self {
        Self { kind, payload: delivery.body().clone(), proof }
    }
}

/// What a kind of callback has to prove its payload with.
#[derive(Debug)]
pub enum PayloadProof {
    /// The body is the payload, so a signature of the body proves it.
    Body,
    /// A signature of the payload by the provider's own key, in base64, from this header, or else from the body.
    Signature { carried: Carried, header: Option<HeaderName> },
    /// Nothing that comes with it covers the payload.
    Nothing,
}

impl PayloadProof {
    /// A signature of the payload in a header.
    #[cfg(feature = "rsa")]
    pub(crate) fn in_header(delivery: &Delivery, name: &HeaderName) -> Self {
        Self::Signature { carried: Carried::in_header(delivery, name), header: Some(name.clone()) }
    }
}

/// A credential, as often as it came.
#[derive(Debug)]
pub enum Carried {
    Missing,
    Once(Bytes),
    /// Two servers may disagree on which one counts, even if both are right.
    Twice,
}

impl Carried {
    pub(crate) fn in_header(delivery: &Delivery, name: &HeaderName) -> Self {
        let mut values = delivery.headers().get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Self::Missing,
            (Some(value), None) => Self::Once(Bytes::copy_from_slice(value.as_bytes())),
            (Some(_), Some(_)) => Self::Twice,
        }
    }

    pub(crate) fn once(&self) -> Result<&Bytes, Rejection> {
        match self {
            Self::Missing => Err(Reason::MissingCredential.into()),
            Self::Once(value) => Ok(value),
            Self::Twice => Err(Reason::DuplicateCredential.into()),
        }
    }
}

/// An event, and what is known about it.
#[derive(Debug)]
pub struct Read<E> {
    pub event: E,
    pub audience: Audience,
    pub dedupe_key: DedupeKey,
}
