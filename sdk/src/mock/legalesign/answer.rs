//! What operations answer: a success in Legalesign's form, or the reason for a refusal.

use super::state::PREFIX;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

pub(super) type Outcome = Result<Answer, Refusal>;

#[derive(Debug)]
pub(super) struct Answer {
    pub status: StatusCode,
    location: Option<String>,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Nothing,
    Json(Value),
    Pdf(Bytes),
    Text(&'static str),
}

impl Answer {
    pub fn empty(status: StatusCode) -> Self {
        Self { status, location: None, content: Content::Nothing }
    }

    pub fn ok(value: Value) -> Self {
        Self { content: Content::Json(value), ..Self::empty(StatusCode::OK) }
    }

    pub fn pdf(content: Bytes) -> Self {
        Self { content: Content::Pdf(content), ..Self::empty(StatusCode::OK) }
    }

    /// What looks like a success and is none.
    pub fn text(status: StatusCode, text: &'static str) -> Self {
        Self { content: Content::Text(text), ..Self::empty(status) }
    }

    /// The new resource is named by a header alone.
    pub fn created(collection: &str, id: &str) -> Self {
        Self::at(StatusCode::CREATED, uri(collection, id))
    }

    pub fn at(status: StatusCode, location: String) -> Self {
        Self { location: Some(location), ..Self::empty(status) }
    }

    pub fn with_json(self, value: Value) -> Self {
        Self { content: Content::Json(value), ..self }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let (media_type, body) = match self.content {
            Content::Nothing => (None, Body::empty()),
            Content::Json(value) => (Some("application/json"), Body::from(value.to_string())),
            Content::Pdf(bytes) => (Some("application/pdf"), Body::from(bytes)),
            Content::Text(text) => (Some("text/plain; charset=utf-8"), Body::from(text)),
        };
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        if let Some(media_type) = media_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        }
        if let Some(location) = self.location.and_then(|location| HeaderValue::try_from(location).ok()) {
            headers.insert(LOCATION, location);
        }
        response
    }
}

/// A reference as it stands in bodies and headers: host-relative, with the prefix.
pub(super) fn uri(collection: &str, id: &str) -> String {
    format!("{PREFIX}/{collection}/{id}/")
}

/// Why a call is refused. Where no form is documented it is that of attachments: one text.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    content: Content,
}

impl Refusal {
    fn new(status: StatusCode, content: Content) -> Self {
        Self { status, content }
    }

    /// The problems of a body: the resource, then its members, then what is wrong with each.
    pub fn form(resource: &str, problems: Value) -> Self {
        let mut errors = serde_json::Map::new();
        errors.insert(resource.to_owned(), problems);
        Self::new(StatusCode::BAD_REQUEST, Content::Json(Value::Object(errors)))
    }

    pub fn member(resource: &str, member: &str, problem: &str) -> Self {
        let mut problems = serde_json::Map::new();
        problems.insert(member.to_owned(), json!([problem]));
        Self::form(resource, Value::Object(problems))
    }

    fn text(status: StatusCode, text: &str) -> Self {
        Self::new(status, Content::Json(json!({ "text": text })))
    }

    /// Documented for attachments.
    pub fn plain(problem: &str) -> Self {
        Self::text(StatusCode::BAD_REQUEST, problem)
    }

    pub fn unauthorised() -> Self {
        Self::text(StatusCode::UNAUTHORIZED, "the credential was refused")
    }

    /// The documented meaning of this status on reminders.
    pub fn not_sent() -> Self {
        Self::text(StatusCode::UNAUTHORIZED, "the reminder was not sent")
    }

    pub fn not_found() -> Self {
        Self::text(StatusCode::NOT_FOUND, "there is no such thing")
    }

    pub fn method() -> Self {
        Self::text(StatusCode::METHOD_NOT_ALLOWED, "the path has no such method")
    }

    pub fn media_type() -> Self {
        Self::text(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body has to be application/json")
    }

    /// Legalesign blames itself for a body that is no JSON.
    pub fn unparseable() -> Self {
        Self::text(StatusCode::INTERNAL_SERVER_ERROR, "the body cannot be parsed")
    }

    /// And for a reference to something that does not exist.
    pub fn misreferenced() -> Self {
        Self::text(StatusCode::INTERNAL_SERVER_ERROR, "a reference leads nowhere")
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        Answer { status: self.status, location: None, content: self.content }.into_response()
    }
}
