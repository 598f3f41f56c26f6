//! The operations of templates, documents and events over HTTP.

use super::api::{Id, Shared, Success, answer};
use super::publishing::Publishing;
use super::read;
use super::refusal::Refusal;
use super::state::State;
use crate::signly::{DocumentCreate, DocumentExtension, TemplateCreate, TemplateField, TemplateUpdate};
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State as Extract};
use axum::response::Response;
use axum::routing::{delete, get, post};
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde_json::{Map, Value};
use std::sync::Arc;
use std::time::SystemTime;

type Ids = Result<Path<(String, String)>, PathRejection>;
type Done = Result<Value, Refusal>;

/// The codes follow the pattern of those of webhooks; none is documented.
pub(super) fn router() -> Router<Arc<State>> {
    Router::new()
        .route("/v1/templates", get(list_templates).post(create_template))
        .route("/v1/templates/{templateId}", get(get_template).put(update_template).delete(delete_template))
        .route("/v1/templates/{templateId}/history", get(template_history))
        .route("/v1/templates/{templateId}/fields", get(get_fields).put(replace_fields))
        .route("/v1/templates/{templateId}/versions/{version}", get(get_version).delete(delete_version))
        .route("/v1/templates/{templateId}/versions/{version}/upload-url", post(upload_url))
        .route("/v1/templates/{templateId}/versions/{version}/download-url", get(download_url))
        .route("/v1/documents", get(list_documents).post(create_document))
        .route("/v1/documents/{documentId}", get(get_document))
        .route("/v1/documents/{documentId}/extend", post(extend_document))
        .route("/v1/documents/{documentId}/cancel", delete(cancel_document))
        .route("/v1/documents/{documentId}/participants/{participantId}/resend", post(resend_invitation))
        .route("/v1/events/{processId}", get(process_events))
}

/// Does something with what is remembered, and answers with what comes of it.
fn perform(
    state: &State,
    code: &'static str,
    act: impl FnOnce(&mut Publishing, SystemTime) -> Done,
) -> Response {
    let now = state.clock.now();
    let done = act(&mut state.publishing(), now);
    answer(state, done.map(|data| Success::ok(code, "Done.", data)))
}

/// As [`perform`], for what only reads, and perhaps how things were.
fn show(
    state: &State,
    code: &'static str,
    read: impl FnOnce(&mut Publishing, SystemTime) -> Done,
) -> Response {
    match state.stale.read(state.clock.now()) {
        Some((_, mut stale)) => {
            let shown = read(&mut stale, state.clock.now());
            answer(state, shown.map(|data| Success::ok(code, "Done.", data)))
        }
        None => perform(state, code, read),
    }
}

/// As [`perform`], for something new.
fn make(
    state: &State,
    code: &'static str,
    act: impl FnOnce(&mut Publishing, SystemTime) -> Done,
) -> Response {
    let now = state.clock.now();
    let made = act(&mut state.publishing(), now);
    let success = |data| Success { status: StatusCode::CREATED, ..Success::ok(code, "Created.", data) };
    answer(state, made.map(success))
}

/// An id that is no text names nothing.
fn one(id: Id) -> Result<String, Refusal> {
    id.map(|Path(id)| id).map_err(|_| Refusal::unknown_path())
}

fn two(ids: Ids) -> Result<(String, String), Refusal> {
    ids.map(|Path(ids)| ids).map_err(|_| Refusal::unknown_path())
}

async fn list_templates(Extract(state): Shared) -> Response {
    show(&state, "templates_listed", |store, _| Ok(store.list_templates()))
}

async fn create_template(Extract(state): Shared, headers: HeaderMap, body: Bytes) -> Response {
    make(&state, "template_created", |store, now| {
        store.create_template(read::body::<TemplateCreate>(&headers, &body)?, now)
    })
}

async fn get_template(Extract(state): Shared, id: Id) -> Response {
    show(&state, "template_fetched", |store, _| store.get_template(&one(id)?))
}

async fn update_template(Extract(state): Shared, id: Id, headers: HeaderMap, body: Bytes) -> Response {
    perform(&state, "template_updated", |store, now| {
        store.update_template(&one(id)?, read::body::<TemplateUpdate>(&headers, &body)?, now)
    })
}

async fn delete_template(Extract(state): Shared, id: Id) -> Response {
    perform(&state, "template_deleted", |store, _| store.delete_template(&one(id)?))
}

async fn template_history(Extract(state): Shared, id: Id) -> Response {
    show(&state, "template_history_listed", |store, _| store.template_history(&one(id)?))
}

async fn get_fields(Extract(state): Shared, id: Id) -> Response {
    show(&state, "template_fields_fetched", |store, _| store.get_fields(&one(id)?))
}

async fn replace_fields(Extract(state): Shared, id: Id, headers: HeaderMap, body: Bytes) -> Response {
    perform(&state, "template_fields_updated", |store, now| {
        store.replace_fields(&one(id)?, read::array::<TemplateField>(&headers, &body)?, now)
    })
}

async fn get_version(Extract(state): Shared, ids: Ids) -> Response {
    show(&state, "template_version_fetched", |store, _| {
        let (id, version) = two(ids)?;
        store.get_template_version(&id, &version)
    })
}

async fn delete_version(Extract(state): Shared, ids: Ids) -> Response {
    perform(&state, "template_version_deleted", |store, _| {
        let (id, version) = two(ids)?;
        store.delete_template_version(&id, &version)
    })
}

async fn upload_url(Extract(state): Shared, ids: Ids) -> Response {
    perform(&state, "upload_url_created", |store, now| {
        let (id, version) = two(ids)?;
        store.upload_url(&id, &version, now)
    })
}

async fn download_url(Extract(state): Shared, ids: Ids) -> Response {
    perform(&state, "download_url_created", |store, now| {
        let (id, version) = two(ids)?;
        store.download_url(&id, &version, now)
    })
}

async fn list_documents(Extract(state): Shared, RawQuery(query): RawQuery) -> Response {
    show(&state, "documents_listed", |store, now| {
        Ok(store.list_documents(read::limit(query.as_deref())?, now))
    })
}

async fn create_document(Extract(state): Shared, headers: HeaderMap, body: Bytes) -> Response {
    make(&state, "document_created", |store, now| {
        store.create_document(read::body::<DocumentCreate>(&headers, &body)?, &state.tenant, now)
    })
}

async fn get_document(Extract(state): Shared, id: Id) -> Response {
    show(&state, "document_fetched", |store, now| store.get_document(&one(id)?, now))
}

async fn extend_document(Extract(state): Shared, id: Id, headers: HeaderMap, body: Bytes) -> Response {
    perform(&state, "document_extended", |store, now| {
        store.extend_document(&one(id)?, &read::body::<DocumentExtension>(&headers, &body)?, now)
    })
}

async fn cancel_document(Extract(state): Shared, id: Id) -> Response {
    perform(&state, "document_cancelled", |store, now| store.cancel_document(&one(id)?, now))
}

async fn resend_invitation(Extract(state): Shared, ids: Ids, headers: HeaderMap, body: Bytes) -> Response {
    perform(&state, "invitation_resent", |store, now| {
        read::body::<Map<String, Value>>(&headers, &body)?;
        let (document, participant) = two(ids)?;
        store.resend_invitation(&document, &participant, now)
    })
}

async fn process_events(Extract(state): Shared, id: Id, RawQuery(query): RawQuery) -> Response {
    show(&state, "events_listed", |store, now| {
        store.process_events(&one(id)?, read::limit(query.as_deref())?, now)
    })
}
