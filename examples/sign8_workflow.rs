//! A workflow at SIGN8 is put together, fails in the middle, and goes on, offline.
//!
//! SIGN8's reference is not public. The profile, and every member of a body, is made up here.
//!
//! ```sh
//! cargo run --example sign8_workflow
//! ```

use anstream::println;
use countersign::mock::{Fault, sign8 as mock};
use countersign::sign8::{Client, Progress, SigningLink, Step};
use countersign::{Effect, Error};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("A profile says where things are. It has no secret in it, so it can be kept in a file.");
    let profile = serde_json::to_string_pretty(&mock::profile())?;
    for line in profile.lines().take(5) {
        println!("  {line}");
    }
    let server = mock::Server::start().await?;
    let sign8 = server.client()?;

    println!("The third step is refused: it did not happen.");
    let mut progress = Progress::default();
    server.fail_next_on("add_signer", Fault::status(422));
    let error = send(&sign8, &mut progress).await.err().ok_or("it went through")?;
    println!("  {error}");
    assert_eq!(error.effect(), Effect::None);
    assert_eq!(done(&progress), "add_workflow, add_file");

    println!("The same again goes on from there. Now an answer is lost: nobody knows.");
    server.fail_next_on("add_signer", Fault::lost_answer());
    let error = send(&sign8, &mut progress).await.err().ok_or("it went through")?;
    println!("  {error}");
    assert_eq!(error.effect(), Effect::Unknown);

    println!("The progress is stored, and read by another process. Nothing is repeated by itself.");
    let stored = serde_json::to_string(&progress)?;
    let mut progress: Progress = serde_json::from_str(&stored)?;
    server.clear_requests();
    let error = send(&sign8, &mut progress).await.err().ok_or("it went through")?;
    println!("  {error}");
    assert!(server.requests().is_empty());
    let unsettled = progress.unsettled().ok_or("it is settled")?;
    assert_eq!((unsettled.step, unsettled.happened), (Step::AddSigner, false));

    println!("Somebody looks it up: the signer is there. The rest is sent.");
    let workflow = progress.id(Step::AddWorkflow).ok_or("no workflow")?;
    let workflow = server.workflow(workflow).ok_or("no workflow")?;
    progress.settle_as_done(workflow.signers.first().cloned());
    let links = send(&sign8, &mut progress).await?;
    println!("  {}", done(&progress));

    println!("Each step happened once, whatever went wrong.");
    let workflow = server.workflow(&workflow.id).ok_or("no workflow")?;
    let counts = [&workflow.files, &workflow.signers, &workflow.signatures, &workflow.annotations];
    assert_eq!(counts.map(Vec::len), [1, 2, 2, 1]);
    assert_eq!(server.workflows().len(), 1);

    println!("The link of the second signer came with its step. That of the first was lost with the answer.");
    for SigningLink { step, link, .. } in &links {
        println!("  {step}: {link:?}");
    }
    assert_eq!(links.len(), 1);
    server.shutdown().await;
    Ok(())
}

/// The whole order. It is the same for the first time and for going on.
async fn send(sign8: &Client, progress: &mut Progress) -> Result<Vec<SigningLink>, Error> {
    let workflow = sign8.workflow(progress).add_workflow(|_| json!({ "made_up_title": "Contract" })).await?;
    let workflow = workflow.add_file(|_| json!({ "made_up_data": "JVBERi0xLjQ=" })).await?;
    let workflow = workflow.add_signer(|_| json!({ "made_up_mail": "ada@example.com" })).await?;
    let workflow = workflow.add_signature(|ids| json!({ "made_up_file": ids.id(Step::AddFile) })).await?;
    let workflow = workflow.add_signer(|_| json!({ "made_up_mail": "grace@example.com" })).await?;
    let workflow = workflow.add_signature(|ids| json!({ "made_up_file": ids.id(Step::AddFile) })).await?;
    let workflow = workflow.add_annotation(|_| json!({ "made_up_text": "Page 3 first, please." })).await?;
    workflow.finish()
}

fn done(progress: &Progress) -> String {
    progress.done().iter().map(|done| done.step.to_string()).collect::<Vec<_>>().join(", ")
}
