//! `countersign verify`.

use crate::callbacks::{self, Expected, Judge, Proofs};
use crate::capture::Capture;
use crate::clock;
use crate::failure::Failure;
use crate::input::Input;
use crate::out::{Out, talk};
use crate::provider::Provider;
use std::time::SystemTime;

/// Say what a captured request proves, and for whom; or why nothing.
///
/// The request is raw HTTP (request line, headers, a blank line, the body), or JSON as `countersign listen` stores it.
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
    #[arg(value_name = "FILE", default_value = "-")]
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
    if args.provider == Provider::Faireplace {
        return Err(callbacks::no_callbacks());
    }
    let capture = Capture::read(&args.request.read()?)?;
    let at = args.at.or(capture.received_at).unwrap_or_else(clock::now);
    let found = callbacks::judge(args.provider, &args.proofs, &args.expected).map(|judge| {
        let decide = if args.explain { Judge::explain } else { Judge::decide };
        decide(&judge, &capture.delivery, at)
    });
    let verdict = match (found, capture.verdict) {
        (Ok(verdict), _) if verdict.is_accepted() || capture.redacted.is_empty() => verdict,
        (_, Some(recorded)) if !capture.redacted.is_empty() => {
            let redacted = capture.redacted.join(", ");
            talk(&format!(
                "credentials were taken out of this capture ({redacted}); this is what was found with them:"
            ));
            recorded
        }
        (found, _) => found?,
    };
    out.data(&verdict, || verdict.to_string())?;
    if verdict.is_accepted() { Ok(()) } else { Err(Failure::Refused) }
}
