//! What a typed call costs, compared to the same call written by hand with reqwest and `serde_json`.
//!
//! One answer of `list_webhooks` with 50 items, fetched over loopback. Criterion measures each by itself; the ratio is
//! taken of calls made in turns, since a machine gets slower and faster within seconds.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "it measures"
)]

use allocation_counter::measure;
use countersign::signly;
use criterion::Criterion;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

const PAIRS: usize = 5000;

fn main() {
    let address = serve();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = signly::Client::builder()
        .base_url(format!("http://{address}"))
        .tenant("t")
        .api_key("k")
        .build()
        .unwrap();
    let by_hand = ByHand::new(address);
    let ours = || black_box(runtime.block_on(client.list_webhooks().limit(50).send()).unwrap().items.len());
    let theirs = || black_box(runtime.block_on(by_hand.list_webhooks()).unwrap().len());
    assert_eq!((ours(), theirs()), (50, 50));

    let mut criterion = Criterion::default().configure_from_args().measurement_time(Duration::from_secs(4));
    let mut group = criterion.benchmark_group("list_webhooks");
    group.bench_function("client", |bencher| bencher.iter(ours));
    group.bench_function("by_hand", |bencher| bencher.iter(theirs));
    group.finish();

    // Whoever goes second finds warmer caches, so the two take turns in that as well.
    let times = (0..PAIRS).map(|pair| {
        if pair % 2 == 0 {
            (timed(ours), timed(theirs))
        } else {
            let theirs = timed(theirs);
            (timed(ours), theirs)
        }
    });
    let (ours_times, theirs_times): (Vec<_>, Vec<_>) = times.unzip();
    let ratio = median(ours_times).as_secs_f64() / median(theirs_times).as_secs_f64();
    println!("\nratio of medians over {PAIRS} pairs, client to by_hand: {ratio:.3}");
    for (name, info) in
        [("client", measure(|| assert_eq!(ours(), 50))), ("by_hand", measure(|| assert_eq!(theirs(), 50)))]
    {
        println!("{name}: {} allocations, {} bytes per call", info.count_total, info.bytes_total);
    }
}

fn timed(call: impl Fn() -> usize) -> Duration {
    let start = Instant::now();
    call();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// What a careful application would write: typed members, credentials, timeouts, no redirects, and the envelope checked.
struct ByHand {
    http: reqwest::Client,
    url: String,
}

#[derive(Deserialize)]
struct Envelope {
    success: bool,
    data: Vec<Webhook>,
    #[allow(dead_code)]
    meta: Meta,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Meta {
    request_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct Webhook {
    webhook_id: String,
    url: Option<String>,
    status: String,
    version: i64,
    events: Option<Vec<String>>,
    description: Option<String>,
    custom_headers: Option<BTreeMap<String, String>>,
}

impl ByHand {
    fn new(address: SocketAddr) -> Self {
        let http = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(60))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self { http, url: format!("http://{address}/v1/webhooks") }
    }

    async fn list_webhooks(&self) -> Result<Vec<Webhook>, Box<dyn std::error::Error>> {
        let request = self.http.get(&self.url).query(&[("limit", 50)]).header("accept", "application/json");
        let request = request.header("x-tenant-signly", "t").header("x-auth-signly", "k");
        let body = request.send().await?.error_for_status()?.bytes().await?;
        let envelope: Envelope = serde_json::from_slice(&body)?;
        if envelope.success { Ok(envelope.data) } else { Err("failed".into()) }
    }
}

/// Answers every request with the same 50 webhooks, from threads of its own, so that only the clients' allocations count.
fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let body = answer();
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            std::thread::spawn(move || keep_answering(stream, &answer));
        }
    });
    address
}

fn keep_answering(mut stream: TcpStream, answer: &str) {
    stream.set_nodelay(true).unwrap();
    let mut buffer = [0; 4096];
    // A request of either client is one small segment without a body.
    while stream.read(&mut buffer).is_ok_and(|read| read > 0) && stream.write_all(answer.as_bytes()).is_ok() {
    }
}

fn answer() -> String {
    let webhook = |number| {
        format!(
            r#"{{"webhookId":"wh_01J8XQAGF9E7T7N2G4G6M5J{number:03}","url":"https://example.com/signly/{number}","status":"ENABLED","version":{number},"events":["PROCESS_COMPLETED","OTP_VERIFIED","DOCUMENT_VIEWED"],"description":"number {number}","customHeaders":{{"X-Client-Auth":"abc123"}}}}"#
        )
    };
    let webhooks = (1..=50).map(webhook).collect::<Vec<_>>().join(",");
    format!(
        r#"{{"success":true,"status":200,"code":"webhooks_listed","message":"Webhooks listed.","data":[{webhooks}],"pagination":null,"meta":{{"request_id":"req_1","timestamp":"2026-04-23T15:00:00Z","api_version":"v1","tenant_id":"t"}},"error":null}}"#
    )
}
