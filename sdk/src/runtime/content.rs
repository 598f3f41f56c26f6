//! What an application uploads. It is not held in memory, unless the application gave it so.

use super::check::Invalid;
use bytes::Bytes;
use std::fmt;
use std::io::{Cursor, Error};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::AsyncRead;

/// Something to upload: bytes, a file, or whatever can be read.
///
/// ```
/// use countersign::Content;
///
/// let in_memory = Content::bytes("%PDF-1.7 ...");
/// let on_disk = Content::file("contract.pdf"); // opened when it is sent, not before
/// let from_elsewhere = Content::reader(&b"%PDF-1.7 ..."[..], 12); // can be sent once
/// ```
///
/// `Debug` prints the kind and the length, if it is known. It prints no path, since names of files tell of people.
#[derive(Clone)]
pub struct Content(Source);

#[derive(Clone)]
enum Source {
    Bytes(Bytes),
    File(PathBuf),
    Reader { reader: Arc<Mutex<Option<Reader>>>, length: u64 },
}

pub(super) type Reader = Pin<Box<dyn AsyncRead + Send>>;

impl Content {
    /// Bytes that are in memory already. A clone shares them.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self(Source::Bytes(bytes.into()))
    }

    /// A file. It is opened when it is sent, and again for each further attempt; it must not change meanwhile.
    ///
    /// ```
    /// # use countersign::Content;
    /// let content = Content::file("contract.pdf");
    /// assert_eq!(format!("{content:?}"), "Content(file)");
    /// ```
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self(Source::File(path.into()))
    }

    /// What comes out of `reader`, which ends after exactly `length` bytes. It can be read once, so a call with it is not
    /// tried again. A clone shares the reader: whoever sends first gets it.
    ///
    /// ```
    /// # use countersign::Content;
    /// let content = Content::reader(&b"%PDF-1.7"[..], 8);
    /// assert_eq!(format!("{content:?}"), "Content(reader, 8 bytes)");
    /// ```
    pub fn reader(reader: impl AsyncRead + Send + 'static, length: u64) -> Self {
        let reader: Reader = Box::pin(reader);
        Self(Source::Reader { reader: Arc::new(Mutex::new(Some(reader))), length })
    }

    /// Whether it can be opened more than once.
    pub(super) fn is_repeatable(&self) -> bool {
        !matches!(self.0, Source::Reader { .. })
    }

    /// The content from its first byte, and how many there are.
    pub(super) async fn open(&self) -> Result<(Reader, u64), Invalid> {
        match &self.0 {
            Source::Bytes(bytes) => {
                let length = bytes.len() as u64;
                Ok((Box::pin(Cursor::new(bytes.clone())), length))
            }
            Source::File(path) => open(path).await,
            Source::Reader { reader, length } => {
                let reader = reader.lock().unwrap_or_else(PoisonError::into_inner).take();
                let reader =
                    reader.ok_or_else(|| Invalid::new("the reader to upload from was used before"))?;
                Ok((reader, *length))
            }
        }
    }
}

async fn open(path: &Path) -> Result<(Reader, u64), Invalid> {
    let unusable =
        |error: Error| Invalid::new(format!("the file to upload cannot be opened: {}", error.kind()));
    // Asked first, because opening a pipe waits for somebody to write to it.
    if !tokio::fs::metadata(path).await.map_err(unusable)?.is_file() {
        return Err(Invalid::new("the file to upload cannot be opened: it is no regular file"));
    }
    let file = tokio::fs::File::open(path).await.map_err(unusable)?;
    let length = file.metadata().await.map_err(unusable)?.len();
    Ok((Box::pin(file), length))
}

impl fmt::Debug for Content {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Source::Bytes(bytes) => write!(formatter, "Content(bytes, {} bytes)", bytes.len()),
            Source::File(_) => formatter.write_str("Content(file)"),
            Source::Reader { length, .. } => write!(formatter, "Content(reader, {length} bytes)"),
        }
    }
}

impl From<Bytes> for Content {
    fn from(bytes: Bytes) -> Self {
        Self::bytes(bytes)
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::bytes(bytes)
    }
}

impl From<&'static [u8]> for Content {
    fn from(bytes: &'static [u8]) -> Self {
        Self::bytes(bytes)
    }
}

impl From<PathBuf> for Content {
    fn from(path: PathBuf) -> Self {
        Self::file(path)
    }
}

impl From<&PathBuf> for Content {
    fn from(path: &PathBuf) -> Self {
        Self::file(path)
    }
}

impl From<&Path> for Content {
    fn from(path: &Path) -> Self {
        Self::file(path)
    }
}

#[cfg(test)]
mod tests {
    use super::Content;
    use std::path::Path;

    #[test]
    fn debug_shows_neither_bytes_nor_paths() {
        let cases = [
            (Content::from(b"secret".to_vec()), "Content(bytes, 6 bytes)"),
            (Content::from(&b"secret"[..]), "Content(bytes, 6 bytes)"),
            (Content::from(Path::new("/secret").to_owned()), "Content(file)"),
            (Content::reader(&b"secret"[..], 6), "Content(reader, 6 bytes)"),
        ];
        for (content, expected) in cases {
            assert_eq!(format!("{content:?}"), expected);
        }
    }
}
