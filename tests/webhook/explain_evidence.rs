//! What speaks for a cause, which comes first, and how much is tried.

use super::explain::{
    KEY, SIGNATURE, assert_explained, encoded, findings, scheme, signed, stamped, text_key, unknown_key,
    verifying,
};
use super::*;
use countersign::legalesign::webhook as legalesign;
use countersign::webhook::{Cause, Key, KeySet, RsaKey};
use countersign::{leap, sign8};
use http::HeaderName;

const GZIP: &[u8] = b"\x1f\x8b\x08\x00 is how it begins";
const CHANGES: &str = r#"[{"timestamp": "2026-03-02T10:11:12", "name": "status", "value": "30"}]"#;

fn carrying(secret: &str) -> Request<Vec<u8>> {
    Request::post("/").header(HEADER, secret).body(completed().to_string().into_bytes()).unwrap()
}

fn ids<const N: usize>(ids: [&str; N]) -> Vec<String> {
    ids.map(str::to_owned).to_vec()
}

#[test]
fn a_plainly_wrong_secret_is_called_so_with_the_keys_that_were_tried() {
    assert_explained(&verifier(), carrying("something-else"), &[Cause::UnknownSecret(ids(["default"]))]);
    let keys = ["spring", "summer"].map(|id| Key::new(id, secret(&format!("{SECRET}-{id}"))));
    let verifier =
        Verifier::builder().shared_secret(HEADER, KeySet::new(keys).unwrap()).tenant(TENANT).build();
    let explanation = verifier.unwrap().explain(&carrying(SECRET).into(), time(0));
    let printed = explanation.to_string();
    assert!(printed.contains("none of those that are configured, which are `spring`, `summer`"), "{printed}");
    assert!(!printed.contains(SECRET), "{printed}");
}

#[test]
fn values_that_a_proxy_has_joined_are_taken_apart() {
    let name = HeaderName::from_static;
    for joined in [format!("{SECRET}, {SECRET}"), format!("{SECRET},other"), format!("other , {SECRET}")] {
        assert_explained(&verifier(), carrying(&joined), &[Cause::JoinedHeader(name("x-client-auth"))]);
    }
    let body = completed().to_string();
    let join = |request: &mut Request<Vec<u8>>, header: &'static str| {
        let value = request.headers()[header].to_str().unwrap().to_owned();
        request.headers_mut().insert(header, format!("{value}, {value}").parse().unwrap());
    };
    let all = [SIGNATURE, "webhook-id", "webhook-timestamp"];
    for joined in [&all[..1], &all[1..2], &all[2..], &all[1..], &all] {
        let mut request = signed(&stamped(text_key()), body.as_bytes());
        for header in joined {
            join(&mut request, header);
        }
        // Those that are signed come first.
        let mut expected: Vec<_> = joined.iter().map(|header| Cause::JoinedHeader(name(header))).collect();
        if joined.len() == 3 {
            expected.rotate_left(1);
        }
        assert_explained(&verifying(stamped(text_key())), request, &expected);
    }
    let notice = r#"{"uuid": "d1", "group": "/api/v1/group/my-group/"}"#;
    let signature = KEY.sign_sha1(notice.as_bytes());
    let request = Request::post("/").header("x-signed", format!("{signature}, {signature}"));
    let request = request.body(encoded(&[("json_signed", notice)])).unwrap();
    let pinned = legalesign::Verifier::builder().certificate(KEY.pinned().unwrap()).group("my-group");
    let explanation = pinned.build().unwrap().explain(&request.into(), time(0));
    assert_eq!(findings(&explanation), [(Cause::JoinedHeader(name("x-signed")), true)], "{explanation}");
}

#[test]
fn a_body_that_is_compressed_is_called_so() {
    let pinned = legalesign::Verifier::builder().certificate(KEY.pinned().unwrap()).group("my-group");
    let pinned = pinned.build().unwrap();
    for coding in [Some("gzip"), None] {
        let with_coding = |mut request: Request<Vec<u8>>| {
            if let Some(coding) = coding {
                request.headers_mut().insert("content-encoding", coding.parse().unwrap());
            }
            *request.body_mut() = GZIP.to_vec();
            request
        };
        assert_explained(&verifier(), with_coding(carrying(SECRET)), &[Cause::Compressed]);
        // What was signed may be what came, so the key may be another one all the same.
        let request = with_coding(signed(&scheme(text_key()), completed().to_string().as_bytes()));
        let explanation = verifying(scheme(text_key())).explain(&request.into(), time(0));
        assert_eq!(findings(&explanation), [(Cause::Compressed, false), unknown_key()], "{explanation}");
        let form = with_coding(Request::post("/").body(Vec::new()).unwrap());
        let explanation = pinned.explain(&form.into(), time(0));
        assert_eq!(findings(&explanation), [(Cause::Compressed, true)], "{explanation}");
    }
    // Another coding has no beginning that is known.
    let mut request = carrying(SECRET);
    *request.body_mut() = b"\x8b\x02\x80 is how it begins".to_vec();
    request.headers_mut().insert("content-encoding", "br".parse().unwrap());
    assert_explained(&verifier(), request, &[Cause::Compressed]);
}

#[test]
fn a_byte_order_mark_is_recognised_where_nothing_is_signed() {
    let mut request = carrying(SECRET);
    request.body_mut().splice(..0, *b"\xef\xbb\xbf");
    assert_explained(&verifier(), request.clone(), &[Cause::ByteOrderMark]);
    // Not if there is more that is wrong.
    *request.body_mut() = b"\xef\xbb\xbf{".to_vec();
    assert_explained(&verifier(), request, &[Cause::UnreadableBody]);

    let mut form = encoded(&[("data", CHANGES), ("signed", &KEY.sign_sha1(CHANGES.as_bytes()))]);
    form.splice(..0, *b"\xef\xbb\xbf");
    let pinned = legalesign::Verifier::builder().certificate(KEY.pinned().unwrap()).group("my-group");
    let explanation =
        pinned.build().unwrap().explain(&Request::post("/").body(form).unwrap().into(), time(0));
    assert_eq!(findings(&explanation), [(Cause::ByteOrderMark, true)], "{explanation}");
}

#[test]
fn json_that_is_cut_off_is_blamed_before_the_key() {
    let body = completed().to_string();
    let mut request = signed(&scheme(text_key()), body.as_bytes());
    request.body_mut().truncate(body.len() - 7);
    let explanation = verifying(scheme(text_key())).explain(&request.into(), time(0));
    assert_eq!(findings(&explanation), [(Cause::BrokenJson, false), unknown_key()], "{explanation}");
}

/// The key makes its own signature readable, whatever was signed.
#[test]
fn signed_data_that_was_changed_is_told_from_another_key() {
    let pinned = KEY.pinned().unwrap();
    let bare = RsaKey::from_public_key(KEY.public_key()).unwrap();
    let altered = CHANGES.replace("30", "40");
    let (sha1, sha256) = (KEY.sign_sha1(CHANGES.as_bytes()), KEY.sign_sha256(CHANGES.as_bytes()));
    let stranger = countersign::mock::ThrowAwayKey::generate().unwrap().sign_sha1(altered.as_bytes());
    let (changed, certain) = (Cause::ChangedPayload, true);
    let cases = [
        (&pinned, &sha1, vec![(changed.clone(), certain)]),
        (&pinned, &sha256, vec![(changed.clone(), certain), (Cause::StrongerDigest, certain)]),
        (&bare, &sha1, vec![(changed.clone(), certain), (Cause::OtherDigest, certain)]),
        (&bare, &sha256, vec![(changed, certain)]),
        (&bare, &stranger, vec![]),
    ];
    for (key, signature, expected) in cases {
        let verifier =
            legalesign::Verifier::builder().certificate(key.clone()).group("my-group").build().unwrap();
        let request = Request::post("/").body(encoded(&[("data", &altered), ("signed", signature)])).unwrap();
        let explanation = verifier.explain(&request.into(), time(0));
        assert_eq!(findings(&explanation), expected, "{explanation}");
        assert!(explanation.findings().iter().all(|finding| finding.key_id() == Some("default")));
    }
}

/// Accepting SHA-1 is advised to those whose provider signs with it, and to nobody else.
#[test]
fn sha1_is_not_advised_where_the_signature_is_better() {
    for (signature, key, is_advised) in [
        (KEY.sign_sha256(CHANGES.as_bytes()), KEY.pinned().unwrap(), false),
        (KEY.sign_sha1(CHANGES.as_bytes()), RsaKey::from_certificate(KEY.certificate()).unwrap(), true),
    ] {
        let verifier = legalesign::Verifier::builder().certificate(key).group("my-group").build().unwrap();
        let request = Request::post("/").body(encoded(&[("data", CHANGES), ("signed", &signature)])).unwrap();
        let printed = verifier.explain(&request.into(), time(0)).to_string();
        assert_eq!(printed.contains("accept SHA-1"), is_advised, "{printed}");
        assert_eq!(printed.contains("accept SHA-256"), !is_advised, "{printed}");
    }
}

#[test]
fn whoever_is_not_expected_is_named_as_the_cause_with_each_provider() {
    let expected = |name: &str| [(Cause::WrongAudience(ids([name])), true)];
    let of_signly = changed(json!({ "tenantId": "another" })).to_string();
    let request = Request::post("/").header(HEADER, SECRET).body(of_signly.clone()).unwrap();
    assert_eq!(findings(&verifier().explain(&request.into(), time(0))), expected(TENANT));
    let request = signed(&scheme(text_key()), of_signly.as_bytes());
    assert_eq!(findings(&verifying(scheme(text_key())).explain(&request.into(), time(0))), expected(TENANT));

    let urls = sign8::webhook::CallbackUrls::new(secret(SECRET));
    let url = urls.mint("https://app.example/sign8", "installation").unwrap();
    let request = Request::post(format!("{}/api/workflow/workflowRefused", url.expose()));
    let request = request.header("organisation_id", "another").body("").unwrap();
    let sign8 =
        sign8::webhook::Verifier::builder().callback_urls(urls).organisation("org-7").build().unwrap();
    assert_eq!(findings(&sign8.explain(&request.into(), time(0))), expected("org-7"));

    let urls = legalesign::CallbackUrls::new(secret(SECRET));
    let url = urls.mint("https://app.example/legalesign", "realtime").unwrap();
    let by_url = legalesign::Verifier::builder().callback_urls(urls).group("my-group").build().unwrap();
    let notice = r#"{"uuid": "d1", "group": "/api/v1/group/another/"}"#;
    let realtime =
        r#"{"object":"document","event":"created","data":{"groupResourceUri":"/api/v1/group/another/"}}"#;
    let plain = "uuid=d1&group=/api/v1/group/another/";
    for body in [realtime, plain] {
        let request = Request::post(url.expose()).body(body).unwrap();
        assert_eq!(findings(&by_url.explain(&request.into(), time(0))), expected("my-group"));
    }
    let pinned = legalesign::Verifier::builder().certificate(KEY.pinned().unwrap()).group("my-group");
    let request = Request::post("/").header("x-signed", KEY.sign_sha1(notice.as_bytes()));
    let request = request.body(encoded(&[("json_signed", notice)])).unwrap();
    let explanation = pinned.build().unwrap().explain(&request.into(), time(0));
    assert_eq!(findings(&explanation), expected("my-group"));
    // Leap names nobody: there is no tenant to be wrong.
    let urls = leap::webhook::CallbackUrls::new(secret(SECRET));
    assert!(leap::webhook::Verifier::builder().callback_urls(urls).build().is_ok());
}

#[test]
fn no_more_is_tried_than_takes_a_moment() {
    let key = KEY.pinned().unwrap();
    let explained = |number: usize| {
        let keys = (0..number).map(|number| Key::new(format!("key-{number}"), key.clone()));
        let keys = KeySet::new(keys).unwrap();
        let verifier = legalesign::Verifier::builder().certificate(keys).group("my-group").build().unwrap();
        // As long as a signature, and by nobody.
        let signature = "A".repeat(342) + "==";
        let request = Request::post("/").body(encoded(&[("data", CHANGES), ("signed", &signature)])).unwrap();
        verifier.explain(&request.into(), time(0))
    };
    for (number, is_complete) in [(1, true), (100, false)] {
        let explanation = explained(number);
        assert_eq!(explanation.is_complete(), is_complete, "{explanation}");
        assert_eq!(explanation.to_string().contains("not all were tried"), !is_complete, "{explanation}");
        assert_eq!(explanation.findings().len(), number, "each certificate is there to be compared");
    }
}
