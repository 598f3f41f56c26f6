//! The memory for bodies that are being read.

use super::rejection::{Reason, Rejection};
use bytes::Buf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The memory for bodies while they are read, in bytes. Clones share it.
///
/// [`receive`](super::receive()), `Callback` and `CallbackRouter` take what a body needs as it arrives, whatever length was
/// announced, and give it back once the body is verified or its caller is gone. A callback that would need more than is
/// left is answered with 503: [`Reason::Overloaded`].
///
/// A verifier has 64 MiB of its own, or as much as its `body_limit` if that is more. Give several the same one, and they share it:
///
/// ```
/// # #[cfg(all(feature = "signly", feature = "leap"))] {
/// use countersign::webhook::BodyBudget;
/// use countersign::{leap, signly};
///
/// let budget = BodyBudget::new(16 * 1024 * 1024);
/// let for_signly = signly::webhook::Verifier::builder().body_budget(budget.clone());
/// let for_leap = leap::webhook::Verifier::builder().body_budget(budget.clone());
/// assert_eq!(budget.in_use(), 0); // a figure to watch
/// # let _ = (for_signly, for_leap);
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct BodyBudget(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limit: usize,
    in_use: AtomicUsize,
}

impl BodyBudget {
    /// This many bytes. A body that is larger can never be read, whatever the verifier's limit is.
    #[must_use]
    pub fn new(bytes: usize) -> Self {
        Self(Arc::new(Inner { limit: bytes, in_use: AtomicUsize::new(0) }))
    }

    /// The most that is used, in bytes.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.0.limit
    }

    /// The bytes that are in use at this moment.
    #[must_use]
    pub fn in_use(&self) -> usize {
        self.0.in_use.load(Ordering::Relaxed)
    }
}

/// The budget of a verifier that was given none, in bytes.
const DEFAULT: usize = 64 * 1024 * 1024;

impl BodyBudget {
    /// The budget of a verifier that was given none: enough for one of the largest bodies that it reads.
    pub(super) fn for_bodies_of(limit: usize) -> Self {
        Self::new(DEFAULT.max(limit))
    }
}

/// 64 MiB.
impl Default for BodyBudget {
    fn default() -> Self {
        Self::new(DEFAULT)
    }
}

/// A body as far as it has arrived, in memory that was taken from a budget.
pub(super) struct Kept {
    content: Vec<u8>,
    budget: BodyBudget,
    taken: usize,
}

/// The least memory that is taken, so that a body of single bytes is not moved for each of the first ones.
const LEAST: usize = 512;

impl Kept {
    pub(super) fn in_budget(budget: BodyBudget) -> Self {
        Self { content: Vec::new(), budget, taken: 0 }
    }

    /// Copies what has arrived, so that nothing else of the connection's buffer stays in memory for it. No more than
    /// `limit` bytes are kept.
    pub(super) fn add(&mut self, mut piece: impl Buf, limit: usize) -> Result<(), Rejection> {
        let length = self.content.len().saturating_add(piece.remaining());
        if length > limit {
            return Err(Reason::TooLarge.into());
        }
        if length > self.content.capacity() {
            let doubled = self.content.capacity().saturating_mul(2).max(LEAST);
            let capacity = length.max(doubled.min(limit));
            self.take(capacity)?;
            let more = capacity.saturating_sub(self.content.len());
            self.content.try_reserve_exact(more).map_err(|_| Reason::Overloaded)?;
        }
        while piece.has_remaining() {
            let length = piece.chunk().len();
            self.content.extend_from_slice(piece.chunk());
            piece.advance(length);
        }
        Ok(())
    }

    /// Has this much of the budget in all.
    fn take(&mut self, bytes: usize) -> Result<(), Rejection> {
        let more = bytes.saturating_sub(self.taken);
        let Inner { limit, in_use } = &*self.budget.0;
        let within = |used: usize| used.checked_add(more).filter(|used| used <= limit);
        in_use
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, within)
            .map_err(|_| Rejection::from(Reason::Overloaded))?;
        self.taken = self.taken.saturating_add(more);
        Ok(())
    }

    /// The body. What was taken for it is given back when the rest is dropped.
    pub(super) fn content(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.content)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.budget.0.in_use.fetch_sub(self.taken, Ordering::Relaxed);
    }
}
