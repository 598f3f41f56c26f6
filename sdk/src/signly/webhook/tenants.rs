//! Whose callbacks are expected.

use crate::webhook::{Audience, ConfigurationError, Reason, Rejection};

/// The tenants that a callback may be meant for.
#[derive(Clone, Debug)]
pub(super) enum Tenants {
    Only(Vec<String>),
    AnyEvenAnotherCustomers,
}

impl Tenants {
    pub(super) fn new() -> Self {
        Self::Only(Vec::new())
    }

    pub(super) fn and(self, tenant: String) -> Self {
        let mut tenants = match self {
            Self::Only(tenants) => tenants,
            Self::AnyEvenAnotherCustomers => Vec::new(),
        };
        tenants.push(tenant);
        Self::Only(tenants)
    }

    pub(super) fn checked(self) -> Result<Self, ConfigurationError> {
        match &self {
            Self::Only(tenants)
                if tenants.is_empty() || tenants.iter().any(|tenant| tenant.trim().is_empty()) =>
            {
                Err(ConfigurationError::NoAudience)
            }
            _ => Ok(self),
        }
    }

    pub(super) fn check(&self, tenant: &str) -> Result<Audience, Rejection> {
        match self {
            Self::Only(tenants) if tenants.iter().any(|expected| expected == tenant) => Ok(Audience::Matched),
            Self::Only(_) => Err(Reason::WrongAudience.into()),
            Self::AnyEvenAnotherCustomers => Ok(Audience::NotChecked),
        }
    }
}
