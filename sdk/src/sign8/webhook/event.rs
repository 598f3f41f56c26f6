//! What SIGN8's callbacks tell, and what proves them.

use crate::sign8::OrganizationId;
use crate::webhook::{
    self, Callbacks, ConfigurationError, DedupeKey, Delivery, Expected, Opened, PayloadProof, Read, Reason,
    Rejection, is_one_line,
};
use bytes::Bytes;
use countersign_macros::{OpenEnum, SafeDebug};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use std::fmt;

/// The header that names the organisation, and what proxies make of it.
const SPELLINGS: [&str; 4] = ["organisation_id", "organisation-id", "organization_id", "organization-id"];

/// Something that happened to a workflow.
#[derive(Clone, PartialEq, SafeDebug)]
#[non_exhaustive]
pub struct Event {
    /// What, by the last segment of the path.
    pub kind: EventKind,
    /// The organisation by its header; `None` if there was none, or a proxy dropped it.
    pub organisation: Option<OrganizationId>,
    #[safe_debug(redact)]
    body: Bytes,
}

impl Event {
    /// What came, if anything: of no known form, and covered by no signature.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The body, if it is JSON in which no member occurs twice.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        webhook::read(&self.body).ok()
    }
}

/// What happened to a workflow.
#[derive(Clone, OpenEnum)]
#[non_exhaustive]
pub enum EventKind {
    /// Somebody refused to sign \[[S](crate::sign8::sources#s)\].
    #[open_enum("workflowRefused")]
    WorkflowRefused,
    /// The workflow reached the date when it expires \[[S](crate::sign8::sources#s)\]. That the segment is called so is
    /// inferred by analogy.
    #[open_enum("workflowExpired")]
    WorkflowExpired,
    /// Something that this version does not know.
    Unknown(String),
}

/// Nothing of a segment that is not known: whoever calls can write what they like into it.
impl fmt::Debug for EventKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::WorkflowRefused => "WorkflowRefused",
            Self::WorkflowExpired => "WorkflowExpired",
            Self::Unknown(_) => "Unknown([redacted])",
        })
    }
}

impl Callbacks for Event {
    const PROVIDER: &'static str = "sign8";
    const APPENDS_PATH: bool = true;
    type Kind = ();

    fn open(delivery: &Delivery) -> Result<Opened<()>, Rejection> {
        Ok(Opened::whole((), delivery, PayloadProof::Nothing))
    }

    fn read(
        opened: &Opened<()>,
        delivery: &Delivery,
        expected: &Expected,
        reference: Option<&str>,
    ) -> Result<Read<Self>, Rejection> {
        let kind =
            kind(delivery.uri().path()).ok_or_else(|| Rejection::malformed("the path names no event"))?;
        let organisation = organisation(delivery)?;
        let audience = match &organisation {
            Some(organisation) => expected.check(organisation)?,
            // Perhaps the URL was made for one.
            None => expected.unnamed(),
        };
        let named = organisation.as_deref().unwrap_or_default();
        let address = reference.unwrap_or_default();
        let parts = [address.as_bytes(), named.as_bytes(), kind.as_str().as_bytes(), &opened.payload];
        let dedupe_key = DedupeKey::of_content(Self::PROVIDER, &parts);
        let organisation = organisation.map(OrganizationId::from);
        let event = Self { kind, organisation, body: opened.payload.clone() };
        Ok(Read { event, audience, dedupe_key })
    }

    fn label(&self) -> &str {
        if self.kind.is_known() { self.kind.as_str() } else { "unknown" }
    }
}

/// The last segment of the path that is not empty and not the token of the URL.
fn kind(path: &str) -> Option<EventKind> {
    let segment = path.rsplit('/').find(|segment| !segment.is_empty())?;
    let name = percent_decode_str(segment).decode_utf8().ok()?;
    let is_name = is_one_line(&name) && !name.starts_with(webhook::TOKEN_MARK);
    is_name.then(|| EventKind::from(name.into_owned()))
}

/// Whom the header names. Several spellings are fine if they all say the same.
fn organisation(delivery: &Delivery) -> Result<Option<String>, Rejection> {
    let values = SPELLINGS.into_iter().flat_map(|name| delivery.headers().get_all(name));
    let mut named = None;
    for value in values {
        let value = value.to_str().ok().filter(|value| is_one_line(value));
        let value = value.ok_or_else(|| Rejection::malformed("`organisation_id`: no text"))?;
        if named.replace(value).is_some_and(|other| other != value) {
            return Err(Reason::WrongAudience.into());
        }
    }
    Ok(named.map(str::to_owned))
}

/// Accepts the callbacks that come to a signed URL and are meant for the organisation, as far as they say so.
pub type Verifier = webhook::Verifier<Event>;

/// Builds a [`Verifier`].
pub type VerifierBuilder = webhook::VerifierBuilder<Event>;

/// URLs for callbacks of SIGN8: one for an installation, to which SIGN8 adds the name of the event.
pub type CallbackUrls = webhook::CallbackUrls<Event>;

/// Reads callbacks that come to any URL, which anybody may have sent.
pub type UnverifiedReader = webhook::UnverifiedReader<Event>;

impl webhook::VerifierBuilder<Event> {
    /// The organisation whose callbacks are expected, as the header has it. Call it again for each further one.
    pub fn organisation(self, organisation: impl Into<OrganizationId>) -> Self {
        self.expecting(organisation.into().to_string())
    }

    /// Accepts callbacks of every organisation, in place of those given so far.
    pub fn any_organisation_even_another_customers(self) -> Self {
        self.expecting_anybody()
    }
}

impl webhook::UnverifiedReader<Event> {
    /// Reads callbacks that say they are meant for this organisation, or do not say for whom.
    ///
    /// # Errors
    ///
    /// The organisation is blank.
    pub fn for_organisation(organisation: impl Into<OrganizationId>) -> Result<Self, ConfigurationError> {
        Self::expecting(Expected::nobody().and(organisation.into().to_string()))
    }
}
