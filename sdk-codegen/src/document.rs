//! Reading a document as JSON, and saying what is wrong with it.

use serde_json::{Map, Value};
use std::fmt;

/// What is wrong with a document, where, and what to do about it: one line.
#[derive(Clone, Debug)]
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

/// Everything that is wrong with a document, as far as one step can tell.
#[derive(Debug)]
pub struct Mistakes(Vec<Mistake>);

impl Mistakes {
    /// The mistakes of several readers.
    pub fn of(all: impl IntoIterator<Item = Option<Self>>) -> Self {
        Self(all.into_iter().flatten().flat_map(|mistakes| mistakes.0).collect())
    }

    pub fn iter(&self) -> impl Iterator<Item = &Mistake> {
        self.0.iter()
    }
}

impl From<Mistake> for Mistakes {
    fn from(mistake: Mistake) -> Self {
        Self(vec![mistake])
    }
}

impl From<Vec<Mistake>> for Mistakes {
    fn from(mistakes: Vec<Mistake>) -> Self {
        Self(mistakes)
    }
}

/// All values, or all mistakes.
pub fn all<T, C: FromIterator<T>>(
    results: impl IntoIterator<Item = Result<T, Mistake>>,
) -> Result<C, Mistakes> {
    let mut mistakes = Vec::new();
    let values =
        results.into_iter().filter_map(|result| result.map_err(|mistake| mistakes.push(mistake)).ok());
    let values = values.collect();
    if mistakes.is_empty() { Ok(values) } else { Err(Mistakes(mistakes)) }
}

/// The document as JSON. Words such as `no` and `on` are text, as YAML 1.2 has it.
pub fn read(text: &str) -> Result<Value, Mistake> {
    let options = serde_saphyr::options! { strict_booleans: true };
    serde_saphyr::from_str_with_options(text, options)
        .map_err(|error| Mistake::new("document", one_line(&error), "write valid YAML"))
}

/// Refuses a document of another version, whose schemas mean something else.
pub fn check_version(document: &Value) -> Result<(), Mistake> {
    let version = document.get("openapi").unwrap_or(&Value::Null);
    if version.as_str().is_some_and(|version| version.starts_with("3.0.")) {
        return Ok(());
    }
    let remedy = "write the document in OpenAPI 3.0, as in `openapi: 3.0.3`";
    Err(Mistake::new("document", format!("`openapi` is `{}`", plain(version)), remedy))
}

/// A value as it stands in a message.
pub fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub fn one_line(text: &dyn fmt::Display) -> String {
    text.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
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

/// What an `allOf` of one stands for: that one. It is how `OpenAPI` 3.0 says something beside a reference.
pub fn unwrapped(value: &Value) -> &Value {
    match value.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
        Some([only]) if only.get("$ref").is_some() => only,
        _ => value,
    }
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
