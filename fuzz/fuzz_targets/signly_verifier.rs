//! Callbacks of Signly: JSON behind a shared secret.
#![no_main]

use countersign::Secret;
use countersign::signly::webhook::{UnverifiedReader, Verifier};
use countersign::webhook::{Assurance, Audience, Delivery, Reason};
use countersign_fuzz::{Message, assert_silent, check_dedupe_key, check_rejection, is_in_an_id, now, once};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use std::sync::LazyLock;

const HEADER: &str = "x-client-auth";
const SECRET: &str = "canary-secret-0123456789";
const TENANT: &str = "tenant-1";
/// Small enough for the fuzzer to reach it.
const LIMIT: usize = 4096;

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let secret = Secret::chosen(SECRET).unwrap();
    Verifier::builder().shared_secret(HEADER, secret).tenant(TENANT).body_limit(LIMIT).build().unwrap()
});
static READER: LazyLock<UnverifiedReader> =
    LazyLock::new(|| UnverifiedReader::for_tenant(TENANT).unwrap().with_body_limit(LIMIT));

fuzz_target!(|input: &[u8]| {
    let mut message = Message::parse(input);
    message.fill(&[("{secret}", SECRET), ("{tenant}", TENANT)]);
    let Some(delivery) = message.delivery() else { return };
    // The method is printed, whatever it is.
    if !is_in_an_id(&[delivery.method()]) {
        assert_silent(&delivery);
    }
    let read = READER.read(&delivery);
    match &read {
        Ok(unverified) => assert_silent(unverified),
        Err(rejection) => check_rejection(rejection),
    }
    let proved = once(&delivery, HEADER) == Some(SECRET.as_bytes());
    match VERIFIER.verify(&delivery, now()) {
        Ok(verified) => {
            assert!(proved);
            assert_eq!(delivery.method(), "POST");
            assert!(delivery.body().len() <= LIMIT);
            assert_eq!((verified.assurance(), verified.audience()), (Assurance::Sender, Audience::Matched));
            assert_eq!((verified.body(), verified.payload()), (delivery.body(), delivery.body()));
            let event = verified.event();
            let said = serde_json::from_slice::<Value>(delivery.body()).unwrap();
            assert_eq!(said["tenantId"], TENANT);
            assert_eq!(said["eventId"], *event.event_id);
            assert_eq!(said["type"], *event.data.tag());
            assert_eq!(event.tenant_id, TENANT);
            assert_eq!(verified.dedupe_key().as_str(), format!("signly:{}", event.event_id));
            check_dedupe_key(verified.dedupe_key().as_str(), "signly");
            if !is_in_an_id(&[&event.event_id, &event.document_id, &event.participant_id]) {
                assert_silent(&verified);
                assert_silent(event);
            }
            // A proof changes nothing of what is read, and reading it again does not either.
            assert_eq!(&read.unwrap().trust_without_proof(), event);
            assert_eq!(VERIFIER.verify(&delivery, now()).unwrap().event(), event);
        }
        Err(rejection) => {
            check_rejection(&rejection);
            if proved {
                // Everything else is as if there was no secret.
                assert_eq!(read.unwrap_err(), rejection);
            } else if delivery.method() == "POST" && delivery.body().len() <= LIMIT {
                assert_eq!(rejection.status(), 401);
            }
        }
    }
    // The same without a secret, and with two.
    let mut headers = delivery.headers().clone();
    headers.remove(HEADER);
    let (method, uri, body) = (delivery.method(), delivery.uri(), delivery.body());
    let bare = Delivery::new(method.clone(), uri.clone(), headers.clone(), body.clone());
    let refused = VERIFIER.verify(&bare, now()).unwrap_err();
    assert!(matches!(refused.reason(), Reason::MissingCredential | Reason::WrongMethod | Reason::TooLarge));
    headers.append(HEADER, SECRET.parse().unwrap());
    headers.append(HEADER, SECRET.parse().unwrap());
    let twice = Delivery::new(method.clone(), uri.clone(), headers, body.clone());
    check_rejection(&VERIFIER.verify(&twice, now()).unwrap_err());
});
