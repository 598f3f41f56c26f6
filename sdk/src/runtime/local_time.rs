//! Times without an offset.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;
use std::time::{Duration, SystemTime};
use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time};

/// A time as the provider writes it, without an offset: `2018-03-20T07:09:52`.
///
/// Which zone it is in is not known, so it is no instant. The text is kept as it came.
///
/// ```
/// use countersign::LocalDateTime;
///
/// let signed = LocalDateTime::from("2018-03-20T07:09:52");
/// assert!(signed < LocalDateTime::from("2018-03-20T07:10:00"));
/// // Only who knows the zone can say which instant it is.
/// assert!(signed.to_system_time_assuming_utc().is_some());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LocalDateTime(String);

impl LocalDateTime {
    /// The time as the provider wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The instant, if the time is in UTC; `None` if the text is no time. An offset that is there after all is heeded.
    #[must_use]
    pub fn to_system_time_assuming_utc(&self) -> Option<SystemTime> {
        let with_offset = OffsetDateTime::parse(&self.0, &Rfc3339).ok();
        with_offset.or_else(|| Some(self.parsed()?.assume_utc())).map(SystemTime::from)
    }

    /// What a clock shows in UTC at this instant. A provider that means another zone takes it for another instant.
    #[must_use]
    pub fn from_utc(instant: SystemTime) -> Self {
        let instant = OffsetDateTime::from(instant);
        Self::written(PrimitiveDateTime::new(instant.date(), instant.time()))
    }

    /// The time that a clock which is never set showed this long before; `None` if the text is no time.
    #[must_use]
    pub fn minus(&self, duration: Duration) -> Option<Self> {
        let duration = time::Duration::try_from(duration).ok()?;
        self.parsed()?.checked_sub(duration).map(Self::written)
    }

    /// Whether the text is a time at all.
    #[must_use]
    pub fn is_time(&self) -> bool {
        self.parsed().is_some()
    }

    fn written(time: PrimitiveDateTime) -> Self {
        let (date, time) = (time.date(), time.time());
        let (hour, minute, second) = time.as_hms();
        let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
        Self(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"))
    }

    /// Reads what is written in samples and in practice: with or without seconds, a fraction, or a time of day at all.
    fn parsed(&self) -> Option<PrimitiveDateTime> {
        let text = self.0.trim();
        let (date, time) = text.split_once(['T', ' ']).unwrap_or((text, "0:0"));
        let mut parts = date.split('-');
        let (year, month, day) = (number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?);
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        let date = Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok()?;
        // The vendor's own samples have a colon after the T.
        let mut times = time.trim_start_matches(':').splitn(3, ':');
        let (hour, minute) = (number(times.next()?)?, number(times.next()?)?);
        let seconds = times.next().unwrap_or("0");
        let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
        if parts.next().is_some() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let part = |part: i32| u8::try_from(part).ok();
        let nanos = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
        let time = Time::from_hms_nano(part(hour)?, part(minute)?, part(number(second)?)?, nanos).ok()?;
        Some(PrimitiveDateTime::new(date, time))
    }
}

fn number(digits: &str) -> Option<i32> {
    let is_number =
        !digits.is_empty() && digits.len() <= 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

/// By what a clock shows; two texts of which one is no time have no order.
impl PartialOrd for LocalDateTime {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        if self == other {
            return Some(Ordering::Equal);
        }
        // Two ways to write the same time are two texts, and so not equal.
        Some(self.parsed()?.cmp(&other.parsed()?)).filter(|order| order.is_ne())
    }
}

impl From<&str> for LocalDateTime {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for LocalDateTime {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for LocalDateTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for LocalDateTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.parsed().map_or("[no time]", |_| self.as_str());
        write!(formatter, "LocalDateTime({time})")
    }
}

#[cfg(test)]
mod tests {
    use super::LocalDateTime;
    use std::time::{Duration, SystemTime};

    #[test]
    fn many_ways_of_writing_a_time_are_read() {
        let cases = [
            ("2018-03-20T07:09:52", Some(1_521_529_792)),
            ("2018-03-20 07:09:52.5", Some(1_521_529_792)),
            ("2018-3-20T7:9:52", Some(1_521_529_792)),
            ("2018-03-20T:07:09", Some(1_521_529_740)),
            ("2018-03-20", Some(1_521_504_000)),
            ("2018-03-20T07:09:52+02:00", Some(1_521_522_592)),
            ("2018-03-20T07:09:52Z", Some(1_521_529_792)),
            ("2018-02-30T07:09:52", None),
            ("2018-03-20T24:09:52", None),
            ("2018-03-20T07", None),
            ("2018-03-20T+7:09:52", None),
            ("2018-03-20-01", None),
            ("soon", None),
            ("", None),
        ];
        for (text, seconds) in cases {
            let instant = LocalDateTime::from(text).to_system_time_assuming_utc();
            let since = instant.and_then(|instant| instant.duration_since(SystemTime::UNIX_EPOCH).ok());
            assert_eq!(since.map(|since| since.as_secs()), seconds, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let instant = SystemTime::UNIX_EPOCH + Duration::from_secs(1_521_529_792);
        let time = LocalDateTime::from_utc(instant);
        assert_eq!(time.as_str(), "2018-03-20T07:09:52");
        assert_eq!(time.to_system_time_assuming_utc(), Some(instant));
        assert_eq!(time.minus(Duration::from_secs(8 * 3600)), Some("2018-03-19T23:09:52".into()));
        assert_eq!(time.minus(Duration::MAX), None);
    }

    #[test]
    fn text_that_is_no_time_has_no_order_and_is_not_printed() {
        let odd = LocalDateTime::from("ada@example.com");
        assert_eq!(format!("{odd:?}"), "LocalDateTime([no time])");
        assert_eq!(odd.partial_cmp(&"2018-03-20".into()), None);
        assert!(LocalDateTime::from("2018-03-20") < LocalDateTime::from("2018-03-20T00:00:01"));
    }
}
