//! Signly's Partner API.

mod client;
mod update;
pub mod webhook;

pub use client::{Client, ClientBuilder, Setup};
pub use generated::{OPERATIONS, calls, types};
pub use types::*;

#[allow(clippy::all, clippy::pedantic, unused_qualifications, unused_mut, reason = "generated")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/signly.rs"));
}
