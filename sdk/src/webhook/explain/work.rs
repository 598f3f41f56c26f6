//! A bound for what is tried.

/// The work that may still be done, in bytes that are hashed. Whoever sends a callback chooses its size, and the application the
/// number of its keys: together they decide how many trials there are.
pub(super) struct Work {
    left: usize,
}

/// The work that one explanation may take, in bytes.
const ALL: usize = 64 * 1024 * 1024;

impl Work {
    pub(super) fn new() -> Self {
        Self { left: ALL }
    }

    /// Takes this many bytes, if as many are left. Once there were not, nothing more is tried.
    pub(super) fn spend(&mut self, bytes: usize) -> bool {
        let left = self.left.checked_sub(bytes);
        self.left = left.unwrap_or_default();
        left.is_some()
    }

    /// Returns `true` if something was not tried for want of it.
    pub(super) fn is_spent(&self) -> bool {
        self.left == 0
    }
}
