//! `WebhookEvent`.

use countersign_macros::WebhookEvent;
use serde::Deserialize;
use serde_json::{Value, json};

use super::variant;

#[derive(Debug, Clone, Deserialize)]
struct Completed {
    signers: Vec<Signer>,
}

#[derive(Debug, Clone, Deserialize)]
struct Signer {
    id: u32,
}

#[derive(Debug, Clone, WebhookEvent)]
enum EventData {
    #[event("PROCESS_COMPLETED")]
    Completed(Completed),
    #[event(unknown)]
    Unknown { data: Value, tag: String },
    #[event("PROCESS_CREATED")]
    Created(serde_json::Map<String, Value>),
}

fn read(tag: &str, data: Value) -> EventData {
    EventData::from_tagged(tag, data).unwrap()
}

#[test]
fn known_tags_are_in_order() {
    assert_eq!(EventData::KNOWN_TAGS, ["PROCESS_COMPLETED", "PROCESS_CREATED"]);
}

#[test]
fn the_tag_decides_the_type_of_the_payload() {
    for (tag, data, expected) in [
        (
            "PROCESS_COMPLETED",
            json!({ "signers": [{ "id": 7 }] }),
            "Completed(Completed { signers: [Signer { id: 7 }] })",
        ),
        ("PROCESS_CREATED", json!({ "id": 7 }), r#"Created({"id": Number(7)})"#),
        ("process_created", json!([1]), r#"Unknown { data: Array [Number(1)], tag: "process_created" }"#),
        ("", json!(null), r#"Unknown { data: Null, tag: "" }"#),
    ] {
        assert_eq!(variant(read(tag, data)), expected);
    }
}

#[test]
fn an_unknown_payload_is_untouched() {
    let data = json!({ "signers": [{ "id": "x" }], "n": 1.5, "deep": { "z": null, "a": [true, ""] } });
    let EventData::Unknown { data: kept, .. } = read("PROCESS_SHREDDED", data.clone()) else {
        panic!("PROCESS_SHREDDED is not known");
    };
    assert_eq!(kept, data);
}

#[test]
fn the_tag_and_whether_it_is_known_are_kept() {
    for (tag, known) in [("PROCESS_COMPLETED", true), ("PROCESS_CREATED", true), ("OTHER", false)] {
        let event = read(tag, json!({ "signers": [] }));
        assert_eq!((event.tag(), event.is_known()), (tag, known));
    }
}

#[test]
fn the_error_carries_the_path_inside_the_payload() {
    for (data, path) in [
        (json!({ "signers": [{ "id": 1 }, { "id": "x" }] }), "signers[1].id"),
        (json!({ "signers": {} }), "signers"),
        (json!({}), "."),
    ] {
        let error = EventData::from_tagged("PROCESS_COMPLETED", data).unwrap_err();
        assert_eq!(error.path().to_string(), path);
    }
}
