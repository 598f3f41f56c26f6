//! The one error of all calls: which operation, what happened, was it sent, what to do.

use super::check::Invalid;
use super::operation::{Operation, Outcome};
use super::provider::{Answer, Explanation};
use bytes::Bytes;
use std::error::Error as StdError;
use std::fmt;
use std::time::{Duration, SystemTime};

/// Why a call did not give a result.
///
/// The error is opaque and can grow. What to do next rests on three questions:
///
/// - [`kind`](Self::kind) and the `is_` predicates: what happened?
/// - [`effect`](Self::effect): did the provider act on it? This decides whether a call that creates something may be
///   made again.
/// - [`status`](Self::status), [`code`](Self::code), [`request_id`](Self::request_id): what did the provider say?
///
/// `Display` is one line without any content of requests or answers. The beginning of the answer is reachable by
/// [`body`](Self::body), and never printed, since it may hold personal data.
///
/// ```
/// # #[cfg(all(feature = "signly", feature = "rustls"))] {
/// use countersign::{ErrorKind, signly};
///
/// let error = signly::Client::builder().base_url("http://example.com").build().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Configuration);
/// assert!(error.to_string().starts_with("signly: "));
/// # }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    provider: &'static str,
    operation: Option<&'static str>,
    detail: String,
    effect: Effect,
    attempts: u32,
    status: Option<u16>,
    explanation: Explanation,
    retry_after: Option<Duration>,
    body: Bytes,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What happened, in the words of the field rather than in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client could not be built from what was given.
    Configuration,
    /// The request was refused by the SDK; nothing was sent.
    InvalidRequest,
    /// No connection could be made, or not in time; nothing was sent.
    Unreachable,
    /// No answer came in time. The request may have been sent.
    Timeout,
    /// The connection broke. The request may have been sent.
    Interrupted,
    /// The answer sends the client elsewhere, where it does not go: credentials could be lost on the way.
    Redirected,
    /// 401: the credentials are missing or wrong.
    Unauthenticated,
    /// 403: the credentials are right and do not allow this.
    Forbidden,
    /// 404: there is no such resource, or not for these credentials.
    NotFound,
    /// 409: the state of the resource does not allow this.
    Conflict,
    /// 412: the resource is not at the version that the change was based on.
    PreconditionFailed,
    /// 429: too many calls.
    Throttled,
    /// Any other refusal of the provider.
    Refused,
    /// 5xx: the provider failed.
    ServerFault,
    /// The provider accepted the call and its answer could not be understood; or something between here and the provider
    /// answered, such as a login page.
    Unreadable,
    /// The answer is larger than the limit.
    TooLarge,
    /// The provider tried, and it did not happen.
    Failed,
    /// The resource exists, and what was asked of it cannot be had yet.
    NotReady,
    /// The resource is locked, usually for some time.
    Locked,
    /// A list cannot be followed: the same cursor came twice, the answer does not tell how the list goes on, the next page
    /// would leave items out or repeat them, or there is no end to it.
    Paging,
    /// The place where the provider keeps something, or has it sent to, refused or could not be reached. The status is that
    /// of this place.
    Elsewhere,
    /// Content is not what it was said to be.
    Corrupted,
    /// Reading or writing on this side failed.
    Local,
}

/// Whether the provider acted on a call that failed.
///
/// All attempts count: if an earlier one may have gone through, a later refusal does not make it [`None`](Self::None).
///
/// It goes by the status and by what the provider's document states of it. A word of the answer, such as `"success": false`
/// under a status that says success, or a code that means a lock, never makes it less: what such a failure leaves behind is
/// not documented, so it is [`Unknown`](Self::Unknown).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Effect {
    /// It did not happen: not sent, or definitely refused. The call may be made again.
    None,
    /// Nobody knows. Read the resource before a call that creates or sends something is made again.
    Unknown,
    /// It happened, and its result could not be read. Do not make the call again; read the resource.
    Done,
}

/// How much of an answer an error keeps.
const KEPT: usize = 16 * 1024;
/// The most members of the request that are shown in a line.
const SHOWN: usize = 8;

impl Error {
    fn new(kind: ErrorKind, provider: &'static str, detail: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            provider,
            operation: None,
            detail: detail.into(),
            effect: Effect::None,
            attempts: 0,
            status: None,
            explanation: Explanation::default(),
            retry_after: None,
            body: Bytes::new(),
            source: None,
        }))
    }

    pub(crate) fn configuration(provider: &'static str, detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, provider, detail)
    }

    pub(crate) fn invalid(operation: &Operation, invalid: &Invalid) -> Self {
        operation.failed(ErrorKind::InvalidRequest, invalid.to_string())
    }

    pub(crate) fn with_effect(mut self, effect: Effect) -> Self {
        self.0.effect = effect;
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    pub(crate) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    pub(crate) fn with_answer(mut self, answer: &Answer, explanation: Explanation) -> Self {
        self.0.status = Some(answer.status.as_u16());
        self.0.explanation = explanation;
        // A copy, so that the rest of a large answer is not kept alive.
        self.0.body = Bytes::copy_from_slice(answer.body.get(..KEPT).unwrap_or(&answer.body));
        self
    }

    pub(crate) fn until(&self) -> Option<SystemTime> {
        self.0.explanation.until
    }

    /// The same failure as that of a helper, which makes more than one call. What happened is then what its writes did:
    /// `written` is the most that those before this call may have done, and this call was a read, whatever its own effect is.
    pub(crate) fn after_writes(self, written: Effect) -> Self {
        self.with_effect(written)
    }

    /// [`after_writes`](Self::after_writes) of a helper that has written nothing yet, or never does.
    pub(crate) fn before_any_write(self) -> Self {
        self.after_writes(Effect::None)
    }

    /// The same failure with something more to say of it.
    pub(crate) fn adding(mut self, remark: &str) -> Self {
        let separator = if self.0.detail.is_empty() { "" } else { "; " };
        self.0.detail = format!("{}{separator}{remark}", self.0.detail);
        self
    }

    /// The same failure in other words, where more is known of it than the runtime can know.
    pub(crate) fn told_as(mut self, kind: ErrorKind, detail: impl Into<String>) -> Self {
        (self.0.kind, self.0.detail) = (kind, detail.into());
        self
    }

    /// What happened.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The module of the provider, such as `signly`.
    #[must_use]
    pub fn provider(&self) -> &'static str {
        self.0.provider
    }

    /// The operation, such as `update_webhook`; `None` if the client could not be built.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// Whether the provider acted on the call.
    ///
    /// A helper that makes more than one call, such as a conditional update, a checked download or a stream of pages, says
    /// what its writes did: a read that fails before anything was written leaves [`Effect::None`].
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.0.effect
    }

    /// How often the request was tried: 0 if it was refused before that.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The HTTP status of the last answer, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The provider's own code for the failure, such as `precondition_failed`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.explanation.code.as_deref()
    }

    /// The provider's name for the exchange; quote it to its support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.explanation.request_id.as_deref()
    }

    /// The members of the request that the provider points at, by their path; the first 32 of them. Empty unless it refused
    /// the request for what is in it, and says where.
    ///
    /// All names in them are from the document: of the resource, of members of the request, and numbers of items. What the
    /// provider names otherwise may be data, and is in [`body`](Self::body) only.
    pub fn members(&self) -> impl Iterator<Item = &str> {
        self.0.explanation.members.iter().map(String::as_str)
    }

    /// The wait that the provider asked for, from the time of its answer: a year at most, so that it can be added to any
    /// time.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The first 16 KiB of the answer, as they came. They may hold personal data.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }

    /// The credentials are missing or wrong (401).
    ///
    /// # Troubleshooting
    ///
    /// Compare key, tenant and base URL: a key of one environment is wrong in another.
    #[must_use]
    pub fn is_unauthenticated(&self) -> bool {
        self.0.kind == ErrorKind::Unauthenticated
    }

    /// There is no such resource, or not for these credentials (404).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.0.kind == ErrorKind::NotFound
    }

    /// Another writer was faster (412).
    ///
    /// # Troubleshooting
    ///
    /// Read the resource and apply the change again to what is there now; the `…_with` helpers of a client do both. If
    /// [`effect`](Self::effect) is [`Effect::Unknown`], the faster writer may have been this very call, whose first
    /// answer was lost.
    #[must_use]
    pub fn is_precondition_failed(&self) -> bool {
        self.0.kind == ErrorKind::PreconditionFailed
    }

    /// The provider asks for fewer calls (429).
    ///
    /// # Troubleshooting
    ///
    /// Wait for [`retry_after`](Self::retry_after). Repeatable calls were already retried within the limits of the
    /// [`RetryPolicy`](crate::RetryPolicy).
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.0.kind == ErrorKind::Throttled
    }

    /// No answer came in time. The request may have been sent; see [`effect`](Self::effect).
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.kind == ErrorKind::Timeout
    }

    /// Nothing was sent, because no connection could be made.
    ///
    /// # Troubleshooting
    ///
    /// Look at name resolution, the proxy, and the certificates of the other side; the cause is in
    /// [`source`](StdError::source).
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        self.0.kind == ErrorKind::Unreachable
    }
}

impl Operation {
    /// A failure of this operation.
    pub(crate) fn failed(&self, kind: ErrorKind, detail: impl Into<String>) -> Error {
        let mut error = Error::new(kind, self.provider, detail);
        error.0.operation = Some(self.id);
        error
    }
}

impl ErrorKind {
    pub(crate) fn of_outcome(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Failed => Self::Failed,
            Outcome::NotReady => Self::NotReady,
            Outcome::Refused => Self::Refused,
            Outcome::Locked => Self::Locked,
        }
    }

    pub(crate) fn of_status(status: u16) -> Self {
        match status {
            300..=399 => Self::Redirected,
            401 => Self::Unauthenticated,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            408 => Self::Timeout,
            409 => Self::Conflict,
            412 => Self::PreconditionFailed,
            429 => Self::Throttled,
            500.. => Self::ServerFault,
            _ => Self::Refused,
        }
    }

    fn text(self) -> &'static str {
        match self {
            Self::Configuration => "the client cannot be built",
            Self::InvalidRequest => "not sent",
            Self::Unreachable => "no connection",
            Self::Timeout => "no answer in time",
            Self::Interrupted => "the connection broke",
            Self::Redirected => "redirected elsewhere",
            Self::Unauthenticated => "credentials refused",
            Self::Forbidden => "not allowed",
            Self::NotFound => "not found",
            Self::Conflict => "conflict",
            Self::PreconditionFailed => "precondition failed",
            Self::Throttled => "too many calls",
            Self::Refused => "refused",
            Self::ServerFault => "the provider failed",
            Self::Unreadable => "the answer could not be read",
            Self::TooLarge => "the answer is too large",
            Self::Failed => "it did not happen",
            Self::NotReady => "not ready yet",
            Self::Locked => "locked",
            Self::Paging => "the list cannot be followed",
            Self::Elsewhere => "the place that the provider named did not answer as it should",
            Self::Corrupted => "the content is not what it should be",
            Self::Local => "reading or writing here failed",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { kind, provider, operation, detail, effect, attempts, status, .. } = &*self.0;
        formatter.write_str(provider)?;
        if let Some(operation) = operation {
            write!(formatter, ".{operation}")?;
        }
        write!(formatter, ": {}", kind.text())?;
        let facts = [
            status.map(|status| format!("HTTP {status}")),
            self.code().map(|code| format!("code {code}")),
            self.request_id().map(|id| format!("request {id}")),
            (*attempts > 1).then(|| format!("{attempts} attempts")),
        ];
        let facts = facts.into_iter().flatten().collect::<Vec<_>>().join(", ");
        if !facts.is_empty() {
            write!(formatter, " ({facts})")?;
        }
        let members = self.members().take(SHOWN).collect::<Vec<_>>();
        if !members.is_empty() {
            write!(formatter, ": it points at `{}`", members.join("`, `"))?;
        }
        match self.members().count().saturating_sub(SHOWN) {
            0 => {}
            more => write!(formatter, " and {more} more")?,
        }
        if !detail.is_empty() {
            write!(formatter, ": {detail}")?;
        }
        match effect {
            Effect::None => Ok(()),
            Effect::Unknown => formatter.write_str("; it may have happened"),
            Effect::Done => formatter.write_str("; it did happen"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            kind, provider, operation, detail, effect, attempts, status, retry_after, source, ..
        } = &*self.0;
        // What fails here is the application's, and may say of its cause whatever it likes.
        let source = source.as_ref().filter(|_| *kind != ErrorKind::Local);
        formatter
            .debug_struct("Error")
            .field("kind", kind)
            .field("provider", provider)
            .field("operation", operation)
            .field("detail", detail)
            .field("effect", effect)
            .field("attempts", attempts)
            .field("status", status)
            .field("code", &self.code())
            .field("request_id", &self.request_id())
            .field("retry_after", retry_after)
            .field("source", &source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
