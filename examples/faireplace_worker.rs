//! A worker reports a lease to FairePlace, and dies at the worst moment.
//!
//! ```sh
//! cargo run --example faireplace_worker
//! ```

use anstream::println;
use countersign::Effect;
use countersign::faireplace::workers::{
    AllSignersDone, Client, Finalization, Orchestration, Progress, SignerType,
};
use countersign::mock::Fault;
use countersign::mock::faireplace::Server;

const PDF: &str = "https://files.example/lease.pdf";

/// Stands for a database.
#[derive(Default)]
struct Store(String);

impl Store {
    fn save(&mut self, progress: &Progress) -> Result<(), serde_json::Error> {
        self.0 = serde_json::to_string(progress)?;
        Ok(())
    }

    fn load(&self) -> Result<Progress, serde_json::Error> {
        serde_json::from_str(&self.0)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::start().await?;
    let workers = server.workers_client()?;

    println!("The trap: a document is closed although the renter has not signed.");
    let signature = server.start_signature([SignerType::Owner, SignerType::Renter]);
    let document = signature.document_signature_id.as_str();
    workers.complete_signature(document, SignerType::Owner).send().await?;
    let careless = workers.finalize_document(document, AllSignersDone::as_i_have_checked());
    let answer = careless.signed_pdf_url(PDF).send().await?;
    let lease = server.lease_status(&signature.lease_id);
    println!("  success: {}, and the lease is {}", answer.success, lease.unwrap_or("gone"));
    assert_eq!((answer.success, lease), (true, Some("PENDING_SIGNATURE")));

    println!("With help: one signer after the other, each step stored.");
    let signature = server.start_signature([SignerType::Owner, SignerType::Renter]);
    let document = signature.document_signature_id.as_str();
    let mut store = Store::default();
    store.save(&Progress::new(document, [SignerType::Owner, SignerType::Renter])?)?;

    sign(&mut store, SignerType::Owner)?;
    let report = run(&workers, &mut store).await?;
    println!("  the owner has signed, the document is {:?}", report.progress().finalization());
    assert_eq!(report.progress().finalization(), Finalization::Open);

    sign(&mut store, SignerType::Renter)?;
    println!("  the renter has signed, and the answer to the last call gets lost");
    server.fail_next_on("finalize_document", Fault::lost_answer());
    let lost = run(&workers, &mut store).await;
    let error = lost.err().ok_or("a lost answer was not noticed")?;
    println!("  {error}");
    let error = error.downcast::<countersign::Error>()?;
    assert_eq!(error.effect(), Effect::Unknown);

    println!("Another process goes on with what was stored, and sends nothing.");
    server.clear_requests();
    let report = run(&workers, &mut store).await?;
    println!("  the document is {:?}", report.progress().finalization());
    assert_eq!(report.progress().finalization(), Finalization::Unknown);
    assert!(server.requests().is_empty());

    println!("Somebody looks at the lease and settles it.");
    let is_active = server.lease_status(&signature.lease_id) == Some("ACTIVE");
    let mut progress = store.load()?;
    progress.settle(is_active);
    store.save(&progress)?;
    println!("  the lease is active: {is_active}; the document is {:?}", progress.finalization());
    assert_eq!(progress.finalization(), Finalization::Finalized);
    server.shutdown().await;
    Ok(())
}

/// A signer is done. Stored before anything is sent.
fn sign(store: &mut Store, signer: SignerType) -> Result<(), Box<dyn std::error::Error>> {
    let mut progress = store.load()?;
    progress.signed(signer)?;
    Ok(store.save(&progress)?)
}

/// What a process does when it starts, and whenever somebody has signed.
async fn run(workers: &Client, store: &mut Store) -> Result<Orchestration, Box<dyn std::error::Error>> {
    let mut report = workers.orchestrate(store.load()?).signed_pdf_url(PDF);
    while let Some(step) = report.next().await {
        // First of all, since a failure is a part of it.
        store.save(report.progress())?;
        step?;
    }
    Ok(report)
}
