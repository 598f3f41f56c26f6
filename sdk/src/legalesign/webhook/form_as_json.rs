//! Forms that a framework has parsed, and handed on as JSON: which they were, as far as it can be seen.

use super::event::{Kind, SIGNED};
use crate::webhook::{Carried, Delivery, Opened, PayloadProof};
use bytes::Bytes;
use serde_json::{Map, Value};

pub(super) fn open(delivery: &Delivery) -> Option<Opened<Kind>> {
    let body = delivery.body();
    let text = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    let bare = || Opened::whole(Kind::Changes, delivery, PayloadProof::Nothing);
    match text.trim_ascii_start().first() {
        // What the field `data` held. Nothing that Legalesign sends begins so.
        Some(b'[') => Some(bare()),
        Some(b'{') => match serde_json::from_slice(text) {
            Ok(members) => of_members(&members, delivery),
            // Cut off, or as the language of the framework writes it.
            Err(_) => text.windows(7).any(|part| part == b"signed\"" || part == b"signed'").then(bare),
        },
        _ => None,
    }
}

fn of_members(members: &Map<String, Value>, delivery: &Delivery) -> Option<Opened<Kind>> {
    // What is told at once is JSON anyway. Its `data` is an object.
    let is_realtime = members.contains_key("object") || members.contains_key("event");
    let in_header = || PayloadProof::in_header(delivery, &SIGNED);
    if let Some(payload) = members.get("json_signed").and_then(field) {
        return Some(Opened { kind: Kind::Notice, payload, proof: in_header() });
    }
    let signed = members.get("signed").and_then(field);
    let data = members.get("data").filter(|data| !data.is_object() && (!is_realtime || signed.is_some()));
    if let Some(payload) = data.and_then(field) {
        let carried = signed.map_or(Carried::Missing, Carried::Once);
        let proof = PayloadProof::Signature { carried, header: None };
        return Some(Opened { kind: Kind::Changes, payload, proof });
    }
    // Perhaps this is what `json_signed` held, and perhaps a form of plain fields.
    let is_notice = !is_realtime && (members.contains_key("resource_uri") || members.contains_key("uuid"));
    let proof = match in_header() {
        PayloadProof::Signature { carried: Carried::Missing, .. } => PayloadProof::Nothing,
        carried => carried,
    };
    is_notice.then(|| Opened::whole(Kind::Notice, delivery, proof))
}

/// What the field held. Some frameworks make a list of each field, since it might occur again, and some read the JSON in it
/// too. That loses the order of members, if not here then there.
fn field(value: &Value) -> Option<Bytes> {
    match value {
        Value::String(text) => Some(text.clone().into()),
        Value::Array(values) => match values.as_slice() {
            [Value::String(text)] => Some(text.clone().into()),
            _ => Some(value.to_string().into()),
        },
        Value::Object(_) => Some(value.to_string().into()),
        _ => None,
    }
}
