//! What the document says of its schemas that the generator forgets: documentation, certainty, sensitivity, bounds.

use super::document::{
    Mistake, Mistakes, all, each_operation, list, members, resolve, schema_name, text, unwrapped,
};
use super::lower::TIMES;
use super::sources;
use heck::ToUpperCamelCase;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What is known of all named schemas.
pub struct Facts {
    pub schemas: BTreeMap<String, Schema>,
    /// The enums of numbers.
    pub codes: BTreeSet<String>,
}

pub struct Schema {
    pub documentation: Vec<String>,
    /// Reachable from a request body, so that an application makes values of it.
    pub sent: bool,
    pub meaning: Meaning,
    /// The members in the order in which they stand in a list, if that is how the schema is written.
    pub positions: Option<Vec<String>>,
    /// Members that are required unless one of the others is set.
    pub required_unless: Option<RequiredUnless>,
    pub members: BTreeMap<String, Member>,
}

/// Members that are required unless one of the flags is set.
pub struct RequiredUnless {
    pub required: Vec<String>,
    pub flags: Vec<String>,
}

/// What a schema stands for that is no object with members.
#[derive(PartialEq)]
pub enum Meaning {
    Plain,
    /// An object of which no member is known.
    Open,
    /// An id: opaque, and a part of paths.
    Id,
    /// The address of a resource: a path, and the id at its end.
    Resource {
        id: String,
        path: String,
    },
}

#[derive(Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a statement of the document on its own")]
pub struct Member {
    pub documentation: Vec<String>,
    pub required: bool,
    pub nullable: bool,
    pub sensitive: bool,
    pub time: bool,
    pub minimum: Option<i64>,
    pub maximum: Option<i64>,
    /// The schema this is, or is a list of.
    pub refers_to: Option<String>,
}

impl Facts {
    pub fn read(document: &Value) -> Result<Self, Mistakes> {
        let sent = sent_schemas(document)?;
        let mut positions = positions(document)?;
        let schemas =
            document.pointer("/components/schemas").into_iter().flat_map(members).map(|(name, schema)| {
                check_name(name)?;
                let members = members(&schema["properties"]).map(|(member, declared)| {
                    Ok((member.clone(), Member::read(document, (name, schema), member, declared)?))
                });
                let facts = Schema {
                    documentation: documentation(schema, name),
                    sent: sent.contains(name),
                    meaning: meaning(name, schema)?,
                    positions: positions.remove(name),
                    required_unless: required_unless(name, schema)?,
                    members: members.collect::<Result<_, Mistake>>()?,
                };
                Ok((name.clone(), facts))
            });
        let codes = document.pointer("/components/schemas").into_iter().flat_map(members);
        let codes = codes.filter(|(_, schema)| schema.get("enum").is_some() && schema["type"] == "integer");
        let codes = codes.map(|(name, _)| name.clone()).collect();
        Ok(Self { schemas: all(schemas)?, codes })
    }
}

fn meaning(name: &str, schema: &Value) -> Result<Meaning, Mistake> {
    let resource = &schema["x-sdk-resource"];
    match text(schema, "format") {
        Some("id") => Ok(Meaning::Id),
        Some("resource-uri") => match (text(resource, "id"), text(resource, "path")) {
            (Some(id), Some(path)) if path.starts_with('/') && path.ends_with('/') => {
                Ok(Meaning::Resource { id: id.to_owned(), path: path.to_owned() })
            }
            _ => Err(Mistake::new(
                name,
                "an address of a resource without id and path",
                "give it `x-sdk-resource` with `id` and `path`, the path between slashes",
            )),
        },
        _ if is_free(schema) => Ok(Meaning::Open),
        _ => Ok(Meaning::Plain),
    }
}

/// Whether this is an object that may have any member.
fn is_free(schema: &Value) -> bool {
    let rest = schema.get("additionalProperties");
    let any = rest.map_or(schema["type"] == "object", |rest| *rest == true || *rest == json!({}));
    any && schema.get("properties").is_none()
}

/// The schemas that are written as lists, with their members in order.
fn positions(document: &Value) -> Result<BTreeMap<String, Vec<String>>, Mistake> {
    let mut found = BTreeMap::new();
    let schemas = document.pointer("/components/schemas").into_iter().flat_map(members);
    for (name, schema) in schemas.filter(|(_, schema)| schema.get("x-sdk-positions").is_some()) {
        let positions = &schema["x-sdk-positions"];
        let order = names(positions, "order");
        let target = text(positions, "schema").unwrap_or_default();
        let declared = document.pointer(&format!("/components/schemas/{target}/properties"));
        let unknown =
            order.iter().find(|member| declared.is_none_or(|declared| declared.get(member).is_none()));
        if order.is_empty()
            || unknown.is_some()
            || order.len() != declared.into_iter().flat_map(members).count()
        {
            let problem = format!("`x-sdk-positions` does not name each member of `{target}` once");
            return Err(Mistake::new(name, problem, "give it `schema`, and all its members as `order`"));
        }
        found.insert(target.to_owned(), order);
    }
    Ok(found)
}

fn required_unless(name: &str, schema: &Value) -> Result<Option<RequiredUnless>, Mistake> {
    let Some(rule) = schema.get("x-sdk-required-unless") else {
        return Ok(None);
    };
    let (required, flags) = (names(rule, "members"), names(rule, "set"));
    let declared = |member: &String| schema.get("properties").and_then(|members| members.get(member));
    let known = required.iter().all(|member| declared(member).is_some());
    let excusing = |member| declared(member).is_some_and(|member| text(member, "type") == Some("boolean"));
    if required.is_empty() || flags.is_empty() || !known || !flags.iter().all(excusing) {
        let problem = "`x-sdk-required-unless` names something that is no member, or excuses by something that is no flag";
        return Err(Mistake::new(name, problem, "give it `members` and `set`"));
    }
    Ok(Some(RequiredUnless { required, flags }))
}

fn names(value: &Value, key: &str) -> Vec<String> {
    list(value, key).filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The name of a schema is the name of its type, here and in what the generator makes.
fn check_name(name: &str) -> Result<(), Mistake> {
    // What generated code means by these is not what the document means.
    const TAKEN: [&str; 8] =
        ["Into", "IntoIterator", "Option", "Positions", "Result", "Self", "String", "Vec"];
    let place = || format!("components > schemas > {name}");
    if TAKEN.contains(&name) {
        return Err(Mistake::new(place(), "the name has a meaning in Rust", "give it another one"));
    }
    let wanted = name.to_upper_camel_case();
    if wanted == name && syn::parse_str::<syn::Ident>(name).is_ok() {
        return Ok(());
    }
    Err(Mistake::new(place(), "the name makes no type", "write it as `UpperCamelCase`"))
}

/// A bound of what is sent. The runtime compares integers of 64 bits; any other bound would be lost without a word.
pub fn bound(schema: &Value, key: &str, place: &str) -> Result<Option<i64>, Mistake> {
    let Some(bound) = schema.get(key) else {
        return Ok(None);
    };
    let compared = schema["type"] == "integer" && matches!(text(schema, "format"), None | Some("int64"));
    bound.as_i64().filter(|_| compared).map(Some).ok_or_else(|| {
        Mistake::new(
            place,
            format!("`{key}` is not of a 64-bit integer"),
            "put it into the description instead",
        )
    })
}

impl Member {
    fn read(
        document: &Value,
        (owner, schema): (&str, &Value),
        name: &str,
        declared: &Value,
    ) -> Result<Self, Mistake> {
        let place = format!("{owner} > {name}");
        let refers_to =
            schema_name(unwrapped(declared)).or_else(|| schema_name(unwrapped(&declared["items"])));
        let refers_to = refers_to.map(str::to_owned);
        let referred = resolve(document, unwrapped(declared))?;
        let told = if text(declared, "description").is_some() { declared } else { referred };
        Ok(Self {
            documentation: documentation(told, name),
            nullable: declared["nullable"] == true,
            required: list(schema, "required").any(|required| required == name),
            sensitive: declared["x-sdk-sensitive"] == true || referred["x-sdk-sensitive"] == true,
            time: TIMES.iter().any(|(format, ..)| text(referred, "format") == Some(format)),
            minimum: bound(referred, "minimum", &place)?,
            maximum: bound(referred, "maximum", &place)?,
            refers_to,
        })
    }
}

/// The names of all schemas that a request body is made of.
fn sent_schemas(document: &Value) -> Result<BTreeSet<String>, Mistake> {
    let mut found = BTreeSet::new();
    for (_, _, _, operation) in each_operation(document) {
        collect_references(document, resolve(document, &operation["requestBody"])?, &mut found)?;
    }
    Ok(found)
}

/// Adds every schema that `value` refers to, directly or through others.
pub fn collect_references(
    document: &Value,
    value: &Value,
    found: &mut BTreeSet<String>,
) -> Result<(), Mistake> {
    if let Some(name) = schema_name(value)
        && found.insert(name.to_owned())
    {
        collect_references(document, resolve(document, value)?, found)?;
    }
    members(value).try_for_each(|(_, child)| collect_references(document, child, found))?;
    value.as_array().into_iter().flatten().try_for_each(|child| collect_references(document, child, found))
}

/// The paragraphs of a schema's documentation: description, unit or example, certainty and source.
pub fn documentation(schema: &Value, fallback: &str) -> Vec<String> {
    let mut lines = vec![match text(schema, "description") {
        Some(description) => escape(description),
        None => format!("The member `{fallback}`."),
    }];
    let mut notes = Vec::new();
    match (schema.get("minimum"), schema.get("maximum")) {
        (Some(minimum), Some(maximum)) => notes.push(format!("From {minimum} to {maximum}.")),
        (Some(minimum), None) => notes.push(format!("At least {minimum}.")),
        (None, Some(maximum)) => notes.push(format!("At most {maximum}.")),
        (None, None) => {}
    }
    if let Some(example) = text(schema, "example") {
        notes.push(format!("For example `{example}`."));
    }
    notes.extend(certainty(schema));
    if !notes.is_empty() {
        lines.push(String::new());
        lines.push(notes.join(" "));
    }
    lines
}

pub fn certainty(value: &Value) -> Option<String> {
    Some(certainty_note(text(value, "x-sdk-certainty")?, text(value, "x-sdk-source"), sources::BESIDE))
}

/// One sentence on how sure this is. `module` leads to the page of the sources.
pub fn certainty_note(certainty: &str, source: Option<&str>, module: &str) -> String {
    let source = source.map(|tag| format!(" {}", sources::link(module, tag))).unwrap_or_default();
    match certainty {
        "documented" => format!("*Documented*{source}."),
        "inferred" => format!("*Inferred*{source}, not documented."),
        _ => format!("*Assumed*{source}: nobody has documented it."),
    }
}

/// Text of a document as rustdoc: brackets are no links. Each line gets the blank that rustdoc expects.
pub fn escape(text: &str) -> String {
    text.trim().replace('[', "\\[").replace(']', "\\]")
}
