//! Text templates and attachments.

use super::answer::{Answer, Outcome, Refusal, uri};
use super::pages::page;
use super::pdf;
use super::people::merge;
use super::read::{Call, Form, is_label, is_word};
use super::state::{Identified, Store, find, find_mut, refer, remove, written};
use crate::mock::id;
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};
use std::time::SystemTime;

#[derive(Clone, Debug)]
pub(super) struct TextTemplate {
    id: String,
    group: String,
    user: String,
    title: String,
    pub text: String,
    archived: bool,
    created: SystemTime,
    modified: SystemTime,
}

#[derive(Clone, Debug)]
pub(super) struct Attachment {
    id: String,
    group: String,
    user: String,
    filename: String,
    description: String,
    pub content: Bytes,
    created: SystemTime,
}

impl Identified for TextTemplate {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Identified for Attachment {
    fn id(&self) -> &str {
        &self.id
    }
}

/// The highest number of a signer in an HTML document.
pub(super) fn signees(text: &str) -> usize {
    let numbers = text.split("data-signee=").skip(1).filter_map(|rest| {
        let rest = rest.trim_start_matches(['"', '\'']);
        let digits = rest.split(|letter: char| !letter.is_ascii_digit()).next();
        digits.and_then(|digits| digits.parse().ok())
    });
    numbers.max().unwrap_or(0)
}

fn show_text(template: &TextTemplate) -> Value {
    json!({
        "archive": template.archived,
        "created": written(template.created),
        "group": uri("group", &template.group),
        "has_fields": template.text.contains("data-signee="),
        "modified": written(template.modified),
        "resource_uri": uri("template", &template.id),
        "signee_count": signees(&template.text),
        "title": template.title,
        "user": uri("user", &template.user),
        "uuid": template.id,
    })
}

pub(super) fn list_text_templates(store: &mut Store, call: &Call) -> Outcome {
    let (group, archived) = (store.group_of(call)?, call.query.archived("archive")?);
    let fits = |template: &&TextTemplate| {
        group.is_none_or(|group| group == template.group)
            && archived.is_none_or(|archived| archived == template.archived)
    };
    let templates: Vec<_> = store.texts.iter().filter(fits).collect();
    page(call, &templates, |template| show_text(template))
}

pub(super) fn create_text_template(store: &mut Store, call: &Call) -> Outcome {
    let mut form = Form::read("template", call)?;
    let title = form.needs_text_of("title", 60, is_label);
    let text = form.needs_text("latest_text", usize::MAX);
    let group = form.needs_reference("group", "group");
    let user = form.reference("user", "user");
    form.finish()?;
    refer(&store.groups, Some(&group))?;
    refer(&store.users, user.as_deref())?;
    let (id, user, now) = (id::uuid(), store.acting(user), call.now);
    let answer = Answer::created("template", &id);
    store.texts.push(TextTemplate {
        id,
        group,
        user,
        title,
        text,
        archived: false,
        created: now,
        modified: now,
    });
    Ok(answer)
}

pub(super) fn get_text_template(store: &mut Store, call: &Call) -> Outcome {
    let template = find(&store.texts, &call.id)?;
    let mut shown = show_text(template);
    merge(&mut shown, json!({ "latest_text": template.text }));
    Ok(Answer::ok(shown))
}

pub(super) fn update_text_template(store: &mut Store, call: &Call) -> Outcome {
    find(&store.texts, &call.id)?;
    let mut form = Form::read("template", call)?;
    let title = form.text_of("title", 60, is_label);
    let text = form.text("latest_text", usize::MAX);
    let (group, user) = (form.reference("group", "group"), form.reference("user", "user"));
    form.finish()?;
    refer(&store.groups, group.as_deref())?;
    refer(&store.users, user.as_deref())?;
    let template = find_mut(&mut store.texts, &call.id)?;
    let change = |old: &mut String, new: Option<String>| {
        if let Some(new) = new {
            *old = new;
        }
    };
    change(&mut template.title, title);
    change(&mut template.text, text);
    change(&mut template.group, group);
    change(&mut template.user, user);
    template.modified = call.now;
    Ok(Answer::empty(StatusCode::ACCEPTED))
}

pub(super) fn archive_text_template(store: &mut Store, call: &Call) -> Outcome {
    let template = find_mut(&mut store.texts, &call.id)?;
    template.archived = true;
    template.modified = call.now;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

fn show_attachment(attachment: &Attachment) -> Value {
    json!({
        "created": written(attachment.created),
        "description": attachment.description,
        "filename": attachment.filename,
        "group": uri("group", &attachment.group),
        "resource_uri": uri("attachment", &attachment.id),
        "user": uri("user", &attachment.user),
        "uuid": attachment.id,
    })
}

pub(super) fn list_attachments(store: &mut Store, call: &Call) -> Outcome {
    let group = store.group_of(call)?;
    let fits = |attachment: &&Attachment| group.is_none_or(|group| group == attachment.group);
    let attachments: Vec<_> = store.attachments.iter().filter(fits).collect();
    page(call, &attachments, |attachment| show_attachment(attachment))
}

/// What is wrong with the file, its name or its description is told in a form of its own.
pub(super) fn create_attachment(store: &mut Store, call: &Call) -> Outcome {
    let mut form = Form::read("attachment", call)?;
    let group = form.needs_reference("group", "group");
    let file = form.needs_text("pdf_file", usize::MAX);
    let filename = form.needs_text("filename", usize::MAX);
    let description = form.text("description", usize::MAX).unwrap_or_default();
    let user = form.reference("user", "user");
    form.finish()?;
    let stem = filename.strip_suffix(".pdf").unwrap_or_default();
    if !(1..=250).contains(&stem.chars().count()) {
        return Err(Refusal::plain("the filename has to end in .pdf, after 1 to 250 characters"));
    }
    if !stem.chars().all(|letter| is_word(letter) || letter == '-') {
        return Err(Refusal::plain("the filename has a character that is not allowed"));
    }
    if description.chars().count() > 250 {
        return Err(Refusal::plain("the description is longer than 250 characters"));
    }
    let content = pdf::read(&file).map_err(Refusal::plain)?;
    if content.len() > store.largest_attachment {
        return Err(Refusal::plain("the file is too large"));
    }
    refer(&store.groups, Some(&group))?;
    refer(&store.users, user.as_deref())?;
    let (id, user) = (id::uuid(), store.acting(user));
    let answer = Answer::created("attachment", &id);
    store.attachments.push(Attachment { id, group, user, filename, description, content, created: call.now });
    Ok(answer)
}

pub(super) fn get_attachment(store: &mut Store, call: &Call) -> Outcome {
    find(&store.attachments, &call.id).map(|attachment| Answer::ok(show_attachment(attachment)))
}

pub(super) fn delete_attachment(store: &mut Store, call: &Call) -> Outcome {
    remove(&mut store.attachments, &call.id).map(|_| Answer::empty(StatusCode::NO_CONTENT))
}
