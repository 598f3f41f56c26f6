//! How far the report of a document is: what an application stores, so that a restart neither forgets nor repeats anything.

use super::{DocumentSignatureId, SignerType, generated};
use crate::runtime::{Error, Invalid};
use serde::{Deserialize, Serialize};

/// How far the report of one document is. Serialise and store it after each step; see
/// [`Client::orchestrate`](super::Client::orchestrate).
///
/// It holds ids, roles and hashes of signatures, and no address of a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub(super) document: DocumentSignatureId,
    pub(super) signers: Vec<Signer>,
    pub(super) finalization: Finalization,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Signer {
    pub role: SignerType,
    pub progress: SignerProgress,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature_hash: Option<String>,
}

/// How far one signer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SignerProgress {
    /// They have not signed yet.
    Waiting,
    /// They have signed, and FairePlace may not know it yet.
    Signed,
    /// FairePlace has confirmed that it knows.
    Reported,
}

/// Whether the document was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Finalization {
    /// It was not.
    Open,
    /// It is about to be. Stored before the call is made, so that whoever reads it after a crash knows that it may have
    /// been.
    Announced,
    /// FairePlace has confirmed it. Whether the lease became active is for the lease to say.
    Finalized,
    /// Nobody knows. It is not tried again by itself: read the lease, then [`settle`](Progress::settle).
    Unknown,
}

impl Progress {
    /// Nobody has signed yet. `signers` are the roles of all who have to: the document is finalized when these are done, so
    /// one that is left out is one that is not waited for. Roles are sent as they are given here.
    ///
    /// ```
    /// use countersign::faireplace::workers::{Progress, SignerType};
    ///
    /// let document = "0c9a4b52-6d0e-4f2b-9d4c-1b7f5e3a8c60";
    /// let mut progress = Progress::new(document, [SignerType::Owner, SignerType::Renter])?;
    /// progress.signed(SignerType::Owner)?;
    /// # Ok::<(), countersign::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// There is no signer, or one is named twice: a call names a signer by their role alone.
    pub fn new<S: Into<SignerType>>(
        document: impl Into<DocumentSignatureId>,
        signers: impl IntoIterator<Item = S>,
    ) -> Result<Self, Error> {
        let mut all = Vec::<Signer>::new();
        for role in signers.into_iter().map(Into::into) {
            if all.iter().any(|signer| signer.role == role) {
                return Err(invalid("a signer is named twice"));
            }
            all.push(Signer { role, progress: SignerProgress::Waiting, signature_hash: None });
        }
        if all.is_empty() {
            return Err(invalid("there is no signer"));
        }
        Ok(Self { document: document.into(), signers: all, finalization: Finalization::Open })
    }

    /// A signer has signed. Saying it again changes nothing.
    ///
    /// # Errors
    ///
    /// There is no such signer. Spellings are not taken for each other.
    pub fn signed(&mut self, role: impl Into<SignerType>) -> Result<(), Error> {
        self.mark(&role.into(), None)
    }

    /// A signer has signed, and this is the hash of their signature, which FairePlace keeps as evidence.
    ///
    /// # Errors
    ///
    /// As [`signed`](Self::signed); and if the signer has another hash, or was reported already without this one.
    pub fn signed_with_hash(
        &mut self,
        role: impl Into<SignerType>,
        hash: impl Into<String>,
    ) -> Result<(), Error> {
        self.mark(&role.into(), Some(hash.into()))
    }

    fn mark(&mut self, role: &SignerType, hash: Option<String>) -> Result<(), Error> {
        let signer = self.signers.iter_mut().find(|signer| signer.role == *role);
        let signer = signer.ok_or_else(|| invalid("this document has no signer of this role"))?;
        let is_new = hash.is_some() && hash != signer.signature_hash;
        if is_new && (signer.progress == SignerProgress::Reported || signer.signature_hash.is_some()) {
            return Err(invalid("this signer has another hash already, or was reported without one"));
        }
        if signer.progress == SignerProgress::Waiting {
            signer.progress = SignerProgress::Signed;
        }
        signer.signature_hash = hash.or(signer.signature_hash.take());
        Ok(())
    }

    /// States what became of a document whose finalization is [`Unknown`](Finalization::Unknown), or
    /// [`Announced`](Finalization::Announced) by a process that has ended, after somebody has looked. If it was not
    /// finalized, the next [`orchestrate`](super::Client::orchestrate) tries again. In any other state nothing changes.
    pub fn settle(&mut self, was_finalized: bool) {
        if matches!(self.finalization, Finalization::Unknown | Finalization::Announced) {
            self.finalization = if was_finalized { Finalization::Finalized } else { Finalization::Open };
        }
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &DocumentSignatureId {
        &self.document
    }

    /// How far each signer is, in the order in which they were given.
    pub fn signers(&self) -> impl Iterator<Item = (&SignerType, SignerProgress)> {
        self.signers.iter().map(|signer| (&signer.role, signer.progress))
    }

    /// Whether the document was closed.
    #[must_use]
    pub fn finalization(&self) -> Finalization {
        self.finalization
    }

    /// Whether FairePlace knows of every signer. A progress without signers, which only a damaged store can hold, is not
    /// done.
    #[must_use]
    pub fn is_everybody_reported(&self) -> bool {
        let mut signers = self.signers.iter();
        !self.signers.is_empty() && signers.all(|signer| signer.progress == SignerProgress::Reported)
    }
}

fn invalid(problem: &str) -> Error {
    Error::invalid(&generated::FINALIZE_DOCUMENT, &Invalid::new(problem))
}
