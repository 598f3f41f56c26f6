#![cfg_attr(
    all(feature = "rustls", every_provider, feature = "axum", feature = "mock"),
    doc = include_str!("front.md")
)]
#![cfg_attr(
    not(all(feature = "rustls", every_provider, feature = "axum", feature = "mock")),
    doc = "E-signature APIs: typed calls, verified callbacks, mock servers. Build the documentation with all features, or start \
           with the README."
)]
#![cfg_attr(
    not(every_provider),
    allow(dead_code, unused_imports, unused_macros, reason = "no provider needs all of the shared parts")
)]

#[cfg(feature = "faireplace")]
pub mod faireplace;
#[cfg(all(every_provider, feature = "axum", feature = "mock"))]
pub mod guide;
#[cfg(feature = "leap")]
pub mod leap;
#[cfg(feature = "legalesign")]
pub mod legalesign;
#[cfg(feature = "mock")]
pub mod mock;
mod runtime;
#[cfg(feature = "sign8")]
pub mod sign8;
#[cfg(feature = "signly")]
pub mod signly;
pub mod webhook;

// The blocks of the README are compiled and run.
#[cfg(all(doctest, feature = "rustls", every_provider, feature = "axum", feature = "mock"))]
#[doc = include_str!("../README.md")]
mod readme {}

pub use http;
pub use runtime::{
    Certainty, ClientBuilder, Clock, Content, Created, Cursor, CustomCall, Download, Downloaded, Effect,
    Error, ErrorKind, Items, Link, Listing, LocalDateTime, Operation, Outcome, Page, Pages, Paging,
    Precondition, Reply, RetryPolicy, Secret, SecretError, Sleep, SystemClock, Timestamp, Versioned,
};
