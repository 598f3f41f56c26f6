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

mod build_script;
mod building;
mod legalesign;
mod limits;
mod lists;
mod mock;
mod reading;
mod robustness;
mod secrets;
mod sending;
mod signly;
mod support;
mod telemetry;
mod updating;
mod webhook;
