//! Documents: how they are kept, listed, shown and taken away.

use super::answer::{Answer, Outcome, Refusal, uri};
use super::happenings::Happening;
use super::pages::page;
use super::pdf;
use super::people::merge;
use super::read::Call;
use super::signers::Signer;
use super::state::{Identified, Store, find, find_mut, is_later, remove, uri_of, written};
use super::templates::{Field, not_deleted};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value, json};
use std::time::SystemTime;

/// What a document can be. The numbers mean other things in signers.
pub(super) mod status {
    pub const INITIAL: i64 = 10;
    pub const FIELDS_COMPLETED: i64 = 20;
    pub const SIGNED: i64 = 30;
    pub const REMOVED: i64 = 40;
    pub const REJECTED: i64 = 50;
}

#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "the flags are Legalesign's")]
pub(super) struct Document {
    pub id: String,
    pub group: String,
    pub user: String,
    pub name: String,
    pub template: Option<String>,
    pub pdf_template: Option<String>,
    pub text: Option<String>,
    /// Members that are shown as they were given.
    pub given: Map<String, Value>,
    pub auto_archive: bool,
    pub do_email: bool,
    pub return_signer_links: bool,
    pub signers_in_order: bool,
    pub fields: Vec<FilledField>,
    pub signers: Vec<Signer>,
    pub status: i64,
    pub archived: bool,
    pub created: SystemTime,
    pub modified: SystemTime,
    pub signed: Option<SystemTime>,
    pub unsigned_pdf: Bytes,
    pub final_pdf: Option<Bytes>,
    pub storage: Storage,
    /// What subscribers were not told of yet.
    pub happened: Vec<Happening>,
}

/// Where the PDF is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Storage {
    Warm,
    Cold,
    /// Ready at this time.
    Restoring(SystemTime),
}

/// A field of the template, and what it holds in this document.
#[derive(Clone, Debug)]
pub(super) struct FilledField {
    pub field: Field,
    pub value: String,
    /// Whether the signer has saved it.
    pub saved: bool,
}

impl Identified for Document {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Document {
    /// Whether anything can still happen to its signers.
    pub fn is_open(&self) -> bool {
        matches!(self.status, status::INITIAL | status::FIELDS_COMPLETED)
    }

    pub fn fields_of<'a>(&'a self, signer: &'a Signer) -> impl Iterator<Item = &'a FilledField> {
        let number = signer.number();
        self.fields.iter().filter(move |filled| filled.field.signer() == Some(number))
    }

    fn entry(&self, signer: &Signer) -> Value {
        json!([
            uri("signer", &signer.id),
            signer.first_name,
            signer.last_name,
            signer.email,
            signer.sms,
            self.fields_of(signer).next().is_some(),
            signer.status,
            signer.place,
        ])
    }

    /// What lists show.
    fn summary(&self, with_signers: bool) -> Value {
        let mut shown = json!({
            "archived": self.archived,
            "auto_archive": self.auto_archive,
            "cc_emails": "",
            "created": written(self.created),
            "do_email": self.do_email,
            "download_final": self.final_pdf.is_some(),
            "group": uri("group", &self.group),
            "modified": written(self.modified),
            "name": self.name,
            "pdftext": null,
            "redirect": "",
            "resource_uri": uri("document", &self.id),
            "return_signer_links": self.return_signer_links,
            // A number here, true or false in the details.
            "signers_in_order": i32::from(self.signers_in_order),
            "status": self.status,
            "tag": "",
            "tag1": "",
            "tag2": "",
            "template": uri_of("template", self.template.as_deref()),
            "templatepdf": uri_of("templatepdf", self.pdf_template.as_deref()),
            "text": self.text,
            "user": uri("user", &self.user),
            "uuid": self.id,
        });
        let repeated = ["cc_emails", "redirect", "tag", "tag1", "tag2"];
        let repeated = self.given.iter().filter(|(name, _)| repeated.contains(&name.as_str()));
        merge(&mut shown, repeated.map(|(name, value)| (name.clone(), value.clone())).collect());
        if with_signers {
            let signers: Value = self.signers.iter().map(|signer| self.entry(signer)).collect();
            merge(&mut shown, json!({ "signers": signers }));
        }
        shown
    }

    pub fn details(&self) -> Value {
        let mut shown = self.summary(true);
        let signer_objects: Value = self.signers.iter().map(Signer::object).collect();
        let more = json!({
            "append_history": false,
            "append_pdf": false,
            "footer": "",
            "footer_height": null,
            "has_fields": !self.fields.is_empty(),
            "hash_value": self.final_pdf.as_deref().map(pdf::hash),
            "header": "",
            "header_height": null,
            "pdf_password": null,
            "pdf_password_type": null,
            "sign_mouse": true,
            "sign_time": self.signed.map(written),
            "sign_type": true,
            "sign_upload": true,
            "signature_placement": 2,
            "signature_type": 1,
            "signer_objects": signer_objects,
            "signers_in_order": self.signers_in_order,
        });
        merge(&mut shown, more);
        merge(&mut shown, Value::Object(self.given.clone()));
        shown
    }

    fn show_status(&self) -> Value {
        let given = |name| self.given.get(name).cloned().unwrap_or_else(|| "".into());
        json!({
            "archived": self.archived,
            "download_final": self.final_pdf.is_some(),
            "resource_uri": uri("status", &self.id),
            "status": self.status,
            "tag": given("tag"),
            "tag1": given("tag1"),
            "tag2": given("tag2"),
        })
    }
}

pub(super) fn list_documents(store: &mut Store, call: &Call) -> Outcome {
    let query = &call.query;
    let Some(group) = store.group_of(call)? else {
        return Err(Refusal::member("query", "group", "required"));
    };
    let archived = query.archived("archived")?;
    let status = match query.get("status") {
        Some(_) => Some(query.number("status", 0)?),
        None => None,
    };
    let (created, modified) = (query.time("created_gt")?, query.time("modified_gt")?);
    let with_signers = query.get("nosigners") != Some("1");
    let email = query.get("email");
    let fits = |document: &&Document| {
        document.group == group
            && archived.is_none_or(|archived| archived == document.archived)
            && status.is_none_or(|status| i64::try_from(status) == Ok(document.status))
            && created.is_none_or(|time| is_later(document.created, time))
            && modified.is_none_or(|time| is_later(document.modified, time))
            && email.is_none_or(|email| {
                document.signers.iter().any(|signer| signer.email.eq_ignore_ascii_case(email))
            })
    };
    let documents: Vec<_> = store.documents.iter().filter(fits).collect();
    page(call, &documents, |document| document.summary(with_signers))
}

pub(super) fn get_document(store: &mut Store, call: &Call) -> Outcome {
    find(&store.documents, &call.id).map(|document| Answer::ok(document.details()))
}

/// Nothing is erased. A document that was signed or rejected stays so.
pub(super) fn archive_document(store: &mut Store, call: &Call) -> Outcome {
    let document = find_mut(&mut store.documents, &call.id)?;
    call.query.flag("email")?;
    if document.is_open() {
        document.reach(status::REMOVED, call.now);
    }
    document.archived = true;
    document.modified = call.now;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

pub(super) fn delete_document(store: &mut Store, call: &Call) -> Outcome {
    let group = &find(&store.documents, &call.id)?.group;
    if !find(&store.groups, group).is_ok_and(|group| group.allows_deletion) {
        return Ok(not_deleted());
    }
    remove(&mut store.documents, &call.id).map(|_| Answer::empty(StatusCode::NO_CONTENT))
}

pub(super) fn list_document_fields(store: &mut Store, call: &Call) -> Outcome {
    let document = find(&store.documents, &call.id)?;
    let show = |filled: &FilledField| {
        let mut shown = json!({
            "element_type": filled.field.kind(),
            "fieldorder": filled.field.member("fieldorder"),
            "label": filled.field.member("label"),
            "label_extra": filled.field.member("label_extra"),
            "state": filled.saved,
            "validation": filled.field.member("validation"),
            "value": filled.value,
        });
        // The fields of senders have none.
        if let Some(signer) = filled.field.signer() {
            merge(&mut shown, json!({ "signer": signer }));
        }
        shown
    };
    Ok(Answer::ok(document.fields.iter().map(show).collect()))
}

pub(super) fn list_statuses(store: &mut Store, call: &Call) -> Outcome {
    // Its values are not listed, so none is refused.
    let archived = call.query.archived("filter").unwrap_or(Some(false));
    let fits = |document: &&Document| archived.is_none_or(|archived| archived == document.archived);
    let documents: Vec<_> = store.documents.iter().filter(fits).collect();
    page(call, &documents, |document| document.show_status())
}

pub(super) fn get_status(store: &mut Store, call: &Call) -> Outcome {
    find(&store.documents, &call.id).map(|document| Answer::ok(document.show_status()))
}
