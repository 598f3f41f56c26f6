//! A secret in a header, which the provider was asked to send along.

use super::configuration::ConfigurationError;
use super::delivery::Delivery;
use super::keys::Keys;
use super::rejection::{Reason, Rejection};
use crate::runtime::Secret;
use http::HeaderName;
use std::time::SystemTime;

/// The header, and the secrets it may carry.
#[derive(Clone, Debug)]
pub(crate) struct SharedSecret {
    header: HeaderName,
    secrets: Keys<Secret>,
}

impl SharedSecret {
    pub(crate) fn new(header: &str, secrets: Keys<Secret>) -> Result<Self, ConfigurationError> {
        let header = HeaderName::try_from(header).map_err(|_| ConfigurationError::InvalidHeaderName)?;
        Ok(Self { header, secrets })
    }

    /// The id of the secret that came with the delivery.
    pub(crate) fn verify(&self, delivery: &Delivery, now: SystemTime) -> Result<String, Rejection> {
        let mut values = delivery.headers().get_all(&self.header).iter();
        let value = match (values.next(), values.next()) {
            (None, _) => return Err(Reason::MissingCredential.into()),
            (Some(value), None) => value.as_bytes(),
            // Two servers may disagree on which one counts, even if both are right.
            (Some(_), Some(_)) => return Err(Reason::DuplicateCredential.into()),
        };
        let secrets = self.secrets.current();
        let id = secrets.find(now, |secret| secret.matches(value));
        id.map(str::to_owned).ok_or_else(|| Reason::WrongCredential.into())
    }
}
