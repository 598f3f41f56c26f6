//! The final PDF: redirected, archived, checked.

use super::{Client, DocumentId, generated};
use crate::runtime::{Download, Downloaded, Error, ErrorKind};
use std::time::Duration;
use tokio::io::AsyncWrite;

/// How often a PDF is asked for that is being restored. It takes about four hours
/// \[[L1](crate::legalesign::sources#l1)\].
const INTERVAL: Duration = Duration::from_secs(10 * 60);

impl Client {
    /// Downloads the PDF of a document, however large it is.
    ///
    /// Legalesign sends it, or sends the call elsewhere; there it is fetched once, without credentials, from public hosts
    /// only. An archived PDF has to be restored first: see [`wait_up_to`](DownloadPdf::wait_up_to).
    ///
    /// ```
    /// # async fn example(legalesign: &countersign::legalesign::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    ///
    /// let mut file = tokio::fs::File::create("contract.pdf").await?;
    /// let pdf = legalesign.download_pdf("d0d0d0d0-1111-4222-8333-444444444444").checked();
    /// let downloaded = pdf.wait_up_to(Duration::from_secs(5 * 3600)).copy_to(&mut file).await?;
    /// println!("{} bytes, SHA-256 {}", downloaded.length, downloaded.sha256);
    /// # Ok(())
    /// # }
    /// ```
    pub fn download_pdf(&self, document_id: impl Into<DocumentId>) -> DownloadPdf {
        DownloadPdf {
            client: self.clone(),
            id: document_id.into(),
            is_checked: false,
            budget: Duration::ZERO,
        }
    }
}

/// A download of a document's PDF, made by [`copy_to`](Self::copy_to) or [`send`](Self::send).
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before `copy_to` or `send` is awaited"]
pub struct DownloadPdf {
    client: Client,
    id: DocumentId,
    is_checked: bool,
    budget: Duration,
}

impl DownloadPdf {
    /// Compares the content with the `hash_value` of the document, its SHA-256 \[[L1](crate::legalesign::sources#l1)\];
    /// costs one more call. Content that differs ends in an error of kind [`ErrorKind::Corrupted`].
    pub fn checked(mut self) -> Self {
        self.is_checked = true;
        self
    }

    /// Waits while Legalesign restores the PDF from its archive, and asks every ten minutes. `budget` is how long the
    /// waits may take together; without it the first answer counts.
    pub fn wait_up_to(mut self, budget: Duration) -> Self {
        self.budget = budget;
        self
    }

    /// Writes the PDF to `writer`. After an error `writer` may hold a part of it.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send) and [`Download::copy_to`].
    pub async fn copy_to<W: AsyncWrite + Unpin + ?Sized>(self, writer: &mut W) -> Result<Downloaded, Error> {
        self.send().await?.copy_to(writer).await
    }

    /// Starts the download and returns it as a stream.
    ///
    /// # Errors
    ///
    /// Of kind [`ErrorKind::NotReady`] if the PDF is still being restored when the budget is used up, or if there is no
    /// final PDF to check against.
    pub async fn send(self) -> Result<Download, Error> {
        self.start().await.map_err(Error::before_any_write)
    }

    async fn start(self) -> Result<Download, Error> {
        if !self.is_checked {
            return self.when_ready().await;
        }
        // First, so that the content does not wait for it.
        let document = self.client.get_document(&self.id).send().await?;
        let failed = |kind, detail| generated::GET_DOCUMENT.failed(kind, detail);
        let hash = document.hash_value.filter(|hash| !hash.is_empty()).ok_or_else(|| {
            failed(ErrorKind::NotReady, "there is no `hash_value`, and so no final PDF to check against")
        })?;
        let expecting = self.when_ready().await?.expecting_sha256(hash);
        expecting.map_err(|_| failed(ErrorKind::Unreadable, "its `hash_value` is no SHA-256 in hex"))
    }

    async fn when_ready(&self) -> Result<Download, Error> {
        let mut left = self.budget;
        loop {
            match self.client.get_document_pdf(&self.id).send().await {
                Err(error) if error.kind() == ErrorKind::NotReady && !left.is_zero() => {
                    let wait = INTERVAL.min(left);
                    self.client.core().clock().sleep(wait).await;
                    left -= wait;
                }
                answered => return answered,
            }
        }
    }
}
