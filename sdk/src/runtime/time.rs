//! The only module that reads the clock. Time is a parameter everywhere else.
#![allow(clippy::disallowed_methods, reason = "this is the module that the ban points to")]

use serde::{Deserialize, Serialize};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
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

/// A time that is as good as for ever, and can still be added to any other.
pub(super) const FOR_EVER: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// When something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment(tokio::time::Instant);

impl Moment {
    pub(super) fn now() -> Self {
        Self(tokio::time::Instant::now())
    }

    pub(super) fn plus(self, duration: Duration) -> Deadline {
        Deadline(self.0 + duration.min(FOR_EVER))
    }
}

/// When something has to be done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Deadline(tokio::time::Instant);

impl Deadline {
    pub(super) fn after(duration: Duration) -> Self {
        Moment::now().plus(duration)
    }

    /// The result of `future`, if it comes in time.
    pub(super) async fn limit<T>(self, future: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout_at(self.0, future).await.ok()
    }
}

/// A timer that rings when nothing has moved for some time.
pub(super) struct IdleTimer {
    idle: Duration,
    sleep: Pin<Box<tokio::time::Sleep>>,
}

impl IdleTimer {
    pub(super) fn new(idle: Duration) -> Self {
        let idle = idle.min(FOR_EVER);
        Self { idle, sleep: Box::pin(tokio::time::sleep(idle)) }
    }

    /// Something moved.
    pub(super) fn reset(&mut self) {
        self.sleep.as_mut().reset(tokio::time::Instant::now() + self.idle);
    }

    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.sleep.as_mut().poll(context)
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
///
/// `Debug` prints it only if it is a time.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(String);

impl fmt::Debug for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.read().map_or("[no time]", |_| self.as_str());
        write!(formatter, "Timestamp({time})")
    }
}

impl Timestamp {
    /// The text as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The point in time, if the text is an RFC 3339 time with an offset that the system can represent: Windows counts
    /// from the year 1601.
    #[must_use]
    pub fn to_system_time(&self) -> Option<SystemTime> {
        system_time(self.read()?)
    }

    fn read(&self) -> Option<OffsetDateTime> {
        OffsetDateTime::parse(&self.0, &Rfc3339).ok()
    }
}

/// The same time as the system counts it, if it can.
pub(super) fn system_time(time: OffsetDateTime) -> Option<SystemTime> {
    since_epoch(time - OffsetDateTime::UNIX_EPOCH)
}

/// `SystemTime + Duration` panics where the system cannot represent the sum.
fn since_epoch(since: time::Duration) -> Option<SystemTime> {
    if since.is_negative() {
        SystemTime::UNIX_EPOCH.checked_sub(since.unsigned_abs())
    } else {
        SystemTime::UNIX_EPOCH.checked_add(since.unsigned_abs())
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

/// Written in UTC, to the second. RFC 3339 ends with the year 9999, and so does this.
impl From<SystemTime> for Timestamp {
    fn from(time: SystemTime) -> Self {
        let seconds = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |seconds| -seconds),
        };
        let (first, last) = (-62_167_219_200, 253_402_300_799);
        let time = OffsetDateTime::from_unix_timestamp(seconds.clamp(first, last)).ok();
        Self(time.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_default())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Timestamp, since_epoch};
    use std::time::{Duration, SystemTime};

    /// No system has these. Which others it lacks depends on the system.
    #[test]
    fn a_time_that_the_system_cannot_represent_is_none() {
        assert_eq!(since_epoch(time::Duration::MIN), None);
        assert_eq!(since_epoch(time::Duration::ZERO), Some(SystemTime::UNIX_EPOCH));
        let earlier = since_epoch(time::Duration::milliseconds(-1500));
        assert_eq!(earlier, SystemTime::UNIX_EPOCH.checked_sub(Duration::from_millis(1500)));
        // The text is a time all the same.
        let early = Timestamp::from("0000-01-01T00:00:00Z");
        assert_eq!(format!("{early:?}"), "Timestamp(0000-01-01T00:00:00Z)");
    }

    #[test]
    fn a_time_that_cannot_be_written_is_the_last_that_can() {
        let far = SystemTime::UNIX_EPOCH + Duration::from_secs(400_000_000_000);
        assert_eq!(Timestamp::from(far).as_str(), "9999-12-31T23:59:59Z");
        assert_eq!(Timestamp::from(SystemTime::UNIX_EPOCH).as_str(), "1970-01-01T00:00:00Z");
    }
}
