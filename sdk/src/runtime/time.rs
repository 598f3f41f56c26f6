//! The only module that reads the clock. Time is a parameter everywhere else.
#![allow(
    clippy::disallowed_methods,
    reason = "this is the module that the ban points to"
)]

use serde::{Deserialize, Serialize};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// What a clock's sleep is.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where a client takes time and chance from. Applications use [`SystemClock`]; tests bring their own, so that no test
/// has to wait.
pub trait Clock: fmt::Debug + Send + Sync + 'static {
    /// What time it is.
    fn now(&self) -> SystemTime;

    /// Waits.
    fn sleep(&self, duration: Duration) -> Sleep;

    /// A number from 0 up to, but not including, 1. Spreads retries; no security rests on it.
    fn random(&self) -> f64;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        Box::pin(tokio::time::sleep(duration))
    }

    fn random(&self) -> f64 {
        fastrand::f64()
    }
}

/// A point in time as a provider wrote it. The text is kept, so that nothing is lost where it cannot be read.
///
/// ```
/// use countersign::Timestamp;
///
/// let timestamp = Timestamp::from("2026-04-23T15:00:00Z");
/// assert!(timestamp.to_system_time().is_some());
/// assert_eq!(Timestamp::from("2018-03-20T07:09:52").to_system_time(), None); // no offset: nobody knows when
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(String);

impl Timestamp {
    /// The text as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The point in time, if the text is an RFC 3339 time with an offset.
    #[must_use]
    pub fn to_system_time(&self) -> Option<SystemTime> {
        OffsetDateTime::parse(&self.0, &Rfc3339)
            .ok()
            .map(SystemTime::from)
    }
}

impl From<&str> for Timestamp {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Timestamp {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// Written in UTC, to the second.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let time = OffsetDateTime::from(time);
        let whole = time.replace_nanosecond(0).unwrap_or(time);
        Self(whole.format(&Rfc3339).unwrap_or_default())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}
