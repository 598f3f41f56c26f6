//! A contract goes out with Leap, is signed in turn, and is deleted; offline.
//!
//! ```sh
//! cargo run --example leap_send
//! ```

use anstream::println;
use countersign::leap::{Client, Person, SignDocument, SigningProcess};
use countersign::mock::{Fault, leap as mock};
use countersign::{Content, Effect, ErrorKind};

/// Where your account has the id. The provider's name for it is not public, and the mock's is made up: look at one answer
/// of your own, and say it here.
const ID: &str = mock::ID_PATH;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = mock::Server::start().await?;
    let leap = server.client()?;

    println!("A contract goes out. Ada signs first, then Grace.");
    let contract = Content::reader(&b"%PDF-1.7 the contract"[..], 21); // a file on disk, as a rule
    let process = start(&leap, contract).await?;
    let id = process.id_at(ID).ok_or("the id is somewhere else")?;
    println!("  started: {id}");
    assert_eq!(server.document_bytes(&id).as_deref(), Some(&b"%PDF-1.7 the contract"[..]));

    println!("They sign. A callback would say so; it is unsigned, so the process is read in any case.");
    assert!(server.sign(&id, 1).is_err(), "Grace signed before her turn");
    server.sign(&id, 0)?;
    server.sign(&id, 1)?;
    let process = leap.get_signing_process(&id).send().await?;
    let status = process.get("/mock/status").and_then(|status| status.as_str());
    println!("  status: {}", status.unwrap_or("?"));
    assert_eq!(status, Some("COMPLETED"));

    println!("What is completed cannot be cancelled.");
    let error = leap.cancel_signing_process(&id).send().await.err().ok_or("it was cancelled")?;
    println!("  {error}");
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Refused, Effect::None));

    println!("Signers and recipients have the signed document, so everything may be deleted.");
    leap.delete_signing_process(&id).send().await?;
    let gone = leap.get_signing_process(&id).send().await.err().ok_or("it is still there")?;
    println!("  {gone}");
    assert!(gone.is_not_found());

    println!(
        "A 500 may be a mistake of ours. Starting is not tried again: people would be written to twice."
    );
    server.fail_next_on("start_signing_process", Fault::status(500));
    let error = start(&leap, Content::bytes("%PDF-1.7")).await.err().ok_or("the fault did not happen")?;
    println!("  {error}");
    assert_eq!((error.effect(), error.attempts()), (Effect::Unknown, 1));

    server.shutdown().await;
    Ok(())
}

async fn start(leap: &Client, contract: Content) -> Result<SigningProcess, countersign::Error> {
    let ada = Person::default().name("Ada Example").email("ada@example.com").organization("Example Ltd");
    let grace = Person::default().name("Grace Example").email("grace@example.com");
    let contract = SignDocument::pdf(contract).file_name("contract-17.pdf");
    leap.start_signing_process("Contract 17", contract)
        .project_owner(ada.clone())
        .signers([ada, grace])
        .ordered_signers(true)
        .additional_recipients(["archive@example.com"])
        // One URL for each process, with a part that nobody can guess.
        .sign_tasks_completed_callback_url("https://app.example.com/leap/contract-17/0b1e5a527c534b0b")
        .send()
        .await
}
