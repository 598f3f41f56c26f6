//! `countersign download`.

use crate::failure::Failure;
use crate::out::Out;

/// Fetch the signed document.
#[derive(Debug, clap::Args)]
pub struct Args {}

#[allow(clippy::unused_async, reason = "for now")]
pub async fn run(_: Args, _: &Out) -> Result<(), Failure> {
    Err(Failure::failed("not there yet"))
}
