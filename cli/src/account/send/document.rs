//! The file that goes out: looked at before anything is sent, and read while it is.

use crate::account::progress;
use crate::failure::Failure;
use countersign::Content;
use indicatif::ProgressBar;
use std::io::SeekFrom;
use std::path::Path;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

/// A PDF may have other things in front of its first line, but not many.
const HEAD: u64 = 1024;

/// A file that can be signed.
pub struct Document {
    file: File,
    length: u64,
    kind: Kind,
    stem: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Pdf,
    Docx,
}

impl Document {
    /// Opens a file and looks at its beginning.
    pub async fn open(path: &Path) -> Result<Self, Failure> {
        let unusable = |problem: &str| Failure::usage(format!("{}: {problem}", path.display()));
        let unreadable = |error: std::io::Error| unusable(&format!("it cannot be read: {error}"));
        // Asked first, because opening a pipe waits for somebody to write to it.
        if !tokio::fs::metadata(path).await.map_err(unreadable)?.is_file() {
            return Err(unusable("it is no regular file; give a PDF"));
        }
        let mut file = File::open(path).await.map_err(unreadable)?;
        let length = file.metadata().await.map_err(unreadable)?.len();
        let mut head = Vec::new();
        (&mut file).take(HEAD).read_to_end(&mut head).await.map_err(unreadable)?;
        file.seek(SeekFrom::Start(0)).await.map_err(unreadable)?;
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let is_docx = ending.as_deref() == Some("docx") && head.starts_with(b"PK\x03\x04");
        let kind = if head.windows(5).any(|bytes| bytes == b"%PDF-") {
            Kind::Pdf
        } else if is_docx {
            Kind::Docx
        } else if head.is_empty() {
            return Err(unusable("it is empty; give a PDF"));
        } else {
            return Err(unusable("it is no PDF, since there is no %PDF- at its beginning"));
        };
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Self { file, length, kind, stem })
    }

    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The name of the file without its ending.
    pub fn stem(&self) -> &str {
        &self.stem
    }

    /// The content, with a bar that shows how much of it has been read. It can be sent once, and that is as it should be.
    pub fn into_content(self) -> (Content, ProgressBar) {
        let bar = progress::bar("uploading", Some(self.length));
        (Content::reader(bar.wrap_async_read(self.file), self.length), bar)
    }
}
