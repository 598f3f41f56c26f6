//! Spans and events, with OpenTelemetry's names for HTTP. Only what is listed here is recorded: templates of paths, no
//! ids; statuses and codes, no bodies; no headers at all.

use super::base_url::BaseUrl;
use super::error::Error;
use super::operation::Operation;
use http::Method;
use std::time::Duration;
use tracing::field::Empty;
use tracing::{Span, debug, info_span, warn};

/// One span per call. There is no `base` where the call goes to a URL that was handed out, of which nothing is recorded.
pub(super) fn span(operation: &Operation, method: &Method, base: Option<&BaseUrl>) -> Span {
    info_span!(
        "countersign.call",
        otel.name = format_args!("{}.{}", operation.provider, operation.id),
        otel.kind = "client",
        http.request.method = method.as_str(),
        url.template = operation.path,
        server.address = base.map(BaseUrl::host),
        server.port = base.and_then(BaseUrl::port),
        http.response.status_code = Empty,
        http.request.resend_count = Empty,
        error.r#type = Empty,
        countersign.request_id = Empty,
    )
}

pub(super) fn attempt(number: u32) {
    debug!(attempt = number, "sending");
}

pub(super) fn retry(number: u32, wait: Duration, error: &Error) {
    let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
    warn!(attempt = number, wait_ms = wait, kind = ?error.kind(), status = error.status(), "trying again");
}

pub(super) fn success(span: &Span, status: u16, attempts: u32, request_id: Option<&str>) {
    span.record("http.response.status_code", status);
    span.record("http.request.resend_count", attempts.saturating_sub(1));
    if let Some(id) = request_id {
        span.record("countersign.request_id", id);
    }
}

pub(super) fn failure(span: &Span, error: &Error) {
    if let Some(status) = error.status() {
        span.record("http.response.status_code", status);
    }
    span.record("http.request.resend_count", error.attempts().saturating_sub(1));
    span.record("error.type", tracing::field::debug(error.kind()));
    if let Some(id) = error.request_id() {
        span.record("countersign.request_id", id);
    }
}
