//! Schemas that no type can be made of are refused here, with their place in the document. What the generator does not get
//! to see, such as errors, may be anything.

use super::document::{Mistake, Mistakes, members, plain, text};
use heck::ToSnakeCase;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Checks the lowered document: all of it becomes code.
pub fn check(document: &Value) -> Result<(), Mistakes> {
    let mut mistakes = Vec::new();
    let schemas = document.pointer("/components/schemas").unwrap_or(&Value::Null);
    for (name, schema) in members(schemas) {
        let mut path = vec!["components".to_owned(), "schemas".to_owned(), name.clone()];
        if schema["nullable"] == true {
            let remedy = "say it where the schema is used: a member that is not required may be null";
            mistakes.push(Mistake::new(path.join(" > "), "a named schema cannot be nullable", remedy));
        }
        walk(schema, true, &mut path, &mut mistakes);
    }
    for (address, item) in members(&document["paths"]) {
        for (method, operation) in members(item).filter(|(_, operation)| operation.is_object()) {
            let id = text(operation, "operationId").unwrap_or(method);
            for (part, place) in
                [("responses", "answer"), ("requestBody", "body"), ("parameters", "parameters")]
            {
                let mut path = vec![id.to_owned(), place.to_owned()];
                find_schemas(&operation[part], &mut path, &mut mistakes);
            }
        }
        find_schemas(&item["parameters"], &mut vec![address.clone(), "parameters".to_owned()], &mut mistakes);
    }
    if mistakes.is_empty() { Ok(()) } else { Err(Mistakes::from(mistakes)) }
}

/// Walks the schemas inside of something that is none.
fn find_schemas(value: &Value, path: &mut Vec<String>, mistakes: &mut Vec<Mistake>) {
    for (key, child) in members(value) {
        if key == "schema" {
            walk(child, false, path, mistakes);
        } else {
            find_schemas(child, path, mistakes);
        }
    }
    value.as_array().into_iter().flatten().for_each(|child| find_schemas(child, path, mistakes));
}

fn walk(schema: &Value, is_named: bool, path: &mut Vec<String>, mistakes: &mut Vec<Mistake>) {
    if let Some((problem, remedy)) = unsupported(schema, is_named) {
        mistakes.push(Mistake::new(path.join(" > "), problem, remedy));
        return;
    }
    for (name, member) in members(&schema["properties"]) {
        path.extend(["properties".to_owned(), name.clone()]);
        walk(member, false, path, mistakes);
        path.truncate(path.len() - 2);
    }
    for key in ["items", "additionalProperties"] {
        if let Some(inner) = schema.get(key) {
            path.push(key.to_owned());
            walk(inner, false, path, mistakes);
            path.pop();
        }
    }
}

/// The problem of a schema that cannot be made into a type, and its remedy.
fn unsupported(schema: &Value, is_named: bool) -> Option<(String, &'static str)> {
    const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];
    for key in ["oneOf", "anyOf", "not", "discriminator"] {
        if schema.get(key).is_some() {
            let remedy = "write one object with the members of all of them, none of them required, or `{}` for any JSON";
            return Some((format!("`{key}` makes no type"), remedy));
        }
    }
    if schema.get("$ref").is_some() && schema["nullable"] == true {
        let problem = "a reference that may be `null` is no member of an object".to_owned();
        return Some((problem, "leave `nullable` out, or write the schema out"));
    }
    if schema.get("allOf").is_some() {
        let remedy = "write the members of a schema out; an `allOf` of one reference is read as that";
        return Some(("`allOf` makes no type".to_owned(), remedy));
    }
    if let Some(kind) = schema.get("type")
        && !kind.as_str().is_some_and(|kind| TYPES.contains(&kind))
    {
        let problem = format!("`type` is `{}`", plain(kind));
        return Some((problem, "use one of array, boolean, integer, number, object, string"));
    }
    if schema.get("properties").is_some() && !is_named {
        let remedy = "move it to `components/schemas` and refer to it";
        return Some(("an object has no name".to_owned(), remedy));
    }
    if schema.get("properties").is_some() && schema.get("additionalProperties").is_some() {
        let problem = "`additionalProperties` stands beside `properties`".to_owned();
        return Some((problem, "leave one of them out: members that are not known are never refused"));
    }
    one_name(members(&schema["properties"]).map(|(name, _)| name.as_str()))
        .map(|problem| (problem, "leave one of them out"))
}

/// Two names that are one in Rust.
pub fn one_name<'a>(names: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut seen = BTreeMap::new();
    for name in names.collect::<BTreeSet<_>>() {
        let rust = name.to_snake_case();
        if let Some(other) = seen.insert(rust.clone(), name) {
            return Some(format!("`{other}` and `{name}` are both `{rust}` in Rust"));
        }
    }
    None
}
