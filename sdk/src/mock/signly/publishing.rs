//! What the mock remembers besides webhooks: templates, documents, and the URLs that were handed out.

use super::documents::Document;
use super::refusal::Refusal;
use super::templates::Template;
use super::transfers::Handed;
use std::time::{Duration, SystemTime};

/// Templates and documents of the one tenant.
#[derive(Clone)]
pub(super) struct Publishing {
    /// The origin of the server that PDFs are sent to and fetched from.
    pub elsewhere: String,
    pub templates: Vec<Template>,
    pub documents: Vec<Document>,
    pub handed: Vec<Handed>,
    /// How many documents can still be made; as many as one likes if it is not set.
    pub credits: Option<u32>,
    /// Whether layouts are answered with an object around them.
    pub wraps_fields: bool,
    pub leaked: bool,
}

impl Publishing {
    pub fn new(elsewhere: &str) -> Self {
        Self {
            elsewhere: elsewhere.to_owned(),
            templates: Vec::new(),
            documents: Vec::new(),
            handed: Vec::new(),
            credits: None,
            wraps_fields: false,
            leaked: false,
        }
    }

    pub fn template(&self, id: &str) -> Result<&Template, Refusal> {
        let found = self.templates.iter().find(|template| template.id == id);
        found.ok_or_else(|| Refusal::unknown("Template"))
    }

    pub fn template_mut(&mut self, id: &str) -> Result<&mut Template, Refusal> {
        let found = self.templates.iter_mut().find(|template| template.id == id);
        found.ok_or_else(|| Refusal::unknown("Template"))
    }

    /// A document as it is at this time.
    pub fn document_mut(&mut self, id: &str, now: SystemTime) -> Result<&mut Document, Refusal> {
        let found = self.documents.iter_mut().find(|document| document.id == id);
        let document = found.ok_or_else(|| Refusal::unknown("Document"))?;
        document.expire(now);
        Ok(document)
    }
}

/// A time that cannot be represented is as good as the time it began at.
pub(super) fn later(time: SystemTime, by: Duration) -> SystemTime {
    time.checked_add(by).unwrap_or(time)
}
