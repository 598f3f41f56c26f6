//! The command, as a person uses it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs,
    reason = "these are tests"
)]

mod account;
mod application;
mod doctor;
mod failures;
mod forwarding;
mod help;
mod listen;
mod mistakes;
mod mock;
mod pty;
mod receiver;
mod replay;
mod screen;
mod sessions;
mod sign;
mod spec;
mod support;
mod terminal;
mod trigger;
mod verify;
mod world;
