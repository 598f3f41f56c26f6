//! Bodies of several parts, `multipart/form-data`: texts, JSON, and content that is streamed.

use super::body::Body;
use super::check::Invalid;
use super::content::Content;
use super::time::Clock;
use bytes::Bytes;
use http::HeaderValue;

/// The parts of a form, in order.
#[derive(Debug)]
pub struct Form {
    boundary: String,
    parts: Vec<Part>,
}

#[derive(Debug)]
struct Part {
    head: String,
    value: Value,
}

#[derive(Debug)]
enum Value {
    Text(String),
    Content(Content),
}

impl Form {
    /// An empty form. Its boundary is made by chance, so that no content holds it.
    pub fn new(clock: &dyn Clock) -> Self {
        let (one, other) = (clock.random().to_bits(), clock.random().to_bits());
        let boundary = format!("countersign-{one:016x}{other:016x}");
        Self { boundary, parts: Vec::new() }
    }

    /// A part of text. `media_type` is stated if it is given.
    pub fn text(self, name: &str, media_type: Option<&str>, text: impl Into<String>) -> Self {
        self.part(name, None, media_type, Value::Text(text.into()))
    }

    /// A part of content, with the name of a file.
    pub fn content(self, name: &str, file: &str, media_type: &str, content: Content) -> Self {
        self.part(name, Some(file), Some(media_type), Value::Content(content))
    }

    fn part(mut self, name: &str, file: Option<&str>, media_type: Option<&str>, value: Value) -> Self {
        let mut head = format!("content-disposition: form-data; name=\"{}\"", quoted(name));
        if let Some(file) = file {
            head.push_str(&format!("; filename=\"{}\"", quoted(file)));
        }
        if let Some(media_type) = media_type {
            head.push_str(&format!("\r\ncontent-type: {media_type}"));
        }
        self.parts.push(Part { head, value });
        self
    }

    /// The value of `Content-Type`.
    pub(super) fn content_type(&self) -> Result<HeaderValue, Invalid> {
        Ok(HeaderValue::try_from(format!("multipart/form-data; boundary={}", self.boundary))?)
    }

    pub(super) fn into_body(self) -> Body {
        let mut body = Body::default();
        let mut before = format!("--{}\r\n", self.boundary);
        for Part { head, value } in self.parts {
            body = body.bytes(Bytes::from(format!("{before}{head}\r\n\r\n")));
            body = match value {
                Value::Text(text) => body.bytes(Bytes::from(text)),
                Value::Content(content) => body.raw(content),
            };
            before = format!("\r\n--{}\r\n", self.boundary);
        }
        body.bytes(Bytes::from(format!("\r\n--{}--\r\n", self.boundary)))
    }
}

/// A name between quotation marks, as the HTML standard has forms write it.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}
