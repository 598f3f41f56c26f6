//! When a call is tried again, and how long that waits.

use super::time::{Clock, FOR_EVER};
use http::HeaderMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

/// How often a call is tried and how long the client waits in between.
///
/// Whether it may be tried again at all is not a setting: only if the request was certainly not sent, or if the
/// operation is repeatable and the failure passes by itself. So a call that creates something is never sent twice.
///
/// The wait doubles with each attempt, between nothing and that doubled time at random (full jitter), and is never
/// shorter than a `Retry-After` of the provider. If the provider asks for more than the longest wait, the call fails at
/// once and [`Error::retry_after`](crate::Error::retry_after) tells for how long.
///
/// ```
/// use countersign::RetryPolicy;
/// use std::time::Duration;
///
/// let patient = RetryPolicy::default().attempts(6).longest_wait(Duration::from_secs(120));
/// # let _ = patient;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    attempts: u32,
    first_wait: Duration,
    longest_wait: Duration,
}

impl Default for RetryPolicy {
    /// Three attempts; the waits start at 200 milliseconds and end at 60 seconds.
    fn default() -> Self {
        Self { attempts: 3, first_wait: Duration::from_millis(200), longest_wait: Duration::from_secs(60) }
    }
}

impl RetryPolicy {
    /// One attempt.
    #[must_use]
    pub fn never() -> Self {
        Self::default().attempts(1)
    }

    /// How many attempts there are, the first included; 0 counts as 1.
    #[must_use]
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// The upper bound of the wait after the first attempt. Doubles with each further one.
    #[must_use]
    pub fn first_wait(mut self, wait: Duration) -> Self {
        self.first_wait = wait.min(FOR_EVER);
        self
    }

    /// The longest wait, whether it is ours or asked for by the provider.
    #[must_use]
    pub fn longest_wait(mut self, wait: Duration) -> Self {
        self.longest_wait = wait.min(FOR_EVER);
        self
    }

    /// How long to wait after attempt number `attempt`; `None` if that was the last one.
    pub(crate) fn wait(&self, attempt: u32, asked: Option<Duration>, clock: &dyn Clock) -> Option<Duration> {
        if attempt >= self.attempts || asked.is_some_and(|asked| asked > self.longest_wait) {
            return None;
        }
        let doubled =
            self.first_wait.saturating_mul(1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX));
        let share = Some(clock.random()).filter(|share| (0.0..=1.0).contains(share)).unwrap_or(1.0);
        let jittered = doubled.min(self.longest_wait).mul_f64(share);
        Some(jittered.max(asked.unwrap_or_default()))
    }
}

/// What all calls of a client may spend on retries together, so that a provider in trouble is not made worse off.
#[derive(Debug)]
pub(crate) struct RetryBudget(AtomicU32);

impl RetryBudget {
    const FULL: u32 = 500;
    const RETRY: u32 = 10;

    pub(crate) fn new() -> Self {
        Self(AtomicU32::new(Self::FULL))
    }

    /// Pays for one retry, if there is enough left.
    pub(crate) fn withdraw(&self) -> bool {
        let less = |left: u32| left.checked_sub(Self::RETRY);
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_ok()
    }

    /// A call that went well pays a tenth of a retry back.
    pub(crate) fn deposit(&self) {
        let more = |left: u32| (left < Self::FULL).then(|| left + 1);
        let _ = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
    }
}

/// `Retry-After` in either form, counted from now.
pub(crate) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let value = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More seconds than can be counted are still a wait.
        return Some(value.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::time::Sleep;

    #[derive(Debug)]
    struct Always(f64);

    impl Clock for Always {
        fn now(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH
        }
        fn sleep(&self, _: Duration) -> Sleep {
            Box::pin(std::future::ready(()))
        }
        fn random(&self) -> f64 {
            self.0
        }
    }

    #[test]
    fn waits_double_up_to_the_longest_and_end_with_the_attempts() {
        let policy = RetryPolicy::default().attempts(5).longest_wait(Duration::from_millis(700));
        let waits =
            (1..=5).map(|attempt| policy.wait(attempt, None, &Always(1.0)).map(|wait| wait.as_millis()));
        assert_eq!(waits.collect::<Vec<_>>(), [Some(200), Some(400), Some(700), Some(700), None]);
    }

    #[test]
    fn a_wait_is_never_shorter_than_asked() {
        let asked = Some(Duration::from_secs(7));
        assert_eq!(RetryPolicy::default().wait(1, asked, &Always(0.0)), asked);
    }

    #[test]
    fn more_than_the_longest_wait_is_not_waited_for() {
        assert_eq!(RetryPolicy::default().wait(1, Some(Duration::from_secs(61)), &Always(0.0)), None);
    }

    #[test]
    fn a_clock_that_returns_nonsense_does_no_harm() {
        for random in [f64::NAN, f64::INFINITY, -1.0, 2.0] {
            let wait = RetryPolicy::default().attempts(u32::MAX).wait(u32::MAX - 1, None, &Always(random));
            assert_eq!(wait, Some(Duration::from_secs(60)), "{random}");
        }
    }

    #[test]
    fn both_forms_of_retry_after_are_read() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777 - 5);
        let cases = [
            ("7", Some(Duration::from_secs(7))),
            ("99999999999999999999", Some(Duration::MAX)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(Duration::from_secs(5))),
            ("Sat, 05 Nov 1994 08:49:37 GMT", Some(Duration::ZERO)),
            ("soon", None),
            ("-1", None),
            ("", None),
        ];
        for (value, expected) in cases {
            let headers =
                HeaderMap::from_iter([(http::header::RETRY_AFTER, http::HeaderValue::from_static(value))]);
            assert_eq!(retry_after(&headers, now), expected, "{value:?}");
        }
    }

    #[test]
    fn the_budget_runs_out_and_is_refilled_by_success() {
        let budget = RetryBudget::new();
        let spent = std::iter::repeat_with(|| budget.withdraw()).take_while(|paid| *paid).count();
        assert_eq!(spent, 50);
        (0..9).for_each(|_| budget.deposit());
        assert!(!budget.withdraw());
        budget.deposit();
        assert!(budget.withdraw());
    }
}
