//! A document of `openapi/`, read once more and by itself: nothing here is shared with the build script.

use http::{HeaderMap, Method};
use jsonschema::{Draft, Validator};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

pub struct Document {
    name: &'static str,
    operations: Vec<Operation>,
    /// The schemas that others refer to, as JSON Schema.
    components: Value,
    /// By schema: making one takes time, and most answers that refuse have the same few.
    validators: Mutex<BTreeMap<String, Arc<Validator>>>,
}

pub struct Operation {
    pub id: String,
    pub method: Method,
    pub path: String,
    /// By status: a number, `2XX` or `default`.
    responses: BTreeMap<String, Response>,
}

struct Response {
    headers: Vec<String>,
    /// Schemas by media type.
    content: BTreeMap<String, Value>,
}

impl Document {
    pub fn read(name: &'static str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../openapi/{name}.yaml"));
        let whole: Value = serde_saphyr::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let mut components = whole["components"].clone();
        allow_null(&mut components);
        let mut operations = Vec::new();
        for (path, item) in whole["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let Some(id) = operation["operationId"].as_str() else { continue };
                let responses = operation["responses"].as_object().unwrap().iter();
                let responses = responses.map(|(status, response)| {
                    (status.clone(), Response::read(resolve(&whole, response), &whole))
                });
                operations.push(Operation {
                    id: id.to_owned(),
                    method: method.to_uppercase().parse().unwrap(),
                    path: path.clone(),
                    responses: responses.collect(),
                });
            }
        }
        Self { name, operations, components, validators: Mutex::default() }
    }

    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    pub fn ids(&self) -> BTreeSet<&str> {
        self.operations.iter().map(|operation| operation.id.as_str()).collect()
    }

    /// The operation of a request; `path` is below the base URL.
    pub fn operation(&self, method: &Method, path: &str) -> Option<&Operation> {
        let fits = |template: &str| {
            let pairs = template.split('/').zip(path.split('/'));
            template.split('/').count() == path.split('/').count()
                && pairs.into_iter().all(|(expected, found)| {
                    expected == found || (expected.starts_with('{') && !found.is_empty())
                })
        };
        let mut operations = self.operations.iter().filter(|operation| operation.method == *method);
        // A word is nearer than a place for one.
        let exact = operations.clone().find(|operation| operation.path == path);
        exact.or_else(|| operations.find(|operation| fits(&operation.path)))
    }

    /// Lists members of an answer that the document does not state.
    pub fn problems(
        &self,
        operation: &Operation,
        status: u16,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Vec<String> {
        let place = format!("{}: {} {status}", self.name, operation.id);
        let stated = [status.to_string(), format!("{}XX", status / 100), "default".to_owned()];
        let found = match stated.iter().find_map(|status| operation.responses.get(status)) {
            Some(response) => self.compare(response, headers, body),
            None => vec!["the status is not stated".to_owned()],
        };
        found.into_iter().map(|problem| format!("{place}: {problem}")).collect()
    }

    fn compare(&self, response: &Response, headers: &HeaderMap, body: &[u8]) -> Vec<String> {
        let missing = response.headers.iter().filter(|name| !headers.contains_key(name.as_str()));
        let mut problems: Vec<_> = missing.map(|name| format!("the header {name} is missing")).collect();
        let media_type = headers.get("content-type").and_then(|value| value.to_str().ok());
        let media_type = media_type.and_then(|text| text.split(';').next()).unwrap_or_default().trim();
        match response.content.get(media_type) {
            None if response.content.is_empty() => {}
            None => problems.push(format!("the media type `{media_type}` is not stated")),
            Some(_) if media_type != "application/json" => {}
            Some(schema) => match serde_json::from_slice(body) {
                Err(_) => problems.push("the body is no JSON".to_owned()),
                Ok(json) => {
                    let validator = self.validator(schema);
                    let errors = validator.iter_errors(&json);
                    problems.extend(errors.map(|error| format!("{}: {error}", error.instance_path())));
                }
            },
        }
        problems
    }

    fn validator(&self, schema: &Value) -> Arc<Validator> {
        let mut validators = self.validators.lock().unwrap();
        let make = || {
            let mut schema = schema.clone();
            allow_null(&mut schema);
            let root = json!({ "allOf": [schema], "components": self.components });
            let options = jsonschema::options().with_draft(Draft::Draft4).should_validate_formats(true);
            Arc::new(options.with_format("date-time-local", is_local_time).build(&root).unwrap())
        };
        Arc::clone(validators.entry(schema.to_string()).or_insert_with(make))
    }
}

impl Response {
    fn read(response: &Value, whole: &Value) -> Self {
        let headers = response["headers"].as_object().into_iter().flatten();
        let headers = headers.filter(|(_, header)| resolve(whole, header)["required"] == true);
        let content = response["content"].as_object().into_iter().flatten();
        let content = content.map(|(media_type, content)| {
            (media_type.clone(), content.get("schema").cloned().unwrap_or_else(|| json!({})))
        });
        Self { headers: headers.map(|(name, _)| name.clone()).collect(), content: content.collect() }
    }
}

fn resolve<'a>(whole: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => whole.pointer(reference.trim_start_matches('#')).unwrap(),
        None => value,
    }
}

/// A time of RFC 3339 that lacks its offset.
fn is_local_time(text: &str) -> bool {
    let time = json!({ "format": "date-time" });
    let options = jsonschema::options().with_draft(Draft::Draft4).should_validate_formats(true);
    options.build(&time).unwrap().is_valid(&Value::String(format!("{text}Z")))
}

/// Writes `nullable` as JSON Schema has it. It needs a `type` beside it; without one it says nothing.
fn allow_null(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(allow_null);
            if members.get("nullable") == Some(&Value::Bool(true)) {
                assert!(members.contains_key("type"), "`nullable` without a type: {members:?}");
                members.remove("nullable");
                *schema = json!({ "anyOf": [schema, { "type": "null" }] });
            }
        }
        Value::Array(items) => items.iter_mut().for_each(allow_null),
        _ => {}
    }
}
