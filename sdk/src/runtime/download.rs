//! Content that a provider sends, as it comes.

use super::error::{Effect, Error, ErrorKind};
use super::hex;
use super::operation::Operation;
use super::time::IdleTimer;
use bytes::Bytes;
use futures_core::Stream;
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use sha2::{Digest, Sha256};
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncWrite, AsyncWriteExt};

/// Content on its way, such as a signed PDF: a stream of pieces, of which none is kept.
///
/// Only [`read_timeout`](crate::ClientBuilder::read_timeout) limits it, which is how long nothing may come. What came
/// is complete when the stream ends without an error, and not before.
///
/// ```
/// # async fn example(download: countersign::Download) -> Result<(), Box<dyn std::error::Error>> {
/// let mut file = tokio::fs::File::create("signed.pdf").await?;
/// let copied = download.copy_to(&mut file).await?;
/// println!("{} bytes", copied.length);
/// # Ok(())
/// # }
/// ```
#[must_use = "the content is dropped unless it is read"]
pub struct Download {
    pieces: Pieces,
    operation: &'static Operation,
    timer: IdleTimer,
    announced: Option<u64>,
    media_type: Option<String>,
    digest: Sha256,
    expected: Option<[u8; 32]>,
    length: u64,
    is_read: bool,
    ended: bool,
}

type Pieces = Pin<Box<dyn Stream<Item = reqwest::Result<Bytes>> + Send>>;

/// What a finished download was.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Downloaded {
    /// How many bytes came.
    pub length: u64,
    /// Their SHA-256, in lower-case hex.
    pub sha256: String,
}

impl Download {
    pub(super) fn new(operation: &'static Operation, response: reqwest::Response, idle: Duration) -> Self {
        let text = |name| header(response.headers(), name);
        Self {
            operation,
            announced: text(CONTENT_LENGTH).and_then(|length| length.parse().ok()),
            media_type: text(CONTENT_TYPE),
            pieces: Box::pin(response.bytes_stream()),
            timer: IdleTimer::new(idle),
            digest: Sha256::new(),
            expected: None,
            length: 0,
            is_read: false,
            ended: false,
        }
    }

    /// How many bytes were announced. They need not all come.
    #[must_use]
    pub fn announced_length(&self) -> Option<u64> {
        self.announced
    }

    /// The media type that came with the content.
    #[must_use]
    pub fn media_type(&self) -> Option<&str> {
        self.media_type.as_deref()
    }

    /// Has the end of the stream be an error of kind [`ErrorKind::Corrupted`] if the content does not have this SHA-256,
    /// given in hex.
    ///
    /// # Errors
    ///
    /// It is not 64 hexadecimal digits.
    pub fn expecting_sha256(mut self, digits: impl AsRef<str>) -> Result<Self, Error> {
        let expected = hex::decode(digits.as_ref());
        let invalid =
            || self.failed(ErrorKind::InvalidRequest, "the expected SHA-256 is not 64 hexadecimal digits");
        self.expected = Some(expected.ok_or_else(invalid)?);
        Ok(self)
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    ///
    /// The connection broke, nothing came for too long, or the content is not what was expected.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, Error> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await.transpose()
    }

    /// Writes everything to `writer` and flushes it. After an error `writer` may hold a part.
    ///
    /// # Errors
    ///
    /// As [`piece`](Self::piece); and of kind [`ErrorKind::Local`] if `writer` fails.
    pub async fn copy_to<W: AsyncWrite + Unpin + ?Sized>(
        mut self,
        writer: &mut W,
    ) -> Result<Downloaded, Error> {
        let operation = self.operation;
        let local = |error: std::io::Error| {
            operation.failed(ErrorKind::Local, "the content cannot be written").with_source(error)
        };
        while let Some(piece) = self.piece().await? {
            writer.write_all(&piece).await.map_err(local)?;
        }
        writer.flush().await.map_err(local)?;
        Ok(Downloaded { length: self.length, sha256: hex::encode(&self.digest.finalize()) })
    }

    /// Everything at once, if it is no longer than `largest` bytes.
    ///
    /// # Errors
    ///
    /// As [`piece`](Self::piece); and of kind [`ErrorKind::TooLarge`].
    pub async fn bytes(mut self, largest: usize) -> Result<Bytes, Error> {
        let mut whole = bytes::BytesMut::new();
        while let Some(piece) = self.piece().await? {
            if piece.len() > largest.saturating_sub(whole.len()) {
                let detail = format!("it is longer than {largest} bytes");
                return Err(self.failed(ErrorKind::TooLarge, &detail));
            }
            whole.extend_from_slice(&piece);
        }
        Ok(whole.freeze())
    }

    fn failed(&self, kind: ErrorKind, detail: &str) -> Error {
        self.operation.failed(kind, detail)
    }

    fn end(&mut self) -> Option<Result<Bytes, Error>> {
        self.ended = true;
        let found: [u8; 32] = self.digest.clone().finalize().into();
        let wrong = self.expected.is_some_and(|expected| expected != found);
        wrong.then(|| {
            let detail = "what came does not have the SHA-256 that was expected; do not use it";
            Err(self.failed(ErrorKind::Corrupted, detail))
        })
    }

    fn broken(&mut self, error: Option<reqwest::Error>) -> Error {
        self.ended = true;
        let timeout = error.as_ref().is_none_or(reqwest::Error::is_timeout);
        let kind = if timeout { ErrorKind::Timeout } else { ErrorKind::Interrupted };
        let detail = format!("the content ended after {} bytes, before it was complete", self.length);
        let failed = self.failed(kind, &detail).with_effect(Effect::None);
        match error {
            Some(error) => failed.with_source(error.without_url()),
            None => failed,
        }
    }
}

impl Stream for Download {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        if !self.is_read {
            // Until now nobody waited for it.
            self.is_read = true;
            self.timer.reset();
        }
        match self.pieces.as_mut().poll_next(context) {
            Poll::Ready(Some(Ok(piece))) => {
                self.timer.reset();
                self.length += piece.len() as u64;
                self.digest.update(&piece);
                Poll::Ready(Some(Ok(piece)))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(self.broken(Some(error))))),
            Poll::Ready(None) => Poll::Ready(self.end()),
            Poll::Pending => match self.timer.poll(context) {
                Poll::Ready(()) => Poll::Ready(Some(Err(self.broken(None)))),
                Poll::Pending => Poll::Pending,
            },
        }
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Download")
            .field("media_type", &self.media_type)
            .field("announced", &self.announced)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

fn header(headers: &HeaderMap, name: http::HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}
