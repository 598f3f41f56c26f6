//! What it costs to walk 100,000 documents in pages of 500, compared to a loop written by hand, and how much memory it
//! takes compared to 1,000 documents.
//!
//! The walks take turns, since a machine gets slower and faster within seconds. The memory is told on Linux only.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "it measures"
)]

mod support;

use countersign::legalesign::Client;
use serde::Deserialize;
use std::io::Write;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use support::{MIB, head, peak, reset_peak, resident, serve};

const PAGE: usize = 500;
const DOCUMENTS: usize = 100_000;
const PAIRS: usize = 41;

fn main() {
    let address = start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = Client::builder().base_url(format!("http://{address}")).api_key("ak_bench").build().unwrap();
    let by_hand = ByHand::new(address);
    let ours = |total: usize| runtime.block_on(walk(&client, total));
    let theirs = |total: usize| runtime.block_on(by_hand.walk(total)).unwrap();

    assert_eq!((ours(1000), theirs(1000)), (1000, 1000));
    let idle = resident();
    for total in [1000, DOCUMENTS] {
        reset_peak();
        assert_eq!(ours(total), total);
        let above = peak().saturating_sub(idle) as f64 / MIB as f64;
        println!("{total} documents: peak {above:.1} MiB above idle");
    }

    // Whoever goes second finds warmer caches, so the two take turns in that as well.
    let times = (0..PAIRS).map(|pair| {
        if pair % 2 == 0 {
            (timed(|| ours(DOCUMENTS)), timed(|| theirs(DOCUMENTS)))
        } else {
            let theirs = timed(|| theirs(DOCUMENTS));
            (timed(|| ours(DOCUMENTS)), theirs)
        }
    });
    let (ours_times, theirs_times): (Vec<_>, Vec<_>) = times.unzip();
    let ratio = median(ours_times).as_secs_f64() / median(theirs_times).as_secs_f64();
    println!("ratio of medians over {PAIRS} pairs, client to by_hand: {ratio:.3}");
}

fn timed(walk: impl Fn() -> usize) -> Duration {
    let start = Instant::now();
    assert_eq!(walk(), DOCUMENTS);
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

async fn walk(client: &Client, total: usize) -> usize {
    // The group tells the server how long the list is.
    let mut items = client.list_documents(total.to_string()).limit(i64::try_from(PAGE).unwrap()).items();
    let mut count = 0;
    while let Some(document) = items.next().await {
        count += usize::from(document.unwrap().uuid.is_some());
    }
    count
}

/// What a careful application would write: typed members, credentials, timeouts, no redirects, page after page.
struct ByHand {
    http: reqwest::Client,
    url: String,
}

#[derive(Deserialize)]
struct List {
    meta: Meta,
    objects: Vec<Document>,
}

#[derive(Deserialize)]
struct Meta {
    next: Option<String>,
}

#[derive(Deserialize)]
#[allow(dead_code)]
struct Document {
    uuid: String,
    name: Option<String>,
    status: Option<i64>,
    created: Option<String>,
    modified: Option<String>,
    group: Option<String>,
    resource_uri: Option<String>,
    user: Option<String>,
    tag: Option<String>,
    tag1: Option<String>,
    tag2: Option<String>,
    templatepdf: Option<String>,
    redirect: Option<String>,
    cc_emails: Option<String>,
    archived: Option<bool>,
    auto_archive: Option<bool>,
    do_email: Option<bool>,
    download_final: Option<bool>,
    signers_in_order: Option<u8>,
    signers: Option<Vec<Vec<serde_json::Value>>>,
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
        Self { http, url: format!("http://{address}/document/") }
    }

    async fn walk(&self, total: usize) -> Result<usize, Box<dyn std::error::Error>> {
        let (mut offset, mut count) = (0, 0);
        loop {
            let query = [("group", total), ("limit", PAGE), ("offset", offset)];
            let request = self.http.get(&self.url).query(&query).header("authorization", "Bearer ak_bench");
            let body = request.send().await?.error_for_status()?.bytes().await?;
            let list: List = serde_json::from_slice(&body)?;
            count += list.objects.iter().filter(|document| !document.uuid.is_empty()).count();
            if list.meta.next.is_none() {
                return Ok(count);
            }
            offset += list.objects.len();
        }
    }
}

/// Lists as many documents as the group says, each page with the same ones.
fn start() -> SocketAddr {
    let objects = (0..PAGE).map(document).collect::<Vec<_>>().join(",");
    serve(move |stream, target, _| {
        let number = |name: &str| {
            let (_, rest) = target.split_once(name)?;
            rest.split('&').next()?.parse::<usize>().ok()
        };
        let (total, offset) = (number("group=").unwrap(), number("offset=").unwrap_or(0));
        let next = offset + PAGE;
        let next =
            if next < total { format!(r#""/api/v1/document/?offset={next}""#) } else { "null".to_owned() };
        let meta = format!(
            r#"{{"meta":{{"limit":{PAGE},"offset":{offset},"next":{next},"previous":null,"total_count":{total}}},"objects":["#
        );
        let length = meta.len() + objects.len() + 2;
        head(stream, 200, "content-type: application/json\r\n", length as u64);
        for part in [&*meta, &*objects, "]}"] {
            let _ = stream.write_all(part.as_bytes());
        }
    })
}

fn document(number: usize) -> String {
    format!(
        r#"{{"archived":false,"auto_archive":true,"cc_emails":"","created":"2026-03-02T10:11:12","do_email":true,"download_final":false,"group":"/api/v1/group/my-group/","modified":"2026-03-02T10:11:13","name":"Contract {number}","pdftext":null,"redirect":"","resource_uri":"/api/v1/document/d0d0d0d0-1111-4222-8333-{number:012}/","return_signer_links":false,"signers":[["/api/v1/signer/50505050-1111-4222-8333-{number:012}/","Ada","Lovelace","ada@example.com","",false,10,0]],"signers_in_order":0,"status":10,"tag":"","tag1":"","tag2":"","template":null,"templatepdf":"/api/v1/templatepdf/70707070-1111-4222-8333-444444444444/","text":null,"user":"/api/v1/user/0123456789abcdef0123456789abcd/","uuid":"d0d0d0d0-1111-4222-8333-{number:012}"}}"#
    )
}
