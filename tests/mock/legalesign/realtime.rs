//! Events that are told at once, as the SDK's own reader and verifier see them.

use super::deliveries::{SIX_MINUTES, at_that_time, read, subscribe, then};
use super::{GROUP, document, person, post};
use crate::mock::receiver::Receiver;
use countersign::Secret;
use countersign::legalesign::webhook::{Event, RealtimeEvent, Verifier};
use countersign::legalesign::{DocumentStatus, SignerStatus};
use countersign::webhook::{Delivery, HmacKey, HmacScheme, SignatureEncoding, Tolerance};
use serde_json::{Value, json};
use std::time::Duration;

fn tags(received: &[Delivery]) -> Vec<String> {
    let tag = |delivery| match read(delivery) {
        Event::Realtime(realtime) => realtime.event.tag().to_owned(),
        other => panic!("{other:?}"),
    };
    received.iter().map(tag).collect()
}

#[tokio::test]
async fn realtime_events_are_told_in_order_to_those_who_want_them() {
    let server = at_that_time().await;
    let everything = Receiver::start([]).await;
    let (documents, final_pdf) = (Receiver::start([]).await, Receiver::start([]).await);
    let elsewhere = Receiver::start([]).await;
    let group = post(&server, "/group/", json!({ "name": "Another", "slug": "another" })).await.id();
    subscribe(&server, "realtime", &everything.url, json!({ "group": "mock-group" })).await;
    subscribe(&server, "realtime", &documents.url, json!({ "eventFilter": "document.*" })).await;
    let only = json!({ "eventFilter": "document.finalPdfCreated" });
    subscribe(&server, "realtime", &final_pdf.url, only).await;
    subscribe(&server, "realtime", &elsewhere.url, json!({ "group": group })).await;
    subscribe(&server, "all", &elsewhere.url, json!({ "group": group })).await;

    let id = document(&server, &[person("ada")], json!({ "do_email": true, "tag": "t0" })).await;
    let [ada] = server.signers(&id).try_into().unwrap();
    server.open_email(&ada).unwrap();
    server.visit(&ada).unwrap();
    server.sign(&ada).unwrap();
    let rejected = document(&server, &[person("bob")], json!({})).await;
    let [bob] = server.signers(&rejected).try_into().unwrap();
    server.reject(&bob, "too dear").unwrap();
    server.advance(SIX_MINUTES);
    let delivered = server.deliver_due().await;
    assert!(server.deliver_due().await.is_empty());

    let received = everything.received();
    let expected = [
        "document.created",
        "recipient.emailOpened",
        "recipient.visiting",
        "recipient.completed",
        "document.finalPdfCreated",
        "document.created",
        "recipient.rejected",
        "document.rejected",
    ];
    assert_eq!(tags(&received), expected);
    assert_eq!(
        tags(&documents.received()),
        expected.map(str::to_owned).into_iter().filter(|tag| tag.starts_with("document")).collect::<Vec<_>>()
    );
    assert_eq!(tags(&final_pdf.received()), ["document.finalPdfCreated"]);
    assert!(elsewhere.received().is_empty());

    let Event::Realtime(finished) = read(&received[4]) else { panic!() };
    assert!(delivered.iter().any(|delivered| Some(&delivered.event_id) == finished.id.as_ref()));
    assert_eq!((finished.created, finished.version.as_deref()), (Some(then()), Some("1.0")));
    let data = finished.event.document().unwrap();
    assert_eq!(
        (data.id.as_ref().unwrap().as_str(), data.status.clone()),
        (id.as_str(), Some(DocumentStatus::Signed))
    );
    assert_eq!((data.name.as_deref(), data.tags[0].as_deref()), (Some("Lease"), Some("t0")));
    assert_eq!(data.recipients[0].status, Some(SignerStatus::Signed));
    let Event::Realtime(refused) = read(&received[6]) else { panic!() };
    let RealtimeEvent::RecipientRejected(data) = &refused.event else { panic!("{refused:?}") };
    assert_eq!(data.recipient.id.as_ref().unwrap().as_str(), bob);
    assert_eq!(data.recipient.reject_reason.as_deref(), Some("too dear"));
    assert_eq!(
        (data.document.as_ref().unwrap().as_str(), data.email_bounced),
        (rejected.as_str(), Some(false))
    );
    let opened: Value = serde_json::from_slice(received[1].body()).unwrap();
    assert_eq!(
        (&opened["object"], &opened["event"], &opened["data"]["status"]),
        (&json!("recipient"), &json!("emailOpened"), &json!(15))
    );
    assert!(
        received
            .iter()
            .all(|delivery| delivery.headers().keys().all(|name| !name.as_str().starts_with("x-")))
    );
}

#[tokio::test]
async fn realtime_events_are_signed_by_a_recipe_that_the_test_gives() {
    let server = at_that_time().await;
    let receiver = Receiver::start([]).await;
    subscribe(&server, "realtime", &receiver.url, json!({ "eventFilter": "document.created" })).await;
    let key = HmacKey::text(&Secret::chosen("correct horse battery staple").unwrap());
    let scheme = HmacScheme::new("x-hmac-sha256", SignatureEncoding::Hex, key.clone()).unwrap();
    let minute = Tolerance::new(Duration::from_secs(60), Duration::ZERO);
    let stamped = scheme.clone().over_id_timestamp_and_body("x-id", "x-time", minute).unwrap();
    for scheme in [scheme, stamped] {
        server.sign_realtime_with(scheme.clone());
        let id = document(&server, &[person("ada")], json!({})).await;
        server.deliver_due().await;
        let by_hand = server.realtime_callback(&json!({
            "id": "e1", "object": "recipient", "event": "bounced",
            "data": { "groupResourceUri": GROUP, "emailBounce": 1 },
        }));
        server.deliver_to(&receiver.url, [by_hand]).send().await;
        let verifier = Verifier::builder().hmac(scheme).group(server.group()).build().unwrap();
        let received = receiver.take();
        let events = received.iter().map(|delivery| verifier.verify(delivery, then()).unwrap().into_event());
        let [Event::Realtime(created), Event::Realtime(bounced)] = &*events.collect::<Vec<_>>() else {
            panic!()
        };
        assert_eq!(created.event.document().unwrap().id.as_ref().unwrap().as_str(), id);
        assert_eq!(bounced.event.recipient().unwrap().email_bounced, Some(true));
    }
}
