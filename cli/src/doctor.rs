//! `countersign doctor`.

use crate::failure::Failure;
use crate::out::Out;

/// Check the configuration, and say what to do.
#[derive(Debug, clap::Args)]
pub struct Args {}

#[allow(clippy::unused_async, reason = "for now")]
pub async fn run(_: Args, _: &Out) -> Result<(), Failure> {
    Err(Failure::failed("not there yet"))
}
