#![cfg_attr(docsrs, feature(doc_cfg))]
// A name that this build does not have leads to the table of the features. rustdoc finds a definition only if it comes first.
#![cfg_attr(not(feature = "faireplace"), doc = "[`faireplace`]: #features")]
#![cfg_attr(not(feature = "leap"), doc = "[`leap`]: #features\n[`leap::Client`]: #features")]
#![cfg_attr(
    not(feature = "legalesign"),
    doc = "[`legalesign`]: #features\n[`legalesign::Client`]: #features"
)]
#![cfg_attr(not(feature = "sign8"), doc = "[`sign8`]: #features\n[`sign8::Client`]: #features")]
#![cfg_attr(not(feature = "signly"), doc = "[`signly`]: #features\n[`signly::Client`]: #features")]
#![cfg_attr(
    not(feature = "axum"),
    doc = "[`webhook::Callback`]: #features\n[`webhook::CallbackRouter`]: #features"
)]
#![cfg_attr(
    not(feature = "mock"),
    doc = "[`mock`]: #features\n[`mock::Fault`]: #features\n[`mock::Scene`]: #features"
)]
#![cfg_attr(
    not(all(every_provider, feature = "axum", feature = "mock")),
    doc = include_str!("front_guide.md")
)]
#![cfg_attr(
    any(not(doctest), all(feature = "rustls", every_provider, feature = "axum", feature = "mock")),
    doc = include_str!("front.md")
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
