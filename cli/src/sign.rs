//! `countersign sign`.

use crate::failure::Failure;
use crate::out::Out;

/// Make a signature, or a signed callback URL.
#[derive(Debug, clap::Args)]
pub struct Args {}

#[allow(clippy::unused_async, reason = "for now")]
pub fn run(_: &Args, _: &Out) -> Result<(), Failure> {
    Err(Failure::failed("not there yet"))
}
