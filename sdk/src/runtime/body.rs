//! The body of an upload: what goes before the content, the content in the form that the provider wants, and what goes
//! after it. Its length is known before anything is sent, and the memory that it takes does not grow with it.

use super::check::Invalid;
use super::content::{Content, Reader};
use super::time::Moment;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_core::Stream;
use std::collections::VecDeque;
use std::fmt;
use std::io::Error;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use tokio::io::ReadBuf;

/// How much is read at once: a multiple of three, whose base64 text is 64 KiB.
const CHUNK: usize = 48 * 1024;

/// The body of a request that holds content. It is opened anew for each attempt.
#[derive(Clone, Debug, Default)]
pub(crate) struct Body {
    pieces: Vec<Piece>,
}

#[derive(Clone)]
enum Piece {
    Bytes(Bytes),
    Raw(Content),
    Base64(Content),
}

impl fmt::Debug for Piece {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(formatter, "Bytes({})", bytes.len()),
            Self::Raw(content) => formatter.debug_tuple("Raw").field(content).finish(),
            Self::Base64(content) => formatter.debug_tuple("Base64").field(content).finish(),
        }
    }
}

impl Body {
    /// The JSON object `json` with one more member, the last: `member`, whose value is the content as base64 text.
    pub(crate) fn json_with(json: &[u8], member: &str, content: Content) -> Result<Self, Invalid> {
        let unusable = || Invalid::new("the content has no JSON object to be a member of");
        let members = json.trim_ascii().strip_prefix(b"{").and_then(|json| json.strip_suffix(b"}"));
        let members = members.ok_or_else(unusable)?.trim_ascii();
        let name = serde_json::to_string(member).map_err(|_| unusable())?;
        let comma = if members.is_empty() { "" } else { "," };
        let before = [b"{", members, comma.as_bytes(), name.as_bytes(), b":\""].concat();
        let after = Bytes::from_static(b"\"}");
        Ok(Self { pieces: vec![Piece::Bytes(before.into()), Piece::Base64(content), Piece::Bytes(after)] })
    }

    /// With more bytes at its end.
    pub(crate) fn bytes(mut self, bytes: Bytes) -> Self {
        self.pieces.push(Piece::Bytes(bytes));
        self
    }

    /// With content at its end, as it is.
    pub(crate) fn raw(mut self, content: Content) -> Self {
        self.pieces.push(Piece::Raw(content));
        self
    }

    /// Whether it can be opened more than once.
    pub(crate) fn is_repeatable(&self) -> bool {
        self.pieces.iter().all(|piece| match piece {
            Piece::Bytes(_) => true,
            Piece::Raw(content) | Piece::Base64(content) => content.is_repeatable(),
        })
    }

    /// Opens everything that it is made of, so that what cannot be opened is known before anything is sent.
    pub(crate) async fn open(&self) -> Result<Opened, Invalid> {
        let mut length = Some(0_u64);
        let mut parts = VecDeque::with_capacity(self.pieces.len());
        for piece in &self.pieces {
            let (added, part) = match piece {
                Piece::Bytes(bytes) => (Some(bytes.len() as u64), Part::Bytes(bytes.clone())),
                Piece::Raw(content) => {
                    let (reader, length) = content.open().await?;
                    (Some(length), Part::Reading(Reading::new(reader, length, Form::Raw)))
                }
                Piece::Base64(content) => {
                    let (reader, length) = content.open().await?;
                    let added = length.div_ceil(3).checked_mul(4);
                    (added, Part::Reading(Reading::new(reader, length, Form::Base64)))
                }
            };
            length = length.zip(added).and_then(|(length, added)| length.checked_add(added));
            parts.push_back(part);
        }
        let length = length.ok_or_else(|| Invalid::new("the content is longer than a body can be"))?;
        let progress = Progress::new(length);
        Ok(Opened { stream: Chunks { parts, progress: progress.clone() }, progress })
    }
}

/// A body that is ready to be sent, once.
pub(crate) struct Opened {
    pub(crate) stream: Chunks,
    pub(crate) progress: Progress,
}

/// The part of a body that was handed to the HTTP library, and the time of that. What the library took may still be here.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    moved: Arc<Mutex<Moved>>,
    length: u64,
}

/// The progress of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moved {
    pub(super) bytes: u64,
    pub(super) is_all: bool,
    /// When the last of these bytes were taken, or the body was opened.
    pub(super) at: Moment,
}

impl Progress {
    fn new(length: u64) -> Self {
        let moved = Moved { bytes: 0, is_all: length == 0, at: Moment::now() };
        Self { moved: Arc::new(Mutex::new(moved)), length }
    }

    /// The length of the body, in bytes.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) fn moved(&self) -> Moved {
        *self.moved.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, chunk: &Bytes) {
        let mut moved = self.moved.lock().unwrap_or_else(PoisonError::into_inner);
        let bytes = moved.bytes.saturating_add(chunk.len() as u64);
        *moved = Moved { bytes, is_all: bytes >= self.length, at: Moment::now() };
    }
}

/// The bytes of a body, in chunks of about 64 KiB. It ends with the first error.
pub(crate) struct Chunks {
    parts: VecDeque<Part>,
    progress: Progress,
}

enum Part {
    Bytes(Bytes),
    Reading(Reading),
}

impl Stream for Chunks {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let chunk = match self.parts.front_mut() {
                None => return Poll::Ready(None),
                Some(Part::Bytes(bytes)) => Ok(bytes.split_to(bytes.len().min(CHUNK))),
                Some(Part::Reading(reading)) => ready!(reading.poll_chunk(context)),
            };
            match chunk {
                // A part that has nothing more to give is done with.
                Ok(chunk) if chunk.is_empty() => drop(self.parts.pop_front()),
                Ok(chunk) => {
                    self.progress.add(&chunk);
                    return Poll::Ready(Some(Ok(chunk)));
                }
                Err(error) => {
                    self.parts.clear();
                    return Poll::Ready(Some(Err(error)));
                }
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Form {
    Raw,
    Base64,
}

/// Content that is being read. Its last bytes are held back until its end is seen: had they been sent, the body would be
/// complete, and nobody would hear that there was more.
struct Reading {
    reader: Reader,
    form: Form,
    /// How many bytes have yet to come.
    left: u64,
    buffer: Vec<u8>,
    filled: usize,
    ended: bool,
}

impl Reading {
    fn new(reader: Reader, left: u64, form: Form) -> Self {
        Self { reader, form, left, buffer: Vec::new(), filled: 0, ended: false }
    }

    /// The next chunk; an empty one at the end.
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Result<Bytes, Error>> {
        // Whole groups of three have a base64 text of their own, and one byte at least is held back.
        let unit = match self.form {
            Form::Raw => 1,
            Form::Base64 => 3,
        };
        if self.buffer.is_empty() {
            self.buffer.resize(CHUNK, 0);
        }
        loop {
            let complete = self.filled.saturating_sub(1) / unit * unit;
            if self.ended || complete > 0 {
                return Poll::Ready(Ok(self.take(if self.ended { self.filled } else { complete })));
            }
            if let Err(error) = ready!(self.poll_read(context)) {
                return Poll::Ready(Err(error));
            }
        }
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let changed = |problem: &str| Poll::Ready(Err(of_content(problem)));
        let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
        let mut room = ReadBuf::new(room);
        let read = ready!(self.reader.as_mut().poll_read(context, &mut room));
        read.map_err(unreadable)?;
        let read = room.filled().len();
        match self.left.checked_sub(read as u64) {
            None => return changed("the content is longer than was announced; did it change meanwhile?"),
            Some(left) if read == 0 && left > 0 => {
                return changed("the content ended before its announced length; did it change meanwhile?");
            }
            Some(left) => self.left = left,
        }
        self.filled += read;
        self.ended = read == 0;
        Poll::Ready(Ok(()))
    }

    fn take(&mut self, count: usize) -> Bytes {
        let taken = self.buffer.get(..count).unwrap_or_default();
        let chunk = match self.form {
            Form::Raw => Bytes::copy_from_slice(taken),
            Form::Base64 => STANDARD.encode(taken).into(),
        };
        self.buffer.copy_within(count..self.filled, 0);
        self.filled -= count;
        chunk
    }
}

/// An error of content that could not be read here. What the application's own reader said is the cause, and not printed: it may name
/// the place that is read from.
struct ContentError {
    problem: String,
    cause: Option<Error>,
}

impl fmt::Display for ContentError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.problem)
    }
}

impl fmt::Debug for ContentError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("ContentError").field(&self.problem).finish()
    }
}

impl std::error::Error for ContentError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as _)
    }
}

fn of_content(problem: &str) -> Error {
    Error::other(ContentError { problem: problem.to_owned(), cause: None })
}

fn unreadable(cause: Error) -> Error {
    let problem = format!("the content cannot be read: {}", cause.kind());
    Error::other(ContentError { problem, cause: Some(cause) })
}

/// Whether an error is one of content that could not be read here.
pub(super) fn is_of_content(error: &Error) -> bool {
    error.get_ref().and_then(|cause| cause.downcast_ref::<ContentError>()).is_some()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test says so by panicking")]
mod tests {
    use super::{Body, CHUNK, Content, Opened, Piece};
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use bytes::Bytes;
    use futures_core::Stream;
    use std::io::Error;
    use std::pin::Pin;
    use std::task::{Context, Poll};
    use tokio::io::{AsyncRead, ReadBuf};

    /// Gives its bytes in portions of changing size.
    struct Portions {
        bytes: Bytes,
        sizes: Vec<usize>,
        turn: usize,
    }

    impl AsyncRead for Portions {
        fn poll_read(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
            room: &mut ReadBuf<'_>,
        ) -> Poll<Result<(), Error>> {
            let size = self.sizes.get(self.turn % self.sizes.len()).copied().unwrap_or(1);
            self.turn += 1;
            let size = size.min(self.bytes.len()).min(room.remaining());
            room.put_slice(&self.bytes.split_to(size));
            Poll::Ready(Ok(()))
        }
    }

    fn portions(bytes: &[u8], sizes: &[usize], length: usize) -> Content {
        let bytes = Bytes::copy_from_slice(bytes);
        Content::reader(Portions { bytes, sizes: sizes.to_vec(), turn: 0 }, length as u64)
    }

    fn sample(length: usize) -> Vec<u8> {
        (0_usize..length).map(|index| (index * 31 % 251).to_le_bytes()[0]).collect()
    }

    async fn chunks(opened: Opened) -> Result<Vec<Bytes>, Error> {
        let Opened { mut stream, progress } = opened;
        let mut chunks = Vec::new();
        while let Some(chunk) = std::future::poll_fn(|context| Pin::new(&mut stream).poll_next(context)).await
        {
            chunks.push(chunk?);
            let sum: usize = chunks.iter().map(Bytes::len).sum();
            assert_eq!(progress.moved().bytes, sum as u64);
        }
        assert_eq!((progress.moved().bytes, progress.moved().is_all), (progress.length(), true));
        Ok(chunks)
    }

    async fn sent(body: &Body) -> Vec<u8> {
        chunks(body.open().await.unwrap()).await.unwrap().concat()
    }

    fn base64_of(content: Content) -> Body {
        Body { pieces: vec![Piece::Base64(content)] }
    }

    #[tokio::test]
    async fn content_is_the_last_member_of_the_object() {
        let cases = [
            ("{}", r#"{"pdf_file":"aGk="}"#),
            (" { } ", r#"{"pdf_file":"aGk="}"#),
            (r#"{"a":{}}"#, r#"{"a":{},"pdf_file":"aGk="}"#),
        ];
        for (json, expected) in cases {
            let body = Body::json_with(json.as_bytes(), "pdf_file", Content::bytes("hi")).unwrap();
            assert!(body.is_repeatable());
            for _attempt in 1..=2 {
                assert_eq!(sent(&body).await, expected.as_bytes(), "{json}");
            }
        }
        for json in ["", "[]", "{", "null"] {
            assert!(Body::json_with(json.as_bytes(), "m", Content::bytes("")).is_err(), "{json}");
        }
    }

    #[tokio::test]
    async fn base64_on_the_way_is_base64_of_the_whole() {
        for length in 0..=200 {
            let bytes = sample(length);
            let expected = STANDARD.encode(&bytes).into_bytes();
            for sizes in [&[1][..], &[2], &[3], &[4, 1], &[1, 2, 3, 5, 7], &[64], &[1000]] {
                let body = base64_of(portions(&bytes, sizes, length));
                assert_eq!(sent(&body).await, expected, "{length} bytes in portions of {sizes:?}");
            }
        }
    }

    #[tokio::test]
    async fn long_content_comes_in_chunks() {
        for length in [CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK + 2, 1_000_003] {
            let bytes = sample(length);
            for sizes in [&[CHUNK][..], &[65_537, 1], &[5000, 8191]] {
                for (piece, expected) in [
                    (Piece::Base64(portions(&bytes, sizes, length)), STANDARD.encode(&bytes).into_bytes()),
                    (Piece::Raw(portions(&bytes, sizes, length)), bytes.clone()),
                    (Piece::Bytes(bytes.clone().into()), bytes.clone()),
                ] {
                    let opened = Body { pieces: vec![piece] }.open().await.unwrap();
                    assert_eq!(opened.progress.length(), expected.len() as u64);
                    let chunks = chunks(opened).await.unwrap();
                    assert!(chunks.iter().all(|chunk| chunk.len() <= 64 * 1024));
                    assert!(chunks.concat() == expected, "{length} bytes in portions of {sizes:?}");
                }
            }
        }
    }

    #[tokio::test]
    async fn content_of_another_length_is_never_complete() {
        for (length, announced, problem) in
            [(10, 11, "ended before"), (12, 11, "longer"), (0, 1, "ended before"), (1, 0, "longer")]
        {
            for sizes in [&[1][..], &[3], &[100]] {
                let opened = base64_of(portions(&sample(length), sizes, announced)).open().await.unwrap();
                let progress = opened.progress.clone();
                let error = chunks(opened).await.unwrap_err().to_string();
                assert!(error.contains(problem), "{error}");
                let (moved, expected) = (progress.moved().bytes, progress.length());
                assert!(moved < expected.max(1), "{length} for {announced}");
            }
        }
    }

    #[tokio::test]
    async fn a_reader_is_sent_once() {
        let content = portions(b"abc", &[2], 3);
        let body = base64_of(content.clone());
        assert!(!body.is_repeatable());
        assert_eq!(sent(&body).await, b"YWJj");
        let again = base64_of(content).open().await.err().unwrap();
        assert_eq!(again.to_string(), "the reader to upload from was used before");
    }

    #[tokio::test]
    async fn a_file_is_read_when_it_is_sent() {
        let path = std::env::temp_dir().join(format!("countersign-content-{}", std::process::id()));
        let body = base64_of(Content::file(&path));
        let missing = body.open().await.err().unwrap();
        assert_eq!(missing.to_string(), "the file to upload cannot be opened: entity not found");
        std::fs::write(&path, b"abcd").unwrap();
        assert!(body.is_repeatable());
        assert_eq!(sent(&body).await, b"YWJjZA==");
        assert_eq!(sent(&body).await, b"YWJjZA==");
        let opened = body.open().await.unwrap();
        std::fs::write(&path, b"abc").unwrap();
        let changed = chunks(opened).await.unwrap_err();
        std::fs::remove_file(&path).unwrap();
        assert!(changed.to_string().contains("ended before"));

        let directory = base64_of(Content::file(std::env::temp_dir())).open().await.err().unwrap();
        assert_eq!(directory.to_string(), "the file to upload cannot be opened: it is no regular file");
    }

    #[tokio::test]
    async fn a_length_that_no_body_can_have_is_refused() {
        assert!(base64_of(Content::reader(&b""[..], u64::MAX)).open().await.is_err());
    }

    #[test]
    fn debug_shows_no_bytes() {
        let body = Body::json_with(b"{}", "a", Content::bytes("secret")).unwrap();
        let expected = "Body { pieces: [Bytes(6), Base64(Content(bytes, 6 bytes)), Bytes(2)] }";
        assert_eq!(format!("{body:?}"), expected);
    }

    #[test]
    fn what_is_opened_can_be_sent_from_any_thread() {
        fn sendable<T: Send + 'static>() {}
        sendable::<Opened>();
        sendable::<Content>();
    }
}
