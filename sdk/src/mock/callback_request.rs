//! A callback as it is posted.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;
use std::fmt;
use url::form_urlencoded::Serializer;

/// A callback, as a mock or a test posts it: headers and a body, which may be as odd as you like.
///
/// ```
/// use countersign::mock::CallbackRequest;
///
/// let form = CallbackRequest::form([("data", "[]"), ("signed", "forged")]).with_header("x-signed", "too");
/// assert_eq!(form.body(), "data=%5B%5D&signed=forged");
/// assert_eq!(form.header("content-type"), Some("application/x-www-form-urlencoded"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct CallbackRequest {
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl CallbackRequest {
    /// Without a body or a content type.
    #[must_use]
    pub fn empty() -> Self {
        Self { headers: HeaderMap::new(), body: Bytes::new() }
    }

    /// With a body of any type.
    #[must_use]
    pub fn new(content_type: &str, body: impl Into<Bytes>) -> Self {
        Self::empty().with_body(content_type, body)
    }

    /// With JSON.
    #[must_use]
    pub fn json(value: &Value) -> Self {
        Self::new("application/json", value.to_string())
    }

    /// With a form, `application/x-www-form-urlencoded`.
    #[must_use]
    pub fn form<N: AsRef<str>, V: AsRef<str>>(fields: impl IntoIterator<Item = (N, V)>) -> Self {
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        Self::new("application/x-www-form-urlencoded", body)
    }

    /// Adds a header, beside those of the same name. Has no effect if it is no valid header, or one too many for any request.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            let _ = self.headers.try_append(name, value);
        }
        self
    }

    /// Takes all headers of a name away.
    #[must_use]
    pub fn without_header(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// Replaces the body and its type, and leaves the other headers as they are. An empty type is none.
    #[must_use]
    pub fn with_body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.headers.remove(CONTENT_TYPE);
        if let Some(value) = HeaderValue::try_from(content_type).ok().filter(|value| !value.is_empty()) {
            self.headers.insert(CONTENT_TYPE, value);
        }
        self
    }

    /// The first value of a header, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

/// Neither values of headers nor the body are shown.
impl fmt::Debug for CallbackRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("CallbackRequest")
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body", &format_args!("[{} bytes]", self.body.len()))
            .finish()
    }
}
