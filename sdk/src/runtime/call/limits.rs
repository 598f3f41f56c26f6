//! How long an attempt may take.

use super::super::body::Progress;
use super::super::time::Deadline;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

/// How long one attempt may take, and how long nothing may come meanwhile.
pub(super) struct Limits {
    pub(super) deadline: Deadline,
    pub(super) idle: Duration,
    /// How long the answer may take once all content is sent.
    pub(super) answer: Duration,
}

pub(super) enum Unanswered {
    OutOfTime,
    Idle,
    Error(reqwest::Error),
}

impl Limits {
    /// Waits as long as something moves: `progress` counts what was sent.
    pub(super) async fn wait<T>(
        &self,
        progress: Option<&Progress>,
        future: impl Future<Output = reqwest::Result<T>>,
    ) -> Result<T, Unanswered> {
        let mut future = pin!(future);
        let mut sent = 0;
        let moving = async {
            loop {
                let is_sent = progress.is_some_and(Progress::is_complete);
                let patience = if is_sent { self.answer } else { self.idle };
                let answered = Deadline::after(patience).limit(future.as_mut()).await;
                let now_sent = progress.map_or(0, Progress::bytes);
                match answered {
                    Some(answer) => return answer.map_err(Unanswered::Error),
                    // What was handed out last may still be on its way.
                    None if now_sent > sent => sent = now_sent,
                    None => return Err(Unanswered::Idle),
                }
            }
        };
        self.deadline.limit(moving).await.unwrap_or(Err(Unanswered::OutOfTime))
    }
}
