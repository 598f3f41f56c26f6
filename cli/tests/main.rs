//! The command, as a person uses it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "these are tests"
)]

mod account;
mod doctor;
mod spec;
mod support;
mod terminal;
mod world;
