//! `countersign spec`: the table of operations.

use crate::failure::Failure;
use crate::out::{Out, table, talk};
use crate::provider::Provider;
use countersign::{Certainty, Operation, Outcome, Paging};
use serde_json::{Value, json};

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

With --json each operation is one line, with all that is known of it.",
    after_help = "\
Examples:
  countersign spec legalesign
  countersign spec | grep inferred
  countersign spec signly --json | jq 'select(.repeatable | not) | .id'"
)]
pub struct Args {
    /// One provider; without it, all.
    provider: Option<Provider>,
}

const HEADER: [&str; 7] = ["OPERATION", "CERTAINTY", "SOURCE", "REPEAT", "PAGES", "METHOD", "PATH"];

pub fn run(args: &Args, out: Out) -> Result<(), Failure> {
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
