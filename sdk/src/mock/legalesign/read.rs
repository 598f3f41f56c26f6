//! Reading requests, strictly. All problems of a body are told at once.

use super::answer::Refusal;
use super::state::{PREFIX, read_time};
use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};
use std::ops::RangeInclusive;
use std::time::SystemTime;
use url::form_urlencoded;

/// What an operation is called with.
#[derive(Debug)]
pub(super) struct Call {
    /// The id in the path; empty where there is none.
    pub id: String,
    /// The path with the prefix.
    pub path: String,
    pub query: Query,
    pub headers: HeaderMap,
    pub body: Bytes,
    pub now: SystemTime,
}

#[derive(Debug, Default)]
pub(super) struct Query(pub Vec<(String, String)>);

impl Query {
    pub fn read(query: &str) -> Self {
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn number(&self, name: &str, default: usize) -> Result<usize, Refusal> {
        let Some(value) = self.get(name) else { return Ok(default) };
        value.parse().map_err(|_| Refusal::member("query", name, "not a number"))
    }

    pub fn time(&self, name: &str) -> Result<Option<SystemTime>, Refusal> {
        let Some(value) = self.get(name) else { return Ok(None) };
        read_time(value).map(Some).ok_or_else(|| Refusal::member("query", name, "not a time"))
    }

    pub fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let flag = value.parse().map_err(|_| Refusal::member("query", name, "neither true nor false"))?;
        Ok(Some(flag))
    }

    /// An id that may be given bare or as a reference.
    pub fn id(&self, name: &str) -> Option<&str> {
        let value = self.get(name)?.trim_end_matches('/');
        value.rsplit('/').next().filter(|id| !id.is_empty())
    }

    /// What may be listed, by whether it is archived: not if nobody asks for it.
    pub fn archived(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.get(name).map(str::to_ascii_lowercase).as_deref() {
            None | Some("" | "false" | "0") => Ok(Some(false)),
            Some("true" | "1") => Ok(Some(true)),
            Some("all") => Ok(None),
            Some(_) => Err(Refusal::member("query", name, "none of false, true, all")),
        }
    }
}

/// The bytes of a body that has to be JSON.
fn json(headers: &HeaderMap, body: &[u8]) -> Result<Value, Refusal> {
    let media_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(Refusal::media_type());
    }
    serde_json::from_slice(body).map_err(|_| Refusal::unparseable())
}

/// A body that has to be a list.
pub(super) fn list(call: &Call) -> Result<Vec<Value>, Refusal> {
    match json(&call.headers, &call.body)? {
        Value::Array(items) => Ok(items),
        _ => Err(Refusal::plain("the body has to be a list")),
    }
}

/// The members of an object, taken out one by one, and what was wrong with them.
#[derive(Debug)]
pub(super) struct Form {
    resource: &'static str,
    members: Map<String, Value>,
    problems: Map<String, Value>,
}

impl Form {
    pub fn read(resource: &'static str, call: &Call) -> Result<Self, Refusal> {
        match json(&call.headers, &call.body)? {
            Value::Object(members) => Ok(Self::of(resource, members)),
            _ => Err(Refusal::plain("the body has to be an object")),
        }
    }

    pub fn of(resource: &'static str, members: Map<String, Value>) -> Self {
        Self { resource, members, problems: Map::new() }
    }

    /// `null` is as good as nothing.
    pub fn take(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name).filter(|value| !value.is_null())
    }

    /// Whether any member says something, other than those named.
    pub fn says_more_than(&self, names: &[&str]) -> bool {
        self.members.iter().any(|(name, value)| {
            let blank = value.is_null() || *value == Value::Bool(false) || value.as_str() == Some("");
            !blank && !names.contains(&name.as_str())
        })
    }

    pub fn wrong(&mut self, name: &str, problem: &str) {
        self.problems.insert(name.to_owned(), serde_json::json!([problem]));
    }

    /// Notes that a member has to be there, unless it was there and wrong.
    fn needed<T: Default>(&mut self, name: &str, value: Option<T>) -> T {
        if value.is_none() && !self.problems.contains_key(name) {
            self.wrong(name, "required");
        }
        value.unwrap_or_default()
    }

    pub fn text_of(&mut self, name: &str, longest: usize, allowed: fn(char) -> bool) -> Option<String> {
        let Value::String(text) = self.take(name)? else {
            self.wrong(name, "not a text");
            return None;
        };
        if text.chars().count() > longest {
            self.wrong(name, &format!("longer than {longest} characters"));
        } else if !text.chars().all(allowed) {
            self.wrong(name, "a character that is not allowed");
        } else {
            return Some(text);
        }
        None
    }

    pub fn text(&mut self, name: &str, longest: usize) -> Option<String> {
        self.text_of(name, longest, |_| true)
    }

    pub fn needs_text_of(&mut self, name: &str, longest: usize, allowed: fn(char) -> bool) -> String {
        let text = self.text_of(name, longest, allowed).filter(|text| !text.is_empty());
        self.needed(name, text)
    }

    pub fn needs_text(&mut self, name: &str, longest: usize) -> String {
        self.needs_text_of(name, longest, |_| true)
    }

    pub fn email(&mut self, name: &str) -> Option<String> {
        let email = self.text(name, 75)?;
        let parts = email.split_once('@');
        if parts.is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !host.contains('@')) {
            return Some(email);
        }
        self.wrong(name, "not an e-mail address");
        None
    }

    pub fn needs_email(&mut self, name: &str) -> String {
        let email = self.email(name);
        self.needed(name, email)
    }

    pub fn boolean(&mut self, name: &str) -> Option<bool> {
        let read = self.take(name)?.as_bool();
        if read.is_none() {
            self.wrong(name, "neither true nor false");
        }
        read
    }

    pub fn integer(&mut self, name: &str, allowed: RangeInclusive<i64>) -> Option<i64> {
        let read = self.take(name)?.as_i64().filter(|number| allowed.contains(number));
        if read.is_none() {
            self.wrong(name, "not a number that is allowed");
        }
        read
    }

    pub fn needs_integer(&mut self, name: &str, allowed: RangeInclusive<i64>) -> i64 {
        let number = self.integer(name, allowed);
        self.needed(name, number)
    }

    /// A coordinate on a page.
    pub fn needs_fraction(&mut self, name: &str) -> f64 {
        let given = self.take(name);
        let read = given.as_ref().and_then(Value::as_f64).filter(|part| (0.0..=1.0).contains(part));
        if given.is_some() && read.is_none() {
            self.wrong(name, "not a number from 0 to 1");
        }
        self.needed(name, read)
    }

    pub fn time(&mut self, name: &str) -> Option<SystemTime> {
        let text = self.text(name, 40)?;
        let read = read_time(&text);
        if read.is_none() {
            self.wrong(name, "not a time");
        }
        read
    }

    /// The id in a reference.
    pub fn reference(&mut self, name: &str, collection: &str) -> Option<String> {
        let text = self.text(name, 200)?;
        let read = id_in(&text, collection);
        if read.is_none() {
            self.wrong(name, "not a reference of the right kind");
        }
        read
    }

    pub fn needs_reference(&mut self, name: &str, collection: &str) -> String {
        let id = self.reference(name, collection);
        self.needed(name, id)
    }

    /// A list of objects.
    pub fn objects(&mut self, name: &str) -> Vec<Map<String, Value>> {
        let Some(value) = self.take(name) else { return Vec::new() };
        let read: Result<Vec<Map<String, Value>>, _> = serde_json::from_value(value);
        read.unwrap_or_else(|_| {
            self.wrong(name, "not a list of objects");
            Vec::new()
        })
    }

    /// An object whose members are texts.
    pub fn texts(&mut self, name: &str) -> Vec<(String, String)> {
        let Some(value) = self.take(name) else { return Vec::new() };
        let read: Result<std::collections::BTreeMap<String, String>, _> = serde_json::from_value(value);
        let read = read.unwrap_or_else(|_| {
            self.wrong(name, "not an object of texts");
            std::collections::BTreeMap::new()
        });
        read.into_iter().collect()
    }

    /// Takes over what is wrong with a form within this one.
    pub fn include(&mut self, name: &str, label: &str, inner: &Self) {
        for (member, problems) in &inner.problems {
            let problem = problems.get(0).and_then(Value::as_str).unwrap_or_default();
            let text = Value::from(format!("{label}: {member}: {problem}"));
            match self.problems.get_mut(name).and_then(Value::as_array_mut) {
                Some(known) => known.push(text),
                None => drop(self.problems.insert(name.to_owned(), Value::Array(vec![text]))),
            }
        }
    }

    pub fn finish(self) -> Result<(), Refusal> {
        if self.problems.is_empty() {
            return Ok(());
        }
        Err(Refusal::form(self.resource, Value::Object(self.problems)))
    }
}

/// The id in a reference to a resource of this collection.
pub(super) fn id_in(reference: &str, collection: &str) -> Option<String> {
    let path = reference.strip_prefix(PREFIX)?.strip_prefix('/')?.strip_prefix(collection)?;
    let id = path.strip_prefix('/')?.strip_suffix('/')?;
    let fits = !id.is_empty() && id.chars().all(|character| is_word(character) || character == '-');
    fits.then(|| id.to_owned())
}

/// What `\w` stands for.
pub(super) fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// What titles and labels may hold.
pub(super) fn is_label(character: char) -> bool {
    is_word(character) || matches!(character, '-' | ' ')
}
