//! Templates in their versions.

use super::fields;
use super::publishing::Publishing;
use super::refusal::Refusal;
use super::transfers::Purpose;
use crate::mock::id;
use crate::runtime::Timestamp;
use crate::signly::{TemplateCreate, TemplateField, TemplateUpdate};
use bytes::Bytes;
use serde_json::{Value, json};
use std::time::SystemTime;

#[derive(Clone)]
pub(super) struct Template {
    pub id: String,
    name: String,
    description: Option<String>,
    created: SystemTime,
    updated: SystemTime,
    /// Oldest first; there is at least one.
    versions: Vec<Version>,
}

#[derive(Clone)]
struct Version {
    number: u32,
    pdf: Option<Bytes>,
    fields: Vec<TemplateField>,
}

impl Template {
    /// The number of a version, if its text is that of a number with leading zeros.
    fn number(version: &str) -> Option<u32> {
        version.parse().ok().filter(|number| Self::text(*number) == version)
    }

    fn text(number: u32) -> String {
        format!("{number:04}")
    }

    fn version(&self, version: &str) -> Result<&Version, Refusal> {
        let number = Self::number(version);
        let found = self.versions.iter().find(|version| Some(version.number) == number);
        found.ok_or_else(|| Refusal::unknown("Template version"))
    }

    fn json(&self, version: &Version) -> Value {
        let text = Self::text(version.number);
        json!({
            "templateId": self.id,
            "templateName": self.name,
            "description": self.description,
            "templateVersion": format!("TEMPLATE#{text}"),
            "version": version.number,
            "s3Uri": version.pdf.as_ref().map(|_| s3_uri(&self.id, &text)),
            "fields": version.fields,
            "createdAt": Timestamp::from(self.created),
            "createdBy": "mock",
            "updatedAt": Timestamp::from(self.updated),
        })
    }

    fn latest(&self) -> Value {
        self.versions.last().map(|version| self.json(version)).unwrap_or_default()
    }

    /// The fields of a version that has its PDF, so that a document can be made of it.
    pub fn publishable(&self, version: &str) -> Option<&[TemplateField]> {
        self.version(version).ok().filter(|version| version.pdf.is_some()).map(|version| &*version.fields)
    }

    pub fn pdf(&self, version: &str) -> Option<Bytes> {
        self.version(version).ok()?.pdf.clone()
    }

    /// Whether a PDF may be uploaded to a version: to one that has none, or to the one after the last.
    fn check_upload(&self, version: &str) -> Result<u32, Refusal> {
        if let Ok(version) = self.version(version) {
            return if version.pdf.is_some() { Err(Refusal::already_uploaded()) } else { Ok(version.number) };
        }
        let next = self.versions.last().filter(|last| last.pdf.is_some()).map_or(0, |last| last.number + 1);
        let number = Self::number(version).filter(|number| *number == next);
        number.ok_or_else(|| Refusal::unknown("Template version"))
    }

    /// Takes in an uploaded PDF. A new version begins with the fields of the one before.
    pub fn put_pdf(&mut self, version: &str, pdf: Bytes, now: SystemTime) -> Result<(), Refusal> {
        let number = self.check_upload(version)?;
        self.updated = now;
        if let Some(version) = self.versions.iter_mut().find(|version| version.number == number) {
            version.pdf = Some(pdf);
        } else {
            let fields = self.versions.last().map(|last| last.fields.clone()).unwrap_or_default();
            self.versions.push(Version { number, pdf: Some(pdf), fields });
        }
        Ok(())
    }
}

fn s3_uri(id: &str, version: &str) -> String {
    format!("s3://mock/{id}/{version}.pdf")
}

impl Publishing {
    pub fn list_templates(&self) -> Value {
        self.templates.iter().map(Template::latest).collect()
    }

    pub fn create_template(&mut self, new: TemplateCreate, now: SystemTime) -> Result<Value, Refusal> {
        let name = new.template_name.filter(|name| !name.is_empty());
        let name = name.ok_or_else(|| Refusal::invalid("templateName", "missing"))?;
        let versions = vec![Version { number: 1, pdf: None, fields: Vec::new() }];
        let description = new.description;
        let template = Template { id: id::uuid(), name, description, created: now, updated: now, versions };
        let answer = template.latest();
        self.templates.push(template);
        Ok(answer)
    }

    pub fn get_template(&self, id: &str) -> Result<Value, Refusal> {
        self.template(id).map(Template::latest)
    }

    pub fn update_template(
        &mut self,
        id: &str,
        update: TemplateUpdate,
        now: SystemTime,
    ) -> Result<Value, Refusal> {
        let template = self.template_mut(id)?;
        template.name = update.template_name.unwrap_or(std::mem::take(&mut template.name));
        template.description = update.description.or(template.description.take());
        template.updated = now;
        Ok(template.latest())
    }

    pub fn delete_template(&mut self, id: &str) -> Result<Value, Refusal> {
        self.template(id)?;
        self.templates.retain(|template| template.id != id);
        Ok(json!({ "templateId": id }))
    }

    pub fn template_history(&self, id: &str) -> Result<Value, Refusal> {
        let template = self.template(id)?;
        Ok(template.versions.iter().map(|version| template.json(version)).collect())
    }

    pub fn get_template_version(&self, id: &str, version: &str) -> Result<Value, Refusal> {
        let template = self.template(id)?;
        Ok(template.json(template.version(version)?))
    }

    /// The last version takes the template with it.
    pub fn delete_template_version(&mut self, id: &str, version: &str) -> Result<Value, Refusal> {
        let template = self.template_mut(id)?;
        let number = template.version(version)?.number;
        template.versions.retain(|version| version.number != number);
        self.templates.retain(|template| !template.versions.is_empty());
        Ok(json!({ "templateId": id, "version": version }))
    }

    pub fn get_fields(&self, id: &str) -> Result<Value, Refusal> {
        let latest = self.template(id)?.versions.last();
        Ok(fields::json(latest.map(|version| &*version.fields).unwrap_or_default(), self.wraps_fields))
    }

    pub fn replace_fields(
        &mut self,
        id: &str,
        layout: Vec<TemplateField>,
        now: SystemTime,
    ) -> Result<Value, Refusal> {
        let template = self.template_mut(id)?;
        fields::check(&layout)?;
        template.updated = now;
        if let Some(latest) = template.versions.last_mut() {
            latest.fields = layout;
        }
        self.get_fields(id)
    }

    pub fn upload_url(&mut self, id: &str, version: &str, now: SystemTime) -> Result<Value, Refusal> {
        self.template(id)?.check_upload(version)?;
        let url = self.hand_out(Purpose::Upload, id, version, now);
        Ok(json!({ "uploadUrl": url, "s3Uri": s3_uri(id, version) }))
    }

    pub fn download_url(&mut self, id: &str, version: &str, now: SystemTime) -> Result<Value, Refusal> {
        let pdf = self.template(id)?.version(version)?.pdf.as_ref();
        pdf.ok_or_else(|| Refusal::unknown("The PDF of this version"))?;
        let url = self.hand_out(Purpose::Download, id, version, now);
        Ok(json!({ "downloadUrl": url, "s3Uri": s3_uri(id, version) }))
    }
}
