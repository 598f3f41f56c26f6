//! Decides what a delivery proves.

use super::assurance::Assurance;
use super::budget::BodyBudget;
use super::builder::VerifierBuilder;
use super::callback_url::CallbackUrls;
use super::callbacks::{Callbacks, Opened, PayloadProof};
use super::delivery::Delivery;
use super::expected::Expected;
use super::hmac::HmacScheme;
use super::proof::Proof;
use super::rejection::{Reason, Rejection};
use super::shared_secret::SharedSecret;
use super::verified::{Proofs, Verified};
#[cfg(feature = "rsa")]
use super::{
    keys::Keys,
    rsa::{self, RsaKey},
};
use crate::runtime::{Clock, Sleep, SystemClock};
use http::Method;
use http::header::CONTENT_LENGTH;
use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime};

/// The largest body, in bytes, unless set otherwise.
pub(super) const DEFAULT_BODY_LIMIT: usize = 1024 * 1024;

/// The time that a body may take, unless set otherwise.
pub(super) const DEFAULT_BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Decides what a delivery proves.
///
/// Only [`verify`](Self::verify) has to be there. What wraps another verifier hands the other methods on to it.
pub trait Verify {
    /// What is handed over, usually [`Verified`] with the events of a provider.
    type Output;

    /// Decides what a delivery proves at a time, usually [`now`](Self::now).
    ///
    /// # Errors
    ///
    /// The delivery is not accepted. Answer with the [`status`](Rejection::status) of the rejection.
    fn verify(&self, delivery: &Delivery, now: SystemTime) -> Result<Self::Output, Rejection>;

    /// Refuses what can be refused before the body is there: [`receive`](super::receive()) asks before it reads anything.
    /// `head` is the delivery with an empty body. What this lets pass may still be refused by [`verify`](Self::verify), which
    /// checks everything itself; what this refuses `verify` refuses as well, if the announced length is that of the body.
    ///
    /// Unless it is implemented, it refuses what announces a body beyond the limit.
    ///
    /// # Errors
    ///
    /// The delivery is not accepted, whatever its body is.
    fn precheck(&self, head: &Delivery, now: SystemTime) -> Result<(), Rejection> {
        let _ = now;
        admit_length(head, self.body_limit())
    }

    /// The largest body that is read, in bytes. 1 MiB unless set otherwise.
    fn body_limit(&self) -> usize {
        DEFAULT_BODY_LIMIT
    }

    /// The time that a body may take to arrive. 30 seconds unless set otherwise.
    fn body_timeout(&self) -> Duration {
        DEFAULT_BODY_TIMEOUT
    }

    /// The memory that bodies are read into. Unless it is implemented, 64 MiB for all in the program that do not either.
    fn body_budget(&self) -> BodyBudget {
        static SHARED: LazyLock<BodyBudget> = LazyLock::new(BodyBudget::default);
        SHARED.clone()
    }

    /// What time it is.
    fn now(&self) -> SystemTime {
        SystemClock.now()
    }

    /// Waits, by the same clock.
    fn sleep(&self, duration: Duration) -> Sleep {
        SystemClock.sleep(duration)
    }

    /// Returns `true` if callbacks may come to an address below the one that the application serves: a signed URL has its token there,
    /// and SIGN8 adds a path of its own. If not, `CallbackRouter` serves the address alone.
    fn accepts_paths_below(&self) -> bool {
        true
    }

    /// The name of the provider, for the log.
    fn provider(&self) -> Option<&'static str> {
        None
    }

    /// Sums up a callback that was accepted, for the log. Unless it is implemented, the log tells nothing of it.
    fn summary<'a>(&self, accepted: &'a Self::Output) -> Summary<'a> {
        let _ = accepted;
        Summary::default()
    }
}

/// A summary of a callback that was accepted, for the log: nothing that a sender could have chosen, and no secret.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Summary<'a> {
    /// The kind of event, such as `PROCESS_COMPLETED`, or `unknown`.
    pub kind: Option<&'a str>,
    /// The assurance of the strongest proof, if there is any.
    pub assurance: Option<Assurance>,
    /// The id of the key of the strongest proof.
    pub key_id: Option<&'a str>,
}

/// Accepts the callbacks of a provider that are proved and meant for the application. Clones share the keys.
///
/// Each provider has its own: `signly::webhook::Verifier` and so on. What can prove a callback is given to its builder.
/// **Everything that was given has to hold**, as far as it applies: a secret and a callback URL apply to every delivery; a
/// signature by the provider to those kinds of callbacks that the provider signs; an HMAC to those that are not forms.
///
/// In this order: the method is POST, the body is within the limit, secret and address are right; only then the framing of
/// the body is taken apart, and signatures are checked; only what they cover is read, and the audience is compared. What was
/// given to one audience does not speak for another: neither a key [that is for one](super::Key::for_audience), nor a callback
/// URL whose reference is one.
#[derive(Clone, Debug)]
pub struct Verifier<E> {
    pub(super) secret: Option<SharedSecret>,
    pub(super) urls: Option<CallbackUrls<E>>,
    pub(super) hmac: Option<HmacScheme>,
    #[cfg(feature = "rsa")]
    pub(super) rsa: Option<Keys<RsaKey>>,
    pub(super) expected: Expected,
    pub(super) least_assurance: Assurance,
    pub(super) body_limit: usize,
    pub(super) body_timeout: Duration,
    pub(super) body_budget: BodyBudget,
    pub(super) clock: Arc<dyn Clock>,
}

impl<E: Callbacks> Verifier<E> {
    /// Starts building a verifier. Something that proves callbacks has to be given, and for most providers whom they are
    /// meant for.
    pub fn builder() -> VerifierBuilder<E> {
        VerifierBuilder::new()
    }

    /// Decides whether a delivery is genuine at a time, usually the present. This is all that a framework has to call; an
    /// extractor for axum does.
    ///
    /// # Errors
    ///
    /// It is not: [`Rejection::reason`] says why, [`Rejection::status`] how to answer.
    pub fn verify(&self, delivery: &Delivery, now: SystemTime) -> Result<Verified<E>, Rejection> {
        admit(delivery, self.body_limit)?;
        let mut proofs = Vec::new();
        let mut reference = None;
        if let Some(urls) = &self.urls {
            let (proof, referred) = urls.verify(delivery, now)?;
            proofs.push(proof);
            reference = Some(referred);
        }
        if let Some(secret) = &self.secret {
            proofs.push(secret.verify(delivery, now)?);
        }
        let opened = E::open(delivery)?;
        proofs.extend(self.prove_payload(&opened, delivery, now)?);
        proofs.sort_by_key(|proof| std::cmp::Reverse(proof.assurance()));
        let mut proofs = proofs.into_iter();
        let strongest = proofs.next().ok_or(Reason::MissingCredential)?;
        if strongest.assurance() < self.least_assurance {
            return Err(Reason::TooWeak.into());
        }
        let all = std::iter::once(&strongest).chain(proofs.as_slice());
        let expected = self.expected.given::<E>(all, reference.as_deref())?;
        let read = E::read(&opened, delivery, &expected, reference.as_deref())?;
        let proofs = Proofs { strongest, others: proofs.collect(), reference };
        Ok(Verified::new(read, proofs, opened.payload, delivery.body().clone()))
    }

    pub(super) fn prove_payload(
        &self,
        opened: &Opened<E::Kind>,
        delivery: &Delivery,
        now: SystemTime,
    ) -> Result<Option<Proof>, Rejection> {
        match &opened.proof {
            PayloadProof::Body => self.hmac.as_ref().map(|hmac| hmac.verify(delivery, now)).transpose(),
            #[cfg(feature = "rsa")]
            PayloadProof::Signature { carried, .. } => {
                let keys = self.rsa.as_ref();
                keys.map(|keys| rsa::verify(keys, &opened.payload, carried, now)).transpose()
            }
            _ => Ok(None),
        }
    }
}

impl<E: Callbacks> Verify for Verifier<E> {
    type Output = Verified<E>;

    fn verify(&self, delivery: &Delivery, now: SystemTime) -> Result<Self::Output, Rejection> {
        self.verify(delivery, now)
    }

    /// In the order of [`Verifier::verify`], as far as no body is needed.
    fn precheck(&self, head: &Delivery, now: SystemTime) -> Result<(), Rejection> {
        admit_method(head)?;
        admit_length(head, self.body_limit)?;
        if let Some(urls) = &self.urls {
            urls.verify(head, now)?;
        }
        if let Some(secret) = &self.secret {
            secret.verify(head, now)?;
        }
        // Elsewhere the body says whether the HMAC is asked for.
        if let (true, Some(hmac)) = (E::IS_BARE, &self.hmac) {
            hmac.precheck(head)?;
        }
        Ok(())
    }

    fn accepts_paths_below(&self) -> bool {
        self.urls.is_some() || E::APPENDS_PATH
    }

    fn body_limit(&self) -> usize {
        self.body_limit
    }

    fn body_timeout(&self) -> Duration {
        self.body_timeout
    }

    fn body_budget(&self) -> BodyBudget {
        self.body_budget.clone()
    }

    fn now(&self) -> SystemTime {
        self.clock.now()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        self.clock.sleep(duration)
    }

    fn provider(&self) -> Option<&'static str> {
        Some(E::PROVIDER)
    }

    fn summary<'a>(&self, accepted: &'a Verified<E>) -> Summary<'a> {
        Summary {
            kind: Some(accepted.event().label()),
            assurance: Some(accepted.assurance()),
            key_id: Some(accepted.key_id()),
        }
    }
}

/// What can be told without looking into a delivery.
pub(super) fn admit(delivery: &Delivery, body_limit: usize) -> Result<(), Rejection> {
    admit_method(delivery)?;
    if delivery.body().len() > body_limit {
        return Err(Reason::TooLarge.into());
    }
    Ok(())
}

pub(super) fn admit_method(delivery: &Delivery) -> Result<(), Rejection> {
    if delivery.method() == Method::POST { Ok(()) } else { Err(Reason::WrongMethod.into()) }
}

/// Refuses a body beyond the limit, as far as its length is announced. That the announcement is right is for the
/// server to see to.
pub(super) fn admit_length(head: &Delivery, body_limit: usize) -> Result<(), Rejection> {
    let announced = head.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let announced = announced.and_then(|length| length.trim().parse::<u128>().ok());
    if announced.is_some_and(|length| length > body_limit as u128) {
        Err(Reason::TooLarge.into())
    } else {
        Ok(())
    }
}
