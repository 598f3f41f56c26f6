//! Callbacks: what is accepted, what is not, and what neither ever tells.

mod acknowledging;
mod addresses;
mod audience;
mod bodies;
mod callback_urls;
mod configuration;
mod events;
mod explain;
mod explain_evidence;
mod explain_forms;
mod explain_keys;
mod extractor;
mod hmac;
mod hostile;
mod logging;
mod minting;
mod outcomes;
mod properties;
mod receiving;
mod rotation;
mod router;
mod rsa_keys;
mod rsa_rotation;
mod silence;
mod silence_of_urls;
mod vectors;

use bytes::Bytes;
use countersign::signly::webhook::{Event, Verifier, VerifierBuilder};
use countersign::webhook::{Delivery, Reason, Rejection, Verified};
use countersign::{Clock, Secret, Sleep};
use http::Request;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

const HEADER: &str = "X-Client-Auth";
const SECRET: &str = "canary-secret-0123456789";
pub const TENANT: &str = "58bff266-cdad-46db-b373-1b06476146cd";
const EMAIL: &str = "canary@example.com";

pub fn secret(text: &str) -> Secret {
    Secret::chosen(text).unwrap()
}

fn builder() -> VerifierBuilder {
    Verifier::builder().shared_secret(HEADER, secret(SECRET)).tenant(TENANT)
}

fn verifier() -> Verifier {
    builder().build().unwrap()
}

/// An event with every member.
pub fn completed() -> Value {
    json!({
        "eventId": "evt_01",
        "type": "PROCESS_COMPLETED",
        "occurredAt": "2026-04-23T14:21:33Z",
        "tenantId": TENANT,
        "documentId": "doc_01",
        "participantId": "par_01",
        "attempt": 1,
        "data": { "status": "COMPLETED", "templateId": "tpl_01", "completedAt": "2026-04-23T14:21:31Z" },
    })
}

/// The event with some of its members changed; `null` is set like any other value.
#[allow(clippy::needless_pass_by_value, reason = "it is always a literal")]
pub fn changed(change: Value) -> Value {
    let mut event = completed();
    for (name, value) in change.as_object().unwrap() {
        event[name] = value.clone();
    }
    event
}

fn without(name: &str) -> Value {
    let mut event = completed();
    event.as_object_mut().unwrap().remove(name).unwrap();
    event
}

/// A genuine delivery of any body.
fn delivery(body: impl Into<Bytes>) -> Delivery {
    Request::post("/callbacks").header(HEADER, SECRET).body(body.into()).unwrap().into()
}

fn carrying(secret: &str) -> Delivery {
    Request::post("/callbacks").header(HEADER, secret).body(completed().to_string()).unwrap().into()
}

fn accepted(body: &Value) -> Verified<Event> {
    verifier().verify(&delivery(body.to_string()), time(0)).unwrap()
}

fn rejected(delivery: &Delivery) -> Rejection {
    verifier().verify(delivery, time(0)).unwrap_err()
}

#[track_caller]
fn assert_rejected(delivery: &Delivery, reason: Reason, status: u16) {
    let rejection = rejected(delivery);
    assert_eq!((rejection.reason(), rejection.status().as_u16()), (reason, status));
}

pub fn time(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds)
}

/// A clock that moves when it is told to.
#[derive(Clone, Debug)]
pub struct Hand(Arc<Mutex<SystemTime>>);

impl Hand {
    pub fn at(seconds: u64) -> Self {
        Self(Arc::new(Mutex::new(time(seconds))))
    }

    pub fn move_to(&self, seconds: u64) {
        *self.0.lock().unwrap() = time(seconds);
    }
}

impl Clock for Hand {
    fn now(&self) -> SystemTime {
        *self.0.lock().unwrap()
    }

    fn sleep(&self, _: Duration) -> Sleep {
        Box::pin(std::future::ready(()))
    }

    fn random(&self) -> f64 {
        0.0
    }
}
