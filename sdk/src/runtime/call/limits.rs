//! How long an attempt may take.

use super::super::body::{Moved, Progress};
use super::super::config::Settings;
use super::super::time::{Deadline, FOR_EVER};
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

/// The bytes of content that may be on this machine still, although the HTTP library took them: the library keeps up to
/// half a MiB, and send buffers grow to 4 MiB. Nobody can see from here how fast these leave.
const HELD: u64 = 5 * 1024 * 1024;

/// The bytes in a second of the slowest upload that is not taken for one that stands still.
const SLOWEST: u64 = 16 * 1024;

/// The time that one attempt may take, and the time that nothing may move meanwhile.
pub(super) struct Limits {
    /// When the answer has to be here, all of it. Unknown until all content is sent.
    deadline: Deadline,
    idle: Duration,
    /// The time that the answer may take, all of it, once all content is sent.
    answer: Duration,
}

pub(super) enum Unanswered {
    OutOfTime,
    Idle,
    Error(reqwest::Error),
}

impl Limits {
    /// Those of an attempt that begins now. Content may take any time, as long as it moves.
    pub(super) fn new(settings: &Settings, has_content: bool) -> Self {
        let Settings { read_timeout: idle, attempt_timeout: whole, .. } = *settings;
        let deadline = Deadline::after(if has_content { FOR_EVER } else { whole });
        Self { deadline, idle, answer: idle.max(whole) }
    }

    /// Waits for the head of the answer while the request is sent; `progress` is that of its content.
    pub(super) async fn head<T>(
        &mut self,
        progress: Option<&Progress>,
        sending: impl Future<Output = reqwest::Result<T>>,
    ) -> Result<T, Unanswered> {
        let Some(progress) = progress else {
            return self.next(sending).await;
        };
        let mut sending = pin!(sending);
        let mut moved = progress.moved();
        loop {
            let answered = self.due(moved).limit(sending.as_mut()).await;
            let before = std::mem::replace(&mut moved, progress.moved());
            if let Some(answer) = answered {
                let deadline = Deadline::after(self.answer);
                self.deadline = if moved.is_all { deadline.min(self.due(moved)) } else { deadline };
                return answer.map_err(Unanswered::Error);
            }
            if before == moved {
                return Err(Unanswered::Idle);
            }
        }
    }

    /// Waits for the next piece of an answer.
    pub(super) async fn next<T>(
        &self,
        piece: impl Future<Output = reqwest::Result<T>>,
    ) -> Result<T, Unanswered> {
        let idle = async { Deadline::after(self.idle).limit(piece).await.ok_or(Unanswered::Idle) };
        let piece = self.deadline.limit(idle).await.unwrap_or(Err(Unanswered::OutOfTime))?;
        piece.map_err(Unanswered::Error)
    }

    /// When something else has to have moved.
    fn due(&self, moved: Moved) -> Deadline {
        let patience = if moved.is_all { self.answer } else { self.idle };
        let unseen = Duration::from_millis(moved.bytes.min(HELD) * 1000 / SLOWEST);
        moved.at.plus(patience.saturating_add(unseen))
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::time::Moment;
    use super::*;

    /// A system that holds 2.5 MB says that there is room after a third of it has left.
    #[test]
    fn what_was_taken_has_the_time_that_a_slow_connection_needs() {
        let (idle, answer) = (Duration::from_secs(30), Duration::from_secs(60));
        let limits = Limits { deadline: Deadline::after(FOR_EVER), idle, answer };
        let at = Moment::now();
        for (bytes, is_all, seconds) in [
            (0, false, 30),
            (0, true, 60),
            (16 * 1024, false, 30 + 1),
            (1024 * 1024, true, 60 + 64),
            (5 * 1024 * 1024, false, 30 + 320),
            (5 * 1024 * 1024, true, 60 + 320),
            (u64::MAX, false, 30 + 320),
        ] {
            let due = limits.due(Moved { bytes, is_all, at });
            assert_eq!(due, at.plus(Duration::from_secs(seconds)), "{bytes}, {is_all}");
        }
        let held = 2_500_000;
        let (third, rest) = (held / 3 / 20_000, held / 20_000);
        assert!(limits.due(Moved { bytes: held, is_all: false, at }) > at.plus(Duration::from_secs(third)));
        assert!(limits.due(Moved { bytes: held, is_all: true, at }) > at.plus(Duration::from_secs(rest)));
    }
}
