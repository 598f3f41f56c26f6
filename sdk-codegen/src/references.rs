//! Every `$ref` leads somewhere and says nothing beside itself.

use super::document::{Mistake, NAME_MAPS, resolve};
use serde_json::{Map, Value};

/// Refuses a reference that leads nowhere, and what stands beside one: `OpenAPI` 3.0 ignores it.
pub fn check(document: &Value) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    walk(document, document, &mut Vec::new(), false, &mut mistakes);
    mistakes
}

fn walk<'a>(
    document: &Value,
    value: &'a Value,
    path: &mut Vec<&'a str>,
    names: bool,
    mistakes: &mut Vec<Mistake>,
) {
    for item in value.as_array().into_iter().flatten() {
        path.push("-");
        walk(document, item, path, false, mistakes);
        path.pop();
    }
    for (key, child) in value.as_object().into_iter().flatten() {
        if !names && matches!(key.as_str(), "example" | "examples") {
            continue;
        }
        path.push(key);
        walk(document, child, path, !names && NAME_MAPS.contains(&key.as_str()), mistakes);
        path.pop();
    }
    if let Some(object) = value.as_object().filter(|object| !names && object.contains_key("$ref")) {
        let place = if path.is_empty() { "document".to_owned() } else { path.join(" > ") };
        mistakes.extend(check_reference(document, value, object, &place).err());
    }
}

fn check_reference(
    document: &Value,
    value: &Value,
    object: &Map<String, Value>,
    place: &str,
) -> Result<(), Mistake> {
    if !value["$ref"].is_string() {
        return Err(Mistake::new(place, "the `$ref` is no text", "name a part of this document"));
    }
    resolve(document, value).map_err(|mistake| mistake.within(place))?;
    let Some(sibling) = object.keys().find(|key| *key != "$ref") else {
        return Ok(());
    };
    let problem = format!("`{sibling}` stands beside a `$ref`, where every reader ignores it");
    Err(Mistake::new(place, problem, "move it to what is referred to, or write the schema out"))
}
