//! PDF templates and the fields in them.

use super::answer::{Answer, Outcome, Refusal, uri};
use super::links::Target;
use super::pages::{page, whole};
use super::pdf;
use super::read::{Call, Form, is_label, is_word, list};
use super::state::{Identified, Store, find, find_mut, refer, remove, written};
use crate::mock::id;
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::time::SystemTime;

#[derive(Clone, Debug)]
pub(super) struct PdfTemplate {
    id: String,
    pub group: String,
    user: String,
    title: String,
    pub content: Bytes,
    pub fields: Vec<Field>,
    /// Fields that stand in the PDF as text and were not converted yet.
    tags: Vec<Field>,
    process_tags: bool,
    pub archive_upon_send: bool,
    pub archived: bool,
    created: SystemTime,
    modified: SystemTime,
}

impl Identified for PdfTemplate {
    fn id(&self) -> &str {
        &self.id
    }
}

impl PdfTemplate {
    /// How many signers it wants; witnesses and approvers, who count from 101 and 201, left out.
    pub fn signer_count(&self) -> usize {
        let numbers = self.fields.iter().filter_map(Field::signer).filter(|number| *number <= 100);
        numbers.max().and_then(|number| usize::try_from(number).ok()).unwrap_or(0)
    }

    /// Puts text tags into the PDF. If it was uploaded to have them processed, they are.
    pub fn set_tags(&mut self, tags: Vec<Field>) {
        self.tags = tags;
        if self.process_tags {
            self.convert();
        }
    }

    fn convert(&mut self) {
        self.fields.append(&mut self.tags);
    }
}

/// A field, with all members that were given.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub uuid: String,
    pub members: Map<String, Value>,
}

impl Field {
    /// Reads a field as callers describe it.
    pub fn read(described: Value) -> Result<Self, Refusal> {
        let Value::Object(given) = described else {
            return Err(Refusal::plain("a field has to be an object"));
        };
        let mut form = Form::of("templatepdf", given.clone());
        for side in ["ax", "ay", "bx", "by"] {
            form.needs_fraction(side);
        }
        let kind = form.needs_text("element_type", 20);
        if !kind.is_empty() && !["signature", "initials", "text", "admin"].contains(&kind.as_str()) {
            form.wrong("element_type", "no known kind of field");
        }
        form.needs_integer("page", i64::from(i32::MIN)..=i64::from(i32::MAX));
        if kind == "admin" {
            form.integer("signer", 1..=i64::from(i32::MAX));
        } else {
            form.needs_integer("signer", 1..=i64::from(i32::MAX));
        }
        form.integer("align", 1..=3);
        form.integer("fieldorder", i64::from(i32::MIN)..=i64::from(i32::MAX));
        let font = form.text("font_name", 20).unwrap_or_default();
        if !["", "arial", "courier", "helvetica", "liberation", "verdana"].contains(&font.as_str()) {
            form.wrong("font_name", "no known font");
        }
        form.integer("font_size", 6..=20);
        form.text_of("label", 60, is_label);
        form.integer("logic_action", 1..=3);
        form.text_of("logic_group", 60, is_key);
        form.text_of("map_to", 120, is_key);
        form.integer("validation", 1..=92);
        form.text("label_extra", 250);
        for text in ["options", "value"] {
            form.text(text, usize::MAX);
        }
        for flag in ["hide_border", "optional", "substantive"] {
            form.boolean(flag);
        }
        form.finish()?;
        let uuid = id::uuid();
        Ok(Self { members: complete(given, &uuid), uuid })
    }

    pub fn kind(&self) -> &str {
        self.text("element_type")
    }

    pub fn signer(&self) -> Option<i64> {
        self.members.get("signer").and_then(Value::as_i64)
    }

    pub fn text(&self, name: &str) -> &str {
        self.members.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    pub fn member(&self, name: &str) -> Value {
        self.members.get(name).cloned().unwrap_or_default()
    }

    /// Fields are named by their id, or by their label.
    pub fn is_called(&self, name: &str) -> bool {
        self.uuid == name || (!name.is_empty() && self.text("label") == name)
    }
}

/// What the documented pattern of two members allows: a range from `.` to `_`, which was hardly meant.
fn is_key(letter: char) -> bool {
    is_word(letter) || matches!(letter, '.'..='_' | ' ')
}

/// All members that are shown, with what was given in the place of what is usual.
fn complete(mut given: Map<String, Value>, uuid: &str) -> Map<String, Value> {
    let usual = json!({
        "align": null, "ax": 0, "ay": 0, "bx": 0, "by": 0, "element_type": "", "fieldorder": null,
        "font_name": "", "font_size": 12, "hide_border": false, "label": "", "label_extra": "",
        "logic_action": null, "logic_group": "", "map_to": "", "optional": false, "options": "", "page": 1,
        "signer": null, "substantive": false, "validation": null, "value": "",
    });
    let Value::Object(mut members) = usual else { return Map::new() };
    for (name, value) in &mut members {
        if let Some(given) = given.remove(name).filter(|given| !given.is_null()) {
            *value = given;
        }
    }
    members.insert("uuid".to_owned(), uuid.into());
    members
}

fn show(template: &PdfTemplate) -> Value {
    let signers: BTreeSet<_> = template.fields.iter().filter_map(Field::signer).collect();
    let parties = signers.into_iter().map(|number| match number {
        201.. => "Approver",
        101.. => "Witness",
        _ => "Signer",
    });
    json!({
        "created": written(template.created),
        "group": uri("group", &template.group),
        "modified": written(template.modified),
        "page_count": pdf::pages(&template.content),
        // A text that holds JSON.
        "parties": parties.collect::<Value>().to_string(),
        "resource_uri": uri("templatepdf", &template.id),
        "signer_count": template.signer_count(),
        "title": template.title,
        "user": uri("user", &template.user),
        "uuid": template.id,
        "valid": true,
    })
}

pub(super) fn list_pdf_templates(store: &mut Store, call: &Call) -> Outcome {
    let (group, archived) = (store.group_of(call)?, call.query.archived("archive")?);
    let fits = |template: &&PdfTemplate| {
        group.is_none_or(|group| group == template.group)
            && archived.is_none_or(|archived| archived == template.archived)
    };
    let templates: Vec<_> = store.pdfs.iter().filter(fits).collect();
    page(call, &templates, |template| show(template))
}

pub(super) fn create_pdf_template(store: &mut Store, call: &Call) -> Outcome {
    let mut form = Form::read("templatepdf", call)?;
    let group = form.needs_reference("group", "group");
    let file = form.needs_text("pdf_file", usize::MAX);
    let title = form.text("title", 120).unwrap_or_default();
    let user = form.reference("user", "user");
    let archive_upon_send = form.boolean("archive_upon_send").unwrap_or_default();
    let process_tags = form.boolean("process_tags").unwrap_or_default();
    let content = pdf::read(&file).unwrap_or_else(|problem| {
        if !file.is_empty() {
            form.wrong("pdf_file", problem);
        }
        Bytes::new()
    });
    form.finish()?;
    refer(&store.groups, Some(&group))?;
    refer(&store.users, user.as_deref())?;
    let template = PdfTemplate {
        id: id::uuid(),
        group,
        user: store.acting(user),
        title,
        content,
        fields: Vec::new(),
        tags: Vec::new(),
        process_tags,
        archive_upon_send,
        archived: false,
        created: call.now,
        modified: call.now,
    };
    let answer = Answer::created("templatepdf", &template.id);
    store.pdfs.push(template);
    Ok(answer)
}

pub(super) fn get_pdf_template(store: &mut Store, call: &Call) -> Outcome {
    find(&store.pdfs, &call.id).map(|template| Answer::ok(show(template)))
}

/// The link stands in the header and in the body.
pub(super) fn create_edit_link(store: &mut Store, call: &Call) -> Outcome {
    find(&store.pdfs, &call.id)?;
    call.query.flag("hide_sender_fields")?;
    let link = store.mint(Target::Editor, None);
    Ok(Answer::at(StatusCode::CREATED, link.clone()).with_json(link.into()))
}

pub(super) fn list_pdf_template_fields(store: &mut Store, call: &Call) -> Outcome {
    let template = find(&store.pdfs, &call.id)?;
    let fields: Vec<_> = template.fields.iter().map(|field| Value::Object(field.members.clone())).collect();
    Ok(Answer::ok(whole(&fields)))
}

pub(super) fn replace_pdf_template_fields(store: &mut Store, call: &Call) -> Outcome {
    let template = find_mut(&mut store.pdfs, &call.id)?;
    let fields: Result<Vec<_>, _> = list(call)?.into_iter().map(Field::read).collect();
    template.fields = fields?;
    template.modified = call.now;
    Ok(Answer::empty(StatusCode::CREATED))
}

pub(super) fn convert_text_tags(store: &mut Store, call: &Call) -> Outcome {
    let template = find_mut(&mut store.pdfs, &call.id)?;
    template.convert();
    template.modified = call.now;
    Ok(Answer::empty(StatusCode::CREATED))
}

pub(super) fn archive_pdf_template(store: &mut Store, call: &Call) -> Outcome {
    let template = find_mut(&mut store.pdfs, &call.id)?;
    template.archived = true;
    template.modified = call.now;
    Ok(Answer::empty(StatusCode::CREATED))
}

pub(super) fn delete_pdf_template(store: &mut Store, call: &Call) -> Outcome {
    let group = &find(&store.pdfs, &call.id)?.group;
    if !find(&store.groups, group).is_ok_and(|group| group.allows_deletion) {
        return Ok(not_deleted());
    }
    remove(&mut store.pdfs, &call.id).map(|_| Answer::empty(StatusCode::NO_CONTENT))
}

/// The status of a success, for a failure.
pub(super) fn not_deleted() -> Answer {
    Answer::text(StatusCode::OK, "not deleted: the group does not allow automated deletion")
}
