//! `countersign trigger`.

mod event;
mod legalesign;
mod sample;
mod set;

use crate::callbacks::{self, Hmac};
use crate::capture::{self, shown_path};
use crate::clock;
use crate::failure::Failure;
use crate::out::{Out, table, talk};
use crate::post::{self, Outcome, Post, Sender};
use crate::provider::Provider;
use anstyle::{AnsiColor, Style};
use event::Making;
use sample::{SAMPLES, Sample};
use serde::Serialize;
use set::Assignment;
use std::time::Duration;
use url::Url;

/// How old what is stale is.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);
const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();

/// Send a callback as the provider would, correctly signed.
///
/// It carries what the provider's callbacks can be proved by: Signly's secret in a header, Legalesign's RSA signature (by a key
/// of this machine), a token in the address where a secret for callback URLs is set, or an HMAC if one is described.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What it is signed with:
  signly      SIGNLY_WEBHOOK_SECRET, or SIGNLY_CALLBACK_URL_SECRET
  legalesign  a key of this machine, made at first use; pin its certificate:
              ~/.countersign/legalesign-development.pem
  leap        LEAP_CALLBACK_URL_SECRET, or a URL that has its token already
  sign8       SIGN8_CALLBACK_URL_SECRET, likewise
Each may be given as a file: SIGNLY_WEBHOOK_SECRET_FILE=secret.txt

Exit codes: 0 all were accepted; 1 one was not, or none was sent; 3 one was
sent, and no answer came.

Examples:
  countersign trigger --list
  countersign trigger signly PROCESS_COMPLETED --for my-tenant \\
      --to http://127.0.0.1:3000/callbacks --set data.status=COMPLETED
  countersign trigger legalesign sent signed --duplicate 2 --reorder \\
      --to http://127.0.0.1:3000/callbacks
  countersign trigger leap completed --reference contract-17 \\
      --to http://127.0.0.1:3000/callbacks --print | countersign verify leap")]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Args {
    /// Who sends it.
    #[arg(required_unless_present = "list")]
    provider: Option<Provider>,
    /// What has happened, as --list names it. Several are sent one after the other.
    #[arg(value_name = "EVENT")]
    events: Vec<String>,
    /// Show all events, and what proves them.
    #[arg(long, conflicts_with_all = ["events", "to"])]
    list: bool,
    /// Where the application receives callbacks.
    #[arg(long, value_name = "URL", value_parser = post::parse_url, required_unless_present_any = ["list"])]
    to: Option<Url>,
    /// Change a member before it is signed: data.status=COMPLETED, 0.value=40. The value is JSON, or else text.
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<Assignment>,
    /// Send each event this many times.
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u16).range(1..))]
    duplicate: u16,
    /// Send the last event first.
    #[arg(long)]
    reorder: bool,
    /// As if it had happened a day ago. It is refused where a time is proved: a signed URL that has expired since, or the
    /// timestamp of an HMAC. Otherwise it is right to accept it.
    #[arg(long)]
    stale: bool,
    /// Change one byte of what proves it, or of what is proved: the receiver has to refuse it.
    #[arg(long)]
    forged: bool,
    /// The tenant, group or organisation that it is for. Otherwise SIGNLY_TENANT, LEGALESIGN_GROUP, SIGN8_ORGANISATION.
    #[arg(long = "for", value_name = "NAME")]
    audience: Option<String>,
    /// What a signed callback URL refers to.
    #[arg(long, value_name = "TEXT", default_value = "example-1")]
    reference: String,
    /// Signly: the header that carries the secret. Otherwise X-Client-Auth.
    #[arg(long, value_name = "HEADER")]
    header: Option<String>,
    /// Print the request, secrets included, and send nothing.
    #[arg(long)]
    print: bool,
    /// Send to other machines too. They may take it for real.
    #[arg(long)]
    danger_beyond_loopback: bool,
    #[command(flatten)]
    hmac: Hmac,
}

/// What became of a callback.
#[derive(Serialize)]
struct Sent<'a> {
    provider: Provider,
    event: &'a str,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    accepted: bool,
    outcome: String,
}

pub async fn run(args: Args, out: Out) -> Result<(), Failure> {
    if args.list {
        return list(args.provider, out);
    }
    // Both are there, since clap requires them.
    let (Some(provider), Some(to)) = (args.provider, &args.to) else {
        return Err(Failure::usage("name a provider, and with --to where callbacks are received"));
    };
    let posts = posts(&args, provider, to)?;
    if args.print {
        return print(&posts, out);
    }
    if !post::is_loopback(to) && !args.danger_beyond_loopback {
        let host = to.host_str().unwrap_or_default();
        return Err(Failure::usage(format!(
            "{host} is not this machine, and may take it for real; --danger-beyond-loopback sends it all the same"
        )));
    }
    let sender = Sender::new()?;
    let mut outcomes = Vec::new();
    for (event, post) in &posts {
        let outcome = sender.send(post).await;
        let is_expected = if args.forged { outcome.is_refused() } else { outcome.is_accepted() };
        let sent = Sent {
            provider,
            event,
            path: shown_path(post.url.path()),
            status: outcome.status(),
            accepted: outcome.is_accepted(),
            outcome: outcome.meaning(),
        };
        out.data(&sent, || {
            let colour = if is_expected { GREEN } else { RED };
            let status = outcome.status().map_or_else(|| "---".to_owned(), |status| status.to_string());
            format!("{colour}{status} {:<9}{colour:#} {event}", outcome.meaning())
        })
        .map_err(|failure| if outcome.status().is_some() { failure.after_the_change() } else { failure })?;
        outcomes.push(outcome);
    }
    judged(&outcomes, args.forged, provider)
}

/// How the command ends, and what to look at if that is not what was to be expected.
fn judged(outcomes: &[Outcome], forged: bool, provider: Provider) -> Result<(), Failure> {
    let are_all = |is: fn(&Outcome) -> bool| outcomes.iter().all(is);
    if outcomes.iter().all(|outcome| matches!(outcome, Outcome::NotSent(_))) {
        return Err(Failure::failed("nothing was sent; is the application running?"));
    }
    match forged {
        true if are_all(Outcome::is_refused) => Ok(()),
        true if outcomes.iter().any(Outcome::is_accepted) => {
            Err(Failure::failed("the receiver accepts what is forged"))
        }
        true if outcomes.iter().any(Outcome::is_unanswered) => Err(post::unanswered()),
        true => Err(Failure::failed(
            "whether the receiver refuses what is forged is not known: it did not come to that",
        )),
        false if are_all(Outcome::is_accepted) => Ok(()),
        false if outcomes.iter().any(Outcome::is_unanswered) => Err(post::unanswered()),
        false => {
            if outcomes.iter().any(Outcome::is_refused) {
                talk(&format!(
                    "to see why: the same command with --print | countersign verify {} --explain, with the receiver's \
                     secrets, and --for its tenant, group or organisation",
                    provider.name()
                ));
            }
            Err(Failure::Refused)
        }
    }
}

/// The requests instead of sending them: as raw HTTP, or each as a line of JSON.
fn print(posts: &[(String, Post)], out: Out) -> Result<(), Failure> {
    if out.is_json() {
        return posts.iter().try_for_each(|(_, post)| out.data(&capture::of_post(post), String::new));
    }
    match posts {
        [(_, post)] => out.bytes(post.raw().as_bytes()),
        _ => Err(Failure::usage("several requests in a row cannot be told apart; print one, or give --json")),
    }
}

/// The requests, each with the name of its event, in the order they are sent in.
fn posts(args: &Args, provider: Provider, to: &Url) -> Result<Vec<(String, Post)>, Failure> {
    callbacks::require(provider)?;
    if args.events.is_empty() {
        return Err(Failure::usage(format!("name an event of {}: {}", provider.name(), names(provider))));
    }
    if args.header.is_some() && provider != Provider::Signly {
        return Err(Failure::usage("--header is for signly; leave it off"));
    }
    if args.reorder && args.events.len() < 2 {
        return Err(Failure::usage("--reorder needs at least two events, such as `sent signed`"));
    }
    let now = clock::now();
    let at = if args.stale { now.checked_sub(STALE).unwrap_or(now) } else { now };
    let making = Making::new(args, provider, to, at)?;
    let mut posts = Vec::new();
    for name in &args.events {
        let sample = SAMPLES.iter().find(|sample| sample.provider == provider && sample.event == name);
        let sample = sample.ok_or_else(|| {
            let known = names(provider);
            Failure::usage(format!("{} has no event `{name}`; there are {known}", provider.name()))
        })?;
        let post = making.post(sample)?;
        posts.extend(std::iter::repeat_n((name.clone(), post), args.duplicate.into()));
    }
    if args.reorder {
        posts.reverse();
    }
    Ok(posts)
}

fn names(provider: Provider) -> String {
    let names = SAMPLES.iter().filter(|sample| sample.provider == provider).map(|sample| sample.event);
    names.collect::<Vec<_>>().join(", ")
}

fn list(provider: Option<Provider>, out: Out) -> Result<(), Failure> {
    provider.map_or(Ok(()), callbacks::require)?;
    let samples = SAMPLES.iter().filter(|sample| provider.is_none_or(|provider| sample.provider == provider));
    let samples = samples.collect::<Vec<_>>();
    if out.is_json() {
        return samples.into_iter().try_for_each(|sample| out.data(sample, String::new));
    }
    let row = |sample: &&Sample| {
        let Sample { provider, event, proof, .. } = sample;
        [provider.name(), event, sample.assurance(), proof.words()].map(str::to_owned).to_vec()
    };
    out.print_lines(&table(
        &["PROVIDER", "EVENT", "ASSURANCE", "PROVED BY"],
        &samples.iter().map(row).collect::<Vec<_>>(),
    ))?;
    if provider.is_none() {
        for other in Provider::all() {
            if let Some(instead) = other.facts().instead_of_callbacks {
                talk(&format!("{} has no callbacks: {instead}.", other.title()));
            }
        }
    }
    Ok(())
}
