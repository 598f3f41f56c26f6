//! Every usual mistake is made, and named again.

use super::*;
use countersign::legalesign::webhook as legalesign;
use countersign::mock::ThrowAwayKey;
use countersign::webhook::{
    Cause, Explanation, HmacKey, HmacScheme, Key, KeySet, SignatureEncoding, Tolerance,
};
use countersign::{leap, sign8};
use std::sync::LazyLock;

pub(super) static KEY: LazyLock<ThrowAwayKey> = LazyLock::new(|| ThrowAwayKey::generate().unwrap());
pub(super) const SIGNATURE: &str = "x-signature";

pub(super) fn issued(text: &str) -> Secret {
    Secret::issued(text).unwrap()
}

pub(super) fn scheme(key: HmacKey) -> HmacScheme {
    HmacScheme::new(SIGNATURE, SignatureEncoding::Base64, key).unwrap()
}

pub(super) fn stamped(key: HmacKey) -> HmacScheme {
    let tolerance = Tolerance::new(Duration::from_secs(300), Duration::from_secs(60));
    scheme(key).over_id_timestamp_and_body("webhook-id", "webhook-timestamp", tolerance).unwrap()
}

pub(super) fn text_key() -> HmacKey {
    HmacKey::text(&issued(SECRET))
}

pub(super) fn verifying(scheme: HmacScheme) -> Verifier {
    Verifier::builder().hmac(scheme).tenant(TENANT).build().unwrap()
}

/// What the provider sends, signed by `scheme` at time 0.
pub(super) fn signed(scheme: &HmacScheme, body: &[u8]) -> Request<Vec<u8>> {
    let mut request = Request::post("/callbacks").body(body.to_vec()).unwrap();
    for (name, value) in scheme.sign("msg_1", time(0), body).unwrap() {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    request
}

pub(super) fn causes(explanation: &Explanation) -> Vec<Cause> {
    explanation.findings().iter().map(|finding| finding.cause().clone()).collect()
}

#[track_caller]
pub(super) fn assert_explained(verifier: &Verifier, request: Request<Vec<u8>>, expected: &[Cause]) {
    let delivery = Delivery::from(request);
    assert!(verifier.verify(&delivery, time(0)).is_err(), "it is accepted");
    let explanation = verifier.explain(&delivery, time(0));
    assert_eq!(causes(&explanation), expected, "{explanation}");
    assert!(explanation.findings().iter().all(countersign::webhook::Finding::is_certain), "{explanation}");
}

#[test]
fn what_is_accepted_needs_no_explanation() {
    let explanation = verifier().explain(&delivery(completed().to_string()), time(0));
    assert!(explanation.rejection().is_none() && explanation.findings().is_empty());
    assert_eq!(explanation.to_string(), "accepted");
}

#[test]
fn a_body_that_was_changed_is_recognised() {
    let sent =
        r#"{"eventId": "evt_01", "type": "PROCESS_COMPLETED", "tenantId": "TENANT", "data": {"by": "É/"}}"#;
    let sent = sent.replace("TENANT", TENANT);
    let sent = sent.as_str();
    let value: Value = serde_json::from_str(sent).unwrap();
    let compact = sent.replace("\": ", "\":").replace(", \"", ",\"");
    let cases = [
        (format!("{sent}\n"), Cause::TrailingNewline),
        (format!("{sent}\r\n"), Cause::TrailingNewline),
        (format!("\u{feff}{sent}"), Cause::ByteOrderMark),
        (compact.clone(), Cause::Rewritten),
        (compact.replace('É', "\\u00c9"), Cause::Rewritten),
        (compact.replace('/', "\\/"), Cause::Rewritten),
        (sent.replace(", ", ",\n  "), Cause::Rewritten),
    ];
    let scheme = scheme(text_key());
    for (received, cause) in cases {
        let mut request = signed(&scheme, sent.as_bytes());
        *request.body_mut() = received.into_bytes();
        assert_explained(&verifying(scheme.clone()), request, &[cause]);
    }
    // The order of the members is lost here, but whoever sorts them may have been the sender.
    let mut request = signed(&scheme, value.to_string().as_bytes());
    *request.body_mut() = sent.into();
    assert_explained(&verifying(scheme), request, &[Cause::Rewritten]);
}

#[test]
fn line_breaks_that_were_translated_are_recognised() {
    let sent = serde_json::to_string_pretty(&completed()).unwrap().replace('\n', "\r\n");
    let scheme = scheme(text_key());
    let mut request = signed(&scheme, sent.as_bytes());
    *request.body_mut() = sent.replace("\r\n", "\n").into_bytes();
    assert_explained(&verifying(scheme), request, &[Cause::LineBreaks]);
}

#[test]
fn a_signature_in_another_form_is_recognised() {
    let body = completed().to_string();
    let hex = HmacScheme::new(SIGNATURE, SignatureEncoding::Hex, text_key()).unwrap();
    assert_explained(&verifying(scheme(text_key())), signed(&hex, body.as_bytes()), &[Cause::OtherEncoding]);
    let prefixed = scheme(text_key()).with_prefix("sha256=");
    let other_way = [(scheme(text_key()), prefixed.clone()), (prefixed, scheme(text_key()))];
    for (configured, sent) in other_way {
        assert_explained(&verifying(configured), signed(&sent, body.as_bytes()), &[Cause::OtherPrefix]);
    }
}

#[test]
fn a_signature_of_something_else_is_recognised() {
    let body = completed().to_string();
    let mut request = signed(&stamped(text_key()), body.as_bytes());
    assert_explained(&verifying(scheme(text_key())), request.clone(), &[Cause::OtherContent]);
    let over_body = signed(&scheme(text_key()), body.as_bytes());
    request.headers_mut().insert(SIGNATURE, over_body.headers()[SIGNATURE].clone());
    assert_explained(&verifying(stamped(text_key())), request, &[Cause::OtherContent]);
}

#[test]
fn a_key_that_was_read_in_another_way_is_recognised() {
    let body = completed().to_string();
    let written = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let right = HmacKey::base64(&issued(written)).unwrap();
    let wrong = [
        (HmacKey::text(&issued(written)), Cause::KeyForm),
        (HmacKey::text(&issued(&format!("whsec_{written}"))), Cause::KeyPrefix),
    ];
    for (key, cause) in wrong {
        assert_explained(&verifying(scheme(key)), signed(&scheme(right.clone()), body.as_bytes()), &[cause]);
    }
}

#[test]
fn a_key_of_another_time_or_place_is_recognised() {
    let body = completed().to_string();
    for key in [
        Key::new("spring", text_key()).not_after(time(0) - Duration::from_secs(1)),
        Key::new("summer", text_key()).not_before(time(1)),
    ] {
        let keys = KeySet::new([key]).unwrap();
        let configured =
            HmacScheme::new(SIGNATURE, SignatureEncoding::Base64, countersign::webhook::Keys::from(keys));
        let request = signed(&scheme(text_key()), body.as_bytes());
        assert_explained(&verifying(configured.unwrap()), request, &[Cause::KeyOutOfTime]);
    }
    // The secret of the header was used for the signature.
    let verifier = builder().hmac(scheme(HmacKey::text(&issued("another-secret-0123456")))).build().unwrap();
    let mut request = signed(&scheme(text_key()), body.as_bytes());
    request.headers_mut().insert(HEADER, SECRET.parse().unwrap());
    assert_explained(&verifier, request, &[Cause::OtherKey]);
}

#[test]
fn a_time_that_is_off_is_told_with_its_distance() {
    let scheme = stamped(text_key());
    let delivery = Delivery::from(signed(&scheme, completed().to_string().as_bytes()));
    let verifier = verifying(scheme);
    let late = verifier.explain(&delivery, time(301));
    assert_eq!(causes(&late), [Cause::TooOld(Duration::from_secs(301))]);
    let early = verifier.explain(&delivery, time(0) - Duration::from_secs(61));
    assert_eq!(causes(&early), [Cause::FromTheFuture(Duration::from_secs(61))]);
}

#[test]
fn two_mistakes_at_once_are_both_named() {
    let hex = HmacScheme::new(SIGNATURE, SignatureEncoding::Hex, text_key()).unwrap();
    let body = completed().to_string();
    let mut request = signed(&hex, body.as_bytes());
    *request.body_mut() = format!("{body}\n").into_bytes();
    let expected = [Cause::TrailingNewline, Cause::OtherEncoding];
    assert_explained(&verifying(scheme(text_key())), request, &expected);
}

#[test]
fn headers_that_are_missing_or_there_twice_are_named() {
    let scheme = stamped(text_key());
    let name = http::HeaderName::from_static;
    for header in [SIGNATURE, "webhook-id", "webhook-timestamp"] {
        let mut request = signed(&scheme, completed().to_string().as_bytes());
        let value = request.headers_mut().remove(header).unwrap();
        assert_explained(&verifying(scheme.clone()), request.clone(), &[Cause::MissingHeader(name(header))]);
        request.headers_mut().append(header, value.clone());
        request.headers_mut().append(header, value);
        assert_explained(&verifying(scheme.clone()), request, &[Cause::DuplicateHeader(name(header))]);
    }
}

#[test]
fn a_secret_that_came_otherwise_is_recognised() {
    let carrying = |header: &str, value: &str| {
        Request::post("/").header(header, value).body(completed().to_string().into_bytes()).unwrap()
    };
    let name = http::HeaderName::from_static;
    let cases = [
        (HEADER, format!("Bearer {SECRET}"), vec![Cause::DecoratedSecret]),
        (HEADER, format!("\"{SECRET}\""), vec![Cause::DecoratedSecret]),
        (
            "x-other",
            SECRET.to_owned(),
            vec![Cause::MissingHeader(name("x-client-auth")), Cause::OtherHeader(name("x-other"))],
        ),
    ];
    for (header, value, expected) in cases {
        assert_explained(&verifier(), carrying(header, &value), &expected);
    }
}

#[test]
fn somebody_elses_callback_is_recognised() {
    let body = changed(json!({ "tenantId": "another" })).to_string();
    assert_explained(
        &verifier(),
        Request::post("/").header(HEADER, SECRET).body(body.into_bytes()).unwrap(),
        &[Cause::WrongAudience(vec![TENANT.to_owned()])],
    );
}

#[test]
fn whom_the_verifier_expects_is_told_and_not_whom_the_callback_names() {
    let body = changed(json!({ "tenantId": "canary\r\nanother" })).to_string();
    let others = ["b", "c", "d", "e", "f", "g"];
    let verifier = others.into_iter().fold(builder(), VerifierBuilder::tenant).build().unwrap();
    let printed = verifier.explain(&delivery(body), time(0)).to_string();
    let expected = format!(
        "the verifier expects `{TENANT}`, `b`, `c`, `d`, `e` and 2 more, and the callback names another;"
    );
    assert!(printed.contains(&expected), "{printed}");
    assert!(!printed.contains("canary"), "{printed}");
}

pub(super) fn findings(explanation: &Explanation) -> Vec<(Cause, bool)> {
    explanation.findings().iter().map(|found| (found.cause().clone(), found.is_certain())).collect()
}

/// No key that is configured has signed it.
pub(super) fn unknown_key() -> (Cause, bool) {
    (Cause::UnknownKey(vec!["default".to_owned()]), false)
}

#[test]
fn what_does_not_fit_is_only_called_likely_and_comes_before_the_key() {
    let mut request = signed(&scheme(HmacKey::text(&issued("another-secret-0123456"))), b"{}");
    for (name, value, cause) in
        [("content-length", "7", Cause::OtherLength), ("content-encoding", "gzip", Cause::Decompressed)]
    {
        request.headers_mut().insert(name, value.parse().unwrap());
        let explanation = verifying(scheme(text_key())).explain(&request.clone().into(), time(0));
        assert_eq!(findings(&explanation), [(cause, false), unknown_key()], "{explanation}");
    }
}

#[test]
fn a_wrong_key_is_not_explained_away() {
    let request = signed(&scheme(HmacKey::text(&issued("another-secret-0123456"))), b"{}");
    let explanation = verifying(scheme(text_key())).explain(&request.into(), time(0));
    assert_eq!(findings(&explanation), [unknown_key()]);
    let printed = explanation.to_string();
    assert!(printed.contains("by none of the keys that are configured, which are `default`"), "{printed}");
    assert!(printed.contains("none of the usual mistakes"), "{printed}");
}

/// Hexadecimal digits with something before each byte.
fn hex(bytes: &[u8], before: &str) -> String {
    bytes.iter().fold(String::new(), |digits, byte| digits + &format!("{before}{byte:02X}"))
}

/// As a form, with everything encoded.
pub(super) fn encoded(fields: &[(&str, &str)]) -> Vec<u8> {
    let encoder = fields.iter().map(|(name, value)| format!("{name}={}", hex(value.as_bytes(), "%")));
    encoder.collect::<Vec<_>>().join("&").into_bytes()
}

#[track_caller]
fn assert_form_explained(pinned: countersign::webhook::RsaKey, body: Vec<u8>, expected: &[Cause]) {
    let verifier = legalesign::Verifier::builder().certificate(pinned).group("my-group").build().unwrap();
    let delivery = Delivery::from(Request::post("/").body(body).unwrap());
    assert!(verifier.verify(&delivery, time(0)).is_err(), "it is accepted");
    let explanation = verifier.explain(&delivery, time(0));
    assert_eq!(causes(&explanation), expected, "{explanation}");
}

#[test]
fn a_form_that_was_treated_wrongly_is_recognised() {
    let data = r#"[{"value": "30", "name": "status", "note": "50%25+2"}]"#;
    let signature = KEY.sign_sha1(data.as_bytes());
    let pinned = || KEY.pinned().unwrap();
    let form = |data: &str, signature: &str| encoded(&[("data", data), ("signed", signature)]);
    let url_encoded = |text: &str| String::from_utf8(encoded(&[("x", text)])).unwrap()[2..].to_owned();
    let compact = data.replace(": ", ":").replace(", ", ",");
    let digits: String = {
        use base64::Engine as _;
        let bytes = base64::engine::general_purpose::STANDARD.decode(&signature).unwrap();
        hex(&bytes, "")
    };
    let sha256 = KEY.sign_sha256(data.as_bytes());
    let cases = [
        (form(&compact, &signature), vec![Cause::Rewritten]),
        (form(&url_encoded(data), &signature), vec![Cause::EncodedTwice]),
        (format!("data={data}&signed={signature}").into_bytes(), vec![Cause::DecodedForm]),
        (form(data, &digits), vec![Cause::OtherEncoding]),
        (form(data, &sha256), vec![Cause::StrongerDigest]),
        (encoded(&[("data", data)]), vec![Cause::MissingSignature]),
    ];
    for (body, expected) in cases {
        assert_form_explained(pinned(), body, &expected);
    }
}

#[test]
fn a_key_for_the_other_digest_is_recognised() {
    let key = countersign::webhook::RsaKey::from_certificate(KEY.certificate()).unwrap();
    let body = encoded(&[("data", "[]"), ("signed", &KEY.sign_sha1(b"[]"))]);
    assert_form_explained(key, body, &[Cause::OtherDigest]);
}

#[test]
fn an_expired_certificate_is_recognised_where_that_counts() {
    let old = ThrowAwayKey::valid_from(SystemTime::UNIX_EPOCH).unwrap();
    let body = encoded(&[("data", "[]"), ("signed", &old.sign_sha1(b"[]"))]);
    assert_form_explained(old.pinned().unwrap().enforcing_validity(), body, &[Cause::CertificateOutOfTime]);
}

#[test]
fn a_kind_that_is_not_signed_is_called_so() {
    let realtime =
        r#"{"object":"document","event":"created","data":{"groupResourceUri":"/api/v1/group/my-group/"}}"#;
    let plain = "resource_uri=/api/v1/document/d1/&group=/api/v1/group/my-group/&uuid=d1";
    for body in [realtime, plain] {
        assert_form_explained(KEY.pinned().unwrap(), body.into(), &[Cause::UnsignedKind]);
    }
}

#[test]
fn an_address_that_is_not_ours_is_explained() {
    let urls = leap::webhook::CallbackUrls::new(secret(SECRET));
    let others = sign8::webhook::CallbackUrls::new(secret(SECRET));
    let strangers = leap::webhook::CallbackUrls::new(secret("another-secret-0123456"));
    let at = "https://app.example/leap";
    let url = urls.mint(at, "contract-17").unwrap();
    let url = url.expose();
    let cases = [
        (at.to_owned(), Cause::MissingToken, true),
        (format!("{url}/more"), Cause::PathAfterToken, true),
        (url.replace("cs1.", "cs1%2E"), Cause::BrokenToken, true),
        (url[..url.len() - 9].to_owned(), Cause::BrokenToken, true),
        (format!("{url}{}", &url[at.len()..]), Cause::SeveralTokens, true),
        (others.mint(at, "contract-17").unwrap().expose().to_owned(), Cause::TokenOfOtherProvider, true),
        (urls.mint_until(at, "contract-17", time(0)).unwrap().expose().to_owned(), Cause::ExpiredToken, true),
        (strangers.mint(at, "contract-17").unwrap().expose().to_owned(), Cause::OtherSecret, false),
    ];
    let verifier = leap::webhook::Verifier::builder().callback_urls(urls).build().unwrap();
    for (address, cause, certain) in cases {
        let delivery = Delivery::from(Request::post(address).body("").unwrap());
        assert!(verifier.verify(&delivery, time(0)).is_err());
        let explanation = verifier.explain(&delivery, time(0));
        let found: Vec<_> =
            explanation.findings().iter().map(|found| (found.cause(), found.is_certain())).collect();
        assert_eq!(found, [(&cause, certain)], "{explanation}");
    }
}

#[test]
fn an_explanation_tells_no_secret_and_nothing_that_came() {
    let body = changed(json!({ "data": { "email": EMAIL } })).to_string();
    let right = signed(&scheme(text_key()), body.as_bytes());
    let signature = right.headers()[SIGNATURE].to_str().unwrap().to_owned();
    let mut rewritten = right;
    *rewritten.body_mut() = format!("{body}\n").into_bytes();
    let wrong_key = verifying(scheme(HmacKey::text(&issued("another-secret-0123456"))));
    for verifier in [verifying(scheme(text_key())), wrong_key] {
        let explanation = verifier.explain(&Delivery::from(rewritten.clone()), time(0));
        for text in [explanation.to_string(), format!("{explanation:?}")] {
            for canary in [EMAIL, SECRET, signature.as_str(), "another-secret"] {
                assert!(!text.contains(canary), "{text}");
            }
        }
    }
}

#[test]
fn a_time_that_is_off_is_only_likely_if_the_signature_is_wrong_too() {
    let sent = stamped(HmacKey::text(&issued("another-secret-0123456")));
    let delivery = Delivery::from(signed(&sent, completed().to_string().as_bytes()));
    let explanation = verifying(stamped(text_key())).explain(&delivery, time(301));
    let too_old = (Cause::TooOld(Duration::from_secs(301)), false);
    assert_eq!(findings(&explanation), [too_old, unknown_key()]);
}

#[test]
fn what_is_proved_too_weakly_is_told_so() {
    let urls = legalesign::CallbackUrls::new(secret(SECRET));
    let url = urls.mint("https://app.example/legalesign", "realtime").unwrap();
    let builder = legalesign::Verifier::builder().certificate(KEY.pinned().unwrap()).callback_urls(urls);
    let verifier = builder.group("my-group").build().unwrap();
    let body =
        r#"{"object":"document","event":"created","data":{"groupResourceUri":"/api/v1/group/my-group/"}}"#;
    let delivery = Delivery::from(Request::post(url.expose()).body(body).unwrap());
    assert_eq!(verifier.verify(&delivery, time(0)).unwrap_err().reason(), Reason::TooWeak);
    assert_eq!(causes(&verifier.explain(&delivery, time(0))), [Cause::TooWeak]);
}

#[test]
fn the_url_of_another_organisation_is_somebody_elses_callback() {
    let urls = sign8::webhook::CallbackUrls::new(secret(SECRET));
    let url = urls.mint("https://app.example/sign8", "org-7").unwrap();
    let builder = sign8::webhook::Verifier::builder().callback_urls(urls);
    let verifier = builder.organisation("org-7").organisation("org-8").build().unwrap();
    let request = Request::post(format!("{}/api/workflow/workflowRefused", url.expose()));
    let delivery = Delivery::from(request.header("organisation_id", "org-8").body("").unwrap());
    assert_eq!(verifier.verify(&delivery, time(0)).unwrap_err().reason(), Reason::WrongAudience);
    assert_eq!(causes(&verifier.explain(&delivery, time(0))), [Cause::OtherAddressee]);
}

#[test]
fn an_id_that_could_end_elsewhere_is_named() {
    let scheme = stamped(text_key());
    let mut request = signed(&scheme, completed().to_string().as_bytes());
    request.headers_mut().insert("webhook-id", "msg.1".parse().unwrap());
    assert_explained(&verifying(scheme), request, &[Cause::AmbiguousId]);
}
