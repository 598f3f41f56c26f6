//! The time of a mock: that of the machine, unless a test sets it.

use super::lock;
use crate::runtime::{Clock as _, SystemClock};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// A clock that can be stopped and moved. A clone is the same clock.
#[derive(Clone, Debug, Default)]
pub(super) struct Clock(Arc<Mutex<Setting>>);

#[derive(Clone, Copy, Debug)]
enum Setting {
    /// As the machine's clock, ahead of it.
    Ahead(Duration),
    /// Standing still.
    At(SystemTime),
}

impl Default for Setting {
    fn default() -> Self {
        Self::Ahead(Duration::ZERO)
    }
}

impl Clock {
    pub(super) fn now(&self) -> SystemTime {
        match *lock(&self.0) {
            Setting::Ahead(ahead) => later(SystemClock.now(), ahead),
            Setting::At(time) => time,
        }
    }

    /// Stops the clock at a time.
    pub(super) fn set(&self, time: SystemTime) {
        *lock(&self.0) = Setting::At(time);
    }

    /// Moves the clock, whether it stands still or not.
    pub(super) fn advance(&self, by: Duration) {
        let mut setting = lock(&self.0);
        *setting = match *setting {
            Setting::Ahead(ahead) => Setting::Ahead(ahead.saturating_add(by)),
            Setting::At(time) => Setting::At(later(time, by)),
        };
    }
}

/// A time that cannot be represented is as good as the one it began at.
pub(super) fn later(time: SystemTime, by: Duration) -> SystemTime {
    time.checked_add(by).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::Clock;
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_clock_that_was_set_stands_still_until_it_is_moved() {
        let clock = Clock::default();
        clock.set(SystemTime::UNIX_EPOCH);
        assert_eq!(clock.now(), SystemTime::UNIX_EPOCH);
        clock.advance(Duration::from_secs(60));
        assert_eq!(clock.now(), SystemTime::UNIX_EPOCH + Duration::from_secs(60));
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), SystemTime::UNIX_EPOCH + Duration::from_secs(60));
    }

    #[test]
    fn a_running_clock_can_be_moved_too() {
        let clock = Clock::default();
        let before = clock.now();
        clock.advance(Duration::from_secs(3600));
        assert!(clock.now() >= before + Duration::from_secs(3600));
    }
}
