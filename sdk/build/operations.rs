//! The table of operations: what the SDK has to know of each, beyond types.

use super::answers::{self, Answers, Body};
use super::document::{METHODS, Mistake, each_operation, list, members, resolve, schema_name, text};
use serde_json::Value;
use std::collections::BTreeSet;

pub struct Operation {
    pub id: String,
    pub vendor_id: Option<String>,
    pub method: String,
    pub path: String,
    pub summary: String,
    pub description: Option<String>,
    pub certainty: String,
    pub source: String,
    pub repeatable: bool,
    /// The names of members that a request can have, and of its parameters.
    pub members: BTreeSet<String>,
    /// The call is written by hand; only the table knows the operation.
    pub by_hand: bool,
    pub page: Option<Page>,
    pub precondition: Option<String>,
    pub answers: Answers,
    pub parameters: Vec<Parameter>,
    pub body: Option<Body>,
}

pub struct Page {
    pub style: String,
    /// The query parameter that says how many.
    pub limit: String,
    /// The query parameter that says from where on.
    pub token: String,
    /// Where the answer of a documented style holds the items, and what says how it goes on.
    pub places: Option<Places>,
}

pub struct Places {
    pub items: String,
    /// A member of a member.
    pub next: (String, String),
    /// Where the answer says how many items there are, beside what says how it goes on.
    pub total: Option<String>,
}

pub struct Parameter {
    pub name: String,
    pub description: Option<String>,
    pub certainty: String,
    pub source: Option<String>,
    pub minimum: Option<i64>,
    pub maximum: Option<i64>,
}

pub const CERTAINTIES: [&str; 3] = ["documented", "inferred", "assumed"];
pub const OUTCOMES: [&str; 4] = ["failed", "not-ready", "refused", "locked"];
const PAGE_STYLES: [&str; 3] = ["undocumented", "offset", "token"];

pub fn read(document: &Value) -> Result<Vec<Operation>, Mistake> {
    let mut ids = BTreeSet::new();
    each_operation(document)
        .map(|(path, item, method, operation)| {
            let read = read_operation(document, path, item, method, operation)?;
            if !ids.insert(read.id.clone()) {
                return Err(Mistake::new(
                    read.id,
                    "the `operationId` is used twice",
                    "give each operation its own",
                ));
            }
            Ok(read)
        })
        .collect()
}

/// What is not recognised as an operation would be left out without a word.
pub fn check(document: &Value) -> Result<(), Mistake> {
    const OTHERS: [&str; 4] = ["parameters", "summary", "description", "servers"];
    for (path, item) in members(&document["paths"]) {
        let known = |key: &str| METHODS.contains(&key) || OTHERS.contains(&key) || key.starts_with("x-");
        if let Some((key, _)) = members(item).find(|(key, _)| !known(key)) {
            let remedy = format!("use one of {}, or write the path out", METHODS.join(", "));
            return Err(Mistake::new(path, format!("`{key}` is no method"), remedy));
        }
    }
    match each_operation(document).next() {
        Some(_) => Ok(()),
        None => Err(Mistake::new("document", "no operation is declared", "declare one under `paths`")),
    }
}

fn read_operation(
    document: &Value,
    path: &str,
    item: &Value,
    method: &str,
    operation: &Value,
) -> Result<Operation, Mistake> {
    let place = format!("{} {path}", method.to_uppercase());
    let id = required(operation, "operationId", &place, "name the operation `verb_noun`")?;
    let parameters = list(operation, "parameters").chain(list(item, "parameters"));
    let parameters =
        parameters.map(|parameter| resolve(document, parameter)).collect::<Result<Vec<_>, _>>()?;
    let repeatable = operation.get("x-sdk-repeatable").and_then(Value::as_bool).ok_or_else(|| {
        let remedy = "state whether sending twice does no more harm than sending once (true or false)";
        Mistake::new(&id, "`x-sdk-repeatable` is missing", remedy)
    })?;
    let precondition = parameters.iter().find(|parameter| parameter["x-sdk-precondition"] == true);
    if let Some(parameter) = precondition.filter(|parameter| parameter["in"] != "header") {
        let name = text(parameter, "name").unwrap_or_default();
        let problem = format!("the precondition `{name}` is no header");
        return Err(Mistake::new(&id, problem, "put `x-sdk-precondition` on a header parameter"));
    }
    let mut names = BTreeSet::new();
    names.extend(parameters.iter().filter_map(|parameter| text(parameter, "name")).map(str::to_owned));
    let body = resolve(document, &operation["requestBody"])?;
    for (_, content) in members(&body["content"]) {
        collect_members(document, &content["schema"], &mut BTreeSet::new(), &mut names)?;
    }
    Ok(Operation {
        members: names,
        vendor_id: text(operation, "x-sdk-vendor-id").map(str::to_owned),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: required(operation, "summary", &id, "say in one sentence what the operation does")?,
        description: text(operation, "description").map(str::to_owned),
        certainty: one_of(operation, "x-sdk-certainty", &id, &CERTAINTIES)?,
        source: required(
            operation,
            "x-sdk-source",
            &id,
            "name the tag of its source, see `info.description`",
        )?,
        repeatable,
        by_hand: operation["x-sdk-by-hand"] == true || answers::has_parts(document, operation)?,
        page: operation.get("x-sdk-page").map(|page| read_page(page, &parameters, &id)).transpose()?,
        precondition: precondition.and_then(|parameter| text(parameter, "name")).map(str::to_owned),
        answers: answers::read(document, operation, &id)?,
        body: answers::body(document, operation, &id)?,
        parameters: parameters
            .into_iter()
            .map(|parameter| read_parameter(document, parameter, &id))
            .collect::<Result<_, _>>()?,
        id,
    })
}

/// Adds the names of all members of what `schema` describes, at any depth. `seen` are the schemas that were looked into.
fn collect_members<'a>(
    document: &'a Value,
    schema: &'a Value,
    seen: &mut BTreeSet<&'a str>,
    names: &mut BTreeSet<String>,
) -> Result<(), Mistake> {
    if schema_name(schema).is_some_and(|name| !seen.insert(name)) {
        return Ok(());
    }
    let schema = resolve(document, schema)?;
    for (name, member) in members(&schema["properties"]) {
        names.insert(name.clone());
        collect_members(document, member, seen, names)?;
    }
    let parts = ["allOf", "oneOf", "anyOf"].into_iter().flat_map(|key| list(schema, key));
    let inner = ["items", "additionalProperties"].into_iter().filter_map(|key| schema.get(key));
    parts.chain(inner).try_for_each(|part| collect_members(document, part, seen, names))
}

fn read_parameter(document: &Value, parameter: &Value, id: &str) -> Result<Parameter, Mistake> {
    let schema = resolve(document, parameter.get("schema").unwrap_or(&Value::Null))?;
    let name = required(parameter, "name", id, "name every parameter")?;
    let bound = |key| super::types::bound(schema, key, &format!("{id} > {name}"));
    let certainty = match parameter.get("x-sdk-certainty") {
        Some(_) => one_of(parameter, "x-sdk-certainty", id, &CERTAINTIES)?,
        None => "documented".to_owned(),
    };
    Ok(Parameter {
        description: text(parameter, "description").map(str::to_owned),
        certainty,
        source: text(parameter, "x-sdk-source").map(str::to_owned),
        minimum: bound("minimum")?,
        maximum: bound("maximum")?,
        name,
    })
}

fn read_page(page: &Value, parameters: &[&Value], id: &str) -> Result<Page, Mistake> {
    let place = format!("{id} > x-sdk-page");
    let member = |key| {
        let name = required(page, key, &place, "name the query parameter")?;
        let declared = |parameter: &&Value| parameter["name"] == *name && parameter["in"] == "query";
        if parameters.iter().any(declared) {
            return Ok(name);
        }
        Err(Mistake::new(
            &place,
            format!("`{key}` is `{name}`, which is no query parameter"),
            "declare the parameter",
        ))
    };
    let style = one_of(page, "style", &place, &PAGE_STYLES)?;
    let place_in_answer = |key| required(page, key, &place, "name the member of the answer");
    let places = (style != "undocumented").then(|| {
        let next = place_in_answer("next")?;
        let (outer, inner) = next.split_once('.').ok_or_else(|| {
            Mistake::new(&place, format!("`next` is `{next}`"), "name a member of a member, as `meta.next`")
        })?;
        let total = page.get("total").map(|_| {
            let total = place_in_answer("total")?;
            let beside = total.strip_prefix(&format!("{outer}.")).map(str::to_owned);
            beside.ok_or_else(|| {
                let remedy = format!("name a member of `{outer}`, as `{outer}.count`");
                Mistake::new(&place, format!("`total` is `{total}`"), remedy)
            })
        });
        let next = (outer.to_owned(), inner.to_owned());
        Ok(Places { items: place_in_answer("items")?, next, total: total.transpose()? })
    });
    Ok(Page { style, limit: member("limit")?, token: member("token")?, places: places.transpose()? })
}

fn required(value: &Value, key: &str, place: &str, remedy: &str) -> Result<String, Mistake> {
    text(value, key)
        .map(str::to_owned)
        .ok_or_else(|| Mistake::new(place, format!("`{key}` is missing or no text"), remedy))
}

pub fn one_of(value: &Value, key: &str, place: &str, allowed: &[&str]) -> Result<String, Mistake> {
    let remedy = format!("use one of {}", allowed.join(", "));
    let given = required(value, key, place, &remedy)?;
    if allowed.contains(&given.as_str()) {
        Ok(given)
    } else {
        Err(Mistake::new(place, format!("`{key}` is `{given}`"), remedy))
    }
}
