//! A contract goes out through Legalesign, is signed, and comes back, offline.
//!
//! ```sh
//! cargo run --example legalesign_send_and_download
//! ```

use anstream::println;
use countersign::legalesign::calls::CreateDocument;
use countersign::legalesign::{
    ArchivedFilter, Client, DocumentId, DocumentStatus, RecipientInput, SignatureType,
};
use countersign::mock::{Fault, legalesign as mock};
use countersign::{Effect, Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::Duration;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = mock::Server::start().await?;
    let legalesign = server.client()?;
    let folder = folder()?;
    let contract = folder.join("contract.pdf");
    tokio::fs::write(&contract, b"%PDF-1.4\n% a contract\n%%EOF\n").await?;

    println!("A contract is uploaded from a file, and sent to two signers.");
    let call = prepare(&legalesign, server.group(), &contract).await?;
    let id = match send(&legalesign, call.clone(), server.group(), "contract-17").await {
        Outcome::Sent(id) => id,
        Outcome::NotSent(error) | Outcome::AskAPerson(error) => return Err(error.into()),
    };
    println!("  document {id}");

    println!("An answer that is lost: was a second contract sent?");
    server.clear_requests();
    server.fail_next_on("create_document", Fault::lost_answer());
    let Outcome::Sent(second) = send(&legalesign, call.clone(), server.group(), "contract-18").await else {
        return Err("it was not found".into());
    };
    println!("  it was: {second} is in the list, and nothing was sent twice");
    server.assert_calls(&["create_document", "list_documents"]);

    println!("An answer that is 500, however often.");
    server.clear_requests();
    (0..100).for_each(|_| server.fail_next_on("create_document", Fault::status(500)));
    let Outcome::AskAPerson(error) = send(&legalesign, call, server.group(), "contract-19").await else {
        return Err("it came to an end of another kind".into());
    };
    println!("  after {} calls: {error}", server.calls("create_document").count());
    server.calls("create_document").assert_count(3);

    println!("Both sign.");
    let before = legalesign.download_pdf(&id).checked().send().await.err().ok_or("there is a PDF")?;
    println!("  before: {before}");
    server.sign_all(&id)?;
    let status = legalesign.get_status(&id).send().await?.status;
    println!("  after: {status:?}");
    assert_eq!(status, Some(DocumentStatus::Signed));

    println!("The PDF comes from another host, which gets to see no credential, and is checked.");
    let signed = folder.join("signed.pdf");
    let mut file = tokio::fs::File::create(&signed).await?;
    let downloaded = legalesign.download_pdf(&id).checked().copy_to(&mut file).await?;
    println!("  {} bytes, SHA-256 {}", downloaded.length, downloaded.sha256);
    server.assert_no_credential_leaked();

    println!("A PDF that was put into an archive is waited for.");
    server.put_into_cold_storage(&id)?;
    let error = legalesign.download_pdf(&id).send().await.err().ok_or("it was there at once")?;
    println!("  {error}");
    assert_eq!(error.kind(), ErrorKind::NotReady);
    server.advance(Duration::from_secs(4 * 3600));
    let mut copy = Vec::new();
    let again =
        legalesign.download_pdf(&id).wait_up_to(Duration::from_secs(5 * 3600)).copy_to(&mut copy).await?;
    println!("  four hours later: {} bytes", again.length);

    tokio::fs::remove_dir_all(folder).await?;
    server.shutdown().await;
    Ok(())
}

/// What is known in the end.
enum Outcome {
    /// It went out, once.
    Sent(DocumentId),
    /// It did not go out: mend the cause, and begin again.
    NotSent(Error),
    /// Nobody knows. A person looks in the web app; until then nothing is sent.
    AskAPerson(Error),
}

/// Sends three times at most, and only what is certainly not there. The page "Sending a document" explains it.
async fn send(legalesign: &Client, call: CreateDocument, group: &str, reference: &str) -> Outcome {
    let call = call.group(group).tag(reference);
    let mut round = 1;
    loop {
        let error = match call.clone().send().await {
            Ok(document) => return Outcome::Sent(document.id),
            Err(error) if error.effect() == Effect::None => return Outcome::NotSent(error),
            Err(error) => error,
        };
        let mut found = find(legalesign, group, reference).await;
        if !matches!(found, Ok(Some(_))) {
            tokio::time::sleep(SETTLE).await; // it may be under way
            found = find(legalesign, group, reference).await;
        }
        match found {
            Ok(Some(id)) => return Outcome::Sent(id),
            Ok(None) if error.effect() == Effect::Unknown && round < 3 => round += 1,
            // It happened and is not there, or the list cannot be read, or it is enough.
            _ => return Outcome::AskAPerson(error),
        }
    }
}

/// How long a call whose connection broke may still be under way. Five minutes, with a provider that is none of ours.
const SETTLE: Duration = Duration::ZERO;

async fn find(legalesign: &Client, group: &str, reference: &str) -> Result<Option<DocumentId>, Error> {
    let mut documents = legalesign.list_documents(group).archived(ArchivedFilter::All).items();
    while let Some(document) = documents.next().await {
        let document = document?;
        if document.tag.as_deref() == Some(reference) {
            return Ok(document.uuid);
        }
    }
    Ok(None)
}

async fn prepare(legalesign: &Client, group: &str, contract: &Path) -> Result<CreateDocument, Error> {
    let template = legalesign.create_pdf_template(contract).group(group).title("Contract").send().await?;
    let recipient = |mail: &str, first: &str, last: &str| {
        RecipientInput::default().email(mail).firstname(first).lastname(last)
    };
    let signers =
        [recipient("ada@example.com", "Ada", "Lovelace"), recipient("alan@example.com", "Alan", "Turing")];
    let call = legalesign.create_document().name("Contract").templatepdf(template.id).signers(signers);
    Ok(call.do_email(true).signature_type(SignatureType::Certified))
}

fn folder() -> std::io::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("countersign-example-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
