//! Callbacks that were signed by OpenSSL's command line and put into forms by Python: see `fixtures/callbacks/make.sh`.

use super::*;
use base64::Engine as _;
use bytes::Bytes;
use countersign::legalesign::webhook::Change;
use countersign::legalesign::{DocumentStatus, SignerStatus};
use countersign::webhook::{Assurance, Audience, RsaKey};

macro_rules! text {
    ($name:literal) => {
        include_str!(concat!("../../fixtures/callbacks/", $name))
    };
}

fn verifiers() -> [Verifier; 3] {
    let keys = [
        RsaKey::from_certificate(text!("legalesign.v1.pem")),
        RsaKey::from_certificate(text!("legalesign.v3.pem")),
        RsaKey::from_public_key(text!("rsa-4096.public.pem")),
    ];
    keys.map(|key| {
        Verifier::builder().certificate(key.unwrap().legacy_sha1().unwrap()).group(GROUP).build().unwrap()
    })
}

/// Whatever proves it, the payload is what was signed, byte for byte.
#[track_caller]
fn assert_payload(delivery: &Delivery, payload: &str, audience: Audience) {
    for verifier in verifiers() {
        let verified = outcome(&verifier, delivery).unwrap();
        assert_eq!(
            (verified.payload(), verified.body()),
            (&Bytes::copy_from_slice(payload.as_bytes()), delivery.body())
        );
        assert_eq!((verified.assurance(), verified.audience()), (Assurance::Payload, audience));
    }
}

fn typed(content_type: &str) -> http::request::Builder {
    Request::post("/callbacks").header("content-type", content_type.trim_end())
}

#[test]
fn the_list_is_proved_in_either_form() {
    let urlencoded = text!("changes.urlencoded");
    for content_type in
        ["application/x-www-form-urlencoded", "application/octet-stream", "application/json", ""]
    {
        let request = typed(content_type).body(urlencoded).unwrap();
        assert_payload(&request.into(), text!("changes.json"), Audience::NotNamed);
    }
    assert_payload(&posted(urlencoded), text!("changes.json"), Audience::NotNamed);
    let multipart = text!("changes.multipart");
    let request = typed(text!("changes.multipart.content-type")).body(multipart).unwrap();
    assert_payload(&request.into(), text!("changes.json"), Audience::NotNamed);
}

#[test]
fn a_notice_is_proved_in_either_form() {
    let signature = text!("notice.x-signed").trim_end();
    let urlencoded =
        Request::post("/callbacks").header("x-signed", signature).body(text!("notice.urlencoded"));
    assert_payload(&urlencoded.unwrap().into(), text!("notice.json"), Audience::Matched);
    let multipart = text!("notice.multipart");
    let request = typed(text!("notice.multipart.content-type")).header("X-Signed", signature);
    assert_payload(&request.body(multipart).unwrap().into(), text!("notice.json"), Audience::Matched);
}

#[test]
fn what_was_signed_is_read() {
    let [verifier, ..] = verifiers();
    let event = outcome(&verifier, &posted(text!("changes.urlencoded"))).unwrap().into_event();
    let Event::Changes(changes) = event else { panic!("{event:?}") };
    let [first, second] = &*changes else { panic!("{changes:?}") };
    assert_eq!(first.change, Change::Signer { id: "5f0c1d1e".into(), status: SignerStatus::Signed });
    assert_eq!(first.at.as_ref().map(ToString::to_string).as_deref(), Some("2018-03-20T07:09:52"));
    assert_eq!(
        second.change,
        Change::Document { id: "0b6f2a9c".into(), status: DocumentStatus::FinalPdfReady }
    );
}

/// The list with `signed` written in another way.
fn with_signature(written: &str) -> Delivery {
    let data = text!("changes.urlencoded").split_once("&signed=").unwrap().0;
    posted(format!("{data}&signed={written}"))
}

#[test]
fn a_signature_may_have_line_breaks_and_plus_signs_that_were_not_encoded() {
    let lines = text!("changes.signed");
    assert!(lines.lines().count() == 11 && lines.contains('+') && lines.contains('/') && lines.contains('='));
    let one = lines.replace('\n', "");
    let encode = |text: &str| text.replace('/', "%2F").replace('=', "%3D").replace('+', "%2B");
    let written = [
        one.clone(),
        encode(&one),
        one.replace('+', "%2B"),
        one.replace('+', "%20"),
        encode(lines).replace('\n', "%0A"),
        encode(lines).replace('\n', "%0D%0A"),
        encode(lines).replace('\n', "%0D"),
        lines.replace('\n', "%0a"),
        lines.to_owned(),
        format!("%0A{}", encode(&one)),
    ];
    for written in written {
        assert_payload(&with_signature(&written), text!("changes.json"), Audience::NotNamed);
    }
}

#[test]
fn a_signature_is_written_in_canonical_base64() {
    let one = text!("changes.signed").replace('\n', "");
    // Of the last of 683 characters only four bits count.
    let last = one.chars().nth(682).unwrap();
    let other = char::from_u32(u32::from(last) + 1).unwrap();
    let encode = |text: &str| text.replace('+', "%2B");
    let malformed = [
        String::new(),
        encode(one.trim_end_matches('=')),
        encode(&one).replace(&format!("{last}="), &format!("{other}=")),
        one.replace('+', "-").replace('/', "_"),
        format!("{}=", encode(&one)),
        format!("={}", encode(&one)),
        format!("{}%09", encode(&one)),
        format!("{}%00", encode(&one)),
        format!("{}%C3%A9", encode(&one)),
        format!("{} ", encode(&one)),
        "A".repeat(4096),
        "%0A".repeat(4096),
    ];
    for written in malformed {
        for verifier in verifiers() {
            let outcome = outcome(&verifier, &with_signature(&written)).map(|_| ()).unwrap_err();
            let expected =
                if written.is_empty() { Reason::WrongCredential } else { Reason::MalformedCredential };
            assert_eq!(outcome, expected, "{written}");
        }
    }
    // A blank is a `+`, so it is a character like any other.
    let inside = format!("{}    {}", encode(&one[..20]), encode(&one[20..]));
    assert_eq!(outcome(&verifiers()[0], &with_signature(&inside)).map(|_| ()), Err(Reason::WrongCredential));
}

#[test]
fn a_signature_of_another_length_is_wrong() {
    let one = text!("changes.signed").replace('\n', "");
    let bytes = base64::engine::general_purpose::STANDARD.decode(one).unwrap();
    let longer = [&bytes[..], &[0]].concat();
    let led = [&[0], &bytes[..]].concat();
    let doubled = [&bytes[..], &bytes].concat();
    for wrong in [&bytes[..511], &bytes[..256], &bytes[1..], &longer, &led, &doubled, &[0; 512], &[0xFF; 512]]
    {
        let written = base64::engine::general_purpose::STANDARD.encode(wrong).replace('+', "%2B");
        assert_eq!(
            outcome(&verifiers()[0], &with_signature(&written)).map(|_| ()),
            Err(Reason::WrongCredential)
        );
    }
}

#[test]
fn a_signature_of_one_kind_is_none_of_another_text() {
    let signature = text!("notice.x-signed").trim_end();
    let changes = posted(encoded([("data", text!("changes.json")), ("signed", signature)]));
    let notice = notice_form(text!("notice.json"), &text!("changes.signed").replace('\n', ""), &[]).into();
    for delivery in [changes, notice] {
        assert_eq!(outcome(&verifiers()[0], &delivery).map(|_| ()), Err(Reason::WrongCredential));
    }
}

/// What is signed does not say which field it stood in: the reader has to tell the kinds apart.
#[test]
fn a_signed_text_of_one_kind_is_not_read_as_the_other() {
    let notice =
        posted(encoded([("data", text!("notice.json")), ("signed", text!("notice.x-signed").trim_end())]));
    let changes = notice_form(text!("changes.json"), &text!("changes.signed").replace('\n', ""), &[]).into();
    for delivery in [notice, changes] {
        assert_eq!(outcome(&verifiers()[0], &delivery).map(|_| ()), Err(Reason::MalformedBody));
    }
}
