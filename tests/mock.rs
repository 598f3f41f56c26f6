//! The mock of Signly: what it answers, how it fails on request, what it delivers.

use axum::Router;
use axum::extract::State;
use countersign::mock::{AttemptOutcome, DeliveryFailure, Fault, signly};
use countersign::signly::{EventType, RetryPolicy, WebhookSort, WebhookStatus};
use countersign::{Effect, ErrorKind, Precondition, RetryPolicy as Retries};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use signly::{Event, Server};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const URL: &str = "https://app.example/callback";
const JSON: &str = "content-type: application/json\r\n";

/// What comes back from a request that is written by hand: everything up to the end of the connection.
async fn raw(server: &Server, head: &str, headers: &str, body: &str) -> (std::io::Result<usize>, String) {
    let mut stream = TcpStream::connect(server.base_url().trim_start_matches("http://"))
        .await
        .unwrap();
    let length = body.len();
    let request = format!(
        "{head} HTTP/1.1\r\nhost: mock\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let end = stream.read_to_end(&mut answer).await;
    (end, String::from_utf8(answer).unwrap())
}

fn credentials(server: &Server) -> String {
    format!(
        "x-tenant-signly: {}\r\nx-auth-signly: {}\r\n",
        server.tenant(),
        server.api_key()
    )
}

fn status_of(answer: &str) -> u16 {
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

fn body_of(answer: &str) -> Value {
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

/// A destination that answers as it is told, then with 204.
struct Receiver {
    url: String,
    received: Arc<Mutex<Vec<(HeaderMap, Value)>>>,
}

type Answers = Arc<Mutex<VecDeque<u16>>>;
type Received = Arc<Mutex<Vec<(HeaderMap, Value)>>>;

async fn receive(
    State((answers, received)): State<(Answers, Received)>,
    headers: HeaderMap,
    body: String,
) -> StatusCode {
    received
        .lock()
        .unwrap()
        .push((headers, serde_json::from_str(&body).unwrap()));
    let status = answers.lock().unwrap().pop_front().unwrap_or(204);
    StatusCode::from_u16(status).unwrap()
}

impl Receiver {
    async fn start(answers: impl IntoIterator<Item = u16>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/callback", listener.local_addr().unwrap());
        let received = Received::default();
        let answers: Answers = Arc::new(Mutex::new(answers.into_iter().collect()));
        let app = Router::new()
            .fallback(receive)
            .with_state((answers, Arc::clone(&received)));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, received }
    }

    fn bodies(&self) -> Vec<Value> {
        self.received
            .lock()
            .unwrap()
            .iter()
            .map(|(_, body)| body.clone())
            .collect()
    }

    fn event_ids(&self) -> Vec<String> {
        self.bodies()
            .iter()
            .map(|body| body["eventId"].as_str().unwrap().to_owned())
            .collect()
    }
}

async fn webhook(server: &Server, url: &str) -> String {
    let create = server
        .client()
        .unwrap()
        .create_webhook()
        .url(url)
        .events([EventType::ProcessCompleted]);
    create.send().await.unwrap().webhook_id.to_string()
}

#[tokio::test]
async fn refused_requests_have_these_statuses() {
    let server = Server::start().await.unwrap();
    let id = webhook(&server, URL).await;
    let auth = credentials(&server);
    let one = format!("/v1/webhooks/{id}");
    let json = format!("{auth}{JSON}");
    let create = |body: Value| {
        (
            "POST /v1/webhooks".to_owned(),
            json.clone(),
            body.to_string(),
            400,
            "bad_request",
        )
    };
    let list = |query: &str| {
        (
            format!("GET /v1/webhooks?{query}"),
            auth.clone(),
            String::new(),
            400,
            "bad_request",
        )
    };
    let put = |headers: &str, body: &str, status, code| {
        (
            format!("PUT {one}"),
            format!("{json}{headers}"),
            body.to_owned(),
            status,
            code,
        )
    };
    let events = ["PROCESS_COMPLETED"];
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
        create(json!({ "url": "http://app.example/", "events": events })),
        create(json!({ "url": "nonsense", "events": events })),
        create(json!({ "url": URL, "events": events, "retries": { "maxAttempts": 0 } })),
        create(json!({ "url": URL, "events": events, "httpTimeoutMs": "soon" })),
        create(json!({ "url": URL, "events": events, "customHeaders": { "a b": "c" } })),
        create(json!({ "url": URL, "events": events, "customHeaders": { "content-length": "9" } })),
        put("", "{", 400, "bad_request"),
        put("", r#"{"status":"PAUSED"}"#, 400, "bad_request"),
        put("if-match: \"1\"\r\n", "{}", 400, "bad_request"),
        put("if-match: 1\r\nif-match: 1\r\n", "{}", 400, "bad_request"),
        put("if-match: 7\r\n", "{}", 412, "precondition_failed"),
        (
            format!("PUT {one}/status"),
            json.clone(),
            "{}".to_owned(),
            400,
            "bad_request",
        ),
        (
            format!("PUT {one}"),
            auth.clone(),
            "{}".to_owned(),
            415,
            "unsupported_media_type",
        ),
        (
            "GET /v1/webhooks/wh_0".to_owned(),
            auth.clone(),
            String::new(),
            404,
            "not_found",
        ),
        (
            "GET /v1/webhooks/%FF".to_owned(),
            auth.clone(),
            String::new(),
            404,
            "not_found",
        ),
        (
            "GET /v1/elsewhere".to_owned(),
            auth.clone(),
            String::new(),
            404,
            "not_found",
        ),
        (
            "PATCH /v1/webhooks".to_owned(),
            auth.clone(),
            String::new(),
            405,
            "method_not_allowed",
        ),
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
async fn both_headers_are_needed_and_both_spellings_of_the_credential_fit() {
    let server = Server::start().await.unwrap();
    let (tenant, key) = (server.tenant(), server.api_key());
    let tenant = format!("x-tenant-signly: {tenant}\r\n");
    let cases = [
        (format!("{tenant}x-auth-signly: {key}\r\n"), 200),
        (format!("{tenant}x-auth-signly: HMAC {key}\r\n"), 200),
        (format!("{tenant}x-auth-signly: Bearer {key}\r\n"), 401),
        (format!("{tenant}x-auth-signly: other\r\n"), 401),
        (
            format!("{tenant}x-auth-signly: {key}\r\nx-auth-signly: other\r\n"),
            401,
        ),
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
    let changed = client
        .update_webhook(&*id, Precondition::version(1))
        .description("a")
        .send()
        .await
        .unwrap();
    assert_eq!(changed.version, 2);
    let stale = client
        .update_webhook(&*id, Precondition::version(1))
        .description("b")
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        (stale.status(), stale.code()),
        (Some(412), Some("precondition_failed"))
    );
    let body: Value = serde_json::from_slice(stale.body()).unwrap();
    assert_eq!(
        body["error"],
        json!({ "type": "concurrency", "details": { "expectedVersion": 1 } })
    );
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
    client
        .update_webhook(&*b, Precondition::version(1))
        .description("b")
        .send()
        .await
        .unwrap();
    assert_eq!(
        server.webhook(&b).unwrap().updated_at.as_deref(),
        Some("1970-01-01T00:01:01Z")
    );
    let cases = [
        (WebhookSort::Url, [&a, &b]),
        (WebhookSort::UrlDescending, [&b, &a]),
        (WebhookSort::UpdatedAt, [&a, &b]),
        (WebhookSort::UpdatedAtDescending, [&b, &a]),
    ];
    for (sort, expected) in cases {
        let reply = client
            .list_webhooks()
            .sort(sort.clone())
            .send_reply()
            .await
            .unwrap();
        let body: Value = serde_json::from_slice(reply.body()).unwrap();
        let ids = body["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|webhook| webhook["webhookId"].clone());
        assert_eq!(ids.collect::<Vec<_>>(), expected.map(|id| json!(id)), "{sort}");
        assert_eq!(body["pagination"], Value::Null);
        let first = body["data"][0].as_object().unwrap();
        assert_eq!(
            first.keys().collect::<Vec<_>>(),
            ["status", "url", "version", "webhookId"]
        );
    }
}

#[tokio::test]
async fn each_fault_does_what_it_says() {
    let server = Server::start().await.unwrap();
    let id = webhook(&server, URL).await;
    let auth = credentials(&server);
    let (get, put) = (format!("GET /v1/webhooks/{id}"), format!("PUT /v1/webhooks/{id}"));
    let put = async || raw(&server, &put, &format!("{auth}{JSON}"), "{}").await;
    let version = || server.webhook(&id).unwrap().version;

    server.fail_next_on(
        "update_webhook",
        Fault::status(503)
            .with_header("retry-after", "2")
            .with_body("text/html", "<p>"),
    );
    assert_eq!(status_of(&raw(&server, &get, &auth, "").await.1), 200);
    let (_, answer) = put().await;
    assert_eq!((status_of(&answer), version()), (503, 1));
    assert!(
        answer.contains("retry-after: 2\r\n") && answer.contains("content-type: text/html\r\n"),
        "{answer}"
    );
    assert!(answer.ends_with("<p>"), "{answer}");

    server.fail_next(Fault::answer(200, "application/json", "[]"));
    assert_eq!((body_of(&put().await.1), version()), (json!([]), 1));

    server.fail_next(Fault::reset());
    let (end, answer) = put().await;
    assert_eq!(end.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!((answer.as_str(), version()), ("", 1));

    server.fail_next(Fault::lost_answer());
    let (end, answer) = put().await;
    assert_eq!(end.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!((answer.as_str(), version()), ("", 2));

    server.fail_next(Fault::truncated());
    let (_, answer) = put().await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .unwrap();
    assert_eq!((body.len(), version()), (length.parse::<usize>().unwrap() / 2, 3));

    server.fail_next(Fault::delay(Duration::from_millis(1)));
    assert_eq!((status_of(&put().await.1), version()), (200, 4));
    assert_eq!(server.pending_faults(), 0);
}

#[tokio::test]
async fn a_delayed_call_does_not_hold_up_others() {
    let server = Server::start().await.unwrap();
    server.fail_next(Fault::delay(Duration::from_secs(3600)));
    let client = server
        .client_builder()
        .attempt_timeout(Duration::from_millis(50))
        .retry(Retries::never())
        .build();
    let client = client.unwrap();
    let error = client.list_webhooks().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    client.list_webhooks().send().await.unwrap();
}

#[tokio::test]
async fn a_lost_answer_leaves_the_client_in_doubt() {
    let server = Server::start().await.unwrap();
    server.fail_next_on("create_webhook", Fault::lost_answer());
    let create = server
        .client()
        .unwrap()
        .create_webhook()
        .url(URL)
        .events([EventType::ProcessCompleted]);
    assert_eq!(create.send().await.unwrap_err().effect(), Effect::Unknown);
    assert_eq!(server.webhooks().len(), 1);
}

#[tokio::test]
async fn requests_are_recorded_as_they_were_sent_and_print_no_secret() {
    let server = Server::start().await.unwrap();
    let headers = format!("{}{JSON}", credentials(&server));
    let odd = "PUT /v1/webhooks/a%2Fb/../%2e?x=1";
    assert!(raw(&server, odd, &headers, "canary-body").await.0.is_ok());
    assert!(
        raw(&server, "PUT /v1/webhooks/a%2Fb?x=%31", &headers, "canary-body")
            .await
            .0
            .is_ok()
    );
    let requests = server.requests();
    assert_eq!(
        (requests[0].path.as_str(), requests[0].operation),
        ("/v1/webhooks/a%2Fb/../%2e", None)
    );
    let request = &requests[1];
    assert_eq!(
        (request.path.as_str(), request.query.as_deref()),
        ("/v1/webhooks/a%2Fb", Some("x=%31"))
    );
    assert_eq!(
        (request.operation, &*request.body),
        (Some("update_webhook"), b"canary-body".as_slice())
    );
    assert_eq!(request.header("x-tenant-signly"), Some(server.tenant()));
    let printed = format!("{server:?} {requests:?} {:?}", server.client_builder());
    assert!(
        !printed.contains("canary") && !printed.contains(server.api_key()),
        "{printed}"
    );
    server.clear_requests();
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn deliveries_carry_custom_headers_and_stop_at_the_first_success() {
    let server = Server::start().await.unwrap();
    let receiver = Receiver::start([500, 302]).await;
    let create = server
        .client()
        .unwrap()
        .create_webhook()
        .url(&receiver.url)
        .events([EventType::ProcessCompleted]);
    create
        .custom_headers([("X-Client-Auth", "canary-secret")])
        .send()
        .await
        .unwrap();
    let event = Event::new(EventType::ProcessCompleted)
        .document("doc-1")
        .participant("p-1")
        .event_id("evt_1");
    let event = event
        .data(json!({ "status": "COMPLETED" }))
        .occurred_at(SystemTime::UNIX_EPOCH);
    let delivered = server.deliver(event).await;
    assert_eq!(delivered.len(), 1);
    assert!(delivered[0].is_delivered());
    let outcomes: Vec<_> = delivered[0]
        .attempts()
        .iter()
        .map(|attempt| (attempt.number, attempt.outcome))
        .collect();
    let expected = [500, 302, 204].map(AttemptOutcome::Status);
    assert_eq!(outcomes, [(1, expected[0]), (2, expected[1]), (3, expected[2])]);
    for (place, (headers, body)) in receiver.received.lock().unwrap().iter().enumerate() {
        assert_eq!(headers["x-client-auth"], "canary-secret");
        assert_eq!(headers["content-type"], "application/json");
        let expected = json!({
            "eventId": "evt_1", "type": "PROCESS_COMPLETED", "occurredAt": "1970-01-01T00:00:00Z",
            "tenantId": server.tenant(), "documentId": "doc-1", "participantId": "p-1", "attempt": place + 1,
            "data": { "status": "COMPLETED" },
        });
        assert_eq!(*body, expected);
    }
    assert!(!format!("{delivered:?} {:?}", server.webhooks()).contains("canary"));
}

#[tokio::test]
async fn deliveries_end_with_the_last_attempt() {
    let server = Server::start().await.unwrap();
    let receiver = Receiver::start([500; 9]).await;
    let create = server
        .client()
        .unwrap()
        .create_webhook()
        .url(&receiver.url)
        .events([EventType::ProcessCompleted]);
    create
        .retries(RetryPolicy::default().max_attempts(2))
        .send()
        .await
        .unwrap();
    let delivered = server.deliver(Event::new(EventType::ProcessCompleted)).await;
    assert_eq!(
        (delivered[0].attempts().len(), delivered[0].is_delivered()),
        (2, false)
    );
    assert_eq!(receiver.bodies().len(), 2);
}

#[tokio::test]
async fn only_enabled_webhooks_that_subscribed_get_an_event() {
    let server = Server::start().await.unwrap();
    let receiver = Receiver::start([]).await;
    let id = webhook(&server, &receiver.url).await;
    assert!(server.deliver(Event::new(EventType::OtpSent)).await.is_empty());
    assert!(server.deliver(Event::of_type("SOMETHING_NEW")).await.is_empty());
    let disable = server
        .client()
        .unwrap()
        .update_webhook_status(&*id, Precondition::version(1));
    disable.status(WebhookStatus::Disabled).send().await.unwrap();
    assert!(
        server
            .deliver(Event::new(EventType::ProcessCompleted))
            .await
            .is_empty()
    );
    assert!(receiver.bodies().is_empty());
}

#[tokio::test]
async fn events_come_twice_and_in_another_order_on_request() {
    let server = Server::start().await.unwrap();
    let receiver = Receiver::start([]).await;
    webhook(&server, &receiver.url).await;
    let names: Vec<_> = (0..8).map(|number| format!("evt_{number}")).collect();
    let events = || {
        names
            .iter()
            .map(|name| Event::new(EventType::ProcessCompleted).event_id(name))
            .collect::<Vec<_>>()
    };
    let sent = async |deliveries: signly::Deliveries| {
        receiver.received.lock().unwrap().clear();
        let delivered = deliveries.send().await;
        let ids = receiver.event_ids();
        assert_eq!(
            delivered
                .iter()
                .map(|delivered| delivered.event_id.clone())
                .collect::<Vec<_>>(),
            ids
        );
        ids
    };
    let reversed = sent(server.deliver_all(events()).duplicated(2).reversed()).await;
    assert_eq!(reversed.len(), 16);
    assert_eq!(reversed[..3], ["evt_7", "evt_7", "evt_6"]);
    assert_eq!(receiver.bodies()[0], receiver.bodies()[1]);
    let shuffled = sent(server.deliver_all(events()).shuffled(7)).await;
    assert_ne!(shuffled, names);
    assert_eq!(shuffled, sent(server.deliver_all(events()).shuffled(7)).await);
    assert_ne!(shuffled, sent(server.deliver_all(events()).shuffled(8)).await);
}

#[tokio::test]
async fn nothing_leaves_this_machine() {
    let server = Server::start().await.unwrap();
    let id = webhook(&server, "https://203.0.113.1/").await;
    let delivered = server.deliver(Event::new(EventType::ProcessCompleted)).await;
    let outcomes: Vec<_> = delivered[0]
        .attempts()
        .iter()
        .map(|attempt| attempt.outcome)
        .collect();
    assert_eq!(outcomes, [AttemptOutcome::Failed(DeliveryFailure::NotLoopback)]);
    let result = server.client().unwrap().test_webhook(&*id).send().await.unwrap();
    assert_eq!(result.delivery_status.unwrap().as_str(), "FAILED");
}

#[tokio::test]
async fn the_test_call_delivers_once() {
    let server = Server::start().await.unwrap();
    let receiver = Receiver::start([204, 500]).await;
    let id = webhook(&server, &receiver.url).await;
    let client = server.client().unwrap();
    for expected in ["DELIVERED", "FAILED"] {
        let result = client.test_webhook(&*id).send().await.unwrap();
        assert_eq!(
            (result.delivery_status.unwrap().as_str(), result.attempt),
            (expected, Some(1))
        );
    }
    let bodies = receiver.bodies();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0]["type"], "signly.webhook_test");
    assert_eq!(bodies[0]["tenantId"], server.tenant());
}

#[tokio::test]
async fn destinations_are_checked_if_asked() {
    let server = Server::start().await.unwrap();
    server.check_destinations(true);
    let receiver = Receiver::start([]).await;
    webhook(&server, &receiver.url).await;
    assert!(receiver.bodies().is_empty());
    let closed = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let create = server
        .client()
        .unwrap()
        .create_webhook()
        .url(format!("http://{closed}/"));
    assert_eq!(
        create
            .events([EventType::OtpSent])
            .send()
            .await
            .unwrap_err()
            .status(),
        Some(400)
    );
    assert_eq!(server.webhooks().len(), 1);
}

#[tokio::test]
async fn a_server_that_was_shut_down_or_dropped_is_gone() {
    let server = Server::start().await.unwrap();
    let client = server.client_builder().retry(Retries::never()).build().unwrap();
    // Leaves an idle connection behind, which shutting down has to close.
    client.list_webhooks().send().await.unwrap();
    server.shutdown().await;
    assert_eq!(
        client.list_webhooks().send().await.unwrap_err().effect(),
        Effect::None
    );

    let server = Server::start().await.unwrap();
    let address = server.base_url().trim_start_matches("http://").to_owned();
    let mut idle = TcpStream::connect(&address).await.unwrap();
    drop(server);
    assert!(matches!(idle.read(&mut [0]).await, Ok(0) | Err(_)));
}
