//! Bodies that break off, or take their time.

use axum::body::Body;
use bytes::Bytes;
use http::Response;
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// Into how many pieces a slow answer falls.
const PIECES: usize = 8;

/// The answer with half of its body and the full length.
pub(super) fn truncate(answer: Response<Bytes>) -> Response<Body> {
    let (mut parts, body) = answer.into_parts();
    parts.headers.insert(http::header::CONTENT_LENGTH, body.len().into());
    let half = body.slice(..body.len() / 2);
    Response::from_parts(parts, Body::new(Half::Unsent(half)))
}

enum Half {
    Unsent(Bytes),
    /// Lets the connection write out what it has before it hears of the end.
    Sent,
    Ending,
}

impl hyper::body::Body for Half {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, io::Error>>> {
        match &mut *self {
            Self::Unsent(half) => {
                let half = std::mem::take(half);
                *self = Self::Sent;
                Poll::Ready(Some(Ok(hyper::body::Frame::data(half))))
            }
            Self::Sent => {
                *self = Self::Ending;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Ending => Poll::Ready(Some(Err(io::Error::other("truncated on request")))),
        }
    }
}

/// An answer that has begun and ends with an error.
pub(super) fn break_off(_: io::Error) -> Response<Body> {
    let mut answer = Response::new(Body::new(Half::Unsent(Bytes::new())));
    // More than will come.
    answer.headers_mut().insert(http::header::CONTENT_LENGTH, http::HeaderValue::from_static("1"));
    answer
}

/// The answer in pieces, with a pause before each.
pub(super) fn slow_down(answer: Response<Bytes>, pause: Duration) -> Response<Body> {
    let (mut parts, mut body) = answer.into_parts();
    parts.headers.insert(http::header::CONTENT_LENGTH, body.len().into());
    let size = body.len().div_ceil(PIECES).max(1);
    let mut pieces = VecDeque::new();
    while !body.is_empty() {
        pieces.push_back(body.split_to(size.min(body.len())));
    }
    let waiting = Box::pin(tokio::time::sleep(pause));
    Response::from_parts(parts, Body::new(Slow { pieces, pause, waiting }))
}

struct Slow {
    pieces: VecDeque<Bytes>,
    pause: Duration,
    waiting: Pin<Box<tokio::time::Sleep>>,
}

impl hyper::body::Body for Slow {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<hyper::body::Frame<Bytes>, io::Error>>> {
        if self.pieces.is_empty() {
            return Poll::Ready(None);
        }
        std::task::ready!(self.waiting.as_mut().poll(context));
        self.waiting = Box::pin(tokio::time::sleep(self.pause));
        Poll::Ready(self.pieces.pop_front().map(|piece| Ok(hyper::body::Frame::data(piece))))
    }
}
