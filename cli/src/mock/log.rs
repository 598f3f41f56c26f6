//! What is called and delivered, as it happens.

use super::served::Served;
use crate::capture::shown_path;
use crate::clock;
use crate::failure::Failure;
use crate::out::{Out, printable};
use crate::provider::Provider;
use anstyle::{AnsiColor, Style};
use countersign::mock::{AttemptOutcome, Call, Delivered, DeliveryFailure};
use http::Method;
use serde_json::json;
use std::sync::Arc;
use url::Url;

const GREEN: Style = AnsiColor::Green.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const RED: Style = AnsiColor::Red.on_default();
const DIM: Style = Style::new().dimmed();

/// What a line tells of a call: nothing of its content.
pub struct Called {
    operation: Option<&'static str>,
    method: Method,
    path: String,
    status: Option<u16>,
    fault: Option<String>,
}

impl Called {
    pub fn of(call: &Call) -> Self {
        let fault = call.fault.as_ref().map(|fault| format!("{fault:?}").replace("Fault::", ""));
        Self {
            operation: call.request.operation,
            method: call.request.method.clone(),
            path: call.request.path.clone(),
            status: call.status.map(|status| status.as_u16()),
            fault,
        }
    }
}

/// Prints lines.
pub struct Log {
    out: Out,
    /// How wide the longest name is of what is served.
    width: usize,
}

impl Log {
    pub fn new(out: Out, all: &[Arc<Served>]) -> Self {
        let width = all.iter().map(|served| served.provider.name().len()).max().unwrap_or_default();
        Self { out, width }
    }

    pub fn call(&self, provider: Provider, call: &Called) -> Result<(), Failure> {
        let now = clock::now();
        let Called { operation, method, path, status, fault } = call;
        let data = json!({ "call": {
            "at": clock::written(now),
            "provider": provider,
            "operation": operation,
            "method": method.as_str(),
            "path": path,
            "status": status,
            "fault": fault,
        }});
        self.out.data(&data, || {
            let colour = match status {
                Some(200..=399) => GREEN,
                Some(400..=499) => YELLOW,
                _ => RED,
            };
            let status = status.map_or_else(|| "---".to_owned(), |status| status.to_string());
            let operation = operation.unwrap_or("no such operation");
            let fault =
                fault.as_ref().map(|fault| format!("  {RED}fault: {fault}{RED:#}")).unwrap_or_default();
            format!(
                "{}  {:width$}  {colour}{status}{colour:#}  {operation}  {DIM}{method} {}{DIM:#}{fault}",
                clock::time_of_day(now),
                provider.name(),
                printable(path),
                width = self.width,
            )
        })
    }

    pub fn delivery(&self, provider: Provider, delivered: &Delivered) -> Result<(), Failure> {
        let now = clock::now();
        let attempts = delivered.attempts();
        let outcome = attempts.last().map(|attempt| outcome(attempt.outcome)).unwrap_or_default();
        let data = json!({ "delivery": {
            "at": clock::written(now),
            "provider": provider,
            "event": delivered.event,
            "event_id": delivered.event_id,
            "webhook_id": delivered.webhook_id,
            "url": shown_url(&delivered.url),
            "attempts": attempts.len(),
            "outcome": outcome,
            "delivered": delivered.is_delivered(),
        }});
        self.out.data(&data, || {
            let colour = if delivered.is_delivered() { GREEN } else { RED };
            let times =
                if attempts.len() == 1 { String::new() } else { format!(", {} attempts", attempts.len()) };
            format!(
                "{}  {:width$}  -> {colour}{outcome}{colour:#}  {}  {DIM}to {}{times}{DIM:#}",
                clock::time_of_day(now),
                provider.name(),
                printable(&delivered.event),
                shown_url(&delivered.url),
                width = self.width,
            )
        })
    }
}

/// An address without what in it may be a secret: tokens, the query, and a password.
fn shown_url(url: &str) -> String {
    match Url::parse(url) {
        Ok(url) => format!("{}{}", url.origin().ascii_serialization(), shown_path(url.path())),
        Err(_) => "what is no URL".to_owned(),
    }
}

fn outcome(outcome: AttemptOutcome) -> String {
    let failure = match outcome {
        AttemptOutcome::Status(status) => return status.to_string(),
        AttemptOutcome::Failed(failure) => failure,
        _ => return "failed".to_owned(),
    };
    match failure {
        DeliveryFailure::NotLoopback => "not sent: another machine, see --forward-to",
        DeliveryFailure::Timeout => "no answer in time",
        DeliveryFailure::Connection => "no connection",
        DeliveryFailure::AnswerLost => "answer lost in the storm",
        _ => "failed",
    }
    .to_owned()
}
