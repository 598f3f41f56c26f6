//! `countersign mock`.

mod configuration;
mod control;
mod faults;
mod log;
mod served;

use crate::failure::Failure;
use crate::home;
use crate::input::{self, Input};
use crate::out::{Out, talk};
use crate::post;
use crate::provider::Provider;
use crate::stop::{self, Interrupts};
use clap::ValueEnum;
use clap::builder::PossibleValue;
use configuration::Configuration;
use countersign::mock::{Delivered, Setup};
use log::{Called, Log};
use served::Served;
use std::net::Ipv4Addr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::JoinSet;
use url::Url;

/// Serve a provider, or all of them, on this machine: its API, its callbacks, and what goes wrong.
///
/// Credentials are the same at each start, so what your application is configured with can stay. Nothing else does: documents are
/// gone when it ends. Callbacks are sent as soon as there is something to tell, to this machine only.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
While it runs, mock.env in COUNTERSIGN_HOME, or in ~/.countersign, has what
applications are configured with:
  . ~/.countersign/mock.env

Each provider has a port, in the order of the alphabet from --port on. At the
port after them is told what signers do:
  curl -X POST http://127.0.0.1:4011/legalesign/DOCUMENT/everyone-signs

A file of faults is a list; each happens once unless `times` says otherwise:
  [ { \"operation\": \"create_document\", \"fault\": \"lost-answer\" },
    { \"provider\": \"leap\", \"fault\": \"status\", \"status\": 503, \"times\": 2 },
    { \"fault\": \"delay\", \"seconds\": 2.5 } ]
The faults are: status, throttled, html-page, delay, slow, reset, reset-unread,
lost-answer, late, truncated, new-members, new-values. While the mock runs:
  curl -X POST http://127.0.0.1:4011/legalesign/faults -d @faults.json
  curl -X DELETE http://127.0.0.1:4011/legalesign/faults")]
pub struct Args {
    /// Which one.
    #[arg(value_name = "PROVIDER")]
    which: Which,
    /// The first port; 0 is any.
    #[arg(long, value_name = "PORT", default_value = "4010")]
    port: u16,
    /// One call in ten fails, the same ones each time; callbacks break off, and come late, twice and in another order.
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// What goes wrong, in order: see below. `-` is standard input.
    #[arg(long, value_name = "FILE", value_parser = input::parser())]
    faults: Option<Input>,
    /// Send callbacks here. An address without a path keeps that of the address they are registered for.
    #[arg(long, value_name = "URL", value_parser = post::parse_url)]
    forward_to: Option<Url>,
    /// Let --forward-to be another machine. It may take them for real.
    #[arg(long, requires = "forward_to")]
    danger_beyond_loopback: bool,
}

#[derive(Clone, Copy, Debug)]
enum Which {
    One(Provider),
    All,
}

impl ValueEnum for Which {
    fn value_variants<'a>() -> &'a [Self] {
        static ALL: LazyLock<Vec<Which>> =
            LazyLock::new(|| Provider::all().iter().copied().map(Which::One).chain([Which::All]).collect());
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::One(provider) => provider.to_possible_value(),
            Self::All => Some(PossibleValue::new("all")),
        }
    }
}

/// How many lines of the log may wait to be printed.
const MOST_UNTOLD: usize = 4096;
/// Which calls fail by a seed.
const SHARE: f64 = 0.1;
/// Credentials follow from it, so they are the same at each start.
const CREDENTIALS: u64 = 0;
/// How often a callback is tried in a storm, which loses some attempts.
const ATTEMPTS_IN_A_STORM: u32 = 5;
/// How often it is looked whether time has made something due.
const TICK: Duration = Duration::from_secs(1);

/// What the log tells.
enum News {
    Call(Provider, Called),
    Delivered(Provider, Delivered),
}

pub async fn run(args: Args, out: Out) -> Result<(), Failure> {
    let providers = match args.which {
        Which::One(provider) => vec![provider],
        Which::All => Provider::all().to_vec(),
    };
    if let Some(to) = &args.forward_to
        && !post::is_loopback(to)
        && !args.danger_beyond_loopback
    {
        return Err(Failure::usage(
            "--forward-to names another machine, which may take callbacks for real; --danger-beyond-loopback allows it",
        ));
    }
    let most = u32::try_from(providers.len()).unwrap_or_default();
    if u32::from(args.port) + most > u32::from(u16::MAX) {
        let needed = most + 1;
        return Err(Failure::usage(format!(
            "{needed} ports are needed, from --port on; choose one up to {}",
            u32::from(u16::MAX) - most
        )));
    }
    let mut interrupts = Interrupts::catch()?;
    let home = home::open()?;
    let faults = args.faults.as_ref().map(|input| faults::read(input, &providers)).transpose()?;
    let (tell, told) = mpsc::channel(MOST_UNTOLD);
    let all = serve(&args, providers, &tell).await?;
    let control_port = if args.port == 0 { 0 } else { ports(args.port).nth(all.len()).unwrap_or(0) };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, control_port)).await;
    let listener = listener.map_err(|error| stop::not_bound(control_port, &error))?;
    let address = listener.local_addr().map_err(|error| Failure::because("no address", &error))?;
    let configuration = Configuration::write(&home, &all)?;
    for served in &all {
        served.announce(&format!("http://{address}"), &configuration, args.forward_to.as_ref(), out)?;
        if let Some(seed) = args.seed {
            served.mock().fail_by_seed(seed, SHARE);
        }
        for fault in faults.iter().flatten() {
            fault.ask(served);
        }
    }
    talk(&format!("For a shell: . {}", configuration.path().display()));
    talk("Ctrl-C ends it. What is called and delivered:");
    let log = Log::new(out, &all);
    let mut tasks = JoinSet::new();
    for served in &all {
        tasks.spawn(deliver(Arc::clone(served), args.forward_to.clone(), args.seed, tell.clone()));
    }
    tasks.spawn(control::serve(listener, address.port(), all));
    let ended = tokio::select! {
        ended = print(told, &log) => ended,
        () = interrupts.next() => Ok(()),
    };
    tasks.shutdown().await;
    talk("ended");
    ended
}

async fn serve(
    args: &Args,
    providers: Vec<Provider>,
    tell: &Sender<News>,
) -> Result<Vec<Arc<Served>>, Failure> {
    let mut all = Vec::new();
    for (provider, port) in providers.into_iter().zip(ports(args.port)) {
        let (tell, happened) = (tell.clone(), Arc::new(Notify::new()));
        let notify = Arc::clone(&happened);
        let mut setup = Setup::new().port(port).credentials_by_seed(CREDENTIALS).on_call(move |call| {
            // If nobody reads the log, lines are left out rather than kept.
            let _ = tell.try_send(News::Call(provider, Called::of(call)));
            notify.notify_one();
        });
        if args.danger_beyond_loopback {
            setup = setup.danger_deliver_beyond_loopback();
        }
        let served = Served::start(provider, setup, port, happened, args.forward_to.as_ref()).await;
        all.push(Arc::new(served?));
    }
    Ok(all)
}

/// Sends what is due whenever something has happened, and when time may have made something due. A receiver that is slow
/// keeps nobody waiting but the callbacks behind its own.
async fn deliver(served: Arc<Served>, forward_to: Option<Url>, mut seed: Option<u64>, tell: Sender<News>) {
    if seed.is_some() {
        served.mock().set_delivery_attempts(ATTEMPTS_IN_A_STORM);
    }
    let mut ticks = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            () = served.happened.notified() => {}
            _ = ticks.tick() => {}
        }
        let delivered = served.deliver(forward_to.as_ref(), seed).await;
        if !delivered.is_empty() {
            // The weather goes on, and does not begin anew with each callback.
            seed = seed.map(|seed| seed.wrapping_add(1));
        }
        for delivered in delivered {
            // It fails only at the end, when nobody is told any more.
            let _ = tell.send(News::Delivered(served.provider, delivered)).await;
        }
    }
}

async fn print(mut told: Receiver<News>, log: &Log) -> Result<(), Failure> {
    while let Some(news) = told.recv().await {
        match news {
            News::Call(provider, call) => log.call(provider, &call)?,
            News::Delivered(provider, delivered) => log.delivery(provider, &delivered)?,
        }
    }
    Ok(())
}

/// Ports one after the other; if the first is 0, so are all.
fn ports(first: u16) -> impl Iterator<Item = u16> {
    (0..).map(move |place| if first == 0 { 0 } else { first.saturating_add(place) })
}
