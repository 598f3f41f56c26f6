//! `countersign status`: how far a signing is.

use super::client;
use crate::failure::Failure;
use crate::out::{Out, escaped, printable, table, talk, words};
use crate::provider::Provider;
use countersign::legalesign::{self, SignerObject};
use countersign::signly;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// Say how far a signing is, and who has signed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countersign status legalesign 6f1d9c52-0a3b-4e77-9d24-58b1c3ae7f60
  countersign status signly doc_01J8 --json | jq -r .status

The id is that of a document for legalesign and signly, of a signing process
for leap, of a lease for faireplace. Of SIGN8 no call is known that reads.

What Leap and FairePlace answer has no public form: it is printed as it came.
What Signly answers is inferred from its front end.

Reads the variables that the provider's client does; see countersign doctor.")]
pub struct Args {
    /// Where it is: all but sign8 can be asked.
    provider: Provider,
    /// The id, as countersign send printed it.
    id: String,
}

pub async fn run(args: Args, out: Out) -> Result<(), Failure> {
    let Args { provider, id } = args;
    match provider {
        Provider::Legalesign => {
            let document = client::legalesign()?.get_document(id.as_str()).send().await?;
            told(&of_legalesign(&id, document), out)
        }
        Provider::Signly => {
            let document = client::signly()?.get_document(id.as_str()).send().await?;
            told(&of_signly(&id, document), out)
        }
        Provider::Leap => {
            let process = client::leap()?.get_signing_process(id.as_str()).send().await?;
            as_it_came(provider, &id, process.into_map(), out)
        }
        Provider::Faireplace => {
            let status = client::faireplace()?.get_signature_status(id.as_str()).send().await?;
            as_it_came(provider, &id, status.into_map(), out)
        }
        Provider::Sign8 => Err(Failure::usage(
            "of SIGN8 no call is known that reads a workflow: its reference is not public. Who has\n\
             it makes such a call with sign8::Client::request of the SDK",
        )),
    }
}

/// What is known of a signing, in the same form for each provider that has one.
#[derive(Serialize)]
struct Status {
    provider: Provider,
    id: String,
    /// A word of ours where the provider has numbers.
    status: Option<String>,
    /// The number, where the provider has numbers.
    code: Option<i64>,
    name: Option<String>,
    created: Option<String>,
    changed: Option<String>,
    deadline: Option<String>,
    archived: Option<bool>,
    /// Whether the signed PDF can be had.
    has_final_pdf: Option<bool>,
    signers: Vec<Signer>,
}

#[derive(Serialize)]
struct Signer {
    name: Option<String>,
    mail: Option<String>,
    status: Option<String>,
    code: Option<i64>,
}

fn of_legalesign(id: &str, document: legalesign::Document) -> Status {
    let status = document.status.as_ref();
    let signer = |signer: SignerObject| {
        let name = [signer.firstname, signer.lastname].into_iter().flatten().collect::<Vec<_>>().join(" ");
        Signer {
            name: Some(name).filter(|name| !name.is_empty()),
            mail: signer.email,
            status: signer.status.as_ref().map(|status| word(status, status.is_known())),
            code: signer.status.as_ref().map(legalesign::SignerStatus::value),
        }
    };
    Status {
        provider: Provider::Legalesign,
        id: id.to_owned(),
        status: status.map(|status| word(status, status.is_known())),
        code: status.map(legalesign::DocumentStatus::value),
        name: document.name,
        created: document.created.map(|time| time.to_string()),
        changed: document.modified.map(|time| time.to_string()),
        deadline: None,
        archived: document.archived,
        has_final_pdf: document.download_final,
        signers: document.signer_objects.into_iter().flatten().map(signer).collect(),
    }
}

fn of_signly(id: &str, document: signly::Document) -> Status {
    let signer = |participant: signly::Participant| Signer {
        name: participant.display_name,
        mail: participant.identity.and_then(|identity| identity.email),
        status: participant.status,
        code: None,
    };
    Status {
        provider: Provider::Signly,
        id: id.to_owned(),
        status: document.status.map(|status| status.as_str().to_owned()),
        code: None,
        name: None,
        created: document.created_at.map(|time| time.to_string()),
        changed: document.updated_at.map(|time| time.to_string()),
        deadline: document.deadline_at.map(|time| time.to_string()),
        archived: None,
        has_final_pdf: None,
        signers: document.participants.into_iter().flatten().map(signer).collect(),
    }
}

/// The name of a number, in words.
pub fn word(status: &impl std::fmt::Debug, is_known: bool) -> String {
    if is_known { words(&format!("{status:?}")) } else { "unknown".to_owned() }
}

fn told(status: &Status, out: Out) -> Result<(), Failure> {
    out.data(status, || {
        let with_code = |word: &Option<String>, code: Option<i64>| match (word, code) {
            (Some(word), Some(code)) => format!("{} ({code})", printable(word)),
            (Some(word), None) => printable(word),
            (None, _) => "not said".to_owned(),
        };
        let yes = |flag: bool| if flag { "yes" } else { "no" }.to_owned();
        let text = |text: &Option<String>| text.as_deref().map(printable);
        let facts = [
            ("id", Some(printable(&status.id))),
            ("status", Some(with_code(&status.status, status.code))),
            ("name", text(&status.name)),
            ("created", text(&status.created)),
            ("changed", text(&status.changed)),
            ("deadline", text(&status.deadline)),
            ("archived", status.archived.map(yes)),
            ("final pdf", status.has_final_pdf.map(yes)),
        ];
        let facts = facts.into_iter().filter_map(|(name, fact)| Some(format!("{name:<11}{}", fact?)));
        let signer = |signer: &Signer| {
            let or_dash = |text: &Option<String>| text.as_deref().map_or_else(|| "-".to_owned(), printable);
            vec![with_code(&signer.status, signer.code), or_dash(&signer.name), or_dash(&signer.mail)]
        };
        let signers = status.signers.iter().map(signer).collect::<Vec<_>>();
        let facts = facts.collect::<Vec<_>>().join("\n");
        if signers.is_empty() {
            return facts;
        }
        format!("{facts}\n\n{}", table(&["STATUS", "SIGNER", "MAIL"], &signers))
    })
}

/// An answer whose members nobody has documented.
fn as_it_came(provider: Provider, id: &str, answer: Map<String, Value>, out: Out) -> Result<(), Failure> {
    let answer = Value::Object(answer);
    out.data(&json!({ "provider": provider, "id": id, "answer": answer }), || {
        escaped(&format!("{answer:#}"))
    })?;
    talk(&format!(
        "This is the answer of {} as it came: what its members mean is not public.",
        provider.title()
    ));
    Ok(())
}
