//! Reading a document as JSON, and saying what is wrong with it.

use serde_json::{Map, Value};
use std::fmt;

/// What is wrong with a document, where, and what to do about it: one line.
#[derive(Debug)]
pub struct Mistake {
    place: String,
    problem: String,
    remedy: String,
}

impl Mistake {
    pub fn new(place: impl Into<String>, problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { place: place.into(), problem: problem.into(), remedy: remedy.into() }
    }

    /// The same mistake, found inside of `place`.
    pub fn within(self, place: &str) -> Self {
        Self { place: format!("{place} > {}", self.place), ..self }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}; {}", self.place, self.problem, self.remedy)
    }
}

pub const METHODS: [&str; 7] = ["get", "put", "post", "delete", "patch", "head", "options"];

/// The members of an object; none where it is anything else.
pub fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

pub fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

pub fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// Every operation as (path, path item, method, operation).
pub fn each_operation(document: &Value) -> impl Iterator<Item = (&String, &Value, &str, &Value)> {
    members(&document["paths"]).flat_map(|(path, item)| {
        members(item)
            .filter(|(method, _)| METHODS.contains(&method.as_str()))
            .map(move |(method, operation)| (path, item, method.as_str(), operation))
    })
}

pub fn each_operation_mut(document: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    let items = document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    items.flat_map(|(_, item)| {
        let members = item.as_object_mut().into_iter().flatten();
        members
            .filter(|(method, _)| METHODS.contains(&method.as_str()))
            .filter_map(|(_, operation)| operation.as_object_mut())
    })
}

/// Follows a local `$ref`, if `value` is one, and what it refers to in turn.
pub fn resolve<'a>(document: &'a Value, value: &'a Value) -> Result<&'a Value, Mistake> {
    const MOST: usize = 16;
    let mut value = value;
    for _ in 0..MOST {
        let Some(reference) = text(value, "$ref") else {
            return Ok(value);
        };
        value =
            reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer)).ok_or_else(|| {
                Mistake::new(reference, "the reference leads nowhere", "name a part of this document")
            })?;
    }
    let reference = text(value, "$ref").unwrap_or_default();
    Err(Mistake::new(reference, "the reference goes in circles", "name something that is no reference"))
}

/// The name of the schema that `value` refers to.
pub fn schema_name(value: &Value) -> Option<&str> {
    text(value, "$ref")?.strip_prefix("#/components/schemas/")
}

/// Keys whose value maps names to things, so that its own keys are no keywords.
pub const NAME_MAPS: [&str; 10] = [
    "properties",
    "schemas",
    "responses",
    "parameters",
    "paths",
    "content",
    "headers",
    "callbacks",
    "requestBodies",
    "x-enumDescriptions",
];

/// Calls `visit` for every object of the document that is no map of names and no example, children first.
pub fn for_each_object(value: &mut Value, visit: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            for (key, child) in object.iter_mut() {
                match child {
                    Value::Object(names) if NAME_MAPS.contains(&key.as_str()) => {
                        names.values_mut().for_each(|child| for_each_object(child, visit));
                    }
                    _ if key == "example" || key == "examples" => {}
                    _ => for_each_object(child, visit),
                }
            }
            visit(object);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| for_each_object(item, visit)),
        _ => {}
    }
}
