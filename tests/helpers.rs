//! What the error of a helper says of what happened. A helper makes more than one call; its effect is that of its writes.

use crate::support::server::{Server, Step};
use crate::support::{leap, legalesign, signly};
use countersign::signly::{Followed, WebhookUpdate};
use countersign::{Content, Effect, Error, ErrorKind};
use http::Request;
use serde_json::json;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

type Helper = for<'a> fn(&'a Server) -> Pin<Box<dyn Future<Output = Error> + 'a>>;

macro_rules! helpers {
    ($($name:literal => |$server:ident| $error:expr;)*) => {
        [$(($name, (|$server| Box::pin(async move { $error })) as Helper)),*]
    };
}

fn followed() -> Followed {
    let document = json!({ "documentId": "d-1", "participants": [{ "processId": "p-1" }] });
    Followed::of(&serde_json::from_value(document).unwrap()).unwrap()
}

fn told_by_signly() -> Request<String> {
    let event = json!({
        "eventId": "e", "type": "PROCESS_COMPLETED", "tenantId": "t", "documentId": "d-1", "participantId": "p-1",
    });
    Request::post("/").body(event.to_string()).unwrap()
}

fn told_by_legalesign() -> Request<String> {
    let change = json!([{ "name": "status", "value": "30", "resource_uri": "/api/v1/document/d0/" }]);
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    Request::post("/").body(body.append_pair("data", &change.to_string()).finish()).unwrap()
}

/// Every helper that reads before it writes, or only reads.
fn helpers() -> impl IntoIterator<Item = (&'static str, Helper)> {
    use countersign::{
        leap::webhook as of_leap, legalesign::webhook as of_legalesign, signly::webhook as of_signly,
    };
    helpers! {
        "update_webhook_with" => |server| {
            let change = |_: &countersign::signly::Webhook| Some(WebhookUpdate::default().description("x"));
            signly::client(server).update_webhook_with("wh_1", change).await.unwrap_err()
        };
        "get_webhook_versioned" => |server| signly::client(server).get_webhook_versioned("wh_1").await.unwrap_err();
        "upload_template_pdf" => |server| {
            let upload = signly::client(server).upload_template_pdf("t-1", "0001", Content::bytes("%PDF"));
            upload.or_next_version().send().await.unwrap_err()
        };
        "download_template_pdf" => |server| {
            signly::client(server).download_template_pdf("t-1", "0001").await.unwrap_err()
        };
        "follow_document" => |server| {
            let (second, minute) = (Duration::from_secs(1), Duration::from_secs(60));
            signly::client(server).follow_document(followed(), second, minute).next().await.unwrap().unwrap_err()
        };
        "confirm_with of signly" => |server| {
            let unverified = of_signly::UnverifiedReader::for_tenant("t").unwrap().read(&told_by_signly().into());
            unverified.unwrap().confirm_with(&signly::client(server)).await.unwrap_err()
        };
        "pages_by_unverified_token" => |server| {
            let pages = signly::client(server).list_webhooks().pages_by_unverified_token(|_| None);
            pages.items().next().await.unwrap().unwrap_err()
        };
        "download_pdf" => |server| legalesign::client(server).download_pdf("d0").send().await.unwrap_err();
        "download_pdf, checked" => |server| {
            legalesign::client(server).download_pdf("d0").checked().send().await.unwrap_err()
        };
        "sync" => |server| legalesign::client(server).sync("g").next().await.unwrap().unwrap_err();
        "unverified_outstanding_documents" => |server| {
            legalesign::client(server).unverified_outstanding_documents("g").await.unwrap_err()
        };
        "pages" => |server| legalesign::client(server).list_groups().pages().next().await.unwrap().unwrap_err();
        "confirm_with of legalesign" => |server| {
            let reader = of_legalesign::UnverifiedReader::for_group("g").unwrap();
            let unverified = reader.read(&told_by_legalesign().into()).unwrap();
            unverified.confirm_with(&legalesign::client(server)).await.unwrap_err()
        };
        "confirm_with of leap" => |server| {
            let called = Request::post("/").body(String::new()).unwrap();
            let unverified = of_leap::UnverifiedReader::new().read(&called.into()).unwrap();
            unverified.confirm_with(&leap::client(server), "p0").await.unwrap_err()
        };
    }
}

#[tokio::test]
async fn a_read_that_fails_before_anything_was_written_has_no_effect() {
    let truncated = Step::Truncate { status: 200, body: "{\"success\":true,\"data\":null}".repeat(20) };
    let page = Step::answer(200, "text/html", "<html>Log in</html>");
    let failures = [
        (Step::json(503, "{}"), ErrorKind::ServerFault),
        (Step::Close, ErrorKind::Interrupted),
        (page, ErrorKind::Unreadable),
        (truncated, ErrorKind::Interrupted),
    ];
    for (name, helper) in helpers() {
        for (failure, kind) in &failures {
            let is_stream = name == "download_pdf";
            if is_stream && matches!(failure, Step::Truncate { .. }) {
                // It breaks off while it is read, which has no effect whoever reads it.
                continue;
            }
            let server = Server::follow([failure.clone(), failure.clone(), failure.clone()]).await;
            let error = helper(&server).await;
            assert_eq!((error.kind(), error.effect()), (*kind, Effect::None), "{name}, {failure:?}: {error}");
            assert!(!error.to_string().contains("happen"), "{name}: {error}");
            assert!(server.seen().iter().all(|seen| seen.method != "PUT"), "{name}: something was written");
        }
    }
}

fn webhook(version: i64) -> Step {
    signly::answers(&signly::webhook(version, "[]"))
}

/// What a read says of itself counts for nothing there either.
#[tokio::test]
async fn a_read_that_fails_between_two_writes_keeps_what_the_first_one_may_have_done() {
    let stale = Step::json(412, r#"{"success":false}"#);
    let truncated = Step::Truncate { status: 200, body: "x".repeat(100) };
    let three = |step: &Step| vec![step.clone(); 3];
    let cases = [
        // Another writer was faster, so the write did not happen.
        (vec![stale], three(&truncated), Effect::None),
        (three(&Step::Close), three(&truncated), Effect::Unknown),
        (three(&Step::Close), vec![Step::json(401, "{}")], Effect::Unknown),
        // The write did happen, and what it answered could not be read.
        (vec![signly::answers("7")], three(&Step::Close), Effect::Done),
    ];
    for (written, read, effect) in cases {
        let script = [vec![webhook(3)], written.clone(), read].concat();
        let server = Server::follow(script).await;
        let change = |_: &countersign::signly::Webhook| Some(WebhookUpdate::default().description("x"));
        let error = signly::client(&server).update_webhook_with("wh_1", change).await.unwrap_err();
        assert_eq!(error.effect(), effect, "{written:?}: {error}");
    }
}

/// A signed URL that was not used changes nothing: the write is what is sent to it.
#[tokio::test]
async fn an_upload_has_the_effect_of_what_is_sent_to_the_url() {
    let url = |to: &str| signly::answers(&json!({ "uploadUrl": to, "s3Uri": "s3://b/x" }).to_string());
    let cases: [(Vec<Step>, Effect); 3] = [
        (vec![Step::Close; 3], Effect::Unknown),
        (vec![Step::answer(403, "application/xml", "<Error/>")], Effect::None),
        (vec![Step::answer(200, "text/html", "<html>Log in</html>")], Effect::Unknown),
    ];
    for (script, effect) in cases {
        let elsewhere = Server::follow(script.clone()).await;
        let server = Server::follow([Step::Close, url(&elsewhere.url())]).await;
        let client = signly::client(&server);
        let upload = client.upload_template_pdf("t-1", "0001", Content::bytes("%PDF"));
        let error = upload.send().await.unwrap_err();
        assert_eq!(error.effect(), effect, "{script:?}: {error}");
    }
}
