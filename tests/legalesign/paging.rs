//! Lists by offset.

use crate::support::legalesign::{client, page};
use crate::support::server::{Server, Step};
use countersign::legalesign::{Client, DocumentListItem};
use countersign::{Cursor, Effect, Error, ErrorKind, Pages};

const A: &str = r#"{"uuid":"a"}"#;
const B: &str = r#"{"uuid":"b"}"#;
const C: &str = r#"{"uuid":"c"}"#;
const AB: &str = r#"{"uuid":"a"},{"uuid":"b"}"#;

async fn ids(mut pages: Pages<DocumentListItem>) -> Result<String, (String, Error)> {
    let mut ids = String::new();
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => page.items.iter().for_each(|item| ids.push_str(item.uuid.as_ref().unwrap().as_str())),
            Err(error) => return Err((ids, error)),
        }
    }
    Ok(ids)
}

fn targets(server: &Server) -> Vec<String> {
    server.seen().into_iter().map(|seen| seen.target).collect()
}

fn documents(client: &Client) -> Pages<DocumentListItem> {
    client.list_documents("my-group").limit(2).pages()
}

#[tokio::test]
async fn the_next_page_is_taken_apart_and_never_requested() {
    let next = r#"{"meta":{"next":"https://evil.example/api/v1/document/?offset=2&group=other"},"objects":[{"uuid":"a"},{"uuid":"b"}]}"#;
    let server = Server::follow([Step::json(200, next), page(2, None, 3, C)]).await;
    assert_eq!(ids(documents(&client(&server))).await.unwrap(), "abc");
    let expected = ["/document/?group=my-group&limit=2", "/document/?group=my-group&limit=2&offset=2"];
    assert_eq!(targets(&server), expected);
}

/// Fewer may come than were asked for, as long as the next page begins where this one ends.
#[tokio::test]
async fn a_page_may_be_shorter_than_what_was_asked_for() {
    let server = Server::follow([page(0, Some(1), 3, A), page(1, Some(2), 3, B), page(2, None, 3, C)]).await;
    assert_eq!(ids(client(&server).list_documents("my-group").limit(500).pages()).await.unwrap(), "abc");
    let server = Server::follow([page(7, Some(9), 10, AB), page(9, None, 10, C)]).await;
    let from = client(&server).list_documents("my-group").limit(2).offset(7).pages();
    assert_eq!(ids(from).await.unwrap(), "abc");
    // Items were added between the two calls, or the number is none of what is listed.
    let server = Server::follow([page(0, Some(2), 3, AB), page(2, None, 2, C)]).await;
    assert_eq!(ids(documents(&client(&server))).await.unwrap(), "abc");
}

/// Whatever is left out or comes twice, somebody would act on it.
#[tokio::test]
async fn a_page_that_does_not_begin_where_the_last_one_ended_is_an_error() {
    let cases = [
        (page(0, Some(2), 9, A), "leaves items out"),
        (page(0, Some(500), 900, AB), "leaves items out"),
        (page(0, Some(2), 9, ""), "leaves items out"),
        (page(0, Some(1), 9, AB), "repeats items"),
    ];
    for (first, says) in cases {
        let server = Server::follow([first.clone(), page(2, None, 9, C)]).await;
        let (came, error) = ids(documents(&client(&server))).await.unwrap_err();
        assert_eq!((came.as_str(), error.kind(), error.effect()), ("", ErrorKind::Paging, Effect::None));
        assert!(error.to_string().contains(says), "{first:?}: {error}");
        assert_eq!(server.seen().len(), 1, "{first:?}");
    }
}

/// Each page holds something and names another one, for ever.
#[tokio::test]
async fn a_list_that_never_ends_is_an_error() {
    let full = |page_number: usize| page(2 * page_number, Some(2 * page_number + 2), 6, AB);
    let server = Server::follow((0..50).map(full)).await;
    let (came, error) = ids(documents(&client(&server))).await.unwrap_err();
    assert_eq!((came.as_str(), error.kind()), ("ababab", ErrorKind::Paging));
    assert!(error.to_string().contains("goes on beyond the number of items"), "{error}");
    // Without a number the same is seen by the pages that hold nothing.
    let empty = |offset: usize| {
        let meta = format!(r#"{{"next":"/api/v1/document/?offset={}"}}"#, offset + 2);
        Step::json(200, format!(r#"{{"meta":{meta},"objects":[]}}"#))
    };
    let server = Server::follow((0..500).map(|number| empty(2 * number))).await;
    let (_, error) = ids(documents(&client(&server))).await.unwrap_err();
    assert_eq!((error.kind(), server.seen().len()), (ErrorKind::Paging, 1));
}

/// The page that could not be used is asked for again.
#[tokio::test]
async fn a_list_with_a_gap_is_gone_on_with_from_where_it_was_whole() {
    let server = Server::follow([
        page(0, Some(2), 5, AB),
        page(2, Some(9), 5, A),
        page(2, Some(3), 4, C),
        page(3, None, 4, A),
    ])
    .await;
    let mut pages = documents(&client(&server));
    pages.next().await.unwrap().unwrap();
    assert_eq!(pages.next().await.unwrap().unwrap_err().kind(), ErrorKind::Paging);
    let resumed = documents(&client(&server)).resume(&pages.cursor().unwrap()).unwrap();
    assert_eq!(ids(resumed).await.unwrap(), "ca");
}

#[tokio::test]
async fn a_list_that_does_not_say_how_it_goes_on_is_an_error() {
    let cases = [
        r#"{"objects":[{"uuid":"a"}]}"#,
        r#"{"meta":{"next":"/api/v1/document/?offset=0"},"objects":[]}"#,
        r#"{"meta":{"next":"/api/v1/document/?page=2"},"objects":[]}"#,
        r#"{"meta":{"next":"/api/v1/document/?offset=-3"},"objects":[]}"#,
        r#"{"meta":{"next":"no URL at all"},"objects":[]}"#,
        r#"{"meta":{"total_count":71},"objects":[{"uuid":"a"}]}"#,
    ];
    for body in cases {
        let server = Server::follow([Step::json(200, body)]).await;
        let (_, error) = ids(documents(&client(&server))).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Paging, "{body}");
        assert_eq!(server.seen().len(), 1, "{body}");
    }
}

#[tokio::test]
async fn pages_that_go_back_are_an_error_and_not_a_circle() {
    let server = Server::follow([page(0, Some(2), 9, AB), page(2, Some(2), 9, C)]).await;
    let (came, error) = ids(documents(&client(&server))).await.unwrap_err();
    assert_eq!((came.as_str(), error.kind()), ("ab", ErrorKind::Paging));
}

#[tokio::test]
async fn a_list_is_resumed_from_a_stored_cursor() {
    let server = Server::follow([page(0, Some(2), 3, AB), page(2, None, 3, C)]).await;
    let mut pages = documents(&client(&server));
    pages.next().await.unwrap().unwrap();
    let stored = serde_json::to_string(&pages.cursor().unwrap()).unwrap();
    drop(pages);
    let cursor: Cursor = serde_json::from_str(&stored).unwrap();
    let resumed = documents(&client(&server)).resume(&cursor).unwrap();
    assert_eq!(ids(resumed).await.unwrap(), "c");
    assert_eq!(targets(&server)[1], "/document/?group=my-group&limit=2&offset=2");
}

#[tokio::test]
async fn a_cursor_of_other_filters_is_refused() {
    let server = Server::follow([page(0, Some(2), 3, AB)]).await;
    let client = client(&server);
    let mut pages = documents(&client);
    pages.next().await.unwrap().unwrap();
    let cursor = pages.cursor().unwrap();
    for other in
        [client.list_documents("other").pages(), client.list_documents("my-group").email("a@b").pages()]
    {
        assert_eq!(other.resume(&cursor).unwrap_err().kind(), ErrorKind::InvalidRequest);
    }
    assert_eq!(client.list_statuses().pages().resume(&cursor).unwrap_err().kind(), ErrorKind::InvalidRequest);
    client.list_documents("my-group").limit(100).pages().resume(&cursor).unwrap();
}

#[tokio::test]
async fn a_cursor_that_holds_no_offset_is_refused() {
    let server = Server::follow([page(0, Some(2), 3, AB)]).await;
    let mut pages = documents(&client(&server));
    pages.next().await.unwrap().unwrap();
    let stored = serde_json::to_string(&pages.cursor().unwrap()).unwrap().replace(r#""2""#, r#""x""#);
    let cursor: Cursor = serde_json::from_str(&stored).unwrap();
    let (_, error) = ids(documents(&client(&server)).resume(&cursor).unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_single_page_tells_how_many_there_are() {
    let server = Server::follow([page(0, Some(2), 71, A)]).await;
    let list = client(&server).list_groups().limit(2).send().await.unwrap();
    assert_eq!(list.meta.unwrap().total_count, Some(71));
}
