//! What reaches the server, and what is refused before.

use crate::support::server::{Server, Step};
use crate::support::signly::{KEY, answers, builder, client, webhook};
use countersign::signly::{DeliveryRetries, EventType, WebhookCreate};
use countersign::{Effect, ErrorKind, Precondition, signly};
use proptest::prelude::*;

fn created() -> Step {
    answers(&webhook(1, "[]"))
}

#[tokio::test]
async fn a_body_holds_what_was_set_and_nothing_else() {
    let server = Server::follow([created()]).await;
    let call =
        client(&server).create_webhook().url("https://example.com").events([EventType::ProcessCompleted]);
    let call =
        call.custom_headers([("X-Client-Auth", "abc")]).retries(DeliveryRetries::default().max_attempts(3));
    call.send().await.unwrap();
    let seen = &server.seen()[0];
    let body: serde_json::Value = serde_json::from_slice(&seen.body).unwrap();
    let expected = serde_json::json!({
        "url": "https://example.com", "events": ["PROCESS_COMPLETED"],
        "customHeaders": {"X-Client-Auth": "abc"}, "retries": {"maxAttempts": 3},
    });
    assert_eq!((seen.method.as_str(), seen.target.as_str(), body), ("POST", "/v1/webhooks", expected));
}

#[tokio::test]
async fn a_whole_body_can_be_given() {
    let server = Server::follow([created()]).await;
    let body = WebhookCreate::default().url("https://example.com").events(["X"]);
    client(&server).create_webhook().body(body).description("d").send().await.unwrap();
    let body: serde_json::Value = serde_json::from_slice(&server.seen()[0].body).unwrap();
    assert_eq!(body, serde_json::json!({"url": "https://example.com", "events": ["X"], "description": "d"}));
}

#[tokio::test]
async fn an_empty_list_is_sent_as_one() {
    let server = Server::follow([answers(r#"{"webhookId":"wh_1","status":"ENABLED","version":4}"#)]).await;
    let nothing: [EventType; 0] = [];
    client(&server).update_webhook("wh_1", Precondition::version(3)).events(nothing).send().await.unwrap();
    assert_eq!(server.seen()[0].body, br#"{"events":[]}"#);
}

#[tokio::test]
async fn a_query_holds_what_was_set() {
    let server = Server::follow([answers("[]")]).await;
    let call = client(&server).list_webhooks().limit(10).sort(signly::WebhookSort::UpdatedAtDescending);
    call.status("ENABLED").unverified_next_token("a b&c").send().await.unwrap();
    assert_eq!(
        server.seen()[0].target,
        "/v1/webhooks?limit=10&nextToken=a+b%26c&sort=-updatedAt&status=ENABLED"
    );
}

#[tokio::test]
async fn no_query_is_sent_where_none_was_set() {
    let server = Server::follow([answers("[]")]).await;
    client(&server).list_webhooks().send().await.unwrap();
    assert_eq!(server.seen()[0].target, "/v1/webhooks");
}

#[tokio::test]
async fn a_precondition_is_a_bare_integer_and_is_left_out_only_by_its_ugly_name() {
    let changed = r#"{"webhookId":"wh_1","status":"DISABLED","version":4}"#;
    let server = Server::follow([answers(changed), answers(changed)]).await;
    let client = client(&server);
    for precondition in [Precondition::version(3), Precondition::none_overwriting_other_writers()] {
        client.update_webhook_status("wh_1", precondition).status("DISABLED").send().await.unwrap();
    }
    let seen = server.seen();
    assert_eq!((seen[0].header("if-match"), seen[1].header("if-match")), (Some("3"), None));
}

#[tokio::test]
async fn both_credential_modes_are_sent_as_documented() {
    type Credential = fn(signly::ClientBuilder) -> signly::ClientBuilder;
    let cases: [(Credential, &str); 2] =
        [(|builder| builder.api_key("sk_1"), "sk_1"), (|builder| builder.hmac_secret("s3"), "HMAC s3")];
    for (credential, expected) in cases {
        let server = Server::follow([answers("[]")]).await;
        credential(builder(&server)).build().unwrap().list_webhooks().send().await.unwrap();
        let seen = &server.seen()[0];
        assert_eq!(
            (seen.header("x-auth-signly"), seen.header("x-tenant-signly")),
            (Some(expected), Some("tenant-1"))
        );
    }
}

#[tokio::test]
async fn credentials_do_not_follow_a_redirect_to_another_host() {
    let other = Server::follow([answers("[]")]).await;
    let server = Server::follow([Step::json(307, "").with_header("location", &other.url())]).await;
    let error = client(&server).list_webhooks().send().await.unwrap_err();
    assert_eq!((error.kind(), other.seen().len()), (ErrorKind::Redirected, 0));
}

#[tokio::test]
async fn the_base_url_may_end_in_a_slash_and_may_have_a_path() {
    for (suffix, expected) in [
        ("", "/v1/webhooks"),
        ("/", "/v1/webhooks"),
        ("/a/b", "/a/b/v1/webhooks"),
        ("/a/b/", "/a/b/v1/webhooks"),
    ] {
        let server = Server::follow([answers("[]")]).await;
        let client = builder(&server).base_url(server.url() + suffix).build().unwrap();
        client.list_webhooks().send().await.unwrap();
        assert_eq!(server.seen()[0].target, expected, "{suffix:?}");
    }
}

#[tokio::test]
async fn a_request_that_would_be_refused_is_not_sent() {
    let server = Server::follow([]).await;
    let client = client(&server);
    let error = client.create_webhook().url("https://example.com").send().await.unwrap_err();
    let expected = "signly.create_webhook: not sent: `events` is required and was not set";
    assert_eq!((error.to_string().as_str(), error.effect(), error.attempts()), (expected, Effect::None, 0));
    let error = client.list_webhooks().limit(101).send().await.unwrap_err();
    assert_eq!(error.to_string(), "signly.list_webhooks: not sent: `limit` is 101; allowed is 1 to 100");
    assert_eq!(server.seen().len(), 0);
}

#[tokio::test]
async fn a_header_of_a_call_is_sent_unless_it_is_ours() {
    let server = Server::follow([answers("[]")]).await;
    let client = client(&server);
    client.list_webhooks().with_header("x-trace", "1").send().await.unwrap();
    assert_eq!(server.seen()[0].header("x-trace"), Some("1"));
    for name in ["X-Auth-Signly", "authorization", "host", "accept-encoding", "bad name"] {
        let error = client.list_webhooks().with_header(name, "x").send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{name}");
    }
    let call = client.update_webhook("wh_1", Precondition::version(3)).with_header("If-Match", "4");
    assert_eq!(call.send().await.unwrap_err().kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn a_call_carries_a_bounded_number_of_headers() {
    let server = Server::follow([answers("[]")]).await;
    let client = client(&server);
    for (count, accepted) in [(64, true), (65, false), (40_000, false)] {
        let call = (0..count).fold(client.list_webhooks(), |call, n| call.with_header(format!("x-{n}"), "1"));
        let error = call.send().await.err();
        assert_eq!(
            error.as_ref().map(countersign::Error::kind),
            (!accepted).then_some(ErrorKind::InvalidRequest)
        );
        assert_eq!(error.map_or(1, |error| error.attempts()), u32::from(accepted));
    }
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn the_key_is_sent_as_given() {
    let server = Server::follow([answers("[]")]).await;
    client(&server).list_webhooks().send().await.unwrap();
    assert_eq!(server.seen()[0].header("x-auth-signly"), Some(KEY));
}

#[tokio::test]
async fn what_no_document_knows_can_be_called() {
    let server =
        Server::follow([Step::json(503, "{}"), answers(r#"[{"documentId":"d"}]"#), answers("null")]).await;
    let client = client(&server);
    let call = client.request(http::Method::GET, "/v1/documents").query("a b", "&").repeatable();
    assert_eq!(call.send().await.unwrap(), serde_json::json!([{"documentId": "d"}]));
    let call = client.request(http::Method::POST, "/v1/documents").json(serde_json::json!({"a": 1}));
    assert_eq!(call.with_header("if-match", "3").send().await.unwrap(), serde_json::Value::Null);
    let seen = server.seen();
    assert_eq!(seen[1].target, "/v1/documents?a+b=%26");
    assert_eq!((seen[2].body.as_slice(), seen[2].header("if-match")), (br#"{"a":1}"#.as_slice(), Some("3")));
}

#[tokio::test]
async fn a_custom_call_is_sent_once_unless_it_is_said_to_be_repeatable() {
    let server = Server::follow([Step::json(503, "{}")]).await;
    let error = client(&server).request(http::Method::GET, "/v1/x").send().await.unwrap_err();
    assert_eq!((error.operation(), error.attempts(), server.seen().len()), (Some("request"), 1, 1));
}

#[tokio::test]
async fn a_custom_path_is_sent_as_given_or_not_at_all() {
    let server = Server::follow([]).await;
    for path in [
        "",
        "v1",
        "@example.com/",
        ".example.com/",
        "/v1/../x",
        "/v1/./x",
        "/v1/%2e%2e/x",
        "/v1\\..\\x",
        "/a b",
        "/a?b",
        "/a#b",
        "/a\nb",
        ":80/",
    ] {
        let error = client(&server).request(http::Method::GET, path).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{path:?}");
    }
    assert_eq!(server.seen().len(), 0);
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Any text, with the ones that have changed paths elsewhere among it.
fn any_id() -> impl Strategy<Value = String> {
    let known = [
        "",
        ".",
        "..",
        "/",
        "\\",
        "..\\..\\documents\\D1",
        "%2e%2e",
        "%2F",
        "a/../b",
        "a?b",
        "a#b",
        "\u{0}",
        "\r\nX: y",
        " ",
        "é",
        "//h",
        "@",
        ";",
    ];
    prop_oneof![proptest::sample::select(known.to_vec()).prop_map(str::to_owned), any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// The server sees exactly the expected segments, or nothing at all.
    #[test]
    fn no_id_changes_the_path(id in any_id()) {
        runtime().block_on(async {
            let server = Server::follow([answers("null")]).await;
            let result = client(&server).test_webhook(id.as_str()).with_retry(countersign::RetryPolicy::never()).send().await;
            let seen = server.seen();
            if matches!(id.as_str(), "" | "." | "..") {
                assert_eq!(result.unwrap_err().kind(), ErrorKind::InvalidRequest);
                assert_eq!(seen.len(), 0);
            } else {
                let segments = seen[0].target.split('/').collect::<Vec<_>>();
                let [first, version, webhooks, sent, test] = segments.as_slice() else { panic!("{segments:?}") };
                assert_eq!((*first, *version, *webhooks, *test), ("", "v1", "webhooks", "test"));
                assert_eq!(decoded(sent), id.as_bytes());
                assert!(sent.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)));
            }
        });
    }

    /// Whatever a server does, every call that creates something reaches it once.
    #[test]
    fn a_create_is_sent_once(faults in proptest::collection::vec(any_fault(), 1..6)) {
        runtime().block_on(async {
            let creates = faults.len();
            let server = Server::follow(faults).await;
            let client = builder(&server).attempt_timeout(std::time::Duration::from_millis(500)).build().unwrap();
            for sent in 1..=creates {
                let call = client.create_webhook().url("https://example.com").events(["X"]);
                let _ = call.with_retry(countersign::RetryPolicy::default().attempts(6)).send().await;
                assert_eq!(server.seen().len(), sent);
            }
        });
    }
}

fn any_fault() -> impl Strategy<Value = Step> {
    let statuses = [200_u16, 201, 204, 301, 400, 401, 404, 408, 409, 412, 425, 429, 500, 502, 503, 504];
    let status = (proptest::sample::select(statuses.to_vec()), any::<bool>()).prop_map(|(status, json)| {
        let media_type = if json { "application/json" } else { "text/html" };
        Step::answer(status, media_type, "{}").with_header("retry-after", "0")
    });
    let truncated = Step::Truncate { status: 200, body: "{\"success\":true}".to_owned() };
    prop_oneof![4 => status, 1 => Just(Step::Close), 1 => Just(truncated)]
}

fn decoded(segment: &str) -> Vec<u8> {
    let mut bytes = segment.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
            decoded.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
        } else {
            decoded.push(byte);
        }
    }
    decoded
}
