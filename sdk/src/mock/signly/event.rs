//! Events, as they are sent.

use crate::mock::id;
use crate::runtime::{Clock as _, SystemClock, Timestamp};
use crate::signly::EventType;
use bytes::Bytes;
use serde_json::{Value, json};
use std::fmt;
use std::time::SystemTime;

/// An event to deliver. Whatever is not given is made up: an id of its own, a document, a participant, the time of the
/// mock, no data.
///
/// ```
/// use countersign::mock::signly::Event;
/// use countersign::signly::EventType;
///
/// let completed = Event::new(EventType::ProcessCompleted)
///     .document("doc-1")
///     .participant("p-1")
///     .data(serde_json::json!({ "status": "COMPLETED" }));
/// let newer = Event::of_type("PROCESS_ARCHIVED");
/// assert_ne!(completed.id(), newer.id());
/// ```
#[derive(Clone)]
#[must_use = "an event is sent by `deliver`"]
pub struct Event {
    pub(super) id: String,
    pub(super) kind: EventType,
    occurred_at: Option<Timestamp>,
    tenant: Option<String>,
    document: Option<String>,
    participant: Option<String>,
    data: Value,
}

impl Event {
    /// An event of a known type.
    pub fn new(event_type: EventType) -> Self {
        Self {
            id: id::ulid("evt_", SystemClock.now()),
            kind: event_type,
            occurred_at: None,
            tenant: None,
            document: Some(id::uuid()),
            participant: Some(id::uuid()),
            data: json!({}),
        }
    }

    /// An event of any type, such as one that this version of the SDK does not know.
    pub fn of_type(event_type: impl Into<String>) -> Self {
        Self::new(EventType::from(event_type.into()))
    }

    /// The synthetic event of the test call. It belongs to no document, which is assumed.
    pub(super) fn test(event_type: Option<String>) -> Self {
        let event_type = event_type.unwrap_or_else(|| "signly.webhook_test".to_owned());
        Self { document: None, participant: None, ..Self::of_type(event_type) }
    }

    /// An event of a process, with the same id: that it has one is assumed. `data` is documented for a completed process
    /// only, and empty otherwise.
    pub(super) fn of_process(event: &Value, template: &str) -> Self {
        let text = |name: &str| event.get(name).and_then(Value::as_str).map(str::to_owned);
        let kind = EventType::from(text("eventType").unwrap_or_default());
        let at = text("timestamp").map(Timestamp::from);
        let data = match &kind {
            EventType::ProcessCompleted => {
                json!({ "status": "COMPLETED", "templateId": template, "completedAt": at })
            }
            _ => json!({}),
        };
        Self {
            id: text("eventId").unwrap_or_default(),
            occurred_at: at,
            document: text("documentId"),
            participant: text("participantId"),
            data,
            ..Self::new(kind)
        }
    }

    /// When it happened, as it is told.
    pub(super) fn time(&self) -> Option<&str> {
        self.occurred_at.as_ref().map(Timestamp::as_str)
    }

    /// The id of the event. Two events with one id are the same event, delivered twice.
    pub fn event_id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// The document that it is about.
    pub fn document(mut self, id: impl Into<String>) -> Self {
        self.document = Some(id.into());
        self
    }

    /// The participant that it is about.
    pub fn participant(mut self, id: impl Into<String>) -> Self {
        self.participant = Some(id.into());
        self
    }

    /// The tenant that it is meant for, if not that of the mock.
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.tenant = Some(tenant.into());
        self
    }

    /// When it happened.
    pub fn occurred_at(mut self, time: SystemTime) -> Self {
        self.occurred_at = Some(Timestamp::from(time));
        self
    }

    /// What else it tells: any JSON.
    pub fn data(mut self, data: impl Into<Value>) -> Self {
        self.data = data.into();
        self
    }

    /// The id that it is delivered under: the one set by [`event_id`](Self::event_id), or else one that was made up.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Settles the time, so that an event that is sent twice says the same twice.
    pub(super) fn settle(&mut self, now: SystemTime) {
        self.occurred_at.get_or_insert_with(|| Timestamp::from(now));
    }

    /// The body of an attempt.
    pub(super) fn body(&self, tenant: &str, attempt: u32) -> Bytes {
        let mut body = json!({
            "eventId": self.id,
            "type": self.kind,
            "occurredAt": self.occurred_at,
            "tenantId": self.tenant.as_deref().unwrap_or(tenant),
            "attempt": attempt,
            "data": self.data,
        });
        if let Some(members) = body.as_object_mut() {
            let ids = [("documentId", &self.document), ("participantId", &self.participant)];
            members.extend(
                ids.into_iter().filter_map(|(name, id)| Some((name.to_owned(), Value::from(id.as_deref()?)))),
            );
        }
        Bytes::from(body.to_string())
    }
}

/// What the event tells is not shown.
impl fmt::Debug for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Event");
        debug.field("event_id", &self.id).field("type", &self.kind).finish_non_exhaustive()
    }
}
