//! The table of operations: what the SDK has to know of each, beyond types.

use super::document::{METHODS, Mistake, each_operation, list, members, resolve, text};
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
    pub page: Option<Page>,
    pub envelope: Option<String>,
    pub precondition: Option<String>,
    pub outcomes: Vec<(u16, String)>,
    pub parameters: Vec<Parameter>,
    /// The schema of the JSON body, by name.
    pub body: Option<String>,
}

pub struct Page {
    pub style: String,
    pub limit: String,
    pub token: String,
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
const PAGE_STYLES: [&str; 1] = ["undocumented"];

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
    Ok(Operation {
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
        page: operation.get("x-sdk-page").map(|page| read_page(page, &parameters, &id)).transpose()?,
        envelope: envelope(document, operation, &id)?,
        precondition: precondition.and_then(|parameter| text(parameter, "name")).map(str::to_owned),
        outcomes: outcomes(document, operation, &id)?,
        body: body(document, operation, &id)?,
        parameters: parameters
            .into_iter()
            .map(|parameter| read_parameter(document, parameter, &id))
            .collect::<Result<_, _>>()?,
        id,
    })
}

/// The name of the schema that is sent, if anything is.
fn body(document: &Value, operation: &Value, id: &str) -> Result<Option<String>, Mistake> {
    let Some(body) = operation.get("requestBody") else {
        return Ok(None);
    };
    let body = resolve(document, body)?;
    let schema =
        body.pointer("/content/application~1json/schema").filter(|_| members(&body["content"]).count() == 1);
    let schema = schema.ok_or_else(|| {
        let remedy = "declare `application/json` and nothing else, or write this call by hand";
        Mistake::new(id, "the request body is not only JSON", remedy)
    })?;
    let name = super::document::schema_name(schema).ok_or_else(|| {
        Mistake::new(
            id,
            "the request body has no name",
            "move its schema to `components/schemas` and refer to it",
        )
    })?;
    Ok(Some(name.to_owned()))
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
    Ok(Page {
        style: one_of(page, "style", &place, &PAGE_STYLES)?,
        limit: member("limit")?,
        token: member("token")?,
    })
}

/// The member that holds the payload, if the success answers are wrapped in an envelope.
fn envelope(document: &Value, operation: &Value, id: &str) -> Result<Option<String>, Mistake> {
    let mut found = BTreeSet::new();
    for (status, response) in members(&operation["responses"]).filter(|(status, _)| status.starts_with('2')) {
        let response = resolve(document, response)?;
        let Some(schema) = response.pointer("/content/application~1json/schema") else {
            continue;
        };
        let envelope = text(resolve(document, schema)?, "x-sdk-envelope").map(str::to_owned);
        if found.is_empty() || found.contains(&envelope) {
            found.insert(envelope);
        } else {
            let problem = format!("the answer {status} has another envelope than the one before");
            return Err(Mistake::new(id, problem, "wrap all success answers alike"));
        }
    }
    Ok(found.into_iter().next().flatten())
}

fn outcomes(document: &Value, operation: &Value, id: &str) -> Result<Vec<(u16, String)>, Mistake> {
    let mut outcomes = Vec::new();
    for (status, response) in members(&operation["responses"]) {
        let response = resolve(document, response)?;
        if response.get("x-sdk-outcome").is_some() {
            let number = status.parse().map_err(|_| {
                let problem = format!("`x-sdk-outcome` on the answer `{status}`");
                Mistake::new(id, problem, "put it on an answer with a number")
            })?;
            outcomes.push((number, one_of(response, "x-sdk-outcome", id, &OUTCOMES)?));
        }
    }
    Ok(outcomes)
}

fn required(value: &Value, key: &str, place: &str, remedy: &str) -> Result<String, Mistake> {
    text(value, key)
        .map(str::to_owned)
        .ok_or_else(|| Mistake::new(place, format!("`{key}` is missing or no text"), remedy))
}

fn one_of(value: &Value, key: &str, place: &str, allowed: &[&str]) -> Result<String, Mistake> {
    let remedy = format!("use one of {}", allowed.join(", "));
    let given = required(value, key, place, &remedy)?;
    if allowed.contains(&given.as_str()) {
        Ok(given)
    } else {
        Err(Mistake::new(place, format!("`{key}` is `{given}`"), remedy))
    }
}
