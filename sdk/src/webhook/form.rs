//! Forms, as they are posted.

use super::delivery::Delivery;
use super::rejection::Rejection;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use multer::Multipart;
use percent_encoding::percent_decode;
use std::convert::Infallible;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// More fields than any callback has.
const MOST_FIELDS: usize = 64;

/// The fields of a form: each once, decoded, byte for byte.
#[derive(Debug)]
pub(crate) struct Fields(Vec<(Vec<u8>, Bytes)>);

impl Fields {
    /// Reads a form of either kind: `multipart/form-data` if it says so, `application/x-www-form-urlencoded` otherwise.
    ///
    /// A field that is there twice is refused: readers differ in which one they take, so that one could be signed and the
    /// other one acted on.
    pub(crate) fn read(delivery: &Delivery) -> Result<Self, Rejection> {
        let media_type = delivery.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_multipart =
            |value: &&str| value.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("multipart/"));
        match media_type.filter(is_multipart) {
            Some(media_type) => Self::multipart(media_type, delivery.body().clone()),
            None => Self::encoded(delivery.body()),
        }
    }

    fn encoded(body: &[u8]) -> Result<Self, Rejection> {
        let mut fields = Self(Vec::new());
        for field in body.split(|byte| *byte == b'&').filter(|field| !field.is_empty()) {
            let mut halves = field.splitn(2, |byte| *byte == b'=');
            let [name, value] = [halves.next(), halves.next()].map(|half| decode(half.unwrap_or_default()));
            fields.add(name, value.into())?;
        }
        Ok(fields)
    }

    fn multipart(media_type: &str, body: Bytes) -> Result<Self, Rejection> {
        let unreadable = |_| Rejection::malformed("no valid multipart form");
        let boundary = multer::parse_boundary(media_type).map_err(unreadable)?;
        let mut form = Multipart::new(Whole(Some(body)), boundary);
        let read = async {
            let mut fields = Self(Vec::new());
            while let Some(field) = form.next_field().await.map_err(unreadable)? {
                let name = field.name().unwrap_or_default().as_bytes().to_vec();
                fields.add(name, field.bytes().await.map_err(unreadable)?)?;
            }
            Ok(fields)
        };
        // All of it is in memory, so there is nothing to wait for.
        at_once(read).unwrap_or_else(|| Err(Rejection::malformed("no valid multipart form")))
    }

    fn add(&mut self, name: Vec<u8>, value: Bytes) -> Result<(), Rejection> {
        if self.0.iter().any(|(other, _)| *other == name) {
            return Err(Rejection::malformed("a field occurs twice"));
        }
        if self.0.len() == MOST_FIELDS {
            return Err(Rejection::malformed("too many fields"));
        }
        self.0.push((name, value));
        Ok(())
    }

    /// The value of a field, byte for byte.
    pub(crate) fn get(&self, name: &str) -> Option<&Bytes> {
        self.0.iter().find(|(other, _)| other == name.as_bytes()).map(|(_, value)| value)
    }

    /// All names and values, if they are text.
    pub(crate) fn texts(&self) -> Option<Vec<(&str, &str)>> {
        let text = |bytes| std::str::from_utf8(bytes).ok();
        self.0.iter().map(|(name, value)| Some((text(name.as_slice())?, text(value)?))).collect()
    }
}

/// A name or a value as it was before it was put into a form.
pub(crate) fn decode(half: &[u8]) -> Vec<u8> {
    let blanks = half.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect::<Vec<_>>();
    percent_decode(&blanks).collect()
}

/// A body that is there already.
struct Whole(Option<Bytes>);

impl futures_core::Stream for Whole {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.take().map(Ok))
    }
}

/// The result of a future that waits for nothing. It may give way now and then, so it is asked more than once.
fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    (0..MOST_FIELDS * 8).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    })
}
