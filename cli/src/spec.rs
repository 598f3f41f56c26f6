//! `countersign spec`.

use crate::failure::Failure;
use crate::out::Out;

/// What the SDK can call, and how sure that is.
#[derive(Debug, clap::Args)]
pub struct Args {}

#[allow(clippy::unused_async, reason = "for now")]
pub fn run(_: &Args, _: &Out) -> Result<(), Failure> {
    Err(Failure::failed("not there yet"))
}
