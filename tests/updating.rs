//! Changes that others make too.

use crate::support::server::{Server, Step};
use crate::support::signly::{answers, client, webhook};
use countersign::signly::{EventType, Webhook, WebhookUpdate};
use countersign::{Effect, ErrorKind};

fn changed(version: i64) -> Step {
    answers(&format!(r#"{{"webhookId":"wh_1","status":"ENABLED","version":{version}}}"#))
}

fn stale() -> Step {
    Step::json(412, r#"{"success":false,"code":"precondition_failed","data":null}"#)
}

/// Subscribes to one event more.
fn subscribe(webhook: &Webhook) -> Option<WebhookUpdate> {
    let mut events = webhook.events.clone().unwrap_or_default();
    if events.contains(&EventType::OtpSent) {
        return None;
    }
    events.push(EventType::OtpSent);
    Some(WebhookUpdate::default().events(events))
}

async fn update(script: Vec<Step>) -> (Result<(i64, usize), (ErrorKind, Effect)>, Vec<String>) {
    let server = Server::follow(script).await;
    let result = client(&server).update_webhook_with("wh_1", subscribe).await;
    let result = result.map(|webhook| (webhook.version, webhook.events.unwrap_or_default().len()));
    let seen = server.seen();
    let seen = seen.iter().map(|seen| format!("{} {}", seen.method, seen.header("if-match").unwrap_or("-")));
    (result.map_err(|error| (error.kind(), error.effect())), seen.collect())
}

#[tokio::test]
async fn a_change_is_based_on_what_was_read() {
    let (result, seen) = update(vec![answers(&webhook(3, r#"["PROCESS_CREATED"]"#)), changed(4)]).await;
    assert_eq!((result, seen), (Ok((4, 2)), vec!["GET -".to_owned(), "PUT 3".to_owned()]));
}

#[tokio::test]
async fn a_faster_writer_loses_nothing() {
    let script =
        vec![answers(&webhook(3, "[]")), stale(), answers(&webhook(4, r#"["OTP_FAILED"]"#)), changed(5)];
    let (result, seen) = update(script).await;
    assert_eq!((result, seen.join(", ").as_str()), (Ok((5, 2)), "GET -, PUT 3, GET -, PUT 4"));
}

#[tokio::test]
async fn a_change_that_is_not_needed_is_not_sent() {
    let (result, seen) = update(vec![answers(&webhook(3, r#"["OTP_SENT"]"#))]).await;
    assert_eq!((result, seen.len()), (Ok((3, 1)), 1));
}

#[tokio::test]
async fn a_change_whose_answer_was_lost_is_recognised_and_not_made_again() {
    let script =
        vec![answers(&webhook(3, "[]")), Step::Close, stale(), answers(&webhook(4, r#"["OTP_SENT"]"#))];
    let (result, seen) = update(script).await;
    assert_eq!((result, seen.join(", ").as_str()), (Ok((4, 1)), "GET -, PUT 3, PUT 3, GET -"));
}

#[tokio::test]
async fn a_lost_answer_is_not_taken_for_success_if_somebody_else_changed_the_rest() {
    let script = vec![
        answers(&webhook(3, "[]")),
        Step::Close,
        stale(),
        answers(&webhook(4, r#"["OTP_FAILED"]"#)),
        changed(5),
    ];
    let (result, seen) = update(script).await;
    assert_eq!((result, seen.join(", ").as_str()), (Ok((5, 2)), "GET -, PUT 3, PUT 3, GET -, PUT 4"));
}

#[tokio::test]
async fn a_lost_answer_stays_unknown_if_the_provider_does_not_show_what_was_changed() {
    let unseen = answers(r#"{"webhookId":"wh_1","status":"ENABLED","version":4}"#);
    let script = vec![answers(&webhook(3, "[]")), Step::Close, stale(), unseen];
    let (result, _) = update(script).await;
    assert_eq!(result, Err((ErrorKind::PreconditionFailed, Effect::Unknown)));
}

#[tokio::test]
async fn a_write_that_may_have_happened_is_told_by_whichever_error_ends_it() {
    let denied = Step::json(401, "{}");
    let cases = [
        vec![answers(&webhook(3, "[]")), Step::Close, Step::Close, Step::Close, denied],
        [answers(&webhook(3, "[]")), Step::Close, Step::Close, Step::Close]
            .into_iter()
            .chain((4..14).flat_map(|version| [answers(&webhook(version, "[]")), stale()]))
            .collect(),
    ];
    for script in cases {
        let (result, _) = update(script).await;
        assert_eq!(result.map_err(|(_, effect)| effect), Err(Effect::Unknown));
    }
}

/// A change that shows when it is made twice.
fn emphasise(webhook: &Webhook) -> Option<WebhookUpdate> {
    let description = webhook.description.as_ref()?;
    Some(WebhookUpdate::default().description(format!("{description}!")))
}

#[tokio::test]
async fn a_write_that_arrives_late_is_recognised() {
    let described = |version, description| {
        answers(&format!(
            r#"{{"webhookId":"wh_1","status":"ENABLED","version":{version},"description":"{description}"}}"#
        ))
    };
    // The first write is still on its way when the webhook is read again, and arrives before the second one.
    let closed = [Step::Close, Step::Close, Step::Close];
    let late = [described(3, "x"), stale(), described(4, "x!")];
    let server = Server::follow([described(3, "x")].into_iter().chain(closed).chain(late)).await;
    let webhook = client(&server).update_webhook_with("wh_1", emphasise).await.unwrap();
    assert_eq!((webhook.version, webhook.description.as_deref()), (4, Some("x!")));
    assert_eq!(server.seen().len(), 7);
}

#[tokio::test]
async fn rounds_are_bounded() {
    let script = (0..10).flat_map(|version| [answers(&webhook(version, "[]")), stale()]).collect();
    let (result, seen) = update(script).await;
    assert_eq!((result, seen.len()), (Err((ErrorKind::PreconditionFailed, Effect::None)), 10));
}

#[test]
fn an_update_can_be_spawned() {
    fn is_send(_: &(impl Send + 'static)) {}
    let client = countersign::signly::Client::builder().tenant("t").api_key("k").build().unwrap();
    is_send(&async move { client.update_webhook_with("wh_1", subscribe).await });
}
