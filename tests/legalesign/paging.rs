//! Lists by offset.

use crate::support::legalesign::{client, page};
use crate::support::server::{Server, Step};
use countersign::legalesign::{Client, DocumentListItem};
use countersign::{Cursor, Error, ErrorKind, Pages};

const A: &str = r#"{"uuid":"a"}"#;
const B: &str = r#"{"uuid":"b"}"#;

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
    let next = r#"{"meta":{"next":"https://evil.example/api/v1/document/?offset=2&group=other"},"objects":[{"uuid":"a"}]}"#;
    let server = Server::follow([Step::json(200, next), page(2, None, 3, B)]).await;
    assert_eq!(ids(documents(&client(&server))).await.unwrap(), "ab");
    let expected = ["/document/?group=my-group&limit=2", "/document/?group=my-group&limit=2&offset=2"];
    assert_eq!(targets(&server), expected);
}

#[tokio::test]
async fn an_empty_page_is_not_the_end() {
    let server = Server::follow([page(0, Some(2), 3, ""), page(2, None, 3, A)]).await;
    assert_eq!(ids(documents(&client(&server))).await.unwrap(), "a");
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
    let server = Server::follow([page(0, Some(2), 9, A), page(2, Some(2), 9, B)]).await;
    let (came, error) = ids(documents(&client(&server))).await.unwrap_err();
    assert_eq!((came.as_str(), error.kind()), ("a", ErrorKind::Paging));
}

#[tokio::test]
async fn a_list_is_resumed_from_a_stored_cursor() {
    let server = Server::follow([page(0, Some(2), 3, A), page(2, None, 3, B)]).await;
    let mut pages = documents(&client(&server));
    pages.next().await.unwrap().unwrap();
    let stored = serde_json::to_string(&pages.cursor().unwrap()).unwrap();
    drop(pages);
    let cursor: Cursor = serde_json::from_str(&stored).unwrap();
    let resumed = documents(&client(&server)).resume(&cursor).unwrap();
    assert_eq!(ids(resumed).await.unwrap(), "b");
    assert_eq!(targets(&server)[1], "/document/?group=my-group&limit=2&offset=2");
}

#[tokio::test]
async fn a_cursor_of_other_filters_is_refused() {
    let server = Server::follow([page(0, Some(2), 3, A)]).await;
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
    let server = Server::follow([page(0, Some(2), 3, A)]).await;
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
