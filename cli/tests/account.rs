//! Signings from the command line.

mod cancel;
mod download;
mod progress;
mod send;
mod status;

use crate::world::World;
use countersign::mock::legalesign;

pub const PDF: &[u8] = b"%PDF-1.7 the contract";
pub const ADA: &str = "Ada King Lovelace <ada@example.com>";
pub const ALAN: &str = "Alan Turing <alan@example.com>";

/// A document of two signers, sent by the command.
pub fn sent(world: &World<legalesign::Server>) -> String {
    world.file("contract.pdf", PDF);
    let group = world.server.group();
    let printed = world.run(&[
        "send",
        "legalesign",
        "contract.pdf",
        "--group",
        group,
        "--signer",
        ADA,
        "--signer",
        ALAN,
    ]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    printed.out.trim().to_owned()
}
