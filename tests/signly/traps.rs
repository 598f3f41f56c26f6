//! The traps of Signly that concern templates, documents and process events, one test each.

use crate::support::server::{Server, Step};
use crate::support::signly::{answers, client};
use countersign::signly::{DocumentStatus, Followed, ParticipantCreate, Template};
use countersign::{Effect, ErrorKind};
use serde_json::json;

#[tokio::test]
async fn trap_3_the_process_id_is_kept_when_the_document_is_made() {
    let made = r#"{"documentId":"d-1","status":"CREATED","participants":[
        {"participantId":"p-1","processId":"proc-1"},{"participantId":"p-2"}]}"#;
    let server = Server::follow([answers(made)]).await;
    let call = client(&server).create_document().template_id("t-1").template_version("0001");
    let document = call.participants([ParticipantCreate::default()
        .display_name("Ada")
        .identity(countersign::signly::ParticipantIdentity::default())
        .signature_mode(["SIGNATURE_EMAIL"])]);
    let followed = Followed::of(&document.send().await.unwrap()).unwrap();
    let stored = serde_json::to_string(&followed).unwrap();
    let restored: Followed = serde_json::from_str(&stored).unwrap();
    assert_eq!(restored, followed);
    let [process] = restored.processes() else { panic!("one participant has a process") };
    assert_eq!(process.process_id().as_str(), "proc-1");
    assert_eq!(process.participant_id().unwrap().as_str(), "p-1");
    assert_eq!((restored.status(), restored.document_id().as_str()), (None, "d-1"));
}

#[tokio::test]
async fn a_document_without_id_exists_and_cannot_be_followed() {
    let server = Server::follow([answers(r#"{"status":"CREATED"}"#)]).await;
    let document = client(&server).get_document("d-1").send().await.unwrap();
    let error = Followed::of(&document).unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Unreadable, Effect::Done));
}

#[tokio::test]
async fn trap_14_numbers_may_come_as_text_and_versions_as_any_text() {
    let document = r#"{"documentId":"d-1","version":"v1","participants":[
        {"policy":{"attemptsMax":"3","cooldownSeconds":60}}]}"#;
    let template = r#"{"templateId":"t-1","version":"v1","templateVersion":"x#0003"}"#;
    let numbered = r#"{"templateId":"t-1","version":3}"#;
    let server = Server::follow([answers(document), answers(template), answers(numbered)]).await;
    let client = client(&server);
    let document = client.get_document("d-1").send().await.unwrap();
    assert_eq!(document.version, Some(json!("v1")));
    let policy = document.participants.unwrap()[0].policy.clone().unwrap();
    assert_eq!((policy.attempts_max, policy.cooldown_seconds), (Some(3), Some(60)));
    let template = client.get_template("t-1").send().await.unwrap();
    assert_eq!(template.version, Some(json!("v1")));
    assert_eq!(template.current_version().unwrap().as_str(), "0003");
    assert_eq!(client.get_template("t-1").send().await.unwrap().version, Some(json!(3)));
}

#[test]
fn the_version_of_a_template_is_what_stands_after_the_mark() {
    let version = |json| serde_json::from_value::<Template>(json).unwrap().current_version();
    assert_eq!(version(json!({ "templateVersion": "0002" })).unwrap().as_str(), "0002");
    assert_eq!(version(json!({ "templateVersion": "a#b#0002" })).unwrap().as_str(), "0002");
    assert_eq!(version(json!({ "templateVersion": "a#" })), None);
    assert_eq!(version(json!({})), None);
}

#[tokio::test]
async fn trap_15_cancelling_is_a_delete_that_removes_nothing() {
    let server = Server::follow([answers(r#"{"documentId":"d-1"}"#)]).await;
    client(&server).cancel_document("d-1").send().await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("DELETE", "/v1/documents/d-1/cancel"));
    assert_eq!(seen.body, b"");
}

#[tokio::test]
async fn an_invitation_is_resent_with_an_empty_object() {
    let server = Server::follow([answers(r#"{"documentId":"d-1","participantId":"p-1"}"#)]).await;
    client(&server).resend_invitation("d-1", "p-1").send().await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!(seen.target, "/v1/documents/d-1/participants/p-1/resend");
    assert_eq!((seen.method.as_str(), seen.body.as_slice()), ("POST", &b"{}"[..]));
}

#[tokio::test]
async fn trap_20_without_credits_nothing_is_made_whoever_says_so() {
    let envelope =
        r#"{"success":false,"status":402,"code":"insufficient_credits","message":"No.","data":null}"#;
    let cases = [(envelope, Some("insufficient_credits")), (r#"{"message":"Payment Required"}"#, None)];
    for (body, code) in cases {
        let server = Server::follow([Step::json(402, body)]).await;
        let call = client(&server).create_document().template_id("t-1").template_version("0001");
        let error = call.participants(Vec::<ParticipantCreate>::new()).send().await.unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Refused, Effect::None));
        assert_eq!((error.status(), error.code(), error.attempts()), (Some(402), code, 1));
    }
}

#[tokio::test]
async fn statuses_are_spelt_in_several_ways() {
    for (word, is_over) in [
        ("CANCELLED", true),
        ("CANCELED", true),
        ("FINISHED", true),
        ("SIGNED", true),
        ("FAILED", true),
        ("IN_PROGRESS_SIGNING", false),
        ("UNKNOWN", false),
        ("SOMETHING_NEW", false),
    ] {
        assert_eq!(DocumentStatus::from(word).is_over(), is_over, "{word}");
    }
}
