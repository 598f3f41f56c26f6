//! What it delivers, where, and how often.

use super::receiver::Receiver;
use super::webhook;
use countersign::Precondition;
use countersign::mock::signly::{Event, Server};
use countersign::mock::{AttemptOutcome, Deliveries, DeliveryFailure};
use countersign::signly::{DeliveryRetries, EventType, WebhookStatus};
use serde_json::json;
use std::time::SystemTime;
use tokio::net::TcpListener;

fn event_ids(receiver: &Receiver) -> Vec<String> {
    receiver.bodies().iter().map(|body| body["eventId"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn deliveries_carry_custom_headers_and_stop_at_the_first_success() {
    let server = Server::start().await.unwrap();
    let receiver = Receiver::start([500, 302]).await;
    let create =
        server.client().unwrap().create_webhook().url(&receiver.url).events([EventType::ProcessCompleted]);
    create.custom_headers([("X-Client-Auth", "canary-secret")]).send().await.unwrap();
    let event =
        Event::new(EventType::ProcessCompleted).document("doc-1").participant("p-1").event_id("evt_1");
    let event = event.data(json!({ "status": "COMPLETED" })).occurred_at(SystemTime::UNIX_EPOCH);
    let delivered = server.deliver(event).await;
    assert_eq!(delivered.len(), 1);
    assert!(delivered[0].is_delivered());
    let outcomes: Vec<_> =
        delivered[0].attempts().iter().map(|attempt| (attempt.number, attempt.outcome)).collect();
    let expected = [500, 302, 204].map(AttemptOutcome::Status);
    assert_eq!(outcomes, [(1, expected[0]), (2, expected[1]), (3, expected[2])]);
    for (place, delivery) in receiver.received().iter().enumerate() {
        assert_eq!(delivery.headers()["x-client-auth"], "canary-secret");
        assert_eq!(delivery.headers()["content-type"], "application/json");
        let expected = json!({
            "eventId": "evt_1", "type": "PROCESS_COMPLETED", "occurredAt": "1970-01-01T00:00:00Z",
            "tenantId": server.tenant(), "documentId": "doc-1", "participantId": "p-1", "attempt": place + 1,
            "data": { "status": "COMPLETED" },
        });
        assert_eq!(receiver.bodies()[place], expected);
    }
    assert!(!format!("{delivered:?} {:?}", server.webhooks()).contains("canary"));
}

#[tokio::test]
async fn deliveries_end_with_the_last_attempt() {
    let server = Server::start().await.unwrap();
    let receiver = Receiver::start([500; 9]).await;
    let create =
        server.client().unwrap().create_webhook().url(&receiver.url).events([EventType::ProcessCompleted]);
    create.retries(DeliveryRetries::default().max_attempts(2)).send().await.unwrap();
    let delivered = server.deliver(Event::new(EventType::ProcessCompleted)).await;
    assert_eq!((delivered[0].attempts().len(), delivered[0].is_delivered()), (2, false));
    assert_eq!(receiver.bodies().len(), 2);
}

#[tokio::test]
async fn only_enabled_webhooks_that_subscribed_get_an_event() {
    let server = Server::start().await.unwrap();
    let receiver = Receiver::start([]).await;
    let id = webhook(&server, &receiver.url).await;
    assert!(server.deliver(Event::new(EventType::OtpSent)).await.is_empty());
    assert!(server.deliver(Event::of_type("SOMETHING_NEW")).await.is_empty());
    let disable = server.client().unwrap().update_webhook_status(&*id, Precondition::version(1));
    disable.status(WebhookStatus::Disabled).send().await.unwrap();
    assert!(server.deliver(Event::new(EventType::ProcessCompleted)).await.is_empty());
    assert!(receiver.bodies().is_empty());
}

#[tokio::test]
async fn events_come_twice_and_in_another_order_on_request() {
    let server = Server::start().await.unwrap();
    let receiver = Receiver::start([]).await;
    webhook(&server, &receiver.url).await;
    let names: Vec<_> = (0..8).map(|number| format!("evt_{number}")).collect();
    let events = || {
        names.iter().map(|name| Event::new(EventType::ProcessCompleted).event_id(name)).collect::<Vec<_>>()
    };
    let sent = async |deliveries: Deliveries| {
        receiver.take();
        let delivered = deliveries.send().await;
        let ids = event_ids(&receiver);
        assert_eq!(delivered.iter().map(|delivered| delivered.event_id.clone()).collect::<Vec<_>>(), ids);
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
    let outcomes: Vec<_> = delivered[0].attempts().iter().map(|attempt| attempt.outcome).collect();
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
        let result = client.test_webhook(&*id).tenant_id(server.tenant()).send().await.unwrap();
        assert_eq!((result.delivery_status.unwrap().as_str(), result.attempt), (expected, Some(1)));
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
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let create = server.client().unwrap().create_webhook().url(format!("http://{closed}/"));
    assert_eq!(create.events([EventType::OtpSent]).send().await.unwrap_err().status(), Some(400));
    assert_eq!(server.webhooks().len(), 1);
}
