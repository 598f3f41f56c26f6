//! Reads callbacks that nothing proves.

use super::budget::BodyBudget;
use super::callbacks::Callbacks;
use super::configuration::ConfigurationError;
use super::delivery::Delivery;
use super::expected::Expected;
use super::rejection::Rejection;
use super::verified::Unverified;
use super::verifier::{DEFAULT_BODY_LIMIT, Summary, Verify, admit, admit_length, admit_method};
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
    body_budget: BodyBudget,
    event: PhantomData<fn() -> E>,
}

impl<E: Callbacks> UnverifiedReader<E> {
    pub(crate) fn expecting(expected: Expected) -> Result<Self, ConfigurationError> {
        expected.checked().map(Self::of)
    }

    pub(crate) fn of(expected: Expected) -> Self {
        let body_budget = BodyBudget::default();
        Self { expected, body_limit: DEFAULT_BODY_LIMIT, body_budget, event: PhantomData }
    }

    /// The largest body that is accepted, in bytes. 1 MiB unless set otherwise.
    #[must_use]
    pub fn with_body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// The memory that bodies are read into, perhaps together with verifiers. 64 MiB of its own unless set otherwise.
    #[must_use]
    pub fn with_body_budget(mut self, budget: BodyBudget) -> Self {
        self.body_budget = budget;
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

    fn precheck(&self, head: &Delivery, _: SystemTime) -> Result<(), Rejection> {
        admit_method(head)?;
        admit_length(head, self.body_limit)
    }

    fn body_limit(&self) -> usize {
        self.body_limit
    }

    fn body_budget(&self) -> BodyBudget {
        self.body_budget.clone()
    }

    fn provider(&self) -> Option<&'static str> {
        Some(E::PROVIDER)
    }

    fn summary<'a>(&self, accepted: &'a Unverified<E>) -> Summary<'a> {
        Summary { kind: Some(accepted.claim().label()), ..Summary::default() }
    }
}
