//! What changed in the last six minutes.

use crate::legalesign::{DocumentId, DocumentStatus, SignerId, SignerStatus};
use crate::runtime::{Created, LocalDateTime};
use crate::webhook::{DedupeKey, Entry, Rejection, read_entries};
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
pub(super) fn read_all(list: &[u8], dedupe_key: &DedupeKey) -> Result<Vec<StatusChange>, Rejection> {
    let mut place = 0;
    let list = read_entries(list, |entry| {
        let dedupe_key = dedupe_key.entry(place);
        place += 1;
        let at = entry.text("timestamp").map(LocalDateTime::from);
        let change = known(&entry).unwrap_or_else(|| Change::Other(entry.into_value()));
        StatusChange { at, change, dedupe_key }
    })?;
    list.ok_or_else(|| Rejection::malformed("`data`: no list"))
}

fn known(entry: &Entry<'_>) -> Option<Change> {
    let status = entry.whole("value")?;
    if entry.text("name")? != "status" {
        return None;
    }
    let uri = entry.text("resource_uri")?;
    if uri.contains("/document/") {
        Some(Change::Document { id: Created::id(uri)?, status: DocumentStatus::from(status) })
    } else if uri.contains("/signer/") {
        Some(Change::Signer { id: Created::id(uri)?, status: SignerStatus::from(status) })
    } else {
        None
    }
}
