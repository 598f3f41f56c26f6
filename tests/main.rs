//! One module per topic. Behaviour is tested through the public API; nothing waits.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a failing test says so by panicking"
)]

// The runtime as a provider finds it inside of the crate, for the sixth one.
#[path = "../sdk/src/runtime/mod.rs"]
#[allow(
    dead_code,
    unused_imports,
    unused_macros,
    rustdoc::broken_intra_doc_links,
    reason = "it is a part of the crate"
)]
mod runtime;
use runtime::Outcome;
#[path = "fixtures/sixth/mod.rs"]
mod sixth;

mod build_script;
mod building;
mod docs;
mod faireplace;
mod helpers;
mod leap;
mod legalesign;
mod limits;
mod lists;
mod mock;
mod pages;
mod proxies;
mod reading;
mod readme;
mod robustness;
mod secrets;
mod sending;
mod sign8;
mod signly;
mod support;
mod telemetry;
mod updating;
mod uploads;
mod webhook;
