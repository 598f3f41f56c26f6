//! Why a call is refused. Only the stale version is documented; the rest follows its pattern and is inferred.

use http::StatusCode;
use serde_json::{Value, json};

#[derive(Debug)]
pub(super) struct Refusal {
    pub status: StatusCode,
    pub code: &'static str,
    pub message: String,
    pub family: &'static str,
    pub details: Value,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>, family: &'static str) -> Self {
        Self { status, code, message: message.into(), family, details: json!({}) }
    }

    /// The body cannot be read at all. `reason` quotes nothing of it.
    pub fn unreadable(reason: &str) -> Self {
        let refusal =
            Self::new(StatusCode::BAD_REQUEST, "bad_request", "The request cannot be read.", "validation");
        Self { details: json!({ "reason": reason }), ..refusal }
    }

    /// A member or parameter has a value that is not accepted.
    pub fn invalid(field: &str, reason: &str) -> Self {
        let message = format!("Invalid request: {field}.");
        let refusal = Self::new(StatusCode::BAD_REQUEST, "bad_request", message, "validation");
        Self { details: json!({ "field": field, "reason": reason }), ..refusal }
    }

    pub fn media_type() -> Self {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Self::new(status, "unsupported_media_type", "The body has to be application/json.", "validation")
    }

    pub fn unknown_webhook() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "Webhook not found.", "not_found")
    }

    /// There is no such `what`.
    pub fn unknown(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("{what} not found."), "not_found")
    }

    /// The version has its PDF. Only the words `already uploaded` were seen.
    pub fn already_uploaded() -> Self {
        let message = "The PDF of this version is already uploaded.";
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message, "validation")
    }

    pub fn insufficient_credits() -> Self {
        let status = StatusCode::PAYMENT_REQUIRED;
        Self::new(status, "insufficient_credits", "There are not enough credits.", "billing")
    }

    /// The document is not in a state that allows this.
    pub fn conflict(message: &str) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict", message, "state")
    }

    pub fn unknown_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this path.", "not_found")
    }

    pub fn method() -> Self {
        let status = StatusCode::METHOD_NOT_ALLOWED;
        Self::new(status, "method_not_allowed", "This path has no such method.", "validation")
    }

    /// The documented conflict. `expected` is what the client sent.
    pub fn stale(expected: i64) -> Self {
        let status = StatusCode::PRECONDITION_FAILED;
        let refusal =
            Self::new(status, "precondition_failed", "The webhook has another version.", "concurrency");
        Self { details: json!({ "expectedVersion": expected }), ..refusal }
    }
}
