//! The operations over HTTP.

use super::form;
use super::state::State;
use crate::mock::exchange;
use axum::Router;
use axum::body::Body;
use axum::extract::multipart::MultipartRejection;
use axum::extract::rejection::PathRejection;
use axum::extract::{DefaultBodyLimit, Multipart, Path, Request, State as Extract};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{delete, get, post, put};
use http::header::AUTHORIZATION;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;

/// The path of the base URL.
pub(super) const PREFIX: &str = "/api/v1/external";

type Shared = Extract<Arc<State>>;
type Id = Result<Path<String>, PathRejection>;

/// Why a call is refused.
#[derive(Debug)]
pub(super) struct Refusal {
    status: StatusCode,
    message: String,
}

impl Refusal {
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    pub fn bad(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// A part that is not written as it has to be. Documented to end like this, although it is the caller's mistake.
    pub fn syntax(part: &str) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, format!("{part} cannot be read"))
    }

    pub fn unknown() -> Self {
        Self::new(StatusCode::NOT_FOUND, "there is no such project")
    }

    pub fn foreign() -> Self {
        Self::new(StatusCode::FORBIDDEN, "the project was not started by the Sign API")
    }
}

pub(super) fn router(state: Arc<State>) -> Router {
    let operations = Router::new()
        .route("/sign-only-api/projects/launch-new", post(start))
        .route("/sign-only-api/projects/cancel/{projectId}", put(cancel))
        .route("/sign-only-api/projects/{projectId}", delete(erase))
        .route("/projects/info-for-sign-only-integrator/{projectId}", get(fetch))
        .route("/projects/events/{workflowId}", get(events))
        .method_not_allowed_fallback(async || {
            answer(Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "this path has no such method")))
        });
    Router::new()
        .nest(PREFIX, operations)
        .fallback(async || answer(Err(Refusal::new(StatusCode::NOT_FOUND, "there is nothing at this path"))))
        // The server itself has one.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::clone(&state), authorise))
        .with_state(state)
}

async fn authorise(Extract(state): Shared, request: Request, next: Next) -> Response {
    if is_authorised(&state, request.headers()) {
        return next.run(request).await;
    }
    answer(Err(Refusal::new(StatusCode::FORBIDDEN, "the key is not accepted")))
}

fn is_authorised(state: &State, headers: &HeaderMap) -> bool {
    exchange::once(headers, AUTHORIZATION).is_some_and(|key| state.key.matches(key))
}

async fn start(Extract(state): Shared, form: Result<Multipart, MultipartRejection>) -> Response {
    let read = match form {
        Ok(form) => form::read(form).await,
        Err(_) => Err(Refusal::bad("the body is no form of several parts")),
    };
    answer(read.map(|start| Some(state.start(start))))
}

async fn fetch(Extract(state): Shared, id: Id) -> Response {
    answer(project_id(id).and_then(|id| state.data(&id)).map(Some))
}

async fn cancel(Extract(state): Shared, id: Id) -> Response {
    let cancelled = match project_id(id) {
        Ok(id) if is_uuid(&id) => state.cancel(&id),
        _ => Err(Refusal::bad("the id of the project is malformed")),
    };
    answer(cancelled.map(|()| None))
}

async fn erase(Extract(state): Shared, id: Id) -> Response {
    answer(project_id(id).and_then(|id| state.delete(&id)).map(|()| None))
}

async fn events(Extract(state): Shared, id: Id) -> Response {
    answer(project_id(id).and_then(|id| state.events(&id)).map(Some))
}

/// An id that is no text names nothing.
fn project_id(id: Id) -> Result<String, Refusal> {
    id.map(|Path(id)| id).map_err(|_| Refusal::unknown())
}

fn is_uuid(id: &str) -> bool {
    let mut groups = id.split('-');
    let lengths = [8, 4, 4, 4, 12];
    let fits = |length| {
        groups.next().is_some_and(|group: &str| {
            group.len() == length && group.bytes().all(|byte| byte.is_ascii_hexdigit())
        })
    };
    lengths.into_iter().all(fits) && groups.next().is_none()
}

/// 200 with data, 204 without, or the refusal.
fn answer(outcome: Result<Option<Value>, Refusal>) -> Response {
    let (status, body) = match outcome {
        Ok(Some(data)) => (StatusCode::OK, data),
        Ok(None) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NO_CONTENT;
            return response;
        }
        Err(Refusal { status, message }) => (status, json!({ "message": message })),
    };
    exchange::json(status, &body)
}
