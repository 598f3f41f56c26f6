//! Bad weather for callbacks, the same for the same seed.

use bytes::Bytes;
use fastrand::Rng;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// How many of a hundred events come twice or three times, come once more much later, and how many attempts go wrong.
const DUPLICATED: u8 = 30;
const REPLAYED: u8 = 10;
const SPOILED: u8 = 25;

/// What happens to an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mishap {
    /// The connection ends in the middle of the body.
    Cut,
    /// The body comes in two pieces with a pause between them.
    Slow(Duration),
    /// The receiver gets all of it, and its answer gets lost.
    AnswerLost,
}

/// The weather, as it goes on.
pub(super) struct Storm(Rng);

impl Storm {
    pub(super) fn new(seed: u64) -> Self {
        Self(Rng::with_seed(seed))
    }

    /// The same events, some of them several times, in another order.
    pub(super) fn scatter<T: Clone>(&mut self, events: Vec<T>) -> Vec<T> {
        let mut scattered = Vec::with_capacity(events.len() * 2);
        for event in events {
            let times = if self.happens(DUPLICATED) { self.0.usize(2..=3) } else { 1 };
            scattered.extend(std::iter::repeat_n(event, times));
        }
        self.0.shuffle(&mut scattered);
        let late = scattered.clone().into_iter().filter(|_| self.happens(REPLAYED));
        let late = late.collect::<Vec<_>>();
        scattered.extend(late);
        scattered
    }

    /// What goes wrong with the next attempt, if anything.
    pub(super) fn next(&mut self) -> Option<Mishap> {
        let which = [Mishap::Cut, Mishap::Slow(Duration::from_millis(1)), Mishap::AnswerLost];
        self.happens(SPOILED).then(|| *self.0.choice(&which).unwrap_or(&Mishap::Cut))
    }

    fn happens(&mut self, percent: u8) -> bool {
        self.0.u8(..100) < percent
    }
}

/// A body in two halves: with a pause between them, or without the second one.
pub(super) struct Halves {
    first: Option<Bytes>,
    second: Option<Result<Bytes, io::Error>>,
    pause: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl Halves {
    pub(super) fn slow(mut body: Bytes, pause: Duration) -> Self {
        let first = Some(body.split_to(body.len() / 2));
        Self { first, second: Some(Ok(body)), pause: Some(Box::pin(tokio::time::sleep(pause))) }
    }

    pub(super) fn cut(mut body: Bytes) -> Self {
        let first = Some(body.split_to(body.len() / 2));
        Self { first, second: Some(Err(io::Error::other("cut on request"))), pause: None }
    }
}

impl futures_core::Stream for Halves {
    type Item = Result<Bytes, io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        if let Some(pause) = &mut self.pause {
            std::task::ready!(pause.as_mut().poll(context));
            self.pause = None;
        }
        Poll::Ready(self.second.take())
    }
}
