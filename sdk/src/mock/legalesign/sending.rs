//! Creating a document.

use super::answer::{Answer, Outcome, Refusal, uri};
use super::documents::{Document, FilledField, Storage, status};
use super::pdf;
use super::read::{Call, Form, id_in, is_label, is_word};
use super::signers::{self, Role, Signer};
use super::state::{Store, find, find_mut, refer};
use crate::mock::id;
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Map, Value};

pub(super) fn create_document(store: &mut Store, call: &Call) -> Outcome {
    let mut form = Form::read("document", call)?;
    let group = form.needs_reference("group", "group");
    let name = form.needs_text("name", 60);
    let pdf_template = form.reference("templatepdf", "templatepdf");
    let template = form.reference("template", "template");
    let text = form.text("text", usize::MAX);
    if pdf_template.is_none() && template.is_none() && text.is_none() {
        form.wrong("templatepdf", "required, unless there is a text or a template");
    }
    let user = form.reference("user", "user");
    let given = repeated(&mut form);
    let [do_email, in_order, links, strict, convert] =
        ["do_email", "signers_in_order", "return_signer_links", "strict_fields", "convert_sender_to_signer"]
            .map(|flag| form.boolean(flag).unwrap_or_default());
    let auto_archive = form.boolean("auto_archive").unwrap_or(true);
    let values = (form.texts("pdftext"), form.texts("signertext"));
    let recipients = recipients(&mut form);
    form.finish()?;
    refer(&store.groups, Some(&group))?;
    refer(&store.users, user.as_deref())?;
    refer(&store.texts, template.as_deref())?;
    refer(&store.pdfs, pdf_template.as_deref())?;
    recipients.attachments.iter().try_for_each(|id| refer(&store.attachments, Some(id)))?;
    let (mut fields, unsigned_pdf) = contents(store, pdf_template.as_deref(), &name, &recipients)?;
    fill_in(&mut fields, &values, strict)?;
    if convert {
        convert_blank_sender_fields(&mut fields);
    }
    if let Some(template) = pdf_template.as_deref().and_then(|id| find_mut(&mut store.pdfs, id).ok()) {
        template.archived |= template.archive_upon_send;
    }
    let mut document = Document {
        id: id::uuid(),
        group,
        user: store.acting(user),
        name,
        template,
        pdf_template,
        text,
        given,
        auto_archive,
        do_email,
        return_signer_links: links,
        signers_in_order: in_order,
        fields,
        signers: recipients.signers,
        status: status::INITIAL,
        archived: false,
        created: call.now,
        modified: call.now,
        signed: None,
        unsigned_pdf,
        final_pdf: None,
        storage: Storage::Warm,
        happened: Vec::new(),
    };
    document.was_created(call.now);
    document.notify(call.now);
    let id = document.id.clone();
    store.documents.push(document);
    let answer = Answer::at(StatusCode::CREATED, uri("document", &id));
    if !links {
        return Ok(answer);
    }
    let links = store.signing_links(&id)?.into_iter().map(|(name, link)| (name, Value::from(link)));
    Ok(answer.with_json(Value::Object(links.collect())))
}

/// Members that change nothing here and are shown as they came.
fn repeated(form: &mut Form) -> Map<String, Value> {
    let mut given = Map::new();
    let mut keep = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            given.insert(name.to_owned(), value);
        }
    };
    let signature_type = form.integer("signature_type", 1..=4);
    keep("signature_type", signature_type.map(Value::from));
    for name in ["append_history", "append_pdf"] {
        keep(name, form.boolean(name).map(Value::from));
    }
    for name in ["cc_emails", "footer", "header"] {
        keep(name, form.text(name, usize::MAX).map(Value::from));
    }
    for name in ["footer_height", "header_height"] {
        keep(name, form.integer(name, 0..=i64::MAX).map(Value::from));
    }
    keep("signature_placement", form.integer("signature_placement", 1..=2).map(Value::from));
    for name in ["tag", "tag1", "tag2"] {
        keep(
            name,
            form.text_of(name, 250, |letter| is_label(letter) || "[]:;/.,".contains(letter)).map(Value::from),
        );
    }
    let redirect = form.text("redirect", 250);
    if redirect.as_ref().is_some_and(|url| !url.starts_with("https://")) {
        form.wrong("redirect", "not an https URL");
    }
    keep("redirect", redirect.map(Value::from));
    if form.text("reminders", 20).is_some_and(|schedule| !matches!(schedule.as_str(), "" | "default")) {
        form.wrong("reminders", "neither default nor empty");
    }
    let password = form.text_of("pdf_password", 150, is_label).filter(|password| !password.is_empty());
    let password_type = form.integer("pdf_password_type", 1..=2);
    if password.is_some() && (signature_type != Some(4) || password_type.is_none()) {
        form.wrong("pdf_password", "needs a pdf_password_type, and 4 as signature_type");
    }
    keep("pdf_password", password.map(Value::from));
    // A number in requests, a text in answers.
    keep("pdf_password_type", password_type.map(|kind| kind.to_string().into()));
    given
}

#[derive(Default)]
struct Recipients {
    signers: Vec<Signer>,
    /// Those without a role, skipped ones included: what a template's signer count is compared to.
    plain: usize,
    attachments: Vec<String>,
}

fn recipients(form: &mut Form) -> Recipients {
    let mut read = Recipients::default();
    let described = form.objects("signers");
    if described.is_empty() {
        form.wrong("signers", "required");
    }
    for (place, members) in described.into_iter().enumerate() {
        let mut inner = Form::of("document", members);
        recipient(&mut inner, place, &mut read);
        form.include("signers", &format!("signer_{}", place + 1), &inner);
    }
    let unreachable = read.signers.iter().enumerate().any(|(index, signer)| {
        let witness = read.signers.get(index + 1).is_some_and(|next| next.role == Role::Witness);
        (witness || signer.role == Role::Witness) && signer.sms.is_empty()
    });
    if unreachable {
        form.wrong("signers", "a witness and whoever is witnessed need an sms number");
    }
    read
}

fn recipient(form: &mut Form, place: usize, read: &mut Recipients) {
    if form.boolean("skip").unwrap_or_default() {
        if form.says_more_than(&[]) {
            form.wrong("skip", "all else has to be blank");
        }
        read.plain += 1;
        return;
    }
    let undecided = form.boolean("decide_later").unwrap_or_default();
    if undecided && place == 0 {
        form.wrong("decide_later", "nobody is before the first");
    }
    if undecided && form.says_more_than(&["order", "role"]) {
        form.wrong("decide_later", "all else has to be blank");
    }
    let is_name = |letter: char| is_label(letter) || letter == '\'';
    let (email, first_name, last_name) = if undecided {
        Default::default()
    } else {
        let first_name = form.needs_text_of("firstname", 60, is_name);
        (form.needs_email("email"), first_name, form.needs_text_of("lastname", 60, is_name))
    };
    let role = match form.text("role", 20).as_deref() {
        Some("witness") => Role::Witness,
        Some("approver") => Role::Approver,
        None | Some("") => Role::Signer,
        Some(_) => {
            form.wrong("role", "no known role");
            Role::Signer
        }
    };
    form.integer("order", 0..=i64::from(i32::MAX));
    for (name, longest) in [("message", usize::MAX), ("subject", 150), ("timezone", 60), ("behalfof", 120)] {
        form.text(name, longest);
    }
    form.text("experience", 250);
    for reviewer in form.objects("reviewers") {
        let mut inner = Form::of("document", reviewer);
        inner.needs_email("email");
        inner.text("firstname", 60);
        inner.text("lastname", 60);
        inner.boolean("include_link");
        form.include("reviewers", "reviewer", &inner);
    }
    let attachments: Option<Result<Vec<String>, _>> = form.take("attachments").map(serde_json::from_value);
    for reference in attachments.unwrap_or_else(|| Ok(Vec::new())).unwrap_or_else(|_| vec![String::new()]) {
        match id_in(&reference, "attachment") {
            Some(id) => read.attachments.push(id),
            None => form.wrong("attachments", "not a list of references"),
        }
    }
    let sms =
        form.text_of("sms", 30, |letter| is_word(letter) || "+-() ".contains(letter)).unwrap_or_default();
    read.plain += usize::from(role == Role::Signer);
    read.signers.push(Signer {
        id: id::uuid(),
        place,
        email,
        first_name,
        last_name,
        sms,
        role,
        status: signers::status::UNSENT,
        undecided,
        expires: form.time("expires"),
        earlier: Vec::new(),
        reason: String::new(),
        reminders: 0,
    });
}

/// The fields and the PDF that the signers get to see.
fn contents(
    store: &Store,
    template: Option<&str>,
    name: &str,
    recipients: &Recipients,
) -> Result<(Vec<FilledField>, Bytes), Refusal> {
    let Some(id) = template else {
        return Ok((Vec::new(), pdf::make(&["Document", name])));
    };
    let template = find(&store.pdfs, id)?;
    // A third party has seen this status for it.
    if !matches!(template.signer_count(), 0) && template.signer_count() != recipients.plain {
        return Err(Refusal::not_found());
    }
    let fill = |field: &super::templates::Field| FilledField {
        field: field.clone(),
        value: field.text("value").to_owned(),
        saved: false,
    };
    Ok((template.fields.iter().map(fill).collect(), template.content.clone()))
}

type Texts = Vec<(String, String)>;

/// What cannot be filled in is passed over in silence, unless the caller asked for strictness.
fn fill_in(fields: &mut [FilledField], values: &(Texts, Texts), strict: bool) -> Result<(), Refusal> {
    for (member, kind, texts) in [("pdftext", "admin", &values.0), ("signertext", "text", &values.1)] {
        for (name, text) in texts {
            let fits =
                |filled: &&mut FilledField| filled.field.kind() == kind && filled.field.is_called(name);
            let mut found = false;
            for filled in fields.iter_mut().filter(fits) {
                text.clone_into(&mut filled.value);
                found = true;
            }
            if strict && !found {
                return Err(Refusal::member("document", member, "there is no such field"));
            }
        }
    }
    Ok(())
}

fn convert_blank_sender_fields(fields: &mut [FilledField]) {
    for filled in fields.iter_mut().filter(|filled| filled.field.kind() == "admin" && filled.value.is_empty())
    {
        filled.field.members.insert("element_type".to_owned(), "text".into());
        filled.field.members.insert("signer".to_owned(), 1.into());
    }
}
