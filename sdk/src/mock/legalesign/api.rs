//! The operations over HTTP, and the pages that links lead to.

use super::answer::{Answer, Outcome, Refusal};
use super::links::{Target, Unavailable};
use super::read::{Call, Query};
use super::state::{PREFIX, State, Store};
use super::{documents, downloads, people, sending, signers, templates, texts, webhooks};
use crate::mock::exchange;
use axum::Router;
use axum::extract::rejection::PathRejection;
use axum::extract::{DefaultBodyLimit, OriginalUri, Path, Request, State as Extract};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use bytes::Bytes;
use http::header::{AUTHORIZATION, COOKIE, REFERER};
use http::{HeaderMap, HeaderName, StatusCode};
use std::sync::Arc;

const ORGANISATION: HeaderName = HeaderName::from_static("x-organisation");

type Shared = Extract<Arc<State>>;
type Id = Result<Path<String>, PathRejection>;

/// What every operation is: it reads and changes the store, and answers.
type Operation = fn(&mut Store, &Call) -> Outcome;

pub(super) fn router(state: Arc<State>) -> Router {
    let operations = Router::new()
        .merge(document_routes())
        .merge(template_routes())
        .merge(people_routes())
        .fallback(async || Refusal::not_found())
        .method_not_allowed_fallback(async || Refusal::method())
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::clone(&state), authorise));
    Router::new()
        .nest(PREFIX, operations)
        .route("/sign/{token}", on(MethodFilter::GET, open).merge(on(MethodFilter::POST, sign)))
        .route("/edit/{token}", on(MethodFilter::GET, open))
        .route("/preview/{token}", on(MethodFilter::GET, open))
        .with_state(state)
}

fn document_routes() -> Router<Arc<State>> {
    Router::new()
        .route("/document/", read(documents::list_documents).merge(post(sending::create_document)))
        .route("/document/preview/", post(downloads::preview_signing_page))
        .route("/document/{docId}/", read(documents::get_document).merge(delete(documents::archive_document)))
        .route("/document/{docId}/fields/", read(documents::list_document_fields))
        .route("/document/{docId}/auditlog/", get(downloads::download_audit_log))
        .route("/document/{docId}/delete/", delete(documents::delete_document))
        .route("/status/", read(documents::list_statuses))
        .route("/status/{docId}/", read(documents::get_status))
        .route("/pdf/preview/", post(downloads::preview_pdf))
        .route("/pdf/{docId}/", get(downloads::get_document_pdf))
        .route("/signer/{signerId}/", read(signers::get_signer))
        .route("/signer/{signerId}/fields1/", read(signers::list_signer_fields))
        .route("/signer/{signerId}/new-link/", get(signers::create_signing_link))
        .route("/signer/{signerId}/reset/", post(signers::reset_signer))
        .route("/signer/{signerId}/send-reminder/", post(signers::send_reminder))
        .route("/signer/{signerId}/rejection/", read(signers::get_rejection))
}

fn template_routes() -> Router<Arc<State>> {
    Router::new()
        .route(
            "/templatepdf/",
            read(templates::list_pdf_templates).merge(post(templates::create_pdf_template)),
        )
        .route("/templatepdf/{pdfId}/", read(templates::get_pdf_template))
        .route("/templatepdf/{pdfId}/edit-link/", get(templates::create_edit_link))
        .route(
            "/templatepdf/{pdfId}/fields/",
            read(templates::list_pdf_template_fields).merge(post(templates::replace_pdf_template_fields)),
        )
        .route("/templatepdf/{pdfId}/tags/", post(templates::convert_text_tags))
        .route("/templatepdf/{pdfId}/archive/", post(templates::archive_pdf_template))
        .route("/templatepdf/{pdfId}/delete/", delete(templates::delete_pdf_template))
        .route("/template/", read(texts::list_text_templates).merge(post(texts::create_text_template)))
        .route(
            "/template/{templateId}/",
            read(texts::get_text_template)
                .merge(patch(texts::update_text_template))
                .merge(delete(texts::archive_text_template)),
        )
        .route("/attachment/", read(texts::list_attachments).merge(post(texts::create_attachment)))
        .route(
            "/attachment/{attachmentId}/",
            read(texts::get_attachment).merge(delete(texts::delete_attachment)),
        )
}

fn people_routes() -> Router<Arc<State>> {
    Router::new()
        .route("/group/", read(people::list_groups).merge(post(people::create_group)))
        .route("/group/{groupId}/", read(people::get_group).merge(patch(people::update_group)))
        .route("/member/", read(people::list_members).merge(post(people::create_member)))
        .route("/member/{memberId}/", read(people::get_member).merge(delete(people::delete_member)))
        .route("/invited/", read(people::list_invitations))
        .route("/invited/{invitedId}/", delete(people::delete_invitation))
        .route("/user/", post(people::create_user))
        .route("/user/{userId}/", read(people::get_user).merge(patch(people::update_user)))
        .route("/notifications/", read(webhooks::list_webhooks))
        .route("/subscribe/", post(webhooks::subscribe))
        .route("/subscribe/recipient/", post(webhooks::subscribe))
        .route("/unsubscribe/", post(webhooks::unsubscribe))
        .route("/unsubscribe/{webhookId}/", delete(webhooks::unsubscribe_by_id))
}

/// Reads, and perhaps how things were.
fn read(operation: Operation) -> MethodRouter<Arc<State>> {
    serve_by(MethodFilter::GET, operation, true)
}

/// Makes something, although the method is GET.
fn get(operation: Operation) -> MethodRouter<Arc<State>> {
    serve(MethodFilter::GET, operation)
}

fn post(operation: Operation) -> MethodRouter<Arc<State>> {
    serve(MethodFilter::POST, operation)
}

fn patch(operation: Operation) -> MethodRouter<Arc<State>> {
    serve(MethodFilter::PATCH, operation)
}

fn delete(operation: Operation) -> MethodRouter<Arc<State>> {
    serve(MethodFilter::DELETE, operation)
}

fn serve(method: MethodFilter, operation: Operation) -> MethodRouter<Arc<State>> {
    serve_by(method, operation, false)
}

fn serve_by(method: MethodFilter, operation: Operation, only_reads: bool) -> MethodRouter<Arc<State>> {
    let handle = async move |Extract(state): Shared,
                             // An id that is no text names nothing.
                             id: Id,
                             OriginalUri(uri): OriginalUri,
                             headers: HeaderMap,
                             body: Bytes| {
        let call = Call {
            id: id.map(|Path(id)| id).unwrap_or_default(),
            path: uri.path().to_owned(),
            query: Query::read(uri.query().unwrap_or_default()),
            headers,
            body,
            now: state.clock.now(),
        };
        if only_reads && let Some(mut stale) = state.stale.read(call.now) {
            return operation(&mut stale, &call);
        }
        let mut store = state.store();
        let answer = operation(&mut store, &call);
        store.publish();
        answer
    };
    on(method, handle)
}

async fn authorise(Extract(state): Shared, request: Request, next: Next) -> Response {
    if is_authorised(&state, request.headers()) {
        return next.run(request).await;
    }
    Refusal::unauthorised().into_response()
}

/// Both kinds of keys are accepted.
fn is_authorised(state: &State, headers: &HeaderMap) -> bool {
    let Some(value) = exchange::once(headers, AUTHORIZATION) else { return false };
    let credentials = &state.credentials;
    if let Some(key) = value.strip_prefix(b"Bearer ") {
        return credentials.key.matches(key);
    }
    let legacy =
        value.strip_prefix(b"ApiKey ").and_then(|pair| pair.strip_prefix(credentials.username.as_bytes()));
    legacy.and_then(|rest| rest.strip_prefix(b":")).is_some_and(|secret| credentials.secret.matches(secret))
}

async fn open(Extract(state): Shared, Path(token): Path<String>) -> Response {
    let opened = state.store().open(&token, state.clock.now());
    opened.map_or_else(Unavailable::into_response, |target| {
        let page = match target {
            Target::Signing(_) => "<!doctype html><form method=\"post\"><button>Sign</button></form>",
            Target::Editor => "<!doctype html><p>The fields of a PDF are edited here.</p>",
            Target::Preview => "<!doctype html><p>This is what signers see.</p>",
        };
        Html(page).into_response()
    })
}

async fn sign(Extract(state): Shared, Path(token): Path<String>) -> Response {
    let signed = state.store().sign_on_page(&token, state.clock.now());
    signed.map_or_else(Unavailable::into_response, |()| Html("<!doctype html><p>Signed.</p>").into_response())
}

impl IntoResponse for Unavailable {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Unknown => StatusCode::NOT_FOUND,
            Self::Gone => StatusCode::GONE,
        };
        status.into_response()
    }
}

/// The server of the contents. It belongs to somebody else, so nothing secret may reach it.
pub(super) fn elsewhere(state: Arc<State>) -> Router {
    Router::new()
        .route("/content/{token}", on(MethodFilter::GET, content))
        .layer(from_fn_with_state(Arc::clone(&state), refuse_credentials))
        .with_state(state)
}

async fn refuse_credentials(Extract(state): Shared, request: Request, next: Next) -> Response {
    let secrets = [AUTHORIZATION, ORGANISATION, COOKIE, REFERER];
    if secrets.iter().any(|name| request.headers().contains_key(name)) {
        state.store().leaked = true;
        return StatusCode::BAD_REQUEST.into_response();
    }
    next.run(request).await
}

async fn content(Extract(state): Shared, Path(token): Path<String>) -> Response {
    let content = state.store().content(&token, state.clock.now());
    match content {
        Ok(content) => Answer::pdf(content).into_response(),
        Err(Unavailable::Gone) => StatusCode::FORBIDDEN.into_response(),
        Err(Unavailable::Unknown) => StatusCode::NOT_FOUND.into_response(),
    }
}
