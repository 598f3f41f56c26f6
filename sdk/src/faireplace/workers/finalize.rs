//! Closing a document, which nobody should do by accident.

use super::{Client, DocumentSignatureId, FinalizeInput, FinalizedDocument, generated};
use crate::runtime::generated::{CallOptions, Check, Json, Place, Request, call, call_options, segment};
use crate::runtime::{Error, Invalid, Reply};
use http::HeaderValue;
use http::header::ACCEPT;
use std::fmt;
use url::Url;

/// The statement that every signer of a document is done. FairePlace does not refuse a document of which that is not
/// true: it closes it, and the lease is never activated \[[S](crate::faireplace::workers::sources#s)\].
///
/// Only whoever has called [`complete_signature`](Client::complete_signature) for each of them can make it.
#[derive(Clone, Copy, Debug)]
pub struct AllSignersDone(());

impl AllSignersDone {
    /// The caller has checked it.
    #[must_use]
    pub fn as_i_have_checked() -> Self {
        Self(())
    }
}

impl Client {
    /// Closes the document, and activates the lease if everybody has signed.
    ///
    /// The document becomes `COMPLETED` in any case. The lease becomes `ACTIVE` if every request is `COMPLETED`, and
    /// stays `PENDING_SIGNATURE` if one is not \[[S](crate::faireplace::workers::sources#s)\]; the answer is the same.
    /// So read the lease afterwards, through the interface that you read leases with: only its status tells what
    /// happened.
    ///
    /// `POST /{documentSignatureId}/finalize`. *Inferred* \[[S](crate::faireplace::workers::sources#s)\], not
    /// documented.
    ///
    /// Not repeatable: what a second call does is not documented. After an error whose effect is
    /// [`Unknown`](crate::Effect::Unknown) read the lease before anything else;
    /// [`orchestrate`](Self::orchestrate) keeps track of that.
    ///
    /// ```
    /// # async fn example(workers: &countersign::faireplace::workers::Client) -> Result<(), countersign::Error> {
    /// use countersign::faireplace::workers::{AllSignersDone, SignerType};
    ///
    /// let document = "0c9a4b52-6d0e-4f2b-9d4c-1b7f5e3a8c60";
    /// workers.complete_signature(document, SignerType::Owner).send().await?;
    /// workers.complete_signature(document, SignerType::Renter).send().await?;
    /// let close = workers.finalize_document(document, AllSignersDone::as_i_have_checked());
    /// close.signed_pdf_url("https://files.example/lease.pdf").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn finalize_document(
        &self,
        document_signature_id: impl Into<DocumentSignatureId>,
        done: AllSignersDone,
    ) -> FinalizeDocument {
        let AllSignersDone(()) = done;
        FinalizeDocument {
            client: self.clone(),
            options: CallOptions::default(),
            id: document_signature_id.into(),
            body: FinalizeInput::default(),
        }
    }
}

/// A call of [`Client::finalize_document`], made by [`send`](Self::send).
#[must_use = "nothing is sent before `send` is awaited"]
#[derive(Clone)]
pub struct FinalizeDocument {
    client: Client,
    options: CallOptions,
    id: DocumentSignatureId,
    body: FinalizeInput,
}

impl FinalizeDocument {
    /// The whole body at once, in place of what was set so far.
    pub fn body(mut self, body: FinalizeInput) -> Self {
        self.body = body;
        self
    }

    /// The address of the final PDF with all signatures. Required, and https: FairePlace presumably fetches it.
    pub fn signed_pdf_url(mut self, url: impl Into<String>) -> Self {
        self.body = self.body.signed_pdf_url(url);
        self
    }

    /// The address of the archived PDF with its timestamp; https as well.
    pub fn archive_url(mut self, url: impl Into<String>) -> Self {
        self.body = self.body.archive_url(url);
        self
    }

    call_options!();

    /// Makes the call.
    ///
    /// # Errors
    ///
    /// See [`Error`]; [`Error::effect`] tells whether it may have happened.
    pub async fn send(self) -> Result<FinalizedDocument, Error> {
        Ok(self.send_reply().await?.into_value())
    }

    /// Makes the call and returns the answer with status, headers, request id, attempts and raw bytes.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn send_reply(self) -> Result<Reply<FinalizedDocument>, Error> {
        let operation = &generated::FINALIZE_DOCUMENT;
        call::<_, Json<FinalizedDocument>>(self.client.core(), operation, self.request(), &self.options).await
    }

    /// What would be refused before anything is sent.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.request().map(drop).map_err(|invalid| Error::invalid(&generated::FINALIZE_DOCUMENT, &invalid))
    }

    fn request(&self) -> Result<Request, Invalid> {
        let core = self.client.core();
        self.body.check(&Place::Root)?;
        https("signed_pdf_url", self.body.signed_pdf_url.as_deref())?;
        https("archive_url", self.body.archive_url.as_deref())?;
        let url = format!("{}/{}/finalize", core.base(), segment(self.id.as_str())?);
        let request = core.http().post(url).header(ACCEPT, HeaderValue::from_static("application/json"));
        Ok(Request::new(request.json(&self.body).build()?))
    }
}

impl fmt::Debug for FinalizeDocument {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FinalizeDocument").finish_non_exhaustive()
    }
}

/// What is behind these addresses is a signed lease, so it does not travel in the clear.
fn https(member: &str, url: Option<&str>) -> Result<(), Invalid> {
    let Some(url) = url else { return Ok(()) };
    let is_odd = |character: char| character.is_control() || character.is_whitespace();
    // Whatever the parser would mend, the other side may mend otherwise.
    let is_https =
        !url.contains(is_odd) && Url::parse(url).is_ok_and(|url| url.scheme() == "https" && url.has_host());
    if is_https { Ok(()) } else { Err(Invalid::new(format!("`{member}` is no https URL"))) }
}
