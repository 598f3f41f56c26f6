use super::*;
use countersign::signly::webhook::{EventData, UnverifiedReader};
use countersign::webhook::{Callback, Key, KeySet, Keys};
use std::fmt::Debug;

#[track_caller]
fn assert_silent(text: &str) {
    for canary in [EMAIL, "canary", SECRET] {
        assert!(!text.contains(canary), "{text}");
    }
}

#[track_caller]
pub fn assert_debug_silent(value: &impl Debug) {
    assert_silent(&format!("{value:?}"));
    assert_silent(&format!("{value:#?}"));
}

/// An event whose free-form members name a person, of any type.
fn personal(tag: &str) -> Value {
    changed(json!({ "type": tag, "data": { "email": EMAIL, EMAIL: "canary" }, "signer": { "email": EMAIL } }))
}

#[test]
fn a_delivery_tells_no_address_header_or_body() {
    let uri = format!("/callbacks/{SECRET}?email={EMAIL}");
    let request = Request::post(uri).header(HEADER, SECRET).body(personal("OTP_SENT").to_string()).unwrap();
    assert_debug_silent(&Delivery::from(request));
}

#[test]
fn keys_tell_their_ids_only() {
    let set = KeySet::new([Key::new("spring", secret(SECRET)), Key::new("summer", secret(SECRET))]).unwrap();
    assert_debug_silent(&Key::new("spring", secret(SECRET)));
    assert_debug_silent(&set);
    assert_debug_silent(&Keys::from(set));
}

#[test]
fn keys_are_silent_even_if_their_type_is_not() {
    assert_debug_silent(&KeySet::single(SECRET));
    assert_debug_silent(&Keys::from(KeySet::single(SECRET)));
}

#[test]
fn verifiers_tell_no_secret() {
    assert_debug_silent(&builder());
    assert_debug_silent(&verifier());
}

#[test]
fn events_tell_nothing_of_a_person() {
    for tag in EventData::KNOWN_TAGS.iter().chain(&["PROCESS_SHREDDED"]) {
        let verified = accepted(&personal(tag));
        assert_debug_silent(&verified);
        assert_debug_silent(verified.event());
        assert_debug_silent(&verified.event().data);
        assert_debug_silent(&Callback::<Verifier>(verified));
    }
}

#[test]
fn what_is_unverified_tells_nothing_of_a_person() {
    let reader = UnverifiedReader::for_tenant(TENANT).unwrap();
    assert_debug_silent(&reader.read(&delivery(personal("OTP_SENT").to_string())).unwrap());
    let ids = json!({ "eventId": EMAIL, "documentId": EMAIL, "participantId": EMAIL });
    assert_debug_silent(&reader.read(&delivery(changed(ids).to_string())).unwrap());
}

#[test]
fn text_of_an_event_that_is_no_id_is_not_printed() {
    let payload = json!({ "status": EMAIL, "templateId": EMAIL, "completedAt": EMAIL, "canary": EMAIL });
    let verified = accepted(&changed(json!({ "occurredAt": EMAIL, "data": payload })));
    assert_debug_silent(&verified);
    let EventData::ProcessCompleted(completed) = &verified.event().data else { panic!("{verified:?}") };
    assert_eq!(completed.status.as_deref(), Some(EMAIL));
    assert_debug_silent(completed);
    assert!(format!("{verified:?}").contains("doc_01"));
}

#[test]
fn rejections_tell_neither_what_came_nor_what_was_expected() {
    let text = personal("OTP_SENT").to_string();
    let tenant_expected = text.replace(TENANT, EMAIL);
    let bodies = [
        text.replacen("\"email\"", "canary", 1),
        text.replacen("\"email\"", "\"canary\":1,\"canary\":2,\"email\"", 1),
        text[..text.len() - 3].to_owned(),
        changed(json!({ "eventId": { "canary": EMAIL } })).to_string(),
        changed(json!({ "eventId": format!("{EMAIL}\n") })).to_string(),
        changed(json!({ "type": [EMAIL] })).to_string(),
        changed(json!({ "tenantId": { "canary": EMAIL } })).to_string(),
        json!({ "canary": EMAIL }).to_string(),
        tenant_expected,
        format!("{{\"canary\":{{\"canary\":[{{\"canary\":\"{EMAIL}"),
    ];
    for body in bodies {
        let rejection = rejected(&delivery(body));
        assert_silent(&rejection.to_string());
        assert_debug_silent(&rejection);
    }
    let rejection = rejected(&carrying("canary-wrong-secret"));
    assert_silent(&rejection.to_string());
    assert!(!rejection.to_string().contains(TENANT));
}

#[test]
fn rejections_are_one_line() {
    let rejection = rejected(&delivery("{\n\"eventId\": \"a\nb\"}"));
    assert_eq!(rejection.to_string().lines().count(), 1);
}
