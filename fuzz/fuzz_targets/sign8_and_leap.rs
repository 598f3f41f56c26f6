//! Callbacks of SIGN8 and Leap, of which the path, a header and nothing else tell anything.
#![no_main]

use countersign::webhook::{Assurance, Audience, Delivery};
use countersign::{Secret, leap, sign8};
use countersign_fuzz::{Message, assert_silent, check_dedupe_key, check_rejection, now};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

const ADDRESS: &str = "https://app.example/callbacks";
const ORGANISATION: &str = "org-7";
const SPELLINGS: [&str; 4] = ["organisation_id", "organisation-id", "organization_id", "organization-id"];

struct Setup {
    sign8: sign8::webhook::Verifier,
    sign8_reader: sign8::webhook::UnverifiedReader,
    leap: leap::webhook::Verifier,
    /// What the names in braces stand for.
    names: Vec<(&'static str, String)>,
}

static SETUP: LazyLock<Setup> = LazyLock::new(|| {
    let secret = Secret::chosen("canary-url-0123456789").unwrap();
    let sign8_urls = sign8::webhook::CallbackUrls::new(secret.clone());
    let leap_urls = leap::webhook::CallbackUrls::new(secret);
    let token = |link: countersign::Link| link.expose().rsplit('/').next().unwrap().to_owned();
    let names = vec![
        ("{sign8}", token(sign8_urls.mint(ADDRESS, ORGANISATION).unwrap())),
        ("{other}", token(sign8_urls.mint(ADDRESS, "canary-8").unwrap())),
        ("{leap}", token(leap_urls.mint(ADDRESS, "canary-1").unwrap())),
    ];
    Setup {
        sign8: sign8::webhook::Verifier::builder()
            .callback_urls(sign8_urls)
            .organisation(ORGANISATION)
            .build()
            .unwrap(),
        sign8_reader: sign8::webhook::UnverifiedReader::for_organisation(ORGANISATION).unwrap(),
        leap: leap::webhook::Verifier::builder().callback_urls(leap_urls).build().unwrap(),
        names,
    }
});

fuzz_target!(|input: &[u8]| {
    let setup = &*SETUP;
    let mut message = Message::parse(input);
    let names = setup.names.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>();
    message.fill(&names);
    let Some(delivery) = message.delivery() else { return };
    check_sign8(setup, &delivery);
    check_leap(setup, &delivery);
});

fn check_sign8(setup: &Setup, delivery: &Delivery) {
    let read = setup.sign8_reader.read(delivery);
    match setup.sign8.verify(delivery, now()) {
        Ok(verified) => {
            let token = token(delivery);
            let reference = match token {
                token if token == setup.names[0].1 => ORGANISATION,
                token if token == setup.names[1].1 => "canary-8",
                token => panic!("never minted: {token}"),
            };
            assert_eq!(verified.reference(), Some(reference));
            assert_eq!((verified.assurance(), verified.body()), (Assurance::Sender, delivery.body()));
            let named = SPELLINGS.into_iter().flat_map(|name| delivery.headers().get_all(name));
            let named = named.map(|value| value.as_bytes()).collect::<Vec<_>>();
            assert!(named.iter().all(|name| *name == ORGANISATION.as_bytes()));
            let audience = if named.is_empty() && reference != ORGANISATION {
                Audience::NotNamed
            } else {
                Audience::Matched
            };
            assert_eq!(verified.audience(), audience);
            let event = verified.event();
            assert!(!event.kind.as_str().is_empty() && !event.kind.as_str().starts_with("cs1."));
            assert!(!event.kind.as_str().contains(char::is_control));
            check_dedupe_key(verified.dedupe_key().as_str(), "sign8");
            assert_silent(&verified);
            // Its dedupe key knows no reference, so it may be another one.
            let unverified = read.unwrap();
            assert!(&unverified.trust_without_proof() == event);
        }
        Err(rejection) => {
            check_rejection(&rejection);
            match read {
                Ok(unverified) => {
                    assert_silent(&unverified);
                    assert_eq!(rejection.status(), 401);
                }
                Err(rejection) => check_rejection(&rejection),
            }
        }
    }
}

fn check_leap(setup: &Setup, delivery: &Delivery) {
    let read = leap::webhook::UnverifiedReader::new().read(delivery);
    match &read {
        Ok(unverified) => {
            assert_silent(unverified);
            check_dedupe_key(unverified.dedupe_key().as_str(), "leap");
        }
        Err(rejection) => assert_eq!(rejection.status(), 400),
    }
    match setup.leap.verify(delivery, now()) {
        Ok(verified) => {
            assert_eq!(token(delivery), setup.names[2].1);
            // Nothing follows it.
            assert!(delivery.uri().path().trim_end_matches('/').ends_with(&setup.names[2].1));
            assert_eq!(verified.event().reference(), Some("canary-1"));
            assert_eq!(verified.event().body(), delivery.body());
            assert_eq!(verified.audience(), Audience::Matched);
            assert_eq!(verified.dedupe_key().as_str(), "leap:canary-1");
            assert_silent(verified.event());
            assert_silent(&verified);
            read.unwrap();
        }
        Err(rejection) => {
            check_rejection(&rejection);
            assert_eq!(rejection.status(), if delivery.method() == "POST" { 401 } else { 400 });
        }
    }
}

/// The one segment that looks like a token.
fn token(delivery: &Delivery) -> &str {
    let mut tokens = delivery.uri().path().split('/').filter(|segment| segment.starts_with("cs1."));
    let token = tokens.next().unwrap();
    assert_eq!(tokens.next(), None);
    token
}
