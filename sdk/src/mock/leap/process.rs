//! A signing process as the mock has it.

use crate::leap::{Person, ProjectId, ProjectStatus};
use countersign_macros::SafeDebug;
use serde_json::{Value, json};
use std::fmt;

/// A signing process, as it reached the mock and what became of it. `Debug` shows nobody's data.
#[derive(Clone, SafeDebug)]
#[non_exhaustive]
pub struct Process {
    /// The id.
    pub id: ProjectId,
    /// The name.
    #[safe_debug(redact)]
    pub name: String,
    /// Where it stands.
    pub status: ProjectStatus,
    /// The owner.
    pub owner: Person,
    /// The signers, in the order they were given.
    pub signers: Vec<Signer>,
    /// Whether they take turns; `None` if nothing was said.
    pub ordered_signers: Option<bool>,
    /// Who else gets the signed document.
    #[safe_debug(redact)]
    pub additional_recipients: Vec<String>,
    /// Where the callback goes.
    #[safe_debug(redact)]
    pub callback_url: Option<String>,
    /// The name of the document's file.
    #[safe_debug(redact)]
    pub file_name: String,
    /// The content type of the document.
    pub media_type: String,
    /// When it was started, as RFC 3339 has it.
    pub started_at: String,
}

/// A signer of a [`Process`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Signer {
    /// Who it is.
    pub person: Person,
    /// Whether they have signed.
    pub has_signed: bool,
}

impl Process {
    /// Whether it is this signer's turn: the first that has not signed, or any that has not, if they do not take turns.
    #[must_use]
    pub fn awaits(&self, signer: usize) -> bool {
        let takes_turns = self.ordered_signers.unwrap_or_default();
        let is_first = || self.signers.iter().take(signer).all(|earlier| earlier.has_signed);
        let is_open = self.signers.get(signer).is_some_and(|signer| !signer.has_signed);
        self.status == ProjectStatus::Live && is_open && (!takes_turns || is_first())
    }

    pub(super) fn sign(&mut self, signer: usize) -> Result<(), SignError> {
        if self.status != ProjectStatus::Live {
            return Err(SignError::NotLive);
        }
        let is_awaited = self.awaits(signer);
        let signer = self.signers.get_mut(signer).ok_or(SignError::UnknownSigner)?;
        match (signer.has_signed, is_awaited) {
            (true, _) => return Err(SignError::SignedBefore),
            (_, false) => return Err(SignError::NotTheirTurn),
            _ => signer.has_signed = true,
        }
        if self.signers.iter().all(|signer| signer.has_signed) {
            self.status = ProjectStatus::Completed;
        }
        Ok(())
    }

    /// The answer of starting and of reading. Made up.
    pub(super) fn data(&self) -> Value {
        let task = |index: usize, signer: &Signer| match (signer.has_signed, self.awaits(index)) {
            (true, _) => "COMPLETED",
            (_, true) => "OPEN",
            _ => "WAITING",
        };
        let signers = self.signers.iter().enumerate();
        let signers = signers
            .map(|(index, signer)| json!({ "person": signer.person, "taskStatus": task(index, signer) }));
        json!({ "mock": {
            "id": self.id,
            "name": self.name,
            "status": self.status,
            "startedAt": self.started_at,
            "owner": self.owner,
            "signers": signers.collect::<Vec<_>>(),
            "orderedSigners": self.ordered_signers.unwrap_or_default(),
            "additionalRecipients": self.additional_recipients,
        } })
    }
}

/// Why nobody could sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignError {
    /// There is no such signing process.
    UnknownProcess,
    /// It has no such signer.
    UnknownSigner,
    /// It is not live: completed, cancelled, paused, or not begun.
    NotLive,
    /// Another signer has to sign first.
    NotTheirTurn,
    /// This signer has signed already.
    SignedBefore,
}

impl fmt::Display for SignError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::UnknownProcess => "there is no such signing process",
            Self::UnknownSigner => "the signing process has no such signer",
            Self::NotLive => "the signing process is not live",
            Self::NotTheirTurn => "another signer has to sign first",
            Self::SignedBefore => "the signer has signed already",
        })
    }
}

impl std::error::Error for SignError {}
