//! Callback URLs: what is accepted was minted here for this, and what was minted is accepted.
//!
//! `{token}` and others are in the path; the header `address` and the body are what to mint.
#![no_main]

use countersign::Secret;
use countersign::signly::webhook::{CallbackUrls, Event, Verifier};
use countersign::webhook::{Assurance, Delivery, Key, KeySet, Keys, Reason, Verified};
use countersign::{leap, sign8};
use countersign_fuzz::{Message, assert_silent, check_rejection, now};
use http::{HeaderMap, Method, Uri};
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;
use url::Url;

const BODY: &str = r#"{"eventId":"evt_01","type":"DOCUMENT_VIEWED","tenantId":"tenant-1"}"#;
const ADDRESS: &str = "https://app.example/callbacks";

struct Setup {
    urls: CallbackUrls,
    verifier: Verifier,
    /// What the names in braces stand for.
    names: Vec<(&'static str, String)>,
    /// The tokens that are good, with their references.
    good: BTreeMap<String, &'static str>,
}

static SETUP: LazyLock<Setup> = LazyLock::new(|| {
    let secret = |text: &str| Secret::chosen(text).unwrap();
    let (old, new) = (secret("canary-url-0123456789"), secret("canary-url-9876543210"));
    let both = [Key::new("new", new.clone()), Key::new("old", old.clone())];
    let urls = CallbackUrls::new(Keys::from(KeySet::new(both).unwrap()));
    let by_old = CallbackUrls::new(Keys::from(KeySet::new([Key::new("old", old.clone())]).unwrap()));
    // Tokens that are right, and good for something else.
    let by_another_id = CallbackUrls::new(Keys::from(KeySet::new([Key::new("other", new.clone())]).unwrap()));
    let by_another = CallbackUrls::new(secret("canary-url-of-somebody-else"));
    let of_leap =
        leap::webhook::CallbackUrls::new(Keys::from(KeySet::new([Key::new("new", new.clone())]).unwrap()));
    let of_sign8 =
        sign8::webhook::CallbackUrls::new(Keys::from(KeySet::new([Key::new("new", new)]).unwrap()));
    let token = |link: countersign::Link| link.expose().rsplit('/').next().unwrap().to_owned();
    let later = now() + Duration::from_secs(1);
    let names = vec![
        ("{token}", token(urls.mint(ADDRESS, "canary-1").unwrap())),
        ("{old}", token(by_old.mint(ADDRESS, "canary-2").unwrap())),
        ("{until}", token(urls.mint_until(ADDRESS, "canary-3", later).unwrap())),
        ("{over}", token(urls.mint_until(ADDRESS, "canary-4", now()).unwrap())),
        ("{id}", token(by_another_id.mint(ADDRESS, "canary-5").unwrap())),
        ("{another}", token(by_another.mint(ADDRESS, "canary-6").unwrap())),
        ("{leap}", token(of_leap.mint(ADDRESS, "canary-7").unwrap())),
        ("{sign8}", token(of_sign8.mint(ADDRESS, "canary-8").unwrap())),
    ];
    let good = names.iter().zip(["canary-1", "canary-2", "canary-3"]);
    let good = good.map(|((_, token), reference)| (token.clone(), reference)).collect();
    let verifier = Verifier::builder().callback_urls(urls.clone()).tenant("tenant-1").build().unwrap();
    Setup { urls, verifier, names, good }
});

fuzz_target!(|input: &[u8]| {
    let setup = &*SETUP;
    let mut message = Message::parse(input);
    let names = setup.names.iter().map(|(name, value)| (*name, value.as_str())).collect::<Vec<_>>();
    message.fill(&names);
    if let Ok(uri) = Uri::try_from(message.target.as_slice()) {
        match verify(uri.clone()) {
            Ok(verified) => {
                let mut tokens = uri.path().split('/').filter(|segment| segment.starts_with("cs1."));
                let reference = setup.good.get(tokens.next().unwrap());
                assert_eq!(verified.reference(), reference.copied());
                assert!(reference.is_some() && tokens.next().is_none());
            }
            Err(rejection) => {
                check_rejection(&rejection);
                assert_eq!(rejection.status(), 401);
                let (path, end) = uri.path().trim_end_matches('/').rsplit_once('/').unwrap_or_default();
                let is_minted = setup.good.contains_key(end) && !path.contains("/cs1.");
                assert!(!is_minted, "{rejection}");
                let is_over = setup.names[3].1 == end && !path.contains("/cs1.");
                assert_eq!(rejection.reason() == Reason::Stale, is_over);
            }
        }
    }

    let address = message.headers.iter().find(|(name, _)| name == b"address").map(|(_, value)| value.clone());
    let address = address.and_then(|address| String::from_utf8(address).ok()).unwrap_or(ADDRESS.to_owned());
    let Ok(reference) = String::from_utf8(message.body) else { return };
    let Ok(link) = setup.urls.mint(&address, &reference) else { return };
    assert!((1..=512).contains(&reference.len()) && !reference.contains(char::is_control));
    assert_silent(&link);
    // Whoever calls it reads it as it is.
    let called = Url::parse(link.expose()).unwrap();
    assert_eq!(called.as_str(), link.expose());
    assert!(called.query().is_none() && called.fragment().is_none());
    let Ok(path) = Uri::try_from(called.path()) else { return };
    let verified = verify(path.clone()).unwrap();
    assert_eq!(verified.reference(), Some(reference.as_str()));
    // It is good for nothing once it is changed.
    let mut changed = path.path().as_bytes().to_vec();
    if let Some(last) = changed.last_mut() {
        *last = if *last == b'A' { b'B' } else { b'A' };
        if let Ok(path) = Uri::try_from(changed) {
            check_rejection(&verify(path).unwrap_err());
        }
    }
});

fn verify(uri: Uri) -> Result<Verified<Event>, countersign::webhook::Rejection> {
    let verified = SETUP.verifier.verify(&Delivery::new(Method::POST, uri, HeaderMap::new(), BODY), now());
    verified.inspect(|verified| {
        assert_silent(verified);
        assert_eq!(verified.assurance(), Assurance::Sender);
    })
}
