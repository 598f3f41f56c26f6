//! Documill Leap's Sign API, version 1.
//!
//! Documentation names its sources by tags; [`sources`] lists them.
//!
//! What to know before the first call:
//!
//! - Starting writes to the signers, and nothing marks a repeated call as the same one
//!   \[[D1](crate::leap::sources#d1)\]. It is not tried again once anything was sent.
//! - The names in the data of a signing process are not public, not even that of its id. [`SigningProcess`] is the JSON as
//!   it came; [`SigningProcess::id_at`] takes the id from where you say.
//! - How the parts of the starting call are written is not documented in full; [`PartEncoding`] has what can be changed,
//!   and what is assumed.
//! - No call is documented that downloads the signed document. It reaches signers and recipients
//!   \[[D1](crate::leap::sources#d1)\]; have it before you delete the signing process.
//! - The callback has no documented signature \[[D1](crate::leap::sources#d1)\]. Take it as a hint, and read the
//!   signing process.

mod client;
mod encoding;
mod process;
mod start;
pub mod webhook;

pub use client::{Client, ClientBuilder, CustomCall, Setup};
pub use encoding::PartEncoding;
pub use generated::{OPERATIONS, calls, sources, types};
pub use start::{SignDocument, StartSigningProcess};
pub use types::*;

#[allow(clippy::all, clippy::pedantic, unused_qualifications, unused_mut, reason = "generated")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/leap.rs"));
}
