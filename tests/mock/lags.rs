//! Changes that are not seen at once: calls that are late, and reads that lag.

use super::{URL, webhook};
use countersign::leap::{Person, SignDocument};
use countersign::legalesign::{DocumentStatus, RecipientInput};
use countersign::mock::{Fault, Scene, faireplace, leap, legalesign, signly};
use countersign::signly::EventType;
use countersign::{Content, Effect, ErrorKind, RetryPolicy};
use std::time::{Duration, SystemTime};

const MINUTE: Duration = Duration::from_secs(60);

fn ada() -> RecipientInput {
    RecipientInput::default().email("ada@example.com").firstname("Ada").lastname("Lovelace")
}

#[tokio::test]
async fn a_late_call_happens_when_the_clock_has_moved_on() {
    let server = signly::Server::start().await.unwrap();
    server.set_time(SystemTime::UNIX_EPOCH);
    let client = server.client().unwrap();
    server.fail_next_on("create_webhook", Fault::late(MINUTE));
    let create = client.create_webhook().url(URL).events([EventType::ProcessCompleted]);
    let error = create.send().await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Interrupted, Effect::Unknown));
    let listed = async || client.list_webhooks().send().await.unwrap().items.len();
    assert_eq!((listed().await, server.webhooks().len()), (0, 0), "whoever looks now finds nothing");
    server.advance(Duration::from_secs(59));
    assert_eq!(listed().await, 0);
    server.advance(Duration::from_secs(1));
    assert_eq!((server.webhooks().len(), listed().await), (1, 1));
    assert_eq!(server.calls("create_webhook").count(), 1, "it was recorded when it came");
}

#[tokio::test]
async fn late_calls_happen_in_the_order_they_came_and_before_the_next_call() {
    let server = legalesign::Server::start().await.unwrap();
    let client = server.client_builder().retry(RetryPolicy::never()).build().unwrap();
    for name in ["First", "Second"] {
        server.fail_next(Fault::late(Duration::ZERO));
        let create = client.create_document().group(server.group()).name(name).text("<p>I agree.</p>");
        assert_eq!(create.signers([ada()]).send().await.unwrap_err().effect(), Effect::Unknown);
    }
    let mut listed = client.list_documents(server.group()).items();
    let mut names = Vec::new();
    while let Some(document) = listed.next().await {
        names.extend(document.unwrap().name);
    }
    assert_eq!(names, ["First", "Second"]);
}

#[tokio::test]
async fn a_list_shows_what_was_made_after_so_many_reads() {
    let server = signly::Server::start().await.unwrap();
    let client = server.client().unwrap();
    let old = webhook(&server, URL).await;
    server.lag_for_reads(2);
    let new = webhook(&server, URL).await;
    assert_eq!(client.list_webhooks().send().await.unwrap().items.len(), 1);
    assert!(client.get_webhook(&*new).send().await.unwrap_err().is_not_found());
    assert_eq!(client.list_webhooks().send().await.unwrap().items.len(), 2);
    assert_eq!(server.webhooks().len(), 2, "what the test looks at does not lag");

    server.lag_for_reads(1000);
    client.delete_webhook(&*old).send().await.unwrap();
    assert!(client.get_webhook(&*old).send().await.is_ok());
    server.lag_for_reads(0);
    assert!(client.get_webhook(&*old).send().await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_status_lags_by_time() {
    let server = legalesign::Server::start().await.unwrap();
    server.set_time(SystemTime::UNIX_EPOCH);
    let client = server.client().unwrap();
    let create = client.create_document().group(server.group()).name("Contract").text("<p>I agree.</p>");
    let id = create.signers([ada()]).send().await.unwrap().id;
    server.lag_for(MINUTE);
    server.sign_all(&id).unwrap();
    let status = async || client.get_status(&id).send().await.unwrap().status;
    assert_eq!(status().await, Some(DocumentStatus::Initial));
    let listed = client.list_documents(server.group()).items().next().await.unwrap().unwrap();
    assert_eq!((listed.status, listed.download_final), (Some(DocumentStatus::Initial), Some(false)));
    // What makes something is done to how things are.
    assert!(client.get_document_pdf(&id).send().await.is_ok());
    server.advance(MINUTE);
    assert_eq!(status().await, Some(DocumentStatus::Signed));
}

#[tokio::test]
async fn so_do_those_of_leap_and_faireplace() {
    let server = leap::Server::start().await.unwrap();
    let client = server.client().unwrap();
    let person = Person::default().name("Ada").email("ada@example.com");
    let start = client.start_signing_process("Contract", SignDocument::pdf(Content::bytes("%PDF-1.7")));
    let started = start.project_owner(person.clone()).signers([person]).send().await.unwrap();
    let id = started.id_at(leap::ID_PATH).unwrap();
    server.lag_for_reads(1);
    server.sign_all(&id).unwrap();
    let status = async || client.get_signing_process(&id).send().await.unwrap().get("/mock/status").cloned();
    assert_eq!((status().await, status().await), (Some("LIVE".into()), Some("COMPLETED".into())));

    let server = faireplace::Server::start().await.unwrap();
    let client = server.signatures_client().unwrap();
    let signature = server.start_signature(["LOCATAIRE"]);
    server.lag_for_reads(1);
    server.play(Scene::EveryoneSigns, &signature.lease_id).unwrap();
    let status = async || {
        client.get_signature_status(&signature.lease_id).send().await.unwrap().get("status").cloned()
    };
    assert_eq!((status().await, status().await), (Some("SIGNING".into()), Some("COMPLETED".into())));
}

#[tokio::test]
async fn faults_are_switched_on_and_off_while_it_runs() {
    let server = signly::Server::start().await.unwrap();
    let client = server.client_builder().retry(RetryPolicy::never()).build().unwrap();
    let list = async || client.list_webhooks().send().await.err().and_then(|error| error.status());
    server.fail_every_on("list_webhooks", Fault::status(503));
    assert_eq!([list().await, list().await], [Some(503), Some(503)]);
    webhook(&server, URL).await;
    server.fail_every(Fault::status(500));
    server.fail_next(Fault::status(429));
    assert_eq!([list().await, list().await], [Some(429), Some(500)]);
    server.fail_next(Fault::status(429));
    server.fail_by_seed(1, 1.0);
    server.stop_failing();
    assert_eq!((list().await, server.pending_faults()), (None, 0));
}

#[tokio::test]
#[should_panic(
    expected = "there is no operation `listWebhooks`; there are list_documents, create_document, "
)]
async fn a_fault_that_could_never_happen_is_a_mistake_of_the_test() {
    let server = signly::Server::start().await.unwrap();
    server.fail_every_on("listWebhooks", Fault::reset());
}
