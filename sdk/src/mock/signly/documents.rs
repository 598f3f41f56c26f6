//! Documents: made of a template, extended, cancelled.

use super::event::Event;
use super::participants::Participant;
use super::publishing::Publishing;
use super::refusal::Refusal;
use crate::mock::id;
use crate::runtime::Timestamp;
use crate::signly::{
    DocumentCreate, DocumentExtension, DocumentStatus, EventType, OnParticipantFail, OrderMode,
    TemplateFieldType,
};
use serde_json::{Map, Value, json};
use std::time::SystemTime;

#[derive(Clone)]
pub(super) struct Document {
    pub id: String,
    pub participants: Vec<Participant>,
    pub status: DocumentStatus,
    pub is_sequential: bool,
    pub cancels_on_fail: bool,
    pub start: Option<SystemTime>,
    /// The fields that are signed, by name.
    pub signatures: Vec<String>,
    deadline: Option<SystemTime>,
    template: (String, String),
    metadata: Option<Map<String, Value>>,
    tags: Option<Vec<String>>,
    tenant: String,
    created: SystemTime,
    updated: SystemTime,
    version: u64,
}

impl Document {
    pub fn json(&self, with_processes: bool) -> Value {
        let participants = self.participants.iter().map(|participant| participant.json(with_processes));
        let mut shown = json!({
            "documentId": self.id,
            "status": self.status,
            "templateId": self.template.0,
            "templateVersion": self.template.1,
            "participants": participants.collect::<Vec<_>>(),
            "orderMode": if self.is_sequential { OrderMode::Sequential } else { OrderMode::Parallel },
            "deadlineAt": self.deadline.map(Timestamp::from),
            "startAt": self.start.map(Timestamp::from),
            "tenantId": self.tenant,
            "createdAt": Timestamp::from(self.created),
            "createdBy": "mock",
            "updatedAt": Timestamp::from(self.updated),
            "version": self.version,
        });
        if let Some(members) = shown.as_object_mut() {
            members.extend(self.metadata.clone().map(|metadata| ("metadata".to_owned(), metadata.into())));
            members.extend(self.tags.clone().map(|tags| ("tags".to_owned(), tags.into())));
        }
        shown
    }

    pub fn is_open(&self) -> bool {
        !self.status.is_over()
    }

    pub fn touch(&mut self, at: SystemTime) {
        self.updated = at;
        self.version += 1;
    }

    /// Ends the document, and with it every process that is open.
    pub fn end(&mut self, status: DocumentStatus, kind: &EventType, at: SystemTime) {
        for participant in &mut self.participants {
            participant.end(&self.id, kind.clone(), at);
        }
        self.status = status;
        self.touch(at);
    }

    /// The deadline ends what is open when it passes.
    pub fn expire(&mut self, now: SystemTime) {
        if let Some(deadline) = self.deadline.filter(|deadline| *deadline <= now && self.is_open()) {
            self.end(DocumentStatus::Expired, &EventType::ProcessExpired, deadline);
        }
    }

    fn check_open(&self) -> Result<(), Refusal> {
        if self.is_open() { Ok(()) } else { Err(Refusal::conflict("The document is over.")) }
    }
}

/// A time that is given has to be one.
fn time(member: &str, given: Option<&Timestamp>) -> Result<Option<SystemTime>, Refusal> {
    let time = given.map(|given| given.to_system_time().ok_or_else(|| Refusal::invalid(member, "no time")));
    time.transpose()
}

fn deadline(member: &str, given: Option<&Timestamp>, now: SystemTime) -> Result<Option<SystemTime>, Refusal> {
    let deadline = time(member, given)?;
    if deadline.is_some_and(|deadline| deadline <= now) {
        return Err(Refusal::invalid(member, "not in the future"));
    }
    Ok(deadline)
}

impl Publishing {
    pub fn list_documents(&mut self, limit: usize, now: SystemTime) -> Value {
        let documents = self.documents.iter_mut().take(limit).map(|document| {
            document.expire(now);
            document.json(false)
        });
        documents.collect()
    }

    pub fn create_document(
        &mut self,
        new: DocumentCreate,
        tenant: &str,
        now: SystemTime,
    ) -> Result<Value, Refusal> {
        let missing = |member| move || Refusal::invalid(member, "missing");
        let template = new.template_id.ok_or_else(missing("templateId"))?;
        let version = new.template_version.ok_or_else(missing("templateVersion"))?;
        let publishable = self.template(template.as_str())?.publishable(version.as_str());
        let fields = publishable.ok_or_else(|| {
            Refusal::invalid("templateVersion", "no version of the template that has its PDF")
        })?;
        let participants = new.participants.unwrap_or_default().into_iter().enumerate();
        let participants = participants.map(|(index, given)| Participant::new(given, index, fields));
        let mut participants = participants.collect::<Result<Vec<_>, _>>()?;
        if participants.is_empty() {
            return Err(missing("participants")());
        }
        let is_sequential = match new.order_mode {
            None | Some(OrderMode::Parallel) => false,
            Some(OrderMode::Sequential) => true,
            Some(_) => return Err(Refusal::invalid("orderMode", "neither PARALLEL nor SEQUENTIAL")),
        };
        if is_sequential {
            participants.sort_by_key(|participant| participant.order);
        }
        let on_fail = new.flow_policy.and_then(|policy| policy.on_participant_fail);
        if on_fail.as_ref().is_some_and(|on_fail| !on_fail.is_known()) {
            return Err(Refusal::invalid("flowPolicy.onParticipantFail", "not CANCEL_FLOW"));
        }
        let is_signature =
            |field: &&crate::signly::TemplateField| field.field_type == Some(TemplateFieldType::Sign);
        let signatures = fields.iter().filter(is_signature).filter_map(|field| field.field_name.clone());
        let mut document = Document {
            id: id::uuid(),
            participants,
            status: DocumentStatus::Created,
            is_sequential,
            cancels_on_fail: on_fail == Some(OnParticipantFail::CancelFlow),
            start: time("startAt", new.start_at.as_ref())?,
            signatures: signatures.collect(),
            deadline: deadline("deadlineAt", new.deadline_at.as_ref(), now)?,
            template: (template.to_string(), version.to_string()),
            metadata: new.metadata,
            tags: new.tags,
            tenant: tenant.to_owned(),
            created: now,
            updated: now,
            version: 1,
        };
        if let Some(credits) = &mut self.credits {
            *credits = credits.checked_sub(1).ok_or_else(Refusal::insufficient_credits)?;
        }
        for participant in &mut document.participants {
            participant.record(&document.id, &EventType::ProcessCreated, now, None);
        }
        let answer = document.json(true);
        self.documents.push(document);
        Ok(answer)
    }

    pub fn get_document(&mut self, id: &str, now: SystemTime) -> Result<Value, Refusal> {
        Ok(self.document_mut(id, now)?.json(false))
    }

    pub fn extend_document(
        &mut self,
        id: &str,
        to: &DocumentExtension,
        now: SystemTime,
    ) -> Result<Value, Refusal> {
        let document = self.document_mut(id, now)?;
        document.check_open()?;
        let extended = deadline("newDeadlineAt", to.new_deadline_at.as_ref(), now)?;
        document.deadline = Some(extended.ok_or_else(|| Refusal::invalid("newDeadlineAt", "missing"))?);
        document.touch(now);
        Ok(document.json(false))
    }

    /// A document that is cancelled already stays so, and the call succeeds: it can be repeated.
    pub fn cancel_document(&mut self, id: &str, now: SystemTime) -> Result<Value, Refusal> {
        let document = self.document_mut(id, now)?;
        if document.status != DocumentStatus::Cancelled {
            document.check_open()?;
            document.end(DocumentStatus::Cancelled, &EventType::ProcessCancelled, now);
        }
        Ok(json!({ "documentId": id }))
    }

    pub fn resend_invitation(
        &mut self,
        id: &str,
        participant: &str,
        now: SystemTime,
    ) -> Result<Value, Refusal> {
        let document = self.document_mut(id, now)?;
        document.check_open()?;
        let found = document.participants.iter_mut().find(|known| known.id == participant);
        let found = found.ok_or_else(|| Refusal::unknown("Participant"))?;
        if !found.is_open() {
            return Err(Refusal::conflict("The process of the participant is over."));
        }
        found.invitations += 1;
        Ok(json!({ "documentId": id, "participantId": participant }))
    }

    /// What happened to all documents since this was asked for last, in order.
    pub fn untold(&mut self, now: SystemTime) -> Vec<Event> {
        let mut events = Vec::new();
        for document in &mut self.documents {
            document.expire(now);
            let template = &document.template.0;
            events.extend(document.participants.iter_mut().flat_map(|one| one.untold(template)));
        }
        // To the second; what happened within one stays in the order of the participants.
        events.sort_by(|one, other| one.time().cmp(&other.time()));
        events
    }

    /// When the time for a document is over, if there is a deadline.
    pub fn deadline(&self, id: &str) -> Option<SystemTime> {
        self.documents.iter().find(|document| document.id == id)?.deadline
    }

    pub fn process_events(&mut self, process: &str, limit: usize, now: SystemTime) -> Result<Value, Refusal> {
        for document in &mut self.documents {
            document.expire(now);
            if let Some(found) = document.participants.iter().find(|known| known.process == process) {
                return Ok(found.events(limit));
            }
        }
        Err(Refusal::unknown("Process"))
    }
}
