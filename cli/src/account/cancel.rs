//! `countersign cancel`: a signing is called off.

use super::client::{self, Trouble};
use crate::failure::{Failure, chain};
use crate::out::{Out, talk};
use crate::provider::Provider;
use countersign::Effect;
use serde_json::json;
use std::io::{IsTerminal as _, Write as _};

/// Call off a signing: with Leap, Signly or Legalesign.
///
/// What that means differs, and is said before it is done: on a terminal you are asked, elsewhere --yes is needed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What it does:
  leap        stops the signing process for good
  signly      cancels the document
  legalesign  voids the document unless it is signed, and puts it into the
              archive; nothing is erased. With --tell the recipients are told

Examples:
  countersign cancel leap 3f0f7c1e-52a4-4d0b-8a53-9f1a6b7c2d10
  countersign cancel legalesign $ID --tell --yes

Reads the variables that the provider's client does; see countersign doctor.")]
pub struct Args {
    /// Where it is: leap, signly and legalesign have the call.
    provider: Provider,
    /// The id, as countersign send printed it.
    id: String,
    /// Does not ask.
    #[arg(long, short)]
    yes: bool,
    /// Has Legalesign tell the recipients that the document is void.
    #[arg(long, help_heading = "Legalesign")]
    tell: bool,
}

pub async fn run(args: Args, out: Out) -> Result<(), Failure> {
    let what = match args.provider {
        Provider::Leap => "the signing process is stopped for good",
        Provider::Signly => "the document is cancelled",
        Provider::Legalesign if args.tell => {
            "the document is voided unless it is signed, put into the archive, and the recipients are told"
        }
        Provider::Legalesign => "the document is voided unless it is signed, and put into the archive",
        Provider::Sign8 => {
            return Err(Failure::usage(
                "of SIGN8 no call is known that cancels: its reference is not public. Who has it\n\
                 makes such a call with sign8::Client::request of the SDK",
            ));
        }
        Provider::Faireplace => {
            return Err(Failure::usage(
                "FairePlace documents no call that cancels: a signature that is not finished expires,\n\
                 by default after 14 days",
            ));
        }
    };
    if args.tell && args.provider != Provider::Legalesign {
        return Err(Failure::usage(format!("{} has no --tell; leave it off", args.provider.title())));
    }
    confirmed(&args, what)?;
    cancel(&args).await.map_err(|trouble| after(trouble, &args))?;
    let done = if args.provider == Provider::Legalesign { "archived" } else { "cancelled" };
    if out.is_json() {
        out.data(&json!({ "provider": args.provider, "id": args.id, "done": done }), String::new)?;
    }
    talk(&format!("Done: {what}."));
    Ok(())
}

/// Asks, if there is somebody to ask.
fn confirmed(args: &Args, what: &str) -> Result<(), Failure> {
    if args.yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage("nobody can be asked, since standard input is no terminal; say --yes"));
    }
    let question = format!("{} {}: {what}. Go on? [y/N] ", args.provider.title(), args.id);
    let asked = std::io::stderr().write_all(question.as_bytes()).and_then(|()| std::io::stderr().flush());
    asked.map_err(|error| Failure::because("standard error", &error))?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(|error| Failure::because("standard input", &error))?;
    if matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    talk("Nothing was done.");
    Err(Failure::Refused)
}

async fn cancel(args: &Args) -> Result<(), Trouble> {
    let id = args.id.as_str();
    match args.provider {
        Provider::Leap => client::leap()?.cancel_signing_process(id).send().await?,
        Provider::Signly => client::signly()?.cancel_document(id).send().await?,
        _ => {
            let mut call = client::legalesign()?.archive_document(id);
            if args.tell {
                call = call.email(true);
            }
            call.send().await?;
        }
    }
    Ok(())
}

/// Whoever does not know whether it was cancelled has to look.
fn after(trouble: Trouble, args: &Args) -> Failure {
    let error = match trouble {
        Trouble::Client(failure) => return failure,
        Trouble::Call(error) => error,
    };
    if error.effect() == Effect::None {
        return error.into();
    }
    let name = args.provider.name();
    Failure::failed(format!("{}.\nLook: countersign status {name} {}", chain(&error), args.id))
}
