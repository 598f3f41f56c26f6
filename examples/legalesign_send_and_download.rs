//! A contract goes out through Legalesign, is signed, and comes back, offline.
//!
//! ```sh
//! cargo run --example legalesign_send_and_download
//! ```

use anstream::println;
use countersign::legalesign::{Client, DocumentId, DocumentStatus, RecipientInput};
use countersign::mock::{Fault, legalesign as mock};
use countersign::{Effect, ErrorKind};
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
    let id = send(&legalesign, server.group(), &contract).await?;
    println!("  document {id}");

    println!("An answer that is lost: was a second contract sent?");
    server.fail_next_on("create_document", Fault::lost_answer());
    let error = send(&legalesign, server.group(), &contract).await.err().ok_or("the answer came")?;
    println!("  {error}");
    assert_eq!(error.effect(), Effect::Unknown);
    let mut documents = legalesign.list_documents(server.group()).items();
    let mut count = 0;
    while let Some(document) = documents.next().await {
        document?;
        count += 1;
    }
    println!("  the list has {count} documents, so it was, and nothing was sent twice");
    assert_eq!(count, 2);

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

async fn send(legalesign: &Client, group: &str, contract: &Path) -> Result<DocumentId, countersign::Error> {
    let template = legalesign.create_pdf_template(contract).group(group).title("Contract").send().await?;
    let recipient = |mail: &str, first: &str, last: &str| {
        RecipientInput::default().email(mail).firstname(first).lastname(last)
    };
    let document = legalesign
        .create_document()
        .group(group)
        .name("Contract")
        .templatepdf(template.id)
        .signers([
            recipient("ada@example.com", "Ada", "Lovelace"),
            recipient("alan@example.com", "Alan", "Turing"),
        ])
        .do_email(true)
        .signature_type(countersign::legalesign::SignatureType::Certified)
        .send()
        .await?;
    Ok(document.id)
}

fn folder() -> std::io::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("countersign-example-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}
