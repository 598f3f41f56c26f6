//! A form that others encode, and the text that was signed: what comes out is what went in, byte for byte.
#![no_main]

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign::LocalDateTime;
use countersign::legalesign::webhook::{Change, Event, Verifier};
use countersign::webhook::{Assurance, Delivery, Reason, Rejection, RsaKey, Verified};
use countersign_fuzz::{assert_silent, check_rejection, now};
use form_urlencoded::{Serializer, byte_serialize};
use http::Request;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// Made for this run. It signs over SHA-256, with a library whose code is not watched: the one of the mock is too slow here.
static KEY: LazyLock<KeyPair> = LazyLock::new(|| KeyPair::generate(KeySize::Rsa2048).unwrap());
static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let public_key: PublicKeyX509Der = KEY.public_key().as_der().unwrap();
    let pinned = RsaKey::from_public_key(public_key.as_ref()).unwrap();
    Verifier::builder().certificate(pinned).group("my-group").build().unwrap()
});

fuzz_target!(|input: &[u8]| {
    let [place, mask, blank, rest @ ..] = input else { return };
    let text = String::from_utf8_lossy(rest).into_owned();
    if *blank < 64 {
        // Whatever it is, it is found to be signed, and only then that it is no list.
        let signature = sign(text.as_bytes());
        match verify(&encoded(&text, &signature)) {
            Ok(verified) => check_changes(&verified, &text),
            Err(rejection) => assert_eq!(rejection.reason(), Reason::MalformedBody),
        }
        return;
    }
    let blank = [" ", "\t", "\r\n", "\n", ""][usize::from(*blank) % 5];
    let text = format!("{blank}[{blank}{},{}]{blank}", json!(text), json!({ "canary + & = %": text }));
    let signature = sign(text.as_bytes());

    for delivery in [encoded(&text, &signature), in_parts(&text, &signature)] {
        let verified = verify(&delivery).unwrap();
        assert_eq!(verified.payload(), text.as_bytes());
        assert_eq!(verified.body(), delivery.body());
        assert_eq!(verified.assurance(), Assurance::Payload);
        check_changes(&verified, &text);
        assert_silent(&verified);
    }

    // Any other text was not signed, however little it differs.
    let mut changed = text.into_bytes();
    let place = usize::from(*place) * (changed.len() - 1) / 255;
    changed[place] ^= (*mask).max(1);
    let data = byte_serialize(&changed).collect::<String>();
    let signed = byte_serialize(signature.as_bytes()).collect::<String>();
    let delivery = Request::post("/").body(format!("data={data}&signed={signed}")).unwrap().into();
    assert_eq!(verify(&delivery).unwrap_err().reason(), Reason::WrongCredential);
});

/// What another reader of JSON finds in the list.
fn check_changes(verified: &Verified<Event>, text: &str) {
    let Event::Changes(changes) = verified.event() else { panic!("{verified:?}") };
    let entries = serde_json::from_str::<Vec<Value>>(text).unwrap();
    assert_eq!(changes.len(), entries.len());
    for (change, entry) in changes.iter().zip(entries) {
        assert_eq!(change.at.as_ref().map(LocalDateTime::as_str), entry["timestamp"].as_str());
        match &change.change {
            Change::Other(other) => assert_eq!(other, &entry),
            known => {
                assert_eq!(entry["name"], "status", "{known:?}");
                assert!(entry["value"].is_string() || entry["value"].is_number());
            }
        }
    }
}

fn sign(text: &[u8]) -> String {
    let mut signature = vec![0; KEY.public_modulus_len()];
    KEY.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature).unwrap();
    STANDARD.encode(signature)
}

fn verify(delivery: &Delivery) -> Result<Verified<Event>, Rejection> {
    VERIFIER.verify(delivery, now()).inspect_err(check_rejection)
}

fn encoded(text: &str, signature: &str) -> Delivery {
    let mut form = Serializer::new(String::new());
    form.append_pair("notify", "all").append_pair("data", text).append_pair("signed", signature);
    let request = Request::post("/").header("content-type", "application/x-www-form-urlencoded");
    request.body(form.finish()).unwrap().into()
}

/// The same, with a boundary that is not in it.
fn in_parts(text: &str, signature: &str) -> Delivery {
    let free = |boundary: &String| !text.contains(boundary.as_str());
    let boundary = (0..).map(|number: u64| format!("boundary-{number}")).find(free).unwrap();
    let part = |name, value| {
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = format!("{}{}--{boundary}--\r\n", part("data", text), part("signed", signature));
    let request =
        Request::post("/").header("content-type", format!("multipart/form-data; boundary={boundary}"));
    request.body(body).unwrap().into()
}
