//! The report of a document: whatever dies in between, nobody is forgotten and nothing is finalized twice.

use countersign::faireplace::workers::{
    self, Finalization, Orchestration, Progress, SignerProgress, SignerType,
};
use countersign::mock::Fault;
use countersign::mock::faireplace::{Server, Signature};
use countersign::{Effect, ErrorKind};

const PDF: &str = "https://files.example/lease.pdf";

/// A document that two people have signed, of which nothing was reported.
async fn signed() -> (Server, Signature, workers::Client, Progress) {
    let server = Server::start().await.unwrap();
    let signature = server.start_signature([SignerType::Owner, SignerType::Renter]);
    let document = signature.document_signature_id.as_str();
    let mut progress = Progress::new(document, [SignerType::Owner, SignerType::Renter]).unwrap();
    progress.signed(SignerType::Owner).unwrap();
    progress.signed_with_hash(SignerType::Renter, "abc").unwrap();
    let client = server.workers_client().unwrap();
    (server, signature, client, progress)
}

fn report(client: &workers::Client, progress: &Progress) -> Orchestration {
    client.orchestrate(stored(progress)).signed_pdf_url(PDF)
}

/// As it comes out of a store.
fn stored(progress: &Progress) -> Progress {
    serde_json::from_str(&serde_json::to_string(progress).unwrap()).unwrap()
}

/// Steps until there are none, and the progress after each.
async fn steps(report: &mut Orchestration) -> Vec<Progress> {
    let mut steps = Vec::new();
    while let Some(progress) = report.next().await {
        steps.push(progress.unwrap());
    }
    steps
}

fn calls(server: &Server) -> String {
    let short = |operation| if operation == Some("complete_signature") { 'c' } else { 'f' };
    server.requests().iter().map(|request| short(request.operation)).collect()
}

#[tokio::test]
async fn signers_are_reported_and_then_the_document() {
    use Finalization::{Announced, Finalized, Open};
    let (server, signature, client, progress) = signed().await;
    let steps = steps(&mut report(&client, &progress)).await;
    let finalizations = steps.iter().map(Progress::finalization).collect::<Vec<_>>();
    assert_eq!(finalizations, [Open, Open, Announced, Finalized]);
    assert_eq!(calls(&server), "ccf");
    assert_eq!(server.lease_status(&signature.lease_id), Some("ACTIVE"));
    assert_eq!(server.requests()[1].body.as_ref(), br#"{"signature_hash":"abc"}"#);
}

/// The process dies after each step, before or after the progress was stored.
#[tokio::test]
async fn whenever_the_process_dies_the_next_one_goes_on() {
    for survived in 0..=4 {
        for last_is_stored in [true, false] {
            let (server, signature, client, mut store) = signed().await;
            let mut first = report(&client, &store);
            for step in 1..=survived {
                let progress = first.next().await.unwrap().unwrap();
                if step < survived || last_is_stored {
                    store = progress;
                }
            }
            drop(first);
            let mut second = report(&client, &store);
            steps(&mut second).await;
            let finalized = calls(&server).matches('f').count();
            let case = format!("after {survived} steps, the last of them stored: {last_is_stored}");
            // The fourth step is the call itself. Died between announcement and call, or between call and store: nobody
            // knows, and nothing more is sent.
            let (finalization, sent) = match (survived, last_is_stored) {
                (4, false) => (Finalization::Unknown, 1),
                (3, true) => (Finalization::Unknown, 0),
                _ => (Finalization::Finalized, 1),
            };
            assert_eq!((second.progress().finalization(), finalized), (finalization, sent), "{case}");
            let lease = if sent == 1 { "ACTIVE" } else { "PENDING_SIGNATURE" };
            assert_eq!(server.lease_status(&signature.lease_id), Some(lease), "{case}");
        }
    }
}

#[tokio::test]
async fn a_lost_answer_is_recorded_and_nothing_is_sent_again() {
    let (server, signature, client, progress) = signed().await;
    server.fail_next_on("finalize_document", Fault::lost_answer());
    let mut report = report(&client, &progress);
    let mut announced = None;
    let error = loop {
        match report.next().await.unwrap() {
            Ok(progress) => announced = Some(progress),
            Err(error) => break error,
        }
    };
    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(report.progress().finalization(), Finalization::Unknown);
    assert!(report.next().await.is_none());
    // Neither does another process, whichever of the two was stored.
    for found in [announced.unwrap(), report.progress().clone()] {
        let mut next = self::report(&client, &found);
        steps(&mut next).await;
        assert_eq!(next.progress().finalization(), Finalization::Unknown);
    }
    assert_eq!(calls(&server), "ccf");
    // Somebody looks, and says so.
    assert_eq!(server.lease_status(&signature.lease_id), Some("ACTIVE"));
    let mut settled = report.progress().clone();
    settled.settle(true);
    assert_eq!(steps(&mut self::report(&client, &settled)).await.len(), 0);
    assert_eq!(settled.finalization(), Finalization::Finalized);
}

#[tokio::test]
async fn what_was_settled_as_not_finalized_is_tried_again() {
    let (server, signature, client, progress) = signed().await;
    server.fail_next_on("finalize_document", Fault::reset());
    let mut report = report(&client, &progress);
    while report.next().await.is_some_and(|step| step.is_ok()) {}
    assert_eq!(report.progress().finalization(), Finalization::Unknown);
    assert_eq!(server.lease_status(&signature.lease_id), Some("PENDING_SIGNATURE"));
    let mut settled = report.progress().clone();
    settled.settle(false);
    let mut again = self::report(&client, &settled);
    steps(&mut again).await;
    assert_eq!(again.progress().finalization(), Finalization::Finalized);
    assert_eq!(server.lease_status(&signature.lease_id), Some("ACTIVE"));
    // Only what is unknown can be settled.
    let mut finalized = again.progress().clone();
    finalized.settle(false);
    assert_eq!(finalized.finalization(), Finalization::Finalized);
}

#[tokio::test]
async fn a_definite_refusal_leaves_the_document_open() {
    let (server, _, client, progress) = signed().await;
    server.fail_next_on("finalize_document", Fault::status(401));
    let mut report = report(&client, &progress);
    let error = loop {
        if let Err(error) = report.next().await.unwrap() {
            break error;
        }
    };
    assert!(error.is_unauthenticated());
    assert_eq!(report.progress().finalization(), Finalization::Open);
    // It is announced again before it is tried again, by whoever reads what was stored.
    let mut report = self::report(&client, report.progress());
    let steps = steps(&mut report).await;
    let finalizations = steps.iter().map(Progress::finalization).collect::<Vec<_>>();
    assert_eq!(finalizations, [Finalization::Announced, Finalization::Finalized]);
}

/// A future that is dropped half way is a call of which nobody knows.
#[tokio::test]
async fn a_step_that_is_abandoned_is_not_made_again() {
    let (server, _, client, progress) = signed().await;
    let mut report = report(&client, &progress);
    while report.next().await.unwrap().unwrap().finalization() != Finalization::Announced {}
    {
        let mut step = std::pin::pin!(report.next());
        let polled =
            std::future::poll_fn(|context| std::task::Poll::Ready(step.as_mut().poll(context))).await;
        assert!(polled.is_pending());
    }
    assert_eq!(report.progress().finalization(), Finalization::Unknown);
    assert!(report.next().await.is_none());
    assert!(calls(&server).matches('f').count() <= 1);
}

#[tokio::test]
async fn a_signer_who_could_not_be_reported_is_reported_again() {
    let (server, _, client, progress) = signed().await;
    server.fail_next_on("complete_signature", Fault::status(403));
    let mut report = report(&client, &progress);
    assert_eq!(report.next().await.unwrap().unwrap_err().kind(), ErrorKind::Forbidden);
    assert_eq!(report.progress(), &progress);
    assert_eq!(steps(&mut report).await.len(), 4);
}

#[tokio::test]
async fn nothing_is_finalized_before_everybody_is_done_and_there_is_a_pdf() {
    let (server, signature, client, _) = signed().await;
    let document = signature.document_signature_id.as_str();
    let mut progress = Progress::new(document, ["PROPRIETAIRE", "LOCATAIRE"]).unwrap();
    assert!(report(&client, &progress).next().await.is_none());
    progress.signed(SignerType::Renter).unwrap();
    let mut one = report(&client, &progress);
    assert_eq!(steps(&mut one).await.len(), 1);
    let signers = one.progress().signers().map(|(_, progress)| progress).collect::<Vec<_>>();
    assert_eq!(signers, [SignerProgress::Waiting, SignerProgress::Reported]);
    let mut progress = one.progress().clone();
    progress.signed(SignerType::Owner).unwrap();
    let mut without_pdf = client.orchestrate(progress);
    assert_eq!(steps(&mut without_pdf).await.len(), 1);
    assert!(without_pdf.progress().is_everybody_reported());
    let progress = without_pdf.progress().clone();
    // An address that would be refused is not even announced.
    let mut unsafe_pdf =
        client.orchestrate(progress.clone()).signed_pdf_url("http://files.example/lease.pdf");
    assert_eq!(unsafe_pdf.next().await.unwrap().unwrap_err().kind(), ErrorKind::InvalidRequest);
    assert_eq!(unsafe_pdf.progress().finalization(), Finalization::Open);
    assert_eq!(calls(&server), "cc");
    steps(&mut report(&client, &progress)).await;
    assert_eq!(calls(&server), "ccf");
}

#[test]
fn signers_are_there_once_and_by_the_name_they_have() {
    let refused = |signers: &[&str]| Progress::new("d", signers.iter().copied()).unwrap_err().kind();
    assert_eq!(refused(&[]), ErrorKind::InvalidRequest);
    assert_eq!(refused(&["TENANT", "PROPRIETAIRE", "TENANT"]), ErrorKind::InvalidRequest);
    let mut progress = Progress::new("d", ["PROPRIETAIRE"]).unwrap();
    assert_eq!(progress.signed("Proprietaire").unwrap_err().kind(), ErrorKind::InvalidRequest);
    progress.signed("PROPRIETAIRE").unwrap();
}

/// Whatever a damaged store holds, a document without signers is not finalized.
#[tokio::test]
async fn a_progress_without_signers_finalizes_nothing() {
    let (server, _, client, _) = signed().await;
    for finalization in ["open", "announced"] {
        let text = format!(r#"{{"document":"d","signers":[],"finalization":"{finalization}"}}"#);
        let mut report = client.orchestrate(serde_json::from_str(&text).unwrap()).signed_pdf_url(PDF);
        steps(&mut report).await;
    }
    assert_eq!(calls(&server), "");
}

/// What a 2xx that says `false` leaves behind is not documented.
#[tokio::test]
async fn an_accepted_failure_of_finalizing_is_not_tried_again() {
    let (server, _, client, progress) = signed().await;
    let refused = Fault::answer(200, "application/json", r#"{"success":false}"#);
    server.fail_next_on("finalize_document", refused);
    let mut report = report(&client, &progress);
    let error = loop {
        if let Err(error) = report.next().await.unwrap() {
            break error;
        }
    };
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Refused, Effect::Unknown));
    assert_eq!(report.progress().finalization(), Finalization::Unknown);
    let mut announced = report.progress().clone();
    announced.settle(false);
    assert_eq!(announced.finalization(), Finalization::Open);
    assert_eq!(calls(&server), "ccf");
}

#[test]
fn a_hash_is_neither_lost_nor_replaced() {
    let mut progress = Progress::new("d", [SignerType::Owner]).unwrap();
    progress.signed(SignerType::Owner).unwrap();
    progress.signed_with_hash(SignerType::Owner, "abc").unwrap();
    progress.signed_with_hash(SignerType::Owner, "abc").unwrap();
    progress.signed(SignerType::Owner).unwrap();
    assert!(progress.signed_with_hash(SignerType::Owner, "def").is_err());
    assert!(serde_json::to_string(&progress).unwrap().contains("abc"));
}
