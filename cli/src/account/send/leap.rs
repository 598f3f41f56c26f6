//! Sending with Leap: one call that has everything in it.

use super::document::{Document, Kind};
use super::signer::{Signer, all_different};
use super::{Args, after, unless_interrupted};
use crate::account::client;
use crate::environment;
use crate::failure::Failure;
use crate::out::{Out, escaped, printable, talk};
use countersign::Effect;
use countersign::leap::{Person, SignDocument};
use serde_json::{Value, json};

/// No call is documented that lists processes, so a person has to look.
fn doubt(title: &str) -> String {
    format!(
        "It may have been started, and the signers may have been written to. Do not send it\n\
         again before you have looked for \"{title}\" in Leap: no call is documented that lists\n\
         processes."
    )
}

pub async fn send(args: Args, out: Out) -> Result<(), Failure> {
    args.refuse(&[
        ("--group", args.group.is_some()),
        ("--tag", args.tag.is_some()),
        ("--text-tags", args.text_tags),
    ])?;
    all_different(&args.signers)?;
    let owner = args.owner.as_ref().map(person).ok_or_else(|| {
        Failure::usage("Leap wants to know the owner of a signing process: --owner \"Name <mail>\"")
    })?;
    let given_or = |given: &Option<String>, variable| match given {
        Some(given) => Ok(Some(given.clone())),
        None => environment::value(variable),
    };
    let callback_url = given_or(&args.callback_url, "LEAP_CALLBACK_URL")?;
    let id_path = given_or(&args.id_at, "LEAP_ID_PATH")?;
    let document = Document::open(&args.file).await?;
    let title = args.title(&document, None)?;
    let leap = client::leap()?;
    let doubt = doubt(&title);

    let (kind, stem) = (document.kind(), document.stem().to_owned());
    let (content, bar) = document.into_content();
    let document = match kind {
        Kind::Pdf => SignDocument::pdf(content).file_name(format!("{stem}.pdf")),
        Kind::Docx => SignDocument::docx(content).file_name(format!("{stem}.docx")),
    };
    let start = leap.start_signing_process(title, document).project_owner(owner);
    let mut start = start.signers(args.signers.iter().map(person)).ordered_signers(!args.any_order);
    if let Some(url) = callback_url {
        start = start.sign_tasks_completed_callback_url(url);
    }
    let process = unless_interrupted(Box::pin(start.send()), &doubt, None).await?.map_err(|error| {
        bar.abandon();
        let note = match error.effect() {
            Effect::None => "Nobody was written to.",
            Effect::Done => "It was started, and only the answer could not be read. Do not send it again.",
            _ => &doubt,
        };
        after(&error, &message(&error), note, error.effect())
    })?;
    bar.finish();

    let id = id_path.as_deref().and_then(|path| process.id_at(path));
    let answer = Value::Object(process.into_map());
    let data = json!({ "provider": "leap", "id": id, "answer": answer });
    let printed = out.data(&data, || {
        id.as_ref().map_or_else(|| escaped(&format!("{answer:#}")), |id| printable(id.as_ref()))
    });
    match (&id, &id_path) {
        (Some(id), _) => talk(&format!("Started. Next: countersign status leap {id}")),
        (None, None) => talk(
            "Started. The id is in the answer above, which every other command needs. What it is called\n\
             there is not public: with --id-at PATH, or LEAP_ID_PATH, only the id is printed.",
        ),
        (None, Some(path)) => {
            printed.map_err(Failure::after_the_change)?;
            let message = format!(
                "it was started, so do not send it again; but the answer has no text at {path}.\n\
                 The whole answer is on standard output: the id is in it"
            );
            return Err(Failure::change("unreadable", message, Effect::Done));
        }
    }
    printed.map_err(Failure::after_the_change)
}

fn person(signer: &Signer) -> Person {
    let person = Person::default().email(signer.mail.as_str());
    match &signer.name {
        Some(name) => person.name(name.as_str()),
        None => person,
    }
}

/// The reason that Leap gives for a refusal, in its own words.
fn message(error: &countersign::Error) -> Vec<String> {
    let answer = serde_json::from_slice::<Value>(error.body()).ok();
    let message = answer.as_ref().and_then(|answer| answer.get("message")?.as_str());
    message.map(printable).into_iter().collect()
}
