//! `countersign doctor`: looks at the configuration, and says what to do.

mod address;
mod callbacks;
mod check;
mod credentials;
mod decoration;
mod machine;
mod variables;

use crate::failure::Failure;
use crate::out::Out;
use crate::provider::Provider;
use check::{Check, Report, note};

/// Check the configuration, and say what to do.
///
/// Looks at variables, credentials, clock, certificate, callback secrets, TLS roots and proxies. Values are never
/// printed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countersign doctor
  countersign doctor legalesign leap
  countersign doctor --offline --json | jq -r 'select(.outcome == \"fail\")'

What is asked of a provider, once, with its credentials:
  signly      list_webhooks, one of them
  legalesign  list_groups, one of them; get_group, if a group is configured
  leap        get_signing_process, of an id that does not exist
  faireplace  get_signature_status, of a lease that does not exist
  sign8       nothing: no call is known that only reads
And once, without credentials, its address: for the way there and the clock.

Exit code 1 if something failed, 2 if nothing is configured. A warning is no
failure.

Variables. A value may come from a file, which the name with _FILE names; - is
standard input. LEGALESIGN_CERTIFICATE and SIGN8_PROFILE are files themselves.
  SIGNLY_TENANT, SIGNLY_API_KEY or SIGNLY_HMAC_SECRET
  LEGALESIGN_API_KEY, or LEGALESIGN_USERNAME and LEGALESIGN_SECRET;
  LEGALESIGN_ORGANISATION, LEGALESIGN_GROUP, LEGALESIGN_CERTIFICATE
  LEAP_API_KEY
  FAIREPLACE_API_KEY
  SIGN8_API_KEY, SIGN8_PROFILE, SIGN8_ORGANISATION
and of each provider BASE_URL, WEBHOOK_SECRET, WEBHOOK_HMAC_SECRET and
CALLBACK_URL_SECRET, as in LEAP_CALLBACK_URL_SECRET.")]
pub struct Args {
    /// Which to look at. Without any, those of which a variable is set.
    providers: Vec<Provider>,
    /// Ask nobody: leaves out address, clock and credentials.
    #[arg(long)]
    offline: bool,
}

pub async fn run(args: Args, out: Out) -> Result<(), Failure> {
    let mut providers = args.providers;
    if providers.is_empty() {
        providers.extend(Provider::all().iter().copied().filter(|provider| variables::any_set(*provider)));
    }
    if providers.is_empty() {
        let names = Provider::all().iter().map(|provider| format!("\n  {}", provider.facts().needed));
        return Err(Failure::usage(format!(
            "no variable of any provider is set. Set those of yours:{}\n\
             Each may be a file, as in LEAP_API_KEY_FILE; countersign doctor --help has the others",
            names.collect::<String>()
        )));
    }
    providers.sort_unstable();
    providers.dedup();
    let mut report = Report::new(out);
    report.add(&machine::tls_roots())?;
    report.add_all(&machine::proxies())?;
    for provider in providers.iter().copied() {
        of_provider(provider, args.offline, &mut report).await?;
    }
    report.add_all(&callbacks::secrets_used_twice(&providers))?;
    report.finish()
}

async fn of_provider(provider: Provider, offline: bool, report: &mut Report) -> Result<(), Failure> {
    let (checks, can_ask) = variables::look_at(provider);
    report.add_all(&checks)?;
    report.add_all(&decoration::look_at(provider))?;
    if can_ask && !offline {
        let reached = address::look_at(provider).await;
        let is_there = reached.iter().all(Check::is_usable);
        report.add_all(&reached)?;
        if is_there {
            report.add_all(&credentials::look_at(provider).await)?;
        } else {
            report.add(&note(
                provider,
                "credentials",
                "credentials not tried, since nobody can be reached",
            ))?;
        }
    }
    report.add_all(&callbacks::look_at(provider))
}
