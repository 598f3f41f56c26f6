//! A clock that stands still and remembers how long it was asked to wait.

use countersign::{Clock, Sleep};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

#[derive(Clone, Debug)]
pub struct TestClock {
    now: SystemTime,
    waits: Arc<Mutex<Vec<Duration>>>,
}

impl TestClock {
    /// 2026-04-23T15:00:00Z
    pub fn new() -> Self {
        Self { now: SystemTime::UNIX_EPOCH + Duration::from_secs(1_776_956_400), waits: Arc::default() }
    }

    /// The same clock at a later time.
    pub fn later(&self, by: Duration) -> Self {
        Self { now: self.now + by, ..self.clone() }
    }

    pub fn waits(&self) -> Vec<Duration> {
        self.waits.lock().unwrap().clone()
    }
}

impl Clock for TestClock {
    fn now(&self) -> SystemTime {
        self.now
    }

    fn sleep(&self, duration: Duration) -> Sleep {
        self.waits.lock().unwrap().push(duration);
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> f64 {
        0.5
    }
}
