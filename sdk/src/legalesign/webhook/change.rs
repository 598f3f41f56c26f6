//! What changed in the last six minutes.

use crate::legalesign::{DocumentId, DocumentStatus, DocumentUri, SignerId, SignerStatus, SignerUri};
use crate::runtime::LocalDateTime;
use crate::webhook::{DedupeKey, Members, Rejection, text, whole};
use countersign_macros::SafeDebug;
use serde_json::Value;

/// One change of a document or a signer.
#[derive(Clone, PartialEq, SafeDebug)]
#[non_exhaustive]
pub struct StatusChange {
    /// When. In which zone that holds is not documented.
    pub at: Option<LocalDateTime>,
    /// What.
    pub change: Change,
    /// Names this change: what was signed, and the place in it. A list that is delivered again has the same keys; if a
    /// change is told a second time in another list, it has another key.
    pub dedupe_key: DedupeKey,
}

/// What changed.
#[derive(Clone, PartialEq, SafeDebug)]
#[non_exhaustive]
pub enum Change {
    /// A document has come to a status.
    Document {
        /// Which document.
        id: DocumentId,
        /// Which status. 100, [`DocumentStatus::FinalPdfReady`], is only ever told here.
        status: DocumentStatus,
    },
    /// A signer has come to a status.
    Signer {
        /// Which signer.
        id: SignerId,
        /// Which status. The numbers mean other things than those of a document.
        status: SignerStatus,
    },
    /// Something that this version does not know: the entry as it came.
    #[safe_debug(redact)]
    Other(Value),
}

/// Reads the list. An entry that cannot be read is kept as it is, so that the others are not lost.
pub(super) fn read_all(list: Value, dedupe_key: &DedupeKey) -> Result<Vec<StatusChange>, Rejection> {
    let Value::Array(entries) = list else {
        return Err(Rejection::malformed("`data`: no list"));
    };
    let entries = entries.into_iter().enumerate();
    Ok(entries.map(|(place, entry)| read(entry, dedupe_key.entry(place))).collect())
}

fn read(entry: Value, dedupe_key: DedupeKey) -> StatusChange {
    let at = entry.get("timestamp").cloned().and_then(text).map(LocalDateTime::from);
    let change = known(entry.clone()).unwrap_or(Change::Other(entry));
    StatusChange { at, change, dedupe_key }
}

fn known(entry: Value) -> Option<Change> {
    let status = entry.get("value").and_then(whole)?;
    let mut members = Members::of(entry);
    if members.text("name")? != "status" {
        return None;
    }
    let uri = members.text("resource_uri")?;
    if uri.contains("/document/") {
        Some(Change::Document { id: DocumentUri::from(uri).id()?, status: DocumentStatus::from(status) })
    } else if uri.contains("/signer/") {
        Some(Change::Signer { id: SignerUri::from(uri).id()?, status: SignerStatus::from(status) })
    } else {
        None
    }
}
