//! Forms that a framework or a proxy has touched, and certificates that are others'.

use super::explain::{KEY, causes, encoded};
use super::*;
use countersign::legalesign::webhook::{CallbackUrls, Verifier, VerifierBuilder};
use countersign::mock::ThrowAwayKey;
use countersign::webhook::{Assurance, Cause, Explanation, Finding, KeySet, RsaKey};
use http::HeaderName;

const CHANGES: &str =
    r#"[{"timestamp": "2026-03-02T10:11:12", "name": "status", "value": "30", "note": "é"}]"#;
const NOTICE: &str =
    r#"{"resource_uri": "/api/v1/document/d1/", "uuid": "d1", "group": "/api/v1/group/my-group/"}"#;

fn pinned() -> VerifierBuilder {
    Verifier::builder().certificate(KEY.pinned().unwrap()).group("my-group")
}

fn posting(body: impl Into<Vec<u8>>) -> Request<Vec<u8>> {
    Request::post("/callbacks").body(body.into()).unwrap()
}

#[track_caller]
fn explained(verifier: &Verifier, request: Request<Vec<u8>>) -> Explanation {
    let delivery = Delivery::from(request);
    assert!(verifier.verify(&delivery, time(0)).is_err(), "it is accepted");
    let explanation = verifier.explain(&delivery, time(0));
    let printed = explanation.to_string();
    assert!(!printed.contains("lower assurance"), "{printed}");
    explanation
}

fn findings(explanation: &Explanation) -> Vec<(Cause, bool)> {
    explanation.findings().iter().map(|found| (found.cause().clone(), found.is_certain())).collect()
}

#[test]
fn a_form_that_came_as_json_is_recognised_for_certain_by_its_signature() {
    let verifier = pinned().build().unwrap();
    let (of_changes, of_notice) = (KEY.sign_sha1(CHANGES.as_bytes()), KEY.sign_sha1(NOTICE.as_bytes()));
    let with_header = |body: String| {
        let mut request = posting(body);
        request.headers_mut().insert("x-signed", of_notice.parse().unwrap());
        request
    };
    let requests = [
        posting(json!({ "data": CHANGES, "signed": of_changes }).to_string()),
        posting(format!("\u{feff} {}", json!({ "data": [CHANGES], "signed": [of_changes] }))),
        with_header(json!({ "json_signed": NOTICE }).to_string()),
        with_header(json!({ "json_signed": [NOTICE], "other": 1 }).to_string()),
        with_header(NOTICE.to_owned()),
    ];
    for request in requests {
        let explanation = explained(&verifier, request);
        assert_eq!(findings(&explanation), [(Cause::FormAsJson, true)], "{explanation}");
        assert_eq!(explanation.findings()[0].key_id(), Some("default"));
        assert!(explanation.to_string().contains("hand over the bytes as they came"));
    }
}

#[test]
fn a_form_that_came_as_json_is_likely_one_without_its_signature() {
    let bodies = [
        json!({ "data": CHANGES, "signed": KEY.sign_sha1(b"something else") }).to_string(),
        json!({ "data": CHANGES }).to_string(),
        json!({ "data": [{ "timestamp": "2026-03-02T10:11:12" }], "signed": "AAAA" }).to_string(),
        CHANGES.to_owned(),
        format!("\r\n{CHANGES}"),
        "[]".to_owned(),
        NOTICE.to_owned(),
        format!("{{'data': '{CHANGES}', 'signed': 'AAAA'}}"),
        json!({ "data": CHANGES, "signed": "AAAA" }).to_string().replace('}', ""),
    ];
    for body in bodies {
        let explanation = explained(&pinned().build().unwrap(), posting(body));
        assert_eq!(findings(&explanation), [(Cause::FormAsJson, false)], "{explanation}");
    }
}

#[test]
fn no_other_proof_makes_less_of_a_form_that_came_as_json() {
    let urls = CallbackUrls::new(secret(SECRET));
    let url = urls.mint("https://app.example/legalesign", "realtime").unwrap();
    let builder = pinned().callback_urls(urls);
    let verifiers =
        [builder.clone().build().unwrap(), builder.least_assurance(Assurance::Sender).build().unwrap()];
    for verifier in verifiers {
        for body in [json!({ "data": CHANGES, "signed": "AAAA" }).to_string(), CHANGES.to_owned()] {
            let request = Request::post(url.expose()).body(body.into_bytes()).unwrap();
            let explanation = explained(&verifier, request);
            assert_eq!(findings(&explanation), [(Cause::FormAsJson, false)], "{explanation}");
        }
    }
}

#[test]
fn what_is_json_anyway_is_no_form() {
    let realtime =
        r#"{"object":"document","event":"created","data":{"groupResourceUri":"/api/v1/group/my-group/"}}"#;
    let explanation = pinned().build().unwrap().explain(&posting(realtime).into(), time(0));
    assert_eq!(causes(&explanation), [Cause::UnsignedKind], "{explanation}");
}

#[test]
fn a_signature_in_a_header_is_missing_there() {
    let name = HeaderName::from_static("x-signed");
    let mut request = posting(encoded(&[("json_signed", NOTICE)]));
    let verifier = pinned().build().unwrap();
    let explanation = explained(&verifier, request.clone());
    assert_eq!(findings(&explanation), [(Cause::MissingHeader(name.clone()), true)], "{explanation}");

    let as_json = explained(&verifier, posting(json!({ "json_signed": NOTICE }).to_string()));
    let expected = [(Cause::MissingHeader(name.clone()), true), (Cause::FormAsJson, false)];
    assert_eq!(findings(&as_json), expected, "{as_json}");

    for _ in 0..2 {
        request.headers_mut().append("x-signed", KEY.sign_sha1(NOTICE.as_bytes()).parse().unwrap());
    }
    let explanation = explained(&verifier, request);
    assert_eq!(findings(&explanation), [(Cause::DuplicateHeader(name), true)], "{explanation}");
}

/// A certificate that begins with 1970, and ends ten years of 365 days later.
static OLD: std::sync::LazyLock<RsaKey> =
    std::sync::LazyLock::new(|| ThrowAwayKey::valid_from(SystemTime::UNIX_EPOCH).unwrap().pinned().unwrap());

fn with_colons(digits: &str) -> String {
    let pairs = digits.as_bytes().chunks(2).map(|pair| String::from_utf8_lossy(pair).to_uppercase());
    pairs.collect::<Vec<_>>().join(":")
}

#[test]
fn the_certificate_to_compare_is_told() {
    let verifier = Verifier::builder().certificate(OLD.clone()).group("my-group").build().unwrap();
    let body = encoded(&[("data", CHANGES), ("signed", &KEY.sign_sha1(CHANGES.as_bytes()))]);
    let explanation = explained(&verifier, posting(body.clone()));
    let certificate = OLD.certificate().unwrap();
    let (fingerprint, not_after) = (certificate.fingerprint(), certificate.not_after());
    let expected = Cause::OtherCertificate { fingerprint: fingerprint.clone(), not_after };
    assert_eq!(findings(&explanation), [(expected, false)], "{explanation}");
    let printed = explanation.to_string();
    let told = format!("{}, valid until 1979-12-30T00:00:00Z (key `default`);", with_colons(&fingerprint));
    assert!(printed.contains(&told) && printed.contains("-fingerprint -sha256"), "{printed}");

    // What else is found explains it better.
    let mut shorter = posting(body);
    shorter.headers_mut().insert("content-length", "7".parse().unwrap());
    assert_eq!(causes(&explained(&verifier, shorter)), [Cause::OtherLength]);
    // Whom it names does not.
    let notice = NOTICE.replace("my-group", "another");
    let mut request = posting(encoded(&[("json_signed", &notice)]));
    request.headers_mut().insert("x-signed", KEY.sign_sha1(notice.as_bytes()).parse().unwrap());
    let explanation = explained(&verifier, request);
    let [Cause::WrongAudience(_), Cause::OtherCertificate { .. }] = causes(&explanation)[..] else {
        panic!("{explanation}");
    };
}

#[test]
fn each_certificate_is_told_and_bare_keys_are_not() {
    let keys = KeySet::new([
        countersign::webhook::Key::new("spring", OLD.clone()),
        countersign::webhook::Key::new(
            "bare",
            RsaKey::from_public_key(KEY.public_key()).unwrap().legacy_sha1().unwrap(),
        ),
        countersign::webhook::Key::new("summer", OLD.clone().enforcing_validity()),
    ]);
    let verifier = Verifier::builder().certificate(keys.unwrap()).group("my-group").build().unwrap();
    let stranger = ThrowAwayKey::generate().unwrap().sign_sha1(CHANGES.as_bytes());
    let explanation = explained(&verifier, posting(encoded(&[("data", CHANGES), ("signed", &stranger)])));
    let ids: Vec<_> = explanation.findings().iter().map(Finding::key_id).collect();
    assert_eq!(ids, [Some("spring"), Some("summer")], "{explanation}");

    // A signature that cannot be read says nothing of the key.
    let explanation = explained(&verifier, posting(encoded(&[("data", CHANGES), ("signed", "AAA")])));
    assert!(explanation.findings().is_empty(), "{explanation}");
}
