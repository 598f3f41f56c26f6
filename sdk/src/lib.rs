#![cfg_attr(
    all(feature = "rustls", feature = "signly", feature = "axum", feature = "mock"),
    doc = include_str!("../README.md")
)]
#![cfg_attr(
    not(all(feature = "rustls", feature = "signly", feature = "axum", feature = "mock")),
    doc = "E-signature APIs: typed calls, verified callbacks, mock servers. Start with the README."
)]
#![cfg_attr(
    not(any_provider),
    allow(dead_code, unused_imports, unused_macros, reason = "providers use the shared parts")
)]

#[cfg(feature = "mock")]
pub mod mock;
mod runtime;
#[cfg(feature = "signly")]
pub mod signly;
pub mod webhook;

pub use http;
pub use runtime::{
    Certainty, ClientBuilder, Clock, Cursor, CustomCall, Effect, Error, ErrorKind, Items, Listing, Operation,
    Outcome, Page, Pages, Paging, Precondition, Reply, RetryPolicy, Secret, SecretError, Sleep, SystemClock,
    Timestamp, Versioned,
};
