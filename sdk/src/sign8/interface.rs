//! The branding of an organisation: the one table that SIGN8 has published.

use crate::runtime::generated::id;
use serde::{Deserialize, Serialize};

id! {
    /// Names an interface: a UUID, made by SIGN8 \[[S](crate::sign8::sources#s)\].
    InterfaceId
}

id! {
    /// Names an organisation \[[S](crate::sign8::sources#s)\]. Its form is not documented.
    ///
    /// The table of interfaces writes `organization_id`, the header of a callback `organisation_id`: two names, each of
    /// which has to be written as it stands.
    OrganizationId
}

id! {
    /// Names an uploaded file \[[S](crate::sign8::sources#s)\]. How one is uploaded is not documented.
    FileId
}

/// How the pages look that the signers of an organisation see \[[S](crate::sign8::sources#s)\].
///
/// What is public is how SIGN8 stores it. Each column is called mandatory there, and all but `organization_id` have a
/// default; so it is *inferred* that the others need not be given, and which type each has. No call is known that sends or
/// returns it; it is here to be read from an answer, or to be part of a body, if the reference has such a call.
///
/// ```
/// use countersign::sign8::Interface;
///
/// let mut interface = Interface::new("org-1");
/// interface.primary_color = Some("#004488".to_owned()); // the form is not documented
/// let json = serde_json::to_value(&interface)?;
/// assert_eq!(json, serde_json::json!({ "organization_id": "org-1", "primary_color": "#004488" }));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Interface {
    /// Names it. SIGN8 makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface_id: Option<InterfaceId>,
    /// Whose it is. The one column without a default.
    pub organization_id: OrganizationId,
    /// The main colour. Its form is not documented; without one, it is SIGN8's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_color: Option<String>,
    /// The icon; without one, it is SIGN8's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon_file_id: Option<FileId>,
    /// The logo; without one, it is SIGN8's.
    ///
    /// The name is *inferred*: the table has `icon_file_id` here too, with a default that is called after a logo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_file_id: Option<FileId>,
    /// When it was made, as SIGN8 writes it. Whether it carries an offset is not documented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// When it was last changed, as SIGN8 writes it. Whether it carries an offset is not documented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
}

impl Interface {
    /// The interface of an organisation, with SIGN8's defaults for everything else.
    #[must_use]
    pub fn new(organization_id: impl Into<OrganizationId>) -> Self {
        Self {
            interface_id: None,
            organization_id: organization_id.into(),
            primary_color: None,
            icon_file_id: None,
            logo_file_id: None,
            created_at: None,
            updated_at: None,
        }
    }
}
