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
            let name = HeaderName::try_from(header).map_err(|_| Invalid::new("the precondition has no valid header"))?;
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

/// Read, change, write; again from the start when another writer was faster.
pub(crate) struct Update<Read, Change, Write, Compare> {
    pub read: Read,
    /// `None` leaves the resource as it is.
    pub change: Change,
    pub write: Write,
    pub compare: Compare,
}

impl<Read, Change, Write, Compare> Update<Read, Change, Write, Compare> {
    /// How often the resource is read before the last error is returned.
    const ROUNDS: usize = 5;

    /// The resource after the change. After an attempt of which nobody knows whether it went through, the resource is
    /// compared with the change before the change is applied again.
    pub(crate) async fn run<T, C>(self) -> Result<T, Error>
    where
        Read: AsyncFn() -> Result<Versioned<T>, Error>,
        Change: Fn(&T) -> Option<C>,
        Write: AsyncFn(&T, &C, Precondition) -> Result<T, Error>,
        Compare: Fn(&T, &C) -> Comparison,
    {
        let mut doubtful: Option<(Precondition, C)> = None;
        let mut last = None;
        for _ in 0..Self::ROUNDS {
            let current = (self.read)().await?;
            if let Some((base, change)) = doubtful.take()
                && base != current.precondition
            {
                match (self.compare)(&current.value, &change) {
                    Comparison::Agrees => return Ok(current.value),
                    Comparison::Differs => {}
                    Comparison::CannotTell => return last.map_or(Ok(current.value), Err),
                }
            }
            let Some(change) = (self.change)(&current.value) else { return Ok(current.value) };
            match (self.write)(&current.value, &change, current.precondition.clone()).await {
                Ok(written) => return Ok(written),
                Err(error) if error.effect() != Effect::None => {
                    doubtful = Some((current.precondition, change));
                    last = Some(error);
                }
                Err(error) if error.is_precondition_failed() => last = Some(error),
                Err(error) => return Err(error),
            }
        }
        match last {
            Some(error) => Err(error),
            // Every round ends in a return or sets `last`; reading once more keeps this total.
            None => Ok((self.read)().await?.value),
        }
    }
}
