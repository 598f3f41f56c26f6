//! Following a document: every event once, and the end where it is.

use crate::support::clock::TestClock;
use crate::support::server::{Server, Step};
use crate::support::signly::{answers, builder, client};
use countersign::signly::{EventType, Followed, Following};
use countersign::{Error, ErrorKind};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn document(status: &str) -> Step {
    answers(&format!(
        r#"{{"documentId":"d-1","status":"{status}","participants":[{{"participantId":"p-1"}}]}}"#
    ))
}

/// Events by id and type, `1:OTP_SENT`.
fn events(listed: &[&str]) -> Step {
    let events = listed.iter().map(|event| {
        let (id, kind) = event.split_once(':').unwrap();
        format!(r#"{{"eventId":"{id}","eventType":"{kind}","processId":"proc"}}"#)
    });
    answers(&format!("[{}]", events.collect::<Vec<_>>().join(",")))
}

fn followed(processes: &[&str]) -> Followed {
    let participants = processes.iter().map(|process| format!(r#"{{"processId":"{process}"}}"#));
    let participants = participants.collect::<Vec<_>>().join(",");
    let document = format!(r#"{{"documentId":"d-1","participants":[{participants}]}}"#);
    Followed::of(&serde_json::from_str(&document).unwrap()).unwrap()
}

/// The ids of the next events, and the status of the document.
async fn next(following: &mut Following) -> Option<Result<(String, String), Error>> {
    let news = following.next().await?;
    Some(news.map(|news| {
        let ids = news.events.iter().map(|event| event.event_id.clone().unwrap()).collect::<Vec<_>>();
        (ids.join(" "), news.document.status.unwrap().to_string())
    }))
}

fn told(events: &str, status: &str) -> (String, String) {
    (events.to_owned(), status.to_owned())
}

#[tokio::test]
async fn trap_4_a_process_that_is_completed_is_not_the_document() {
    let script = [
        document("IN_PROGRESS"),
        events(&["1:PROCESS_CREATED", "2:PROCESS_COMPLETED"]),
        // Nothing is asked of the process any more, and the document goes on.
        document("IN_PROGRESS"),
        document("COMPLETED"),
    ];
    let server = Server::follow(script).await;
    let clock = TestClock::new();
    let client = builder(&server).clock(clock.clone()).build().unwrap();
    let mut following = client.follow_document(followed(&["a"]), 60 * SECOND, 600 * SECOND);
    assert_eq!(next(&mut following).await.unwrap().unwrap(), told("1 2", "IN_PROGRESS"));
    let process = &following.followed().processes()[0];
    assert_eq!(process.ended_with(), Some(&EventType::ProcessCompleted));
    assert!(!following.followed().is_over());
    assert_eq!(next(&mut following).await.unwrap().unwrap(), told("", "COMPLETED"));
    assert!(following.followed().is_over());
    assert!(next(&mut following).await.is_none());
    assert_eq!((server.seen().len(), clock.waits()), (4, vec![60 * SECOND; 2]));
}

#[tokio::test]
async fn every_event_is_told_once_even_by_another_program() {
    let first = [document("IN_PROGRESS"), events(&["1:PROCESS_CREATED"]), events(&["9:PROCESS_CREATED"])];
    let second = [
        document("IN_PROGRESS"),
        events(&["1:PROCESS_CREATED", "2:OTP_SENT"]),
        events(&["9:PROCESS_CREATED"]),
        document("EXPIRED"),
        events(&["1:PROCESS_CREATED", "2:OTP_SENT", "3:PROCESS_EXPIRED"]),
        events(&["9:PROCESS_CREATED", "8:PROCESS_EXPIRED"]),
    ];
    let server = Server::follow(first.into_iter().chain(second)).await;
    let mut following = client(&server).follow_document(followed(&["a", "b"]), SECOND, 600 * SECOND);
    assert_eq!(next(&mut following).await.unwrap().unwrap(), told("1 9", "IN_PROGRESS"));
    let stored = serde_json::to_string(following.followed()).unwrap();
    let restored: Followed = serde_json::from_str(&stored).unwrap();
    let mut following = client(&server).follow_document(restored, SECOND, 600 * SECOND);
    assert_eq!(next(&mut following).await.unwrap().unwrap(), told("2", "IN_PROGRESS"));
    assert_eq!(next(&mut following).await.unwrap().unwrap(), told("3 8", "EXPIRED"));
    assert!(next(&mut following).await.is_none());
    let targets = server.seen().into_iter().map(|seen| seen.target).take(3).collect::<Vec<_>>();
    assert_eq!(targets, ["/v1/documents/d-1", "/v1/events/a?limit=50", "/v1/events/b?limit=50"]);
}

#[tokio::test]
async fn the_budget_bounds_the_waiting() {
    let server = Server::follow((0..3).map(|_| document("IN_PROGRESS"))).await;
    let clock = TestClock::new();
    let client = builder(&server).clock(clock.clone()).build().unwrap();
    let mut following = client.follow_document(followed(&[]), 60 * SECOND, 90 * SECOND);
    assert_eq!(next(&mut following).await.unwrap().unwrap(), told("", "IN_PROGRESS"));
    let error = next(&mut following).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotReady);
    assert!(error.to_string().contains("the time for waiting is"), "{error}");
    assert_eq!((server.seen().len(), clock.waits()), (3, vec![60 * SECOND, 30 * SECOND]));
    // Without a budget it is asked once, and an interval of nothing is a second.
    let server = Server::follow((0..2).map(|_| document("IN_PROGRESS"))).await;
    let client = builder(&server).clock(clock.clone()).build().unwrap();
    let mut following = client.follow_document(followed(&[]), Duration::ZERO, SECOND);
    next(&mut following).await.unwrap().unwrap();
    assert_eq!(next(&mut following).await.unwrap().unwrap_err().kind(), ErrorKind::NotReady);
    assert_eq!(clock.waits().last(), Some(&SECOND));
}

#[tokio::test]
async fn an_error_on_the_way_loses_nothing() {
    let script = [
        document("IN_PROGRESS"),
        events(&["1:PROCESS_CREATED"]),
        Step::json(404, "{}"),
        document("IN_PROGRESS"),
        events(&["1:PROCESS_CREATED"]),
        events(&["9:PROCESS_CREATED"]),
    ];
    let server = Server::follow(script).await;
    let mut following = client(&server).follow_document(followed(&["a", "b"]), SECOND, 600 * SECOND);
    assert!(next(&mut following).await.unwrap().unwrap_err().is_not_found());
    assert_eq!(following.followed(), &followed(&["a", "b"]));
    assert_eq!(next(&mut following).await.unwrap().unwrap(), told("1 9", "IN_PROGRESS"));
}

#[tokio::test]
async fn a_process_that_shows_later_is_followed_too() {
    let later = r#"{"documentId":"d-1","status":"IN_PROGRESS","participants":[{"processId":"b"}]}"#;
    let server = Server::follow([answers(later), events(&[]), events(&["9:PROCESS_CREATED"])]).await;
    let mut following = client(&server).follow_document(followed(&["a"]), SECOND, SECOND);
    assert_eq!(next(&mut following).await.unwrap().unwrap(), told("9", "IN_PROGRESS"));
    let processes = following.followed().processes().iter().map(|process| process.process_id().to_string());
    assert_eq!(processes.collect::<Vec<_>>(), ["a", "b"]);
}

#[tokio::test]
async fn a_list_that_is_full_may_be_incomplete() {
    let ids = (0..50).map(|number| format!("{number}:OTP_SENT")).collect::<Vec<_>>();
    let full = events(&ids.iter().map(String::as_str).collect::<Vec<_>>());
    let server = Server::follow([document("IN_PROGRESS"), full]).await;
    let mut following = client(&server).follow_document(followed(&["a"]), SECOND, SECOND);
    let news = following.next().await.unwrap().unwrap();
    assert_eq!((news.events.len(), news.may_be_incomplete), (50, true));
}
