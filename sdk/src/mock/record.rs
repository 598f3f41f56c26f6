//! What a mock was sent.

use super::lock;
use bytes::Bytes;
use http::{HeaderMap, Method};
use std::collections::VecDeque;
use std::fmt;
use std::sync::Mutex;

/// A request as it reached a mock. `Debug` shows what cannot be anybody's data: no ids,
/// no query, no values of headers, no body.
#[derive(Clone)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// The method.
    pub method: Method,
    /// The path as it was sent: nothing is decoded or normalised.
    pub path: String,
    /// The query as it was sent, without the question mark.
    pub query: Option<String>,
    /// The operation, by its id in the provider's table; `None` if there is none with this method and path.
    pub operation: Option<&'static str>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body; empty if it was too large to be accepted.
    pub body: Bytes,
}

impl RecordedRequest {
    /// The first value of a header, if it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl fmt::Debug for RecordedRequest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RecordedRequest")
            .field("method", &self.method)
            .field("operation", &self.operation)
            .field("headers", &self.headers.keys().collect::<Vec<_>>())
            .field("body", &format_args!("[{} bytes]", self.body.len()))
            .finish_non_exhaustive()
    }
}

/// The last requests, oldest first.
#[derive(Default)]
pub(super) struct Record(Mutex<VecDeque<RecordedRequest>>);

impl Record {
    /// How many are kept, so that a mock that runs for days does not fill the memory.
    const MOST: usize = 1024;
    /// How much their bodies may hold together, for the same reason.
    const MOST_BYTES: usize = 256 * 1024 * 1024;

    pub(super) fn add(&self, request: RecordedRequest) {
        let mut requests = lock(&self.0);
        requests.push_back(request);
        let mut bytes: usize = requests.iter().map(|request| request.body.len()).sum();
        while requests.len() > Self::MOST || (bytes > Self::MOST_BYTES && requests.len() > 1) {
            let oldest = requests.pop_front();
            bytes -= oldest.map_or(0, |oldest| oldest.body.len());
        }
    }

    pub(super) fn all(&self) -> Vec<RecordedRequest> {
        lock(&self.0).iter().cloned().collect()
    }

    pub(super) fn clear(&self) {
        lock(&self.0).clear();
    }
}
