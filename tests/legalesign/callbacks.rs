//! Legalesign's callbacks: what is proved, what is refused, and what they tell.

mod audience;
mod confirming;
mod dedupe;
mod downgrade;
mod events;
mod forms;
mod openssl;
mod properties;

use crate::webhook::time;
use countersign::legalesign::webhook::{Event, Verifier, VerifierBuilder};
use countersign::mock::ThrowAwayKey;
use countersign::webhook::{Delivery, Reason, Verified};
use http::Request;
use std::sync::LazyLock;

pub const GROUP: &str = "our-group";
/// The group, as callbacks name it.
pub const OURS: &str = "/api/v1/group/our-group/";
pub const EMPTY: &str = "[]";

/// The key of the provider, for all tests of a process.
pub fn key() -> &'static ThrowAwayKey {
    static KEY: LazyLock<ThrowAwayKey> = LazyLock::new(|| ThrowAwayKey::generate().unwrap());
    &KEY
}

/// A verifier with the provider's certificate and nothing else.
pub fn pinned() -> VerifierBuilder {
    Verifier::builder().certificate(key().pinned().unwrap()).group(GROUP)
}

/// Fields as a browser posts them.
fn encoded<'f>(fields: impl IntoIterator<Item = (&'f str, &'f str)>) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// Escaped, so that any byte can be a part of a form.
fn escaped(bytes: &[u8]) -> String {
    percent_encoding::percent_encode(bytes, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// The list of the last six minutes, under any signature.
pub fn changes_form(data: &str, signature: &str) -> Delivery {
    posted(encoded([("data", data), ("signed", signature)]))
}

/// The list of the last six minutes, as the provider signs it.
pub fn signed_changes(data: &str) -> Delivery {
    changes_form(data, &key().sign_sha1(data.as_bytes()))
}

fn posted(body: impl Into<bytes::Bytes>) -> Delivery {
    Request::post("/callbacks").body(body.into()).unwrap().into()
}

/// A signed notice, with more fields beside it.
fn notice_form(json: &str, signature: &str, more: &[(&str, &str)]) -> Request<String> {
    let fields = more.iter().copied().chain([("json_signed", json)]);
    Request::post("/callbacks").header("x-signed", signature).body(encoded(fields)).unwrap()
}

fn signed_notice(json: &str) -> Delivery {
    notice_form(json, &key().sign_sha1(json.as_bytes()), &[]).into()
}

/// The same delivery at another address.
fn at(address: &str, delivery: &Delivery) -> Delivery {
    let uri = address.parse().unwrap();
    Delivery::new(delivery.method().clone(), uri, delivery.headers().clone(), delivery.body().clone())
}

fn outcome(verifier: &Verifier, delivery: &Delivery) -> Result<Verified<Event>, Reason> {
    verifier.verify(delivery, time(0)).map_err(|rejection| rejection.reason())
}

#[track_caller]
fn accepted(delivery: &Delivery) -> Verified<Event> {
    outcome(&pinned().build().unwrap(), delivery).unwrap()
}

#[track_caller]
fn refused(delivery: &Delivery) -> Reason {
    outcome(&pinned().build().unwrap(), delivery).map(|_| ()).unwrap_err()
}
