//! Forms that somebody has put together with care.

use super::*;
use bytes::Bytes;
use countersign::legalesign::webhook::UnverifiedReader;
use serde_json::json;

const NOTICE: &str = r#"{"uuid":"d1","group":"/api/v1/group/our-group/"}"#;
const BOUNDARY: &str = "x-boundary";

/// The fields of a signed list.
fn signed() -> [(&'static str, String); 2] {
    [("data", EMPTY.to_owned()), ("signed", key().sign_sha1(EMPTY.as_bytes()))]
}

/// A part for each field.
fn multipart(fields: &[(&str, &str)]) -> Vec<u8> {
    let part = |(name, value): &(&str, &str)| {
        format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    (fields.iter().map(part).collect::<String>() + &format!("--{BOUNDARY}--\r\n")).into_bytes()
}

fn typed(content_type: &str, body: impl Into<Bytes>) -> Delivery {
    Request::post("/").header("content-type", content_type).body(body.into()).unwrap().into()
}

fn in_parts(body: impl Into<Bytes>) -> Delivery {
    typed(&format!("multipart/form-data; boundary={BOUNDARY}"), body)
}

fn read(delivery: &Delivery) -> Result<(), Reason> {
    let reader = UnverifiedReader::for_group(GROUP).unwrap();
    reader.read(delivery).map(|_| ()).map_err(|rejection| rejection.reason())
}

/// Everybody who has what it takes to read a form refuses it, whether it is signed or not.
#[track_caller]
fn assert_malformed(delivery: &Delivery) {
    assert_eq!(refused(delivery), Reason::MalformedBody);
    assert_eq!(read(delivery), Err(Reason::MalformedBody));
}

#[test]
fn the_forms_of_these_tests_are_accepted_as_they_are() {
    let [data, signature] = signed();
    let fields = [(data.0, &*data.1), (signature.0, &*signature.1)];
    for delivery in [posted(encoded(fields)), in_parts(multipart(&fields))] {
        assert_eq!(accepted(&delivery).payload(), EMPTY);
    }
}

#[test]
fn a_field_that_is_there_twice_is_refused_whatever_it_is() {
    let [data, signature] = signed();
    let genuine = [(data.0, &*data.1), (signature.0, &*signature.1)];
    for extra in
        [("data", EMPTY), ("data", "[1]"), ("data", ""), ("signed", "AAAA"), ("signed", &signature.1)]
    {
        for fields in [[genuine[0], genuine[1], extra], [extra, genuine[0], genuine[1]]] {
            assert_malformed(&posted(encoded(fields)));
            assert_malformed(&in_parts(multipart(&fields)));
        }
    }
    for name in ["x", "", "tag", "é"] {
        let fields = [genuine[0], genuine[1], (name, "1"), (name, "2")];
        assert_malformed(&posted(encoded(fields)));
        assert_malformed(&in_parts(multipart(&fields)));
    }
    // However the name is encoded.
    let body = encoded(genuine);
    for again in ["%64ata=[]", "d%61ta", "data", "=&=", "signe%64="] {
        assert_malformed(&posted(format!("{body}&{again}")));
    }
}

#[test]
fn two_kinds_in_one_form_are_refused() {
    let [data, signature] = signed();
    let other = key().sign_sha1(NOTICE.as_bytes());
    let fields = [(data.0, &*data.1), (signature.0, &*signature.1), ("json_signed", NOTICE)];
    let request = Request::post("/").header("x-signed", other).body(encoded(fields)).unwrap();
    assert_malformed(&request.into());
    assert_malformed(&in_parts(multipart(&fields)));
}

#[test]
fn a_signature_in_two_headers_is_refused_even_if_both_are_right() {
    let right = key().sign_sha1(NOTICE.as_bytes());
    for (first, second) in [(&*right, &*right), (&right, "AAAA"), ("AAAA", &right), ("", &right)] {
        let mut request = notice_form(NOTICE, first, &[]);
        request.headers_mut().append("X-SIGNED", second.parse().unwrap());
        assert_eq!(refused(&request.into()), Reason::DuplicateCredential);
    }
}

#[test]
fn a_signature_of_a_notice_counts_in_its_header_only() {
    let right = key().sign_sha1(NOTICE.as_bytes());
    for name in ["signed", "x-signed", "X-Signed", "HTTP_X_SIGNED"] {
        let delivery = posted(encoded([("json_signed", NOTICE), (name, &right)]));
        assert_eq!(refused(&delivery), Reason::MissingCredential, "{name}");
    }
    let malformed = ["", "AAAA", "A", "é", "\"AAAA\"", "AAAA==", "AAAA,AAAA"];
    for header in malformed {
        let mut request = notice_form(NOTICE, "", &[]);
        request.headers_mut().insert("x-signed", http::HeaderValue::from_bytes(header.as_bytes()).unwrap());
        let reason = refused(&request.into());
        assert!(
            matches!(reason, Reason::WrongCredential | Reason::MalformedCredential),
            "{header}: {reason:?}"
        );
    }
}

#[test]
fn what_stands_beside_the_signed_text_never_gets_into_the_event() {
    let fields = [
        ("uuid", "d2"),
        ("tag", "forged"),
        ("name", "forged"),
        ("tag1", "forged"),
        ("code", "forged"),
        ("resource_uri", "/api/v1/document/d2/"),
    ];
    let verified = accepted(&notice_form(NOTICE, &key().sign_sha1(NOTICE.as_bytes()), &fields).into());
    let alone = accepted(&signed_notice(NOTICE));
    assert_eq!(verified.event(), alone.event());
    assert_eq!((verified.payload(), verified.dedupe_key()), (alone.payload(), alone.dedupe_key()));
    let Event::Notice(notice) = verified.event() else { panic!("{verified:?}") };
    assert_eq!((notice.document.as_str(), &notice.tag, &notice.other), ("d1", &None, &json!({})));
    assert!(verified.body().len() > verified.payload().len());
}

#[test]
fn names_are_not_taken_apart() {
    let right = key().sign_sha1(EMPTY.as_bytes());
    for name in ["data[]", "data[0]", "Data", "data ", " data", "data.0", "x[data]", "dat\u{430}"] {
        let fields = [(name, EMPTY), ("signed", &*right)];
        for delivery in [posted(encoded(fields)), in_parts(multipart(&fields))] {
            // It is no list then, and no signature covers the rest.
            assert_eq!(refused(&delivery), Reason::MissingCredential, "{name}");
        }
    }
}

#[test]
fn a_text_that_is_no_utf_8_is_refused_although_it_is_signed() {
    for bytes in
        [&b"[\"\xFF\"]"[..], b"\xC3\x28", b"[\"\xED\xA0\x80\"]", b"\xFF\xFE[\0]\0", b"[\"\xC0\x80\"]"]
    {
        let signature = key().sign_sha1(bytes);
        let signed = encoded([("signed", &*signature)]);
        assert_malformed(&posted(format!("data={}&{signed}", escaped(bytes))));
        assert_malformed(&posted([b"data=", bytes, b"&", signed.as_bytes()].concat()));
    }
    // In a form without a signature it is refused as well.
    assert_eq!(read(&posted("uuid=d1&group=/api/v1/group/our-group/&name=%FF")), Err(Reason::MalformedBody));
}

#[test]
fn a_form_has_up_to_64_fields() {
    let [data, signature] = signed();
    let names: Vec<_> = (0..63).map(|number| format!("x{number}")).collect();
    let with = |count: usize| {
        let more = names[..count].iter().map(|name| (&**name, "1"));
        [(data.0, &*data.1), (signature.0, &*signature.1)].into_iter().chain(more).collect::<Vec<_>>()
    };
    for delivery in [posted(encoded(with(62))), in_parts(multipart(&with(62)))] {
        assert_eq!(accepted(&delivery).payload(), EMPTY);
    }
    for delivery in [posted(encoded(with(63))), in_parts(multipart(&with(63)))] {
        assert_malformed(&delivery);
    }
    assert_malformed(&posted("a&".repeat(100_000)));
    assert_malformed(&posted((0..50_000).map(|number| number.to_string()).collect::<Vec<_>>().join("&")));
}

#[test]
fn a_body_is_accepted_up_to_the_limit() {
    let delivery = signed_changes(EMPTY);
    let length = delivery.body().len();
    for (limit, expected) in [(length, None), (length - 1, Some(Reason::TooLarge))] {
        let verifier = pinned().body_limit(limit).build().unwrap();
        assert_eq!(outcome(&verifier, &delivery).err(), expected);
    }
    let large = format!("[{}]", " ".repeat(900_000));
    assert_eq!(accepted(&signed_changes(&large)).payload(), large.as_bytes());
    let right = key().sign_sha1(large.as_bytes());
    let delivery = in_parts(multipart(&[("data", &large), ("signed", &right)]));
    assert_eq!(accepted(&delivery).payload(), large.as_bytes());
}

#[test]
fn bodies_without_anything_in_them_are_refused() {
    for body in ["", "&", "&&&", "=", "a", "%", "%zz", " ", "\r\n"] {
        assert_eq!(refused(&posted(body)), Reason::MissingCredential, "{body:?}");
        assert_eq!(read(&posted(body)), Err(Reason::MalformedBody), "{body:?}");
    }
}

#[test]
fn other_methods_are_refused() {
    let genuine = signed_changes(EMPTY);
    for method in [http::Method::GET, http::Method::PUT, http::Method::HEAD] {
        let uri = genuine.uri().clone();
        let delivery = Delivery::new(method, uri, genuine.headers().clone(), genuine.body().clone());
        assert_eq!(refused(&delivery), Reason::WrongMethod);
    }
}

#[test]
fn a_form_in_parts_needs_a_boundary() {
    let [data, signature] = signed();
    let body = multipart(&[(data.0, &data.1), (signature.0, &signature.1)]);
    for content_type in [
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=other",
        "multipart/form-data; charset=utf-8",
        "multipart/mixed; boundary=x-boundary",
        "multipart/",
    ] {
        assert_malformed(&typed(content_type, body.clone()));
    }
    for content_type in [
        "Multipart/Form-Data; boundary=x-boundary",
        "multipart/form-data; charset=utf-8; boundary=\"x-boundary\"",
    ] {
        assert_eq!(accepted(&typed(content_type, body.clone())).payload(), EMPTY, "{content_type}");
    }
    // What does not say that it comes in parts is read as what it looks like, where these fields have other names.
    assert_eq!(refused(&posted(body)), Reason::MissingCredential);
}

#[test]
fn a_form_in_parts_that_is_cut_off_is_refused() {
    let [data, signature] = signed();
    let body = Bytes::from(multipart(&[(data.0, &data.1), (signature.0, &signature.1)]));
    // The line break at the end may be missing.
    for length in 0..body.len() - 2 {
        assert_malformed(&in_parts(body.slice(..length)));
    }
    assert_eq!(accepted(&in_parts(body.slice(..body.len() - 2))).payload(), EMPTY);
}

#[test]
fn what_is_around_the_parts_is_not_read() {
    let [data, signature] = signed();
    let form = multipart(&[(data.0, &data.1), (signature.0, &signature.1)]);
    let forged = multipart(&[("data", "[1]")]);
    let after = [&form[..], &forged].concat();
    assert_eq!(accepted(&in_parts(after)).payload(), EMPTY);
}

#[test]
fn a_part_has_one_name() {
    let right = key().sign_sha1(EMPTY.as_bytes());
    let with = |disposition: &str| {
        let body = format!(
            "--{BOUNDARY}\r\n{disposition}\r\n\r\n{EMPTY}\r\n--{BOUNDARY}\r\nContent-Disposition: form-data; name=signed\r\n\r\n{right}\r\n--{BOUNDARY}--"
        );
        in_parts(body)
    };
    for disposition in [
        "Content-Disposition: form-data; name=data",
        "content-disposition: form-data; filename=\"a.json\"; name=\"data\"\r\nContent-Type: application/json",
    ] {
        assert_eq!(accepted(&with(disposition)).payload(), EMPTY, "{disposition}");
    }
    for disposition in [
        "Content-Disposition: form-data",
        "Content-Type: text/plain",
        "Content-Disposition: form-data; name=\"signed\"; filename=\"data\"",
    ] {
        let reason = refused(&with(disposition));
        assert!(
            matches!(reason, Reason::MissingCredential | Reason::MalformedBody),
            "{disposition}: {reason:?}"
        );
    }
}
