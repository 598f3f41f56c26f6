//! `countersign download`: the signed PDF, whole or not at all.

mod target;

use super::client;
use super::progress;
use super::text::duration;
use crate::failure::{Failure, chain};
use crate::out::{Out, quoted, talk};
use crate::provider::Provider;
use crate::stop;
use countersign::{Download, Effect, ErrorKind};
use indicatif::ProgressBar;
use serde_json::json;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use target::Target;

/// Download the signed PDF: from Legalesign.
///
/// It is compared with the hash that Legalesign states, and it appears under its name only when it is whole.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countersign download legalesign 6f1d9c52-0a3b-4e77-9d24-58b1c3ae7f60
  countersign download legalesign $ID -o signed.pdf --wait 5h
  countersign download legalesign $ID -o - | pdftotext - -

Prints the name of the file. What goes to standard output is passed on while it
comes, so look at the exit code before you use it.

Reads LEGALESIGN_API_KEY, or LEGALESIGN_USERNAME and LEGALESIGN_SECRET;
LEGALESIGN_ORGANISATION and LEGALESIGN_BASE_URL.")]
pub struct Args {
    /// Where it was signed: legalesign has the call.
    provider: Provider,
    /// The id of the document, as countersign send printed it.
    id: String,
    /// Where to write it; - is standard output. ID.pdf unless given.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replaces the file if there is one.
    #[arg(long)]
    force: bool,
    /// How long to wait, such as 5h, if it has to be fetched from an archive,
    /// which takes about four hours.
    #[arg(long, value_name = "TIME", value_parser = duration)]
    wait: Option<Duration>,
}

pub async fn run(args: Args, out: Out) -> Result<(), Failure> {
    match args.provider {
        Provider::Legalesign => {}
        Provider::Leap => {
            return Err(Failure::usage(
                "Leap documents no call that downloads the signed document: signers and recipients\n\
                 get it by mail",
            ));
        }
        Provider::Signly => {
            return Err(Failure::usage(
                "of Signly no call is known that downloads the signed document. The PDF of a template\n\
                 is another thing; the SDK has download_template_pdf for that",
            ));
        }
        Provider::Sign8 => {
            return Err(Failure::usage(
                "of SIGN8 no call is known that downloads: its reference is not public. Who has it\n\
                 makes such a call with sign8::Client::request of the SDK",
            ));
        }
        Provider::Faireplace => {
            return Err(Failure::usage(
                "FairePlace has no call for it: the address of the signed PDF is in the answer to the\n\
                 last signature, signed_pdf_url of validate_otp in the SDK",
            ));
        }
    }
    let to_output = args.output.as_deref() == Some(Path::new("-"));
    if to_output && out.is_json() {
        return Err(Failure::usage("both the PDF and --json would go to standard output; give -o FILE"));
    }
    if to_output && std::io::stdout().is_terminal() {
        return Err(Failure::usage("standard output is a terminal, which shows no PDF; give -o FILE"));
    }
    // Looked at first, so that nothing is asked for that could not be kept.
    let target = if to_output { None } else { Some(Target::new(name(&args)?, args.force)?) };
    tokio::select! {
        done = download(&args, target, out) => done,
        () = stop::interrupted() => Err(Failure::failed("interrupted; nothing was kept")),
    }
}

/// The name of the file: as given, or made of the id if that makes a good name.
fn name(args: &Args) -> Result<PathBuf, Failure> {
    if let Some(output) = &args.output {
        return Ok(output.clone());
    }
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if args.id.is_empty() || !args.id.bytes().all(is_good) {
        return Err(Failure::usage("no name of a file can be made of this id; give -o FILE"));
    }
    Ok(PathBuf::from(format!("{}.pdf", args.id)))
}

async fn download(args: &Args, target: Option<Target>, out: Out) -> Result<(), Failure> {
    let legalesign = client::legalesign()?;
    let mut call = legalesign.download_pdf(args.id.as_str()).checked();
    if let Some(wait) = args.wait {
        talk("While Legalesign fetches the PDF from its archive, it is asked for every ten minutes.");
        call = call.wait_up_to(wait);
    }
    let download = call.send().await.map_err(|error| not_there(error, args))?;
    let bar = progress::bar("downloading", download.announced_length());
    match target {
        Some(target) => to_file(download, target, &bar, args, out).await,
        None => to_output(download, &bar, out).await,
    }
}

async fn to_file(
    download: Download,
    target: Target,
    bar: &ProgressBar,
    args: &Args,
    out: Out,
) -> Result<(), Failure> {
    let file = target.writer()?;
    let downloaded = download.copy_to(&mut bar.wrap_async_write(file)).await;
    let downloaded = downloaded.inspect_err(|_| bar.abandon())?;
    bar.finish();
    let path = target.keep()?;
    let countersign::Downloaded { length, sha256, .. } = downloaded;
    let path = path.display().to_string();
    let data = json!({
        "provider": args.provider, "id": args.id, "file": path, "length": length, "sha256": sha256,
    });
    out.data(&data, || path.clone())?;
    talk(&format!("{length} bytes; SHA-256 {sha256}, as Legalesign states."));
    Ok(())
}

async fn to_output(mut download: Download, bar: &ProgressBar, out: Out) -> Result<(), Failure> {
    let mut length = 0;
    while let Some(piece) = download.piece().await.inspect_err(|_| bar.abandon())? {
        out.bytes(&piece)?;
        length += piece.len();
        bar.inc(piece.len() as u64);
    }
    bar.finish();
    talk(&format!("{length} bytes, with the SHA-256 that Legalesign states."));
    Ok(())
}

/// That there is no PDF yet can mean two things; what to do differs.
fn not_there(error: countersign::Error, args: &Args) -> Failure {
    if error.kind() != ErrorKind::NotReady {
        return error.into();
    }
    let archived = if args.wait.is_some() { "a longer --wait" } else { "--wait 5h" };
    let message = format!(
        "{}.\n\
         If it is in an archive, {archived} waits for it; if it is not signed yet,\n\
         countersign status legalesign {} says who has not",
        chain(&error),
        quoted(&args.id)
    );
    Failure::call(&error, message, Effect::None)
}
