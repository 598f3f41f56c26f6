//! The operations over HTTP, and the envelope around their answers.

use super::refusal::Refusal;
use super::state::State;
use super::{read, routes};
use crate::mock::{exchange, id};
use crate::runtime::Timestamp;
use crate::signly::{WebhookStatus, WebhookStatusUpdate};
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, Request, State as Extract};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post, put};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;

const TENANT: &str = "x-tenant-signly";
const CREDENTIAL: &str = "x-auth-signly";

pub(super) type Shared = Extract<Arc<State>>;
pub(super) type Id = Result<Path<String>, PathRejection>;

pub(super) fn router(state: Arc<State>) -> Router {
    Router::new()
        .route("/v1/webhooks", get(list).post(create))
        .route("/v1/webhooks/{webhookId}", get(fetch).put(update).delete(delete))
        .route("/v1/webhooks/{webhookId}/status", put(set_status))
        .route("/v1/webhooks/{webhookId}/test", post(test))
        .merge(routes::router())
        .fallback(async |Extract(state): Shared| answer(&state, Err(Refusal::unknown_path())))
        .method_not_allowed_fallback(async |Extract(state): Shared| answer(&state, Err(Refusal::method())))
        .layer(from_fn_with_state(Arc::clone(&state), authorise))
        .with_state(state)
}

/// Refuses as a gateway does, without the envelope. That is inferred, and so is the status for a wrong tenant.
async fn authorise(Extract(state): Shared, request: Request, next: Next) -> Response {
    if is_authorised(&state, request.headers()) {
        return next.run(request).await;
    }
    exchange::json(StatusCode::UNAUTHORIZED, &json!({ "message": "Unauthorized" }))
}

/// Both modes are accepted for the one credential: the bare value, and `HMAC` before it.
fn is_authorised(state: &State, headers: &HeaderMap) -> bool {
    let (Some(tenant), Some(credential)) =
        (exchange::once(headers, TENANT), exchange::once(headers, CREDENTIAL))
    else {
        return false;
    };
    let secret = credential.strip_prefix(b"HMAC ").unwrap_or(credential);
    state.key.matches(secret) && tenant == state.tenant.as_bytes()
}

async fn list(Extract(state): Shared, RawQuery(query): RawQuery) -> Response {
    let listed = state.list(query.as_deref());
    answer(&state, listed.map(|data| Success::ok("webhooks_listed", "Webhooks listed.", data)))
}

async fn create(Extract(state): Shared, headers: HeaderMap, body: Bytes) -> Response {
    let created = match read::body(&headers, &body) {
        Ok(new) => state.create(new).await,
        Err(refusal) => Err(refusal),
    };
    let success = |data| Success {
        status: StatusCode::CREATED,
        ..Success::ok("webhook_created", "Webhook created.", data)
    };
    answer(&state, created.map(success))
}

async fn fetch(Extract(state): Shared, id: Id) -> Response {
    let fetched = webhook_id(id).and_then(|id| state.get(&id));
    answer(&state, fetched.map(|data| Success::ok("webhook_fetched", "Webhook fetched.", data)))
}

async fn update(Extract(state): Shared, id: Id, headers: HeaderMap, body: Bytes) -> Response {
    let updated =
        read::body(&headers, &body).and_then(|update| state.update(&webhook_id(id)?, &headers, update));
    answer(&state, updated.map(|data| Success::ok("webhook_updated", "Webhook updated.", data)))
}

async fn set_status(Extract(state): Shared, id: Id, headers: HeaderMap, body: Bytes) -> Response {
    let read = read::body::<WebhookStatusUpdate>(&headers, &body);
    let switched = read.and_then(|WebhookStatusUpdate { status }| {
        let status = status.ok_or_else(|| Refusal::invalid("status", "missing"))?;
        let enabled = status == WebhookStatus::Enabled;
        let message = if enabled { "Webhook enabled." } else { "Webhook disabled." };
        let data = state.set_status(&webhook_id(id)?, &headers, status)?;
        Ok(Success::ok("webhook_status_updated", message, data))
    });
    answer(&state, switched)
}

async fn test(Extract(state): Shared, id: Id, headers: HeaderMap, body: Bytes) -> Response {
    let tested = match read::body(&headers, &body).and_then(|test| Ok((webhook_id(id)?, test))) {
        Ok((id, test)) => state.test(&id, test).await,
        Err(refusal) => Err(refusal),
    };
    answer(&state, tested.map(|data| Success::ok("webhook_test_sent", "Test event sent.", data)))
}

async fn delete(Extract(state): Shared, id: Id) -> Response {
    let deleted = webhook_id(id).and_then(|id| state.delete(&id));
    answer(&state, deleted.map(|data| Success::ok("webhook_deleted", "Webhook deleted.", data)))
}

/// An id that is no text names nothing.
fn webhook_id(id: Id) -> Result<String, Refusal> {
    id.map(|Path(id)| id).map_err(|_| Refusal::unknown_webhook())
}

pub(super) struct Success {
    pub status: StatusCode,
    pub code: &'static str,
    pub message: &'static str,
    pub data: Value,
}

impl Success {
    pub fn ok(code: &'static str, message: &'static str, data: Value) -> Self {
        Self { status: StatusCode::OK, code, message, data }
    }
}

/// The envelope. Success and failure have the same members.
pub(super) fn answer(state: &State, outcome: Result<Success, Refusal>) -> Response {
    let now = state.clock.now();
    let success = outcome.is_ok();
    let (status, code, message, data, error) = match outcome {
        Ok(Success { status, code, message, data }) => (status, code, message.to_owned(), data, Value::Null),
        Err(Refusal { status, code, message, family, details }) => {
            (status, code, message, Value::Null, json!({ "type": family, "details": details }))
        }
    };
    let envelope = json!({
        "success": success,
        "status": status.as_u16(),
        "code": code,
        "message": message,
        "data": data,
        "pagination": null,
        "meta": {
            "request_id": id::ulid("req_", now),
            "timestamp": Timestamp::from(now),
            "api_version": "v1",
            "tenant_id": state.tenant,
        },
        "error": error,
    });
    exchange::json(status, &envelope)
}
