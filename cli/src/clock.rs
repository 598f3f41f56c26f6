//! Times as they are written.

use countersign::{Clock as _, SystemClock, Timestamp};
use std::time::SystemTime;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

pub fn now() -> SystemTime {
    SystemClock.now()
}

/// As `2026-11-21T09:30:00Z`, to the second.
pub fn written(time: SystemTime) -> String {
    let time = OffsetDateTime::from(time);
    let time = time.replace_nanosecond(0).unwrap_or(time);
    time.format(&Rfc3339).unwrap_or_default()
}

/// Hours, minutes and seconds in UTC, for a log.
pub fn time_of_day(time: SystemTime) -> String {
    let (hour, minute, second) = OffsetDateTime::from(time).to_hms();
    format!("{hour:02}:{minute:02}:{second:02}")
}

pub fn read(text: &str) -> Option<SystemTime> {
    Timestamp::from(text).to_system_time()
}

/// For arguments.
pub fn parse(text: &str) -> Result<SystemTime, String> {
    read(text).ok_or_else(|| "a time looks like 2026-11-21T09:30:00Z".to_owned())
}
