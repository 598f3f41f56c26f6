//! The mock of Leap: what it takes, what it refuses, and how signing goes on.

use super::receiver::Receiver;
use countersign::leap::webhook::{CallbackUrls, UnverifiedReader, Verifier};
use countersign::leap::{Client, EventType, PartEncoding, Person, ProjectId, ProjectStatus, SignDocument};
use countersign::mock::leap::{ID_PATH, Server, SignError};
use countersign::mock::{AttemptOutcome, CallbackRequest, Delivered, DeliveryFailure, Fault};
use countersign::webhook::{Assurance, Audience};
use countersign::{Content, Effect, Error, ErrorKind, Secret};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

fn person(name: &str) -> Person {
    Person::default().name(name).email(format!("{name}@example.com"))
}

fn pdf() -> SignDocument {
    SignDocument::pdf(Content::bytes("%PDF-1.7"))
}

async fn started(client: &Client, ordered: Option<bool>) -> ProjectId {
    let call = client.start_signing_process("Contract", pdf()).project_owner(person("ada"));
    let mut call = call.signers([person("ada"), person("bob")]);
    if let Some(ordered) = ordered {
        call = call.ordered_signers(ordered);
    }
    call.send().await.unwrap().id_at(ID_PATH).unwrap()
}

/// The path of the base URL.
const BELOW: &str = "/api/v1/external";

/// The status and the body of an answer to a request that is written by hand; the path is below the base URL.
async fn raw(server: &Server, head: &str, headers: &str, body: &str) -> (u16, Value) {
    let host = server.base_url().trim_start_matches("http://").trim_end_matches(BELOW);
    let head = head.replacen('/', &format!("{BELOW}/"), 1);
    let mut stream = TcpStream::connect(host).await.unwrap();
    let length = body.len();
    let request = format!(
        "{head} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap_or_default())
}

fn status(error: &Error) -> u16 {
    error.status().unwrap()
}

#[tokio::test]
async fn what_was_sent_can_be_looked_at() {
    let server = Server::start().await.unwrap();
    server.set_time(SystemTime::UNIX_EPOCH + Duration::from_secs(1_776_956_400));
    let client = server.client().unwrap();
    let large = vec![b'x'; 3 * 1024 * 1024];
    let document = SignDocument::docx(Content::bytes(large.clone())).file_name("Zoë \"1\".docx");
    let call = client.start_signing_process("Vertrag für Zoë", document).project_owner(person("ada"));
    let call = call.signers([person("bob")]).additional_recipients(["cy@example.com", "di@example.com"]);
    let call = call.sign_tasks_completed_callback_url("https://app.example/leap/1");
    for encoding in [
        PartEncoding::default(),
        PartEncoding::default().without_json_content_type(),
        PartEncoding::default().one_part_per_recipient(),
        PartEncoding::default().one_part_per_recipient().without_json_content_type(),
    ] {
        let id = call.clone().encoding(encoding).send().await.unwrap().id_at(ID_PATH).unwrap();
        let process = server.process(&id).unwrap();
        assert_eq!((process.name.as_str(), process.status.as_str()), ("Vertrag für Zoë", "LIVE"));
        assert_eq!((&process.owner, &process.signers[0].person), (&person("ada"), &person("bob")));
        assert_eq!(process.additional_recipients, ["cy@example.com", "di@example.com"]);
        assert_eq!(process.callback_url.as_deref(), Some("https://app.example/leap/1"));
        assert_eq!((process.ordered_signers, process.signers.len()), (None, 1));
        assert_eq!(process.started_at, "2026-04-23T15:00:00Z");
        assert!(process.media_type.ends_with("wordprocessingml.document"));
        assert!(server.document_bytes(&id).unwrap() == large);
        assert!(!format!("{process:?}").contains("Zoë"));
    }
    assert_eq!((server.processes().len(), server.requests().len()), (4, 4));
}

#[tokio::test]
async fn signers_in_order_wait_for_their_turn() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    let id = started(&client, Some(true)).await;
    assert_eq!(server.sign(&id, 1), Err(SignError::NotTheirTurn));
    let statuses = async || {
        let data = client.get_signing_process(&id).send().await.unwrap();
        let signer = |index: u8| data.get(&format!("/mock/signers/{index}/taskStatus")).cloned().unwrap();
        (data.get("/mock/status").cloned().unwrap(), signer(0), signer(1))
    };
    assert_eq!(statuses().await, (json!("LIVE"), json!("OPEN"), json!("WAITING")));
    server.sign(&id, 0).unwrap();
    assert_eq!(statuses().await, (json!("LIVE"), json!("COMPLETED"), json!("OPEN")));
    assert_eq!(server.sign(&id, 0), Err(SignError::SignedBefore));
    assert_eq!(server.sign(&id, 2), Err(SignError::UnknownSigner));
    server.sign(&id, 1).unwrap();
    assert_eq!(statuses().await, (json!("COMPLETED"), json!("COMPLETED"), json!("COMPLETED")));
    assert_eq!(server.sign(&id, 1), Err(SignError::NotLive));
    assert_eq!(server.sign("elsewhere", 0), Err(SignError::UnknownProcess));
}

#[tokio::test]
async fn signers_at_once_sign_in_any_order() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    for ordered in [None, Some(false)] {
        let id = started(&client, ordered).await;
        server.sign(&id, 1).unwrap();
        assert_eq!(server.process(&id).unwrap().status, ProjectStatus::Live);
        server.sign_all(&id).unwrap();
        assert_eq!(server.process(&id).unwrap().status, ProjectStatus::Completed);
        assert_eq!(server.sign_all(&id), Err(SignError::NotLive));
    }
    let id = started(&client, Some(true)).await;
    for status in ProjectStatus::KNOWN.iter().filter(|status| **status != ProjectStatus::Live) {
        assert!(server.set_status(&id, status.clone()));
        assert_eq!(server.sign(&id, 0), Err(SignError::NotLive), "{status:?}");
    }
    assert!(!server.set_status("elsewhere", ProjectStatus::Live));
}

#[tokio::test]
async fn cancelling_and_deleting_have_their_refusals() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    let (open, done, foreign) =
        (started(&client, None).await, started(&client, None).await, server.add_foreign_project());
    server.sign_all(&done).unwrap();
    let unknown = "3f0f7c1e-52a4-4d0b-8a53-9f1a6b7c2d10";

    client.cancel_signing_process(&open).send().await.unwrap();
    client.cancel_signing_process(&open).send().await.unwrap();
    assert_eq!(server.process(&open).unwrap().status, ProjectStatus::Canceled);
    for (id, expected) in [(done.as_str(), 400), ("nonsense", 400), (unknown, 404), (foreign.as_str(), 403)] {
        let error = client.cancel_signing_process(id).send().await.unwrap_err();
        assert_eq!(status(&error), expected, "{id}");
    }
    for (id, expected) in [("nonsense", 404), (unknown, 404), (foreign.as_str(), 403)] {
        let error = client.delete_signing_process(id).send().await.unwrap_err();
        assert_eq!(status(&error), expected, "{id}");
    }
    for id in [&open, &done] {
        client.delete_signing_process(id).send().await.unwrap();
        assert!(server.process(id).is_none() && server.document_bytes(id).is_none());
        let again = client.delete_signing_process(id).send().await.unwrap_err();
        let cancel = client.cancel_signing_process(id).send().await.unwrap_err();
        let read = client.get_signing_process(id).send().await.unwrap_err();
        assert_eq!([status(&again), status(&cancel), status(&read)], [404, 404, 404]);
    }
    let read = client.get_signing_process(&foreign).send().await.unwrap_err();
    assert!(read.is_not_found());
}

#[tokio::test]
async fn the_key_has_to_be_right_and_bare() {
    let server = Server::start().await.unwrap();
    let wrong = server.client_builder().api_key("another").build().unwrap();
    let error = wrong.get_signing_process("p0").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    let key = server.api_key();
    for headers in [
        String::new(),
        format!("authorization: Bearer {key}\r\n"),
        format!("authorization: {key}\r\nauthorization: {key}\r\n"),
    ] {
        assert_eq!(raw(&server, "GET /projects/events/p0", &headers, "").await.0, 403, "{headers}");
    }
}

#[tokio::test]
async fn forms_are_read_strictly() {
    let server = Server::start().await.unwrap();
    let ada = r#"{"name":"Ada","email":"ada@example.com"}"#;
    let wrapped = format!(r#"{{"signers":[{ada}]}}"#);
    let document = "; filename=\"a.pdf\"\r\ncontent-type: application/pdf";
    let whole = [
        ("name", "", "N"),
        ("projectOwner", "", ada),
        ("signers", "", &wrapped),
        ("document", document, "%PDF"),
    ];
    let post = async |parts: &[(&str, &str, &str)]| {
        let mut body = String::new();
        for (name, more, value) in parts {
            body +=
                &format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"{more}\r\n\r\n{value}\r\n");
        }
        let headers = format!(
            "authorization: {}\r\ncontent-type: multipart/form-data; boundary=b\r\n",
            server.api_key()
        );
        raw(&server, "POST /sign-only-api/projects/launch-new", &headers, &format!("{body}--b--\r\n")).await
    };
    assert_eq!(post(&whole).await.0, 200);
    for missing in 0..whole.len() {
        let mut parts = whole.to_vec();
        let (name, ..) = parts.remove(missing);
        let (status, body) = post(&parts).await;
        assert_eq!((status, body["message"].as_str()), (400, Some(format!("{name} is missing").as_str())));
    }
    let png = "; filename=\"a.png\"\r\ncontent-type: image/png";
    let mixed = "; filename=\"a.docx\"\r\ncontent-type: application/pdf";
    let bare_list = format!("[{ada}]");
    let cases = [
        (("signers", "", bare_list.as_str()), 500),
        (("signers", "", "{"), 500),
        (("signers", "", r#"{"signers":{}}"#), 500),
        (("signers", "", r#"{"signers":[]}"#), 400),
        (("signers", "", r#"{"signers":[{"name":"Ada"}]}"#), 400),
        (("projectOwner", "", "Ada"), 500),
        (("orderedSigners", "", "yes"), 500),
        (("additionalRecipients", "", "[1"), 500),
        (("signTasksCompletedCallbackUrl", "", "http://app.example/"), 400),
        (("document", png, "x"), 400),
        (("document", mixed, "x"), 400),
        (("document", "", "x"), 400),
        (("orderedSigners", "", "false"), 200),
        (("somethingElse", "", "x"), 200),
    ];
    for (part, expected) in cases {
        let mut parts = whole.to_vec();
        parts.retain(|(name, ..)| *name != part.0);
        parts.push(part);
        let (status, body) = post(&parts).await;
        assert_eq!(status, expected, "{part:?}: {body}");
        assert_eq!(status != 200, body["message"].is_string(), "{part:?}: {body}");
    }
    assert_eq!(server.processes().len(), 3);
    let json = format!("authorization: {}\r\ncontent-type: application/json\r\n", server.api_key());
    assert_eq!(raw(&server, "POST /sign-only-api/projects/launch-new", &json, "{}").await.0, 400);
    assert_eq!(raw(&server, "POST /elsewhere", &json, "{}").await.0, 404);
    assert_eq!(raw(&server, "PATCH /sign-only-api/projects/p0", &json, "{}").await.0, 405);
}

#[tokio::test]
async fn the_log_holds_what_was_put_into_it() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    let id = started(&client, None).await;
    assert_eq!(client.list_workflow_events(id.as_str()).send().await.unwrap().len(), 0);
    server.set_time(SystemTime::UNIX_EPOCH);
    server.advance(Duration::from_secs(1));
    assert!(server.add_event(&id, EventType::WorkflowTemplateRename));
    assert!(!server.add_event("elsewhere", "ANYTHING"));
    let entries = client.list_workflow_events(id.as_str()).send().await.unwrap();
    let [entry] = entries.as_slice() else { panic!("{} entries", entries.len()) };
    assert_eq!(entry.event_type, Some(EventType::WorkflowTemplateRename));
    assert_eq!(entry.creation_date.as_ref().unwrap().as_str(), "1970-01-01T00:00:01.000+00:00");
    assert_eq!(entry.event_tags.as_ref().unwrap().project_id.as_ref(), Some(&id));
    let unknown = client.list_workflow_events("elsewhere").send().await.unwrap_err();
    assert!(unknown.is_not_found());
}

#[tokio::test]
async fn a_lost_answer_leaves_one_signing_process() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    server.fail_next_on("start_signing_process", Fault::lost_answer());
    let call = client.start_signing_process("Contract", pdf()).project_owner(person("ada"));
    let error = call.signers([person("bob")]).send().await.unwrap_err();
    assert_eq!((error.effect(), error.attempts()), (Effect::Unknown, 1));
    assert_eq!((server.processes().len(), server.pending_faults()), (1, 0));
    server.clear_requests();
    assert_eq!(server.requests().len(), 0);
    server.shutdown().await;
}

async fn started_for(client: &Client, url: &str) -> ProjectId {
    let call = client.start_signing_process("Contract", pdf()).project_owner(person("ada"));
    let call = call.signers([person("ada"), person("bob")]).sign_tasks_completed_callback_url(url);
    call.send().await.unwrap().id_at(ID_PATH).unwrap()
}

fn outcomes(delivered: &[Delivered]) -> Vec<AttemptOutcome> {
    delivered.iter().flat_map(Delivered::attempts).map(|attempt| attempt.outcome).collect()
}

#[tokio::test]
async fn the_last_signature_is_called_back_to_the_url_of_the_process() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    let receiver = Receiver::start([]).await;
    let urls = CallbackUrls::new(Secret::chosen("correct horse battery staple").unwrap());
    let verifier = Verifier::builder().callback_urls(urls.clone()).build().unwrap();
    let mut processes = Vec::new();
    for contract in ["contract-1", "contract-2"] {
        let url = urls.mint(&receiver.url, contract).unwrap();
        processes.push(started_for(&client, url.expose()).await);
    }
    server.sign(&processes[0], 1).unwrap();
    assert!(server.deliver_due().await.is_empty());
    server.sign(&processes[0], 0).unwrap();
    server.set_callback_body("text/plain", "odd");
    server.sign_all(&processes[1]).unwrap();
    assert!(receiver.received().is_empty());
    let delivered = server.deliver_due().await;
    let ids = delivered.iter().map(|delivered| delivered.webhook_id.as_str()).collect::<Vec<_>>();
    assert_eq!(ids, [processes[0].as_str(), processes[1].as_str()]);
    assert_ne!(delivered[0].event_id, delivered[1].event_id);
    assert!(server.deliver_due().await.is_empty());
    let received = receiver.received();
    assert_eq!(received[0].headers().get("content-type"), None);
    assert_eq!(received[1].headers()["content-type"], "text/plain");
    for (delivery, (contract, body)) in received.iter().zip([("contract-1", ""), ("contract-2", "odd")]) {
        let verified = verifier.verify(delivery, SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!((verified.assurance(), verified.audience()), (Assurance::Sender, Audience::Matched));
        assert_eq!(verified.event().reference(), Some(contract));
        assert_eq!(verified.event().body(), body);
    }
}

#[tokio::test]
async fn only_the_last_signature_is_called_back() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    let receiver = Receiver::start([]).await;
    let (cancelled, set) =
        (started_for(&client, &receiver.url).await, started_for(&client, &receiver.url).await);
    client.cancel_signing_process(&cancelled).send().await.unwrap();
    client.delete_signing_process(&cancelled).send().await.unwrap();
    server.sign_all(&set).unwrap();
    drop(server.due());
    for status in ProjectStatus::KNOWN {
        server.set_status(&set, status.clone());
    }
    // Everybody has signed, but nobody does it now.
    server.set_status(&set, ProjectStatus::Live);
    server.sign_all(&set).unwrap();
    let without = started(&client, None).await;
    server.sign_all(&without).unwrap();
    assert!(server.due().is_empty());
    assert!(receiver.received().is_empty());
}

#[tokio::test]
async fn callbacks_are_tried_once_and_may_come_twice() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    let receiver = Receiver::start([500, 302, 503, 204, 200]).await;
    let sign = async || {
        server.sign_all(started_for(&client, &receiver.url).await).unwrap();
    };
    sign().await;
    let delivered = server.deliver_due().await;
    assert_eq!(
        (delivered[0].is_delivered(), outcomes(&delivered)),
        (false, vec![AttemptOutcome::Status(500)])
    );
    assert!(server.deliver_due().await.is_empty());
    server.set_delivery_attempts(3);
    sign().await;
    assert_eq!(outcomes(&server.deliver_due().await), [302, 503, 204].map(AttemptOutcome::Status));
    sign().await;
    let twice = server.due().duplicated(2);
    assert_eq!(twice.len(), 2);
    assert_eq!(twice.send().await.len(), 2);
    let keys = receiver.take().split_off(4).into_iter().map(|delivery| {
        let unverified = UnverifiedReader::new().read(&delivery).unwrap();
        unverified.dedupe_key().clone()
    });
    let keys = keys.collect::<Vec<_>>();
    assert_eq!((keys.len(), &keys[0]), (2, &keys[1]));
    let odd = ["first", "second", "third"].map(|body| CallbackRequest::new("", body));
    let delivered = server.deliver_to(&receiver.url, odd).reversed().send().await;
    assert!(delivered.iter().all(|delivered| delivered.webhook_id.is_empty() && delivered.is_delivered()));
    let bodies = receiver.take().iter().map(|delivery| delivery.body().clone()).collect::<Vec<_>>();
    assert_eq!(bodies, ["third", "second", "first"]);
}

#[tokio::test]
async fn callbacks_stay_on_this_machine() {
    let server = Server::start().await.unwrap();
    let id = started_for(&server.client().unwrap(), "https://203.0.113.1/token-canary").await;
    server.set_delivery_attempts(3);
    server.sign_all(id).unwrap();
    let due = server.due();
    assert!(!format!("{due:?}").contains("canary"));
    assert_eq!(outcomes(&due.send().await), [AttemptOutcome::Failed(DeliveryFailure::NotLoopback)]);
}
