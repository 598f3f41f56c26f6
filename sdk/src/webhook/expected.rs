//! Whose callbacks are expected.

use super::assurance::Audience;
use super::configuration::ConfigurationError;
use super::rejection::{Reason, Rejection};

/// Those whom a callback may be meant for.
#[derive(Clone, Debug)]
pub enum Expected {
    Only(Vec<String>),
    AnyEvenAnotherCustomers,
}

impl Expected {
    pub(crate) fn nobody() -> Self {
        Self::Only(Vec::new())
    }

    pub(crate) fn and(self, name: String) -> Self {
        let mut names = match self {
            Self::Only(names) => names,
            Self::AnyEvenAnotherCustomers => Vec::new(),
        };
        names.push(name);
        Self::Only(names)
    }

    pub(crate) fn checked(self) -> Result<Self, ConfigurationError> {
        match &self {
            Self::Only(names) if names.is_empty() || names.iter().any(|name| name.trim().is_empty()) => {
                Err(ConfigurationError::NoAudience)
            }
            _ => Ok(self),
        }
    }

    /// Whom an application has named.
    pub(crate) fn names(&self) -> &[String] {
        match self {
            Self::Only(names) => names,
            Self::AnyEvenAnotherCustomers => &[],
        }
    }

    /// `named` is whom the callback names.
    pub(crate) fn check(&self, named: &str) -> Result<Audience, Rejection> {
        match self {
            Self::Only(names) if names.iter().any(|expected| expected == named) => Ok(Audience::Matched),
            Self::Only(_) => Err(Reason::WrongAudience.into()),
            Self::AnyEvenAnotherCustomers => Ok(Audience::NotChecked),
        }
    }

    /// As [`require`](Self::require), but that who accepts anybody accepts nobody too.
    pub(crate) fn require_if_checked(&self, named: Option<&str>) -> Result<Audience, Rejection> {
        match (self, named) {
            (Self::AnyEvenAnotherCustomers, _) => Ok(Audience::NotChecked),
            _ => self.require(named),
        }
    }

    /// As [`check`](Self::check), for a provider that always names somebody.
    pub(crate) fn require(&self, named: Option<&str>) -> Result<Audience, Rejection> {
        match named {
            Some(named) if !named.is_empty() => self.check(named),
            _ => Err(Reason::AudienceMissing.into()),
        }
    }
}
