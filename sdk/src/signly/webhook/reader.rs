//! Reads callbacks that nothing proves.

use super::event::Event;
use super::tenants::Tenants;
use super::verifier::admit;
use crate::webhook::{ConfigurationError, DEFAULT_BODY_LIMIT, Delivery, Rejection, Unverified, Verify};
use std::time::SystemTime;

/// Reads callbacks of a webhook without `customHeaders`, which anybody may have sent.
///
/// The tenant is compared all the same. That keeps misdirected callbacks out, and no forger.
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
#[derive(Clone, Debug)]
pub struct UnverifiedReader {
    tenants: Tenants,
    body_limit: usize,
}

impl UnverifiedReader {
    /// Reads callbacks that say they are meant for this tenant.
    ///
    /// # Errors
    ///
    /// The tenant is blank.
    pub fn for_tenant(tenant: impl Into<String>) -> Result<Self, ConfigurationError> {
        let tenants = Tenants::new().and(tenant.into()).checked()?;
        Ok(Self { tenants, body_limit: DEFAULT_BODY_LIMIT })
    }

    /// The largest body that is accepted, in bytes. 1 MiB unless set otherwise.
    #[must_use]
    pub fn with_body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Reads a delivery.
    ///
    /// # Errors
    ///
    /// It is no callback of Signly, or meant for another tenant.
    pub fn read(&self, delivery: &Delivery) -> Result<Unverified<Event>, Rejection> {
        admit(delivery, self.body_limit)?;
        let (event, _) = Event::read(delivery.body(), &self.tenants)?;
        let dedupe_key = event.dedupe_key();
        Ok(Unverified::new(event, dedupe_key))
    }
}

impl Verify for UnverifiedReader {
    type Output = Unverified<Event>;

    fn verify(&self, delivery: &Delivery, _: SystemTime) -> Result<Self::Output, Rejection> {
        self.read(delivery)
    }

    fn body_limit(&self) -> usize {
        self.body_limit
    }
}
