//! What Signly's callbacks tell.

use super::tenants::Tenants;
use crate::runtime::generated::optional_number;
use crate::runtime::{Timestamp, place};
use crate::signly::types::EventType;
use crate::webhook::{Audience, DedupeKey, Reason, Rejection, read, typed};
use countersign_macros::{SafeDebug, WebhookEvent};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::fmt;

/// An event, as Signly documents it \[S\]. `Debug` prints nothing that Signly leaves to the integration.
#[derive(Clone, PartialEq, SafeDebug)]
#[non_exhaustive]
pub struct Event {
    /// Names the event, such as `evt_01J8XQ7M8VW2A6G2B0N7J5AZ7Q`.
    pub event_id: String,
    /// When it happened.
    pub occurred_at: Option<Timestamp>,
    /// The tenant that it is meant for.
    pub tenant_id: String,
    /// The document that it is about.
    pub document_id: Option<String>,
    /// The participant that it is about.
    pub participant_id: Option<String>,
    /// How often Signly has tried to deliver it, from 1. Not part of what happened.
    pub attempt: Option<i64>,
    /// What happened.
    pub data: EventData,
}

impl Event {
    /// What happened, without its payload. The test event is none of the types that Signly lists, so it is unknown here.
    ///
    /// ```
    /// use countersign::signly::{EventType, webhook::Event};
    ///
    /// fn is_finished(event: &Event) -> bool {
    ///     event.event_type() == EventType::ProcessCompleted
    /// }
    /// ```
    #[must_use]
    pub fn event_type(&self) -> EventType {
        EventType::from(self.data.tag())
    }

    pub(super) fn dedupe_key(&self) -> DedupeKey {
        DedupeKey::new("signly", &self.event_id)
    }

    /// Reads what has been authenticated, as far as it will be. The payload is the last thing that is looked at.
    pub(super) fn read(body: &[u8], tenants: &Tenants) -> Result<(Self, Audience), Rejection> {
        let value = read(body)?;
        if !value.is_object() {
            return Err(Rejection::malformed("no JSON object"));
        }
        let Body {
            event_id,
            tag,
            occurred_at,
            tenant_id,
            document_id,
            participant_id,
            attempt,
            data,
        } = typed(value)?;
        let tenant_id = tenant_id
            .filter(|tenant| !tenant.is_empty())
            .ok_or(Reason::AudienceMissing)?;
        let audience = tenants.check(&tenant_id)?;
        if event_id.is_empty() {
            return Err(Rejection::malformed("`eventId`: empty"));
        }
        let data = EventData::read(&tag, data)?;
        Ok((
            Self {
                event_id,
                occurred_at,
                tenant_id,
                document_id,
                participant_id,
                attempt,
                data,
            },
            audience,
        ))
    }
}

/// The delivery on the wire.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    event_id: String,
    #[serde(rename = "type")]
    tag: String,
    occurred_at: Option<Timestamp>,
    tenant_id: Option<String>,
    document_id: Option<String>,
    participant_id: Option<String>,
    #[serde(default, deserialize_with = "optional_number")]
    attempt: Option<i64>,
    #[serde(default)]
    data: Value,
}

/// What happened, with what Signly tells about it. Only the payload of [`ProcessCompleted`](Self::ProcessCompleted) is
/// documented \[S\]; the others are what came, and empty if nothing did.
#[derive(Clone, PartialEq, WebhookEvent)]
#[non_exhaustive]
pub enum EventData {
    /// The document was accepted, and at least one participant has a process \[S\].
    #[event("PROCESS_CREATED")]
    ProcessCreated(Map<String, Value>),
    /// The participant entered the flow \[S\].
    #[event("PROCESS_STARTED")]
    ProcessStarted(Map<String, Value>),
    /// The process of one participant is finished; its evidence can be reconciled \[S\].
    #[event("PROCESS_COMPLETED")]
    ProcessCompleted(ProcessCompleted),
    /// The process ended in an error that cannot be recovered, or was blocked \[S\].
    #[event("PROCESS_FAILED")]
    ProcessFailed(Map<String, Value>),
    /// The process was cancelled, by hand or by policy \[S\].
    #[event("PROCESS_CANCELLED")]
    ProcessCancelled(Map<String, Value>),
    /// The deadline passed before the process was finished \[S\].
    #[event("PROCESS_EXPIRED")]
    ProcessExpired(Map<String, Value>),
    /// Sending a one-time code was attempted \[S\]. It need not have arrived.
    #[event("OTP_SENT")]
    OtpSent(Map<String, Value>),
    /// Sending a one-time code again was attempted \[S\].
    #[event("OTP_RESENT")]
    OtpResent(Map<String, Value>),
    /// The one-time code was right; the participant can go on \[S\].
    #[event("OTP_VERIFIED")]
    OtpVerified(Map<String, Value>),
    /// The one-time code was wrong, or the allowed attempts are used up \[S\].
    #[event("OTP_FAILED")]
    OtpFailed(Map<String, Value>),
    /// The one-time code expired unused \[S\].
    #[event("OTP_EXPIRED")]
    OtpExpired(Map<String, Value>),
    /// A biometric capture or check began \[S\].
    #[event("BIOMETRIC_STARTED")]
    BiometricStarted(Map<String, Value>),
    /// The biometric check succeeded \[S\].
    #[event("BIOMETRIC_VERIFIED")]
    BiometricVerified(Map<String, Value>),
    /// The biometric check did not succeed \[S\].
    #[event("BIOMETRIC_FAILED")]
    BiometricFailed(Map<String, Value>),
    /// A liveness check began \[S\].
    #[event("LIVENESS_STARTED")]
    LivenessStarted(Map<String, Value>),
    /// The liveness check succeeded \[S\].
    #[event("LIVENESS_VERIFIED")]
    LivenessVerified(Map<String, Value>),
    /// The liveness check was refused or not finished \[S\].
    #[event("LIVENESS_FAILED")]
    LivenessFailed(Map<String, Value>),
    /// The participant opened the document \[S\].
    #[event("DOCUMENT_VIEWED")]
    DocumentViewed(Map<String, Value>),
    /// One field is done: a signature, an acceptance or a piece of evidence \[S\]. Not the whole document.
    #[event("FIELD_SIGNED")]
    FieldSigned(Map<String, Value>),
    /// Nothing happened: somebody tested the webhook \[S\].
    #[event("signly.webhook_test")]
    WebhookTest(Map<String, Value>),
    /// An event that this version does not know.
    #[event(unknown)]
    Unknown {
        /// Its name.
        tag: String,
        /// Its payload as it came; null if there was none.
        data: Value,
    },
}

impl EventData {
    fn read(tag: &str, data: Value) -> Result<Self, Rejection> {
        let nothing = data.is_null() && Self::KNOWN_TAGS.contains(&tag);
        let data = if nothing { Map::new().into() } else { data };
        Self::from_tagged(tag, data)
            .map_err(|error| Rejection::malformed(format!("in `data`: {}", place(&error))))
    }
}

/// The name of a known event, and no payload: most payloads are undocumented, so anything may be in them.
impl fmt::Debug for EventData {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ProcessCompleted(data) => data.fmt(formatter),
            Self::Unknown { .. } => formatter.write_str("Unknown([redacted])"),
            known => write!(formatter, "{}([redacted])", known.tag()),
        }
    }
}

/// The payload of [`EventData::ProcessCompleted`] \[S\].
#[derive(Clone, PartialEq, Deserialize, SafeDebug)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ProcessCompleted {
    /// The state of the process; the documented example has `COMPLETED` \[S\].
    pub status: Option<String>,
    /// The template that the document was made from.
    pub template_id: Option<String>,
    /// When the process was finished.
    pub completed_at: Option<Timestamp>,
    /// What else came.
    #[safe_debug(redact)]
    #[serde(flatten)]
    pub other: Map<String, Value>,
}
