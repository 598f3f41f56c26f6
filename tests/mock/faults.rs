//! How it fails on request, what it records, and how it ends.

use super::{JSON, URL, body_of, credentials, raw, status_of, webhook};
use countersign::mock::signly::Server;
use countersign::mock::{Fault, Setup};
use countersign::signly::EventType;
use countersign::{Effect, ErrorKind, RetryPolicy as Retries};
use serde_json::json;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

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
        Fault::status(503).with_header("retry-after", "2").with_body("text/html", "<p>"),
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
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    assert_eq!((body.len(), version()), (length.parse::<usize>().unwrap() / 2, 3));

    server.fail_next(Fault::delay(Duration::from_millis(1)));
    assert_eq!((status_of(&put().await.1), version()), (200, 4));
    assert_eq!(server.pending_faults(), 0);
}

/// How long a test waits for what has to come.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_call_whose_client_gives_up_is_told_without_a_status() {
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let setup = Setup::new().on_call(move |call| {
        let _ = tell.send(call.clone());
    });
    let server = Server::start_with(setup).await.unwrap();
    // Far longer than anybody waits for a test.
    server.fail_next(Fault::delay(Duration::from_secs(3600)));
    let client = server.client().unwrap();
    {
        let mut call = Box::pin(client.list_webhooks().send());
        while server.requests().is_empty() {
            let given_up = tokio::time::timeout(Duration::ZERO, &mut call).await;
            assert!(given_up.is_err(), "it was answered");
        }
    }
    let call = tokio::time::timeout(PATIENCE, told.recv()).await.expect("it is told").unwrap();
    assert_eq!((call.request.operation, call.status), (Some("list_webhooks"), None));
    assert_eq!(format!("{:?}", call.fault), "Some(Fault::delay(3600s))");
    client.list_webhooks().send().await.unwrap();
    assert_eq!(told.recv().await.unwrap().status.map(|status| status.as_u16()), Some(200));
    assert!(told.try_recv().is_err(), "each call is told once");
}

#[tokio::test]
async fn a_delayed_call_does_not_hold_up_others() {
    let server = Server::start().await.unwrap();
    server.fail_next(Fault::delay(Duration::from_secs(3600)));
    let client =
        server.client_builder().attempt_timeout(Duration::from_millis(50)).retry(Retries::never()).build();
    let client = client.unwrap();
    let error = client.list_webhooks().send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    client.list_webhooks().send().await.unwrap();
}

#[tokio::test]
async fn a_delayed_call_is_processed_even_if_the_client_gives_up() {
    let server = Server::start().await.unwrap();
    server.fail_next_on("create_webhook", Fault::delay(Duration::from_secs(3600)));
    let client = server.client().unwrap();
    let create = client
        .create_webhook()
        .url(URL)
        .events([EventType::ProcessCompleted])
        .with_timeout(Duration::from_millis(500));
    let error = create.send().await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Timeout, Effect::Unknown));
    assert_eq!(server.webhooks().len(), 1);
}

#[tokio::test]
#[should_panic(
    expected = "there is no operation `createWebhook`; there are list_documents, create_document, "
)]
async fn a_fault_for_an_operation_that_does_not_exist_is_a_mistake_of_the_test() {
    let server = Server::start().await.unwrap();
    server.fail_next_on("createWebhook", Fault::reset());
}

#[tokio::test]
async fn a_lost_answer_leaves_the_client_in_doubt() {
    let server = Server::start().await.unwrap();
    server.fail_next_on("create_webhook", Fault::lost_answer());
    let create = server.client().unwrap().create_webhook().url(URL).events([EventType::ProcessCompleted]);
    assert_eq!(create.send().await.unwrap_err().effect(), Effect::Unknown);
    assert_eq!(server.webhooks().len(), 1);
}

#[tokio::test]
async fn requests_are_recorded_as_they_were_sent_and_print_no_secret() {
    let server = Server::start().await.unwrap();
    let headers = format!("{}{JSON}", credentials(&server));
    let odd = "PUT /v1/webhooks/a%2Fb/../%2e?x=1";
    assert!(raw(&server, odd, &headers, "canary-body").await.0.is_ok());
    assert!(raw(&server, "PUT /v1/webhooks/a%2Fb?x=%31", &headers, "canary-body").await.0.is_ok());
    let requests = server.requests();
    assert_eq!((requests[0].path.as_str(), requests[0].operation), ("/v1/webhooks/a%2Fb/../%2e", None));
    let request = &requests[1];
    assert_eq!((request.path.as_str(), request.query.as_deref()), ("/v1/webhooks/a%2Fb", Some("x=%31")));
    assert_eq!((request.operation, &*request.body), (Some("update_webhook"), b"canary-body".as_slice()));
    assert_eq!(request.header("x-tenant-signly"), Some(server.tenant()));
    let printed = format!("{server:?} {requests:?} {:?}", server.client_builder());
    assert!(!printed.contains("canary") && !printed.contains(server.api_key()), "{printed}");
    server.clear_requests();
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_server_that_was_shut_down_or_dropped_is_gone() {
    let server = Server::start().await.unwrap();
    let client = server.client_builder().retry(Retries::never()).build().unwrap();
    // Leaves an idle connection behind, which shutting down has to close.
    client.list_webhooks().send().await.unwrap();
    server.shutdown().await;
    assert_eq!(client.list_webhooks().send().await.unwrap_err().effect(), Effect::None);

    let server = Server::start().await.unwrap();
    let address = server.base_url().trim_start_matches("http://").to_owned();
    let mut idle = TcpStream::connect(&address).await.unwrap();
    drop(server);
    assert!(matches!(idle.read(&mut [0]).await, Ok(0) | Err(_)));
}

#[tokio::test]
async fn further_faults_do_what_they_say() {
    let server = Server::start().await.unwrap();
    let id = webhook(&server, URL).await;
    let auth = credentials(&server);
    let (get, put) = (format!("GET /v1/webhooks/{id}"), format!("PUT /v1/webhooks/{id}"));
    let get = async || raw(&server, &get, &auth, "").await;

    server.fail_next(Fault::throttled(Duration::from_secs(7)));
    let (_, answer) = get().await;
    assert_eq!(status_of(&answer), 429);
    assert!(answer.contains("retry-after: 7\r\n"), "{answer}");

    let date = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    server.fail_next(Fault::throttled_until(date));
    let (_, answer) = get().await;
    assert!(answer.contains("retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n"), "{answer}");

    server.fail_next(Fault::html_page(502));
    let (_, answer) = get().await;
    assert!(status_of(&answer) == 502 && answer.contains("text/html"), "{answer}");

    server.fail_next(Fault::reset_unread());
    let (end, answer) = raw(&server, &put, &format!("{auth}{JSON}"), "{}").await;
    assert_eq!(end.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!((answer.as_str(), server.webhook(&id).unwrap().version), ("", 1));

    server.fail_next(Fault::slow(Duration::from_millis(1)));
    assert_eq!(body_of(&get().await.1)["data"]["version"], 1);

    server.fail_next(Fault::new_values());
    let strange = body_of(&get().await.1);
    assert_eq!((&strange["status"], &strange["data"]["version"]), (&json!(200), &json!(1)));
    assert_eq!(strange["data"]["status"], "COUNTERSIGN_MOCK_NEW_VALUE");

    server.fail_next(Fault::new_members());
    assert!(body_of(&get().await.1)["data"]["countersignMockNewMember"].is_object());
}

#[tokio::test]
async fn what_no_document_knows_breaks_no_client() {
    let server = Server::start().await.unwrap();
    webhook(&server, URL).await;
    let client = server.client().unwrap();
    for fault in [Fault::new_members(), Fault::new_values()] {
        server.fail_next(fault);
        assert_eq!(client.list_webhooks().limit(10).send().await.unwrap().items.len(), 1);
    }
}

#[tokio::test]
async fn the_same_seed_gives_the_same_run() {
    let run = async |seed| {
        let server = Server::start().await.unwrap();
        server.fail_by_seed(seed, 0.5);
        let client = server.client_builder().retry(Retries::never()).build().unwrap();
        let mut outcomes = Vec::new();
        for _ in 0..40 {
            let outcome = client.list_webhooks().limit(10).send().await;
            outcomes.push(
                outcome
                    .map_or_else(|error| format!("{:?} {:?}", error.kind(), error.status()), |_| "ok".into()),
            );
        }
        outcomes
    };
    let first = run(7).await;
    assert!(first.iter().any(|outcome| outcome == "ok") && first.iter().any(|outcome| outcome != "ok"));
    assert_eq!(first, run(7).await);
    assert_ne!(first, run(8).await);
}
