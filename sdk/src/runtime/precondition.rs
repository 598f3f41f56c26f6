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
    /// Writes that may have gone through, or may still, and what each was based on.
    doubtful: Vec<(Precondition, C)>,
    /// The most that any write may have done.
    effect: Effect,
    last: Option<Error>,
}

impl<C> Rounds<C> {
    pub(crate) fn new() -> Self {
        Self { left: 5, doubtful: Vec::new(), effect: Effect::None, last: None }
    }

    /// `change` says what to write, and `None` if there is nothing to do.
    pub(crate) fn decide<T>(
        &mut self,
        current: &Versioned<T>,
        change: impl Fn(&T) -> Option<C>,
        compare: impl Fn(&T, &C) -> Comparison,
    ) -> Decision<C> {
        let last = self.last.take();
        // A write that was based on this very version can still arrive. Any other has arrived or never will.
        let past = self.doubtful.extract_if(.., |(base, _)| *base != current.precondition);
        let seen = past.map(|(_, written)| compare(&current.value, &written)).collect::<Vec<_>>();
        if seen.contains(&Comparison::Agrees) {
            return Decision::Settled;
        }
        match last {
            Some(error) if seen.contains(&Comparison::CannotTell) || self.left == 0 => {
                return Decision::GiveUp(self.closing(error));
            }
            _ => {}
        }
        self.left = self.left.saturating_sub(1);
        change(&current.value).map_or(Decision::Settled, Decision::Write)
    }

    /// A write failed: `Ok` if the resource should be read again, the error if that would not help.
    pub(crate) fn failed(&mut self, error: Error, base: Precondition, written: C) -> Result<(), Error> {
        let doubtful = error.effect() != Effect::None;
        self.effect = self.effect.max(error.effect());
        if doubtful {
            self.doubtful.push((base, written));
        }
        let worth_another_look = doubtful || (error.is_precondition_failed() && self.left > 0);
        if !worth_another_look {
            return Err(self.closing(error));
        }
        self.last = Some(error);
        Ok(())
    }

    /// An error that ends it all, whichever call it is from: what happened is what the writes did, all of them.
    pub(crate) fn closing(&self, error: Error) -> Error {
        error.after_writes(self.effect)
    }
}
