//! `countersign completions`: for shells.

use crate::Cli;
use crate::failure::Failure;
use crate::out::Out;
use clap::CommandFactory as _;
use clap_complete::Shell;

/// Print completions for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
For bash:
  folder=~/.local/share/bash-completion/completions
  mkdir -p $folder && countersign completions bash > $folder/countersign")]
pub struct Args {
    /// Which shell.
    shell: Shell,
}

pub fn run(args: &Args, out: Out) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "countersign", &mut script);
    out.bytes(&script)
}
