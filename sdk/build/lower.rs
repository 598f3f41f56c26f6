//! Makes a document into one that progenitor reads as we mean it. Each step says what it must have found.

use super::document::{Mistake, each_operation_mut, for_each_object, members, resolve};
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
        let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
        let mut payloads = Vec::new();
        for (status, response) in
            members(&operation["responses"]).filter(|(status, _)| status.starts_with('2'))
        {
            let response = resolve(&whole, response)?;
            if response.get("x-sdk-outcome").is_some() {
                continue;
            }
            let schema = response.pointer("/content/application~1json/schema");
            let payload = schema
                .map(|schema| payload(&whole, schema, &id))
                .transpose()?
                .flatten();
            payloads.push((status.clone(), payload));
        }
        let mut typed = payloads.iter().filter(|(_, payload)| payload.is_some());
        let chosen = typed.next().or(payloads.first()).ok_or_else(|| {
            Mistake::new(
                &id,
                "no success answer is declared",
                "declare the answer of a successful call",
            )
        })?;
        if typed.next().is_some_and(|(_, other)| *other != chosen.1) {
            let remedy = "give all but one `x-sdk-outcome`, or make them alike";
            return Err(Mistake::new(
                &id,
                "two success answers have different payloads",
                remedy,
            ));
        }
        let mut response = json!({ "description": "" });
        if let Some(payload) = &chosen.1 {
            response["content"] = json!({ "application/json": { "schema": payload } });
        }
        let responses = Map::from_iter([(chosen.0.clone(), response)]);
        operation.insert("responses".to_owned(), Value::Object(responses));
    }
    Ok(())
}

/// The schema inside the envelope; `None` where the envelope carries no payload.
fn payload(document: &Value, schema: &Value, id: &str) -> Result<Option<Value>, Mistake> {
    let Some(member) = resolve(document, schema)?
        .get("x-sdk-envelope")
        .and_then(Value::as_str)
    else {
        return Ok(Some(schema.clone()));
    };
    let parts = schema["allOf"].as_array().ok_or_else(|| {
        Mistake::new(
            id,
            "the envelope is not put together with `allOf`",
            "use `allOf` of the envelope and its payload",
        )
    })?;
    Ok(parts
        .iter()
        .find_map(|part| part["properties"].get(member))
        .cloned())
}

/// A precondition is an argument of ours, checked and sent by the runtime.
fn take_out_preconditions(document: &mut Value, operations: &[Operation]) -> Result<(), Mistake> {
    let whole = document.clone();
    let mut taken = 0;
    for operation in each_operation_mut(document) {
        let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) else {
            continue;
        };
        let before = parameters.len();
        parameters.retain(|parameter| {
            resolve(&whole, parameter).is_ok_and(|parameter| parameter["x-sdk-precondition"] != true)
        });
        taken += before - parameters.len();
    }
    let declared = operations
        .iter()
        .filter(|operation| operation.precondition.is_some())
        .count();
    if taken == declared {
        return Ok(());
    }
    let problem = format!("{declared} operations have a precondition, {taken} were lowered");
    Err(Mistake::new(
        "document",
        problem,
        "declare a precondition on the operation, at most one",
    ))
}

/// A new member never breaks reading.
fn open_objects(document: &mut Value) {
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
        object.retain(|key, _| !BOUNDS.contains(&key.as_str()))
    });
}

/// An optional list or map is an `Option`, so that an empty one can be told from none.
fn name_optional_collections(document: &mut Value) {
    for_each_object(document, &mut |object| {
        let required = object.get("required").cloned().unwrap_or_default();
        let is_required = |name: &str| {
            required
                .as_array()
                .is_some_and(|names| names.iter().any(|each| each == name))
        };
        let properties = object.get_mut("properties").and_then(Value::as_object_mut);
        for (name, property) in properties.into_iter().flatten() {
            let collection = property["type"] == "array" || property.get("additionalProperties").is_some();
            if collection && !is_required(name) {
                property["nullable"] = Value::Bool(true);
            }
        }
    });
}

/// What is sent is made step by step, and checked as a whole before it goes.
fn forget_what_requests_require(document: &mut Value, facts: &Facts) {
    let schemas = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut);
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
        object.retain(|key, _| !key.starts_with("x-"))
    });
}

/// Envelopes and errors are gone from the operations; their types would be dead code.
fn prune_schemas(document: &mut Value) -> Result<(), Mistake> {
    let mut used = BTreeSet::new();
    let paths = document["paths"].clone();
    collect_references(document, &paths, &mut used)?;
    let parameters = document["components"]["parameters"].clone();
    collect_references(document, &parameters, &mut used)?;
    if let Some(schemas) = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut)
    {
        schemas.retain(|name, _| used.contains(name));
    }
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.remove("responses");
        components.remove("securitySchemes");
    }
    Ok(())
}
