//! Why a call is refused, in the form that the provider documents for its errors.

use crate::mock::id;
use crate::runtime::Timestamp;
use http::StatusCode;
use serde_json::{Value, json};
use std::time::SystemTime;

#[derive(Debug)]
pub(super) struct Refusal {
    pub status: StatusCode,
    kind: &'static str,
    message: &'static str,
    details: Value,
    /// The documented examples about codes have no `meta`.
    has_meta: bool,
}

impl Refusal {
    fn new(status: StatusCode, kind: &'static str, message: &'static str) -> Self {
        Self { status, kind, message, details: json!({}), has_meta: true }
    }

    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "UNAUTHORIZED", "The credential is missing or wrong.")
    }

    pub fn invalid(message: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "VALIDATION_ERROR", message)
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "NOT_FOUND", "There is no such thing.")
    }

    pub fn method() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", "This path has no such method.")
    }

    /// Against a rule.
    pub fn rule(message: &'static str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "VALIDATION_ERROR", message)
    }

    pub fn wrong_code(left: u32, expires: SystemTime) -> Self {
        let details = json!({ "attempts_remaining": left, "expires_at": Timestamp::from(expires) });
        Self { details, has_meta: false, ..Self::rule("The code is wrong.") }
    }

    pub fn old_code(expired: SystemTime) -> Self {
        let details = json!({ "expired_at": Timestamp::from(expired) });
        Self { kind: "OTP_EXPIRED", details, has_meta: false, ..Self::rule("The code is too old.") }
    }

    pub fn locked(until: SystemTime) -> Self {
        let refusal = Self::new(StatusCode::TOO_MANY_REQUESTS, "OTP_LOCKED", "The attempts are used up.");
        Self { details: json!({ "locked_until": Timestamp::from(until) }), has_meta: false, ..refusal }
    }

    pub fn body(&self, now: SystemTime) -> Value {
        let Self { status, kind, message, details, has_meta } = self;
        let error = json!({ "code": status.as_u16(), "type": kind, "message": message, "details": details });
        if !has_meta {
            return json!({ "error": error });
        }
        let meta = json!({ "request_id": id::ulid("req_", now), "timestamp": Timestamp::from(now) });
        json!({ "error": error, "meta": meta })
    }
}
