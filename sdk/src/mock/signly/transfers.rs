//! The server that PDFs are sent to and fetched from. It belongs to somebody else, so nothing secret may reach it.

use super::publishing::{Publishing, later};
use super::state::State;
use crate::mock::id;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, Request, State as Extract};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, REFERER};
use http::{HeaderMap, StatusCode};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// How long a URL works.
const LIFETIME: Duration = Duration::from_secs(15 * 60);
const PDF: &str = "application/pdf";

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Upload,
    Download,
}

/// A URL that was handed out.
#[derive(Clone)]
pub(super) struct Handed {
    token: String,
    purpose: Purpose,
    template: String,
    version: String,
    until: SystemTime,
}

impl Publishing {
    /// A new URL at the other server.
    pub fn hand_out(&mut self, purpose: Purpose, template: &str, version: &str, now: SystemTime) -> String {
        let token = id::uuid();
        let url = format!("{}/content/{token}?signature={}", self.elsewhere, id::uuid());
        let (template, version) = (template.to_owned(), version.to_owned());
        self.handed.push(Handed { token, purpose, template, version, until: later(now, LIFETIME) });
        url
    }

    fn handed(&self, purpose: Purpose, token: &str, now: SystemTime) -> Result<(String, String), StatusCode> {
        let found = self.handed.iter().find(|handed| handed.token == token && handed.purpose == purpose);
        let Handed { template, version, until, .. } = found.ok_or(StatusCode::FORBIDDEN)?;
        if now > *until {
            return Err(StatusCode::FORBIDDEN);
        }
        Ok((template.clone(), version.clone()))
    }

    fn fetch(&self, token: &str, now: SystemTime) -> Result<Bytes, StatusCode> {
        let (template, version) = self.handed(Purpose::Download, token, now)?;
        let template = self.template(&template).map_err(|_| StatusCode::NOT_FOUND)?;
        template.pdf(&version).ok_or(StatusCode::NOT_FOUND)
    }

    /// A URL works as often as one likes, as those of object stores do; the same PDF again changes nothing.
    fn store(&mut self, token: &str, pdf: Bytes, now: SystemTime) -> Result<(), StatusCode> {
        let (template, version) = self.handed(Purpose::Upload, token, now)?;
        let template = self.template_mut(&template).map_err(|_| StatusCode::NOT_FOUND)?;
        if template.pdf(&version).is_some_and(|stored| stored == pdf) {
            return Ok(());
        }
        template.put_pdf(&version, pdf, now).map_err(|_| StatusCode::CONFLICT)
    }
}

pub(super) fn router(state: Arc<State>) -> Router {
    Router::new()
        .route("/content/{token}", get(fetch).put(store))
        // The server below has a limit of its own.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::clone(&state), refuse_secrets))
        .with_state(state)
}

async fn refuse_secrets(Extract(state): Extract<Arc<State>>, request: Request, next: Next) -> Response {
    let ours = ["x-tenant-signly", "x-auth-signly"];
    let is_secret = |headers: &HeaderMap| {
        let usual = [AUTHORIZATION, COOKIE, REFERER];
        usual.iter().any(|name| headers.contains_key(name))
            || ours.iter().any(|name| headers.contains_key(*name))
    };
    if is_secret(request.headers()) {
        state.publishing().leaked = true;
        return StatusCode::BAD_REQUEST.into_response();
    }
    next.run(request).await
}

async fn fetch(Extract(state): Extract<Arc<State>>, Path(token): Path<String>) -> Response {
    let now = state.clock.now();
    let fetched = state.publishing().fetch(&token, now);
    match fetched {
        Ok(pdf) => ([(CONTENT_TYPE, PDF)], Body::from(pdf)).into_response(),
        Err(status) => status.into_response(),
    }
}

async fn store(
    Extract(state): Extract<Arc<State>>,
    Path(token): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let is_pdf = headers.get(CONTENT_TYPE).is_some_and(|media_type| media_type == PDF);
    if !is_pdf || !body.starts_with(b"%PDF-") {
        return StatusCode::BAD_REQUEST;
    }
    let now = state.clock.now();
    let stored = state.publishing().store(&token, body, now);
    stored.err().unwrap_or(StatusCode::OK)
}
