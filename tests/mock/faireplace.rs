//! The mock of FairePlace: signatures with codes, and what workers report.

use countersign::faireplace::signatures::{Client, SignatureState, SignerInput, SignerState, SignerType};
use countersign::faireplace::workers::{AllSignersDone, SignerType as Role};
use countersign::http::Method;
use countersign::mock::Fault;
use countersign::mock::faireplace::{Lease, Server};
use countersign::{Error, ErrorKind, RetryPolicy};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

const OTHER: &str = "5b1f0a7e-8c3d-4a96-9e42-d07b6c8f1a25";

async fn initiate(client: &Client, lease: &Lease, roles: &[SignerType]) -> Result<(), Error> {
    let signers = roles.iter().map(|role| SignerInput::default().type_(role.clone()).name("Ada"));
    client.initiate_signature(&lease.id).pdf_id(&lease.pdf_id).signers(signers).send().await.map(drop)
}

async fn document(client: &Client, lease: &Lease) -> String {
    let status = client.get_signature_status(&lease.id).send().await.unwrap();
    status.get("document_signature_id").and_then(Value::as_str).unwrap().to_owned()
}

/// A lease that a renter is about to sign, at a time that stands still.
async fn signing() -> (Server, Client, Lease, String) {
    let server = Server::start().await.unwrap();
    server.set_time(SystemTime::UNIX_EPOCH + Duration::from_secs(1_776_956_400));
    let client = server.signatures_client_builder().retry(RetryPolicy::never()).build().unwrap();
    let lease = server.add_lease();
    initiate(&client, &lease, &[SignerType::Renter]).await.unwrap();
    let document = document(&client, &lease).await;
    (server, client, lease, document)
}

#[tokio::test]
async fn states_are_told_in_words_of_the_document() {
    let server = Server::start().await.unwrap();
    let client = server.signatures_client().unwrap();
    let lease = server.add_lease();
    let signers = [SignerType::Renter, SignerType::Owner].map(|role| SignerInput::default().type_(role));
    let call = client.initiate_signature(&lease.id).pdf_id(&lease.pdf_id).signers(signers);
    let started = call.send().await.unwrap();
    assert!(started.status.is_some_and(|state| state == SignatureState::Pending));
    let states = started.signers.unwrap_or_default().into_iter().filter_map(|signer| signer.status);
    assert_eq!(states.collect::<Vec<_>>(), [SignerState::OtpSent, SignerState::Pending]);
}

/// Not the code.
fn wrong(code: &str) -> &'static str {
    if code == "111111" { "222222" } else { "111111" }
}

fn details(error: &Error) -> Value {
    serde_json::from_slice::<Value>(error.body()).unwrap()["error"]["details"].clone()
}

#[tokio::test]
async fn the_owner_signs_first_and_then_the_renter() {
    let server = Server::start().await.unwrap();
    let client = server.signatures_client().unwrap();
    let lease = server.add_lease();
    initiate(&client, &lease, &[SignerType::Renter, SignerType::Owner]).await.unwrap();
    assert_eq!(server.credits(), 99);
    let document = document(&client, &lease).await;
    assert_eq!(server.otp(&lease.id, SignerType::Renter), None);
    let code = server.otp(&lease.id, SignerType::Owner).unwrap();
    let sign = |code: String| {
        client.validate_otp(&lease.id).document_signature_id(document.as_str()).otp(code).send()
    };
    let first = sign(code).await.unwrap();
    assert_eq!((first.remaining_signers, first.signed_pdf_url), (Some(1), None));
    assert_eq!(first.document_status.unwrap().as_str(), "SIGNING");
    let code = server.otp(&lease.id, SignerType::Renter).unwrap();
    let second = sign(code).await.unwrap();
    assert_eq!(second.remaining_signers, Some(0));
    assert!(second.signed_pdf_url.is_some_and(|url| url.starts_with("https://")));
    assert_eq!(server.lease_status(&lease.id), Some("ACTIVE"));
    let status = client.get_signature_status(&lease.id).send().await.unwrap();
    assert_eq!(status.get("/signers/1/status"), Some(&json!("COMPLETED")));
}

#[tokio::test]
async fn three_wrong_codes_lock_until_there_is_a_new_one() {
    let (server, client, lease, document) = signing().await;
    let code = server.otp(&lease.id, SignerType::Renter).unwrap();
    let check =
        |code: &str| client.validate_otp(&lease.id).document_signature_id(document.as_str()).otp(code).send();
    for left in [2, 1, 0] {
        let error = check(wrong(&code)).await.unwrap_err();
        assert_eq!((error.status(), error.code()), (Some(422), Some("VALIDATION_ERROR")));
        let expected = json!({ "attempts_remaining": left, "expires_at": "2026-04-23T15:05:00Z" });
        assert_eq!(details(&error), expected);
        assert_eq!(error.request_id(), None);
    }
    let error = check(&code).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Locked, Some(429)));
    assert_eq!(details(&error), json!({ "locked_until": "2026-04-23T15:05:00Z" }));
    let resend = || client.resend_otp(&lease.id, SignerType::Renter).send();
    assert_eq!(resend().await.unwrap_err().status(), Some(422));
    server.advance(Duration::from_secs(60));
    resend().await.unwrap();
    check(&server.otp(&lease.id, SignerType::Renter).unwrap()).await.unwrap();
}

#[tokio::test]
async fn codes_and_signatures_expire() {
    let (server, client, lease, document) = signing().await;
    let code = server.otp(&lease.id, SignerType::Renter).unwrap();
    let check = || client.validate_otp(&lease.id).document_signature_id(document.as_str()).otp(&code).send();
    server.advance(Duration::from_secs(300));
    let error = check().await.unwrap_err();
    assert_eq!(
        (error.code(), details(&error)["expired_at"].clone()),
        (Some("OTP_EXPIRED"), json!("2026-04-23T15:05:00Z"))
    );
    server.advance(Duration::from_secs(14 * 24 * 3600));
    assert_eq!(check().await.unwrap_err().code(), Some("VALIDATION_ERROR"));
    let status = client.get_signature_status(&lease.id).send().await.unwrap();
    assert_eq!(status.get("status"), Some(&json!("EXPIRED")));
}

#[tokio::test]
async fn starting_is_refused_without_what_it_needs() {
    let server = Server::start().await.unwrap();
    let client = server.signatures_client().unwrap();
    let lease = server.add_lease();
    let status = async |path: &str, body: Value| {
        let call = client.request(Method::POST, path).json(body).with_retry(RetryPolicy::never());
        call.send().await.map_or_else(|error| error.status().unwrap(), |_| 200)
    };
    let path = format!("/leases/{}/signature/initiate", lease.id);
    let signer = json!({ "type": "LOCATAIRE" });
    assert_eq!(status(&path, json!([])).await, 400);
    assert_eq!(status(&path, json!({ "signers": [signer] })).await, 400);
    assert_eq!(status(&path, json!({ "pdf_id": lease.pdf_id })).await, 400);
    assert_eq!(status(&path, json!({ "pdf_id": lease.pdf_id, "signers": [{}] })).await, 400);
    assert_eq!(status(&path, json!({ "pdf_id": lease.pdf_id, "signers": [signer, signer] })).await, 422);
    let unknown = json!({ "type": "locataire" });
    assert_eq!(status(&path, json!({ "pdf_id": lease.pdf_id, "signers": [unknown] })).await, 400);
    assert_eq!(status(&path, json!({ "pdf_id": OTHER, "signers": [signer] })).await, 422);
    assert_eq!(status("/leases/lease-1/signature/initiate", json!({})).await, 400);
    assert_eq!(status(&format!("/leases/{OTHER}/signature/initiate"), json!({})).await, 404);
    assert_eq!(status("/elsewhere", json!({})).await, 404);
    assert_eq!(status(&format!("/leases/{OTHER}/signature/status"), json!({})).await, 405);
    server.set_credits(0);
    assert_eq!(initiate(&client, &lease, &[SignerType::Renter]).await.unwrap_err().status(), Some(422));
    server.set_credits(1);
    initiate(&client, &lease, &[SignerType::Renter]).await.unwrap();
    assert_eq!(initiate(&client, &lease, &[SignerType::Renter]).await.unwrap_err().status(), Some(422));
    assert_eq!(server.credits(), 0);
}

#[tokio::test]
async fn credentials_and_organisations_are_checked() {
    let server = Server::start().await.unwrap();
    let signature = server.start_signature([Role::Owner]);
    let document = signature.document_signature_id.as_str();
    let status = |error: Error| (error.status().unwrap(), error.code().unwrap().to_owned());
    let of_signatures = server.signatures_client_builder().api_key("fp_another").build().unwrap();
    let refused = of_signatures.get_signature_status(&signature.lease_id).send().await.unwrap_err();
    assert_eq!(status(refused), (401, "UNAUTHORIZED".to_owned()));
    let wrong_key = server.workers_client_builder().api_key(server.api_key()).build().unwrap();
    let refused = wrong_key.complete_signature(document, Role::Owner).send().await.unwrap_err();
    assert_eq!(status(refused), (401, "UNAUTHORIZED".to_owned()));
    let another = server.workers_client_builder().organisation(OTHER).build().unwrap();
    let refused = another.complete_signature(document, Role::Owner).send().await.unwrap_err();
    assert_eq!(status(refused), (404, "NOT_FOUND".to_owned()));
    let workers = server.workers_client().unwrap();
    for (document, role, expected) in
        [(document, "Proprietaire", 404), (OTHER, "PROPRIETAIRE", 404), ("sig-1", "PROPRIETAIRE", 400)]
    {
        let refused = workers.complete_signature(document, role).send().await.unwrap_err();
        assert_eq!((refused.status(), refused.request_id().is_some()), (Some(expected), true), "{role}");
    }
}

#[tokio::test]
async fn workers_complete_and_finalize() {
    let server = Server::start().await.unwrap();
    let signature = server.start_signature([Role::Renter, Role::Owner]);
    let (workers, document) = (server.workers_client().unwrap(), signature.document_signature_id.as_str());
    let complete = |role| workers.complete_signature(document, role).send();
    let first = complete(Role::Owner).await.unwrap();
    assert_eq!(complete(Role::Owner).await.unwrap().signature_request_id, first.signature_request_id);
    let path = format!("/{document}/finalize");
    let error = workers.request(Method::POST, path).json(json!({})).send().await.unwrap_err();
    assert_eq!(error.status(), Some(400));
    for _ in 0..2 {
        let finalize = workers.finalize_document(document, AllSignersDone::as_i_have_checked());
        finalize.signed_pdf_url("https://files.example/lease.pdf").send().await.unwrap();
        assert_eq!(server.lease_status(&signature.lease_id), Some("PENDING_SIGNATURE"));
    }
    assert_eq!(complete(Role::Renter).await.unwrap_err().status(), Some(422));
}

#[tokio::test]
async fn operations_of_both_interfaces_fail_on_request() {
    let server = Server::start().await.unwrap();
    let signature = server.start_signature([Role::Owner]);
    server.fail_next_on("get_signature_status", Fault::status(503));
    server.fail_next_on("complete_signature", Fault::truncated());
    let workers = server.workers_client().unwrap();
    let complete = workers.complete_signature(signature.document_signature_id.as_str(), Role::Owner);
    assert_eq!(complete.send_reply().await.unwrap().attempts(), 2);
    let client = server.signatures_client().unwrap();
    let read = client.get_signature_status(&signature.lease_id).send_reply().await.unwrap();
    assert_eq!((read.attempts(), server.pending_faults()), (2, 0));
    let operations = server.requests().into_iter().map(|request| request.operation);
    let [complete, status] = [Some("complete_signature"), Some("get_signature_status")];
    assert_eq!(operations.collect::<Vec<_>>(), [complete, complete, status, status]);
    server.shutdown().await;
}
