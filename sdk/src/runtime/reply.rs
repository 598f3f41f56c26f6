//! An answer with everything around its value.

use bytes::Bytes;
use http::HeaderMap;
use std::fmt;

/// What `send_reply` returns: the value, and all that is known of the exchange.
///
/// `Debug` prints neither value, headers nor body.
#[derive(Clone)]
#[non_exhaustive]
pub struct Reply<T> {
    pub(crate) value: T,
    pub(crate) rest: Option<serde_json::Value>,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) request_id: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) body: Bytes,
}

impl<T> Reply<T> {
    /// The value that was asked for.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value that was asked for, alone.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The headers of the answer.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The provider's name for the exchange; quote it to its support.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// How often the request was tried: 1 if it went well at once.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The answer as it came, for members that no type knows yet.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Reply<U> {
        let Self { value, rest, status, headers, request_id, attempts, body } = self;
        Reply { value: change(value), rest, status, headers, request_id, attempts, body }
    }
}

impl<T> fmt::Debug for Reply<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Reply")
            .field("status", &self.status)
            .field("request_id", &self.request_id)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}
