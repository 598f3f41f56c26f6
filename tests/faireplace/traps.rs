//! The traps of FairePlace's interface, each under its name.

use crate::support::faireplace::{KEY, ORGANISATION, WORKER_KEY, refusal, signatures, workers};
use crate::support::server::{Server, Step};
use countersign::faireplace::signatures::{SignatureState, SignerState};
use countersign::faireplace::workers::{AllSignersDone, SignerType};
use countersign::http::Method;
use countersign::{Effect, ErrorKind};
use serde_json::{Value, json};
use std::time::Duration;

const DOCUMENT: &str = "0c9a4b52-6d0e-4f2b-9d4c-1b7f5e3a8c60";
const PDF: &str = "https://files.example/lease.pdf";

fn done() -> AllSignersDone {
    AllSignersDone::as_i_have_checked()
}

fn success() -> Step {
    Step::json(200, r#"{"success":true}"#)
}

#[tokio::test]
async fn tenant_means_two_things() {
    let server = Server::follow([success()]).await;
    workers(&server).complete_signature(DOCUMENT, SignerType::TenantWord).send().await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!(seen.header("x-tenant-id"), Some(ORGANISATION));
    assert_eq!(seen.target, format!("/{DOCUMENT}/complete/TENANT"));
}

/// Neither its answer nor its status tells whether the lease became active.
#[tokio::test]
async fn finalize_succeeds_on_incomplete_documents() {
    let server = countersign::mock::faireplace::Server::start().await.unwrap();
    let workers = server.workers_client().unwrap();
    let [whole, half] = [(); 2].map(|()| server.start_signature([SignerType::Owner, SignerType::Renter]));
    let complete = |document, role| workers.complete_signature(document, role).send();
    complete(whole.document_signature_id.as_str(), SignerType::Owner).await.unwrap();
    complete(whole.document_signature_id.as_str(), SignerType::Renter).await.unwrap();
    complete(half.document_signature_id.as_str(), SignerType::Owner).await.unwrap();
    for signature in [&whole, &half] {
        let finalize = workers.finalize_document(signature.document_signature_id.as_str(), done());
        assert!(finalize.signed_pdf_url(PDF).send().await.unwrap().success);
    }
    assert_eq!(server.lease_status(&whole.lease_id), Some("ACTIVE"));
    assert_eq!(server.lease_status(&half.lease_id), Some("PENDING_SIGNATURE"));
}

#[tokio::test]
async fn roles_are_sent_in_the_vocabulary_they_came_in() {
    let roles = ["Proprietaire", "LOCATAIRE", "TENANT", "Agent/Immobilier"];
    let server = Server::follow(roles.map(|_| success())).await;
    for role in roles {
        workers(&server).complete_signature(DOCUMENT, role).send().await.unwrap();
    }
    let targets = server.seen().into_iter().map(|seen| seen.target).collect::<Vec<_>>();
    let sent = ["Proprietaire", "LOCATAIRE", "TENANT", "Agent%2FImmobilier"];
    assert_eq!(targets, sent.map(|role| format!("/{DOCUMENT}/complete/{role}")));
}

#[test]
fn statuses_are_compared_without_regard_to_their_spelling() {
    assert!(SignatureState::CompletedUpper.is_same_as(&SignatureState::Completed));
    assert!(SignatureState::from("IN_PROGRESS").is_same_as(&SignatureState::InProgress));
    assert!(SignerState::from("OTP_SENT").is_same_as(&SignerState::OtpSent));
    assert!(!SignerState::from("SENT").is_same_as(&SignerState::OtpSent));
}

#[tokio::test]
async fn a_lock_is_no_rate_limit() {
    let locked =
        |until: &str| Step::json(429, refusal("OTP_LOCKED", &format!(r#"{{"locked_until":{until}}}"#)));
    let script = [
        locked("\"2026-04-23T15:04:00Z\""),
        locked("\"2026-04-23T14:00:00Z\""),
        locked("\"soon\""),
        locked("7"),
        Step::json(429, refusal("OTP_LOCKED", "null")).with_header("x-ratelimit-reset", "1776956460"),
        Step::json(429, refusal("OTP_LOCKED", "{}")).with_header("retry-after", "5"),
    ];
    let waits = [Some(240), Some(0), None, None, None, Some(5)];
    let server = Server::follow(script).await;
    for wait in waits {
        // Of a repeatable call, to show that it would have been repeated.
        let error = signatures(&server).get_signature_status("l").send().await.unwrap_err();
        let found = (error.kind(), error.effect(), error.attempts(), error.code());
        assert_eq!(found, (ErrorKind::Locked, Effect::None, 1, Some("OTP_LOCKED")));
        assert_eq!(error.retry_after(), wait.map(Duration::from_secs), "{error}");
    }
}

#[tokio::test]
async fn a_rate_limit_is_waited_for() {
    let busy =
        |reset: &str| Step::json(429, refusal("RATE_LIMITED", "{}")).with_header("x-ratelimit-reset", reset);
    let script = [
        busy("1776956407"),
        Step::json(200, "{}"),
        busy("1776960000"),
        busy("99999999999999999999"),
        Step::json(200, "{}"),
    ];
    let server = Server::follow(script).await;
    let client = signatures(&server);
    assert_eq!(client.get_signature_status("l").send_reply().await.unwrap().attempts(), 2);
    let error = client.get_signature_status("l").send().await.unwrap_err();
    assert!(error.is_throttled());
    assert_eq!((error.attempts(), error.retry_after()), (1, Some(Duration::from_secs(3600))));
    // What is no time says nothing.
    assert_eq!(client.get_signature_status("l").send_reply().await.unwrap().attempts(), 2);
    // A code is never tried twice.
    let server = Server::follow([busy("1776956407")]).await;
    let check = signatures(&server).validate_otp("l").document_signature_id("d").otp("123456");
    assert_eq!(check.send().await.unwrap_err().attempts(), 1);
}

#[tokio::test]
async fn a_404_hides_authorisation_and_is_not_a_deletion() {
    let body = r#"{"error":{"code":404,"type":"NOT_FOUND"},"meta":{"request_id":"req-7"}}"#;
    let server = Server::follow([Step::json(404, body), Step::answer(404, "text/html", "<html>")]).await;
    let error = workers(&server).complete_signature(DOCUMENT, SignerType::Owner).send().await.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!((error.code(), error.request_id(), error.attempts()), (Some("NOT_FOUND"), Some("req-7"), 1));
    // Without the envelope the status is what is left.
    let error = workers(&server).complete_signature(DOCUMENT, SignerType::Owner).send().await.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::NotFound, None));
}

#[tokio::test]
async fn workers_have_a_key_and_an_organisation_and_the_others_a_bearer() {
    let server = Server::follow([success(), Step::json(200, "{}")]).await;
    workers(&server).complete_signature(DOCUMENT, SignerType::Owner).send().await.unwrap();
    signatures(&server).get_signature_status("l").send().await.unwrap();
    let [worker, other] = &server.seen()[..] else { panic!("two requests") };
    let headers = ["x-api-key", "x-tenant-id", "authorization"];
    assert_eq!(headers.map(|name| worker.header(name)), [Some(WORKER_KEY), Some(ORGANISATION), None]);
    let bearer = format!("Bearer {KEY}");
    assert_eq!(headers.map(|name| other.header(name)), [None, None, Some(bearer.as_str())]);
    let call = workers(&server).request(Method::GET, "/x").with_header("X-Tenant-ID", "another");
    assert_eq!(call.send().await.unwrap_err().kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn addresses_of_documents_are_https_and_not_printed() {
    let server = Server::follow([success()]).await;
    let client = workers(&server);
    let finalize = || client.finalize_document(DOCUMENT, done());
    for url in [
        "http://files.example/t0p-secret.pdf",
        "ftp://files.example/t0p-secret",
        "t0p-secret",
        "https://",
        "https://files.example/t0p secret",
        " https://files.example/t0p-secret",
        "https://files.example/t0p-\nsecret",
        "data:application/pdf,t0p-secret",
        "",
    ] {
        let errors = [
            finalize().signed_pdf_url(url).send().await.unwrap_err(),
            finalize().signed_pdf_url(PDF).archive_url(url).send().await.unwrap_err(),
        ];
        for (error, member) in errors.iter().zip(["signed_pdf_url", "archive_url"]) {
            assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidRequest, 0), "{url}");
            let printed = format!("{error} {error:?}");
            assert!(printed.contains(member) && !printed.contains("t0p"), "{printed}");
        }
    }
    let error = finalize().archive_url(PDF).send().await.unwrap_err();
    assert!(error.to_string().contains("`signed_pdf_url` is required"), "{error}");
    assert_eq!(server.seen().len(), 0);
    finalize().signed_pdf_url(PDF).archive_url("https://files.example/a").send().await.unwrap();
    let body: Value = serde_json::from_slice(&server.seen()[0].body).unwrap();
    assert_eq!(body, json!({ "signed_pdf_url": PDF, "archive_url": "https://files.example/a" }));
    let printed = format!("{:?}", finalize().signed_pdf_url(PDF));
    assert!(!printed.contains("files.example"), "{printed}");
}

#[tokio::test]
async fn completing_is_repeated_and_finalizing_is_not() {
    let server = Server::follow([Step::Close, success(), Step::Close]).await;
    let client = workers(&server);
    let complete = client.complete_signature(DOCUMENT, SignerType::Owner);
    assert_eq!(complete.send_reply().await.unwrap().attempts(), 2);
    let finalize = client.finalize_document(DOCUMENT, done()).signed_pdf_url(PDF);
    let error = finalize.send().await.unwrap_err();
    assert_eq!((error.effect(), error.attempts()), (Effect::Unknown, 1));
}

#[tokio::test]
async fn without_a_hash_the_body_is_an_empty_object() {
    let server = Server::follow([success(), success()]).await;
    let complete = || workers(&server).complete_signature(DOCUMENT, SignerType::Owner);
    complete().send().await.unwrap();
    complete().signature_hash("abc").send().await.unwrap();
    let bodies = server.seen().into_iter().map(|seen| (seen.method, String::from_utf8(seen.body).unwrap()));
    let sent = ["{}", r#"{"signature_hash":"abc"}"#].map(|body| ("POST".to_owned(), body.to_owned()));
    assert_eq!(bodies.collect::<Vec<_>>(), sent);
}

#[tokio::test]
async fn any_2xx_counts_if_it_says_success() {
    let script = [
        Step::json(201, r#"{"success":true}"#),
        Step::json(202, r#"{"success":false,"error":{"type":"NOT_YET"},"document_signature_id":7}"#),
        Step::json(200, r#"{"message":"done"}"#),
        Step::json(200, r#"{"success":null}"#),
        Step::json(204, ""),
    ];
    let outcomes = [
        None,
        // What such a failure leaves behind is not documented.
        Some((ErrorKind::Refused, Effect::Unknown)),
        Some((ErrorKind::Unreadable, Effect::Done)),
        Some((ErrorKind::Unreadable, Effect::Done)),
        Some((ErrorKind::Unreadable, Effect::Done)),
    ];
    let server = Server::follow(script).await;
    for outcome in outcomes {
        let result = workers(&server).complete_signature(DOCUMENT, SignerType::Owner).send().await;
        let error = result.err();
        assert_eq!(error.as_ref().map(|error| (error.kind(), error.effect())), outcome, "{error:?}");
    }
}

/// A word of the provider says what is the matter. What happened is for the status to say.
#[tokio::test]
async fn a_lock_has_the_effect_of_its_status() {
    let locked = refusal("OTP_LOCKED", "{}");
    let accepted = locked.replacen('{', r#"{"success":false,"#, 1);
    let script = [Step::json(429, locked.clone()), Step::json(503, locked), Step::json(200, accepted)];
    let server = Server::follow(script).await;
    for effect in [Effect::None, Effect::Unknown, Effect::Unknown] {
        let check = signatures(&server).validate_otp("l").document_signature_id("d").otp("123456");
        let error = check.send().await.unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Locked, effect), "{error}");
    }
}
