//! How much is tried.

/// What may still be tried, in bytes that are hashed. Whoever sends a callback chooses its size, and the application the
/// number of its keys: together they decide how many trials there are.
pub(super) struct Work {
    left: usize,
}

/// What is spent on one explanation.
const ALL: usize = 64 * 1024 * 1024;

impl Work {
    pub(super) fn new() -> Self {
        Self { left: ALL }
    }

    /// Whether there is enough left for this many bytes. Once there was not, nothing more is tried.
    pub(super) fn spend(&mut self, bytes: usize) -> bool {
        let left = self.left.checked_sub(bytes);
        self.left = left.unwrap_or_default();
        left.is_some()
    }

    /// Whether something was not tried for want of it.
    pub(super) fn is_spent(&self) -> bool {
        self.left == 0
    }
}
