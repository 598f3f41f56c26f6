//! Changing what others change too, without losing anybody's change.

use super::check::Invalid;
use super::error::{Effect, Error};
use http::{HeaderMap, HeaderName, HeaderValue};
use std::fmt;

/// The version that a change is based on. There is no default: a change that forgot it would overwrite what others did.
///
/// ```
/// use countersign::Precondition;
///
/// let based_on = Precondition::version(3);
/// assert_eq!(format!("{based_on:?}"), "Precondition(3)");
/// ```
///
/// A forgotten one does not compile:
///
/// ```compile_fail,E0061
/// # fn forgotten(signly: countersign::signly::Client) {
/// signly.update_webhook("wh_1");
/// # }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Precondition(Option<String>);

impl Precondition {
    /// The change is made only if the resource is still at this version.
    #[must_use]
    pub fn version(version: i64) -> Self {
        Self(Some(version.to_string()))
    }

    /// No precondition is sent: the change overwrites whatever other writers did in between.
    #[must_use]
    pub fn none_overwriting_other_writers() -> Self {
        Self(None)
    }

    pub(crate) fn apply(&self, header: &'static str, headers: &mut HeaderMap) -> Result<(), Invalid> {
        if let Some(version) = &self.0 {
            let name = HeaderName::try_from(header)
                .map_err(|_| Invalid::new("the precondition has no valid header"))?;
            headers.insert(name, HeaderValue::try_from(version)?);
        }
        Ok(())
    }
}

impl fmt::Debug for Precondition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Precondition({})", self.0.as_deref().unwrap_or("none"))
    }
}

/// A resource together with the version it was read at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Versioned<T> {
    /// The resource.
    pub value: T,
    /// What a change based on it has to state.
    pub precondition: Precondition,
}

impl<T> Versioned<T> {
    pub(crate) fn new(value: T, precondition: Precondition) -> Self {
        Self { value, precondition }
    }
}

/// Whether a resource shows a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Agrees,
    Differs,
    CannotTell,
}

/// What to do with a resource that was just read, on the way to a change.
pub(crate) enum Decision<C> {
    /// The resource is as it should be.
    Settled,
    /// Write this, on the condition that nobody was faster.
    Write(C),
    GiveUp(Error),
}

/// Read, change, write; again from the start when another writer was faster. After a write of which nobody knows whether
/// it went through, the resource is compared with the change before the change is applied again.
pub(crate) struct Rounds<C> {
    left: u32,
    /// A write that may have gone through, and what it was based on.
    doubtful: Option<(Precondition, C)>,
    last: Option<Error>,
}

impl<C> Rounds<C> {
    pub(crate) fn new() -> Self {
        Self {
            left: 5,
            doubtful: None,
            last: None,
        }
    }

    /// `change` says what to write, and `None` if there is nothing to do.
    pub(crate) fn decide<T>(
        &mut self,
        current: &Versioned<T>,
        change: impl Fn(&T) -> Option<C>,
        compare: impl Fn(&T, &C) -> Comparison,
    ) -> Decision<C> {
        let doubtful = self
            .doubtful
            .take()
            .filter(|(base, _)| *base != current.precondition);
        match (
            doubtful.map(|(_, written)| compare(&current.value, &written)),
            self.last.take(),
        ) {
            (Some(Comparison::Agrees), _) => return Decision::Settled,
            (Some(Comparison::CannotTell), Some(error)) => return Decision::GiveUp(error),
            (_, Some(error)) if self.left == 0 => return Decision::GiveUp(error),
            _ => {}
        }
        self.left = self.left.saturating_sub(1);
        change(&current.value).map_or(Decision::Settled, Decision::Write)
    }

    /// A write failed: `Ok` if the resource should be read again, the error if that would not help.
    pub(crate) fn failed(&mut self, error: Error, base: Precondition, written: C) -> Result<(), Error> {
        if error.effect() != Effect::None {
            self.doubtful = Some((base, written));
        } else if !error.is_precondition_failed() {
            return Err(error);
        }
        if self.left == 0 && self.doubtful.is_none() {
            return Err(error);
        }
        self.last = Some(error);
        Ok(())
    }
}
