//! Single steps: what is sent, and how answers are read.

use crate::support::log::Log;
use crate::support::server::{Server, Step as Answer};
use crate::support::sign8::{KEY, answer, builder, client};
use countersign::http::Method;
use countersign::mock::sign8::profile;
use countersign::sign8::{CredentialForm, FreeAnswer, IdPlace, OPERATIONS, Step, StepProfile};
use countersign::{Effect, ErrorKind, RetryPolicy};
use serde_json::{Map, Value, json};
use std::time::Duration;

#[tokio::test]
async fn a_step_is_a_post_of_json_to_the_path_of_the_profile() {
    let server = Server::follow([answer("workflow", "w 1"), answer("file", "f1")]).await;
    let client = client(&server);
    let reply = client.step(Step::AddWorkflow, json!({ "title": "T" })).send_reply().await.unwrap();
    assert_eq!((reply.status(), reply.attempts()), (200, 1));
    let id = client.profile().id_in(Step::AddWorkflow, reply.value()).unwrap();
    let call = client.step(Step::AddFile, Map::from_iter([("data".to_owned(), Value::from("x"))]));
    let call = call.id(Step::AddWorkflow, id).with_header("x-trace", "1");
    let call = call.with_timeout(Duration::from_secs(9)).with_retry(RetryPolicy::never());
    assert_eq!(call.send().await.unwrap().get("/made_up/file"), Some(&json!("f1")));

    let seen = server.seen();
    let targets = seen.iter().map(|seen| (seen.method.as_str(), seen.target.as_str())).collect::<Vec<_>>();
    assert_eq!(targets, [("POST", "/made-up/workflows"), ("POST", "/made-up/workflows/w%201/files")]);
    assert_eq!(seen[1].body, br#"{"data":"x"}"#);
    for seen in &seen {
        assert_eq!(seen.header("x-made-up-key"), Some(KEY));
        assert_eq!(seen.header("content-type"), Some("application/json"));
        assert_eq!(seen.header("authorization"), None);
    }
    assert_eq!(seen[1].header("x-trace"), Some("1"));
}

#[tokio::test]
async fn the_credential_is_where_and_how_the_profile_says() {
    for (header, form, expected) in [
        ("Authorization", CredentialForm::Scheme("Bearer".to_owned()), format!("Bearer {KEY}")),
        ("authorization", CredentialForm::Bare, KEY.to_owned()),
        ("organisation_id", CredentialForm::Bare, KEY.to_owned()),
    ] {
        let server = Server::follow([answer("workflow", "w1")]).await;
        let client = builder(&server).profile(profile().credential(header, form)).build().unwrap();
        client.step(Step::AddWorkflow, json!({})).send().await.unwrap();
        assert_eq!(server.seen()[0].header(header), Some(expected.as_str()));
        assert_eq!(server.seen()[0].header("x-made-up-key"), None);

        let call = client.step(Step::AddWorkflow, json!({})).with_header(header, "another");
        let error = call.send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains("is set by the SDK"), "{error}");
        assert_eq!(server.seen().len(), 1);
    }
}

/// The names of the steps and the path of a callback suggest paths. Only those of the profile are ever sent.
#[tokio::test]
async fn no_path_is_derived_from_a_name() {
    for step in Step::ALL {
        let operation = step.operation();
        assert!(OPERATIONS.contains(&operation));
        assert_eq!((operation.method, operation.repeatable), ("POST", false));
        let server = Server::follow([answer("x", "1")]).await;
        let call = client(&server).step(step, json!({}));
        let call = call.id(Step::AddWorkflow, "w").id(Step::AddSigner, "s");
        let _ = call.send().await;
        let target = server.seen()[0].target.clone();
        assert!(target.starts_with("/made-up/workflows"), "{target}");
        assert!(!target.contains(operation.vendor_id.unwrap()), "{target}");
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_before() {
    let server = Server::follow([]).await;
    let client = client(&server);
    let file = || client.step(Step::AddFile, json!({}));
    for (call, says) in [
        (client.step(Step::AddWorkflow, json!([])), "the body has to be a JSON object"),
        (client.step(Step::AddWorkflow, "text"), "the body has to be a JSON object"),
        (client.step(Step::AddWorkflow, Value::Null), "the body has to be a JSON object"),
        (file(), "the path has `{workflowId}` in it, and no such id was given"),
        (file().id(Step::AddSigner, "s"), "the path has `{workflowId}` in it, and no such id was given"),
        (file().id(Step::AddWorkflow, ""), "an id is empty"),
        (file().id(Step::AddWorkflow, ".."), "would change the path"),
    ] {
        let error = call.send().await.unwrap_err();
        let facts = (error.kind(), error.effect(), error.attempts());
        assert_eq!(facts, (ErrorKind::InvalidRequest, Effect::None, 0));
        assert!(error.to_string().contains(says), "{error} should say: {says}");
    }
    assert_eq!(server.seen().len(), 0);
}

#[tokio::test]
async fn a_step_is_never_sent_twice() {
    for step in Step::ALL {
        let server = Server::follow([Answer::Close, answer("x", "1")]).await;
        let call = client(&server).step(step, json!({})).id(Step::AddWorkflow, "w").id(Step::AddSigner, "s");
        let error = call.send().await.unwrap_err();
        let facts = (error.kind(), error.effect(), server.seen().len());
        assert_eq!(facts, (ErrorKind::Interrupted, Effect::Unknown, 1), "{step}");
        assert_eq!(error.operation(), Some(step.operation().id));
    }
}

#[tokio::test]
async fn an_empty_answer_is_enough_where_nothing_is_expected() {
    let with = |step: StepProfile| profile().step(Step::AddAnnotation, step);
    let nothing = StepProfile::new("/made-up", IdPlace::Nowhere);
    for (profile, understood) in [
        (with(nothing.clone()), true),
        (with(nothing.link("/link")), false),
        (with(StepProfile::new("/made-up", IdPlace::At("/id".to_owned()))), false),
    ] {
        for status in [200, 201, 204] {
            let server = Server::follow([Answer::answer(status, "text/plain", "")]).await;
            let client = builder(&server).profile(profile.clone()).build().unwrap();
            let result = client.step(Step::AddAnnotation, json!({})).send().await;
            assert_eq!(result.is_ok(), understood, "{status}");
            if let Err(error) = result {
                assert_eq!((error.kind(), error.effect()), (ErrorKind::Unreadable, Effect::Done));
            }
        }
    }
}

#[test]
fn ids_and_links_are_where_the_profile_says() {
    let step = StepProfile::new("/f", IdPlace::At("/a~1b/0/id".to_owned())).link("/links/1");
    let profile = profile().step(Step::AddFile, step);
    let answer = |value: Value| serde_json::from_value::<FreeAnswer>(value).unwrap();
    for (id, expected) in [
        (json!("f1"), Some("f1")),
        (json!(17), Some("17")),
        (json!(""), None),
        (json!(1.5), None),
        (json!(null), None),
        (json!({}), None),
    ] {
        let answer = answer(json!({ "a/b": [{ "id": id }], "links": ["x", "https://sign8.invalid/l"] }));
        assert_eq!(profile.id_in(Step::AddFile, &answer).as_deref(), expected);
        let link = profile.link_in(Step::AddFile, &answer).unwrap();
        assert_eq!(link.expose(), "https://sign8.invalid/l");
        assert!(profile.link_in(Step::AddSigner, &answer).is_none());
    }
    let empty = answer(json!({}));
    assert!(
        profile.id_in(Step::AddFile, &empty).is_none() && profile.link_in(Step::AddFile, &empty).is_none()
    );
}

#[tokio::test]
async fn what_the_reference_has_and_no_profile_is_reached_by_request() {
    let server = Server::follow([Answer::json(200, "[]"), Answer::json(200, "")]).await;
    let client = client(&server);
    let listed = client.request(Method::GET, "/made-up/workflows").query("a", "b").repeatable().send().await;
    assert_eq!(listed.unwrap(), json!([]));
    assert_eq!(client.request(Method::DELETE, "/made-up/workflows/w1").send().await.unwrap(), Value::Null);
    assert_eq!(server.seen()[0].target, "/made-up/workflows?a=b");
    assert_eq!(server.seen()[0].header("x-made-up-key"), Some(KEY));
}

#[tokio::test]
async fn nothing_secret_is_printed_or_logged() {
    const MAIL: &str = "canary@example.com";
    let log = Log::start();
    let body = json!({ "made_up": { "signer": "s1", "link": "https://sign8.invalid/canary" }, "mail": MAIL });
    let script = [Answer::json(200, body.to_string()), Answer::json(422, body.to_string()), Answer::Close];
    let server = Server::follow(script).await;
    let builder = builder(&server);
    let mut printed = format!("{builder:?}");
    let client = builder.build().unwrap();
    let call = client.step(Step::AddSigner, json!({ "mail": MAIL })).id(Step::AddWorkflow, "canary-w");
    printed.push_str(&format!("{client:?} {call:?}"));
    let reply = call.clone().send_reply().await.unwrap();
    let link = client.profile().link_in(Step::AddSigner, reply.value()).unwrap();
    printed.push_str(&format!("{reply:?} {:?} {link:?}", reply.value()));
    for _ in 0..2 {
        let error = call.clone().send().await.unwrap_err();
        printed.push_str(&format!("{error} {error:?}"));
    }
    let logged = log.text();
    assert!(logged.contains("countersign.call"), "the log was not recorded");
    for text in [printed, logged] {
        assert!(!text.contains("canary"), "{text}");
    }
}
