//! What is known of a document that is followed: its processes, and the events that were told.

use super::{
    Document, DocumentId, DocumentStatus, EventType, ParticipantId, ProcessEvent, ProcessId, generated,
};
use crate::runtime::{Effect, Error, ErrorKind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// A document and the processes of its participants, to be stored as soon as the document is made: only the call that
/// makes it is known to return each `processId`. It can be followed in another process;
/// see [`Client::follow_document`](super::Client::follow_document).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Followed {
    document_id: DocumentId,
    /// The status that was told last.
    status: Option<DocumentStatus>,
    processes: Vec<FollowedProcess>,
}

/// The process of one participant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FollowedProcess {
    process_id: ProcessId,
    participant_id: Option<ParticipantId>,
    ended_with: Option<EventType>,
    /// The events that were told.
    told: BTreeSet<String>,
}

impl Followed {
    /// What has to be kept of a document, best of the answer that made it.
    ///
    /// ```
    /// # async fn example(signly: &countersign::signly::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// use countersign::signly::{Followed, ParticipantCreate, ParticipantIdentity, SignatureMode};
    ///
    /// let ada = ParticipantCreate::default().display_name("Ada Lovelace");
    /// let ada = ada.identity(ParticipantIdentity::default().email("ada@example.com"));
    /// let ada = ada.signature_mode([SignatureMode::SignatureEmail]);
    /// let call = signly.create_document().template_id("6f1c2a54").template_version("0001").participants([ada]);
    /// let followed = Followed::of(&call.send().await?)?;
    /// let to_store = serde_json::to_string(&followed)?;
    /// # let _ = to_store;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Of kind [`ErrorKind::Unreadable`] if the document has no id. Its [`effect`](Error::effect) is then
    /// [`Effect::Done`]: if it was just made, it exists.
    pub fn of(document: &Document) -> Result<Self, Error> {
        let document_id = document.document_id.clone().ok_or_else(|| {
            let detail = "the document has no `documentId`, so it cannot be followed";
            generated::CREATE_DOCUMENT.failed(ErrorKind::Unreadable, detail).with_effect(Effect::Done)
        })?;
        let mut followed = Self { document_id, status: None, processes: Vec::new() };
        followed.learn(document);
        Ok(followed)
    }

    /// The document.
    #[must_use]
    pub fn document_id(&self) -> &DocumentId {
        &self.document_id
    }

    /// The status of the document that was told last; `None` before the first.
    #[must_use]
    pub fn status(&self) -> Option<&DocumentStatus> {
        self.status.as_ref()
    }

    /// Whether the document is over, by the status that was told last. Processes do not count here.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.status.as_ref().is_some_and(DocumentStatus::is_over)
    }

    /// The processes, in the order of the participants. A participant who has to wait may have none yet.
    #[must_use]
    pub fn processes(&self) -> &[FollowedProcess] {
        &self.processes
    }

    /// Takes in processes that are not known yet. One that an answer leaves out stays.
    pub(super) fn learn(&mut self, document: &Document) {
        for participant in document.participants.iter().flatten() {
            let Some(process_id) = &participant.process_id else { continue };
            if self.processes.iter().all(|known| known.process_id != *process_id) {
                self.processes.push(FollowedProcess {
                    process_id: process_id.clone(),
                    participant_id: participant.participant_id.clone(),
                    ended_with: None,
                    told: BTreeSet::new(),
                });
            }
        }
    }

    /// Takes in the status; whether it is another than before.
    pub(super) fn take_status(&mut self, status: Option<&DocumentStatus>) -> bool {
        let is_new = status.is_some() && self.status.as_ref() != status;
        if is_new {
            self.status = status.cloned();
        }
        is_new
    }

    pub(super) fn processes_mut(&mut self) -> impl Iterator<Item = &mut FollowedProcess> {
        self.processes.iter_mut()
    }
}

impl FollowedProcess {
    /// The process.
    #[must_use]
    pub fn process_id(&self) -> &ProcessId {
        &self.process_id
    }

    /// The participant whose process it is.
    #[must_use]
    pub fn participant_id(&self) -> Option<&ParticipantId> {
        self.participant_id.as_ref()
    }

    /// What the process ended with; `None` as long as no event that ends it was told.
    #[must_use]
    pub fn ended_with(&self) -> Option<&EventType> {
        self.ended_with.as_ref()
    }

    /// Takes in an event; whether it was not told before.
    pub(super) fn take(&mut self, event: &ProcessEvent) -> bool {
        let is_new = self.told.insert(key(event));
        let ends = event.event_type.as_deref().map(EventType::from).filter(EventType::ends_process);
        if self.ended_with.is_none() {
            self.ended_with = ends;
        }
        is_new
    }
}

/// By what an event is known again. The front end's events always have an id \[[F](crate::signly::sources#f)\]; without
/// one, type and time have to do.
fn key(event: &ProcessEvent) -> String {
    event.event_id.clone().unwrap_or_else(|| {
        let time = event.timestamp.as_ref().map(crate::runtime::Timestamp::as_str);
        format!("{} {}", event.event_type.as_deref().unwrap_or_default(), time.unwrap_or_default())
    })
}

impl EventType {
    /// Whether the process of the participant is over with this event: completed, failed, cancelled or expired
    /// \[[S](crate::signly::sources#s)\]. The document need not be.
    #[must_use]
    pub fn ends_process(&self) -> bool {
        matches!(
            self,
            Self::ProcessCompleted | Self::ProcessFailed | Self::ProcessCancelled | Self::ProcessExpired
        )
    }
}

impl DocumentStatus {
    /// Whether nothing more is going to happen to a document with this status, as the word itself says; *inferred*
    /// \[[F](crate::signly::sources#f)\]. A word that this version does not know counts as not over.
    ///
    /// ```
    /// use countersign::signly::DocumentStatus;
    ///
    /// assert!(DocumentStatus::Completed.is_over());
    /// assert!(!DocumentStatus::InProgress.is_over());
    /// assert!(!DocumentStatus::from("ARCHIVED").is_over());
    /// ```
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(
            self,
            Self::Completed
                | Self::Cancelled
                | Self::Canceled
                | Self::Expired
                | Self::Failed
                | Self::Signed
                | Self::Finished
        )
    }
}
