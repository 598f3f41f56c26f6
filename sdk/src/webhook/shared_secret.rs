//! A secret in a header, which the provider was asked to send along.

use super::callbacks::Carried;
use super::configuration::ConfigurationError;
use super::delivery::Delivery;
use super::keys::Keys;
use super::proof::{Proof, Scheme};
use super::rejection::{Reason, Rejection};
use crate::runtime::Secret;
use http::HeaderName;
use std::time::SystemTime;

/// The header, and the secrets it may carry.
#[derive(Clone, Debug)]
pub(crate) struct SharedSecret {
    pub(super) header: HeaderName,
    pub(super) secrets: Keys<Secret>,
}

impl SharedSecret {
    pub(crate) fn new(header: &str, secrets: Keys<Secret>) -> Result<Self, ConfigurationError> {
        let header = HeaderName::try_from(header).map_err(|_| ConfigurationError::InvalidHeaderName)?;
        Ok(Self { header, secrets })
    }

    pub(crate) fn verify(&self, delivery: &Delivery, now: SystemTime) -> Result<Proof, Rejection> {
        let carried = Carried::in_header(delivery, &self.header);
        let value = carried.once()?;
        let secrets = self.secrets.current();
        let key = secrets.find(now, |secret| secret.matches(value));
        key.map(|key| Proof::by(Scheme::SharedSecret, key)).ok_or_else(|| Reason::WrongCredential.into())
    }
}
