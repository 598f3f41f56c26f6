//! Signings from the command line, where the provider has the call.

pub mod cancel;
pub mod client;
pub mod download;
mod progress;
pub mod send;
pub mod status;
pub mod text;
