//! The `countersign` command: a development environment for e-signature APIs, and a way to find out why a callback is not
//! accepted.
#![allow(
    clippy::doc_markdown,
    reason = "documentation of arguments is their help, where backticks would be shown"
)]

mod account;
mod callbacks;
mod capture;
mod clock;
mod completions;
mod doctor;
mod environment;
mod failure;
mod home;
mod input;
mod listen;
mod mint;
mod mock;
mod out;
mod post;
mod provider;
mod replay;
mod sign;
mod spec;
mod stop;
mod trigger;
mod verdict;
mod verify;
mod web;

use clap::{Parser, Subcommand};
use failure::Failure;
use out::Out;
use std::process::ExitCode;

/// E-signature APIs on the command line: mock servers, signed callbacks, and why one is not accepted.
#[derive(Debug, Parser)]
#[command(
    name = "countersign",
    version,
    max_term_width = 80,
    after_help = "\
A development environment in three terminals:
  countersign mock legalesign            the provider
  cargo run                              your application
  countersign trigger legalesign changes --to http://127.0.0.1:3000/callbacks

Secrets are never arguments. They come from variables such as
LEGALESIGN_API_KEY, or from files that LEGALESIGN_API_KEY_FILE and its like
name; `-` is standard input. What each command reads is in its --help.

Exit codes:
  0  done
  1  it failed, or was not accepted: nothing was sent or changed
  2  a mistake in the arguments or the configuration: nothing was tried
  3  unknown: it may have been sent or changed. Look before you repeat it
  4  sent or changed, but the answer could not be read. Do not repeat it
With --json an error is a line on standard output as well: the member `error`
has message, effect (none, unknown, done), kind, operation, status, code,
request_id, attempts, and in look_up the command that shows what became of it.
Data goes to standard output, messages to standard error."
)]
struct Cli {
    /// Print data as JSON, one document or one per line.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Mock(mock::Args),
    Trigger(trigger::Args),
    Listen(listen::Args),
    Verify(verify::Args),
    Replay(replay::Args),
    Sign(sign::Args),
    Send(account::send::Args),
    List(account::list::Args),
    Status(account::status::Args),
    Download(account::download::Args),
    Cancel(account::cancel::Args),
    Doctor(doctor::Args),
    Spec(spec::Args),
    Completions(completions::Args),
}

#[tokio::main]
async fn main() -> ExitCode {
    let Cli { json, verb } = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return not_parsed(&error),
    };
    let out = Out::new(json);
    let done = match verb {
        Verb::Mock(args) => mock::run(args, out).await,
        Verb::Trigger(args) => trigger::run(args, out).await,
        Verb::Listen(args) => listen::run(args, out).await,
        Verb::Verify(args) => verify::run(&args, out),
        Verb::Replay(args) => replay::run(args, out).await,
        Verb::Sign(args) => sign::run(&args, out),
        Verb::Send(args) => account::send::run(args, out).await,
        Verb::List(args) => account::list::run(args, out).await,
        Verb::Status(args) => account::status::run(args, out).await,
        Verb::Download(args) => account::download::run(args, out).await,
        Verb::Cancel(args) => account::cancel::run(args, out).await,
        Verb::Doctor(args) => doctor::run(args, out).await,
        Verb::Spec(args) => spec::run(&args, out),
        Verb::Completions(args) => completions::run(&args, out),
    };
    done.map_or_else(|failure| failure.exit(out), |()| ExitCode::SUCCESS)
}

/// Help, or a mistake in the arguments in the words of the parser. Who asked for JSON gets it for that, too.
fn not_parsed(error: &clap::Error) -> ExitCode {
    let is_mistake = error.use_stderr();
    let _ = error.print();
    if !is_mistake {
        return ExitCode::SUCCESS;
    }
    let out = Out::new(std::env::args_os().any(|argument| argument == "--json"));
    let text = error.render().to_string();
    // A blank line ends the message; tips and usage follow.
    let message = text.split("\n\n").next().unwrap_or_default().trim_start_matches("error: ");
    Failure::usage(message).exit_silently(out)
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory as _;

    #[test]
    fn arguments_do_not_contradict_each_other() {
        Cli::command().debug_assert();
    }
}
