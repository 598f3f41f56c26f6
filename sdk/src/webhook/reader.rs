//! Reads callbacks that nothing proves.

use super::callbacks::Callbacks;
use super::configuration::ConfigurationError;
use super::delivery::Delivery;
use super::expected::Expected;
use super::rejection::Rejection;
use super::verified::Unverified;
use super::verifier::{DEFAULT_BODY_LIMIT, Verify, admit};
use std::marker::PhantomData;
use std::time::SystemTime;

/// Reads callbacks that nothing proves, which anybody may have sent.
///
/// Whom they say they are meant for is compared all the same. That keeps misdirected callbacks out, and no forger. Each
/// provider has its own.
#[derive(Clone, Debug)]
pub struct UnverifiedReader<E> {
    expected: Expected,
    body_limit: usize,
    event: PhantomData<fn() -> E>,
}

impl<E: Callbacks> UnverifiedReader<E> {
    pub(crate) fn expecting(expected: Expected) -> Result<Self, ConfigurationError> {
        expected.checked().map(Self::of)
    }

    pub(crate) fn of(expected: Expected) -> Self {
        Self { expected, body_limit: DEFAULT_BODY_LIMIT, event: PhantomData }
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
    /// It is no callback of the provider, or says that it is meant for somebody else.
    pub fn read(&self, delivery: &Delivery) -> Result<Unverified<E>, Rejection> {
        admit(delivery, self.body_limit)?;
        let opened = E::open(delivery)?;
        E::read(&opened, delivery, &self.expected, None).map(Unverified::new)
    }
}

impl<E: Callbacks> Verify for UnverifiedReader<E> {
    type Output = Unverified<E>;

    fn verify(&self, delivery: &Delivery, _: SystemTime) -> Result<Self::Output, Rejection> {
        self.read(delivery)
    }

    fn body_limit(&self) -> usize {
        self.body_limit
    }
}
