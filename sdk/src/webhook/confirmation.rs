//! What the provider's API says to what a callback told.

use countersign_macros::SafeDebug;

/// What the resource says that an event is about, read over the provider's API.
///
/// A callback that proves nothing is a hint to read the resource. So is one that does prove who sent it, but names no
/// addressee: another customer of the provider may have had it sent to you.
#[derive(Clone, Debug)]
pub enum Confirmation<E, R> {
    /// The resource is as the event says.
    Agrees(Confirmed<E, R>),
    /// The resource is not as the event says: do not act on it. A provider may need a moment before what it tells is also
    /// what it shows, so asking again later is not useless.
    Differs {
        /// In what way.
        difference: Difference,
        /// What was read, if there is anything.
        resource: Option<R>,
    },
    /// The resource neither shows what the event says nor the contrary. Act on what the resource says, if it says enough.
    CannotTell {
        /// Why.
        doubt: Doubt,
        /// What was read, if there is anything.
        resource: Option<R>,
    },
}

/// How a resource contradicts an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Difference {
    /// The provider knows no such resource, or does not show it with these credentials.
    NotFound,
    /// It belongs somewhere else: to another group or another document than the event says.
    BelongsElsewhere,
    /// It has not come as far as the event says.
    OtherState,
    /// It has another name or another tag than the event says.
    OtherName,
}

/// Why a resource does not tell whether an event is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Doubt {
    /// It has come further since, so that it no longer shows what the event says.
    MovedOn,
    /// The API does not show what the event says.
    NotShown,
    /// The event names more resources than are read on the word of somebody who has not signed it.
    TooMany,
    /// The event names nothing that could be read, or is of a kind that this version does not know.
    NothingToCompare,
}

/// An event, and the resource that agrees with it. Only a [`Confirmation`] makes it.
///
/// **The resource is what to act on**: it came from the provider, over a connection that you opened. Of the event only that was
/// compared which `confirm_with` of the provider lists; the rest of it is still the word of whoever sent it.
///
/// ```compile_fail
/// let forged = countersign::webhook::Confirmed { event: "signed", resource: () };
/// ```
#[derive(Clone, SafeDebug)]
pub struct Confirmed<E, R> {
    #[safe_debug(redact)]
    event: E,
    #[safe_debug(redact)]
    resource: R,
}

impl<E, R> Confirmed<E, R> {
    pub(crate) fn new(event: E, resource: R) -> Self {
        Self { event, resource }
    }

    /// The event.
    #[must_use]
    pub fn event(&self) -> &E {
        &self.event
    }

    /// The resource that it is about, as it was when it was read.
    #[must_use]
    pub fn resource(&self) -> &R {
        &self.resource
    }

    /// Both.
    #[must_use]
    pub fn into_parts(self) -> (E, R) {
        (self.event, self.resource)
    }
}

impl<E, R> Confirmation<E, R> {
    /// The event, if the resource agrees with it.
    #[must_use]
    pub fn confirmed(self) -> Option<Confirmed<E, R>> {
        match self {
            Self::Agrees(confirmed) => Some(confirmed),
            _ => None,
        }
    }

    /// What was read, whether it agrees or not.
    #[must_use]
    pub fn resource(&self) -> Option<&R> {
        match self {
            Self::Agrees(confirmed) => Some(&confirmed.resource),
            Self::Differs { resource, .. } | Self::CannotTell { resource, .. } => resource.as_ref(),
        }
    }
}
