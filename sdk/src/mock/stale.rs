//! Reads that show how things were.

use super::clock::later;
use super::lock;
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

/// A copy of what a mock remembers, for as long as reads are answered by it.
pub(super) struct Stale<S>(Mutex<Option<(S, Until)>>);

#[derive(Clone, Copy)]
enum Until {
    /// So many reads are left.
    Reads(u32),
    Time(SystemTime),
}

impl<S> Default for Stale<S> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<S: Clone> Stale<S> {
    pub(super) fn keep_for_reads(&self, copy: S, reads: u32) {
        *lock(&self.0) = Some((copy, Until::Reads(reads)));
    }

    pub(super) fn keep_for(&self, copy: S, now: SystemTime, by: Duration) {
        *lock(&self.0) = Some((copy, Until::Time(later(now, by))));
    }

    /// The copy that a read gets to see, if that is not how things are now.
    pub(super) fn read(&self, now: SystemTime) -> Option<S> {
        let mut kept = lock(&self.0);
        let (copy, until) = kept.as_mut()?;
        let is_over = match until {
            Until::Reads(0) => true,
            Until::Reads(left) => {
                *left -= 1;
                false
            }
            Until::Time(time) => now >= *time,
        };
        if is_over {
            *kept = None;
            return None;
        }
        Some(copy.clone())
    }
}

/// Methods that make the reads of a mock lag. The server has the member `state`, and that a `clock`, a `stale` and a `copy()`.
macro_rules! lags {
    ($server:ident) => {
        impl $server {
            /// The next reads are answered as things are now, whatever happens meanwhile; then as they are then. Lists and
            /// what is read by its id count together. Replaces what was said before, so 0 ends it.
            pub fn lag_for_reads(&self, reads: u32) {
                self.state.stale.keep_for_reads(self.state.copy(), reads);
            }

            /// Until the server's clock has moved on by this time, reads are answered as things are now. Replaces what was
            /// said before.
            pub fn lag_for(&self, by: ::std::time::Duration) {
                self.state.stale.keep_for(self.state.copy(), self.state.clock.now(), by);
            }
        }
    };
}
pub(super) use lags;

#[cfg(test)]
mod tests {
    use super::Stale;
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_copy_is_read_as_often_or_as_long_as_was_said() {
        let (stale, start) = (Stale::default(), SystemTime::UNIX_EPOCH);
        assert_eq!(stale.read(start), None);
        stale.keep_for_reads("old", 2);
        assert_eq!([1, 2, 3].map(|_| stale.read(start)), [Some("old"), Some("old"), None]);
        stale.keep_for_reads("old", 0);
        assert_eq!(stale.read(start), None);
        stale.keep_for("old", start, Duration::from_secs(2));
        let times = [0, 1, 2, 1].map(|seconds| start + Duration::from_secs(seconds));
        assert_eq!(times.map(|time| stale.read(time)), [Some("old"), Some("old"), None, None]);
    }
}
