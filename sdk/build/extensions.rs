//! Our own keys: which there are, and where each may stand.

use super::document::{METHODS, Mistake, NAME_MAPS};
use serde_json::Value;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Place {
    Operation,
    Parameter,
    Response,
    Schema,
    Other,
}

const KEYS: &[(&str, &[Place])] = &[
    (
        "x-sdk-certainty",
        &[Place::Operation, Place::Schema, Place::Parameter, Place::Response],
    ),
    (
        "x-sdk-source",
        &[Place::Operation, Place::Schema, Place::Parameter, Place::Response],
    ),
    ("x-sdk-repeatable", &[Place::Operation]),
    ("x-sdk-page", &[Place::Operation]),
    ("x-sdk-vendor-id", &[Place::Operation]),
    ("x-sdk-precondition", &[Place::Parameter]),
    ("x-sdk-created", &[Place::Response]),
    ("x-sdk-outcome", &[Place::Response]),
    ("x-sdk-envelope", &[Place::Schema]),
    ("x-sdk-sensitive", &[Place::Schema]),
];

/// Refuses an unknown key and a key at a place where nothing would read it.
pub fn check(document: &Value) -> Result<(), Mistake> {
    walk(document, &mut Vec::new())
}

fn walk<'a>(value: &'a Value, path: &mut Vec<&'a str>) -> Result<(), Mistake> {
    match value {
        Value::Object(object) => {
            let place = place(path);
            for (key, child) in object {
                let is_name = path.last().is_some_and(|parent| NAME_MAPS.contains(parent));
                if key.starts_with("x-sdk-") && !is_name {
                    check_key(key, place, path)?;
                }
                if key == "example" || key == "examples" {
                    continue;
                }
                path.push(key);
                walk(child, path)?;
                path.pop();
            }
        }
        Value::Array(items) => {
            for item in items {
                path.push("-");
                walk(item, path)?;
                path.pop();
            }
        }
        _ => {}
    }
    Ok(())
}

fn check_key(key: &str, place: Place, path: &[&str]) -> Result<(), Mistake> {
    let known = KEYS.iter().find(|(name, _)| *name == key);
    let Some((_, places)) = known else {
        let names = KEYS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        return Err(Mistake::new(
            describe(path),
            format!("`{key}` is no key of ours"),
            format!("use one of {names}"),
        ));
    };
    if places.contains(&place) {
        return Ok(());
    }
    let allowed = places
        .iter()
        .map(|place| format!("{place:?}").to_lowercase())
        .collect::<Vec<_>>()
        .join(" or ");
    Err(Mistake::new(
        describe(path),
        format!("nothing reads `{key}` here"),
        format!("put it on an {allowed}"),
    ))
}

fn describe(path: &[&str]) -> String {
    if path.is_empty() {
        "document".to_owned()
    } else {
        path.join(" > ")
    }
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
