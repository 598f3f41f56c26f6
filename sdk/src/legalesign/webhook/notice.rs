//! A document that was signed, sent or rejected.

use crate::legalesign::{DocumentId, DocumentUri, GroupId, GroupUri};
use crate::webhook::{Members, Rejection};
use countersign_macros::SafeDebug;
use serde_json::Value;

/// A document that was signed, sent or rejected; which of these is not told in any known field
/// \[[L5](crate::legalesign::sources#l5)\].
///
/// The fields are documented for the plain form \[[L2](crate::legalesign::sources#l2)\]; that the signed JSON has the
/// same is inferred. What is missing is `None`, but for the document and the group: without these it is not accepted.
///
/// `Debug` prints the document and the group.
#[derive(Clone, PartialEq, SafeDebug)]
#[non_exhaustive]
pub struct Notice {
    /// The document.
    pub document: DocumentId,
    /// The group that it is in, if that is told by its address. Any other word stays in [`other`](Self::other).
    pub group: Option<GroupUri>,
    /// The name of the document.
    #[safe_debug(redact)]
    pub name: Option<String>,
    /// The tag that it was created with.
    #[safe_debug(redact)]
    pub tag: Option<String>,
    /// The second one. That it is told is inferred from a remark about "tags" \[[L5](crate::legalesign::sources#l5)\].
    #[safe_debug(redact)]
    pub tag1: Option<String>,
    /// The third one, likewise.
    #[safe_debug(redact)]
    pub tag2: Option<String>,
    /// What else came. The code of the event is here, under a name that was never published.
    #[safe_debug(redact)]
    pub other: Value,
}

impl Notice {
    pub(super) fn read(value: Value) -> Result<Self, Rejection> {
        let mut members = Members::of(value);
        let uri = members.text("resource_uri").and_then(|uri| DocumentUri::from(uri).id());
        let id = members.text("uuid").map(DocumentId::from).or(uri.clone());
        let document = id.ok_or_else(|| Rejection::malformed("no document is named"))?;
        if uri.is_some_and(|uri| uri != document) {
            return Err(Rejection::malformed("two documents are named"));
        }
        Ok(Self {
            document,
            group: members.text_as("group", address_of_group),
            name: members.text("name"),
            tag: members.text("tag"),
            tag1: members.text("tag1"),
            tag2: members.text("tag2"),
            other: members.rest(),
        })
    }

    pub(super) fn group_id(&self) -> Option<GroupId> {
        self.group.as_ref().and_then(GroupUri::id)
    }
}

/// The address of a group, and nothing else: other addresses may end in the same word, and a name, which anybody can give
/// their group, may be that word.
pub(super) fn address_of_group(text: &str) -> Option<GroupUri> {
    let id = GroupUri::from(text).id()?;
    let path = GroupUri::from(id);
    let host = text.trim_end_matches('/').strip_suffix(path.as_str().trim_end_matches('/'))?;
    let authority = host.strip_prefix("https://").or_else(|| host.strip_prefix("http://"));
    let is_host = authority.is_some_and(|authority| !authority.is_empty() && !authority.contains('/'));
    (host.is_empty() || is_host).then(|| GroupUri::from(text))
}
