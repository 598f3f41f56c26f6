//! What the service that guides people through signing reports back to FairePlace: this signer is done, the document is
//! done.
//!
//! FairePlace has these calls for workers of its own. An ordinary customer can probably not get a key for them, and neither
//! their address nor their method is public; what is inferred says so. The sources of what is said here are listed in the
//! [module above](super).
//!
//! There is one trap. [`finalize_document`](Client::finalize_document) closes the document whether or not everybody has
//! signed; if somebody has not, the lease stays `PENDING_SIGNATURE`, and the answer does not tell. So it takes
//! [`AllSignersDone`], and [`orchestrate`](Client::orchestrate) makes both calls in their order, across restarts.

mod client;
mod finalize;
mod orchestration;
mod progress;

pub use client::{Client, ClientBuilder, CustomCall, Setup};
pub use finalize::{AllSignersDone, FinalizeDocument};
pub use generated::{OPERATIONS, calls, sources, types};
pub use orchestration::Orchestration;
pub use progress::{Finalization, Progress, SignerProgress};
pub use types::*;

#[allow(clippy::all, clippy::pedantic, unused_qualifications, unused_mut, reason = "generated")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/faireplace-workers.rs"));
}
