//! Our own keys: which there are, where each may stand, and what may be said with it.

use super::answers::LINKS;
use super::document::{METHODS, Mistake, NAME_MAPS};
use super::operations::{CERTAINTIES, OUTCOMES};
use super::sources::Source;
use serde_json::Value;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    Operation,
    Parameter,
    Response,
    Schema,
    Other,
}

#[derive(Clone, Copy)]
enum Content {
    OneOf(&'static [&'static str]),
    Text,
    /// The tag of a source.
    Source,
    Bool,
    /// What says something by being there at all.
    True,
    /// Read, and refused if need be, by whoever uses it.
    Object(&'static str),
}

const EVERYWHERE: &[Place] = &[Place::Operation, Place::Schema, Place::Parameter, Place::Response];

/// Each key is explained in `openapi/README.md`.
const KEYS: &[(&str, &[Place], Content)] = &[
    ("x-sdk-certainty", EVERYWHERE, Content::OneOf(&CERTAINTIES)),
    ("x-sdk-source", EVERYWHERE, Content::Source),
    ("x-sdk-repeatable", &[Place::Operation], Content::Bool),
    ("x-sdk-by-hand", &[Place::Operation], Content::True),
    ("x-sdk-page", &[Place::Operation], Content::Object("`style`, `limit` and `token`")),
    ("x-sdk-vendor-id", &[Place::Operation], Content::Text),
    ("x-sdk-precondition", &[Place::Parameter], Content::True),
    ("x-sdk-outcome", &[Place::Response], Content::OneOf(&OUTCOMES)),
    ("x-sdk-hint", &[Place::Response], Content::True),
    ("x-sdk-created", &[Place::Response], Content::Text),
    ("x-sdk-link", &[Place::Response], Content::OneOf(&LINKS)),
    ("x-sdk-envelope", &[Place::Schema], Content::Text),
    ("x-sdk-sensitive", &[Place::Schema], Content::True),
    ("x-sdk-resource", &[Place::Schema], Content::Object("`id` and `path`")),
    ("x-sdk-positions", &[Place::Schema], Content::Object("`schema` and `order`")),
    ("x-sdk-flag", &[Place::Schema], Content::True),
    ("x-sdk-required-unless", &[Place::Schema], Content::Object("`members` and `set`")),
];

/// Refuses an unknown key, a key at a place that it says nothing about, and a value that it cannot have.
pub fn check(document: &Value, sources: &[Source]) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    walk(document, &mut Vec::new(), false, sources, &mut mistakes);
    mistakes
}

fn walk<'a>(
    value: &'a Value,
    path: &mut Vec<&'a str>,
    names: bool,
    sources: &[Source],
    mistakes: &mut Vec<Mistake>,
) {
    match value {
        Value::Object(object) => {
            for (key, child) in object {
                if !names && key.starts_with("x-sdk-") {
                    mistakes.extend(check_key(key, child, path, sources).err());
                }
                if !names && (key == "example" || key == "examples") {
                    continue;
                }
                path.push(key);
                walk(child, path, !names && NAME_MAPS.contains(&key.as_str()), sources, mistakes);
                path.pop();
            }
        }
        Value::Array(items) => {
            for item in items {
                path.push("-");
                walk(item, path, false, sources, mistakes);
                path.pop();
            }
        }
        _ => {}
    }
}

fn check_key(key: &str, value: &Value, path: &[&str], sources: &[Source]) -> Result<(), Mistake> {
    let known = KEYS.iter().find(|(name, ..)| *name == key);
    let Some((_, places, content)) = known else {
        let names = KEYS.iter().map(|(name, ..)| *name).collect::<Vec<_>>().join(", ");
        return Err(Mistake::new(
            describe(path),
            format!("`{key}` is no key of ours"),
            format!("use one of {names}"),
        ));
    };
    if !places.contains(&place(path)) {
        let allowed =
            places.iter().map(|place| format!("{place:?}").to_lowercase()).collect::<Vec<_>>().join(" or ");
        return Err(Mistake::new(
            describe(path),
            format!("nothing reads `{key}` here"),
            format!("move it to: {allowed}"),
        ));
    }
    let (right, remedy) = match content {
        Content::OneOf(words) => (
            value.as_str().is_some_and(|word| words.contains(&word)),
            format!("use one of {}", words.join(", ")),
        ),
        Content::Text => (value.is_string(), "give it a text".to_owned()),
        Content::Source => {
            let is_listed = sources.iter().any(|source| *value == source.tag);
            (
                is_listed,
                "use a tag of a source that `info.description` lists, as in \"- `S`: the reference\""
                    .to_owned(),
            )
        }
        Content::Bool => (value.is_boolean(), "say `true` or `false`".to_owned()),
        Content::True => (value == true, "say `true`, or leave it out".to_owned()),
        Content::Object(members) => (value.is_object(), format!("give it {members}")),
    };
    if right { Ok(()) } else { Err(Mistake::new(describe(path), format!("`{key}` is `{value}`"), remedy)) }
}

fn describe(path: &[&str]) -> String {
    if path.is_empty() { "document".to_owned() } else { path.join(" > ") }
}

fn place(path: &[&str]) -> Place {
    match path {
        ["paths", _, method] if METHODS.contains(method) => Place::Operation,
        [.., "callbacks", _, _, method] if METHODS.contains(method) => Place::Operation,
        [.., "parameters", _] => Place::Parameter,
        [.., "responses", _] => Place::Response,
        [.., "schema"] | ["components", "schemas", ..] => Place::Schema,
        path if path.contains(&"schema") => Place::Schema,
        _ => Place::Other,
    }
}
