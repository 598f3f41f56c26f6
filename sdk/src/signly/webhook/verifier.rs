//! What Signly's callbacks can be proved by.

use super::event::Event;
use crate::runtime::Secret;
use crate::webhook::{self, ConfigurationError, Expected, HmacScheme, Keys};

/// Accepts the callbacks that carry the shared secret and are meant for the tenant. Clones share the secrets.
///
/// # Changing the secret
///
/// Give the verifier [`Keys`] and keep a clone. Let both secrets be valid, register a second webhook with the new one,
/// delete the first, and take the old secret away once [`Verified::key_id`](webhook::Verified::key_id) no longer names
/// it. That the headers of a webhook can be changed is not documented.
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
pub type Verifier = webhook::Verifier<Event>;

/// Builds a [`Verifier`].
pub type VerifierBuilder = webhook::VerifierBuilder<Event>;

/// URLs for webhooks of Signly that are proof by themselves: in place of a shared secret, or beside it.
pub type CallbackUrls = webhook::CallbackUrls<Event>;

/// Reads callbacks of a webhook without `customHeaders`, which anybody may have sent.
///
/// ```
/// use countersign::signly::webhook::UnverifiedReader;
/// use countersign::webhook::Delivery;
///
/// let reader = UnverifiedReader::for_tenant("58bff266")?;
/// let body = r#"{ "eventId": "evt_01", "type": "DOCUMENT_VIEWED", "tenantId": "58bff266" }"#;
/// let unverified = reader.read(&Delivery::from(http::Request::post("/").body(body)?))?;
/// assert_eq!(unverified.dedupe_key().as_str(), "signly:evt_01");
/// assert_eq!(unverified.trust_without_proof().document_id, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type UnverifiedReader = webhook::UnverifiedReader<Event>;

impl webhook::VerifierBuilder<Event> {
    /// The header of `customHeaders` that carries the secret, and the secret: one [`Secret`], several in a
    /// [`KeySet`](webhook::KeySet), or [`Keys`] that can be replaced later. It proves the
    /// [`Sender`](webhook::Assurance::Sender).
    pub fn shared_secret(self, header: impl Into<String>, secrets: impl Into<Keys<Secret>>) -> Self {
        self.with_shared_secret(header.into(), secrets.into())
    }

    /// An HMAC of the body. Signly documents none; this is for those who know better.
    pub fn hmac(self, scheme: HmacScheme) -> Self {
        self.with_hmac(scheme)
    }

    /// The tenant whose callbacks are expected. Call it again for each further tenant, and give each a secret of its own:
    /// see [`Key::for_audience`](webhook::Key::for_audience).
    pub fn tenant(self, tenant: impl Into<String>) -> Self {
        self.expecting(tenant.into())
    }

    /// Accepts callbacks of every tenant, in place of those given so far. Whoever knows the secret can then send events
    /// of any tenant, unless the key is [for one](webhook::Key::for_audience).
    pub fn any_tenant_even_another_customers(self) -> Self {
        self.expecting_anybody()
    }
}

impl webhook::UnverifiedReader<Event> {
    /// Reads callbacks that say they are meant for this tenant.
    ///
    /// # Errors
    ///
    /// The tenant is blank.
    pub fn for_tenant(tenant: impl Into<String>) -> Result<Self, ConfigurationError> {
        Self::expecting(Expected::nobody().and(tenant.into()))
    }
}
