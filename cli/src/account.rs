//! Signings from the command line, where the provider has the call.

pub mod cancel;
pub mod download;
pub mod send;
pub mod status;
