//! Keys with something around them, and URLs that were minted with others.

use super::explain::{SIGNATURE, assert_explained, issued, scheme, signed, verifying};
use super::*;
use countersign::leap::webhook::{CallbackUrls, Verifier as LeapVerifier};
use countersign::webhook::{Cause, Finding, HmacKey, Key, KeySet};

const AT: &str = "https://app.example/leap";
/// What people leave around a secret.
const AROUND: [&str; 8] = [
    "\"{}\"",
    "'{}'",
    "Bearer {}",
    "\"Bearer {}\"",
    "Bearer \"{}\"",
    "\" {} \"",
    "whsec_{}",
    "SIGNLY_WEBHOOK_SECRET='{}'",
];

fn around(pattern: &str) -> Secret {
    secret(&pattern.replace("{}", SECRET))
}

fn urls(keys: impl Into<countersign::webhook::Keys<Secret>>) -> CallbackUrls {
    CallbackUrls::new(keys)
}

fn key(id: &str, material: Secret) -> KeySet<Secret> {
    KeySet::new([Key::new(id, material)]).unwrap()
}

#[track_caller]
fn assert_url_explained(ours: CallbackUrls, theirs: &CallbackUrls, expected: &[(Cause, bool)]) -> String {
    let verifier = LeapVerifier::builder().callback_urls(ours).build().unwrap();
    let url = theirs.mint(AT, "contract-17").unwrap();
    let delivery = Delivery::from(Request::post(url.expose()).body("").unwrap());
    assert!(verifier.verify(&delivery, time(0)).is_err(), "it is accepted");
    let explanation = verifier.explain(&delivery, time(0));
    let pairs = |finding: &Finding| (finding.cause().clone(), finding.is_certain());
    let found: Vec<_> = explanation.findings().iter().map(pairs).collect();
    assert_eq!(found, expected, "{explanation}");
    explanation.to_string()
}

#[test]
fn what_is_around_the_configured_secret_is_recognised() {
    for pattern in AROUND {
        let verifier = Verifier::builder().shared_secret(HEADER, around(pattern)).tenant(TENANT);
        let verifier = verifier.build().unwrap();
        let request = |value: &str| {
            Request::post("/").header(HEADER, value).body(completed().to_string().into_bytes()).unwrap()
        };
        assert_explained(&verifier, request(SECRET), &[Cause::DecoratedKey]);
        let other = format!("Token {SECRET}");
        assert_explained(&verifier, request(&other), &[Cause::DecoratedKey, Cause::DecoratedSecret]);
    }
}

#[test]
fn what_is_around_the_configured_key_of_an_hmac_is_recognised() {
    let body = completed().to_string();
    let sent = signed(&scheme(HmacKey::text(&issued(SECRET))), body.as_bytes());
    for pattern in AROUND {
        let expected = if pattern.starts_with("whsec_") { Cause::KeyPrefix } else { Cause::DecoratedKey };
        let configured = verifying(scheme(HmacKey::text(&around(pattern))));
        assert_explained(&configured, sent.clone(), &[expected]);
    }
    let written = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let sent = signed(&scheme(HmacKey::base64(&issued(written)).unwrap()), body.as_bytes());
    let quoted = |text: &str| verifying(scheme(HmacKey::text(&issued(&format!("\"{text}\"")))));
    assert_explained(&quoted(written), sent.clone(), &[Cause::DecoratedKey, Cause::KeyForm]);
    let expected = [Cause::DecoratedKey, Cause::KeyPrefix];
    assert_explained(&quoted(&format!("whsec_{written}")), sent, &expected);
}

#[test]
fn what_is_around_the_secret_of_a_url_is_recognised_on_either_side() {
    for pattern in AROUND {
        let (ours, theirs) = (urls(around(pattern)), urls(secret(SECRET)));
        assert_url_explained(ours, &theirs, &[(Cause::DecoratedKey, true)]);
    }
    for pattern in ["\"{}\"", "'{}'", "Bearer {}", "whsec_{}"] {
        let (ours, theirs) = (urls(secret(SECRET)), urls(around(pattern)));
        assert_url_explained(ours, &theirs, &[(Cause::DecoratedMintingKey, true)]);
    }
}

#[test]
fn a_url_that_was_minted_with_another_secret_is_not_called_damaged() {
    let strangers = urls(secret("another-secret-0123456"));
    let printed = assert_url_explained(urls(secret(SECRET)), &strangers, &[(Cause::OtherSecret, false)]);
    assert!(printed.contains("compare the secret of the verifier with that of whatever minted the URL"));
}

#[test]
fn a_url_of_another_key_id_is_told_so_without_the_id() {
    let spring = || urls(key("spring", secret(SECRET)));
    let other_id = |certain| (Cause::OtherKeyId(vec!["spring".to_owned()]), certain);
    let strangers = urls(key("canary-id", secret("another-secret-0123456")));
    let printed = assert_url_explained(spring(), &strangers, &[(Cause::OtherSecret, false), other_id(false)]);
    assert!(printed.contains("`spring`") && !printed.contains("canary"), "{printed}");
    // The secret is right, and was renamed.
    assert_url_explained(spring(), &urls(key("winter", secret(SECRET))), &[other_id(true)]);
}

#[test]
fn a_url_that_was_minted_with_the_secret_of_something_else_is_recognised() {
    let verifier = builder()
        .callback_urls(countersign::signly::webhook::CallbackUrls::new(secret("another-secret-0123456")));
    let verifier = verifier.build().unwrap();
    let theirs = countersign::signly::webhook::CallbackUrls::new(secret(SECRET));
    let url = theirs.mint("https://app.example/signly", "a").unwrap();
    let request = Request::post(url.expose()).header(HEADER, SECRET);
    let request = request.body(completed().to_string().into_bytes()).unwrap();
    assert_explained(&verifier, request, &[Cause::OtherKey]);
}

#[test]
fn what_is_around_a_key_is_told_without_the_key() {
    let body = completed().to_string();
    let verifier = Verifier::builder()
        .shared_secret(HEADER, around("\"{}\""))
        .tenant(TENANT)
        .hmac(scheme(HmacKey::text(&around("Bearer {}"))));
    let verifier = verifier.build().unwrap();
    let mut request = signed(&scheme(HmacKey::text(&issued(SECRET))), body.as_bytes());
    request.headers_mut().insert(HEADER, SECRET.parse().unwrap());
    let signature = request.headers()[SIGNATURE].to_str().unwrap().to_owned();
    let explanation = verifier.explain(&request.into(), time(0));
    assert_eq!(explanation.findings().len(), 2, "{explanation}");
    for text in [explanation.to_string(), format!("{explanation:?}")] {
        assert!(!text.contains(SECRET) && !text.contains(&signature), "{text}");
    }
}
