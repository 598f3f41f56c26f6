//! What it answers, and what it refuses.

use super::{JSON, URL, body_of, credentials, raw, status_of, webhook};
use countersign::mock::signly::{Event, Server};
use countersign::signly::{EventType, WebhookSort, WebhookStatus};
use countersign::{Precondition, RetryPolicy};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::{Duration, SystemTime};

#[tokio::test]
async fn refused_requests_have_these_statuses() {
    let server = Server::start().await.unwrap();
    let id = webhook(&server, URL).await;
    let auth = credentials(&server);
    let one = format!("/v1/webhooks/{id}");
    let json = format!("{auth}{JSON}");
    let create =
        |body: Value| ("POST /v1/webhooks".to_owned(), json.clone(), body.to_string(), 400, "bad_request");
    let list =
        |query: &str| (format!("GET /v1/webhooks?{query}"), auth.clone(), String::new(), 400, "bad_request");
    let put = |headers: &str, body: &str, status, code| {
        (format!("PUT {one}"), format!("{json}{headers}"), body.to_owned(), status, code)
    };
    let events = ["PROCESS_COMPLETED"];
    let many = (0..30_000).map(|number| (format!("x-{number}"), "1")).collect::<HashMap<_, _>>();
    let cases = [
        list("limit=0"),
        list("limit=101"),
        list("limit=many"),
        list("status=enabled"),
        list("sort=createdAt"),
        create(json!([])),
        create(json!({})),
        create(json!({ "url": URL })),
        create(json!({ "url": URL, "events": [] })),
        create(json!({ "url": URL, "events": [1] })),
        create(json!({ "url": URL, "events": ["SOMETHING_NEW"] })),
        create(json!({ "url": URL, "events": events, "httpTimeoutMs": "3000" })),
        create(json!({ "url": URL, "events": events, "retries": { "maxAttempts": "" } })),
        create(json!({ "url": "http://app.example/", "events": events })),
        create(json!({ "url": "nonsense", "events": events })),
        create(json!({ "url": URL, "events": events, "httpTimeoutMs": "soon" })),
        create(json!({ "url": URL, "events": events, "customHeaders": { "a b": "c" } })),
        create(json!({ "url": URL, "events": events, "customHeaders": { "content-length": "9" } })),
        create(json!({ "url": URL, "events": events, "customHeaders": { "X-Auth": "a", "x-auth": "b" } })),
        create(json!({ "url": URL, "events": events, "customHeaders": many })),
        (
            format!("POST {one}/test"),
            json.clone(),
            json!({ "tenantId": "another" }).to_string(),
            400,
            "bad_request",
        ),
        put("", "{", 400, "bad_request"),
        put("", r#"{"status":"PAUSED"}"#, 400, "bad_request"),
        put("if-match: \"1\"\r\n", "{}", 400, "bad_request"),
        put("if-match: 1\r\nif-match: 1\r\n", "{}", 400, "bad_request"),
        put("if-match: 7\r\n", "{}", 412, "precondition_failed"),
        (format!("PUT {one}/status"), json.clone(), "{}".to_owned(), 400, "bad_request"),
        (format!("PUT {one}"), auth.clone(), "{}".to_owned(), 415, "unsupported_media_type"),
        ("GET /v1/webhooks/wh_0".to_owned(), auth.clone(), String::new(), 404, "not_found"),
        ("GET /v1/webhooks/%FF".to_owned(), auth.clone(), String::new(), 404, "not_found"),
        ("GET /v1/elsewhere".to_owned(), auth.clone(), String::new(), 404, "not_found"),
        ("PATCH /v1/webhooks".to_owned(), auth.clone(), String::new(), 405, "method_not_allowed"),
    ];
    for (head, headers, body, status, code) in cases {
        let (_, answer) = raw(&server, &head, &headers, &body).await;
        assert_eq!(status_of(&answer), status, "{head} {body}: {answer}");
        let envelope = body_of(&answer);
        assert_eq!(envelope["code"], code, "{head} {body}");
        assert_eq!(envelope["success"], false);
        assert_eq!(envelope["status"], status);
        assert_eq!(envelope["meta"]["tenant_id"], server.tenant());
        assert_eq!(envelope["meta"]["request_id"].as_str().map(str::len), Some(30));
    }
    assert_eq!(server.webhooks().len(), 1);
    assert_eq!(server.webhook(&id).unwrap().version, 1);
    let too_large = "x".repeat(1024 * 1024 + 1);
    let (_, answer) = raw(&server, "POST /v1/webhooks", &json, &too_large).await;
    assert_eq!(status_of(&answer), 413);
}

#[tokio::test]
async fn what_nobody_knows_is_accepted() {
    let server = Server::start().await.unwrap();
    let headers = format!("{}{JSON}", credentials(&server));
    for (attempts, timeout) in [(0, 0), (-1, -1), (1_000_000, i64::MAX)] {
        let create = json!({
            "url": "http://127.0.0.1:9/",
            "events": ["OTP_SENT"],
            "retries": { "maxAttempts": attempts },
            "httpTimeoutMs": timeout,
        });
        let (_, answer) = raw(&server, "POST /v1/webhooks", &headers, &create.to_string()).await;
        assert_eq!(status_of(&answer), 201, "{create}: {answer}");
    }
    let delivered = server.deliver(Event::new(EventType::OtpSent)).await;
    let attempts = delivered.iter().map(|delivered| delivered.attempts().len());
    assert_eq!(attempts.collect::<Vec<_>>(), [1, 1, 100], "each ends, and has at least one attempt");
    for (limit, status) in [("0", 200), ("-1", 200), ("1000", 200), ("many", 400)] {
        let (_, answer) = raw(&server, &format!("GET /v1/documents?limit={limit}"), &headers, "").await;
        assert_eq!(status_of(&answer), status, "{limit}");
    }
}

#[tokio::test]
async fn both_headers_are_needed_and_both_spellings_of_the_credential_fit() {
    let server = Server::start().await.unwrap();
    let (tenant, key) = (server.tenant(), server.api_key());
    let tenant = format!("x-tenant-signly: {tenant}\r\n");
    let cases = [
        (format!("{tenant}x-auth-signly: {key}\r\n"), 200),
        (format!("{tenant}x-auth-signly: HMAC {key}\r\n"), 200),
        (format!("{tenant}x-auth-signly: Bearer {key}\r\n"), 401),
        (format!("{tenant}x-auth-signly: other\r\n"), 401),
        (format!("{tenant}x-auth-signly: {key}\r\nx-auth-signly: other\r\n"), 401),
        (format!("x-tenant-signly: other\r\nx-auth-signly: {key}\r\n"), 401),
        (format!("x-auth-signly: {key}\r\n"), 401),
        (tenant.clone(), 401),
    ];
    for (headers, status) in cases {
        let (_, answer) = raw(&server, "GET /v1/webhooks", &headers, "").await;
        assert_eq!(status_of(&answer), status, "{headers}");
        if status == 401 {
            assert_eq!(body_of(&answer), json!({ "message": "Unauthorized" }));
        }
    }
}

#[tokio::test]
async fn versions_count_changes_and_conflict() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    let id = webhook(&server, URL).await;
    let changed =
        client.update_webhook(&*id, Precondition::version(1)).description("a").send().await.unwrap();
    assert_eq!(changed.version, 2);
    let stale =
        client.update_webhook(&*id, Precondition::version(1)).description("b").send().await.unwrap_err();
    assert_eq!((stale.status(), stale.code()), (Some(412), Some("precondition_failed")));
    let body: Value = serde_json::from_slice(stale.body()).unwrap();
    assert_eq!(body["error"], json!({ "type": "concurrency", "details": { "expectedVersion": 1 } }));
    let unconditional = Precondition::none_overwriting_other_writers();
    let changed = client
        .update_webhook_status(&*id, unconditional)
        .status(WebhookStatus::Disabled)
        .send()
        .await
        .unwrap();
    assert_eq!((changed.version, changed.status), (3, WebhookStatus::Disabled));
    let stored = server.webhook(&id).unwrap();
    assert_eq!((stored.version, stored.description.as_deref()), (3, Some("a")));
    client.delete_webhook(&*id).send().await.unwrap();
    assert!(client.get_webhook(&*id).send().await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn lists_hold_the_documented_members_in_the_order_that_was_asked_for() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    server.set_time(SystemTime::UNIX_EPOCH);
    let b = webhook(&server, "https://b.example/").await;
    let a = webhook(&server, "https://a.example/").await;
    server.advance(Duration::from_secs(61));
    client.update_webhook(&*b, Precondition::version(1)).description("b").send().await.unwrap();
    assert_eq!(
        server.webhook(&b).unwrap().updated_at.as_ref().map(countersign::Timestamp::as_str),
        Some("1970-01-01T00:01:01Z")
    );
    let cases = [
        (WebhookSort::Url, [&a, &b]),
        (WebhookSort::UrlDescending, [&b, &a]),
        (WebhookSort::UpdatedAt, [&a, &b]),
        (WebhookSort::UpdatedAtDescending, [&b, &a]),
    ];
    for (sort, expected) in cases {
        let reply = client.list_webhooks().sort(sort.clone()).send_reply().await.unwrap();
        let body: Value = serde_json::from_slice(reply.body()).unwrap();
        let ids = body["data"].as_array().unwrap().iter().map(|webhook| webhook["webhookId"].clone());
        assert_eq!(ids.collect::<Vec<_>>(), expected.map(|id| json!(id)), "{sort}");
        assert_eq!(body["pagination"], Value::Null);
        let first = body["data"][0].as_object().unwrap();
        assert_eq!(first.keys().collect::<Vec<_>>(), ["status", "url", "version", "webhookId"]);
    }
}

#[tokio::test]
async fn a_clock_beyond_all_dates_leaves_nothing_half_changed() {
    let server = Server::start().await.unwrap();
    let id = webhook(&server, URL).await;
    let stored = server.webhook(&id).unwrap();
    server.set_time(SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 40));
    let client = server.client_builder().retry(RetryPolicy::never()).build().unwrap();
    let update = client.update_webhook(&*id, Precondition::version(1));
    // The server cannot write this time down. Whether it can answer or not, it changed everything or nothing.
    let changed = update.description("a").send().await.is_ok();
    assert_eq!(server.webhook(&id).unwrap() != stored, changed);
}

#[tokio::test]
async fn the_same_server_can_be_part_of_an_application() {
    let server = Server::start().await.unwrap();
    let router = axum::Router::new().nest("/mocks/signly", server.router());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/mocks/signly", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = server.client_builder().base_url(base_url).retry(RetryPolicy::never()).build().unwrap();
    webhook(&server, URL).await;
    assert_eq!(client.list_webhooks().limit(10).send().await.unwrap().items.len(), 1);

    server.fail_next(countersign::mock::Fault::reset());
    assert_eq!(client.list_webhooks().send().await.unwrap_err().kind(), countersign::ErrorKind::Interrupted);
    server.assert_calls(&["create_webhook", "list_webhooks", "list_webhooks"]);
}
