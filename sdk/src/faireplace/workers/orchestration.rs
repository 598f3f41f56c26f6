//! Reporting a whole document, step by step, across restarts.

use super::progress::Signer;
use super::{
    AllSignersDone, Client, Finalization, FinalizeDocument, FinalizeInput, Progress, SignerProgress,
};
use crate::runtime::{Effect, Error};

/// The report of one document under way; made by [`Client::orchestrate`].
#[derive(Debug)]
#[must_use = "nothing is sent before `next` is awaited"]
pub struct Orchestration {
    client: Client,
    progress: Progress,
    result: FinalizeInput,
    /// The announcement was handed out by the last step, and nothing was sent since.
    is_announced: bool,
}

impl Client {
    /// Reports a document from wherever it stands: each signer who has signed, and, once all of them are reported and there
    /// is a PDF, its end.
    ///
    /// Store the [`Progress`] of each step before the next one is made. Whatever is lost is safe then: a signer is reported
    /// again, which does no harm, and a document is never finalized twice, since that it is about to be is a step of its own
    /// and stored first. Let one process at a time work on a document.
    ///
    /// ```
    /// # async fn example(
    /// #     workers: &countersign::faireplace::workers::Client,
    /// # ) -> Result<(), Box<dyn std::error::Error>> {
    /// # fn load() -> String { String::new() }
    /// # fn store(_: &str) {}
    /// use countersign::faireplace::workers::{Finalization, Progress, SignerType};
    ///
    /// // Somebody has signed.
    /// let mut progress: Progress = serde_json::from_str(&load())?;
    /// progress.signed(SignerType::Renter)?;
    /// store(&serde_json::to_string(&progress)?);
    ///
    /// let mut report = workers.orchestrate(progress).signed_pdf_url("https://files.example/lease.pdf");
    /// while let Some(step) = report.next().await {
    ///     // First of all, since a failure is a part of it.
    ///     store(&serde_json::to_string(report.progress())?);
    ///     step?;
    /// }
    /// match report.progress().finalization() {
    ///     Finalization::Finalized => println!("now see whether the lease is active"),
    ///     Finalization::Unknown => println!("see whether the lease is active, and settle it"),
    ///     _ => println!("somebody still has to sign"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn orchestrate(&self, progress: Progress) -> Orchestration {
        Orchestration {
            client: self.clone(),
            progress,
            result: FinalizeInput::default(),
            is_announced: false,
        }
    }
}

impl Orchestration {
    /// The address of the final PDF with all signatures. Without it the document stays open.
    pub fn signed_pdf_url(mut self, url: impl Into<String>) -> Self {
        self.result = self.result.signed_pdf_url(url);
        self
    }

    /// The address of the archived PDF with its timestamp.
    pub fn archive_url(mut self, url: impl Into<String>) -> Self {
        self.result = self.result.archive_url(url);
        self
    }

    /// How far it is, also after an error.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Makes one step and returns what to store; `None` if there is nothing to do, for now or at all.
    ///
    /// A step is: one signer is reported; the end is announced, and nothing sent; the document is finalized. The progress of a
    /// process that died after the announcement is answered with [`Finalization::Unknown`], and nothing is sent.
    ///
    /// # Errors
    ///
    /// As the calls. After a signer could not be reported the same step can be made again. After an error of finalizing,
    /// store [`progress`](Self::progress): if nothing happened, the document is open again; if that is not certain, its
    /// finalization is [`Unknown`](Finalization::Unknown), which no further step changes.
    pub async fn next(&mut self) -> Option<Result<Progress, Error>> {
        let step = match self.progress.finalization {
            Finalization::Finalized | Finalization::Unknown => return None,
            Finalization::Announced => self.finalize().await,
            Finalization::Open => match self.signed() {
                Some(place) => self.report(place).await,
                None if self.progress.is_everybody_reported() && self.result.signed_pdf_url.is_some() => {
                    self.announce()
                }
                None => return None,
            },
        };
        Some(step.map(|()| self.progress.clone()))
    }

    /// The first signer who has signed and is not reported.
    fn signed(&self) -> Option<usize> {
        self.progress.signers.iter().position(|signer| signer.progress == SignerProgress::Signed)
    }

    async fn report(&mut self, place: usize) -> Result<(), Error> {
        let Some(Signer { role, progress, signature_hash }) = self.progress.signers.get_mut(place) else {
            return Ok(());
        };
        let mut call = self.client.complete_signature(&self.progress.document, role.clone());
        if let Some(hash) = signature_hash {
            call = call.signature_hash(hash.as_str());
        }
        call.send().await?;
        *progress = SignerProgress::Reported;
        Ok(())
    }

    /// What would be refused is not announced.
    fn announce(&mut self) -> Result<(), Error> {
        self.call().check()?;
        self.progress.finalization = Finalization::Announced;
        self.is_announced = true;
        Ok(())
    }

    async fn finalize(&mut self) -> Result<(), Error> {
        // From here on nobody knows, should this process die or this future be dropped.
        self.progress.finalization = Finalization::Unknown;
        if !std::mem::take(&mut self.is_announced) {
            return Ok(());
        }
        let finalized = self.call().send().await;
        self.progress.finalization = match &finalized {
            Ok(_) => Finalization::Finalized,
            Err(error) if error.effect() == Effect::None => Finalization::Open,
            // Even what was accepted by its status: the answer that would say how it went was not read.
            Err(_) => Finalization::Unknown,
        };
        finalized.map(drop)
    }

    /// Called only when every signer is reported, as [`next`](Self::next) has seen to.
    fn call(&self) -> FinalizeDocument {
        let done = AllSignersDone::as_i_have_checked();
        self.client.finalize_document(&self.progress.document, done).body(self.result.clone())
    }
}
