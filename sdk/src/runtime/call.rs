//! The one way out: authorise, attempt, read, say what the answer means, try again or return.

mod limits;
mod meaning;

use super::base_url::{self, BaseUrl};
use super::body::{self, Progress};
use super::check::Invalid;
use super::config::Settings;
use super::content::Content;
use super::download::Download;
use super::elsewhere;
use super::error::{Effect, Error, ErrorKind};
use super::handover::Handover;
use super::link::Link;
use super::operation::Operation;
use super::options::CallOptions;
use super::provider::{Answer, Explanation, Provider};
use super::proxy::Proxy;
use super::reading::{Accepted, Reading, Streamed};
use super::reply::Reply;
use super::request::{Prepared, Request};
use super::retry::{RetryBudget, RetryPolicy};
use super::telemetry;
use super::time::{Clock, Deadline, FOR_EVER};
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use limits::{Limits, Unanswered};
use meaning::effect_of;
use std::error::Error as _;
use std::fmt;
use std::sync::{Arc, OnceLock};
use tracing::Instrument;
use url::Url;

/// How much memory is set aside for an answer before any of it has come.
const FIRST_CAPACITY: usize = 64 * 1024;

/// What a client is behind its face. Cheap to clone.
pub(crate) struct Core<P>(Arc<Inner<P>>);

struct Inner<P> {
    provider: P,
    base: BaseUrl,
    http: reqwest::Client,
    proxy: Proxy,
    /// For what the provider keeps elsewhere and no proxy leads to. Most clients never need it.
    elsewhere: OnceLock<reqwest::Client>,
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
        let proxy = settings.proxy(name, &base)?;
        let http = settings.http(name, &base, &proxy)?;
        let (elsewhere, budget) = (OnceLock::new(), RetryBudget::new());
        Ok(Self(Arc::new(Inner { provider, base, http, proxy, elsewhere, settings, budget })))
    }

    pub(crate) fn provider(&self) -> &P {
        &self.0.provider
    }

    /// The base URL, without a slash at its end.
    pub(crate) fn base(&self) -> &str {
        self.0.base.as_str()
    }

    /// Checks the URL of a callback, `member` of a request.
    pub(crate) fn check_callback(&self, member: &str, url: &str) -> Result<(), Invalid> {
        base_url::check_callback(member, url, self.0.base.is_loopback())
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.0.http
    }

    /// Fetches content from a URL that the provider handed out: without credentials, and only where that is safe.
    pub(crate) async fn fetch_elsewhere(
        &self,
        operation: &'static Operation,
        link: Link,
        options: &CallOptions,
    ) -> Result<Download, Error> {
        let head = self.http().get(self.base()).build();
        let request = head.map(|head| Request::new(head).going_elsewhere(link)).map_err(Invalid::from);
        Ok(call::<_, Streamed>(self, operation, request, options).await?.into_value())
    }

    /// Sends content to a URL that the provider handed out, by PUT, with its length and its media type. Otherwise as
    /// [`fetch_elsewhere`](Self::fetch_elsewhere).
    pub(crate) async fn send_elsewhere(
        &self,
        operation: &'static Operation,
        link: Link,
        media_type: &'static str,
        content: Content,
        options: &CallOptions,
    ) -> Result<Reply<()>, Error> {
        let head = self.http().put(self.base()).header(CONTENT_TYPE, media_type).build();
        let request = head.map(|head| Request::with_raw_content(head, content).going_elsewhere(link));
        call::<_, Accepted>(self, operation, request.map_err(Invalid::from), options).await
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.0.settings.clock
    }

    /// The client for URLs that the provider hands out: it reaches public hosts only, and has no credentials.
    fn elsewhere(&self, name: &'static str) -> Result<&reqwest::Client, Error> {
        if let Some(client) = self.0.elsewhere.get() {
            return Ok(client);
        }
        let client = self.0.settings.http_elsewhere(name, &self.0.base)?;
        Ok(self.0.elsewhere.get_or_init(|| client))
    }
}

/// Makes a call.
pub async fn call<P: Provider, R: Reading>(
    core: &Core<P>,
    operation: &'static Operation,
    request: Result<Request, Invalid>,
    options: &CallOptions,
) -> Result<Reply<R::Value>, Error> {
    let request = request.and_then(|request| with_headers(core.provider(), operation, request, options));
    let request =
        request.and_then(Request::sendable).map_err(|invalid| Error::invalid(operation, &invalid))?;
    let base = Some(&core.0.base).filter(|_| request.elsewhere().is_none());
    let span = telemetry::span(operation, request.head.method(), base);
    let mut call = Call {
        core,
        operation,
        retry: options.retry.as_ref(),
        attempts: 0,
        effect: Effect::None,
        under_way: None,
        status: None,
        last: None,
    };
    // How long content takes depends on its size, so it only must not stand still.
    let usual = if request.has_content() { FOR_EVER } else { core.0.settings.operation_timeout };
    let timeout = options.operation_timeout.unwrap_or(usual);
    let finished = Deadline::after(timeout).limit(call.run::<R>(request).instrument(span.clone())).await;
    let result = finished.unwrap_or_else(|| Err(call.out_of_time()));
    match &result {
        Ok(reply) => telemetry::success(&span, reply.status, reply.attempts, reply.request_id()),
        Err(error) => telemetry::failure(&span, error),
    }
    result
}

/// Headers that the SDK or the HTTP library sets, and those that carry credentials.
pub(crate) const OURS: &[&str] = &[
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

/// The most headers that an application may add to one call. Many servers refuse requests with more than a hundred.
const MOST_HEADERS: usize = 64;

fn with_headers<P: Provider>(
    provider: &P,
    operation: &Operation,
    mut request: Request,
    options: &CallOptions,
) -> Result<Request, Invalid> {
    if options.headers.len() > MOST_HEADERS {
        return Err(Invalid::new(format!(
            "a call carries at most {MOST_HEADERS} headers of the application"
        )));
    }
    for (name, value) in &options.headers {
        let name = HeaderName::try_from(name)
            .map_err(|_| Invalid::new("a header name has characters that none can have"))?;
        let is_ours = OURS.iter().chain(&operation.precondition).any(|reserved| name == *reserved);
        if is_ours || provider.is_reserved(&name) {
            return Err(Invalid::new(format!("the header `{name}` is set by the SDK")));
        }
        let added = request.head.headers_mut().try_append(name, HeaderValue::try_from(value)?);
        added.map_err(|_| Invalid::new("there are more headers than a request can have"))?;
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
    /// The request of the attempt under way, since it was handed to the HTTP library.
    under_way: Option<Handover>,
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

impl<'a, P: Provider> Call<'a, P> {
    async fn run<R: Reading>(&mut self, request: Request) -> Result<Reply<R::Value>, Error> {
        let settings = &self.core.0.settings;
        let policy = self.retry.unwrap_or(&settings.retry);
        loop {
            self.attempts += 1;
            telemetry::attempt(self.attempts);
            let failure = match self.attempt::<R>(&request).await {
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
            match wait.filter(|_| may_repeat && request.is_repeatable() && self.core.0.budget.withdraw()) {
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
        self.last.take().unwrap_or_else(|| {
            if self.under_way.is_none() {
                // Its content was being opened: it was not tried.
                self.attempts = self.attempts.saturating_sub(1);
            }
            let error = self.cut_off(self.under_way.as_ref(), "the time for the whole call is over");
            let effect = self.effect.max(error.effect());
            error.with_effect(effect).with_attempts(self.attempts)
        })
    }

    /// The error where `request` took too long, after its future was dropped; none was handed over yet without it.
    fn cut_off(&self, request: Option<&Handover>, detail: &str) -> Error {
        match request {
            None => self.failed(ErrorKind::Timeout, detail),
            Some(request) if request.is_unsent() => self.failed(ErrorKind::Unreachable, detail),
            Some(_) => self.failed(ErrorKind::Timeout, detail).with_effect(effect_of(self.status)),
        }
    }

    fn failed(&self, kind: ErrorKind, detail: impl Into<String>) -> Error {
        self.operation.failed(kind, detail)
    }

    async fn attempt<R: Reading>(&mut self, request: &Request) -> Result<Reply<R::Value>, Failure> {
        (self.under_way, self.status) = (None, None);
        let elsewhere = request.elsewhere().map(|link| self.place(link.expose())).transpose()?;
        let Prepared { mut request, progress } = match request.prepare().await {
            Ok(prepared) => prepared,
            Err(invalid) => {
                // Nothing was tried.
                self.attempts = self.attempts.saturating_sub(1);
                let error = Error::invalid(self.operation, &invalid);
                return Err(Failure { error, transient: false });
            }
        };
        let is_elsewhere = elsewhere.is_some();
        let http = if let Some((url, http)) = elsewhere {
            *request.url_mut() = url;
            http
        } else {
            self.core.0.provider.authorise(request.headers_mut());
            self.core.http()
        };
        let (under_way, sending) = Handover::of(http, request, progress.as_ref().map(Progress::length));
        self.under_way = Some(under_way.clone());
        let mut limits = Limits::new(&self.core.0.settings, progress.is_some());
        let answered = limits.head(progress.as_ref(), sending).await;
        let mut response = answered.map_err(|unanswered| self.unanswered(unanswered, &under_way))?;
        self.status = Some(response.status());
        if is_elsewhere && !response.status().is_success() {
            return Err(self.refused_elsewhere(&response, effect_of(self.status), false));
        }
        if R::STREAMED && response.status().is_redirection() && self.succeeded(response.status()) {
            response = self.follow(&response, &mut limits).await?;
        }
        let status = response.status();
        if R::STREAMED && status.is_success() && self.outcome(status).is_none() {
            let headers = response.headers().clone();
            let content = Download::new(self.operation, response, self.core.0.settings.read_timeout);
            return self.read::<R>(Answer { status, headers, body: Bytes::new() }, Some(content));
        }
        let headers = std::mem::take(response.headers_mut());
        match self.body(&mut response, &limits).await {
            Ok(body) => self.read::<R>(Answer { status, headers, body }, None),
            // What a refusal says is of use, but its status is what counts.
            Err(_) if !status.is_success() => {
                self.read::<R>(Answer { status, headers, body: Bytes::new() }, None)
            }
            // What was created is known, whatever else the answer would have said.
            Err(failure) if R::LOCATED && headers.contains_key(LOCATION) => {
                self.read::<R>(Answer { status, headers, body: Bytes::new() }, None).map_err(|_| failure)
            }
            Err(failure) => Err(failure),
        }
    }

    /// Fetches what the provider keeps elsewhere, once and without credentials.
    async fn follow(
        &self,
        response: &reqwest::Response,
        limits: &mut Limits,
    ) -> Result<reqwest::Response, Failure> {
        let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let location = location.ok_or_else(|| {
            let error = self.failed(ErrorKind::Redirected, "there is no `Location` that says where to");
            Failure { error, transient: false }
        })?;
        let (url, http) = self.place(location)?;
        let (second, sending) = Handover::of(http, reqwest::Request::new(Method::GET, url), None);
        let answer = limits.head(None, sending).await.map_err(|unanswered| {
            let Failure { error, transient } = self.unanswered(unanswered, &second);
            // The provider was called, whatever became of the second call.
            let error = error.with_effect(Effect::Unknown);
            let unreachable = error.kind() == ErrorKind::Unreachable;
            let detail = "the place which the provider sent the call to cannot be reached";
            let error = if unreachable { error.told_as(ErrorKind::Elsewhere, detail) } else { error };
            Failure { error, transient }
        })?;
        if answer.status().is_success() {
            return Ok(answer);
        }
        // A link that has expired is replaced by the next attempt.
        let replaced = matches!(answer.status().as_u16(), 403 | 404 | 410);
        Err(self.refused_elsewhere(&answer, Effect::None, replaced))
    }

    /// Where a URL leads that was handed out, if it is safe to go there, and the client that goes.
    fn place(&self, handed_out: &str) -> Result<(Url, &'a reqwest::Client), Failure> {
        let core = self.core;
        let base = &core.0.base;
        let url = elsewhere::check(handed_out, base).map_err(|problem| {
            let detail = format!("where it is sent to is not safe: {problem}");
            Failure { error: self.failed(ErrorKind::Redirected, detail), transient: false }
        })?;
        // The provider's own host is the one that the application chose, and may be a private one. Nor does a proxy have
        // anything resolved here: it is the proxy that decides which hosts are reached.
        let http = if elsewhere::is_at_provider(&url, base) || core.0.proxy.serves(&url) {
            Ok(core.http())
        } else {
            core.elsewhere(self.operation.provider)
        };
        Ok((url, http.map_err(|error| Failure { error, transient: false })?))
    }

    /// What a refusal says that does not come from the provider. `replaced`: the next attempt has another URL.
    fn refused_elsewhere(&self, answer: &reqwest::Response, effect: Effect, replaced: bool) -> Failure {
        let status = answer.status();
        let answer = Answer { status, headers: answer.headers().clone(), body: Bytes::new() };
        let error = self.failed(ErrorKind::Elsewhere, "").with_answer(&answer, Explanation::default());
        let error = self.with_wait(error.with_effect(effect), &answer);
        Failure { error, transient: replaced || matches!(status.as_u16(), 408 | 429 | 500..) }
    }

    /// The failure of a request without answer, after its future was dropped.
    fn unanswered(&self, unanswered: Unanswered, request: &Handover) -> Failure {
        let detail = match unanswered {
            Unanswered::OutOfTime => "the time for one attempt is over",
            Unanswered::Idle => "nothing moved for too long",
            Unanswered::Error(error) => return self.not_answered(error, request.is_unsent()),
        };
        Failure { error: self.cut_off(Some(request), detail), transient: true }
    }

    fn not_answered(&self, error: reqwest::Error, is_unsent: bool) -> Failure {
        let (kind, effect) = meaning_of(&error, is_unsent);
        let error = self.failed(kind, cause(&error)).with_effect(effect).with_source(error.without_url());
        Failure { error, transient: !matches!(kind, ErrorKind::InvalidRequest | ErrorKind::Local) }
    }

    /// The body of a success answer. The provider accepted the call, so whatever fails here does not undo it.
    async fn body(&self, response: &mut reqwest::Response, limits: &Limits) -> Result<Bytes, Failure> {
        let largest = self.core.0.settings.largest_answer;
        // The length is what the other side says; memory is given as the body comes.
        let announced = response.content_length().and_then(|length| usize::try_from(length).ok());
        let mut body =
            BytesMut::with_capacity(announced.unwrap_or_default().min(largest).min(FIRST_CAPACITY));
        loop {
            match limits.next(response.chunk()).await {
                Ok(None) => return Ok(body.freeze()),
                Ok(Some(chunk)) if chunk.len() <= largest.saturating_sub(body.len()) => {
                    body.extend_from_slice(&chunk);
                }
                Ok(Some(_)) => {
                    let error =
                        self.failed(ErrorKind::TooLarge, format!("it is longer than {largest} bytes"));
                    return Err(Failure { error: error.with_effect(Effect::Done), transient: false });
                }
                Err(Unanswered::OutOfTime) => {
                    let failed = self.failed(ErrorKind::Timeout, "the time for one attempt is over");
                    let error = failed.with_effect(effect_of(self.status));
                    return Err(Failure { error, transient: true });
                }
                Err(Unanswered::Idle) => {
                    let failed = self.failed(ErrorKind::Timeout, "the rest of the answer did not come");
                    return Err(Failure { error: failed.with_effect(Effect::Done), transient: true });
                }
                Err(Unanswered::Error(error)) => {
                    let failed =
                        self.failed(ErrorKind::Interrupted, "the answer ended before it was complete");
                    let error = failed.with_effect(Effect::Done).with_source(error.without_url());
                    return Err(Failure { error, transient: true });
                }
            }
        }
    }
}

/// The meaning of an error in place of an answer. `is_unsent`: the request was certainly not sent.
fn meaning_of(error: &reqwest::Error, is_unsent: bool) -> (ErrorKind, Effect) {
    match error {
        // The content was not sent whole, so nobody can have made anything of it.
        error if of_content(error).is_some() => (ErrorKind::Local, Effect::None),
        error if is_unsent && error.is_builder() => (ErrorKind::InvalidRequest, Effect::None),
        _ if is_unsent => (ErrorKind::Unreachable, Effect::None),
        error if error.is_timeout() => (ErrorKind::Timeout, Effect::Unknown),
        _ => (ErrorKind::Interrupted, Effect::Unknown),
    }
}

/// The error of content that could not be read here, if that is what failed.
fn of_content(error: &reqwest::Error) -> Option<&std::io::Error> {
    let mut cause: Option<&dyn std::error::Error> = error.source();
    while let Some(each) = cause {
        let found = each.downcast_ref::<std::io::Error>().filter(|error| body::is_of_content(error));
        if found.is_some() {
            return found;
        }
        cause = each.source();
    }
    None
}

/// The innermost cause of a failed exchange: what a person has to know. Never a URL, nor what an application's reader says.
fn cause(error: &reqwest::Error) -> String {
    if let Some(error) = of_content(error) {
        return error.to_string();
    }
    let mut innermost: Option<&dyn std::error::Error> = error.source();
    while let Some(deeper) = innermost.and_then(std::error::Error::source) {
        innermost = Some(deeper);
    }
    innermost.map(ToString::to_string).unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test says so by panicking")]
mod tests {
    use super::{Effect, ErrorKind, meaning_of};

    /// Some layers of the HTTP library make such an error of an answer.
    #[test]
    fn a_request_that_cannot_be_built_was_not_sent_unless_it_was_sent() {
        let error = reqwest::Client::new().get("::").build().unwrap_err();
        assert!(error.is_builder());
        assert_eq!(meaning_of(&error, true), (ErrorKind::InvalidRequest, Effect::None));
        assert_eq!(meaning_of(&error, false), (ErrorKind::Interrupted, Effect::Unknown));
    }
}
