//! Builds a verifier.

use super::assurance::Assurance;
use super::budget::BodyBudget;
use super::callback_url::CallbackUrls;
use super::callbacks::Callbacks;
use super::configuration::ConfigurationError;
use super::expected::Expected;
use super::hmac::HmacScheme;
use super::keys::Keys;
use super::proof::Scheme;
#[cfg(feature = "rsa")]
use super::rsa::RsaKey;
use super::shared_secret::SharedSecret;
use super::verifier::{DEFAULT_BODY_LIMIT, DEFAULT_BODY_TIMEOUT, Verifier};
use crate::runtime::{Clock, Secret, SystemClock};
use std::sync::Arc;
use std::time::Duration;

/// Builds a [`Verifier`]. What a provider offers beside the methods here is in its own module.
///
/// **What proves callbacks is given once for each scheme**: a second secret, HMAC, certificate or set of callback URLs is
/// an error of [`build`](Self::build), since everything that was given has to hold and one of them could not. Several keys
/// of one scheme belong into a [`KeySet`](super::KeySet). Whom callbacks are meant for may be said several times. Of
/// settings, such as the limit of the body, the last one counts.
#[derive(Clone, Debug)]
#[must_use]
pub struct VerifierBuilder<E> {
    secret: Option<(String, Keys<Secret>)>,
    urls: Option<CallbackUrls<E>>,
    hmac: Option<HmacScheme>,
    #[cfg(feature = "rsa")]
    rsa: Option<Keys<RsaKey>>,
    expected: Expected,
    least_assurance: Option<Assurance>,
    body_limit: usize,
    body_timeout: Duration,
    body_budget: Option<BodyBudget>,
    clock: Arc<dyn Clock>,
    /// A scheme was given a second time.
    is_repeated: bool,
}

impl<E: Callbacks> VerifierBuilder<E> {
    pub(super) fn new() -> Self {
        Self {
            secret: None,
            urls: None,
            hmac: None,
            #[cfg(feature = "rsa")]
            rsa: None,
            expected: Expected::nobody(),
            least_assurance: None,
            body_limit: DEFAULT_BODY_LIMIT,
            body_timeout: DEFAULT_BODY_TIMEOUT,
            body_budget: None,
            clock: Arc::new(SystemClock),
            is_repeated: false,
        }
    }

    /// Callbacks have to come to one of these URLs. Once, as everything that proves callbacks.
    pub fn callback_urls(mut self, urls: CallbackUrls<E>) -> Self {
        self.is_repeated |= self.urls.replace(urls).is_some();
        self
    }

    /// The least that has to be proved. Unless set otherwise it is the best that what was given can prove.
    pub fn least_assurance(mut self, assurance: Assurance) -> Self {
        self.least_assurance = Some(assurance);
        self
    }

    /// The largest body that is accepted, in bytes. 1 MiB unless set otherwise.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// The time that a body may take to arrive, from its first byte to the last. 30 seconds unless set otherwise. It counts where
    /// the SDK reads the body: in [`receive`](super::receive()), `Callback` and `CallbackRouter`.
    pub fn body_timeout(mut self, time: Duration) -> Self {
        self.body_timeout = time;
        self
    }

    /// The memory that bodies are read into, perhaps together with other verifiers. 64 MiB of its own unless set otherwise.
    pub fn body_budget(mut self, budget: BodyBudget) -> Self {
        self.body_budget = Some(budget);
        self
    }

    /// The clock that [`receive`](super::receive()), `Callback` and `CallbackRouter` read and wait by: for tests.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    pub(crate) fn with_shared_secret(mut self, header: String, secrets: Keys<Secret>) -> Self {
        self.is_repeated |= self.secret.replace((header, secrets)).is_some();
        self
    }

    pub(crate) fn with_hmac(mut self, scheme: HmacScheme) -> Self {
        self.is_repeated |= self.hmac.replace(scheme).is_some();
        self
    }

    #[cfg(feature = "rsa")]
    pub(crate) fn with_rsa(mut self, keys: Keys<RsaKey>) -> Self {
        self.is_repeated |= self.rsa.replace(keys).is_some();
        self
    }

    pub(crate) fn expecting(mut self, name: String) -> Self {
        self.expected = self.expected.and(name);
        self
    }

    pub(crate) fn expecting_anybody(mut self) -> Self {
        self.expected = Expected::AnyEvenAnotherCustomers;
        self
    }

    /// Builds the verifier.
    ///
    /// # Errors
    ///
    /// There is nothing that could prove a callback, or a scheme was given twice; there is nobody whom it could be meant for;
    /// a header has no valid name; or more assurance is asked for than what was given can prove.
    pub fn build(self) -> Result<Verifier<E>, ConfigurationError> {
        if self.is_repeated {
            return Err(ConfigurationError::RepeatedScheme);
        }
        let schemes = [
            self.secret.as_ref().map(|_| Scheme::SharedSecret),
            self.urls.as_ref().map(|_| Scheme::CallbackUrl),
            self.hmac.as_ref().map(|_| Scheme::Hmac),
            #[cfg(feature = "rsa")]
            self.rsa.as_ref().map(|_| Scheme::Rsa),
        ];
        let best = schemes.into_iter().flatten().map(Scheme::assurance).max();
        let best = best.ok_or(ConfigurationError::NoCredential)?;
        let least_assurance = self.least_assurance.unwrap_or(best);
        if least_assurance > best {
            return Err(ConfigurationError::UnattainableAssurance);
        }
        let secret = self.secret.map(|(header, secrets)| SharedSecret::new(&header, secrets)).transpose()?;
        Ok(Verifier {
            secret,
            urls: self.urls,
            hmac: self.hmac,
            #[cfg(feature = "rsa")]
            rsa: self.rsa,
            expected: if E::NAMES_AUDIENCE { self.expected.checked()? } else { self.expected },
            least_assurance,
            body_limit: self.body_limit,
            body_timeout: self.body_timeout,
            body_budget: self.body_budget.unwrap_or_else(|| BodyBudget::for_bodies_of(self.body_limit)),
            clock: self.clock,
        })
    }
}
