//! What it costs to accept a callback, compared to the cryptography alone, to another library, and to a handler that
//! accepts everything.
//!
//! Each ratio is of calls made in turns in one run, since a machine gets slower and faster within seconds.
//!
//! The program belongs to the crate of the tests: it needs `standardwebhooks`, which nothing that is published may depend
//! on. See `deny.toml`.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "it measures"
)]

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY};
use axum::Router;
use axum::body::Body;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use countersign::mock::ThrowAwayKey;
use countersign::webhook::{Callback, Delivery, HmacKey, HmacScheme, SignatureEncoding, Tolerance};
use countersign::{Secret, legalesign, signly};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use sha2::Sha256;
use std::hint::black_box;
use std::time::{Duration, Instant, SystemTime};
use tower::ServiceExt;
use url::form_urlencoded;

const PAIRS: usize = 2001;
/// A measurement takes at least so long, so that reading the clock does not count.
const LEAST: Duration = Duration::from_micros(200);
const TENANT: &str = "58bff266-cdad-46db-b373-1b06476146cd";
const SECRET: &str = "correct horse battery staple";

fn main() {
    let key = ThrowAwayKey::generate_large().unwrap();
    for changes in [2, 10, 200] {
        rsa(&key, changes);
    }
    for kib in [1, 16] {
        hmac(kib);
    }
    extractor();
}

/// The list of the last six minutes: a form, its signature, JSON, and what it all comes to.
fn rsa(key: &ThrowAwayKey, changes: usize) {
    let text = list(changes);
    let signature = key.sign_sha1(text.as_bytes());
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("notify", "all")
        .append_pair("data", &text)
        .append_pair("signed", &signature)
        .finish();
    let length = form.len();
    let request =
        Request::post("/callbacks/legalesign").header("content-type", "application/x-www-form-urlencoded");
    let delivery = Delivery::from(request.body(form).unwrap());
    let verifier = legalesign::webhook::Verifier::builder();
    let verifier = verifier.certificate(key.pinned().unwrap()).group("my-group").build().unwrap();
    let now = SystemTime::now();

    let der =
        STANDARD.decode(key.public_key().lines().filter(|line| !line.contains("---")).collect::<String>());
    let parsed = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, der.unwrap()).unwrap();
    let decoded = STANDARD.decode(signature).unwrap();
    compare(
        &format!("Legalesign, {changes} changes, {} bytes in a form of {length}", text.len()),
        &|| assert!(verifier.verify(black_box(&delivery), now).is_ok()),
        &[("aws-lc-rs, verification alone", &|| {
            parsed.verify_sig(black_box(text.as_bytes()), black_box(&decoded)).unwrap();
        })],
    );
}

/// The shape of Standard Webhooks.
fn hmac(kib: usize) {
    let key = b"0123456789abcdef0123456789abcdef";
    let written = STANDARD.encode(key);
    let tolerance = Tolerance::new(Duration::from_secs(300), Duration::from_secs(300));
    let scheme = HmacScheme::new(
        "webhook-signature",
        SignatureEncoding::Base64,
        HmacKey::base64(&Secret::issued(written.as_str()).unwrap()).unwrap(),
    );
    let scheme = scheme.unwrap().with_prefix("v1,").several_separated_by(' ');
    let scheme = scheme.over_id_timestamp_and_body("webhook-id", "webhook-timestamp", tolerance).unwrap();
    let body = Bytes::from(event(kib * 1024));
    let now = SystemTime::now();
    let mut headers = HeaderMap::new();
    for (name, value) in scheme.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", now, &body).unwrap() {
        headers.insert(name, value.parse().unwrap());
    }
    let delivery = Delivery::new(Method::POST, "/callbacks".parse().unwrap(), headers.clone(), body.clone());

    let [id, timestamp, signature] =
        ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| headers[name].as_bytes());
    let signature = &signature["v1,".len()..];
    let decoded = STANDARD.decode(signature).unwrap();
    let bare = |signature: &[u8]| {
        let mut hmac = Hmac::<Sha256>::new_from_slice(black_box(key)).unwrap();
        for part in [id, b".", timestamp, b".", black_box(&body)] {
            hmac.update(part);
        }
        hmac.verify_slice(signature).unwrap();
    };
    let other = standardwebhooks::Webhook::new(&written).unwrap();
    compare(
        &format!("HMAC, {kib} KiB"),
        &|| assert!(scheme.verify(black_box(&delivery), now).is_ok()),
        &[
            ("hmac, signature decoded before", &|| bare(&decoded)),
            ("hmac, signature decoded by the call", &|| {
                bare(&STANDARD.decode(black_box(signature)).unwrap());
            }),
            ("standardwebhooks 1.0.1", &|| other.verify(black_box(&body), black_box(&headers)).unwrap()),
        ],
    );
}

/// A handler behind the extractor, and one that answers whatever comes, once it is there.
fn extractor() {
    async fn callback(Callback(verified): Callback<signly::webhook::Verifier>) -> StatusCode {
        black_box(verified.dedupe_key());
        StatusCode::OK
    }
    async fn bytes(body: Bytes) -> StatusCode {
        black_box(body);
        StatusCode::OK
    }
    let verifier = signly::webhook::Verifier::builder();
    let verifier = verifier.shared_secret("X-Client-Auth", Secret::chosen(SECRET).unwrap()).tenant(TENANT);
    let ours = Router::new().route("/", post(callback)).with_state(verifier.build().unwrap());
    let theirs = Router::new().route("/", post(bytes));
    let body = Bytes::from(event(1024));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let call = |router: &Router| {
        let request = Request::post("/").header("x-client-auth", HeaderValue::from_static(SECRET));
        let request = request.body(Body::from(body.clone())).unwrap();
        let response = runtime.block_on(router.clone().oneshot(request)).unwrap();
        assert_eq!(response.status(), StatusCode::OK);
    };
    compare(
        "axum, 1 KiB of Signly",
        &|| call(&ours),
        &[("a handler that takes the bytes", &|| call(&theirs))],
    );
}

fn compare(name: &str, ours: &dyn Fn(), others: &[(&str, &dyn Fn())]) {
    println!("{name}");
    for (other, theirs) in others {
        let (ours_repeats, theirs_repeats) = (repeats(ours), repeats(theirs));
        // Whoever goes second finds warmer caches, so the two take turns in that as well.
        let times = (0..PAIRS).map(|pair| {
            if pair % 2 == 0 {
                (timed(ours, ours_repeats), timed(theirs, theirs_repeats))
            } else {
                let theirs = timed(theirs, theirs_repeats);
                (timed(ours, ours_repeats), theirs)
            }
        });
        let (ours_times, theirs_times): (Vec<_>, Vec<_>) = times.unzip();
        let (ours, theirs) = (median(ours_times), median(theirs_times));
        println!("  {other}: {:.3} ({:.2} µs to {:.2} µs)", ours / theirs, ours * 1e6, theirs * 1e6);
    }
}

fn repeats(call: &dyn Fn()) -> u32 {
    let once = (0..100).map(|_| timed(call, 1)).fold(f64::MAX, f64::min);
    (1..10_000).find(|repeats| once * f64::from(*repeats) >= LEAST.as_secs_f64()).unwrap_or(10_000)
}

/// The seconds that one call takes.
fn timed(call: &dyn Fn(), repeats: u32) -> f64 {
    let start = Instant::now();
    (0..repeats).for_each(|_| call());
    start.elapsed().as_secs_f64() / f64::from(repeats)
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    times[times.len() / 2]
}

/// What Legalesign sends every six minutes, with documents and signers in turns.
fn list(changes: usize) -> String {
    let change = |number| {
        let kind = if number % 3 == 0 { "document" } else { "signer" };
        format!(
            r#"{{"timestamp": "2026-03-02T10:11:12", "value": "{}", "name": "status", "resource_uri": "/api/v1/{kind}/d0d0d0d0-1111-4222-8333-{number:012}/"}}"#,
            number % 4 * 10
        )
    };
    format!("[{}]", (0..changes).map(change).collect::<Vec<_>>().join(", "))
}

/// An event of Signly of about this size.
fn event(size: usize) -> String {
    let event = |note: &str| {
        format!(
            r#"{{"eventId":"evt_01J8XQ7M8VW2A6G2B0N7J5AZ7Q","type":"FIELD_SIGNED","occurredAt":"2026-04-23T14:21:33Z","tenantId":"{TENANT}","documentId":"doc_01","participantId":"par_01","attempt":1,"data":{{"note":"{note}"}}}}"#
        )
    };
    event(&"x".repeat(size.saturating_sub(event("").len())))
}
