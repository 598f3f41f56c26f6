//! Times that a provider writes without saying where they hold.

use super::time::{Timestamp, system_time};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;
use std::time::{Duration, SystemTime};
use time::{Date, Month, PrimitiveDateTime, Time, UtcOffset};

/// A date and a time as a provider wrote them, without an offset. In which zone they hold is not known: the provider may
/// mean UTC, or the zone of somebody. The text is kept, so that nothing is lost where it cannot be read.
///
/// ```
/// use countersign::LocalDateTime;
/// use std::time::Duration;
///
/// let modified = LocalDateTime::from("2018-03-20T07:09:52");
/// assert_eq!(modified.minus(Duration::from_secs(60)), Some("2018-03-20T07:08:52".into()));
/// assert!(modified > LocalDateTime::from("2018-03-20"));
/// assert!(modified.to_system_time_assuming_utc().is_some()); // right only if UTC was meant
/// ```
///
/// `Debug` prints it only if it is a time. `==` compares the texts, `<` and `>` the times.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LocalDateTime(String);

impl LocalDateTime {
    /// The text as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// This point in time as it reads in UTC, to the second. A provider that means another zone misreads it by hours.
    #[must_use]
    pub fn from_utc(time: SystemTime) -> Self {
        Self(Timestamp::from(time).as_str().trim_end_matches('Z').to_owned())
    }

    /// The point in time, if UTC is meant. If the text does carry an offset, that is what counts.
    ///
    /// A fraction, missing seconds, a blank in place of the `T` and a colon after it are all read; a date alone is its
    /// midnight.
    #[must_use]
    pub fn to_system_time_assuming_utc(&self) -> Option<SystemTime> {
        let Reading { local, offset, .. } = self.read()?;
        system_time(local.assume_offset(offset.unwrap_or(UtcOffset::UTC)))
    }

    /// The time that a clock in the same place showed `duration` before, rounded down to the second; `None` if the text is
    /// no time. No zone is needed for that, but an hour that the zone skipped or repeated is not accounted for.
    #[must_use]
    pub fn minus(&self, duration: Duration) -> Option<Self> {
        let Reading { local, suffix, .. } = self.read()?;
        let earlier = local.checked_sub(time::Duration::try_from(duration).ok()?)?;
        let (date, time) = (earlier.date(), earlier.time());
        let (year, month, day) = (u16::try_from(date.year()).ok()?, u8::from(date.month()), date.day());
        let (hour, minute, second) = time.as_hms();
        Some(Self(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{suffix}")))
    }

    /// Whether the text is a time at all.
    #[must_use]
    pub fn is_time(&self) -> bool {
        self.read().is_some()
    }

    fn read(&self) -> Option<Reading<'_>> {
        let (date, rest) = date(&self.0)?;
        if rest.is_empty() {
            return Some(Reading { local: date.midnight(), offset: None, suffix: "" });
        }
        let rest = rest.strip_prefix(['T', 't', ' '])?;
        let (time, suffix) = clock_time(rest.strip_prefix(':').unwrap_or(rest))?;
        let offset = if suffix.is_empty() { None } else { Some(offset(suffix)?) };
        Some(Reading { local: date.with_time(time), offset, suffix })
    }
}

/// Both have to be of the same zone, which nobody checks; times of one provider are. There is no order if one is no time,
/// if only one carries an offset, or if two texts name the same time in different ways, since they are not equal.
impl PartialOrd for LocalDateTime {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        if self == other {
            return Some(Ordering::Equal);
        }
        let (this, other) = (self.read()?, other.read()?);
        let order = match (this.offset, other.offset) {
            (None, None) => this.local.cmp(&other.local),
            (Some(here), Some(there)) => {
                this.local.assume_offset(here).cmp(&other.local.assume_offset(there))
            }
            _ => return None,
        };
        Some(order).filter(|order| order.is_ne())
    }
}

/// What a text says.
struct Reading<'a> {
    local: PrimitiveDateTime,
    offset: Option<UtcOffset>,
    /// The text of the offset.
    suffix: &'a str,
}

fn date(text: &str) -> Option<(Date, &str)> {
    let (year, text) = number(text, 4, 4)?;
    let (month, text) = number(text.strip_prefix('-')?, 1, 2)?;
    let (day, text) = number(text.strip_prefix('-')?, 1, 2)?;
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = Date::from_calendar_date(i32::try_from(year).ok()?, month, u8::try_from(day).ok()?);
    Some((date.ok()?, text))
}

fn clock_time(text: &str) -> Option<(Time, &str)> {
    let (hour, text) = number(text, 1, 2)?;
    let (minute, mut text) = number(text.strip_prefix(':')?, 1, 2)?;
    let (mut second, mut nanosecond) = (0, 0);
    if let Some(rest) = text.strip_prefix(':') {
        (second, text) = number(rest, 1, 2)?;
        if let Some(rest) = text.strip_prefix('.') {
            (nanosecond, text) = fraction(rest)?;
        }
    }
    let [hour, minute, second] = [hour, minute, second].map(u8::try_from);
    let time = Time::from_hms_nano(hour.ok()?, minute.ok()?, second.ok()?, nanosecond);
    Some((time.ok()?, text))
}

/// `Z`, `+01:00`, `+0100` or `+01`.
fn offset(text: &str) -> Option<UtcOffset> {
    if matches!(text, "Z" | "z") {
        return Some(UtcOffset::UTC);
    }
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1, text),
        None => (1, text.strip_prefix('+')?),
    };
    let (hours, text) = number(text, 2, 2)?;
    let (minutes, text) = match text.strip_prefix(':').unwrap_or(text) {
        "" => (0, ""),
        minutes => number(minutes, 2, 2)?,
    };
    if !text.is_empty() || minutes > 59 {
        return None;
    }
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    UtcOffset::from_whole_seconds(sign * seconds).ok()
}

/// A number of so many digits, and what follows it.
fn number(text: &str, fewest: usize, most: usize) -> Option<(u32, &str)> {
    let (digits, rest) = digits(text, most);
    if digits.len() < fewest {
        return None;
    }
    Some((digits.parse().ok()?, rest))
}

/// Nanoseconds; what is smaller is left off.
fn fraction(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = digits(text, text.len());
    if digits.is_empty() {
        return None;
    }
    let nanoseconds = digits.bytes().chain(std::iter::repeat(b'0')).take(9);
    Some((nanoseconds.fold(0, |value, digit| value * 10 + u32::from(digit - b'0')), rest))
}

fn digits(text: &str, most: usize) -> (&str, &str) {
    let end = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    text.split_at_checked(end).unwrap_or((text, ""))
}

impl fmt::Debug for LocalDateTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.read().map_or("[no time]", |_| self.as_str());
        write!(formatter, "LocalDateTime({time})")
    }
}

impl fmt::Display for LocalDateTime {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
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

#[cfg(test)]
mod tests {
    use super::LocalDateTime;
    use std::cmp::Ordering;
    use std::time::{Duration, SystemTime};

    fn nanoseconds(text: &str) -> Option<u128> {
        let time = LocalDateTime::from(text).to_system_time_assuming_utc()?;
        time.duration_since(SystemTime::UNIX_EPOCH).ok().map(|since| since.as_nanos())
    }

    #[test]
    fn what_providers_write_is_read() {
        let second = 1_589_987_400_000_000_000;
        for (text, expected) in [
            ("2020-05-20T15:10:00", second),
            ("2020-05-20T15:10", second),
            ("2020-05-20T:15:10", second),
            ("2020-05-20 15:10:00", second),
            ("2020-05-20T15:10:0", second),
            ("2020-5-20T15:10:00", second),
            ("2020-05-20T15:10:00.25", second + 250_000_000),
            ("2020-05-20T15:10:00.1234567899", second + 123_456_789),
            ("2020-05-20T15:10:00Z", second),
            ("2020-05-20T16:10:00+01:00", second),
            ("2020-05-20T09:40:00.0-0530", second),
            ("2020-05-20 17:10+02", second),
            ("2020-05-20", second - (15 * 3600 + 600) * 1_000_000_000),
        ] {
            assert_eq!(nanoseconds(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_kept_all_the_same() {
        for text in [
            "",
            "soon",
            "2020-05-20T",
            "2020-05-20T:",
            "2020-05-20T15",
            "2020-05-20T15:",
            "2020-05-20T15:10:",
            "2020-05-20T15:10:00.",
            "2020-05-20T24:00:00",
            "2020-05-20T15:10:00+1",
            "2020-05-20T15:10:00+01:0",
            "2020-05-20T15:10:00+01:60",
            "2020-05-20T15:10:00+99:00",
            "2020-05-20T15:10:00+01:00x",
            "2020-05-20Z",
            "2020-02-30",
            "2020-13-01",
            "20-05-20",
            "02020-05-20",
            "2020-05-20T15:100",
            "2020-05-20é",
            "+020-05-20",
        ] {
            let time = LocalDateTime::from(text);
            assert_eq!(time.to_system_time_assuming_utc(), None, "{text}");
            assert_eq!(time.minus(Duration::ZERO), None, "{text}");
            assert!(!time.is_time(), "{text}");
            assert_eq!(time.partial_cmp(&"2020-05-20".into()), None, "{text}");
            assert_eq!(format!("{time:?}"), "LocalDateTime([no time])");
            assert_eq!(time.to_string(), text);
        }
    }

    #[test]
    fn times_before_1970_are_read() {
        let time = LocalDateTime::from("1969-12-31T23:59:58.5").to_system_time_assuming_utc();
        assert_eq!(time, SystemTime::UNIX_EPOCH.checked_sub(Duration::from_millis(1500)));
    }

    #[test]
    fn utc_is_written_without_saying_so() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(1_589_987_400_999);
        let local = LocalDateTime::from_utc(time);
        assert_eq!(local.as_str(), "2020-05-20T15:10:00");
        assert_eq!(format!("{local:?}"), "LocalDateTime(2020-05-20T15:10:00)");
        let far = SystemTime::UNIX_EPOCH + Duration::from_secs(400_000_000_000);
        assert_eq!(LocalDateTime::from_utc(far).as_str(), "9999-12-31T23:59:59");
    }

    #[test]
    fn earlier_needs_no_zone() {
        for (text, seconds, expected) in [
            ("2020-03-01T00:00:30", 60, Some("2020-02-29T23:59:30")),
            ("2020-05-20T:15:10", 0, Some("2020-05-20T15:10:00")),
            ("2020-05-20T15:10:00.9", 1, Some("2020-05-20T15:09:59")),
            ("2020-05-20T00:10:00+01:00", 3600, Some("2020-05-19T23:10:00+01:00")),
            ("2020-05-20", 1, Some("2020-05-19T23:59:59")),
            ("0000-01-01", 1, None),
            ("2020-05-20", u64::MAX, None),
        ] {
            let earlier = LocalDateTime::from(text).minus(Duration::from_secs(seconds));
            assert_eq!(earlier.as_ref().map(LocalDateTime::as_str), expected, "{text}");
        }
    }

    #[test]
    fn only_like_is_compared_with_like() {
        for (one, other, expected) in [
            ("2020-05-20", "2020-05-20", Some(Ordering::Equal)),
            ("soon", "soon", Some(Ordering::Equal)),
            ("2020-05-20", "2020-05-20T00:00", None),
            ("2020-05-20T00:00:01", "2020-05-20", Some(Ordering::Greater)),
            ("2020-05-20T00:00:00.1", "2020-05-20T00:00:00.2", Some(Ordering::Less)),
            ("2020-05-20T01:00+01:00", "2020-05-20T00:01Z", Some(Ordering::Less)),
            ("2020-05-20T01:00", "2020-05-20T00:00Z", None),
            ("2020-05-20", "soon", None),
        ] {
            assert_eq!(LocalDateTime::from(one).partial_cmp(&other.into()), expected, "{one} {other}");
        }
    }
}
