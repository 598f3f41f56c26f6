//! Every `$ref` leads somewhere and says nothing beside itself.

use super::document::{Mistake, NAME_MAPS, resolve};
use serde_json::Value;

/// Refuses a reference that leads nowhere, and what stands beside one: `OpenAPI` 3.0 ignores it.
pub fn check(document: &Value) -> Result<(), Mistake> {
    walk(document, document, &mut Vec::new(), false)
}

fn walk<'a>(document: &Value, value: &'a Value, path: &mut Vec<&'a str>, names: bool) -> Result<(), Mistake> {
    if let Some(items) = value.as_array() {
        path.push("-");
        items.iter().try_for_each(|item| walk(document, item, path, false))?;
        path.pop();
    }
    let Some(object) = value.as_object() else {
        return Ok(());
    };
    let place = || {
        if path.is_empty() { "document".to_owned() } else { path.join(" > ") }
    };
    if !names && let Some(reference) = object.get("$ref") {
        if !reference.is_string() {
            return Err(Mistake::new(place(), "the `$ref` is no text", "name a part of this document"));
        }
        resolve(document, value).map_err(|mistake| mistake.within(&place()))?;
        if let Some(sibling) = object.keys().find(|key| *key != "$ref") {
            let problem = format!("`{sibling}` stands beside a `$ref`, where every reader ignores it");
            return Err(Mistake::new(
                place(),
                problem,
                "move it to what is referred to, or write the schema out",
            ));
        }
    }
    for (key, child) in object {
        if !names && matches!(key.as_str(), "example" | "examples") {
            continue;
        }
        path.push(key);
        walk(document, child, path, !names && NAME_MAPS.contains(&key.as_str()))?;
        path.pop();
    }
    Ok(())
}
