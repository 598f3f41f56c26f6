//! `countersign verify`.

use crate::callbacks::{self, Expected, Judge, Proofs};
use crate::capture::Capture;
use crate::clock;
use crate::failure::Failure;
use crate::input::{self, Input};
use crate::out::{Out, printable, talk};
use crate::provider::Provider;
use std::time::SystemTime;

/// Say what a captured request proves, and for whom; or why nothing.
///
/// The request is raw HTTP (request line, headers, a blank line, the body), or JSON as `countersign listen` stores it. That has a
/// hash in place of the secret, which is compared with the one that is configured.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What it is verified with:
  signly      SIGNLY_WEBHOOK_SECRET, SIGNLY_TENANT
  legalesign  LEGALESIGN_CERTIFICATE, LEGALESIGN_GROUP
  leap        LEAP_CALLBACK_URL_SECRET
  sign8       SIGN8_CALLBACK_URL_SECRET, SIGN8_ORGANISATION
Signed callback URLs and HMACs are verified for every provider that can have
them. Each secret may be given as a file: SIGNLY_WEBHOOK_SECRET_FILE and so on;
`-` is standard input.

Example:
  countersign verify legalesign --explain request.http --for my-group")]
pub struct Args {
    /// Who is supposed to have sent it.
    provider: Provider,
    /// The captured request; `-` is standard input.
    #[arg(value_name = "FILE", default_value = "-", value_parser = input::parser())]
    request: Input,
    /// If it is not accepted, try what usually goes wrong and name cause and remedy.
    #[arg(long)]
    explain: bool,
    /// When it was received: as the capture says, or now.
    #[arg(long, value_name = "TIME", value_parser = clock::parse)]
    at: Option<SystemTime>,
    #[command(flatten)]
    expected: Expected,
    #[command(flatten)]
    proofs: Proofs,
}

pub fn run(args: &Args, out: Out) -> Result<(), Failure> {
    callbacks::require(args.provider)?;
    args.proofs.check(&[args.provider])?;
    args.expected.check(&[args.provider])?;
    let unreadable = |problem| Failure::usage(format!("{}: {problem}", args.request.shown()));
    let mut capture = Capture::read(&args.request.read()?).map_err(unreadable)?;
    capture.restore()?;
    let at = args.at.or(capture.received_at).unwrap_or_else(clock::now);
    let judge = callbacks::judge(args.provider, &args.proofs, &args.expected)
        .inspect_err(|_| tell_of_redaction(&capture))?;
    let decide = if args.explain { Judge::explain } else { Judge::decide };
    let mut verdict = decide(&judge, &capture.delivery, at);
    if verdict.is_for_its_credential() && !capture.redacted.is_empty() {
        tell_of_redaction(&capture);
        verdict = verdict.for_want_of(&capture.redacted.join(", "), capture.has_hashes());
    }
    out.report(&verdict, || verdict.to_string())?;
    if verdict.is_accepted() { Ok(()) } else { Err(Failure::Refused) }
}

/// Credentials that are not the configured ones stay out of a capture, and prove nothing. What was found when it was received
/// is told, and not believed: anybody can write it into a file.
fn tell_of_redaction(capture: &Capture) {
    if capture.redacted.is_empty() {
        return;
    }
    let redacted = printable(&capture.redacted.join(", "));
    talk(&format!(
        "credentials were taken out of this capture ({redacted}); they are not those that are configured here"
    ));
    if let Some(recorded) = &capture.verdict {
        talk(&format!("recorded when it was received: {}", recorded.plain_summary()));
    }
}
