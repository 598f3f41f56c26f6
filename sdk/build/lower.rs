//! Makes a document into one that progenitor reads as we mean it. Each step says what it must have found.

use super::document::{Mistake, each_operation_mut, for_each_object, members, resolve, text};
use super::operations::Operation;
use super::types::{Facts, collect_references};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The format that a time is lowered to: progenitor knows nothing of it, so that it leaves the conversion to us.
pub const TIMESTAMP: &str = "countersign-timestamp";

pub fn lower(document: &mut Value, operations: &[Operation], facts: &Facts) -> Result<(), Mistake> {
    drop_what_is_not_a_call(document);
    keep_one_success(document)?;
    take_out_preconditions(document, operations)?;
    open_objects(document);
    mark_times(document);
    forget_bounds(document);
    forget_what_requests_require(document, facts);
    name_optional_collections(document);
    forget_extensions(document);
    prune_schemas(document)
}

/// Callbacks and security are told by the document and built by hand.
fn drop_what_is_not_a_call(document: &mut Value) {
    for operation in each_operation_mut(document) {
        operation.retain(|key, _| key != "callbacks" && key != "security");
    }
}

/// One success answer per operation, its payload taken out of the envelope. Errors are read by the runtime.
fn keep_one_success(document: &mut Value) -> Result<(), Mistake> {
    let whole = document.clone();
    for operation in each_operation_mut(document) {
        let id = id_of(operation);
        let mut payloads = Vec::new();
        let responses = operation.get("responses").unwrap_or(&Value::Null);
        let mut outcomes = 0;
        for (status, response) in members(responses).filter(|(status, _)| status.starts_with('2')) {
            let response = resolve(&whole, response)?;
            if response.get("x-sdk-outcome").is_some() {
                outcomes += 1;
                continue;
            }
            let schema = response.pointer("/content/application~1json/schema");
            if schema.is_none() && response.get("content").is_some() {
                let problem = format!("the success answer {status} is no JSON");
                return Err(Mistake::new(
                    &id,
                    problem,
                    "lower it in sdk/build/lower.rs, or write this call by hand",
                ));
            }
            let payload = schema.map(|schema| payload(&whole, schema, &id)).transpose()?.flatten();
            payloads.push((status.clone(), payload));
        }
        let chosen = payloads.first().ok_or_else(|| {
            let problem = if outcomes == 0 {
                "no success answer is declared"
            } else {
                "all success answers are outcomes"
            };
            Mistake::new(&id, problem, "declare the answer of a call that did what it says")
        })?;
        if payloads.iter().any(|(_, other)| *other != chosen.1) {
            let remedy = "give all but one `x-sdk-outcome`, or make them alike";
            return Err(Mistake::new(&id, "two success answers have different payloads", remedy));
        }
        let response = match &chosen.1 {
            Some(payload) => {
                json!({ "description": "", "content": { "application/json": { "schema": payload } } })
            }
            None => json!({ "description": "" }),
        };
        let responses = Map::from_iter([(chosen.0.clone(), response)]);
        operation.insert("responses".to_owned(), Value::Object(responses));
    }
    Ok(())
}

/// The schema inside the envelope; `None` where the envelope carries no payload.
fn payload(document: &Value, schema: &Value, id: &str) -> Result<Option<Value>, Mistake> {
    let envelope = resolve(document, schema)?;
    let Some(member) = text(envelope, "x-sdk-envelope") else {
        return Ok(Some(schema.clone()));
    };
    let parts = envelope["allOf"].as_array().ok_or_else(|| {
        Mistake::new(
            id,
            "the envelope is not put together with `allOf`",
            "use `allOf` of the envelope and its payload",
        )
    })?;
    let mut payload = None;
    for part in parts {
        // The last one is the nearest: an envelope may say of its payload that it can be anything.
        payload = resolve(document, part)?["properties"].get(member).cloned().or(payload);
    }
    if payload.is_none() && parts.len() > 1 {
        let problem = format!("the envelope has no payload `{member}`");
        return Err(Mistake::new(id, problem, "name the member that holds it in `x-sdk-envelope`"));
    }
    Ok(payload)
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

/// A new member never breaks reading.
pub fn open_objects(document: &mut Value) {
    for_each_object(document, &mut |object| {
        if object.get("additionalProperties") == Some(&Value::Bool(false)) {
            object.remove("additionalProperties");
        }
    });
}

/// A time keeps the text that the provider wrote.
fn mark_times(document: &mut Value) {
    for_each_object(document, &mut |object| {
        if object.get("format").is_some_and(|format| format == "date-time") {
            object.insert("format".to_owned(), TIMESTAMP.into());
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
            let collection = property["type"] == "array" || property.get("additionalProperties").is_some();
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
fn prune_schemas(document: &mut Value) -> Result<(), Mistake> {
    let mut used = BTreeSet::new();
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
