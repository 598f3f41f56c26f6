//! The one way out: authorise, attempt, read, say what the answer means, try again or return.

use super::base_url::BaseUrl;
use super::check::Invalid;
use super::config::Settings;
use super::error::{Effect, Error, ErrorKind};
use super::operation::Operation;
use super::provider::{Answer, Opened, Provider, plain};
use super::reply::Reply;
use super::retry::{RetryBudget, RetryPolicy, retry_after};
use super::telemetry;
use super::time::Deadline;
use bytes::{Bytes, BytesMut};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::de::DeserializeOwned;
use std::error::Error as _;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use tracing::Instrument;

/// How much memory is set aside for an answer before any of it has come.
const FIRST_CAPACITY: usize = 64 * 1024;

/// A request as the generator builds it.
pub type Request = reqwest::Request;

/// What a client is behind its face. Cheap to clone.
pub(crate) struct Core<P>(Arc<Inner<P>>);

struct Inner<P> {
    provider: P,
    base: BaseUrl,
    http: reqwest::Client,
    settings: Settings,
    budget: RetryBudget,
}

impl<P> Clone for Core<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P> fmt::Debug for Core<P> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Core").field("host", &self.0.base.host()).finish_non_exhaustive()
    }
}

impl<P: Provider> Core<P> {
    pub(crate) fn new(name: &'static str, provider: P, settings: Settings) -> Result<Self, Error> {
        let base = settings.base_url(name)?;
        let http = settings.http(name, &base)?;
        Ok(Self(Arc::new(Inner { provider, base, http, settings, budget: RetryBudget::new() })))
    }

    pub(crate) fn provider(&self) -> &P {
        &self.0.provider
    }

    /// The base URL, without a slash at its end.
    pub(crate) fn base(&self) -> &str {
        self.0.base.as_str()
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.0.http
    }
}

/// How one call is made, where that differs from its client.
#[derive(Clone, Default)]
pub struct CallOptions {
    pub operation_timeout: Option<Duration>,
    pub retry: Option<RetryPolicy>,
    pub headers: Vec<(String, String)>,
}

/// Makes a call.
pub async fn call<P: Provider, T: DeserializeOwned>(
    core: &Core<P>,
    operation: &'static Operation,
    request: Result<Request, Invalid>,
    options: &CallOptions,
) -> Result<Reply<T>, Error> {
    let request = request.and_then(|request| with_headers::<P>(operation, request, options));
    let request = request.map_err(|invalid| Error::invalid(operation, &invalid))?;
    let span = telemetry::span(operation, request.method(), &core.0.base);
    let mut call = Call {
        core,
        operation,
        retry: options.retry.as_ref(),
        attempts: 0,
        effect: Effect::None,
        status: None,
        last: None,
    };
    let timeout = options.operation_timeout.unwrap_or(core.0.settings.operation_timeout);
    let finished = Deadline::after(timeout).limit(call.run(request).instrument(span.clone())).await;
    let result = finished.unwrap_or_else(|| Err(call.out_of_time()));
    match &result {
        Ok(reply) => telemetry::success(&span, reply.status, reply.attempts, reply.request_id()),
        Err(error) => telemetry::failure(&span, error),
    }
    result
}

/// Headers that the SDK or the HTTP library sets, and those that carry credentials.
const OURS: &[&str] = &[
    "accept",
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

fn with_headers<P: Provider>(
    operation: &Operation,
    mut request: Request,
    options: &CallOptions,
) -> Result<Request, Invalid> {
    for (name, value) in &options.headers {
        let name = HeaderName::try_from(name)
            .map_err(|_| Invalid::new("a header name has characters that none can have"))?;
        if OURS.iter().chain(P::RESERVED).chain(&operation.precondition).any(|reserved| name == *reserved) {
            return Err(Invalid::new(format!("the header `{name}` is set by the SDK")));
        }
        request.headers_mut().append(name, HeaderValue::try_from(value)?);
    }
    Ok(request)
}

/// A call under way, and what is known of it so far.
struct Call<'a, P> {
    core: &'a Core<P>,
    operation: &'static Operation,
    retry: Option<&'a RetryPolicy>,
    attempts: u32,
    /// The most that any attempt may have done.
    effect: Effect,
    /// The status of the attempt under way, as soon as it is known.
    status: Option<StatusCode>,
    /// The last failure, while nothing is being sent.
    last: Option<Error>,
}

/// A failed attempt.
struct Failure {
    error: Error,
    transient: bool,
}

impl<P: Provider> Call<'_, P> {
    async fn run<T: DeserializeOwned>(&mut self, request: Request) -> Result<Reply<T>, Error> {
        let settings = &self.core.0.settings;
        let policy = self.retry.unwrap_or(&settings.retry);
        let mut next = Some(request);
        loop {
            let Some(request) = next.take() else {
                return Err(self.out_of_time());
            };
            // A body that cannot be cloned is not sent again.
            next = request.try_clone();
            self.attempts += 1;
            telemetry::attempt(self.attempts);
            let failure = match self.attempt(request).await {
                Ok(reply) => {
                    self.core.0.budget.deposit();
                    return Ok(reply);
                }
                Err(failure) => failure,
            };
            self.effect = self.effect.max(failure.error.effect());
            let error = failure.error.with_effect(self.effect).with_attempts(self.attempts);
            let not_sent = error.kind() == ErrorKind::Unreachable;
            let may_repeat = not_sent || (self.operation.repeatable && failure.transient);
            let wait = policy.wait(self.attempts, error.retry_after(), &*settings.clock);
            match wait.filter(|_| may_repeat && next.is_some() && self.core.0.budget.withdraw()) {
                None => return Err(error),
                Some(wait) => {
                    telemetry::retry(self.attempts, wait, &error);
                    self.last = Some(error);
                    settings.clock.sleep(wait).await;
                    self.last = None;
                }
            }
        }
    }

    /// The error when the time for all attempts is over: the last one, or that of the attempt that was cut off.
    fn out_of_time(&mut self) -> Error {
        let (effect, attempts) = (self.effect, self.attempts);
        self.last.take().unwrap_or_else(|| {
            let effect = if attempts == 0 { effect } else { effect.max(effect_of(self.status)) };
            self.failed(ErrorKind::Timeout, "the time for the whole call is over")
                .with_effect(effect)
                .with_attempts(attempts)
        })
    }

    fn failed(&self, kind: ErrorKind, detail: impl Into<String>) -> Error {
        Error::new(kind, self.operation.provider, detail).of(self.operation)
    }

    async fn attempt<T: DeserializeOwned>(&mut self, mut request: Request) -> Result<Reply<T>, Failure> {
        self.core.0.provider.authorise(request.headers_mut());
        self.status = None;
        let answer = self.exchange(request).await?;
        self.read(answer)
    }

    /// Sends, and reads the whole answer, as far as it may be long.
    async fn exchange(&mut self, request: Request) -> Result<Answer, Failure> {
        let deadline = Deadline::after(self.core.0.settings.attempt_timeout);
        let sent = deadline.limit(self.core.http().execute(request)).await;
        let sent = sent.ok_or_else(|| self.out_of_attempt())?;
        let mut response = sent.map_err(|error| self.not_answered(error))?;
        let status = response.status();
        self.status = Some(status);
        let headers = std::mem::take(response.headers_mut());
        let body = deadline.limit(self.body(&mut response)).await;
        let body = match body.unwrap_or_else(|| Err(self.out_of_attempt())) {
            Ok(body) => body,
            // What a refusal says is of use, but its status is what counts.
            Err(_) if !status.is_success() => Bytes::new(),
            Err(failure) => return Err(failure),
        };
        Ok(Answer { status, headers, body })
    }

    fn out_of_attempt(&self) -> Failure {
        let error = self.failed(ErrorKind::Timeout, "the time for one attempt is over");
        Failure { error: error.with_effect(effect_of(self.status)), transient: true }
    }

    fn not_answered(&self, error: reqwest::Error) -> Failure {
        let (kind, effect) = match &error {
            error if error.is_connect() => (ErrorKind::Unreachable, Effect::None),
            error if error.is_builder() => (ErrorKind::InvalidRequest, Effect::None),
            error if error.is_timeout() => (ErrorKind::Timeout, Effect::Unknown),
            _ => (ErrorKind::Interrupted, Effect::Unknown),
        };
        let error = self.failed(kind, cause(&error)).with_effect(effect).with_source(error.without_url());
        Failure { error, transient: kind != ErrorKind::InvalidRequest }
    }

    /// The body of a success answer. The provider accepted the call, so whatever fails here does not undo it.
    async fn body(&self, response: &mut reqwest::Response) -> Result<Bytes, Failure> {
        let largest = self.core.0.settings.largest_answer;
        // The length is what the other side says; memory is given as the body comes.
        let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
        let mut body =
            BytesMut::with_capacity(announced.unwrap_or_default().min(largest).min(FIRST_CAPACITY));
        loop {
            match response.chunk().await {
                Ok(None) => return Ok(body.freeze()),
                Ok(Some(chunk)) if chunk.len() <= largest.saturating_sub(body.len()) => {
                    body.extend_from_slice(&chunk);
                }
                Ok(Some(_)) => {
                    let error =
                        self.failed(ErrorKind::TooLarge, format!("it is longer than {largest} bytes"));
                    return Err(Failure { error: error.with_effect(Effect::Done), transient: false });
                }
                Err(error) => {
                    let kind = if error.is_timeout() { ErrorKind::Timeout } else { ErrorKind::Interrupted };
                    let failed = self.failed(kind, "the answer ended before it was complete");
                    let error = failed.with_effect(Effect::Done).with_source(error.without_url());
                    return Err(Failure { error, transient: true });
                }
            }
        }
    }

    /// What the answer means.
    fn read<T: DeserializeOwned>(&self, answer: Answer) -> Result<Reply<T>, Failure> {
        let provider = &self.core.0.provider;
        let status = answer.status.as_u16();
        let odd = self.operation.outcomes.iter().find(|(number, _)| *number == status);
        if let Some((_, outcome)) = odd {
            let error = self
                .failed(ErrorKind::of_outcome(*outcome), "")
                .with_answer(&answer, provider.explain(&answer));
            return Err(Failure { error: self.with_wait(error, &answer), transient: false });
        }
        if !answer.status.is_success() {
            return Err(self.refused(&answer));
        }
        if !answer.body.is_empty() && !answer.is_json() && self.operation.enveloped {
            // Something in between answered: a proxy or a login page.
            let error = self.failed(
                ErrorKind::Unreadable,
                "it is no JSON; something between here and the provider answered",
            );
            let error = error.with_answer(&answer, provider.explain(&answer)).with_effect(Effect::Unknown);
            return Err(Failure { error, transient: false });
        }
        match provider.open(self.operation, &answer) {
            Ok(Opened::Success { value, rest, request_id }) => Ok(Reply {
                value,
                rest,
                status,
                request_id: plain(request_id),
                attempts: self.attempts,
                headers: answer.headers,
                body: answer.body,
            }),
            Ok(Opened::Failure(explanation)) => {
                let error =
                    self.failed(ErrorKind::Refused, "the status says success, the answer says otherwise");
                Err(Failure { error: error.with_answer(&answer, explanation), transient: false })
            }
            Err(place) => {
                let error =
                    self.failed(ErrorKind::Unreadable, place).with_answer(&answer, provider.explain(&answer));
                Err(Failure { error: error.with_effect(Effect::Done), transient: false })
            }
        }
    }

    fn refused(&self, answer: &Answer) -> Failure {
        let provider = &self.core.0.provider;
        let status = answer.status.as_u16();
        let kind = ErrorKind::of_status(status);
        let effect = effect_of(Some(answer.status));
        let detail = match kind {
            ErrorKind::Redirected => "redirects are not followed",
            ErrorKind::Unauthenticated => {
                "look at the credentials, and at the account or tenant they are for"
            }
            ErrorKind::PreconditionFailed => {
                "it is no longer at this version; read it and apply the change again"
            }
            _ => "",
        };
        let error =
            self.failed(kind, detail).with_effect(effect).with_answer(answer, provider.explain(answer));
        Failure { error: self.with_wait(error, answer), transient: provider.is_transient(answer) }
    }

    fn with_wait(&self, error: Error, answer: &Answer) -> Error {
        error.with_retry_after(retry_after(&answer.headers, self.core.0.settings.clock.now()))
    }
}

/// What an attempt may have done, by the status of its answer, if there was one.
fn effect_of(status: Option<StatusCode>) -> Effect {
    match status.map(|status| status.as_u16()) {
        Some(200..=299) => Effect::Done,
        // A server that fails, gives up waiting or sends us elsewhere may have acted before.
        None | Some(408 | 500.. | ..=399) => Effect::Unknown,
        Some(_) => Effect::None,
    }
}

/// The innermost cause of a failed exchange: what a person has to know. Never a URL.
fn cause(error: &reqwest::Error) -> String {
    let mut innermost: Option<&dyn std::error::Error> = error.source();
    while let Some(deeper) = innermost.and_then(std::error::Error::source) {
        innermost = Some(deeper);
    }
    innermost.map(ToString::to_string).unwrap_or_default()
}
