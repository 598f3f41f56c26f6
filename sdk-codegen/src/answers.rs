//! What the answers of an operation mean: which is success and what it brings, and which say something odd.

use super::document::{Mistake, list, members, resolve, text, unwrapped};
use super::operations::{OUTCOMES, one_of};
use serde_json::Value;
use std::collections::BTreeSet;

pub struct Answers {
    pub success: Success,
    /// The statuses that the document declares as success, redirects to the answer included.
    pub statuses: Vec<u16>,
    pub envelope: Option<String>,
    /// The media type of the success, if it is JSON by another name.
    pub accept: Option<String>,
    pub outcomes: Vec<Outcome>,
    /// What a refusal means here, where its number alone does not tell.
    pub hints: Vec<(u16, String)>,
}

/// What a success brings.
#[derive(Clone, PartialEq)]
pub enum Success {
    Nothing,
    /// The schema of the payload, out of its envelope.
    Json(Value),
    /// The id of what was created, in `Location`.
    Created {
        id: String,
        always: bool,
    },
    /// A link, in `Location`.
    Link,
    /// Content of a media type, as it comes.
    Content(String),
}

/// A status that means something else than its number says.
pub struct Outcome {
    pub status: u16,
    pub outcome: String,
    pub meaning: String,
}

pub const LINKS: [&str; 2] = ["returned", "followed"];

pub fn read(document: &Value, operation: &Value, id: &str) -> Result<Answers, Mistake> {
    let envelope = envelope(document, operation, id)?;
    let mut outcomes = Vec::new();
    let mut hints = Vec::new();
    let mut successes = Vec::new();
    let mut statuses = Vec::new();
    let mut accept = None;
    for (status, response) in members(&operation["responses"]) {
        let response = resolve(document, response)?;
        let link = text(response, "x-sdk-link");
        if response.get("x-sdk-outcome").is_some() {
            outcomes.push(outcome(status, response, id)?);
        } else if response.get("x-sdk-hint").is_some() {
            hints.push(hint(status, response, id)?);
        } else if link == Some("followed") {
            statuses.extend(status.parse::<u16>());
            location(response, id, status)?;
        } else if link.is_some() || status.starts_with('2') {
            statuses.extend(status.parse::<u16>());
            successes.push(success(document, response, status, id)?);
            accept = accept.or(json(response).map(|(media_type, _)| essence(media_type)));
        }
    }
    let chosen = successes.first().cloned().ok_or_else(|| {
        let problem = if outcomes.is_empty() {
            "no success answer is declared"
        } else {
            "all success answers are outcomes"
        };
        Mistake::new(id, problem, "declare the answer of a call that did what it says")
    })?;
    if successes.iter().any(|other| *other != chosen) {
        let remedy = "give all but one `x-sdk-outcome`, or make them alike";
        return Err(Mistake::new(id, "two success answers have different payloads", remedy));
    }
    let follows = members(&operation["responses"]).any(|(_, response)| {
        resolve(document, response).is_ok_and(|response| response["x-sdk-link"] == "followed")
    });
    if follows && !matches!(chosen, Success::Content(_)) {
        let remedy = "declare the content that is there as an answer of its own";
        return Err(Mistake::new(id, "a link is followed, but no content is declared", remedy));
    }
    let accept = accept.filter(|media_type| media_type != "application/json");
    let accept = accept.filter(|_| matches!(chosen, Success::Json(_)));
    Ok(Answers { success: chosen, statuses, envelope, accept, outcomes, hints })
}

fn success(document: &Value, response: &Value, status: &str, id: &str) -> Result<Success, Mistake> {
    if response.get("x-sdk-link").is_some() {
        location(response, id, status)?;
        return Ok(Success::Link);
    }
    if let Some(created) = text(response, "x-sdk-created") {
        let schema = document.pointer(&format!("/components/schemas/{created}"));
        if schema.and_then(|schema| text(schema, "format")) != Some("id") {
            let problem = format!("`x-sdk-created` is `{created}`, which is no id");
            return Err(Mistake::new(id, problem, "name a schema with `format: id`"));
        }
        let always = location(response, id, status)?;
        return Ok(Success::Created { id: created.to_owned(), always });
    }
    if let Some((media_type, content)) = json(response) {
        let schema = content.get("schema").ok_or_else(|| {
            let problem = format!("the `{media_type}` of the success answer {status} has no `schema`");
            Mistake::new(id, problem, "declare one; `{}` stands for any JSON")
        })?;
        return Ok(payload(document, schema, id)?.map_or(Success::Nothing, Success::Json));
    }
    let mut content = members(&response["content"]);
    match (content.next(), content.next()) {
        (None, _) => Ok(Success::Nothing),
        (Some((media_type, content)), None)
            if content.pointer("/schema/format").is_some_and(|format| format == "binary") =>
        {
            if status != "200" || is_text(media_type) {
                let problem = format!(
                    "content of `{media_type}` under {status} cannot be told from a page of something between"
                );
                let remedy = "declare content that is no text, under 200, or write this call by hand with `x-sdk-by-hand`";
                return Err(Mistake::new(id, problem, remedy));
            }
            Ok(Success::Content(media_type.clone()))
        }
        _ => {
            let problem =
                format!("the success answer {status} is neither JSON nor content of one media type");
            let remedy = "declare JSON with a `schema`, or one media type of `format: binary`";
            Err(Mistake::new(id, problem, remedy))
        }
    }
}

/// Tells media types that a proxy or a login page may answer with.
fn is_text(media_type: &str) -> bool {
    let essence = essence(media_type);
    essence.starts_with("text/") || essence.ends_with("xml")
}

/// The JSON of an answer, whichever of its names it has: with a charset, or as a type of the vendor.
fn json(response: &Value) -> Option<(&String, &Value)> {
    members(&response["content"]).find(|(media_type, _)| {
        let essence = essence(media_type);
        essence == "application/json" || essence.ends_with("+json")
    })
}

/// A media type without its parameters.
fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Whether `Location` is in every such answer.
fn location(response: &Value, id: &str, status: &str) -> Result<bool, Mistake> {
    let header = members(&response["headers"]).find(|(name, _)| name.eq_ignore_ascii_case("location"));
    let (_, header) = header.ok_or_else(|| {
        let problem = format!("the answer {status} is named by `Location`, which it does not declare");
        Mistake::new(id, problem, "declare the header, `required` if it is in every such answer")
    })?;
    Ok(header["required"] == true)
}

/// The schema inside the envelope; `None` where the envelope carries no payload.
fn payload(document: &Value, schema: &Value, id: &str) -> Result<Option<Value>, Mistake> {
    let envelope = resolve(document, schema)?;
    let Some(member) = text(envelope, "x-sdk-envelope") else {
        return Ok(Some(schema.clone()));
    };
    let parts = envelope["allOf"].as_array().ok_or_else(|| {
        Mistake::new(
            id,
            "the envelope is not put together with `allOf`",
            "use `allOf` of the envelope and its payload",
        )
    })?;
    let mut payload = None;
    for part in parts {
        // The last one is the nearest: an envelope may say of its payload that it can be anything.
        payload = resolve(document, part)?["properties"].get(member).cloned().or(payload);
    }
    if payload.is_none() && parts.len() > 1 {
        let problem = format!("the envelope has no payload `{member}`");
        return Err(Mistake::new(id, problem, "name the member that holds it in `x-sdk-envelope`"));
    }
    Ok(payload)
}

/// The member that holds the payload, if the success answers are wrapped in an envelope.
fn envelope(document: &Value, operation: &Value, id: &str) -> Result<Option<String>, Mistake> {
    let mut found = BTreeSet::new();
    for (status, response) in members(&operation["responses"]).filter(|(status, _)| status.starts_with('2')) {
        let response = resolve(document, response)?;
        let Some(schema) = json(response).and_then(|(_, content)| content.get("schema")) else {
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

fn outcome(status: &str, response: &Value, id: &str) -> Result<Outcome, Mistake> {
    let number = status.parse().map_err(|_| {
        let problem = format!("`x-sdk-outcome` on the answer `{status}`");
        Mistake::new(id, problem, "put it on an answer with a number")
    })?;
    let outcome = one_of(response, "x-sdk-outcome", id, &OUTCOMES)?;
    Ok(Outcome { status: number, outcome, meaning: meaning(response) })
}

fn hint(status: &str, response: &Value, id: &str) -> Result<(u16, String), Mistake> {
    let number = status.parse().ok().filter(|number| *number >= 400);
    let number = number.ok_or_else(|| {
        let problem = format!("`x-sdk-hint` on the answer `{status}`");
        Mistake::new(id, problem, "put it on an answer with a number from 400 on")
    })?;
    Ok((number, meaning(response)))
}

/// The description of an answer, as a part of a line.
fn meaning(response: &Value) -> String {
    let meaning = text(response, "description").unwrap_or_default();
    meaning.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches('.').to_owned()
}

/// The body of a request: a named schema, or a list of one; and the member of it that is content.
#[derive(Clone)]
pub struct Body {
    pub schema: String,
    pub is_list: bool,
    /// The member that holds content in base64.
    pub content: Option<String>,
}

/// Whether the body is of several parts, which no generated call can make.
pub fn has_parts(document: &Value, operation: &Value) -> Result<bool, Mistake> {
    let body = resolve(document, operation.get("requestBody").unwrap_or(&Value::Null))?;
    Ok(body.pointer("/content/multipart~1form-data").is_some())
}

pub fn body(document: &Value, operation: &Value, id: &str) -> Result<Option<Body>, Mistake> {
    let Some(body) = operation.get("requestBody") else {
        return Ok(None);
    };
    if operation["x-sdk-by-hand"] == true || has_parts(document, operation)? {
        return Ok(None);
    }
    let body = resolve(document, body)?;
    let remedy = "declare `application/json` and nothing else, or write this call by hand";
    let media_types = members(&body["content"]).map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>();
    if media_types != ["`application/json`"] {
        let problem = match media_types.as_slice() {
            [] => "the request body has no content".to_owned(),
            _ => format!("the request body is {}", media_types.join(" or ")),
        };
        return Err(Mistake::new(id, problem, remedy));
    }
    let schema = body
        .pointer("/content/application~1json/schema")
        .ok_or_else(|| Mistake::new(id, "the request body has no `schema`", "declare one"))?;
    let is_list = schema["type"] == "array";
    let named = if is_list { &schema["items"] } else { schema };
    let name = super::document::schema_name(unwrapped(named)).ok_or_else(|| {
        Mistake::new(
            id,
            "the request body has no name",
            "move its schema to `components/schemas` and refer to it",
        )
    })?;
    let declared = resolve(document, unwrapped(named))?;
    let mut contents = members(&declared["properties"]).filter(|(_, member)| is_content(member));
    let content = contents.next().map(|(name, _)| name.clone());
    let required = |name: &String| list(declared, "required").any(|required| required == name);
    if content.as_ref().is_some_and(|name| is_list || contents.next().is_some() || !required(name)) {
        let problem = "content in base64 that is not the one required member of an object";
        return Err(Mistake::new(id, problem, "require it, or write this call by hand"));
    }
    Ok(Some(Body { schema: name.to_owned(), is_list, content }))
}

/// Content is streamed, since it may be larger than the memory.
pub fn is_content(member: &Value) -> bool {
    member["format"] == "byte"
}
