//! `countersign listen`.

pub mod forwarding;

use crate::callbacks::{self, Expected, Judge, Proofs};
use crate::capture::{Capture, Redaction, shown_path};
use crate::clock;
use crate::failure::Failure;
use crate::home;
use crate::out::{Out, talk};
use crate::post;
use crate::provider::Provider;
use crate::stop::{self, Interrupts};
use crate::verdict::Verdict;
use crate::web;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use countersign::webhook::{self, Delivery, Reason, Rejection, Verify};
use forwarding::Forwarding;
use http::{Request, Response, StatusCode};
use serde::Serialize;
use std::future::IntoFuture as _;
use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use url::Url;

/// Receive callbacks, verify them, and say what they prove.
///
/// What is refused is answered as the SDK would, and explained here. Every request is stored as JSON that `countersign verify`
/// and `countersign replay` read, with a salted hash in place of the secret that proves it, and readable by you only; it may hold personal
/// data.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
With one provider any path will do; with several, a segment of the path is the
provider's name: http://127.0.0.1:3030/callbacks/leap

Requests have to be addressed to this machine: pages in a browser can lead names
of their own here. A tunnel that keeps the name it is called by needs --host:
  countersign listen signly --host abc.tunnel.example

What callbacks are verified with comes from variables, as with `verify`:
SIGNLY_WEBHOOK_SECRET, LEGALESIGN_CERTIFICATE, LEAP_CALLBACK_URL_SECRET and so
on; see countersign verify --help.

Example:
  countersign listen legalesign --for my-group \\
      --forward-to http://127.0.0.1:3000")]
pub struct Args {
    /// Whose callbacks.
    #[arg(value_name = "PROVIDER", required_unless_present = "providers")]
    named: Vec<Provider>,
    /// The same. May be given several times.
    #[arg(long = "provider", value_name = "PROVIDER")]
    providers: Vec<Provider>,
    /// The port on this machine; 0 is any.
    #[arg(long, value_name = "PORT", default_value = "3030")]
    port: u16,
    /// Pass each request on to this address, unchanged, and the answer back. A path is put before that of the request.
    #[arg(long, value_name = "URL", value_parser = post::parse_url)]
    forward_to: Option<Url>,
    /// Take requests that are addressed to this host, too: that of a tunnel, for instance.
    #[arg(long = "host", value_name = "NAME", value_parser = web::parse_host)]
    hosts: Vec<String>,
    /// Let --forward-to be http:// on another machine. Whoever is on the way can read callbacks and their secrets.
    #[arg(long, requires = "forward_to")]
    danger_forward_in_plaintext: bool,
    /// Where requests are stored. Otherwise in `captures` in COUNTERSIGN_HOME, or in ~/.countersign
    #[arg(long, value_name = "FOLDER", conflicts_with = "no_store")]
    store: Option<PathBuf>,
    /// Store nothing.
    #[arg(long)]
    no_store: bool,
    #[command(flatten)]
    expected: Expected,
    #[command(flatten)]
    proofs: Proofs,
}

/// How long requests may take after the end was asked for.
const GRACE: Duration = Duration::from_secs(3);
/// The most requests that the folder holds, and the most bytes, so that a disk does not fill up while nobody looks. What
/// earlier runs have stored counts.
const MOST_CAPTURES: u64 = 10_000;
const MOST_BYTES: u64 = 256 * MEBIBYTE;
const MEBIBYTE: u64 = 1024 * 1024;

/// Whoever sent it, it is stored and explained: all that is asked of a request is that it can be read.
struct AsItCame;

impl Verify for AsItCame {
    type Output = Delivery;

    fn verify(&self, delivery: &Delivery, _: SystemTime) -> Result<Delivery, Rejection> {
        Ok(delivery.clone())
    }
}

struct Receiver {
    judges: Vec<Arc<Judge>>,
    redaction: Redaction,
    hosts: Vec<String>,
    folder: Option<PathBuf>,
    stored: Mutex<Stored>,
    forwarding: Option<Forwarding>,
    out: Out,
    stop: stop::Stop,
}

/// The captures in the folder, counted.
#[derive(Clone, Copy, Default)]
struct Stored {
    captures: u64,
    bytes: u64,
    /// The number of the last request of this run.
    last: u64,
}

impl Stored {
    /// Counts the captures in a folder.
    fn count(folder: &Path) -> std::io::Result<Self> {
        let mut stored = Self::default();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            if entry.path().extension().is_some_and(|ending| ending == "json") {
                stored.captures += 1;
                stored.bytes = stored.bytes.saturating_add(entry.metadata()?.len());
            }
        }
        Ok(stored)
    }

    fn has_room_for(self, bytes: u64) -> bool {
        self.captures < MOST_CAPTURES && self.bytes.saturating_add(bytes) <= MOST_BYTES
    }
}

/// A line of the log.
#[derive(Serialize)]
struct Received<'a> {
    received_at: String,
    provider: Provider,
    path: &'a str,
    verdict: &'a Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    capture: Option<&'a Path>,
    #[serde(skip_serializing_if = "Option::is_none")]
    forwarded: Option<u16>,
}

pub async fn run(args: Args, out: Out) -> Result<(), Failure> {
    let providers = [args.named, args.providers].concat();
    args.proofs.check(&providers)?;
    args.expected.check(&providers)?;
    let mut interrupts = Interrupts::catch()?;
    let judge = |provider: &Provider| callbacks::judge(*provider, &args.proofs, &args.expected).map(Arc::new);
    let judges = providers.iter().map(judge).collect::<Result<Vec<_>, _>>()?;
    let folder = match args.store {
        _ if args.no_store => None,
        Some(folder) => Some(folder),
        None => Some(home::open()?.join("captures")),
    };
    let mut stored = Stored::default();
    if let Some(folder) = &folder {
        home::open_folder(folder)?;
        let counted = Stored::count(folder);
        stored = counted.map_err(|error| Failure::usage(format!("{}: {error}", folder.display())))?;
    }
    let forwarding = args.forward_to.as_ref();
    let forwarding = forwarding
        .map(|url| Forwarding::to("--forward-to", url, args.danger_forward_in_plaintext))
        .transpose()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port)).await;
    let listener = listener.map_err(|error| stop::not_bound(args.port, &error))?;
    let address = listener.local_addr().map_err(|error| Failure::because("no address", &error))?;
    if args.forward_to.as_ref().is_some_and(|to| post::is_loopback(to) && to.port() == Some(address.port())) {
        return Err(Failure::usage(
            "--forward-to is where this listens itself; name where the application does",
        ));
    }
    let stop = stop::Stop::default();
    announce(&judges, &format!("http://{address}"), folder.as_deref(), out)?;
    let receiver = Receiver {
        judges,
        redaction: args.proofs.redaction(&providers)?,
        hosts: args.hosts,
        folder,
        stored: Mutex::new(stored),
        forwarding,
        out,
        stop: stop.clone(),
    };
    let router = Router::new().fallback(receive).with_state(Arc::new(receiver));
    let ending = Arc::new(Notify::new());
    let ended = Arc::clone(&ending);
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move { ended.notified().await });
    let mut serving = pin!(serving.into_future());
    tokio::select! {
        served = &mut serving => return served.map_err(|error| Failure::because("the server ended", &error)),
        () = interrupts.next() => {}
        () = stop.requested() => {}
    }
    ending.notify_one();
    tokio::select! {
        _ = &mut serving => {}
        () = tokio::time::sleep(GRACE) => {}
        () = interrupts.next() => {}
    }
    stop.outcome()
}

fn announce(judges: &[Arc<Judge>], origin: &str, folder: Option<&Path>, out: Out) -> Result<(), Failure> {
    for judge in judges {
        let name = judge.provider.name();
        let url = if judges.len() == 1 { origin.to_owned() } else { format!("{origin}/{name}") };
        let data = serde_json::json!({ "provider": judge.provider, "listening": url });
        out.data(&data, || format!("{name} listens at {url}"))?;
    }
    match folder {
        Some(folder) => talk(&format!("requests are stored in {}, without credentials", folder.display())),
        None => talk("requests are not stored"),
    }
    talk("Ctrl-C ends it");
    Ok(())
}

async fn receive(State(receiver): State<Arc<Receiver>>, request: Request<Body>) -> Response<Body> {
    if web::is_by_a_page(request.headers()) {
        talk("a page in a browser has called, which no provider does; it was refused");
        return answer(StatusCode::FORBIDDEN);
    }
    if !web::is_for_this_machine(request.headers(), &receiver.hosts) {
        let host = web::host(request.headers());
        talk(&format!(
            "a request for the host `{host}` was refused: a page in a browser can lead a name here. If that is the name \
             of your tunnel, give --host {host}"
        ));
        return answer(StatusCode::FORBIDDEN);
    }
    let Some(judge) = receiver.judge(request.uri().path()) else {
        let names = receiver.judges.iter().map(|judge| judge.provider.name()).collect::<Vec<_>>().join(", ");
        talk(&format!("{} names none of {names}", shown_path(request.uri().path())));
        return answer(StatusCode::NOT_FOUND);
    };
    let delivery = match webhook::receive(&AsItCame, request).await {
        Ok(delivery) => delivery,
        Err(rejection) => {
            talk(match rejection.reason() {
                Reason::TooLarge => "a body is larger than 1 MiB",
                Reason::Overloaded => "too many bodies are coming at once",
                _ => "a body did not arrive as a whole within 30 s",
            });
            return answer(rejection.status());
        }
    };
    let (now, provider, store) = (clock::now(), judge.provider, Arc::clone(&receiver));
    let found = {
        let delivery = delivery.clone();
        // Explaining takes its time, and hashing what is taken out too, which would be that of all other requests.
        tokio::task::spawn_blocking(move || {
            let verdict = judge.explain(&delivery, now);
            let capture = store.store(&delivery, now, provider, &verdict);
            (verdict, capture)
        })
        .await
    };
    let Ok((verdict, capture)) = found else { return answer(StatusCode::INTERNAL_SERVER_ERROR) };
    let forwarded = match &receiver.forwarding {
        Some(forwarding) => Some(forwarding.forward(&delivery).await),
        None => None,
    };
    let status = forwarded.as_ref().map(|answer| answer.status().as_u16());
    receiver.print(&delivery, now, provider, &verdict, capture.as_deref(), status);
    forwarded.unwrap_or_else(|| answer(StatusCode::from_u16(verdict.status()).unwrap_or_default()))
}

fn answer(status: StatusCode) -> Response<Body> {
    let mut answer = Response::new(Body::empty());
    *answer.status_mut() = status;
    answer
}

impl Receiver {
    /// The only provider, or the one that a segment of the path names.
    fn judge(&self, path: &str) -> Option<Arc<Judge>> {
        if let [only] = self.judges.as_slice() {
            return Some(Arc::clone(only));
        }
        let named = |segment| self.judges.iter().find(|judge| judge.provider.name() == segment);
        path.split('/').find_map(named).map(Arc::clone)
    }

    /// Where the request was stored. That it could not be is said, and is no reason not to answer.
    fn store(
        &self,
        delivery: &Delivery,
        at: SystemTime,
        provider: Provider,
        verdict: &Verdict,
    ) -> Option<PathBuf> {
        let folder = self.folder.as_ref()?;
        let content = Capture::stored(delivery, at, &self.redaction, verdict);
        let length = u64::try_from(content.len()).unwrap_or(u64::MAX);
        let time = clock::written(at).replace([':', '-'], "");
        let mut stored = self.stored.lock().unwrap_or_else(PoisonError::into_inner);
        if !stored.has_room_for(length) {
            talk(&format!(
                "this request is not stored: {} has {} captures of {} MiB, and takes no more than {MOST_CAPTURES} of {} \
                 MiB; remove what is no longer needed, and start anew",
                folder.display(),
                stored.captures,
                stored.bytes.div_ceil(MEBIBYTE),
                MOST_BYTES / MEBIBYTE,
            ));
            return None;
        }
        loop {
            stored.last += 1;
            let path = folder.join(format!("{time}-{}-{:04}.json", provider.name(), stored.last));
            match home::put_new(&path, &content) {
                Ok(()) => {
                    stored.captures += 1;
                    stored.bytes += length;
                    return Some(path);
                }
                // Of another run in the same second.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => {
                    talk(&format!("{}: {error}", path.display()));
                    return None;
                }
            }
        }
    }

    fn print(
        &self,
        delivery: &Delivery,
        at: SystemTime,
        provider: Provider,
        verdict: &Verdict,
        capture: Option<&Path>,
        forwarded: Option<u16>,
    ) {
        let path = shown_path(delivery.uri().path());
        let received_at = clock::written(at);
        let line = Received { received_at, provider, path: &path, verdict, capture, forwarded };
        let printed = self.out.report(&line, || {
            let mut text =
                format!("{}  {}  {path}  {}", clock::time_of_day(at), provider.name(), verdict.summary());
            if let Some(status) = forwarded {
                text += &format!("\n          forwarded: answered with {status}");
                if verdict.is_accepted() && matches!(status, 400 | 401 | 403 | 413) {
                    text += "\n          - your application refuses what is proved here; its secrets or its tenant, group \
                             or organisation are others, or the body is changed before it is verified";
                }
            }
            text += &verdict.causes();
            if let Some(capture) = capture {
                text += &format!("\n          {}", capture.display());
            }
            text
        });
        if let Err(failure) = printed {
            self.stop.request(failure);
        }
    }
}
