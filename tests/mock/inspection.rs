//! Assertions about calls: what they accept, and what they say otherwise.

use super::URL;
use countersign::mock::signly::Server;
use countersign::signly::EventType;
use serde_json::json;
use std::panic::{AssertUnwindSafe, catch_unwind};

async fn called() -> Server {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    client.create_webhook().url(URL).events([EventType::OtpSent]).send().await.unwrap();
    client.list_webhooks().limit(10).send().await.unwrap();
    server
}

/// What an assertion says that does not hold.
fn message(assertion: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(assertion)).unwrap_err();
    panic.downcast_ref::<String>().unwrap().clone()
}

#[tokio::test]
async fn what_holds_says_nothing() {
    let server = called().await;
    server.assert_calls(&["create_webhook", "list_webhooks"]);
    let created = server.calls("create_webhook").only().clone();
    created.assert_sent(&json!({ "url": URL })).assert_sent(&json!({ "events": ["OTP_SENT"] }));
    created.assert_not_sent("/description").assert_header("content-type", "application/json");
    server.calls("list_webhooks").only().assert_query("limit", "10");
    server.calls("delete_webhook").assert_count(0);
}

#[tokio::test]
async fn calls_that_differ_are_shown_side_by_side() {
    let server = called().await;
    let text = message(|| server.assert_calls(&["create_webhook", "get_webhook", "list_webhooks"]));
    let lines: Vec<_> =
        text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        lines[2..],
        ["1. create_webhook create_webhook", "! 2. get_webhook list_webhooks", "! 3. list_webhooks -"]
    );
    let text = message(|| drop(server.calls("get_webhook").only().clone()));
    assert!(text.contains("`get_webhook` was called 0 times, not 1"), "{text}");
    assert!(text.contains("1. create_webhook") && text.contains("2. list_webhooks"), "{text}");
}

#[tokio::test]
async fn members_that_differ_are_named() {
    let server = called().await;
    let created = server.calls("create_webhook").only().clone();
    let expected =
        json!({ "url": "https://other.example", "events": ["OTP_SENT"], "description": "billing" });
    let text = message(|| drop(created.assert_sent(&expected).clone()));
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.contains("/description: expected \"billing\", nothing was sent"), "{text}");
    assert!(text.contains(&format!("/url: expected \"https://other.example\", sent \"{URL}\"")), "{text}");
    for text in [
        message(|| drop(created.assert_sent(&json!({ "events": [] })).clone())),
        message(|| drop(created.assert_sent(&json!({ "events": ["OTP_FAILED"] })).clone())),
        message(|| drop(created.assert_not_sent("/events/0").clone())),
        message(|| drop(created.assert_header("content-type", "text/plain").clone())),
        message(|| drop(created.assert_query("limit", "10").clone())),
    ] {
        assert!(text.contains("events") || text.contains("content-type") || text.contains("limit"), "{text}");
    }
}
