//! PDFs on their way to the application, and previews.

use super::answer::{Answer, Outcome};
use super::documents::{Document, Storage};
use super::links::{PREVIEW, Target};
use super::pdf;
use super::read::{Call, Form};
use super::signers::Signer;
use super::state::{Store, after, find, find_mut, refer, written};
use http::StatusCode;
use std::time::Duration;

/// How long it takes to get a PDF out of the archive.
const RESTORING: Duration = Duration::from_secs(4 * 60 * 60);

/// The final PDF if there is one, otherwise what the signers get to see.
pub(super) fn get_document_pdf(store: &mut Store, call: &Call) -> Outcome {
    let document = find_mut(&mut store.documents, &call.id)?;
    document.storage = match document.storage {
        Storage::Cold => Storage::Restoring(after(call.now, RESTORING)),
        Storage::Restoring(ready) if call.now >= ready => Storage::Warm,
        storage => storage,
    };
    if document.storage != Storage::Warm {
        let text = "the PDF is being restored from the archive";
        return Ok(Answer::text(StatusCode::CREATED, text));
    }
    let content = document.final_pdf.as_ref().unwrap_or(&document.unsigned_pdf).clone();
    if !store.redirects {
        return Ok(Answer::pdf(content));
    }
    let link = store.put_elsewhere(content, call.now);
    Ok(Answer::at(StatusCode::FOUND, link))
}

pub(super) fn download_audit_log(store: &mut Store, call: &Call) -> Outcome {
    let document = find(&store.documents, &call.id)?;
    let signers = document.signers.iter().map(|signer| audit_line(document, signer));
    let head = [format!("Audit log of {}", document.id), format!("Created {}", written(document.created))];
    let lines: Vec<_> = head.into_iter().chain(signers).collect();
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    Ok(Answer::pdf(pdf::make(&lines)))
}

fn audit_line(document: &Document, signer: &Signer) -> String {
    let signed = document.signed.map(written).unwrap_or_default();
    format!("Signer {}: status {} {signed}", signer.id, signer.status)
}

pub(super) fn preview_pdf(store: &mut Store, call: &Call) -> Outcome {
    let mut form = Form::read("preview", call)?;
    let group = form.needs_reference("group", "group");
    form.needs_integer("is_signature_per_page", 0..=i64::from(i32::MAX));
    form.needs_integer("signature_type", 1..=4);
    form.needs_integer("signee_count", 0..=i64::from(i32::MAX));
    form.needs_text("text", usize::MAX);
    let title = form.text("title", usize::MAX).unwrap_or_default();
    for name in ["header", "footer"] {
        form.text(name, usize::MAX);
    }
    for name in ["header_height", "footer_height"] {
        form.integer(name, 0..=i64::MAX);
    }
    form.boolean("pdfheader");
    form.finish()?;
    refer(&store.groups, Some(&group))?;
    Ok(Answer::pdf(pdf::make(&["Preview", &title])))
}

/// The link opens once, and not for long.
pub(super) fn preview_signing_page(store: &mut Store, call: &Call) -> Outcome {
    let mut form = Form::read("preview", call)?;
    let group = form.reference("group", "group");
    form.text("text", usize::MAX);
    form.text("title", usize::MAX);
    form.integer("signee_count", 0..=i64::from(i32::MAX));
    form.finish()?;
    refer(&store.groups, group.as_deref())?;
    let link = store.mint(Target::Preview, Some(after(call.now, PREVIEW)));
    Ok(Answer::at(StatusCode::FOUND, link))
}
