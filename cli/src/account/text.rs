//! What comes from elsewhere, so that a terminal can show it.

use std::time::Duration;

/// A time to wait: `90s`, `30m`, `5h` or `1d`.
pub fn duration(text: &str) -> Result<Duration, String> {
    let parsed = || {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let seconds = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 60 * 60,
            "d" => 24 * 60 * 60,
            _ => return None,
        };
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        let number = number.parse::<u64>().ok().filter(|_| is_number)?;
        number.checked_mul(seconds).map(Duration::from_secs)
    };
    parsed().ok_or_else(|| "a number and a unit are wanted, such as 90s, 30m, 5h or 1d".to_owned())
}

#[cfg(test)]
mod tests {
    use super::duration;
    use std::time::Duration;

    #[test]
    fn durations_have_a_unit() {
        let cases = [
            ("90s", Some(90)),
            ("30m", Some(1800)),
            ("5h", Some(18000)),
            ("1d", Some(86400)),
            ("0s", Some(0)),
            ("5", None),
            ("h", None),
            ("", None),
            ("+5h", None),
            ("1.5h", None),
            ("5 h", None),
            ("5µ", None),
            ("18446744073709551615d", None),
        ];
        for (text, seconds) in cases {
            assert_eq!(duration(text).ok(), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
