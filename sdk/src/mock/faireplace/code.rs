//! One-time codes: six digits, five minutes, three attempts.

use super::refusal::Refusal;
use std::time::{Duration, SystemTime};

const VALIDITY: Duration = Duration::from_secs(5 * 60);
const COOLDOWN: Duration = Duration::from_secs(60);
const ATTEMPTS: u32 = 3;

#[derive(Clone)]
pub(super) struct Code {
    pub digits: String,
    sent: SystemTime,
    left: u32,
}

impl Code {
    pub fn sent_at(now: SystemTime) -> Self {
        Self { digits: format!("{:06}", fastrand::u32(..1_000_000)), sent: now, left: ATTEMPTS }
    }

    pub fn check(&mut self, digits: &str, now: SystemTime) -> Result<(), Refusal> {
        let expires = after(self.sent, VALIDITY);
        if self.left == 0 {
            return Err(Refusal::locked(expires));
        }
        if now >= expires {
            return Err(Refusal::old_code(expires));
        }
        if self.digits == digits {
            return Ok(());
        }
        self.left -= 1;
        Err(Refusal::wrong_code(self.left, expires))
    }

    /// Whether another code may be sent already.
    pub fn may_follow(&self, now: SystemTime) -> bool {
        now >= after(self.sent, COOLDOWN)
    }
}

/// A time that cannot be represented is never reached.
pub(super) fn after(time: SystemTime, by: Duration) -> SystemTime {
    time.checked_add(by).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::Code;
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_code_is_good_for_five_minutes_and_three_attempts() {
        let sent = SystemTime::UNIX_EPOCH;
        let at = |seconds| sent + Duration::from_secs(seconds);
        let mut code = Code::sent_at(sent);
        let right = code.digits.clone();
        assert_eq!(right.len(), 6);
        assert!(code.check(&right, at(299)).is_ok());
        let refused = |code: &mut Code, digits: &str, seconds| {
            code.check(digits, at(seconds))
                .err()
                .map(|refusal| refusal.body(sent).pointer("/error/type").cloned().unwrap_or_default())
        };
        assert_eq!(refused(&mut code, &right, 300), Some("OTP_EXPIRED".into()));
        for _ in 0..3 {
            assert_eq!(refused(&mut code, "no code", 0), Some("VALIDATION_ERROR".into()));
        }
        assert_eq!(refused(&mut code, &right, 0), Some("OTP_LOCKED".into()));
        assert_eq!((code.may_follow(at(59)), code.may_follow(at(60))), (false, true));
    }
}
