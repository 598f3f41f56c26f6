//! The mock of SIGN8: what it answers to a profile, and what it refuses. All of it is made up.

use super::receiver::Receiver;
use countersign::mock::sign8::{End, EndError, Server, profile};
use countersign::mock::{CallbackRequest, Fault, Setup};
use countersign::sign8::webhook::{CallbackUrls, EventKind, UnverifiedReader, Verifier};
use countersign::sign8::{Client, CredentialForm, IdPlace, Profile, Progress, Step, StepProfile};
use countersign::webhook::{Audience, Reason};
use countersign::{Effect, Error, Secret};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Makes a step with the ids so far and returns the new one.
async fn step(client: &Client, step: Step, ids: &[(Step, &str)], body: Value) -> Result<String, Error> {
    let call = ids.iter().fold(client.step(step, body), |call, (step, id)| call.id(*step, *id));
    let answer = call.send().await?;
    Ok(client.profile().id_in(step, &answer).unwrap())
}

async fn raw(server: &Server, head: &str, headers: &str, body: &str) -> (u16, Value) {
    let (status, _, body) = raw_with_headers(server, head, headers, body).await;
    (status, body)
}

async fn raw_with_headers(server: &Server, head: &str, headers: &str, body: &str) -> (u16, String, Value) {
    let host = server.base_url().trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await.unwrap();
    let length = body.len();
    let request = format!(
        "{head} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    let (headers, body) = answer.split_once("\r\n\r\n").unwrap();
    (status, headers.to_owned(), serde_json::from_str(body).unwrap())
}

#[tokio::test]
async fn the_order_of_the_steps_is_enforced() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    let workflow = step(&client, Step::AddWorkflow, &[], json!({})).await.unwrap();
    let early = |step| (step, server.client().unwrap());
    let ids = [(Step::AddWorkflow, workflow.as_str()), (Step::AddSigner, "nobody")];
    for (early, status) in
        [(early(Step::AddSigner), 409), (early(Step::AddAnnotation), 409), (early(Step::AddSignature), 404)]
    {
        let error = step(&early.1, early.0, &ids, json!({})).await.unwrap_err();
        assert_eq!((error.status(), error.effect()), (Some(status), Effect::None), "{}", early.0);
    }
    let file = step(&client, Step::AddFile, &ids, json!({})).await.unwrap();
    let signer = step(&client, Step::AddSigner, &ids, json!({})).await.unwrap();
    let early = step(&client, Step::AddAnnotation, &ids, json!({})).await.unwrap_err();
    assert_eq!(early.status(), Some(409));
    let ids = [ids[0], (Step::AddSigner, signer.as_str())];
    let signature = step(&client, Step::AddSignature, &ids, json!({})).await.unwrap();
    let annotation = step(&client, Step::AddAnnotation, &ids, json!({})).await.unwrap();
    let stored = server.workflow(&workflow).unwrap();
    assert_eq!(stored.files, [file]);
    assert_eq!((stored.signers, stored.signatures), (vec![signer], vec![signature]));
    assert_eq!(stored.annotations, [annotation]);
}

#[tokio::test]
async fn refused_requests_have_these_statuses() {
    let server = Server::start().await.unwrap();
    let key = format!("x-made-up-key: {}\r\n", server.api_key());
    let json = "content-type: application/json\r\n";
    let good = format!("{key}{json}");
    let twice = format!("{key}{key}{json}");
    let one = "POST /made-up/workflows";
    for (head, headers, body, status) in [
        (one, json, "{}", 401),
        (one, "x-made-up-key: wrong\r\n", "{}", 401),
        (one, twice.as_str(), "{}", 401),
        ("POST /AddWorkflow", good.as_str(), "{}", 404),
        ("POST /made-up/workflows/unknown/files", good.as_str(), "{}", 404),
        ("POST /made-up/workflows//files", good.as_str(), "{}", 404),
        ("GET /made-up/workflows", good.as_str(), "", 405),
        ("TRACE /made-up/workflows", good.as_str(), "", 405),
        (one, key.as_str(), "{}", 415),
        (one, good.as_str(), "[]", 400),
        (one, good.as_str(), "{", 400),
        (one, good.as_str(), "", 400),
    ] {
        let (answered, told, body) = raw_with_headers(&server, head, headers, body).await;
        assert_eq!(answered, status, "{head} {headers}");
        assert_eq!(told.contains("\r\nallow: POST"), status == 405, "{head} {told}");
        assert!(body["made_up_error"].is_string(), "{body}");
    }
    assert_eq!(server.workflows(), []);
    let (status, body) = raw(&server, one, &good, "{}").await;
    assert_eq!((status, body["made_up"]["workflow"].as_str()), (200, Some(&*server.workflows()[0].id)));
}

/// A profile of another kind: no ids in paths, a scheme, ids deep in answers, and a step that answers nothing.
fn another() -> Profile {
    let at = |pointer: &str| IdPlace::At(pointer.to_owned());
    Profile::default()
        .credential("Authorization", CredentialForm::Scheme("Made-Up".to_owned()))
        .step(Step::AddWorkflow, StepProfile::new("/w", at("/data/0/a~1b")))
        .step(Step::AddFile, StepProfile::new("/w/f", at("/id")).link("/links/0"))
        .step(Step::AddSigner, StepProfile::new("/s", at("/id")))
        .step(Step::AddSignature, StepProfile::new("/g", IdPlace::Nowhere))
        .step(Step::AddAnnotation, StepProfile::new("/a", IdPlace::Nowhere))
}

#[tokio::test]
async fn any_profile_can_be_served() {
    let server = Server::start_with(another(), Setup::new()).await.unwrap();
    let client = server.client().unwrap();
    for _ in 0..2 {
        let mut progress = Progress::default();
        let workflow = client.workflow(&mut progress).add_workflow(|_| json!({})).await.unwrap();
        let of = |ids: &Progress| json!({ "of": [{ "workflow": ids.id(Step::AddWorkflow) }] });
        let workflow = workflow.add_file(of).await.unwrap().add_signer(of).await.unwrap();
        let by_signer = |ids: &Progress| json!({ "signer": ids.id(Step::AddSigner) });
        let workflow = workflow.add_signature(by_signer).await.unwrap();
        let links = workflow.add_annotation(of).await.unwrap().finish().unwrap();
        assert_eq!(links.len(), 1);
        assert!(links[0].link.expose().starts_with("https://sign8.invalid/made-up-link/"));
    }
    let workflows = server.workflows();
    let counts = workflows.iter().map(|workflow| {
        (workflow.files.len(), workflow.signers.len(), workflow.signatures.len(), workflow.annotations.len())
    });
    assert_eq!(counts.collect::<Vec<_>>(), [(1, 1, 1, 1), (1, 1, 1, 1)]);
    let both = json!({ "a": workflows[0].id, "b": workflows[1].id });
    for body in [json!({}), both] {
        assert_eq!(client.step(Step::AddFile, body).send().await.unwrap_err().status(), Some(400));
    }
}

#[tokio::test]
async fn a_profile_that_cannot_be_served_is_refused() {
    let same = |path: &str| profile().step(Step::AddFile, StepProfile::new(path, IdPlace::Nowhere));
    for (profile, says) in [
        (Profile::default(), "`steps.add_file.path`"),
        (same("/made-up/workflows"), "the paths of add_workflow and add_file can be the same"),
        (same("/made-up/workflows/{workflowId}/signers"), "the paths of add_file and add_signer"),
        (same("/made-up/{workflowId}/x/annotations"), "the paths of add_file and add_annotation"),
    ] {
        let error = Server::start_with(profile, Setup::new()).await.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
        assert!(error.to_string().contains(says), "{error} should say: {says}");
    }
}

#[tokio::test]
async fn faults_and_requests_are_known_by_the_step_wherever_the_profile_has_it() {
    let server = Server::start_with(another(), Setup::new()).await.unwrap();
    let client = server.client().unwrap();
    server.set_time(SystemTime::UNIX_EPOCH + Duration::from_secs(1));
    server.fail_next_on("add_file", Fault::status(503));
    let earlier = step(&client, Step::AddWorkflow, &[], json!({})).await.unwrap();
    server.advance(Duration::from_secs(1));
    let later = step(&client, Step::AddWorkflow, &[], json!({})).await.unwrap();
    assert!(earlier < later, "{earlier} {later}");
    assert_eq!(server.pending_faults(), 1);
    let error = step(&client, Step::AddFile, &[], json!({ "workflow": earlier })).await.unwrap_err();
    assert_eq!((error.status(), server.pending_faults()), (Some(503), 0));
    let operations = server.requests().iter().map(|request| request.operation).collect::<Vec<_>>();
    assert_eq!(operations, [Some("add_workflow"), Some("add_workflow"), Some("add_file")]);
    server.shutdown().await;
}

#[tokio::test]
async fn a_refusal_and_an_expiry_are_called_back_at_paths_of_their_own() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    let receiver = Receiver::start([]).await;
    let urls = CallbackUrls::new(Secret::chosen("correct horse battery staple").unwrap());
    let verifier = Verifier::builder().callback_urls(urls.clone()).organisation("org-7").build().unwrap();
    server.set_webhook(urls.mint(&receiver.url, "org-7").unwrap().expose(), "org-7");
    let refused = step(&client, Step::AddWorkflow, &[], json!({})).await.unwrap();
    let expired = step(&client, Step::AddWorkflow, &[], json!({})).await.unwrap();
    server.refuse(&refused).unwrap();
    server.set_callback_body("application/json", json!({ "made_up": expired }).to_string());
    server.expire(&expired).unwrap();
    let delivered = server.deliver_due().await;
    assert_eq!(delivered.len(), 2);
    assert!(delivered.iter().all(|delivered| delivered.is_delivered() && delivered.webhook_id == "org-7"));
    assert!(server.deliver_due().await.is_empty());
    let received = receiver.received();
    let expected = [
        (EventKind::WorkflowRefused, "/api/workflow/workflowRefused", None),
        (EventKind::WorkflowExpired, "/api/workflow/workflowExpired", Some(json!({ "made_up": expired }))),
    ];
    assert_eq!(received.len(), expected.len());
    for (delivery, (kind, path, body)) in received.iter().zip(expected) {
        assert!(delivery.uri().path().ends_with(path), "{kind:?}");
        assert_eq!(delivery.headers()["organisation_id"], "org-7");
        assert_eq!(delivery.headers().contains_key("content-type"), body.is_some());
        let verified = verifier.verify(delivery, SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!((verified.audience(), verified.reference()), (Audience::Matched, Some("org-7")));
        assert_eq!((&verified.event().kind, verified.event().json()), (&kind, body));
    }
}

#[tokio::test]
async fn a_workflow_ends_once() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    let receiver = Receiver::start([]).await;
    let silent = step(&client, Step::AddWorkflow, &[], json!({})).await.unwrap();
    server.refuse(&silent).unwrap();
    server.set_webhook(format!("{}/", receiver.url), "org-7");
    let workflow = step(&client, Step::AddWorkflow, &[], json!({})).await.unwrap();
    assert_eq!(server.workflow(&workflow).unwrap().end, None);
    server.expire(&workflow).unwrap();
    assert_eq!(server.workflow(&workflow).unwrap().end, Some(End::Expired));
    assert_eq!(server.refuse(&workflow), Err(EndError::EndedBefore));
    assert_eq!(server.expire("elsewhere"), Err(EndError::UnknownWorkflow));
    let ids = [(Step::AddWorkflow, workflow.as_str())];
    let late = step(&client, Step::AddFile, &ids, json!({})).await.unwrap_err();
    assert_eq!((late.status(), late.effect()), (Some(409), Effect::None));
    server.deliver_due().await;
    let received = receiver.take();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].uri().path(), "/callback/api/workflow/workflowExpired");
}

#[tokio::test]
async fn odd_callbacks_are_sent_as_they_are() {
    let server = Server::start().await.unwrap();
    let receiver = Receiver::start([]).await;
    let reader = UnverifiedReader::for_organisation("org-7").unwrap();
    let empty = CallbackRequest::empty();
    let named = empty.clone().with_header("organisation_id", "org-7");
    let two = named.clone().with_header("organization-id", "org-8");
    let url = format!("{}/api/workflow/workflowCompleted", receiver.url);
    let delivered = server.deliver_to(&url, [empty, named, two]).duplicated(2).send().await;
    assert_eq!(delivered.len(), 6);
    let read = receiver.take().iter().map(|delivery| reader.read(delivery)).collect::<Vec<_>>();
    for pair in read.chunks(2).take(2) {
        let [one, other] = pair else { panic!("{} of two", pair.len()) };
        let (one, other) = (one.as_ref().unwrap(), other.as_ref().unwrap());
        assert_eq!(one.dedupe_key(), other.dedupe_key());
        let kind = one.clone().trust_without_proof().kind;
        assert_eq!(kind, EventKind::Unknown("workflowCompleted".to_owned()));
    }
    assert!(read[4..].iter().all(|read| read.as_ref().unwrap_err().reason() == Reason::WrongAudience));
}
