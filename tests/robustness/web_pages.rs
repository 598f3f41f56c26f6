//! A page of a proxy, a firewall or a login in place of an answer. No document states that any call answers with one.

use crate::support::server::{Server, Step};
use crate::support::{faireplace, leap, legalesign, sign8, signly};
use countersign::http::Method;
use countersign::legalesign::{DocumentInput, RecipientInput};
use countersign::{Content, Effect, Error, ErrorKind};
use serde_json::{Value, json};
use std::future::Future;
use std::pin::Pin;

const PAGE: &str = "\n<!DOCTYPE html>\n<html><title>Log in</title></html>";

/// A page with the status of a success.
pub fn page(success: &Step, media_type: Option<&str>) -> Step {
    let Step::Answer { status, .. } = success else { panic!("{success:?} is no answer") };
    // What follows a 204 is no body.
    of_status(if *status == 204 { 200 } else { *status }, media_type)
}

fn of_status(status: u16, media_type: Option<&str>) -> Step {
    let headers = media_type.map(|media_type| ("content-type".to_owned(), media_type.to_owned()));
    Step::Answer { status, headers: headers.into_iter().collect(), body: PAGE.to_owned() }
}

type Outcome<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + 'a>>;
type Call = for<'a> fn(&'a Server) -> Outcome<'a>;

macro_rules! calls {
    ($($name:literal, $status:literal => |$server:ident| $call:expr;)*) => {
        [$(($name, $status, (|$server| Box::pin(async move { $call.await.map(drop) })) as Call)),*]
    };
}

/// Every way in which an answer is read, with a status that the document states for its success.
fn calls() -> impl IntoIterator<Item = (&'static str, u16, Call)> {
    calls! {
        "JSON", 200 => |server| legalesign::client(server).get_document("d").send();
        "a list", 200 => |server| legalesign::client(server).list_groups().send();
        "JSON in an envelope", 200 => |server| signly::client(server).get_webhook("w").send();
        "an envelope without payload", 200 => |server| signly::client(server).delete_webhook("w").send();
        "located", 201 => |server| legalesign::client(server).create_group().name("Sales").send();
        "located, perhaps", 201 => |server| {
            legalesign::client(server).subscribe().url("https://example.com").notify("all").send()
        };
        "linked", 201 => |server| legalesign::client(server).create_signing_link("s").send();
        "nothing, 200", 200 => |server| {
            legalesign::client(server).reset_signer("s").email("ada@example.com").send()
        };
        "nothing, a reminder", 200 => |server| legalesign::client(server).send_reminder("s").text("x").send();
        "nothing, by URL", 200 => |server| legalesign::client(server).unsubscribe().url("https://a.example").send();
        "nothing, by id", 200 => |server| legalesign::client(server).unsubscribe_by_id("7").send();
        "nothing, 202", 202 => |server| legalesign::client(server).update_group("g").public_name("x").send();
        "nothing, where 200 is a failure", 200 => |server| legalesign::client(server).delete_document("d").send();
        "nothing, a new code", 200 => |server| faireplace::signatures(server).resend_otp("l", "RENTER").send();
        "several parts", 200 => |server| leap::start(&leap::client(server)).send();
        "content in base64", 201 => |server| {
            legalesign::client(server).create_pdf_template(Content::bytes("%PDF")).group("g").send()
        };
        "a free object", 200 => |server| {
            sign8::client(server).step(countersign::sign8::Step::AddWorkflow, json!({})).send()
        };
        "a helper that writes", 201 => |server| {
            let document = DocumentInput::default().group("g").name("Contract");
            let document = document.signers([RecipientInput::default().skip(true)]);
            legalesign::client(server).create_document().body(document).send_for_signing_links()
        };
        "any call, legalesign", 200 => |server| legalesign::client(server).request(Method::POST, "/x/").send();
        "any call, leap", 200 => |server| leap::client(server).request(Method::POST, "/x").send();
        "any call, sign8", 200 => |server| sign8::client(server).request(Method::POST, "/x").send();
        "any call, signly", 200 => |server| signly::client(server).request(Method::POST, "/v1/x").send();
        "any call, signatures", 200 => |server| faireplace::signatures(server).request(Method::POST, "/x").send();
        "any call, workers", 200 => |server| faireplace::workers(server).request(Method::POST, "/x").send();
    }
}

#[tokio::test]
async fn a_web_page_is_no_answer_of_any_kind_of_call() {
    let types = [Some("text/html"), Some("text/html;charset=UTF-8"), Some("application/xhtml+xml"), None];
    for (name, status, call) in calls() {
        for (media_type, status) in types.map(|each| (each, status)).into_iter().chain([(types[0], 203)]) {
            let server = Server::follow([of_status(status, media_type)]).await;
            let error = call(&server).await.expect_err(name);
            let found = (error.kind(), error.effect(), error.attempts());
            let expected = (ErrorKind::Unreadable, Effect::Unknown, 1);
            assert_eq!(found, expected, "{name}, {status}, {media_type:?}: {error}");
        }
    }
}

/// What is streamed is judged by its media type alone, since nothing of it is read ahead.
#[tokio::test]
async fn a_web_page_is_no_content() {
    for media_type in ["text/html", "Text/HTML; charset=utf-8", "application/xhtml+xml"] {
        let server = Server::follow([of_status(200, Some(media_type))]).await;
        let error = legalesign::client(&server).download_audit_log("d").send().await.unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Unreadable, Effect::Unknown), "{media_type}");
    }
}

/// Only the provider says where something new is, so what else came with it does not matter.
#[tokio::test]
async fn what_was_created_is_known_by_its_location_whatever_the_body_is() {
    let answer = of_status(201, Some("text/html")).with_header("location", "/api/v1/group/g7/");
    let elsewhere = of_status(200, Some("text/html")).with_header("location", "/login/");
    let server = Server::follow([answer, elsewhere]).await;
    let create = || legalesign::client(&server).create_group().name("Sales");
    assert_eq!(create().send().await.unwrap().id.as_str(), "g7");
    // The document states no 200 for it.
    let error = create().send().await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Unreadable, Effect::Unknown));
}

/// A call that no document knows is answered with JSON or with nothing.
#[tokio::test]
async fn what_answers_any_call_is_json_or_nothing() {
    let good = [
        (Some("application/json; charset=utf-8"), r#"{"a":1}"#, json!({ "a": 1 })),
        (Some("application/vnd.legalesign+json"), "[7]", json!([7])),
        (Some("application/json"), "7", json!(7)),
        (Some("text/plain; charset=utf-8"), " [7]", json!([7])),
        (None, r#"{"a":1}"#, json!({ "a": 1 })),
        (Some("text/html"), "", Value::Null),
        (None, "", Value::Null),
    ];
    let bad = [
        (Some("text/plain"), "OK", Effect::Unknown),
        (Some("text/plain"), "{]", Effect::Unknown),
        (Some("application/xml"), "<a/>", Effect::Unknown),
        (None, "7", Effect::Unknown),
        // The provider did answer, only not with JSON.
        (Some("application/json"), "{]", Effect::Done),
    ];
    let answer = |media_type: Option<&str>, body: &str| {
        let headers = media_type.map(|media_type| ("content-type".to_owned(), media_type.to_owned()));
        Step::Answer { status: 200, headers: headers.into_iter().collect(), body: body.to_owned() }
    };
    for (media_type, body, expected) in good {
        let server = Server::follow([answer(media_type, body)]).await;
        let value = legalesign::client(&server).request(Method::POST, "/x/").send().await.unwrap();
        assert_eq!(value, expected, "{media_type:?} {body}");
    }
    for (media_type, body, effect) in bad {
        let server = Server::follow([answer(media_type, body)]).await;
        let error = legalesign::client(&server).request(Method::POST, "/x/").send().await.unwrap_err();
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Unreadable, effect), "{media_type:?} {body}");
    }
}

/// A call that brings nothing is not asked for it: what it says beside that is not read.
#[tokio::test]
async fn what_brings_nothing_may_say_anything_but_a_page() {
    for (media_type, body) in [("text/html", ""), ("text/plain", "OK"), ("application/json", r#""done""#)] {
        let server = Server::follow([Step::answer(200, media_type, body)]).await;
        legalesign::client(&server).send_reminder("s").text("x").send().await.unwrap();
    }
}
