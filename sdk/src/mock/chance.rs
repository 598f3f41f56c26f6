//! Faults by chance, the same for the same seed.

use super::faults::Fault;
use fastrand::Rng;
use std::time::Duration;

/// Decides of each request whether and how it fails.
pub(super) struct Seeded {
    pub(super) seed: u64,
    share: f64,
    rng: Rng,
}

impl Seeded {
    pub(super) fn new(seed: u64, share: f64) -> Self {
        Self { seed, share, rng: Rng::with_seed(seed) }
    }

    /// The next request in order. Waits are short, since a test pays for them.
    pub(super) fn next(&mut self) -> Option<Fault> {
        let fails = self.rng.f64() < self.share;
        let (which, pause) = (self.rng.u8(..13), Duration::from_millis(self.rng.u64(1..5)));
        fails.then(|| match which {
            0 => Fault::throttled(Duration::ZERO),
            1 => Fault::throttled_until(std::time::SystemTime::UNIX_EPOCH),
            2 => Fault::status(500),
            3 => Fault::html_page(502),
            4 => Fault::status(503),
            5 => Fault::delay(pause),
            6 => Fault::reset_unread(),
            7 => Fault::reset(),
            8 => Fault::lost_answer(),
            9 => Fault::truncated(),
            10 => Fault::slow(pause),
            11 => Fault::new_members(),
            _ => Fault::new_values(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Seeded;

    fn run(seed: u64, share: f64) -> Vec<String> {
        let mut seeded = Seeded::new(seed, share);
        (0..200).map(|_| format!("{:?}", seeded.next())).collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_run() {
        assert_eq!(run(7, 0.3), run(7, 0.3));
        assert_ne!(run(7, 0.3), run(8, 0.3));
    }

    #[test]
    fn the_share_is_kept() {
        let failing = |share| run(7, share).iter().filter(|fault| *fault != "None").count();
        assert_eq!((failing(0.0), failing(1.0)), (0, 200));
        assert!((30..90).contains(&failing(0.3)));
    }
}
