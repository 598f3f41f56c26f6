//! Callbacks of Legalesign: forms of two encodings that are signed or not, and JSON.
//!
//! The key has signed three texts. The fuzzer can put these and their signatures where it likes.
#![no_main]

use countersign::Secret;
use countersign::legalesign::webhook::{CallbackUrls, Change, Event, UnverifiedReader, Verifier};
use countersign::mock::ThrowAwayKey;
use countersign::webhook::{Assurance, Audience, HmacKey, HmacScheme, SignatureEncoding, Verified};
use countersign_fuzz::{Message, assert_silent, check_dedupe_key, check_rejection, is_in_an_id, now, once};
use form_urlencoded::byte_serialize;
use libfuzzer_sys::fuzz_target;
use std::fmt::Debug;
use std::sync::LazyLock;

const GROUP: &str = "my-group";
const CHANGES: &str = r#"[{"name": "status", "resource_uri": "/api/v1/document/d1/", "timestamp": "2026-03-02T10:11:12", "value": "30"}, {"canary + & %": "é"}]"#;
const NOTICE: &str = r#"{"resource_uri": "/api/v1/document/d1/", "uuid": "d1", "group": "/api/v1/group/my-group/", "name": "canary", "tag": "canary@example.com"}"#;
const ANOTHERS: &str = r#"{"uuid": "d2", "group": "/api/v1/group/another/", "name": "canary"}"#;
const HMAC_SECRET: &str = "canary-hmac-0123456789";

struct Setup {
    signed_only: Verifier,
    all_kinds: Verifier,
    realtime: Verifier,
    reader: UnverifiedReader,
    /// What the names in braces stand for.
    names: Vec<(&'static str, String)>,
    token: String,
}

static SETUP: LazyLock<Setup> = LazyLock::new(|| {
    let key = ThrowAwayKey::generate().unwrap();
    let pinned = key.pinned().unwrap();
    let urls = CallbackUrls::new(Secret::chosen("canary-url-0123456789").unwrap());
    let url = urls.mint("https://app.example/", "canary-reference").unwrap();
    let token = url.expose().rsplit('/').next().unwrap().to_owned();
    let secret = Secret::chosen(HMAC_SECRET).unwrap();
    let scheme = HmacScheme::new("x-hmac-sha256", SignatureEncoding::Hex, HmacKey::text(&secret)).unwrap();
    let encode = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let mut names = vec![("{token}", token.clone())];
    for ((text, of_text, encoded, of_encoded), message) in [
        (("{changes}", "{of_changes}", "{changes%}", "{of_changes%}"), CHANGES),
        (("{notice}", "{of_notice}", "{notice%}", "{of_notice%}"), NOTICE),
        (("{anothers}", "{of_anothers}", "{anothers%}", "{of_anothers%}"), ANOTHERS),
    ] {
        let signature = key.sign_sha1(message.as_bytes());
        names.push((encoded, encode(message)));
        names.push((of_encoded, encode(&signature)));
        names.push((text, message.to_owned()));
        names.push((of_text, signature));
    }
    Setup {
        signed_only: Verifier::builder().certificate(pinned.clone()).group(GROUP).build().unwrap(),
        all_kinds: Verifier::builder()
            .certificate(pinned)
            .callback_urls(urls)
            .least_assurance(Assurance::Sender)
            .group(GROUP)
            .build()
            .unwrap(),
        realtime: Verifier::builder().hmac(scheme).group(GROUP).build().unwrap(),
        reader: UnverifiedReader::for_group(GROUP).unwrap(),
        names,
        token,
    }
});

fuzz_target!(|input: &[u8]| {
    let setup = &*SETUP;
    let mut message = Message::parse(input);
    let names = setup.names.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>();
    message.fill(&names);
    let mac = hmac(&message.body);
    message.headers.iter_mut().for_each(|(_, value)| {
        if value == b"{mac}" {
            value.clone_from(&mac.clone().into_bytes());
        }
    });
    let Some(delivery) = message.delivery() else { return };
    match setup.reader.read(&delivery) {
        Ok(unverified) => {
            assert_silent(&unverified);
            check_dedupe_key(unverified.dedupe_key().as_str(), "legalesign");
            let event = unverified.trust_without_proof();
            if !ids_hold_the_canary(&event) {
                assert_silent(&event);
            }
        }
        Err(rejection) => check_rejection(&rejection),
    }
    match setup.signed_only.verify(&delivery, now()) {
        Ok(verified) => {
            check_signed(&verified);
            assert_eq!((verified.assurance(), verified.proofs().count()), (Assurance::Payload, 1));
            assert_eq!(verified.body(), delivery.body());
        }
        Err(rejection) => check_rejection(&rejection),
    }
    match setup.all_kinds.verify(&delivery, now()) {
        Ok(verified) => {
            let mut tokens = delivery.uri().path().split('/').filter(|segment| segment.starts_with("cs1."));
            assert_eq!((tokens.next(), tokens.next()), (Some(setup.token.as_str()), None));
            assert_eq!(verified.reference(), Some("canary-reference"));
            match verified.event() {
                Event::Changes(_) | Event::Notice(_) => check_signed(&verified),
                _ => assert_eq!(verified.assurance(), Assurance::Sender),
            }
            if !ids_hold_the_canary(verified.event()) {
                assert_silent(&verified);
            }
        }
        Err(rejection) => check_rejection(&rejection),
    }
    match setup.realtime.verify(&delivery, now()) {
        Ok(verified) => {
            assert!(matches!(verified.event(), Event::Realtime(_)));
            assert_eq!((verified.payload(), verified.audience()), (delivery.body(), Audience::Matched));
            let carried = once(&delivery, "x-hmac-sha256").unwrap();
            assert!(carried.eq_ignore_ascii_case(mac.as_bytes()));
        }
        Err(rejection) => check_rejection(&rejection),
    }
});

/// What is signed is one of the texts that were, and meant for the group.
fn check_signed(verified: &Verified<Event>) {
    match verified.event() {
        Event::Changes(changes) => {
            assert_eq!((verified.payload(), verified.audience()), (&CHANGES.into(), Audience::NotNamed));
            assert_eq!(changes.len(), 2);
        }
        Event::Notice(notice) => {
            assert_eq!((verified.payload(), verified.audience()), (&NOTICE.into(), Audience::Matched));
            assert_eq!(notice.document.as_str(), "d1");
        }
        _ => panic!("not signed: {verified:?}"),
    }
    assert_silent(verified);
    check_dedupe_key(verified.dedupe_key().as_str(), "legalesign");
}

fn ids_hold_the_canary(event: &Event) -> bool {
    match event {
        Event::Notice(notice) | Event::PlainNotice(notice) => is_in_an_id(&[&notice.document, &notice.group]),
        Event::Realtime(realtime) => {
            let recipients: &dyn Debug = &realtime.event.document().map(|document| {
                let ids = document.recipients.iter().map(|each| each.id.clone());
                (ids.collect::<Vec<_>>(), document.id.clone(), document.group.clone())
            });
            let recipient: &dyn Debug = &realtime.event.recipient().map(|recipient| {
                (recipient.recipient.id.clone(), recipient.document.clone(), recipient.group.clone())
            });
            is_in_an_id(&[&realtime.id, recipients, recipient])
        }
        Event::Changes(changes) => changes.iter().any(|change| match &change.change {
            Change::Document { id, .. } => is_in_an_id(&[id]),
            Change::Signer { id, .. } => is_in_an_id(&[id]),
            _ => false,
        }),
        _ => false,
    }
}

fn hmac(body: &[u8]) -> String {
    use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
    let tag = sign(&Key::new(HMAC_SHA256, HMAC_SECRET.as_bytes()), body);
    tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}
