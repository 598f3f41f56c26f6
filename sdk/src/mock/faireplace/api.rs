//! The operations over HTTP.

use super::refusal::Refusal;
use super::state::State;
use crate::mock::exchange;
use crate::runtime::decode;
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State as Extract};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderName, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Where the signatures are, and where workers report.
pub(super) const SIGNATURES: &str = "/api";
pub(super) const WORKERS: &str = "/workers";

const KEY: HeaderName = HeaderName::from_static("x-api-key");
const ORGANISATION: HeaderName = HeaderName::from_static("x-tenant-id");

type Shared = Extract<Arc<State>>;
type One = Result<Path<String>, PathRejection>;
type Two = Result<Path<(String, String)>, PathRejection>;

pub(super) fn router(state: Arc<State>) -> Router {
    let signatures = Router::new()
        .route("/leases/{leaseId}/signature/initiate", post(initiate))
        .route("/leases/{leaseId}/signature/status", get(status))
        .route("/leases/{leaseId}/signature/validate-otp", post(validate))
        .route("/leases/{leaseId}/signature/resend/{signerType}", post(resend))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(Arc::clone(&state), authorise));
    let workers = Router::new()
        .route("/{documentSignatureId}/complete/{signerType}", post(complete))
        .route("/{documentSignatureId}/finalize", post(finalize))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(Arc::clone(&state), authorise_worker));
    Router::new()
        .nest(SIGNATURES, signatures)
        .nest(WORKERS, workers)
        .fallback(async |Extract(state): Shared| answer(&state, Err(Refusal::not_found())))
        .with_state(state)
}

async fn wrong_method(Extract(state): Shared) -> Response {
    answer(&state, Err(Refusal::method()))
}

async fn authorise(Extract(state): Shared, request: Request, next: Next) -> Response {
    let value = exchange::once(request.headers(), AUTHORIZATION);
    let key = value.and_then(|value| value.strip_prefix(b"Bearer "));
    if key.is_some_and(|key| state.api_key.matches(key)) {
        return next.run(request).await;
    }
    answer(&state, Err(Refusal::unauthorized()))
}

async fn authorise_worker(Extract(state): Shared, request: Request, next: Next) -> Response {
    let refusal =
        match (exchange::once(request.headers(), KEY), exchange::once(request.headers(), ORGANISATION)) {
            (Some(key), _) if !state.worker_key.matches(key) => Refusal::unauthorized(),
            (None, _) => Refusal::unauthorized(),
            (_, None) => Refusal::invalid("`X-Tenant-ID` is missing."),
            // Every document of this server belongs to the one organisation.
            (_, Some(organisation)) if organisation != state.organisation.as_bytes() => Refusal::not_found(),
            _ => return next.run(request).await,
        };
    answer(&state, Err(refusal))
}

async fn initiate(Extract(state): Shared, lease: One, body: Bytes) -> Response {
    let initiated = one(lease).and_then(|lease| state.initiate(&lease, read(&body)?));
    answer(&state, initiated)
}

async fn status(Extract(state): Shared, lease: One) -> Response {
    let status = one(lease).and_then(|lease| state.status(&lease));
    answer(&state, status)
}

async fn validate(Extract(state): Shared, lease: One, body: Bytes) -> Response {
    let validated = one(lease).and_then(|lease| state.validate(&lease, &read(&body)?));
    answer(&state, validated)
}

async fn resend(Extract(state): Shared, path: Two) -> Response {
    let sent = two(path).and_then(|(lease, role)| state.resend(&lease, &role));
    answer(&state, sent)
}

async fn complete(Extract(state): Shared, path: Two, body: Bytes) -> Response {
    let completed = two(path).and_then(|(document, role)| {
        // The hash is kept as evidence and changes nothing.
        let _: crate::faireplace::workers::CompleteInput = read(&body)?;
        state.complete(&document, &role)
    });
    answer(&state, completed)
}

async fn finalize(Extract(state): Shared, document: One, body: Bytes) -> Response {
    let finalized = one(document).and_then(|document| state.finalize(&document, &read(&body)?));
    answer(&state, finalized)
}

/// What is no text names nothing.
fn one(path: One) -> Result<String, Refusal> {
    path.map(|Path(id)| id).map_err(|_| Refusal::not_found())
}

fn two(path: Two) -> Result<(String, String), Refusal> {
    path.map(|Path(ids)| ids).map_err(|_| Refusal::not_found())
}

/// A JSON object of the type that the operation takes.
fn read<T: DeserializeOwned + Serialize>(body: &[u8]) -> Result<T, Refusal> {
    let object =
        decode::<Map<String, Value>>(body).map_err(|_| Refusal::invalid("The body is no JSON object."))?;
    exchange::strictly(Value::Object(object))
        .map_err(|_| Refusal::invalid("A member is not of the right type."))
}

fn answer(state: &State, outcome: Result<Value, Refusal>) -> Response {
    let (status, body) = match outcome {
        Ok(body) => (StatusCode::OK, body),
        Err(refusal) => (refusal.status, refusal.body(state.clock.now())),
    };
    exchange::json(status, &body)
}
