//! Lists whose paging nobody has documented.

use crate::support::server::{Server, Step};
use crate::support::signly::{client, envelope_with, webhook};
use countersign::{Cursor, ErrorKind};
use serde_json::Value;

fn page(count: usize, pagination: &str) -> Step {
    let items = vec![webhook(1, "[]"); count].join(",");
    Step::json(200, envelope_with(&format!("[{items}]"), pagination))
}

fn token(rest: &Value) -> Option<String> {
    rest["nextToken"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn a_list_says_whether_it_may_be_incomplete() {
    let cases = [
        (Some(3), 2, "null", false),
        (Some(2), 2, "null", true),
        (Some(3), 2, r#"{"nextToken":"a"}"#, true),
        (None, 2, "null", true),
        (None, 0, "null", false),
    ];
    for (limit, count, pagination, expected) in cases {
        let server = Server::follow([page(count, pagination)]).await;
        let mut call = client(&server).list_webhooks();
        if let Some(limit) = limit {
            call = call.limit(limit);
        }
        let listing = call.send().await.unwrap();
        assert_eq!(listing.may_be_incomplete(), expected, "{limit:?} {count} {pagination}");
    }
}

#[tokio::test]
async fn pages_go_on_over_an_empty_one_to_a_missing_token() {
    let server =
        Server::follow([page(2, r#"{"nextToken":"a"}"#), page(0, r#"{"nextToken":"b"}"#), page(1, "null")])
            .await;
    let mut items = client(&server).list_webhooks().pages_by_unverified_token(token).items();
    let mut count = 0;
    while let Some(item) = items.next().await {
        item.unwrap();
        count += 1;
    }
    let targets = server.seen().into_iter().map(|seen| seen.target).collect::<Vec<_>>();
    assert_eq!(count, 3);
    assert_eq!(targets, ["/v1/webhooks", "/v1/webhooks?nextToken=a", "/v1/webhooks?nextToken=b"]);
}

/// Each page is empty and names a token that was not there before.
#[tokio::test]
async fn a_list_of_empty_pages_ends_at_some_time_and_can_be_gone_on_with() {
    let empty = |number: usize| page(0, &format!(r#"{{"nextToken":"t{number}"}}"#));
    let some = page(1, r#"{"nextToken":"some"}"#);
    let script = (0..99).map(empty).chain([some]).chain((99..1000).map(empty));
    let server = Server::follow(script).await;
    let mut items = client(&server).list_webhooks().pages_by_unverified_token(token).items();
    assert!(items.next().await.unwrap().is_ok(), "99 empty pages are no reason to give up");
    let error = items.next().await.unwrap().unwrap_err();
    assert_eq!((error.kind(), server.seen().len()), (ErrorKind::Paging, 200));
    assert!(error.to_string().contains("100 pages in a row"), "{error}");

    let server = Server::follow((0..100).map(empty).chain([page(1, "null")])).await;
    let mut pages = client(&server).list_webhooks().pages_by_unverified_token(token);
    while pages.next().await.unwrap().is_ok() {}
    let cursor = pages.cursor().unwrap();
    let mut rest = client(&server).list_webhooks().pages_by_unverified_token(token).resume(&cursor).unwrap();
    assert_eq!(rest.next().await.unwrap().unwrap().items.len(), 1);
}

#[tokio::test]
async fn a_token_that_comes_twice_is_an_error_after_what_came() {
    let server = Server::follow([page(1, r#"{"nextToken":"a"}"#), page(1, r#"{"nextToken":"a"}"#)]).await;
    let mut items = client(&server).list_webhooks().pages_by_unverified_token(token).items();
    assert!(items.next().await.unwrap().is_ok());
    assert!(items.next().await.unwrap().is_ok());
    assert_eq!(items.next().await.unwrap().unwrap_err().kind(), ErrorKind::Paging);
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn a_list_is_resumed_from_a_stored_cursor_after_a_failure() {
    let server =
        Server::follow([page(1, r#"{"nextToken":"a"}"#), Step::json(404, "{}"), page(1, "null")]).await;
    let client = client(&server);
    let mut pages = client.list_webhooks().pages_by_unverified_token(token);
    pages.next().await.unwrap().unwrap();
    assert!(pages.next().await.unwrap().is_err());
    let stored = serde_json::to_string(&pages.cursor().unwrap()).unwrap();
    let cursor: Cursor = serde_json::from_str(&stored).unwrap();
    let mut rest = client.list_webhooks().pages_by_unverified_token(token).resume(&cursor).unwrap();
    assert_eq!(rest.next().await.unwrap().unwrap().items.len(), 1);
    assert_eq!(server.seen()[2].target, "/v1/webhooks?nextToken=a");
}

#[test]
fn a_stream_can_be_spawned() {
    fn is_send<T: Send + 'static>() {}
    is_send::<countersign::Items<countersign::signly::Webhook>>();
    is_send::<countersign::Pages<countersign::signly::Webhook>>();
}

#[tokio::test]
async fn a_cursor_of_another_operation_is_refused() {
    let server = Server::follow([]).await;
    let cursor: Cursor =
        serde_json::from_str(r#"{"operation":"signly.list_documents","scope":"","position":"a"}"#).unwrap();
    let pages = client(&server).list_webhooks().pages_by_unverified_token(token);
    assert_eq!(pages.resume(&cursor).unwrap_err().kind(), ErrorKind::InvalidRequest);
}
