//! Recognises Signly by a secret that it sends along.

use super::event::Event;
use super::tenants::Tenants;
use crate::runtime::{Clock, Secret, SystemClock};
use crate::webhook::{
    Assurance, ConfigurationError, DEFAULT_BODY_LIMIT, Delivery, Keys, Reason, Rejection, SharedSecret,
    Verified, Verify,
};
use http::Method;
use std::sync::Arc;
use std::time::SystemTime;

/// Accepts the callbacks that carry the shared secret and are meant for the tenant. Clones share the secrets.
///
/// In this order: the method is POST, the body is within the limit, the header is there once and has a valid secret;
/// only then is the body read, and its `tenantId` compared.
///
/// # Changing the secret
///
/// Give the verifier [`Keys`] and keep a clone. Let both secrets be valid, change `customHeaders` of the webhook at
/// Signly, and take the old one away once [`Verified::key_id`] no longer names it.
///
/// ```
/// use countersign::Secret;
/// use countersign::signly::webhook::Verifier;
/// use countersign::webhook::{Key, KeySet, Keys};
///
/// let old = Secret::chosen("correct horse battery staple")?;
/// let keys = Keys::from(KeySet::new([Key::new("spring", old.clone())])?);
/// let verifier = Verifier::builder().shared_secret("X-Client-Auth", keys.clone()).tenant("58bff266").build()?;
///
/// // Later, while the verifier is in use:
/// let new = Secret::chosen("staple battery horse correct")?;
/// keys.replace(KeySet::new([Key::new("spring", old), Key::new("summer", new)])?);
/// # let _ = verifier;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Verifier {
    secret: SharedSecret,
    tenants: Tenants,
    body_limit: usize,
    clock: Arc<dyn Clock>,
}

impl Verifier {
    /// What every delivery proves that is accepted. Signly signs nothing, so there is no more to be had.
    const OFFERED: Assurance = Assurance::Sender;

    /// Starts building a verifier. The shared secret and the tenant have to be given.
    pub fn builder() -> VerifierBuilder {
        VerifierBuilder {
            secret: None,
            tenants: Tenants::new(),
            least_assurance: Self::OFFERED,
            body_limit: DEFAULT_BODY_LIMIT,
            clock: Arc::new(SystemClock),
        }
    }

    /// Decides whether a delivery is genuine at a time, usually the present.
    ///
    /// # Errors
    ///
    /// It is not: [`Rejection::reason`] says why, [`Rejection::status`] how to answer.
    pub fn verify(&self, delivery: &Delivery, now: SystemTime) -> Result<Verified<Event>, Rejection> {
        admit(delivery, self.body_limit)?;
        let key_id = self.secret.verify(delivery, now)?;
        let (event, audience) = Event::read(delivery.body(), &self.tenants)?;
        let dedupe_key = event.dedupe_key();
        Ok(Verified::new(event, (Self::OFFERED, key_id), audience, dedupe_key, delivery.body().clone()))
    }
}

impl Verify for Verifier {
    type Output = Verified<Event>;

    fn verify(&self, delivery: &Delivery, now: SystemTime) -> Result<Self::Output, Rejection> {
        self.verify(delivery, now)
    }

    fn body_limit(&self) -> usize {
        self.body_limit
    }

    fn now(&self) -> SystemTime {
        self.clock.now()
    }
}

/// What can be told without looking into a delivery.
pub(super) fn admit(delivery: &Delivery, body_limit: usize) -> Result<(), Rejection> {
    if delivery.method() != Method::POST {
        return Err(Reason::WrongMethod.into());
    }
    if delivery.body().len() > body_limit {
        return Err(Reason::TooLarge.into());
    }
    Ok(())
}

/// Builds a [`Verifier`].
#[derive(Clone, Debug)]
#[must_use]
pub struct VerifierBuilder {
    secret: Option<(String, Keys<Secret>)>,
    tenants: Tenants,
    least_assurance: Assurance,
    body_limit: usize,
    clock: Arc<dyn Clock>,
}

impl VerifierBuilder {
    /// The header of `customHeaders` that carries the secret, and the secret: one [`Secret`], several in a
    /// [`KeySet`](crate::webhook::KeySet), or [`Keys`] that can be replaced later.
    pub fn shared_secret(mut self, header: impl Into<String>, secrets: impl Into<Keys<Secret>>) -> Self {
        self.secret = Some((header.into(), secrets.into()));
        self
    }

    /// The tenant whose callbacks are expected. Call it again for each further tenant.
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenants = self.tenants.and(tenant.into());
        self
    }

    /// Accepts callbacks of every tenant, in place of those given so far. Whoever knows the secret can then send events
    /// of any tenant.
    pub fn any_tenant_even_another_customers(mut self) -> Self {
        self.tenants = Tenants::AnyEvenAnotherCustomers;
        self
    }

    /// The least that has to be proved; [`Assurance::Sender`] unless set otherwise, which is all that Signly offers.
    pub fn least_assurance(mut self, assurance: Assurance) -> Self {
        self.least_assurance = assurance;
        self
    }

    /// The largest body that is accepted, in bytes. 1 MiB unless set otherwise.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Where the extractor takes the time from: for tests.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Builds the verifier.
    ///
    /// # Errors
    ///
    /// There is no shared secret or no tenant, the header has no valid name, or more assurance is asked for than Signly
    /// offers.
    pub fn build(self) -> Result<Verifier, ConfigurationError> {
        if self.least_assurance > Verifier::OFFERED {
            return Err(ConfigurationError::UnattainableAssurance);
        }
        let (header, secrets) = self.secret.ok_or(ConfigurationError::NoCredential)?;
        Ok(Verifier {
            secret: SharedSecret::new(&header, secrets)?,
            tenants: self.tenants.checked()?,
            body_limit: self.body_limit,
            clock: self.clock,
        })
    }
}
