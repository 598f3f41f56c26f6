//! Times as they are written.

use countersign::{Clock as _, SystemClock, Timestamp};
use std::time::SystemTime;

pub fn now() -> SystemTime {
    SystemClock.now()
}

/// As `2026-11-21T09:30:00Z`, to the second.
pub fn written(time: SystemTime) -> String {
    Timestamp::from(time).to_string()
}

/// Hours, minutes and seconds in UTC, for a log.
pub fn time_of_day(time: SystemTime) -> String {
    written(time).get(11..19).unwrap_or_default().to_owned()
}

pub fn read(text: &str) -> Option<SystemTime> {
    Timestamp::from(text).to_system_time()
}

/// For arguments.
pub fn parse(text: &str) -> Result<SystemTime, String> {
    read(text).ok_or_else(|| "a time looks like 2026-11-21T09:30:00Z".to_owned())
}
