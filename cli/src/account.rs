//! Signings from the command line, where the provider has the call.

pub mod cancel;
pub mod client;
pub mod download;
pub mod list;
mod progress;
pub mod send;
pub mod status;
pub mod text;
