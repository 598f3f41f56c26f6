//! Callbacks as Legalesign posts them.

use super::event::{Framed, Making, id};
use crate::clock;
use countersign::mock::ThrowAwayKey;
use serde_json::{Map, Value, json};
use std::time::{SystemTime, UNIX_EPOCH};
use url::form_urlencoded::Serializer;

const FORM: &str = "application/x-www-form-urlencoded";
/// The numbers of statuses: a signer has signed, a document is signed, its final PDF exists.
const SIGNER_SIGNED: &str = "40";
const SIGNED: &str = "30";
const FINAL_PDF: &str = "100";

fn uri(collection: &str, id: &str) -> String {
    format!("/api/v1/{collection}/{id}/")
}

/// The last signer signs, so the document is signed.
pub fn list(at: SystemTime) -> Value {
    let (document, signer) = (uri("document", &id("")), uri("signer", &id("")));
    // Without an offset, as Legalesign writes it.
    let at = clock::written(at).trim_end_matches('Z').to_owned();
    let entry = |resource: &str, value| json!({ "timestamp": at, "name": "status", "value": value, "resource_uri": resource });
    json!([entry(&signer, SIGNER_SIGNED), entry(&document, SIGNED), entry(&document, FINAL_PDF)])
}

/// A list, with its signature beside it in the form.
pub fn changes(list: &Value, key: &ThrowAwayKey, making: &Making<'_>) -> Framed {
    let data = list.to_string();
    let signature = key.sign_sha1(data.as_bytes());
    form([("data", making.proof(&data)), ("signed", signature)])
}

/// The fields of a notice.
pub struct Notice {
    group: String,
    name: String,
}

impl Notice {
    pub fn new(group: &str) -> Self {
        let group = if group.contains('/') { group.to_owned() } else { uri("group", group) };
        Self { group, name: "Example contract".to_owned() }
    }

    /// Nothing known in a notice says what has happened; here its name does, for whoever looks.
    pub fn named(self, event: &str) -> Self {
        Self { name: format!("Example contract ({event})"), ..self }
    }

    pub fn fields(self) -> Value {
        let document = id("");
        json!({
            "resource_uri": uri("document", &document),
            "group": self.group,
            "name": self.name,
            "uuid": document,
            "tag": "",
        })
    }
}

/// A notice with its fields in signed JSON, and the signature in a header.
pub fn notice(fields: &Value, key: &ThrowAwayKey, making: &Making<'_>) -> Framed {
    let json = fields.to_string();
    let signature = key.sign_sha1(json.as_bytes());
    let all = texts(fields).chain([("json_signed".to_owned(), making.proof(&json))]);
    Framed { signature: Some(("x-signed", signature)), ..form(all) }
}

/// The older form, which nothing signs.
pub fn plain_notice(fields: &Value) -> Framed {
    form(texts(fields))
}

fn texts(fields: &Value) -> impl Iterator<Item = (String, String)> {
    let members = fields.as_object().cloned().unwrap_or_default();
    members.into_iter().map(|(name, value)| match value {
        Value::String(text) => (name, text),
        other => (name, other.to_string()),
    })
}

fn form<N: AsRef<str>>(fields: impl IntoIterator<Item = (N, String)>) -> Framed {
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    Framed { content_type: FORM, body, signature: None }
}

/// A realtime event, with the members of the vendor's file for a connector \[L12\].
pub fn realtime(filter: &str, group: &str, at: SystemTime) -> Value {
    let (object, event) = filter.split_once('.').unwrap_or((filter, ""));
    let group = Notice::new(group).group;
    let (document, signer) = (id(""), id(""));
    let recipient = json!({
        "uuid": signer,
        "email": "ada@example.com",
        "firstname": "Ada",
        "lastname": "Example",
        "order": 0,
        "resourceUri": uri("signer", &signer),
        "rejectReason": "",
    });
    let of_document = json!({ "groupResourceUri": group, "tag": "", "tag1": "", "tag2": "" });
    let own = if object == "document" {
        json!({
            "uuid": document,
            "name": "Example contract",
            "resourceUri": uri("document", &document),
            "recipients": [recipient],
        })
    } else {
        let about = json!({
            "document": document,
            "documentName": "Example contract",
            "documentResourceUri": uri("document", &document),
        });
        merged(recipient, about)
    };
    json!({
        "version": "1.0",
        "id": id("evt_"),
        "created": at.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
        "object": object,
        "event": event,
        "data": merged(own, of_document),
    })
}

fn merged(one: Value, other: Value) -> Value {
    let members = [one, other].into_iter().flat_map(|value| match value {
        Value::Object(members) => members,
        _ => Map::new(),
    });
    Value::Object(members.collect())
}
