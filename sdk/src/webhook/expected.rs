//! Whose callbacks are expected.

use super::assurance::Audience;
use super::callbacks::Callbacks;
use super::configuration::ConfigurationError;
use super::proof::Proof;
use super::rejection::{Reason, Rejection};

/// Those whom a callback may be meant for.
#[derive(Clone, Debug)]
pub enum Expected {
    Only(Vec<String>),
    AnyEvenAnotherCustomers,
    /// The proof of the callback was given to this one only.
    Bound(String),
}

impl Expected {
    /// Whom a callback may be meant for, given what proves it. A key may be for one audience, and the reference of a callback
    /// URL may be one; whatever says so has to say the same.
    pub(super) fn given<'p, E: Callbacks>(
        &self,
        proofs: impl Iterator<Item = &'p Proof>,
        reference: Option<&str>,
    ) -> Result<Self, Rejection> {
        let by_keys = proofs.filter_map(Proof::audience).map(E::audience);
        let by_reference = reference.map(E::audience).filter(|name| self.names().contains(name));
        let mut bound = by_keys.chain(by_reference);
        let Some(first) = bound.next() else { return Ok(self.clone()) };
        if bound.any(|other| other != first) || (E::NAMES_AUDIENCE && self.check(&first).is_err()) {
            return Err(Reason::WrongAudience.into());
        }
        Ok(Self::Bound(first))
    }

    pub(crate) fn nobody() -> Self {
        Self::Only(Vec::new())
    }

    pub(crate) fn and(self, name: String) -> Self {
        let mut names = match self {
            Self::Only(names) => names,
            Self::AnyEvenAnotherCustomers | Self::Bound(_) => Vec::new(),
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
            Self::Bound(name) => std::slice::from_ref(name),
        }
    }

    /// `named` is whom the callback names.
    pub(crate) fn check(&self, named: &str) -> Result<Audience, Rejection> {
        match self {
            Self::AnyEvenAnotherCustomers => Ok(Audience::NotChecked),
            Self::Only(_) | Self::Bound(_) if self.names().iter().any(|name| name == named) => {
                Ok(Audience::Matched)
            }
            Self::Only(_) | Self::Bound(_) => Err(Reason::WrongAudience.into()),
        }
    }

    /// For a callback that names nobody, of a provider that has one URL for each audience.
    pub(crate) fn unnamed(&self) -> Audience {
        match self {
            Self::Only(_) => Audience::NotNamed,
            Self::AnyEvenAnotherCustomers => Audience::NotChecked,
            Self::Bound(_) => Audience::Matched,
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
