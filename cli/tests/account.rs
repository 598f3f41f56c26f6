//! Signings from the command line.

mod cancel;
mod download;
mod list;
mod progress;
mod send;
mod status;

use crate::world::World;
use countersign::mock::legalesign;
#[cfg(unix)]
use std::process::Stdio;

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

/// Starts the command and interrupts it, as Ctrl-C does, as soon as it is `time`.
#[cfg(unix)]
pub fn interrupted<S>(world: &World<S>, arguments: &[&str], time: impl Fn() -> bool) -> std::process::Output {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.env_clear().envs(world.variables.clone()).current_dir(world.folder.path()).args(arguments);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while !time() {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::yield_now();
    }
    let kill = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    child.wait_with_output().unwrap()
}
