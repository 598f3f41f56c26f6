//! Events that are told as they happen.

use super::notice::address_of_group;
use crate::legalesign::{
    DocumentId, DocumentStatus, DocumentUri, GroupId, GroupUri, SignerId, SignerStatus, SignerUri,
};
use crate::webhook::{Members, Rejection, is_one_line};
use countersign_macros::{SafeDebug, WebhookEvent};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::fmt;
use std::time::{Duration, SystemTime};

/// Something that happened, told at once. The members are those of the vendor's file for a connector
/// \[[L12](crate::legalesign::sources#l12)\]; what is missing or cannot be read is `None`.
///
/// `Debug` prints ids, the event if it is known, and statuses: no other text that came.
#[derive(Clone, PartialEq, SafeDebug)]
#[non_exhaustive]
pub struct Realtime {
    /// Names the event, as its name suggests. Always one line without control characters.
    pub id: Option<String>,
    /// When it happened: inferred from its type to be Unix time in seconds.
    pub created: Option<SystemTime>,
    /// The version of the form.
    #[safe_debug(redact)]
    pub version: Option<String>,
    /// What happened.
    pub event: RealtimeEvent,
}

/// What happened. The tag is the word that a subscription is narrowed down with: the object, a point and the event.
#[derive(Clone, PartialEq, WebhookEvent)]
#[non_exhaustive]
pub enum RealtimeEvent {
    /// A document was created.
    #[event("document.created")]
    DocumentCreated(DocumentData),
    /// A document was rejected.
    #[event("document.rejected")]
    DocumentRejected(DocumentData),
    /// The final PDF of a document exists: it can be downloaded \[[L4](crate::legalesign::sources#l4)\].
    #[event("document.finalPdfCreated")]
    DocumentFinalPdfCreated(DocumentData),
    /// A recipient has done what was asked.
    #[event("recipient.completed")]
    RecipientCompleted(RecipientData),
    /// A recipient refused.
    #[event("recipient.rejected")]
    RecipientRejected(RecipientData),
    /// A recipient opened the e-mail.
    #[event("recipient.emailOpened")]
    RecipientEmailOpened(RecipientData),
    /// A recipient looks at the document.
    #[event("recipient.visiting")]
    RecipientVisiting(RecipientData),
    /// The e-mail could not be delivered.
    #[event("recipient.bounced")]
    RecipientBounced(RecipientData),
    /// Something that this version does not know.
    #[event(unknown)]
    Unknown {
        /// Object and event, with a point between them.
        tag: String,
        /// What it tells, as it came.
        data: Value,
    },
}

/// The name of a known event, and what its data let be printed.
impl fmt::Debug for RealtimeEvent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.document(), self.recipient()) {
            (Some(document), _) => write!(formatter, "{}({document:?})", self.tag()),
            (_, Some(recipient)) => write!(formatter, "{}({recipient:?})", self.tag()),
            _ => formatter.write_str("Unknown([redacted])"),
        }
    }
}

impl RealtimeEvent {
    /// What is told of a document, if it is an event of one.
    #[must_use]
    pub fn document(&self) -> Option<&DocumentData> {
        match self {
            Self::DocumentCreated(data)
            | Self::DocumentRejected(data)
            | Self::DocumentFinalPdfCreated(data) => Some(data),
            _ => None,
        }
    }

    /// What is told of a recipient, if it is an event of one.
    #[must_use]
    pub fn recipient(&self) -> Option<&RecipientData> {
        match self {
            Self::RecipientCompleted(data)
            | Self::RecipientRejected(data)
            | Self::RecipientEmailOpened(data)
            | Self::RecipientVisiting(data)
            | Self::RecipientBounced(data) => Some(data),
            _ => None,
        }
    }
}

/// What an event tells of a document. The casing is that of the wire, which differs from that of the API.
#[derive(Clone, PartialEq, SafeDebug)]
#[non_exhaustive]
pub struct DocumentData {
    /// The document.
    pub id: Option<DocumentId>,
    /// The group that it is in.
    pub group: Option<GroupUri>,
    /// How far it has come.
    pub status: Option<DocumentStatus>,
    /// Its name.
    #[safe_debug(redact)]
    pub name: Option<String>,
    /// The tags that it was created with: `tag`, `tag1` and `tag2`.
    #[safe_debug(redact)]
    pub tags: [Option<String>; 3],
    /// Its recipients, in order.
    pub recipients: Vec<RecipientState>,
    /// What else came.
    #[safe_debug(redact)]
    pub other: Value,
}

/// How far a recipient of a document has come.
#[derive(Clone, PartialEq, SafeDebug)]
#[non_exhaustive]
pub struct RecipientState {
    /// The recipient.
    pub id: Option<SignerId>,
    /// How far.
    pub status: Option<SignerStatus>,
    /// The place in the order, from 0.
    pub order: Option<i64>,
    /// The address.
    #[safe_debug(redact)]
    pub email: Option<String>,
    /// The first name.
    #[safe_debug(redact)]
    pub first_name: Option<String>,
    /// The last name.
    #[safe_debug(redact)]
    pub last_name: Option<String>,
    /// Why the recipient refused.
    #[safe_debug(redact)]
    pub reject_reason: Option<String>,
    /// What else came.
    #[safe_debug(redact)]
    pub other: Value,
}

/// What an event tells of a recipient.
#[derive(Clone, PartialEq, SafeDebug)]
#[non_exhaustive]
pub struct RecipientData {
    /// Who, and how far.
    pub recipient: RecipientState,
    /// The document.
    pub document: Option<DocumentId>,
    /// The group that it is in.
    pub group: Option<GroupUri>,
    /// The name of the document.
    #[safe_debug(redact)]
    pub document_name: Option<String>,
    /// The tags of the document: `tag`, `tag1` and `tag2`.
    #[safe_debug(redact)]
    pub tags: [Option<String>; 3],
    /// Whether an e-mail to the recipient came back.
    pub email_bounced: Option<bool>,
    /// What was said about that.
    #[safe_debug(redact)]
    pub email_bounce_message: Option<String>,
}

impl Realtime {
    pub(super) fn read(value: Value) -> Result<Self, Rejection> {
        let data = value.get("data").cloned().unwrap_or_default();
        let mut members = Members::of(value);
        let (Some(object), Some(event)) = (members.text("object"), members.text("event")) else {
            return Err(Rejection::malformed("`object`, `event`: missing, or of another type than expected"));
        };
        // The filter words have both, and it is not certain that the event does not.
        let prefix = format!("{object}.");
        let tag = if event.starts_with(&prefix) { event } else { prefix + &event };
        let id = members.text("id");
        if id.as_deref().is_some_and(|id| !is_one_line(id)) {
            return Err(Rejection::malformed("`id`: empty, or with control characters"));
        }
        let created = members.whole("created").and_then(|seconds| u64::try_from(seconds).ok());
        let event = RealtimeEvent::from_tagged(&tag, data).map_err(|_| Rejection::malformed("`data`"))?;
        Ok(Self {
            id,
            created: created
                .and_then(|seconds| SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))),
            version: members.text("version"),
            event,
        })
    }

    pub(super) fn group_id(&self) -> Option<GroupId> {
        let group = match (&self.event, self.event.document(), self.event.recipient()) {
            (_, Some(document), _) => document.group.clone(),
            (_, _, Some(recipient)) => recipient.group.clone(),
            (RealtimeEvent::Unknown { data, .. }, ..) => group(&mut Members::of(data.clone())),
            _ => None,
        };
        group.as_ref().and_then(GroupUri::id)
    }
}

/// The address, which leaves no doubt. `group` is perhaps the id and perhaps a name, which anybody can give their group.
fn group(members: &mut Members) -> Option<GroupUri> {
    members.text_as("groupResourceUri", address_of_group)
}

fn tags(members: &mut Members) -> [Option<String>; 3] {
    ["tag", "tag1", "tag2"].map(|name| members.text(name))
}

/// Something that is named by an id and by an address; both have to name the same.
fn one<I: PartialEq, E: Error>(id: Option<I>, uri: Option<I>) -> Result<Option<I>, E> {
    match (id, uri) {
        (Some(id), Some(uri)) if id != uri => Err(E::custom("two resources are named")),
        (id, uri) => Ok(id.or(uri)),
    }
}

fn document<E: Error>(members: &mut Members, id: &str, uri: &str) -> Result<Option<DocumentId>, E> {
    let uri = members.text(uri).and_then(|uri| DocumentUri::from(uri).id());
    // Whether the id is not an address too is not certain.
    one(members.text(id).and_then(|id| DocumentUri::from(id).id()), uri)
}

fn recipient<E: Error>(members: &mut Members) -> Result<RecipientState, E> {
    let uri = members.text("resourceUri").and_then(|uri| SignerUri::from(uri).id());
    Ok(RecipientState {
        id: one(members.text("uuid").map(SignerId::from), uri)?,
        status: members.whole("status").map(SignerStatus::from),
        order: members.whole("order"),
        email: members.text("email"),
        first_name: members.text("firstname"),
        last_name: members.text("lastname"),
        reject_reason: members.text("rejectReason"),
        other: Value::Null,
    })
}

impl<'de> Deserialize<'de> for DocumentData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Members::of(Value::deserialize(deserializer)?);
        let recipients = members.list("recipients").unwrap_or_default().into_iter().map(|each| {
            let mut members = Members::of(each);
            recipient(&mut members).map(|recipient| recipient.with_rest(members))
        });
        Ok(Self {
            recipients: recipients.collect::<Result<_, _>>()?,
            id: document(&mut members, "uuid", "resourceUri")?,
            group: group(&mut members),
            status: members.whole("status").map(DocumentStatus::from),
            name: members.text("name"),
            tags: tags(&mut members),
            other: members.rest(),
        })
    }
}

impl RecipientState {
    fn with_rest(self, members: Members) -> Self {
        Self { other: members.rest(), ..self }
    }
}

impl<'de> Deserialize<'de> for RecipientData {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Members::of(Value::deserialize(deserializer)?);
        Ok(Self {
            document: document(&mut members, "document", "documentResourceUri")?,
            group: group(&mut members),
            document_name: members.text("documentName"),
            tags: tags(&mut members),
            email_bounced: members.whole("emailBounce").map(|flag| flag != 0),
            email_bounce_message: members.text("emailBounceMessage"),
            recipient: recipient(&mut members)?.with_rest(members),
        })
    }
}
