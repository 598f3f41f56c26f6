//! `countersign completions`: for shells.

use crate::Cli;
use crate::failure::Failure;
use crate::out::Out;
use clap::CommandFactory as _;
use clap_complete::Shell;

/// Print completions for a shell.
///
/// For bash: countersign completions bash > ~/.local/share/bash-completion/completions/countersign
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which shell.
    shell: Shell,
}

pub fn run(args: &Args, out: Out) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "countersign", &mut script);
    out.bytes(&script)
}
