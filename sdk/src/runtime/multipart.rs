//! Bodies of several parts, `multipart/form-data`: texts, JSON, and content that is streamed.

use super::body::Body;
use super::check::Invalid;
use super::content::Content;
use bytes::Bytes;
use http::HeaderValue;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

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
    /// An empty form. Its boundary is made by chance that comes from the system, so that nobody can put it into content.
    pub fn new() -> Self {
        let chance = || RandomState::new().build_hasher().finish();
        let (one, other) = (chance(), chance());
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test says so by panicking")]
mod tests {
    use super::{Body, Form};
    use crate::runtime::Content;
    use futures_core::Stream;
    use std::pin::Pin;

    fn form() -> Form {
        Form { boundary: "b".to_owned(), parts: Vec::new() }
    }

    /// The bytes of a body, which are as many as it says.
    async fn sent(body: &Body) -> String {
        let mut opened = body.open().await.unwrap();
        let mut bytes = Vec::new();
        while let Some(chunk) =
            std::future::poll_fn(|context| Pin::new(&mut opened.stream).poll_next(context)).await
        {
            bytes.extend_from_slice(&chunk.unwrap());
        }
        assert_eq!(opened.progress.length(), bytes.len() as u64);
        String::from_utf8(bytes).unwrap()
    }

    #[tokio::test]
    async fn a_form_is_its_parts_between_boundaries() {
        let form = form()
            .text("name", None, "Contract")
            .text("owner", Some("application/json"), r#"{"name":"Ada"}"#)
            .text("empty", None, "")
            .content("document", "a.pdf", "application/pdf", Content::bytes("%PDF"));
        assert_eq!(form.content_type().unwrap(), "multipart/form-data; boundary=b");
        let expected = "--b\r\ncontent-disposition: form-data; name=\"name\"\r\n\r\nContract\r\n\
            --b\r\ncontent-disposition: form-data; name=\"owner\"\r\ncontent-type: application/json\r\n\r\n\
            {\"name\":\"Ada\"}\r\n\
            --b\r\ncontent-disposition: form-data; name=\"empty\"\r\n\r\n\r\n\
            --b\r\ncontent-disposition: form-data; name=\"document\"; filename=\"a.pdf\"\r\n\
            content-type: application/pdf\r\n\r\n%PDF\r\n--b--\r\n";
        let body = form.into_body();
        assert!(body.is_repeatable());
        for _attempt in 1..=2 {
            assert_eq!(sent(&body).await, expected);
        }
    }

    #[tokio::test]
    async fn a_name_cannot_leave_its_quotation_marks() {
        let name = "a\"; filename=\"b\r\nx-header: c\r\n\r\n";
        let form = form().content(name, "\"\r\n--b--", "text/plain", Content::bytes(""));
        let body = sent(&form.into_body()).await;
        let head = "content-disposition: form-data; name=\"a%22; filename=%22b%0D%0Ax-header: c%0D%0A%0D%0A\"; \
            filename=\"%22%0D%0A--b--\"\r\ncontent-type: text/plain";
        assert_eq!(body, format!("--b\r\n{head}\r\n\r\n\r\n--b--\r\n"));
    }

    #[tokio::test]
    async fn names_and_texts_are_sent_as_utf_8() {
        let form = form().text("näme", None, "Vertrag für Zoë");
        let body = sent(&form.into_body()).await;
        assert!(body.contains("name=\"näme\"\r\n\r\nVertrag für Zoë\r\n"), "{body}");
    }

    #[tokio::test]
    async fn content_from_a_reader_is_sent_once_with_its_length() {
        let content = Content::reader(&b"0123456789"[..], 10);
        let body = form().content("file", "f", "text/plain", content).text("last", None, "x").into_body();
        assert!(!body.is_repeatable());
        let first = sent(&body).await;
        assert!(first.contains("\r\n\r\n0123456789\r\n--b\r\n"), "{first}");
        let again = body.open().await.err().unwrap();
        assert_eq!(again.to_string(), "the reader to upload from was used before");
    }

    #[tokio::test]
    async fn content_of_another_length_is_no_form() {
        for announced in [9, 11] {
            let content = Content::reader(&b"0123456789"[..], announced);
            let mut opened =
                form().content("file", "f", "text/plain", content).into_body().open().await.unwrap();
            let mut chunks = Vec::new();
            while let Some(chunk) =
                std::future::poll_fn(|context| Pin::new(&mut opened.stream).poll_next(context)).await
            {
                chunks.push(chunk);
            }
            assert!(chunks.pop().is_some_and(|last| last.is_err()), "{announced} of 10 bytes");
            assert!(!opened.progress.moved().is_all);
        }
    }

    #[test]
    fn each_form_has_a_boundary_of_its_own() {
        let (one, other) = (Form::new().boundary, Form::new().boundary);
        assert_ne!(one, other);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        assert!(one.bytes().all(plain) && one.len() <= 70, "{one}");
    }

    #[test]
    fn an_empty_form_has_an_end() {
        let body = form().into_body();
        assert_eq!(format!("{body:?}"), "Body { pieces: [Bytes(9)] }");
    }
}
