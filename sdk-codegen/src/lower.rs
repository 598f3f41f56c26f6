//! Makes a document into one that progenitor reads as we mean it. Each step says what it must have found.

use super::answers::{Success, is_content};
use super::document::{Mistake, each_operation, each_operation_mut, for_each_object, resolve, text};
use super::operations::Operation;
use super::types::{Facts, collect_references};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The formats of times: as documents write them, as progenitor gets to see them, which knows nothing of them and so
/// leaves the conversion to us, and our types.
pub const TIMES: [(&str, &str, &str); 2] = [
    ("date-time", "countersign-timestamp", "Timestamp"),
    ("date-time-local", "countersign-local-time", "LocalDateTime"),
];

pub fn lower(document: &mut Value, operations: &[Operation], facts: &Facts) -> Result<(), Mistake> {
    let by_hand = types_made_by_hand(document, operations)?;
    drop_what_is_by_hand(document, operations);
    drop_what_is_not_a_call(document);
    unwrap_references(document);
    keep_one_success(document, operations);
    take_out_preconditions(document, operations)?;
    take_out_content(document);
    name_positions(document);
    read_flags(document)?;
    open_objects(document);
    mark_times(document);
    forget_formats(document);
    forget_bounds(document);
    forget_nullable_parameters(document);
    forget_what_may_be_null(document);
    forget_what_requests_require(document, facts);
    name_optional_collections(document);
    forget_extensions(document);
    prune_schemas(document, by_hand)
}

/// The schemas that calls written by hand send and return.
fn types_made_by_hand(document: &Value, operations: &[Operation]) -> Result<BTreeSet<String>, Mistake> {
    let mut used = BTreeSet::new();
    let by_hand = |operation: &Value| {
        let id = text(operation, "operationId");
        operations.iter().find(|read| read.by_hand && Some(read.id.as_str()) == id)
    };
    for (_, _, _, operation) in each_operation(document) {
        let Some(read) = by_hand(operation) else { continue };
        let body = operation.get("requestBody").unwrap_or(&Value::Null);
        collect_references(document, resolve(document, body)?, &mut used)?;
        collect_references(document, operation.get("parameters").unwrap_or(&Value::Null), &mut used)?;
        if let Success::Json(payload) = &read.answers.success {
            collect_references(document, payload, &mut used)?;
        }
    }
    Ok(used)
}

/// What is written by hand is in the table of operations only. Its types are kept.
fn drop_what_is_by_hand(document: &mut Value, operations: &[Operation]) {
    let by_hand = |operation: &Value| {
        let id = text(operation, "operationId");
        operations.iter().any(|read| read.by_hand && Some(read.id.as_str()) == id)
    };
    let items = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    for (_, item) in items {
        if let Some(item) = item.as_object_mut() {
            item.retain(|_, operation| !by_hand(operation));
        }
    }
}

/// Callbacks, security and servers are told by the document and built by hand.
fn drop_what_is_not_a_call(document: &mut Value) {
    if let Some(document) = document.as_object_mut() {
        document.remove("servers");
    }
    for operation in each_operation_mut(document) {
        operation.retain(|key, _| key != "callbacks" && key != "security");
    }
}

/// One success answer per operation, its payload taken out of the envelope. What is read of headers, or handed on as it
/// comes, has no payload here. Errors are read by the runtime.
fn keep_one_success(document: &mut Value, operations: &[Operation]) {
    for operation in each_operation_mut(document) {
        let id = id_of(operation);
        let success = operations.iter().find(|read| read.id == id).map(|read| &read.answers.success);
        let response = match success {
            Some(Success::Json(payload)) => {
                json!({ "description": "", "content": { "application/json": { "schema": payload } } })
            }
            _ => json!({ "description": "" }),
        };
        operation.insert("responses".to_owned(), json!({ "200": response }));
    }
}

fn id_of(operation: &Map<String, Value>) -> String {
    operation.get("operationId").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// A precondition is an argument of ours, checked and sent by the runtime.
fn take_out_preconditions(document: &mut Value, operations: &[Operation]) -> Result<(), Mistake> {
    let whole = document.clone();
    for operation in each_operation_mut(document) {
        let id = id_of(operation);
        let mut taken = 0;
        if let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) {
            let before = parameters.len();
            parameters.retain(|parameter| {
                resolve(&whole, parameter).is_ok_and(|parameter| parameter["x-sdk-precondition"] != true)
            });
            taken = before - parameters.len();
        }
        let declared =
            operations.iter().find(|operation| operation.id == id && operation.precondition.is_some());
        if taken != usize::from(declared.is_some()) {
            let problem =
                format!("{taken} preconditions were found among the parameters of the operation itself");
            return Err(Mistake::new(id, problem, "declare exactly one there, and none on the path"));
        }
    }
    Ok(())
}

/// Content that is sent is an argument of ours, encoded and streamed by the runtime.
fn take_out_content(document: &mut Value) {
    for_each_object(document, &mut |object| {
        if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
            properties.retain(|_, member| !is_content(member));
        }
    });
}

/// A list whose positions are members is read into the object that names them.
fn name_positions(document: &mut Value) {
    for_each_object(document, &mut |object| {
        let named = object.get("x-sdk-positions").and_then(|positions| text(positions, "schema"));
        if let Some(named) = named.map(|name| format!("#/components/schemas/{name}")) {
            *object = Map::from_iter([("$ref".to_owned(), Value::String(named))]);
        }
    });
    // A schema that only refers would be a second name of the same type.
    let schemas = document.pointer("/components/schemas").cloned().unwrap_or_default();
    for_each_object(document, &mut |object| {
        let name = object.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix(SCHEMAS));
        if let Some(target) = name.and_then(|name| schemas.get(name)).and_then(|schema| schema.get("$ref")) {
            object.insert("$ref".to_owned(), target.clone());
        }
    });
}

const SCHEMAS: &str = "#/components/schemas/";

/// A number that says yes or no becomes what it says.
fn read_flags(document: &mut Value) -> Result<(), Mistake> {
    let mut mistake = None;
    for_each_object(document, &mut |object| {
        if object.remove("x-sdk-flag").is_none() {
            return;
        }
        if object.get("type") != Some(&Value::String("integer".to_owned())) {
            let problem = "`x-sdk-flag` stands on what is no integer";
            mistake = Some(Mistake::new(
                "document",
                problem,
                "give it to a member of `type: integer`, or leave it out",
            ));
        }
        object.insert("type".to_owned(), "boolean".into());
    });
    mistake.map_or(Ok(()), Err)
}

/// A new member never breaks reading. Beside members that are known, those that are not are left out.
fn open_objects(document: &mut Value) {
    for_each_object(document, &mut |object| {
        let rest = object.get("additionalProperties");
        let any = rest.is_some_and(|rest| *rest == true || *rest == json!({}));
        if rest == Some(&Value::Bool(false)) || (any && object.contains_key("properties")) {
            object.remove("additionalProperties");
        }
    });
}

/// An `allOf` of one reference is that reference. That the member may be `null` is kept beside it until it is read.
fn unwrap_references(document: &mut Value) {
    for_each_object(document, &mut |object| {
        let all = object.get("allOf").and_then(Value::as_array).map(Vec::as_slice);
        if let Some([only]) = all
            && let Some(reference) = only.get("$ref").cloned()
        {
            let nullable = object.get("nullable").cloned();
            object.clear();
            object.insert("$ref".to_owned(), reference);
            object.extend(nullable.map(|nullable| ("nullable".to_owned(), nullable)));
        }
    });
}

/// A member that may be `null` is read as one that may be missing.
fn forget_what_may_be_null(document: &mut Value) {
    for_each_object(document, &mut |object| {
        let Some(Value::Object(properties)) = object.get("properties") else { return };
        let nullable = properties.iter().filter(|(_, member)| member["nullable"] == true);
        let nullable = nullable.map(|(name, _)| name.clone()).collect::<BTreeSet<_>>();
        if let Some(required) = object.get_mut("required").and_then(Value::as_array_mut) {
            required.retain(|name| !name.as_str().is_some_and(|name| nullable.contains(name)));
        }
    });
    for_each_object(document, &mut |object| {
        let properties = object.get_mut("properties").and_then(Value::as_object_mut);
        for member in properties.into_iter().flatten().filter_map(|(_, member)| member.as_object_mut()) {
            if member.contains_key("$ref") {
                member.remove("nullable");
            }
        }
    });
}

/// An id in a path cannot be `null`, and what is not set is not sent.
fn forget_nullable_parameters(document: &mut Value) {
    for_each_object(document, &mut |object| {
        if object.contains_key("in")
            && let Some(schema) = object.get_mut("schema").and_then(Value::as_object_mut)
        {
            schema.remove("nullable");
        }
    });
}

/// Text stays text, and a number is one of those that are read leniently, whatever the format says.
fn forget_formats(document: &mut Value) {
    for_each_object(document, &mut |object| {
        let Some(format) = object.get("format").and_then(Value::as_str) else { return };
        let known = match object.get("type").and_then(Value::as_str) {
            Some("string") => TIMES.iter().any(|(_, ours, _)| *ours == format),
            Some("integer") => ["int32", "int64", "uint32", "uint64"].contains(&format),
            Some("number") => ["float", "double"].contains(&format),
            _ => true,
        };
        if !known {
            object.remove("format");
        }
    });
}

/// A time keeps the text that the provider wrote.
fn mark_times(document: &mut Value) {
    for_each_object(document, &mut |object| {
        let time = TIMES.iter().find(|(format, ..)| object.get("format").is_some_and(|it| it == format));
        if let Some((_, ours, _)) = time {
            object.insert("format".to_owned(), (*ours).into());
        }
    });
}

/// Bounds are checked by us before sending, and never on what is read. A default is the server's business.
fn forget_bounds(document: &mut Value) {
    const BOUNDS: [&str; 9] = [
        "default",
        "pattern",
        "minLength",
        "maxLength",
        "minimum",
        "maximum",
        "minItems",
        "maxItems",
        "uniqueItems",
    ];
    for_each_object(document, &mut |object| {
        object.retain(|key, _| !BOUNDS.contains(&key.as_str()));
    });
}

/// An optional list or map is an `Option`, so that an empty one can be told from none.
fn name_optional_collections(document: &mut Value) {
    for_each_object(document, &mut |object| {
        let required = object.get("required").cloned().unwrap_or_default();
        let is_required =
            |name: &str| required.as_array().is_some_and(|names| names.iter().any(|each| each == name));
        let properties = object.get_mut("properties").and_then(Value::as_object_mut);
        for (name, property) in properties.into_iter().flatten() {
            let free = property["type"] == "object" && property.get("properties").is_none();
            let map = property.get("additionalProperties").is_some();
            let collection = property["type"] == "array" || map || free;
            if let Some(property) = property.as_object_mut().filter(|_| collection && !is_required(name)) {
                property.insert("nullable".to_owned(), Value::Bool(true));
            }
        }
    });
}

/// What is sent is made step by step, and checked as a whole before it goes.
fn forget_what_requests_require(document: &mut Value, facts: &Facts) {
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    for (name, schema) in schemas.into_iter().flatten() {
        let sent = facts.schemas.get(name).is_some_and(|facts| facts.sent);
        if let Some(schema) = schema.as_object_mut().filter(|_| sent) {
            schema.remove("required");
        }
    }
}

/// What we added is read by now. The generator would take a schema with a remark for another schema.
fn forget_extensions(document: &mut Value) {
    for_each_object(document, &mut |object| {
        object.retain(|key, _| !key.starts_with("x-"));
    });
}

/// Envelopes and errors are gone from the operations; their types would be dead code.
pub fn prune_schemas(document: &mut Value, mut used: BTreeSet<String>) -> Result<(), Mistake> {
    let paths = document["paths"].clone();
    collect_references(document, &paths, &mut used)?;
    let parameters = document.pointer("/components/parameters").cloned().unwrap_or_default();
    collect_references(document, &parameters, &mut used)?;
    if let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        schemas.retain(|name, _| used.contains(name));
    }
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.remove("responses");
        components.remove("securitySchemes");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::open_objects;
    use serde_json::json;

    #[test]
    fn closed_objects_are_opened_and_maps_are_kept() {
        for (rest, expected) in [
            (json!(false), None),
            (json!(true), None),
            (json!({}), None),
            (json!({ "type": "string" }), Some(json!({ "type": "string" }))),
        ] {
            let mut document = json!({ "properties": { "a": {} }, "additionalProperties": rest });
            open_objects(&mut document);
            assert_eq!(document.get("additionalProperties"), expected.as_ref(), "{rest}");
        }
    }
}
