//! The nightly sync: nothing is lost, whatever happens on the way.

use crate::support::clock::TestClock;
use crate::support::legalesign::{builder, client, page};
use crate::support::server::{Server, Step};
use countersign::ErrorKind;
use countersign::legalesign::{DocumentSync, SyncCursor};
use std::time::Duration;

fn document(id: &str, minute: u8) -> String {
    format!(r#"{{"uuid":"{id}","modified":"2026-03-02T10:{minute:02}:00"}}"#)
}

fn documents(all: &[(&str, u8)]) -> String {
    all.iter().map(|(id, minute)| document(id, *minute)).collect::<Vec<_>>().join(",")
}

/// The ids that came, and the cursor after the last of them.
async fn walk(sync: &mut DocumentSync) -> (String, SyncCursor) {
    let (mut ids, mut cursor) = (String::new(), None);
    while let Some(batch) = sync.next().await {
        let batch = batch.unwrap();
        batch.documents.iter().for_each(|document| ids.push_str(document.uuid.as_ref().unwrap().as_str()));
        cursor = Some(batch.cursor);
    }
    (ids, cursor.unwrap())
}

fn targets(server: &Server) -> Vec<String> {
    server.seen().into_iter().map(|seen| seen.target).collect()
}

#[tokio::test]
async fn the_next_walk_begins_before_the_newest_change_of_the_last() {
    let first = [
        page(0, Some(2), 3, &documents(&[("a", 5), ("b", 9)])),
        page(1, None, 3, &documents(&[("b", 9), ("c", 7)])),
    ];
    let second = [page(0, None, 0, "")];
    let server = Server::follow(first.into_iter().chain(second)).await;
    let (ids, cursor) = walk(&mut client(&server).sync("g").limit(2)).await;
    assert_eq!(ids, "abc");
    let stored: SyncCursor = serde_json::from_str(&serde_json::to_string(&cursor).unwrap()).unwrap();
    let (ids, unchanged) = walk(&mut client(&server).sync("g").resume(stored).unwrap()).await;
    assert_eq!(ids, "");
    assert_eq!(unchanged, cursor);
    assert_eq!(
        targets(&server),
        [
            "/document/?archived=all&group=g&limit=2&nosigners=1&offset=0",
            "/document/?archived=all&group=g&limit=3&nosigners=1&offset=1",
            "/document/?archived=all&group=g&limit=500&modified_gt=2026-03-02T08%3A09%3A00&nosigners=1&offset=0",
        ]
    );
}

#[tokio::test]
async fn a_walk_goes_on_in_another_process() {
    let server = Server::follow([
        page(0, Some(2), 3, &documents(&[("a", 5), ("b", 9)])),
        page(1, None, 3, &documents(&[("b", 9), ("c", 7)])),
    ])
    .await;
    let mut sync = client(&server).sync("g").limit(2);
    let cursor = sync.next().await.unwrap().unwrap().cursor;
    drop(sync);
    let (ids, _) = walk(&mut client(&server).sync("g").limit(2).resume(cursor).unwrap()).await;
    assert_eq!(ids, "c");
}

#[tokio::test]
async fn a_list_that_moves_is_walked_again() {
    let server = Server::follow([
        page(0, Some(2), 4, &documents(&[("a", 5), ("b", 9)])),
        // `a` changed and went to the end, so that `c` would have been missed.
        page(1, None, 4, &documents(&[("c", 7), ("d", 8), ("a", 10)])),
        page(0, Some(2), 4, &documents(&[("b", 9), ("c", 7)])),
        page(1, None, 4, &documents(&[("c", 7), ("d", 8), ("a", 10)])),
    ])
    .await;
    let (ids, _) = walk(&mut client(&server).sync("g").limit(2)).await;
    assert_eq!(ids, "abbcda");
}

#[tokio::test]
async fn a_list_that_never_stands_still_is_an_error() {
    let moving = |id| page(0, Some(2), 9, &documents(&[(id, 1), (id, 2)]));
    let script = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"].map(moving);
    let server = Server::follow(script).await;
    let mut sync = client(&server).sync("g").limit(2);
    let mut last = None;
    for _ in 0..12 {
        match sync.next().await {
            Some(Err(error)) => {
                last = Some(error);
                break;
            }
            Some(Ok(_)) => {}
            None => break,
        }
    }
    assert_eq!(last.unwrap().kind(), ErrorKind::Paging);
}

#[tokio::test]
async fn after_a_failure_the_same_page_is_asked_for_again() {
    let server = Server::follow([Step::json(403, "{}"), page(0, None, 1, &documents(&[("a", 5)]))]).await;
    let mut sync = client(&server).sync("g");
    assert_eq!(sync.next().await.unwrap().unwrap_err().kind(), ErrorKind::Forbidden);
    assert_eq!(walk(&mut sync).await.0, "a");
    assert!(sync.next().await.is_none());
}

#[tokio::test]
async fn the_cursor_of_another_group_is_refused() {
    let server = Server::follow([page(0, None, 0, "")]).await;
    let (_, cursor) = walk(&mut client(&server).sync("g")).await;
    assert_eq!(client(&server).sync("h").resume(cursor).unwrap_err().kind(), ErrorKind::InvalidRequest);
}

#[tokio::test]
async fn the_fast_dump_is_returned_as_it_comes() {
    let server = Server::follow([Step::json(200, r#"[["anything", 1]]"#)]).await;
    let dump = client(&server).unverified_outstanding_documents("g").await.unwrap();
    assert_eq!(dump, serde_json::json!([["anything", 1]]));
    assert_eq!(targets(&server), ["/document/?group=g&cache=1"]);
}

#[tokio::test]
async fn after_giving_up_the_next_call_begins_anew() {
    let moving = |id| page(0, Some(2), 9, &documents(&[(id, 1), (id, 2)]));
    let script = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"].map(moving);
    let still = [page(0, None, 1, &documents(&[("z", 3)]))];
    let server = Server::follow(script.into_iter().chain(still)).await;
    let mut sync = client(&server).sync("g").limit(2);
    let mut failed = 0;
    let mut last = String::new();
    for _ in 0..20 {
        match sync.next().await {
            Some(Err(_)) => failed += 1,
            Some(Ok(batch)) => last = batch.documents[0].uuid.as_ref().unwrap().to_string(),
            None => break,
        }
    }
    assert_eq!((failed, last.as_str()), (1, "z"));
}

#[tokio::test]
async fn a_document_without_an_id_does_not_stop_the_walk() {
    let nameless = format!("{},{{}}", document("a", 1));
    let server =
        Server::follow([page(0, Some(2), 3, &nameless), page(2, None, 3, &documents(&[("c", 7)]))]).await;
    assert_eq!(ids(&mut client(&server).sync("g").limit(2)).await, 3);
    assert!(targets(&server)[1].ends_with("offset=2"), "{:?}", targets(&server));
}

async fn ids(sync: &mut DocumentSync) -> usize {
    let mut count = 0;
    while let Some(batch) = sync.next().await {
        count += batch.unwrap().documents.len();
    }
    count
}

#[tokio::test]
async fn a_list_that_ends_before_its_number_is_an_error() {
    let server = Server::follow([page(0, None, 71, &documents(&[("a", 1)]))]).await;
    let error = client(&server).sync("g").next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Paging);
}

#[tokio::test]
async fn a_list_that_goes_on_beyond_its_number_is_an_error() {
    let server = Server::follow([page(0, Some(2), 1, &documents(&[("a", 1), ("b", 2)]))]).await;
    let error = client(&server).sync("g").limit(2).next().await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Paging, countersign::Effect::None));
}

/// What changed while a walk stood still for hours had been passed by it already.
#[tokio::test]
async fn the_next_walk_goes_back_behind_the_time_that_the_last_one_took() {
    let server = Server::follow([
        page(0, Some(2), 3, &documents(&[("a", 5), ("b", 9)])),
        page(1, None, 3, &documents(&[("b", 9), ("c", 7)])),
        page(0, None, 0, ""),
    ])
    .await;
    let clock = TestClock::new();
    let client = builder(&server).clock(clock.clone()).build().unwrap();
    let mut sync = client.sync("g").limit(2);
    let cursor = sync.next().await.unwrap().unwrap().cursor;
    let client = builder(&server).clock(clock.later(Duration::from_secs(5 * 3600))).build().unwrap();
    let (_, cursor) = walk(&mut client.sync("g").limit(2).resume(cursor).unwrap()).await;
    walk(&mut client.sync("g").resume(cursor).unwrap()).await;
    assert!(targets(&server)[2].contains("modified_gt=2026-03-02T03%3A09%3A00"), "{:?}", targets(&server)[2]);
}
