//! The participants of a document, each with a process of their own.

use super::event::Event;
use super::refusal::Refusal;
use crate::mock::id;
use crate::runtime::Timestamp;
use crate::signly::{
    EventType, FlowChallenge, ParticipantCreate, SignatureMode, TemplateField, TemplateFieldType,
};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::time::SystemTime;

/// What the front end proposes; the default of the service is not known.
const MOST_ATTEMPTS: i64 = 3;

#[derive(Clone)]
pub(super) struct Participant {
    pub id: String,
    pub process: String,
    /// The place in the sequence.
    pub order: i64,
    given: ParticipantCreate,
    /// What is still to be passed, the next one first.
    pub pending: VecDeque<FlowChallenge>,
    pub has_started: bool,
    pub codes_sent: usize,
    pub failed_attempts: i64,
    pub invitations: usize,
    /// What the process ended with.
    pub ended_with: Option<EventType>,
    events: Vec<Value>,
    /// How many of the events were taken out for delivery.
    told: usize,
}

impl Participant {
    pub fn new(given: ParticipantCreate, index: usize, fields: &[TemplateField]) -> Result<Self, Refusal> {
        let order = match &given.order {
            Some(order) => order.parse().map_err(|_| Refusal::invalid("order", "not a number as text"))?,
            None => i64::try_from(index).unwrap_or(i64::MAX),
        };
        if given.display_name.as_ref().is_none_or(String::is_empty) {
            return Err(Refusal::invalid("displayName", "missing"));
        }
        check_prefill(&given, fields)?;
        let pending = challenges(&given)?;
        Ok(Self {
            id: id::uuid(),
            process: id::uuid(),
            order,
            given,
            pending,
            has_started: false,
            codes_sent: 0,
            failed_attempts: 0,
            invitations: 1,
            ended_with: None,
            events: Vec::new(),
            told: 0,
        })
    }

    pub fn is_open(&self) -> bool {
        self.ended_with.is_none()
    }

    pub fn has_attempts_left(&self) -> bool {
        let most = self.given.policy.as_ref().and_then(|policy| policy.attempts_max);
        self.failed_attempts < most.unwrap_or(MOST_ATTEMPTS)
    }

    pub fn signs(&self) -> bool {
        self.given.signatureless_flow != Some(true)
    }

    /// Only the call that makes the document tells the process.
    pub fn json(&self, with_process: bool) -> Value {
        let mut participant = serde_json::to_value(&self.given).unwrap_or_default();
        let status = match &self.ended_with {
            Some(end) => end.as_str().trim_start_matches("PROCESS_"),
            None if self.has_started => "IN_PROGRESS",
            None => "PENDING",
        };
        if let Some(members) = participant.as_object_mut() {
            members.insert("participantId".to_owned(), self.id.as_str().into());
            members.insert("status".to_owned(), status.into());
            members.insert("enabled".to_owned(), true.into());
            if let Some(step) = self.pending.front().filter(|_| self.is_open()) {
                members.insert("currentStep".to_owned(), step.as_str().into());
            }
            if with_process {
                members.insert("processId".to_owned(), self.process.as_str().into());
            }
        }
        participant
    }

    pub fn record(&mut self, document: &str, kind: &EventType, at: SystemTime, field: Option<&str>) {
        let ulid = id::ulid("", at);
        let mut event = json!({
            "eventId": format!("evt_{ulid}"),
            "eventType": kind,
            "processId": self.process,
            "documentId": document,
            "participantId": self.id,
            "timestamp": Timestamp::from(at),
            "timestampUlid": ulid,
            "payload": {},
        });
        if let (Some(field), Some(members)) = (field, event.as_object_mut()) {
            members.insert("fieldId".to_owned(), field.into());
        }
        self.events.push(event);
    }

    /// Ends the process, if it has not ended.
    pub fn end(&mut self, document: &str, kind: EventType, at: SystemTime) {
        if self.is_open() {
            self.record(document, &kind, at, None);
            self.ended_with = Some(kind);
        }
    }

    /// What happened since this was asked for last, as webhooks are told.
    pub fn untold(&mut self, template: &str) -> Vec<Event> {
        let untold = self.events.get(self.told..).unwrap_or_default();
        self.told = self.events.len();
        untold.iter().map(|event| Event::of_process(event, template)).collect()
    }

    pub fn events(&self, limit: usize) -> Value {
        self.events.iter().take(limit).cloned().collect()
    }
}

/// What a participant has to pass, by how he or she signs.
fn challenges(given: &ParticipantCreate) -> Result<VecDeque<FlowChallenge>, Refusal> {
    let identity = given.identity.as_ref().ok_or_else(|| Refusal::invalid("identity", "missing"))?;
    let has = |member: &Option<String>| member.as_ref().is_some_and(|text| !text.is_empty());
    let modes = given.signature_mode.as_deref().unwrap_or_default();
    let mut pending = VecDeque::new();
    for mode in modes {
        let (needed, present) = match mode {
            SignatureMode::SignatureEmail => ("identity.email", has(&identity.email)),
            SignatureMode::SignatureSms | SignatureMode::SignatureWhatsapp => {
                ("identity.phone", has(&identity.phone))
            }
            SignatureMode::SignatureBiometric | SignatureMode::SignatureBiometricPlus => {
                ("identity.documentNumber", has(&identity.document_number))
            }
            SignatureMode::Unknown(_) => ("signatureMode", false),
        };
        if !present {
            return Err(Refusal::invalid(needed, "missing, or not known"));
        }
        match mode {
            SignatureMode::SignatureSms => pending.push_back(FlowChallenge::OtpSms),
            SignatureMode::SignatureWhatsapp => pending.push_back(FlowChallenge::OtpWhatsapp),
            SignatureMode::SignatureBiometric => pending.push_back(FlowChallenge::Biometric),
            SignatureMode::SignatureBiometricPlus => {
                pending.extend([FlowChallenge::Biometric, FlowChallenge::Liveness]);
            }
            _ => pending.push_back(FlowChallenge::OtpEmail),
        }
    }
    if pending.is_empty() {
        return Err(Refusal::invalid("signatureMode", "empty"));
    }
    pending.push_back(FlowChallenge::TemplateSign);
    Ok(pending)
}

/// What is filled in beforehand is a field of the template, and no signature.
fn check_prefill(given: &ParticipantCreate, fields: &[TemplateField]) -> Result<(), Refusal> {
    let may_be_filled = |name: &Option<String>| {
        let field = fields.iter().find(|field| field.field_name == *name);
        name.is_some() && field.is_some_and(|field| field.field_type != Some(TemplateFieldType::Sign))
    };
    if given.prefill.iter().flatten().all(|filled| may_be_filled(&filled.field_name)) {
        Ok(())
    } else {
        Err(Refusal::invalid("prefill", "no field of the template, or a signature"))
    }
}
