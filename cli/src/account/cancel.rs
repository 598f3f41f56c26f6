//! `countersign cancel`: a signing is called off.

use super::client::{self, Trouble};
use super::status::word;
use crate::failure::{Failure, chain};
use crate::out::{Out, printable, quoted, talk};
use crate::provider::Provider;
use crate::stop;
use countersign::Effect;
use countersign::legalesign::DocumentStatus;
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
  legalesign  voids the document if it is open, and puts it into the archive;
              nothing is erased. With --tell the recipients are told. One that
              is signed or rejected stays so; it is read first, to say which

Exit codes: 1 it was not done; 3 it may have been done; 4 it was done, and the
answer could not be read. After 3 and 4 look with countersign status.

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
    if args.tell && args.provider != Provider::Legalesign {
        return Err(Failure::usage(format!("{} has no --tell; leave it off", args.provider.title())));
    }
    let (what, done) = match args.provider {
        Provider::Leap => ("the signing process is stopped for good", "cancelled"),
        Provider::Signly => ("the document is cancelled", "cancelled"),
        Provider::Legalesign => (legalesign_plan(&args).await?, "archived"),
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
    confirmed(&args, what)?;
    tokio::select! {
        done = Box::pin(cancel(&args)) => done.map_err(|trouble| after(trouble, &args))?,
        () = stop::interrupted() => return Err(interrupted(&args)),
    }
    let (status, sentence) = match args.provider {
        Provider::Legalesign => legalesign_outcome(&args).await,
        Provider::Leap | Provider::Signly | Provider::Sign8 | Provider::Faireplace => {
            (None, format!("Done: {what}."))
        }
    };
    let data = json!({ "provider": args.provider, "id": args.id, "done": done, "status": status });
    if out.is_json() {
        out.data(&data, String::new).map_err(Failure::after_the_change)?;
    }
    talk(&sentence);
    Ok(())
}

/// The sentence for what archiving will do. That depends on the status, so the document is read first.
async fn legalesign_plan(args: &Args) -> Result<&'static str, Failure> {
    let document = client::legalesign()?.get_document(args.id.as_str()).send().await?;
    let is_over = match document.status {
        Some(DocumentStatus::Initial | DocumentStatus::FieldsCompleted) => {
            return Ok(if args.tell {
                "the document is voided, put into the archive, and the recipients are told"
            } else {
                "the document is voided, and put into the archive"
            });
        }
        Some(DocumentStatus::Signed | DocumentStatus::FinalPdfReady) => {
            "the document is signed: it is put into the archive, and not voided"
        }
        Some(DocumentStatus::Rejected) => {
            "the document was rejected: it is put into the archive, and not voided"
        }
        Some(DocumentStatus::Removed) => "the document is void already: it is put into the archive",
        // A value that nobody knows yet.
        _ => return Ok("the document is put into the archive; whether it is voided by that is not known"),
    };
    if args.tell {
        return Err(Failure::usage(format!(
            "{is_over}. With --tell its recipients would be told that it is void; leave it off"
        )));
    }
    Ok(is_over)
}

/// The status after archiving, and a sentence with it. The answer to the call has none, and somebody may have signed
/// meanwhile.
async fn legalesign_outcome(args: &Args) -> (Option<String>, String) {
    let read = async { Ok::<_, Trouble>(client::legalesign()?.get_document(args.id.as_str()).send().await?) };
    let status = read.await.ok().and_then(|document| document.status);
    let sentence = match status {
        Some(DocumentStatus::Removed) => "Done: the document is void, and put into the archive.".to_owned(),
        Some(DocumentStatus::Signed | DocumentStatus::FinalPdfReady) => {
            "Done: the document is put into the archive. It is not void: it is signed.".to_owned()
        }
        Some(DocumentStatus::Rejected) => {
            "Done: the document is put into the archive. It was rejected.".to_owned()
        }
        // Still open, unknown, or not to be read.
        _ => {
            let id = quoted(&args.id);
            format!(
                "Done: the document is put into the archive. It could not be seen that it is void; look:\n  \
                 countersign status legalesign {id}"
            )
        }
    };
    (status.map(|status| word(&status, status.is_known())), sentence)
}

/// Asks, if there is somebody to ask.
fn confirmed(args: &Args, what: &str) -> Result<(), Failure> {
    if args.yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage("nobody can be asked, since standard input is no terminal; say --yes"));
    }
    let question = printable(&format!("{} {}: {what}. Go on? [y/N] ", args.provider.title(), args.id));
    let asked = std::io::stderr().write_all(question.as_bytes()).and_then(|()| std::io::stderr().flush());
    asked.map_err(|error| Failure::because("standard error", &error))?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(|error| Failure::because("standard input", &error))?;
    if matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(Failure::failed("Nothing was done."))
}

async fn cancel(args: &Args) -> Result<(), Trouble> {
    let id = args.id.as_str();
    match args.provider {
        Provider::Leap => client::leap()?.cancel_signing_process(id).send().await?,
        Provider::Signly => client::signly()?.cancel_document(id).send().await?,
        Provider::Legalesign => {
            let mut call = client::legalesign()?.archive_document(id);
            if args.tell {
                call = call.email(true);
            }
            call.send().await?;
        }
        // Refused before anybody was asked.
        Provider::Sign8 | Provider::Faireplace => {}
    }
    Ok(())
}

/// Whoever does not know whether it was cancelled has to look.
fn after(trouble: Trouble, args: &Args) -> Failure {
    let error = match trouble {
        Trouble::Client(failure) => return failure,
        Trouble::Call(error) => error,
    };
    let message = chain(&error);
    if error.effect() == Effect::None {
        return Failure::call(&error, message, Effect::None);
    }
    let look_up = look_up(args);
    let message = format!("{message}.\nLook:\n  {look_up}");
    Failure::call(&error, message, error.effect()).looked_up_by(Some(&look_up))
}

/// The failure of a command that was interrupted while the call was under way.
fn interrupted(args: &Args) -> Failure {
    let look_up = look_up(args);
    let message = format!("interrupted; it may have been done.\nLook:\n  {look_up}");
    Failure::change("interrupted", message, Effect::Unknown).looked_up_by(Some(&look_up))
}

fn look_up(args: &Args) -> String {
    format!("countersign status {} {}", args.provider.name(), quoted(&args.id))
}
