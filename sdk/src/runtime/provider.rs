//! What a provider adds to a call: its credentials, and how its answers are read.

use super::check::Invalid;
use super::lenient::{absent, decode_naming, is_plain_word};
use super::operation::{Operation, Outcome};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, StatusCode};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;
use std::time::SystemTime;

/// The seam between the runtime and a provider. Implemented inside this crate only.
pub trait Provider: Clone + Send + Sync + 'static {
    /// Stands for what no document knows: a call that is sent once, and one that is repeatable.
    const CUSTOM: [&'static Operation; 2];

    /// Headers that the provider sets; an application cannot set them for a call.
    const RESERVED: &'static [&'static str];

    /// Whether the provider sets this header. Overridden where it is known only when the client is built.
    fn is_reserved(&self, name: &HeaderName) -> bool {
        Self::RESERVED.iter().any(|reserved| name == *reserved)
    }

    /// Whether a path that an application wrote itself can be one of the provider's.
    fn check_path(&self, _path: &str) -> Result<(), Invalid> {
        Ok(())
    }

    /// Adds the credentials. Called for each attempt.
    fn authorise(&self, headers: &mut HeaderMap);

    /// Reads the answer of a call that succeeded by its status. `Err` says where it could not be read.
    fn open<T: DeserializeOwned>(&self, operation: &Operation, answer: &Answer) -> Result<Opened<T>, String> {
        let value = match absent() {
            Some(value) if answer.body.is_empty() => value,
            _ => answer.decode(operation)?,
        };
        Ok(Opened::plain(value))
    }

    /// What an answer that is no success says of itself.
    fn explain(&self, answer: &Answer) -> Explanation;

    /// Whether the failure passes by itself, so that a repeatable operation may be tried again.
    fn is_transient(&self, answer: &Answer) -> bool {
        matches!(answer.status.as_u16(), 408 | 429 | 500 | 502..=504)
    }
}

/// What came back, whole.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    /// The media type, without parameters.
    pub fn media_type(&self) -> &str {
        let value = self.headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        value.and_then(|value| value.split(';').next()).unwrap_or_default().trim()
    }

    /// Reads the body as JSON. `Err` says where it could not be read, by names that the operation has.
    pub fn decode<T: DeserializeOwned>(&self, operation: &Operation) -> Result<T, String> {
        decode_naming(&self.body, |name| operation.members.contains(&name))
    }

    /// Returns `true` if the answer is JSON, by what it says of itself. An answer that does not say, or says no more than that
    /// it is text, is JSON if it can be read as an object or a list.
    pub fn is_json(&self) -> bool {
        match self.media_type().to_ascii_lowercase().as_str() {
            "" | "text/plain" => {
                let is_open = matches!(self.body.trim_ascii_start().first(), Some(b'{' | b'['));
                is_open && serde_json::from_slice::<IgnoredAny>(&self.body).is_ok()
            }
            media_type => media_type == "application/json" || media_type.ends_with("+json"),
        }
    }

    /// Returns `true` for a web page, by what the answer says of itself or by how it begins.
    pub fn is_web_page(&self) -> bool {
        let media_type = self.media_type().to_ascii_lowercase();
        matches!(media_type.as_str(), "text/html" | "application/xhtml+xml") || self.begins_as_a_page()
    }

    /// Returns `true` if the body begins as a web page does, whatever the answer says of itself.
    pub fn begins_as_a_page(&self) -> bool {
        let body = self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body).trim_ascii_start();
        let begins = |tag: &[u8]| body.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
        begins(b"<!doctype html") || begins(b"<html")
    }
}

/// A success answer, read.
#[allow(missing_debug_implementations, reason = "holds what the provider sent and is never printed")]
pub enum Opened<T> {
    Success {
        value: T,
        /// The undocumented member that tells how a list goes on.
        rest: Option<Value>,
        request_id: Option<String>,
    },
    /// The status says success, the answer says otherwise. Its effect is unknown: no word of an answer makes undone what its
    /// status says is done.
    Failure(Explanation),
}

impl<T> Opened<T> {
    /// A value, and nothing around it.
    pub fn plain(value: T) -> Self {
        Self::Success { value, rest: None, request_id: None }
    }
}

/// What an answer says of a failure. Only words that a machine chose are kept for printing.
#[derive(Debug, Default)]
pub struct Explanation {
    pub code: Option<String>,
    pub request_id: Option<String>,
    /// The members of the request that the provider points at.
    pub members: Vec<String>,
    /// What it means, where the answer tells and its status misleads.
    pub outcome: Option<Outcome>,
    /// Until when the provider asks to wait, where it does not say so in `Retry-After`.
    pub until: Option<SystemTime>,
}

impl Explanation {
    pub fn new(code: Option<String>, request_id: Option<String>) -> Self {
        Self { code: plain(code), request_id: plain(request_id), ..Self::default() }
    }

    /// The provider points at these members of the request, which are named by their path. Only those are kept that the
    /// operation [knows](Operation::knows).
    pub fn pointing_at(mut self, members: impl IntoIterator<Item = String>) -> Self {
        self.members = members.into_iter().filter(|member| is_plain_word(member)).collect();
        self
    }

    /// Without what the provider points at that the document does not know, and with a bounded rest: whatever else it names
    /// may be data.
    pub fn known_to(mut self, operation: &Operation) -> Self {
        const MOST: usize = 32;
        self.members.retain(|member| operation.knows(member));
        self.members.truncate(MOST);
        self
    }

    /// The answer means this, whatever its status says. It does not pass by itself.
    pub fn meaning(mut self, outcome: Outcome) -> Self {
        self.outcome = Some(outcome);
        self
    }

    /// The provider asks to wait until then.
    pub fn until(mut self, time: Option<SystemTime>) -> Self {
        self.until = time;
        self
    }
}

/// A word of the provider that may be printed.
pub fn plain(word: Option<String>) -> Option<String> {
    word.filter(|word| is_plain_word(word))
}
