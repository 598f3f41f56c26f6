//! The proof that a request was not sent.
//!
//! A connection has to ask the body of a request before it writes the head, since the head says how long the body is, or
//! that there is none. And a body has one owner. So if the body is gone and was never asked, no byte of the request was
//! written, and none will be. While the body is still there, or once it was asked, nobody knows.

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

const UNASKED: u8 = 0;
const ASKED: u8 = 1;
/// The body is gone, and was never asked.
const UNSENT: u8 = 2;

/// The state of a request since it was handed to the HTTP library.
#[derive(Clone, Debug)]
pub(super) struct Handover(Arc<AtomicU8>);

impl Handover {
    /// Hands the request over. Nothing is sent before the future is polled. `length` is that of a body that does not know
    /// its length.
    pub(super) fn of(
        http: &reqwest::Client,
        mut request: reqwest::Request,
        length: Option<u64>,
    ) -> (Self, impl Future<Output = reqwest::Result<reqwest::Response>> + use<>) {
        let state = Arc::new(AtomicU8::new(UNASKED));
        let body = request.body_mut().take().unwrap_or_default();
        let body = Watched { body, length, state: Arc::clone(&state) };
        *request.body_mut() = Some(reqwest::Body::wrap(body));
        let sending = http.execute(request);
        // Layers of the library look at the body while the future is made. They write nothing.
        let _ = state.compare_exchange(ASKED, UNASKED, Ordering::AcqRel, Ordering::Acquire);
        (Self(state), sending)
    }

    /// Returns `true` if the request was certainly not sent. That is never certain while the future lives that would send it.
    pub(super) fn is_unsent(&self) -> bool {
        self.0.load(Ordering::Acquire) == UNSENT
    }
}

/// A body that remembers whether it was asked for anything.
struct Watched {
    body: reqwest::Body,
    length: Option<u64>,
    state: Arc<AtomicU8>,
}

impl Watched {
    fn asked(&self) {
        self.state.store(ASKED, Ordering::Release);
    }
}

impl Body for Watched {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        self.asked();
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.asked();
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.asked();
        self.length.map_or_else(|| self.body.size_hint(), SizeHint::with_exact)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let _ = self.state.compare_exchange(UNASKED, UNSENT, Ordering::AcqRel, Ordering::Acquire);
    }
}
