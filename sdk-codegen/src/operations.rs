//! The table of operations: what the SDK has to know of each, beyond types.

use super::answers::{self, Answers, Body};
use super::document::{
    METHODS, Mistake, Mistakes, all, each_operation, list, members, resolve, schema_name, text,
};
use super::supported::one_name;
use heck::{ToSnakeCase, ToUpperCamelCase};
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
    pub required: bool,
    /// The way a list is written, if the parameter is one.
    pub list: Option<List>,
    pub description: Option<String>,
    pub certainty: String,
    pub source: Option<String>,
    pub minimum: Option<i64>,
    pub maximum: Option<i64>,
}

/// A list in a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// One pair for each item.
    Repeated,
    /// One pair, with commas between the items.
    Joined,
}

pub const CERTAINTIES: [&str; 3] = ["documented", "inferred", "assumed"];
pub const OUTCOMES: [&str; 4] = ["failed", "not-ready", "refused", "locked"];
const PAGE_STYLES: [&str; 3] = ["undocumented", "offset", "token"];

pub fn read(document: &Value) -> Result<Vec<Operation>, Mistakes> {
    let mut ids = BTreeSet::new();
    all(each_operation(document).map(|(path, item, method, operation)| {
        let read = read_operation(document, path, item, method, operation)?;
        // `get_a1` and `get_a_1` would be one type.
        if !ids.insert(read.id.to_upper_camel_case()) {
            let remedy = "give each operation its own";
            return Err(Mistake::new(read.id, "the `operationId` is used twice", remedy));
        }
        Ok(read)
    }))
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
    for (_, response) in members(&operation["responses"]) {
        for (_, content) in members(&resolve(document, response)?["content"]) {
            collect_members(document, &content["schema"], &mut BTreeSet::new(), &mut names)?;
        }
    }
    let by_hand = operation["x-sdk-by-hand"] == true || answers::has_parts(document, operation)?;
    if !by_hand {
        check_parameters(document, path, &parameters, &id)?;
    }
    let declared = parameters.iter().map(|parameter| read_parameter(document, parameter, &id));
    let declared = declared.collect::<Result<_, _>>()?;
    let page = operation.get("x-sdk-page");
    let page = page.map(|page| read_page(document, page, &parameters, &id)).transpose()?;
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
        by_hand,
        page,
        precondition: precondition.and_then(|parameter| text(parameter, "name")).map(str::to_owned),
        answers: answers::read(document, operation, &id)?,
        body: answers::body(document, operation, &id)?,
        parameters: declared,
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

/// Refuses parameters that a generated call could not send.
fn check_parameters(document: &Value, path: &str, parameters: &[&Value], id: &str) -> Result<(), Mistake> {
    const REMEDY: &str = "correct it, or write this call by hand with `x-sdk-by-hand`";
    let placeholders = path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    let placeholders = placeholders.collect::<Vec<_>>();
    let sent = parameters.iter().filter(|parameter| parameter["x-sdk-precondition"] != true);
    for parameter in sent.clone() {
        let name = required(parameter, "name", id, "name every parameter")?;
        let wrong = |problem: String| Mistake::new(format!("{id} > {name}"), problem, REMEDY);
        let place = text(parameter, "in").unwrap_or_default();
        let style = match place {
            "path" if !placeholders.contains(&name.as_str()) => {
                return Err(wrong(format!("the path `{path}` does not have this parameter")));
            }
            "path" if parameter["required"] != true => {
                return Err(wrong("a parameter of the path that is not `required`".to_owned()));
            }
            "header" if !is_token(&name) => {
                return Err(wrong("no header can have this name".to_owned()));
            }
            "path" | "header" => "simple",
            "query" => "form",
            _ => return Err(wrong(format!("a parameter in `{place}` cannot be sent"))),
        };
        let given = text(parameter, "style").unwrap_or(style);
        if given != style {
            return Err(wrong(format!("`style: {given}` cannot be sent, only `{style}`")));
        }
        let schema =
            parameter.get("schema").ok_or_else(|| wrong("the parameter has no `schema`".to_owned()))?;
        let schema = resolve(document, schema)?;
        let is_scalar = |schema: &Value| {
            matches!(text(schema, "type"), Some("string" | "integer" | "number" | "boolean"))
        };
        let is_list = place == "query" && schema["type"] == "array";
        let item = if is_list { resolve(document, &schema["items"])? } else { schema };
        if !is_scalar(item) || (is_list && item["nullable"] == true) {
            let lists = if place == "query" { ", or a list of these" } else { "" };
            return Err(wrong(format!("the parameter is no text, number or flag{lists}")));
        }
        if RESERVED.contains(&name.to_snake_case().as_str()) {
            return Err(wrong("a generated call has something else of this name".to_owned()));
        }
    }
    let names = sent.filter_map(|parameter| text(parameter, "name")).collect::<BTreeSet<_>>();
    if let Some(missing) = placeholders.iter().find(|name| !names.contains(*name)) {
        let problem = format!("the path has `{{{missing}}}`, which is no parameter");
        return Err(Mistake::new(id, problem, "declare the parameter, `in: path` and `required`"));
    }
    match one_name(names.into_iter()) {
        Some(problem) => Err(Mistake::new(format!("{id} > parameters"), problem, REMEDY)),
        None => Ok(()),
    }
}

/// Tells names that a header can have.
fn is_token(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(allowed)
}

/// The names that a generated call has beside its parameters.
const RESERVED: [&str; 10] =
    ["at", "body", "client", "content", "core", "header_map", "options", "precondition", "request", "url"];

fn read_parameter(document: &Value, parameter: &Value, id: &str) -> Result<Parameter, Mistake> {
    let schema = resolve(document, parameter.get("schema").unwrap_or(&Value::Null))?;
    let name = required(parameter, "name", id, "name every parameter")?;
    let bound = |key| super::types::bound(schema, key, &format!("{id} > {name}"));
    let certainty = match parameter.get("x-sdk-certainty") {
        Some(_) => one_of(parameter, "x-sdk-certainty", id, &CERTAINTIES)?,
        None => "documented".to_owned(),
    };
    let list = (schema["type"] == "array").then(|| match parameter["explode"] {
        Value::Bool(false) => List::Joined,
        _ => List::Repeated,
    });
    Ok(Parameter {
        required: parameter["required"] == true,
        list,
        description: text(parameter, "description").map(str::to_owned),
        certainty,
        source: text(parameter, "x-sdk-source").map(str::to_owned),
        minimum: bound("minimum")?,
        maximum: bound("maximum")?,
        name,
    })
}

fn read_page(document: &Value, page: &Value, parameters: &[&Value], id: &str) -> Result<Page, Mistake> {
    let place = format!("{id} > x-sdk-page");
    let member = |key, kind: &str| {
        let name = required(page, key, &place, "name the query parameter")?;
        let declared = |parameter: &&&Value| parameter["name"] == *name && parameter["in"] == "query";
        let Some(parameter) = parameters.iter().find(declared) else {
            let problem = format!("`{key}` is `{name}`, which is no query parameter");
            return Err(Mistake::new(&place, problem, "declare the parameter"));
        };
        if parameter["required"] == true {
            let problem = format!("`{key}` is `{name}`, which is required");
            return Err(Mistake::new(&place, problem, "leave `required` out: the first page has none"));
        }
        let schema = resolve(document, &parameter["schema"])?;
        if schema["type"] != kind || schema.get("enum").is_some() || text(schema, "format") == Some("int32") {
            let problem = format!("`{key}` is `{name}`, which is of another type");
            return Err(Mistake::new(&place, problem, format!("declare the parameter as `type: {kind}`")));
        }
        Ok(name)
    };
    let style = one_of(page, "style", &place, &PAGE_STYLES)?;
    let position = if style == "offset" { "integer" } else { "string" };
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
    let places = places.transpose()?;
    Ok(Page { style, limit: member("limit", "integer")?, token: member("token", position)?, places })
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
