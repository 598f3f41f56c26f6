//! What all verifiers can do.

use super::delivery::Delivery;
use super::rejection::Rejection;
use crate::runtime::{Clock, SystemClock};
use std::time::SystemTime;

/// The largest body, in bytes, unless set otherwise.
pub(crate) const DEFAULT_BODY_LIMIT: usize = 1024 * 1024;

/// Decides what a delivery proves.
pub trait Verify {
    /// What is handed over, usually [`Verified`](super::Verified) with the events of a provider.
    type Output;

    /// Decides what a delivery proves at a time, usually [`now`](Self::now).
    ///
    /// # Errors
    ///
    /// The delivery is not accepted. Answer with the [`status`](Rejection::status) of the rejection.
    fn verify(&self, delivery: &Delivery, now: SystemTime) -> Result<Self::Output, Rejection>;

    /// The largest body that is read, in bytes. 1 MiB unless set otherwise.
    fn body_limit(&self) -> usize {
        DEFAULT_BODY_LIMIT
    }

    /// What time it is.
    fn now(&self) -> SystemTime {
        SystemClock.now()
    }
}
