//! What Signly's callbacks tell.

use crate::runtime::{Timestamp, place};
use crate::signly::types::EventType;
use crate::webhook::{
    Callbacks, DedupeKey, Delivery, Expected, Members, Opened, PayloadProof, Read, Rejection, is_one_line,
    read, text, typed, whole,
};
use countersign_macros::{SafeDebug, WebhookEvent};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::fmt;

/// An event, as Signly documents it \[[S](crate::signly::sources#s)\]. Only its id, its type and its tenant are
/// insisted on: any other member that is missing or cannot be read is `None`, so that no genuine event is lost for it.
/// [`Verified::body`] still has what came.
///
/// `Debug` prints the ids, the type if it is known, and the attempt: no other text that came.
///
/// [`Verified::body`]: crate::webhook::Verified::body
#[derive(Clone, PartialEq, SafeDebug)]
#[non_exhaustive]
pub struct Event {
    /// Names the event, such as `evt_01J8XQ7M8VW2A6G2B0N7J5AZ7Q`. Never empty, and always one line without control
    /// characters.
    pub event_id: String,
    /// When it happened.
    // Kept as text, whatever it says.
    #[safe_debug(redact)]
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
}

impl Callbacks for Event {
    const PROVIDER: &'static str = "signly";
    const IS_BARE: bool = true;
    type Kind = ();

    fn open(delivery: &Delivery) -> Result<Opened<()>, Rejection> {
        Ok(Opened::whole((), delivery, PayloadProof::Body))
    }

    fn read(
        opened: &Opened<()>,
        _: &Delivery,
        expected: &Expected,
        _: Option<&str>,
    ) -> Result<Read<Self>, Rejection> {
        let value = read(&opened.payload)?;
        if !value.is_object() {
            return Err(Rejection::malformed("no JSON object"));
        }
        let Body { event_id, tag, occurred_at, tenant_id, document_id, participant_id, attempt, data } =
            typed(value)?;
        let tenant_id = tenant_id.unwrap_or_default();
        let audience = expected.require(Some(&tenant_id))?;
        if !is_one_line(&event_id) {
            return Err(Rejection::malformed("`eventId`: empty, or with control characters"));
        }
        let data = EventData::from_tagged(&tag, data)
            .map_err(|error| Rejection::malformed(format!("in `data`: {}", place(&error))))?;
        let dedupe_key = DedupeKey::new(Self::PROVIDER, &event_id);
        let event = Self {
            event_id,
            occurred_at: text(occurred_at).map(Timestamp::from),
            tenant_id,
            document_id: text(document_id),
            participant_id: text(participant_id),
            attempt: whole(&attempt),
            data,
        };
        Ok(Read { event, audience, dedupe_key })
    }

    fn label(&self) -> &str {
        if self.data.is_known() { self.data.tag() } else { "unknown" }
    }
}

/// The delivery on the wire. What is a [`Value`] here may be anything.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    event_id: String,
    #[serde(rename = "type")]
    tag: String,
    #[serde(default)]
    occurred_at: Value,
    tenant_id: Option<String>,
    #[serde(default)]
    document_id: Value,
    #[serde(default)]
    participant_id: Value,
    #[serde(default)]
    attempt: Value,
    #[serde(default)]
    data: Value,
}

/// What happened, with what Signly tells about it. Only the payload of [`ProcessCompleted`](Self::ProcessCompleted) is
/// documented \[[S](crate::signly::sources#s)\]; the others are what came, any JSON, and null if nothing did.
#[derive(Clone, PartialEq, WebhookEvent)]
#[non_exhaustive]
pub enum EventData {
    /// The document was accepted, and at least one participant has a process \[[S](crate::signly::sources#s)\].
    #[event("PROCESS_CREATED")]
    ProcessCreated(Value),
    /// The participant entered the flow \[[S](crate::signly::sources#s)\].
    #[event("PROCESS_STARTED")]
    ProcessStarted(Value),
    /// The process of one participant is finished; its evidence can be reconciled \[[S](crate::signly::sources#s)\].
    #[event("PROCESS_COMPLETED")]
    ProcessCompleted(ProcessCompleted),
    /// The process ended in an error that cannot be recovered, or was blocked \[[S](crate::signly::sources#s)\].
    #[event("PROCESS_FAILED")]
    ProcessFailed(Value),
    /// The process was cancelled, by hand or by policy \[[S](crate::signly::sources#s)\].
    #[event("PROCESS_CANCELLED")]
    ProcessCancelled(Value),
    /// The deadline passed before the process was finished \[[S](crate::signly::sources#s)\].
    #[event("PROCESS_EXPIRED")]
    ProcessExpired(Value),
    /// Sending a one-time code was attempted \[[S](crate::signly::sources#s)\]. It need not have arrived.
    #[event("OTP_SENT")]
    OtpSent(Value),
    /// Sending a one-time code again was attempted \[[S](crate::signly::sources#s)\].
    #[event("OTP_RESENT")]
    OtpResent(Value),
    /// The one-time code was right; the participant can go on \[[S](crate::signly::sources#s)\].
    #[event("OTP_VERIFIED")]
    OtpVerified(Value),
    /// The one-time code was wrong, or the allowed attempts are used up \[[S](crate::signly::sources#s)\].
    #[event("OTP_FAILED")]
    OtpFailed(Value),
    /// The one-time code expired unused \[[S](crate::signly::sources#s)\].
    #[event("OTP_EXPIRED")]
    OtpExpired(Value),
    /// A biometric capture or check began \[[S](crate::signly::sources#s)\].
    #[event("BIOMETRIC_STARTED")]
    BiometricStarted(Value),
    /// The biometric check succeeded \[[S](crate::signly::sources#s)\].
    #[event("BIOMETRIC_VERIFIED")]
    BiometricVerified(Value),
    /// The biometric check did not succeed \[[S](crate::signly::sources#s)\].
    #[event("BIOMETRIC_FAILED")]
    BiometricFailed(Value),
    /// A liveness check began \[[S](crate::signly::sources#s)\].
    #[event("LIVENESS_STARTED")]
    LivenessStarted(Value),
    /// The liveness check succeeded \[[S](crate::signly::sources#s)\].
    #[event("LIVENESS_VERIFIED")]
    LivenessVerified(Value),
    /// The liveness check was refused or not finished \[[S](crate::signly::sources#s)\].
    #[event("LIVENESS_FAILED")]
    LivenessFailed(Value),
    /// The participant opened the document \[[S](crate::signly::sources#s)\].
    #[event("DOCUMENT_VIEWED")]
    DocumentViewed(Value),
    /// One field is done: a signature, an acceptance or a piece of evidence \[[S](crate::signly::sources#s)\]. Not the
    /// whole document.
    #[event("FIELD_SIGNED")]
    FieldSigned(Value),
    /// Nothing happened: somebody tested the webhook \[[S](crate::signly::sources#s)\].
    #[event("signly.webhook_test")]
    WebhookTest(Value),
    /// An event that this version does not know.
    #[event(unknown)]
    Unknown {
        /// Its name.
        tag: String,
        /// Its payload as it came; null if there was none.
        data: Value,
    },
}

/// The name of a known event, and no payload: anything may be in it.
impl fmt::Debug for EventData {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { .. } => formatter.write_str("Unknown([redacted])"),
            known => write!(formatter, "{}([redacted])", known.tag()),
        }
    }
}

/// The payload of [`EventData::ProcessCompleted`] \[[S](crate::signly::sources#s)\]. A member that is no text is `None`
/// and stays in [`other`](Self::other), and so does a payload that is no object, as a whole. `Debug` prints nothing of
/// it.
#[derive(Clone, PartialEq, SafeDebug)]
#[safe_debug(redact)]
#[non_exhaustive]
pub struct ProcessCompleted {
    /// The state of the process; the documented example has `COMPLETED` \[[S](crate::signly::sources#s)\].
    pub status: Option<String>,
    /// The template that the document was made from.
    pub template_id: Option<String>,
    /// When the process was finished.
    pub completed_at: Option<Timestamp>,
    /// What else came: the other members of the object, the payload itself if it is no object, null if there was none.
    pub other: Value,
}

impl<'de> Deserialize<'de> for ProcessCompleted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Members::of(Value::deserialize(deserializer)?);
        Ok(Self {
            status: members.text("status"),
            template_id: members.text("templateId"),
            completed_at: members.text("completedAt").map(Timestamp::from),
            other: members.rest(),
        })
    }
}
