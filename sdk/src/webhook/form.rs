//! Forms, as they are posted.

use super::delivery::Delivery;
use super::rejection::Rejection;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use multer::Multipart;
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
        let mut rest = body;
        while !rest.is_empty() {
            let field;
            (field, rest) = split_at_first(b'&', rest);
            if !field.is_empty() {
                let (name, value) = split_at_first(b'=', field);
                fields.add(decode(name), decode(value).into())?;
            }
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

/// What is before and after a byte; everything is before it if it is not there.
fn split_at_first(mark: u8, text: &[u8]) -> (&[u8], &[u8]) {
    let end = memchr::memchr(mark, text).unwrap_or(text.len());
    let (before, after) = text.split_at(end);
    (before, after.get(1..).unwrap_or_default())
}

/// A name or a value as it was before it was put into a form. A `%` without two digits after it stands for itself.
pub(crate) fn decode(half: &[u8]) -> Vec<u8> {
    // It never gets longer.
    let mut decoded = vec![0; half.len()];
    let mut places = decoded.iter_mut();
    let mut rest = half.iter();
    while let Some(byte) = rest.next() {
        let Some(place) = places.next() else { break };
        *place = match (byte, rest.as_slice()) {
            (b'+', _) => b' ',
            (b'%', [high, low, ..]) if digit(*high) | digit(*low) < 16 => {
                rest.nth(1);
                digit(*high) << 4 | digit(*low)
            }
            _ => *byte,
        };
    }
    let unused = places.len();
    decoded.truncate(half.len() - unused);
    decoded
}

/// What a hexadecimal digit is worth, and more than 15 for everything else. From a table, since digits and letters take
/// turns in a way that no processor foresees.
fn digit(digit: u8) -> u8 {
    #[allow(clippy::indexing_slicing, reason = "it is made by the compiler, which would say so")]
    const WORTH: [u8; 256] = {
        let mut worth = [u8::MAX; 256];
        let mut digit = 0;
        while digit < 16 {
            let upper = if digit < 10 { b'0' + digit } else { b'A' - 10 + digit };
            // Digits have the bit of lower case anyway.
            worth[upper as usize] = digit;
            worth[(upper | 0x20) as usize] = digit;
            digit += 1;
        }
        worth
    };
    WORTH.get(usize::from(digit)).copied().unwrap_or(u8::MAX)
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

#[cfg(test)]
mod tests {
    use super::decode;
    use percent_encoding::percent_decode;

    #[test]
    fn it_decodes_as_others_do() {
        let texts: [&[u8]; 14] = [
            b"",
            b"a+b",
            b"%2B%2b+%20",
            b"%",
            b"%%",
            b"%4",
            b"%4%41",
            b"%g1%1g",
            b"%%41",
            b"%2541",
            b"%C3%A9\xff%FF",
            b"%00%0a",
            b"%+1%1+",
            b"%41%",
        ];
        for text in texts {
            let blanks = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect::<Vec<_>>();
            assert_eq!(decode(text), percent_decode(&blanks).collect::<Vec<_>>(), "{text:?}");
        }
        for escape in 0..=u16::MAX {
            let [high, low] = escape.to_be_bytes();
            let text = [b'a', b'%', high, low, b'b'];
            let blanks = text.map(|byte| if byte == b'+' { b' ' } else { byte });
            assert_eq!(decode(&text), percent_decode(&blanks).collect::<Vec<_>>(), "{text:?}");
        }
    }
}
