//! `countersign spec`: the table of operations, and the check of a document.

use crate::failure::Failure;
use crate::input::{self, Input};
use crate::out::{Out, printable, table, talk};
use crate::provider::Provider;
use countersign::{Certainty, Operation, Outcome, Paging};
use serde_json::{Value, json};
use std::panic;

/// List what the SDK can call, and how sure each call is.
#[derive(Debug, clap::Args)]
#[command(
    long_about = "\
List what the SDK can call, and how sure each call is.

CERTAINTY  documented: the provider says so in public; inferred: derived from
           something that was seen; assumed: nobody has said so
SOURCE     where that is from; the documentation of the SDK's module for the
           provider explains the tags
REPEAT     whether sending twice does no more harm than sending once; only
           then is a call tried again by itself
PAGES      how a list goes on: offset, token, or `?` if that is undocumented

With --json each operation is one line, with all that is known of it.

With --check a document of your own is checked as the build of the SDK would
check it: each mistake is a line with file, place, problem and remedy, and the
exit code is 1. The mistakes of a later step show once those before are mended.",
    after_help = "\
Examples:
  countersign spec legalesign
  countersign spec | grep inferred
  countersign spec signly --json | jq 'select(.repeatable | not) | .id'
  countersign spec --check openapi/notes.yaml"
)]
pub struct Args {
    /// One provider; without it, all.
    provider: Option<Provider>,

    /// Check this OpenAPI document; `-` is standard input
    #[arg(long, value_name = "FILE", value_parser = input::parser(), conflicts_with = "provider")]
    check: Option<Input>,
}

const HEADER: [&str; 7] = ["OPERATION", "CERTAINTY", "SOURCE", "REPEAT", "PAGES", "METHOD", "PATH"];

pub fn run(args: &Args, out: Out) -> Result<(), Failure> {
    if let Some(document) = &args.check {
        return check(document, out);
    }
    let providers = args.provider.map_or_else(|| Provider::all().to_vec(), |provider| vec![provider]);
    let operations = providers.iter().flat_map(|provider| provider.operations()).collect::<Vec<_>>();
    if out.is_json() {
        return operations.iter().try_for_each(|operation| out.data(&whole(operation), String::new));
    }
    if providers.contains(&Provider::Sign8) {
        talk(
            "SIGN8's reference is not public: its paths are placeholders, and a profile says the real ones.",
        );
    }
    let rows = operations.iter().map(|operation| row(operation, args.provider.is_none()));
    out.print_lines(&table(&HEADER, &rows.collect::<Vec<_>>()))
}

/// Checks a document of OpenAPI.
fn check(document: &Input, out: Out) -> Result<(), Failure> {
    let file = document.shown();
    let text = String::from_utf8(document.read()?);
    let text = text.map_err(|_| Failure::usage(format!("{file} is not UTF-8")))?;
    // The generator panics at what it does not know; that is caught and told as a mistake.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let checked = countersign_codegen::check(&file, &text);
    panic::set_hook(hook);
    match checked {
        Ok(found) => {
            let (operations, schemas) = (found.operations, found.schemas);
            let data = json!({ "file": file, "operations": operations, "schemas": schemas, "mistakes": [] });
            let text = || {
                let operations = counted(operations, "operation");
                format!("{}: ok, {operations} and {}", printable(&file), counted(schemas, "schema"))
            };
            out.data(&data, text)
        }
        Err(mistakes) => {
            let lines = mistakes.iter().map(|mistake| printable(mistake)).collect::<Vec<_>>();
            out.data(&json!({ "file": file, "mistakes": mistakes }), || lines.join("\n"))?;
            Err(Failure::Refused)
        }
    }
}

fn counted(number: usize, name: &str) -> String {
    if number == 1 { format!("1 {name}") } else { format!("{number} {name}s") }
}

/// One line, with the provider in front of the name where there are several.
fn row(operation: &Operation, is_one_of_many: bool) -> Vec<String> {
    let Operation { provider, id, .. } = operation;
    let name = if is_one_of_many { format!("{provider} {id}") } else { (*id).to_owned() };
    let pages = match operation.paging {
        Paging::None => "-",
        Paging::Undocumented => "?",
        other => paging(other),
    };
    let repeat = if operation.repeatable { "yes" } else { "no" };
    let certainty = certainty(operation.certainty);
    [name.as_str(), certainty, operation.source, repeat, pages, operation.method, operation.path]
        .map(str::to_owned)
        .to_vec()
}

/// Everything an operation has.
fn whole(operation: &Operation) -> Value {
    let outcomes = operation.outcomes.iter();
    let outcomes = outcomes.map(|(status, outcome, meaning)| {
        json!({ "status": status, "outcome": word(*outcome), "meaning": meaning })
    });
    let hints = operation.hints.iter();
    let hints = hints.map(|(status, meaning)| json!({ "status": status, "meaning": meaning }));
    json!({
        "provider": operation.provider,
        "id": operation.id,
        "vendor_id": operation.vendor_id,
        "method": operation.method,
        "path": operation.path,
        "certainty": certainty(operation.certainty),
        "source": operation.source,
        "repeatable": operation.repeatable,
        "paging": paging(operation.paging),
        "payload": operation.payload,
        "enveloped": operation.enveloped,
        "precondition": operation.precondition,
        "successes": operation.successes,
        "outcomes": outcomes.collect::<Vec<_>>(),
        "hints": hints.collect::<Vec<_>>(),
    })
}

fn certainty(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Documented => "documented",
        Certainty::Inferred => "inferred",
        Certainty::Assumed => "assumed",
        _ => "unknown",
    }
}

fn paging(paging: Paging) -> &'static str {
    match paging {
        Paging::None => "none",
        Paging::Offset => "offset",
        Paging::Token => "token",
        Paging::Undocumented => "undocumented",
        _ => "unknown",
    }
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Failed => "failed",
        Outcome::NotReady => "not-ready",
        Outcome::Refused => "refused",
        Outcome::Locked => "locked",
        _ => "unknown",
    }
}
