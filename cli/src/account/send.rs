//! `countersign send`: a file goes out to be signed.

mod document;
mod leap;
mod legalesign;
mod signer;

use crate::failure::{Failure, chain};
use crate::out::Out;
use crate::provider::Provider;
use crate::stop;
use countersign::Effect;
use signer::Signer;
use std::future::Future;
use std::path::PathBuf;

/// Send a document to be signed: with Legalesign or Leap.
///
/// The signers are written to at once, or each when it is their turn. Nothing is ever sent twice: after a failure the exit
/// code and the message say whether the document may have gone out, and which command looks it up.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  export LEGALESIGN_API_KEY_FILE=~/.secrets/legalesign
  countersign send legalesign contract.pdf --group my-group \\
      --signer \"Ada Lovelace <ada@example.com>\" \\
      --signer \"Alan Turing <alan@example.com>\"

  export LEAP_API_KEY_FILE=~/.secrets/leap
  countersign send leap contract.pdf --owner \"Ada Example <ada@example.com>\" \\
      --signer \"Bob Example <bob@example.com>\"

Exit codes: 1 nobody was written to; 2 a mistake, and nothing was sent; 3 it may
have been sent; 4 it was sent, and the answer could not be read. After 3 and 4
the message has the command that looks it up; do not send it again before that.

Prints the id. For Leap, whose names of members are not public, it prints the
answer, or the id that --id-at finds in it.

Reads LEGALESIGN_API_KEY, or LEGALESIGN_USERNAME and LEGALESIGN_SECRET;
LEGALESIGN_ORGANISATION, LEGALESIGN_GROUP; LEAP_API_KEY, LEAP_CALLBACK_URL,
LEAP_ID_PATH; and the BASE_URL of each.")]
pub struct Args {
    /// Who has it signed: legalesign or leap can.
    provider: Provider,
    /// A PDF; for Leap also a DOCX.
    file: PathBuf,
    /// Who signs, as "Name <mail>". Once for each, in the order of signing.
    /// A mail address alone is enough for Leap.
    #[arg(long = "signer", value_name = "SIGNER", required = true)]
    signers: Vec<Signer>,
    /// The title of the document; the name of the file unless given.
    #[arg(long)]
    name: Option<String>,
    /// Everybody may sign at once, in place of one after the other.
    #[arg(long)]
    any_order: bool,
    /// The group that it belongs to; LEGALESIGN_GROUP unless given.
    #[arg(long, help_heading = "Legalesign")]
    group: Option<String>,
    /// A reference of your own, which `countersign list --tag` finds it by.
    #[arg(long, help_heading = "Legalesign")]
    tag: Option<String>,
    /// Turns the text tags in the PDF into fields.
    #[arg(long, help_heading = "Legalesign")]
    text_tags: bool,
    /// The owner of the signing process, as "Name <mail>".
    #[arg(long, help_heading = "Leap")]
    owner: Option<Signer>,
    /// Where to post that everybody has signed; LEAP_CALLBACK_URL unless given.
    /// A signed URL is a secret: better not as an argument.
    #[arg(long, value_name = "URL", help_heading = "Leap")]
    callback_url: Option<String>,
    /// Where the answer has the id, such as /project/id; LEAP_ID_PATH unless given.
    #[arg(long, value_name = "PATH", help_heading = "Leap")]
    id_at: Option<String>,
}

pub async fn run(args: Args, out: Out) -> Result<(), Failure> {
    match args.provider {
        Provider::Legalesign => legalesign::send(args, out).await,
        Provider::Leap => leap::send(args, out).await,
        Provider::Signly => Err(Failure::usage(
            "Signly has no call that sends a file: documents are made of a template, with\n\
             fields that somebody has placed on its pages. In the SDK: upload_template_pdf,\n\
             replace_template_fields, create_document, as in the example signly_publish",
        )),
        Provider::Sign8 => Err(Failure::usage(
            "SIGN8 has no call that sends a file: a workflow is put together in steps, whose\n\
             bodies only SIGN8's customers know. In the SDK: sign8::Workflow with a profile, as\n\
             in the example sign8_workflow",
        )),
        Provider::Faireplace => Err(Failure::usage(
            "FairePlace signs leases that it has made a PDF of, and no files. In the SDK:\n\
             initiate_signature of faireplace::signatures, which costs a credit",
        )),
    }
}

impl Args {
    /// The title. `longest` is how long the provider allows it to be, if it says so.
    fn title(&self, document: &document::Document, longest: Option<usize>) -> Result<String, Failure> {
        let title = self.name.clone().unwrap_or_else(|| document.stem().to_owned());
        if title.trim().is_empty() {
            return Err(Failure::usage("the title is empty; say one with --name"));
        }
        let length = title.chars().count();
        if let Some(longest) = longest.filter(|longest| length > *longest) {
            let title =
                if self.name.is_some() { "--name" } else { "the name of the file, which is the title," };
            let problem = format!("{title} has {length} characters, and {longest} are allowed");
            return Err(Failure::usage(format!("{problem}; give a shorter --name")));
        }
        Ok(title)
    }

    /// Refuses options that mean something to other providers only.
    fn refuse(&self, options: &[(&str, bool)]) -> Result<(), Failure> {
        let given = options.iter().find(|(_, is_given)| *is_given);
        given.map_or(Ok(()), |(option, _)| {
            Err(Failure::usage(format!("{} has no {option}; leave it off", self.provider.title())))
        })
    }
}

/// The result of a call that writes to people, unless somebody interrupts it: then nobody knows.
async fn unless_interrupted<T>(
    call: impl Future<Output = Result<T, countersign::Error>>,
    doubt: &str,
    look_up: Option<&str>,
) -> Result<Result<T, countersign::Error>, Failure> {
    tokio::select! {
        answer = call => Ok(answer),
        () = stop::interrupted() => {
            let message = format!("interrupted.\n{doubt}");
            Err(Failure::change("interrupted", message, Effect::Unknown).looked_up_by(look_up))
        }
    }
}

/// A failed call, what the provider said about it, and what that means for whoever asked: `effect` is that of sending.
fn after(error: &countersign::Error, said: &[String], note: &str, effect: Effect) -> Failure {
    let mut lines = vec![chain(error)];
    lines.extend(said.iter().map(|said| format!("  {} said: {said}", error.provider())));
    lines.push(note.to_owned());
    Failure::call(error, lines.join("\n"), effect)
}
