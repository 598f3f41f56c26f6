//! Sending with Legalesign: the PDF becomes a template, and the template a document.

use super::document::{Document, Kind};
use super::signer::{Signer, all_different};
use super::{Args, after, unless_interrupted};
use crate::account::client;
use crate::environment;
use crate::failure::Failure;
use crate::out::{Out, printable, quoted, talk};
use countersign::Effect;
use countersign::legalesign::{FieldErrors, RecipientInput};
use serde_json::json;

/// How long they may be, as Legalesign documents it.
const LONGEST_TITLE: usize = 60;
const LONGEST_NAME: usize = 60;
const LONGEST_MAIL: usize = 75;

pub async fn send(args: Args, out: Out) -> Result<(), Failure> {
    let leap_only = [
        ("--owner", args.owner.is_some()),
        ("--callback-url", args.callback_url.is_some()),
        ("--id-at", args.id_at.is_some()),
    ];
    args.refuse(&leap_only)?;
    all_different(&args.signers)?;
    let signers = args.signers.iter().map(recipient).collect::<Result<Vec<_>, _>>()?;
    let group =
        args.group.clone().map_or_else(|| environment::value("LEGALESIGN_GROUP"), |group| Ok(Some(group)))?;
    let group = group.ok_or_else(|| {
        Failure::usage("Legalesign wants to know the group: say it with --group, or in LEGALESIGN_GROUP")
    })?;
    let document = Document::open(&args.file).await?;
    if document.kind() != Kind::Pdf {
        return Err(Failure::usage("Legalesign takes a PDF; make one of the DOCX"));
    }
    let title = args.title(&document, Some(LONGEST_TITLE))?;
    let legalesign = client::legalesign()?;

    let (content, bar) = document.into_content();
    let mut upload = legalesign.create_pdf_template(content).group(group.as_str()).title(title.as_str());
    if args.text_tags {
        upload = upload.process_tags(true);
    }
    let template = upload.send().await.map_err(|error| {
        bar.abandon();
        let stored = if error.effect() == Effect::None { "" } else { "; the PDF may have been stored" };
        let note = format!("Nobody was written to{stored}. It can be sent again.");
        after(&error, &complaints(&error), &note, Effect::None)
    })?;
    bar.finish();

    let count = signers.len();
    let start =
        legalesign.create_document().group(group.as_str()).name(title).templatepdf(template.id.clone());
    let mut start = start.signers(signers).signers_in_order(!args.any_order).do_email(true);
    if let Some(tag) = &args.tag {
        start = start.tag(tag.as_str());
    }
    // The template was made for this document alone, so it names it even where no tag does.
    let (quoted_group, quoted_template) = (quoted(&group), quoted(template.id.as_ref()));
    let look_up = format!("countersign list legalesign --group {quoted_group} --template {quoted_template}");
    let doubt = format!(
        "It may have been sent. Do not send it again before you have looked, now and in some\n\
         minutes again: this lists it, or lists nothing.\n  {look_up}"
    );
    let call = unless_interrupted(Box::pin(start.send()), &doubt, Some(&look_up));
    let created = call.await?.map_err(|error| {
        let (note, look_up) = match error.effect() {
            Effect::None => {
                (format!("Nobody was written to. The PDF stays, as the template {}.", template.id), None)
            }
            Effect::Done => {
                let done = "It was sent, and only the answer could not be read. Do not send it again;\n\
                            this shows its id:";
                (format!("{done}\n  {look_up}"), Some(look_up.as_str()))
            }
            _ => (doubt.clone(), Some(look_up.as_str())),
        };
        after(&error, &complaints(&error), &note, error.effect()).looked_up_by(look_up)
    })?;
    let data =
        json!({ "provider": "legalesign", "id": created.id, "template": template.id, "tag": args.tag });
    let id = printable(created.id.as_ref());
    let printed = out.data(&data, || id.clone());
    let people = if count == 1 { "1 signer".to_owned() } else { format!("{count} signers") };
    talk(&format!("Sent to {people}. Next: countersign status legalesign {id}"));
    printed.map_err(Failure::after_the_change)
}

fn recipient(signer: &Signer) -> Result<RecipientInput, Failure> {
    let mail = signer.mail.as_str();
    let Some((first, last)) = signer.first_and_last_name() else {
        let right = format!("--signer \"First Last <{mail}>\"");
        return Err(Failure::usage(format!(
            "Legalesign wants a first and a last name of each signer: {right}"
        )));
    };
    let too_long = |what: &str, longest| {
        Err(Failure::usage(format!(
            "the {what} of {mail} is longer than the {longest} characters that Legalesign allows"
        )))
    };
    if first.chars().count() > LONGEST_NAME || last.chars().count() > LONGEST_NAME {
        return too_long("first or last name", LONGEST_NAME);
    }
    if mail.chars().count() > LONGEST_MAIL {
        return too_long("mail address", LONGEST_MAIL);
    }
    Ok(RecipientInput::default().email(mail).firstname(first).lastname(last))
}

/// What Legalesign says of a request that it refuses, in its own sentences.
fn complaints(error: &countersign::Error) -> Vec<String> {
    let complaints = FieldErrors::of(error);
    let complaints = complaints.iter().flat_map(FieldErrors::iter);
    complaints
        .map(|complaint| printable(&format!("{}: {}", complaint.member, complaint.messages.join(" "))))
        .collect()
}
