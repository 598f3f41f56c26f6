//! Signers, as the application sees them.

use super::answer::{Answer, Outcome, Refusal, uri};
use super::documents::{Document, FilledField};
use super::links::Target;
use super::read::{Call, Form};
use super::state::Store;
use http::StatusCode;
use serde_json::{Value, json};
use std::time::SystemTime;

/// What a signer can be. The numbers mean other things in documents.
pub(super) mod status {
    pub const UNSENT: i64 = 4;
    pub const SENT: i64 = 10;
    pub const EMAIL_OPENED: i64 = 15;
    pub const VISITED: i64 = 20;
    pub const FIELDS_COMPLETE: i64 = 30;
    pub const ALL_BUT_SIGNATURE: i64 = 35;
    pub const WAITING_FOR_WITNESS: i64 = 39;
    pub const SIGNED: i64 = 40;
    pub const DOWNLOADED: i64 = 50;
    pub const REJECTED: i64 = 60;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Signer,
    Approver,
    Witness,
}

#[derive(Clone, Debug)]
pub(super) struct Signer {
    pub id: String,
    /// Counts from 0, those who are skipped included.
    pub place: usize,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub sms: String,
    pub role: Role,
    pub status: i64,
    /// Whether the one before has yet to say who this is.
    pub undecided: bool,
    pub expires: Option<SystemTime>,
    /// Who it was before it was forwarded: e-mail, first name, last name.
    pub earlier: Vec<[String; 3]>,
    pub reason: String,
    pub reminders: usize,
}

impl Signer {
    /// The number by which fields name their signer.
    pub fn number(&self) -> i64 {
        let number = i64::try_from(self.place).unwrap_or(i64::MAX).saturating_add(1);
        match self.role {
            Role::Signer => number,
            Role::Witness => number.saturating_add(100),
            Role::Approver => number.saturating_add(200),
        }
    }

    /// Whether this signer's part is over.
    pub fn is_done(&self) -> bool {
        matches!(self.status, status::SIGNED | status::DOWNLOADED)
    }

    pub fn object(&self) -> Value {
        let role = match self.role {
            Role::Signer => "signer",
            Role::Approver => "approver",
            Role::Witness => "witness",
        };
        json!({
            "email": self.email,
            "firstname": self.first_name,
            "lastname": self.last_name,
            "order": self.place,
            "resource_uri": uri("signer", &self.id),
            "role": role,
            "status": self.status,
            "tel": self.sms,
            "uuid": self.id,
        })
    }
}

/// A signer and its document.
pub(super) fn find<'a>(store: &'a Store, id: &str) -> Result<(&'a Document, &'a Signer), Refusal> {
    let in_document = |document: &'a Document| {
        document.signers.iter().find(|signer| signer.id == id).map(|signer| (document, signer))
    };
    store.documents.iter().find_map(in_document).ok_or_else(Refusal::not_found)
}

pub(super) fn find_mut<'a>(store: &'a mut Store, id: &str) -> Result<(&'a mut Document, usize), Refusal> {
    let in_document = |document: &'a mut Document| {
        let index = document.signers.iter().position(|signer| signer.id == id)?;
        Some((document, index))
    };
    store.documents.iter_mut().find_map(in_document).ok_or_else(Refusal::not_found)
}

pub(super) fn get_signer(store: &mut Store, call: &Call) -> Outcome {
    let (document, signer) = find(store, &call.id)?;
    Ok(Answer::ok(json!({
        "document": uri("document", &document.id),
        "email": signer.email,
        "first_name": signer.first_name,
        "has_fields": document.fields_of(signer).next().is_some(),
        "last_name": signer.last_name,
        "order": signer.place,
        "resource_uri": uri("signer", &signer.id),
        "status": signer.status,
    })))
}

pub(super) fn list_signer_fields(store: &mut Store, call: &Call) -> Outcome {
    let (document, signer) = find(store, &call.id)?;
    let show = |filled: &FilledField| {
        json!({
            "label": filled.field.text("label"),
            "label_extra": filled.field.text("label_extra"),
            "state": filled.saved,
            "fieldorder": filled.field.member("fieldorder"),
            "value": filled.value,
        })
    };
    Ok(Answer::ok(document.fields_of(signer).map(show).collect()))
}

/// A link that works once. Those that were made before go on working.
pub(super) fn create_signing_link(store: &mut Store, call: &Call) -> Outcome {
    let (document, signer) = find(store, &call.id)?;
    if !document.is_open() || signer.is_done() || signer.undecided {
        return Err(Refusal::plain("there is nothing to sign for this signer"));
    }
    let link = store.mint(Target::Signing(call.id.clone()), None);
    Ok(Answer::at(StatusCode::CREATED, link))
}

/// Takes a forwarding back.
pub(super) fn reset_signer(store: &mut Store, call: &Call) -> Outcome {
    find(store, &call.id)?;
    let mut form = Form::read("signer", call)?;
    let email = form.needs_email("email");
    form.boolean("notify");
    form.finish()?;
    let (document, index) = find_mut(store, &call.id)?;
    let signer = document.signers.get_mut(index).ok_or_else(Refusal::not_found)?;
    let refused = |problem| Err(Refusal::member("signer", "email", problem));
    if signer.status >= status::WAITING_FOR_WITNESS {
        return refused("signed or rejected already");
    }
    if signer.email.eq_ignore_ascii_case(&email) {
        return refused("the signer of now");
    }
    let place = signer.earlier.iter().position(|[earlier, ..]| earlier.eq_ignore_ascii_case(&email));
    let Some(place) = place else {
        return refused("no earlier signer");
    };
    let [email, first_name, last_name] = signer.earlier.remove(place);
    signer.earlier.truncate(place);
    (signer.email, signer.first_name, signer.last_name) = (email, first_name, last_name);
    document.signer_reaches(index, status::UNSENT, call.now);
    document.notify(call.now);
    document.modified = call.now;
    Ok(Answer::empty(StatusCode::OK))
}

/// Fails with the status of missing credentials.
pub(super) fn send_reminder(store: &mut Store, call: &Call) -> Outcome {
    find(store, &call.id)?;
    let mut form = Form::read("signer", call)?;
    form.text("text", 10_000);
    form.finish()?;
    let (document, index) = find_mut(store, &call.id)?;
    if !document.can_act(index, call.now) {
        return Err(Refusal::not_sent());
    }
    if let Some(signer) = document.signers.get_mut(index) {
        signer.reminders += 1;
        let reached = signer.status.max(status::SENT);
        document.signer_reaches(index, reached, call.now);
    }
    Ok(Answer::empty(StatusCode::OK))
}

pub(super) fn get_rejection(store: &mut Store, call: &Call) -> Outcome {
    let (_, signer) = find(store, &call.id)?;
    Ok(Answer::ok(json!({ "status": signer.status, "reason": signer.reason })))
}
