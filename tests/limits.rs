//! Time, budget and memory of calls that do not end well.

use crate::support::clock::TestClock;
use crate::support::server::{Server, Step, silent_port};
use crate::support::signly::{answers, builder, client, webhook};
use crate::support::{faireplace, legalesign};
use countersign::{Clock, Content, Effect, ErrorKind, RetryPolicy, Sleep, signly};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// A clock whose waits do something else than waiting.
#[derive(Clone)]
struct Waiting(Arc<dyn Fn() -> Sleep + Send + Sync>);

impl std::fmt::Debug for Waiting {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Waiting")
    }
}

impl Clock for Waiting {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }

    fn sleep(&self, _: Duration) -> Sleep {
        (self.0)()
    }

    fn random(&self) -> f64 {
        0.0
    }
}

#[tokio::test]
async fn retries_end_when_the_budget_of_the_client_is_spent() {
    let server = Server::follow(vec![Step::json(503, "{}"); 100]).await;
    let client = client(&server);
    let mut attempts = Vec::new();
    for _ in 0..30 {
        attempts.push(client.get_webhook("wh_1").send().await.unwrap_err().attempts());
    }
    // 50 retries of 10 each are what a full budget pays for.
    assert_eq!((attempts.iter().sum::<u32>(), attempts.first(), attempts.last()), (80, Some(&3), Some(&1)));
}

#[tokio::test]
async fn a_call_that_runs_out_of_time_while_it_waits_returns_what_it_waited_for() {
    let server = Server::follow([Step::json(503, "{}")]).await;
    let for_ever = Waiting(Arc::new(|| Box::pin(std::future::pending())));
    let client = builder(&server).clock(for_ever).build().unwrap();
    let error = client.get_webhook("wh_1").with_timeout(Duration::from_millis(400)).send().await.unwrap_err();
    assert_eq!((error.kind(), error.status(), error.attempts()), (ErrorKind::ServerFault, Some(503), 1));
}

#[tokio::test]
async fn a_call_that_runs_out_of_time_says_what_may_have_happened() {
    for (step, effect) in [
        (Step::Hang, Effect::Unknown),
        (Step::Stall { status: 201, length: 5 }, Effect::Done),
        (Step::Stall { status: 403, length: 5 }, Effect::None),
    ] {
        let server = Server::follow([step]).await;
        let call = client(&server).create_webhook().url("https://example.com").events(["X"]);
        let error = call.with_timeout(Duration::from_millis(400)).send().await.unwrap_err();
        assert_eq!((error.kind(), error.effect(), error.attempts()), (ErrorKind::Timeout, effect, 1));
    }
}

/// Each limit that may end while a connection is made, and how often a call is tried before it ends.
fn limits(
    builder: impl Fn() -> signly::ClientBuilder,
) -> [(&'static str, signly::Client, Option<Duration>, u32); 4] {
    let soon = Duration::from_millis(150);
    [
        ("read_timeout", builder().read_timeout(soon).build().unwrap(), None, 3),
        ("attempt_timeout", builder().attempt_timeout(soon).build().unwrap(), None, 3),
        ("operation_timeout", builder().operation_timeout(soon).build().unwrap(), None, 1),
        ("with_timeout", builder().build().unwrap(), Some(soon), 1),
    ]
}

#[tokio::test]
async fn a_limit_that_ends_before_there_is_a_connection_means_that_nothing_was_sent() {
    let silent = silent_port().await;
    let builder = || {
        let builder = signly::Client::builder().base_url(&silent);
        builder.tenant("t").api_key("k").clock(TestClock::new())
    };
    for (limit, client, timeout, attempts) in limits(builder) {
        let mut create = client.create_webhook().url("https://example.com").events(["X"]);
        let mut read = client.get_webhook("wh_1");
        if let Some(timeout) = timeout {
            (create, read) = (create.with_timeout(timeout), read.with_timeout(timeout));
        }
        for error in [create.send().await.unwrap_err(), read.send().await.unwrap_err()] {
            let expected = (ErrorKind::Unreachable, Effect::None, attempts);
            assert_eq!((error.kind(), error.effect(), error.attempts()), expected, "{limit}: {error}");
        }
    }
}

/// Nobody reads what was sent, but it was sent.
#[tokio::test]
async fn a_limit_that_ends_after_the_request_was_written_does_not_say_that_nothing_was_sent() {
    let silent = silent_port().await.replace("https", "http");
    let builder =
        || signly::Client::builder().base_url(&silent).tenant("t").api_key("k").clock(TestClock::new());
    for (limit, client, timeout, attempts) in limits(builder) {
        let mut create = client.create_webhook().url("https://example.com").events(["X"]);
        let mut read = client.get_webhook("wh_1");
        if let Some(timeout) = timeout {
            (create, read) = (create.with_timeout(timeout), read.with_timeout(timeout));
        }
        for (error, attempts) in
            [(create.send().await.unwrap_err(), 1), (read.send().await.unwrap_err(), attempts)]
        {
            let expected = (ErrorKind::Timeout, Effect::Unknown, attempts);
            assert_eq!((error.kind(), error.effect(), error.attempts()), expected, "{limit}: {error}");
        }
    }
}

/// Limits end at any moment: before there is a connection, while the request is handed to one, and after it was written.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_call_that_the_server_saw_is_never_told_as_not_sent() {
    let calls = 600;
    let server = Server::follow(vec![answers(&webhook(1, "[]")); calls + 1]).await;
    let client = builder(&server).retry(RetryPolicy::never()).build().unwrap();
    let mut unsent = Vec::new();
    for number in 0..calls {
        let id = number.to_string();
        let call = client.create_webhook().url("https://example.com").events(["X"]).with_header("x-id", &id);
        let result = call.with_timeout(Duration::from_micros(number as u64 % 40 * 50)).send().await;
        unsent.extend(result.err().filter(|error| error.effect() == Effect::None).map(|_| id));
    }
    client.create_webhook().url("https://example.com").events(["X"]).send().await.unwrap();
    let seen =
        server.seen().iter().filter_map(|seen| seen.header("x-id").map(str::to_owned)).collect::<Vec<_>>();
    let both = unsent.iter().filter(|id| seen.contains(id)).collect::<Vec<_>>();
    assert!(both.is_empty(), "{both:?} of {} unsent, {} seen", unsent.len(), seen.len());
}

#[tokio::test]
async fn content_that_found_no_connection_in_time_was_not_sent() {
    let silent = silent_port().await;
    let soon = Duration::from_millis(150);
    let client = countersign::legalesign::Client::builder().base_url(&silent).api_key(legalesign::KEY);
    let client = client.clock(TestClock::new()).read_timeout(soon).build().unwrap();
    let error = client.create_pdf_template(Content::bytes("%PDF")).group("g").send().await.unwrap_err();
    assert_eq!((error.kind(), error.effect(), error.attempts()), (ErrorKind::Unreachable, Effect::None, 3));

    let server = Server::follow([answers(&format!(r#"{{"uploadUrl":"{silent}/x"}}"#))]).await;
    let client = builder(&server).read_timeout(soon).build().unwrap();
    let error = client.upload_template_pdf("t-1", "0001", Content::bytes("%PDF")).send().await.unwrap_err();
    assert_eq!((error.kind(), error.effect(), error.attempts()), (ErrorKind::Unreachable, Effect::None, 3));
}

#[tokio::test]
async fn what_was_asked_to_wait_can_be_added_to_any_time() {
    let year = Duration::from_secs(365 * 24 * 60 * 60);
    for header in ["retry-after", "x-ratelimit-reset"] {
        let server = Server::follow([Step::json(429, "{}").with_header(header, "9999999999999")]).await;
        let error = faireplace::signatures(&server).get_signature_status("l").send().await.unwrap_err();
        assert_eq!(error.retry_after(), Some(year), "{header}");
    }
}

#[tokio::test]
async fn a_provider_that_falls_silent_is_not_waited_for() {
    let server = Server::follow([Step::Stall { status: 200, length: 5 }]).await;
    let client = builder(&server)
        .read_timeout(Duration::from_millis(300))
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let error = client.get_webhook("wh_1").send().await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Timeout, Effect::Done));
}

#[tokio::test]
async fn a_create_that_was_not_sent_is_sent_once_the_server_is_there() {
    let address: SocketAddr = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let server = Arc::new(Mutex::new(None));
    let starts = Arc::clone(&server);
    let clock = Waiting(Arc::new(move || {
        let created = [Step::json(503, "{}"), answers(&webhook(1, "[]"))];
        starts.lock().unwrap().get_or_insert_with(|| Server::follow_at(address, created));
        Box::pin(std::future::ready(()))
    }));
    let client = signly::Client::builder().base_url(format!("http://{address}")).tenant("t").api_key("k");
    let call = client.clock(clock).build().unwrap().create_webhook().url("https://example.com").events(["X"]);
    let error = call.send().await.unwrap_err();
    // Not sent, then sent: the second attempt is the last, whatever the policy says.
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::ServerFault, 2));
    assert_eq!(server.lock().unwrap().as_ref().unwrap().seen().len(), 1);
}

#[tokio::test]
async fn a_length_that_cannot_be_is_no_reason_to_set_memory_aside() {
    let server = Server::follow([Step::Stall { status: 200, length: i64::MAX as u64 }]).await;
    let client = builder(&server).largest_answer(usize::MAX).attempt_timeout(Duration::from_millis(300));
    let client = client.retry(RetryPolicy::never()).build().unwrap();
    assert!(client.get_webhook("wh_1").send().await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn times_without_end_are_accepted() {
    let server = Server::follow([answers(&webhook(1, "[]"))]).await;
    let client = builder(&server)
        .connect_timeout(Duration::MAX)
        .read_timeout(Duration::MAX)
        .attempt_timeout(Duration::MAX)
        .operation_timeout(Duration::MAX)
        .retry(RetryPolicy::default().first_wait(Duration::MAX).longest_wait(Duration::MAX))
        .build()
        .unwrap();
    assert!(client.get_webhook("wh_1").with_timeout(Duration::MAX).send().await.is_ok());
}

#[tokio::test]
async fn a_policy_of_one_call_goes_before_that_of_the_client() {
    let server = Server::follow([Step::json(503, "{}")]).await;
    let error =
        client(&server).get_webhook("wh_1").with_retry(RetryPolicy::never()).send().await.unwrap_err();
    assert_eq!((error.attempts(), server.seen().len()), (1, 1));
}

/// No request can be made of it, so nothing is tried.
#[tokio::test]
async fn an_address_that_is_too_long_is_refused_before_anything_is_tried() {
    let server = Server::follow([]).await;
    let client = client(&server);
    let long = "x".repeat(66_000);
    let errors = [
        client.get_webhook(long.as_str()).send().await.unwrap_err(),
        client.create_template_upload_url("t", long.as_str()).send().await.unwrap_err(),
        client.list_webhooks().unverified_next_token(long.as_str()).send().await.unwrap_err(),
        client.request(http::Method::GET, format!("/v1/{long}")).send().await.unwrap_err(),
        client.request(http::Method::GET, "/v1/x").query("q", long.as_str()).send().await.unwrap_err(),
        client.upload_template_pdf("t", long.as_str(), Content::bytes("")).send().await.unwrap_err(),
        crate::support::leap::client(&server).cancel_signing_process(long.as_str()).send().await.unwrap_err(),
        faireplace::workers(&server).complete_signature(long.as_str(), "OWNER").send().await.unwrap_err(),
    ];
    for error in errors {
        let found = (error.kind(), error.effect(), error.attempts());
        assert_eq!(found, (ErrorKind::InvalidRequest, Effect::None, 0), "{error}");
        assert!(
            error.to_string().contains("the address of the call cannot be sent: it is longer than"),
            "{error}"
        );
    }
    assert_eq!(server.seen().len(), 0);
}

/// The longest that the HTTP library sends is sent, to the byte.
#[tokio::test]
async fn an_address_is_as_long_as_it_can_be() {
    let server = Server::follow([answers(&webhook(1, "[]")), answers(&webhook(1, "[]"))]).await;
    let longest = 65_534 - format!("{}/v1/webhooks/", server.url()).len();
    let call = |length: usize| client(&server).get_webhook("x".repeat(length)).send();
    assert!(call(longest).await.is_ok());
    assert_eq!(call(longest + 1).await.unwrap_err().attempts(), 0);
    assert_eq!(server.seen().len(), 1);
}
