//! What is delivered to subscribers, as the SDK's own verifier reads it.

use super::{GROUP, document, get, person, post};
use crate::mock::receiver::Receiver;
use countersign::Secret;
use countersign::legalesign::webhook::{
    CallbackUrls, Change, Event, RealtimeEvent, UnverifiedReader, Verifier,
};
use countersign::legalesign::{DocumentStatus, SignerStatus};
use countersign::mock::legalesign::Server;
use countersign::mock::{AttemptOutcome, CallbackRequest, Delivered, DeliveryFailure};
use countersign::webhook::{
    Assurance, Audience, Confirmation, Delivery, HmacKey, HmacScheme, Reason, RsaKey, SignatureEncoding,
    Tolerance, Verified,
};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

const SIX_MINUTES: Duration = Duration::from_secs(360);
/// 2018-03-20T07:09:52Z
const THEN: Duration = Duration::from_secs(1_521_529_792);

fn then() -> SystemTime {
    SystemTime::UNIX_EPOCH + THEN
}

async fn at_that_time() -> Server {
    let server = Server::start().await.unwrap();
    server.set_time(then());
    server
}

async fn subscribe(server: &Server, notify: &str, url: &str, more: Value) -> String {
    let mut body = json!({ "notify": notify, "url": url });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let subscribed = post(server, "/subscribe/", body).await;
    assert_eq!(subscribed.status, 201, "{subscribed:?}");
    subscribed.id()
}

fn pinned(server: &Server) -> Verifier {
    let key = RsaKey::from_certificate(server.certificate()).unwrap().legacy_sha1().unwrap();
    Verifier::builder().certificate(key).group(server.group()).build().unwrap()
}

fn verified(server: &Server, delivery: &Delivery) -> Verified<Event> {
    pinned(server).verify(delivery, then()).unwrap()
}

fn read(delivery: &Delivery) -> Event {
    let reader = UnverifiedReader::for_group("mock-group").unwrap();
    reader.read(delivery).unwrap().trust_without_proof()
}

/// The statuses in a list, with the ids they belong to.
fn statuses(event: &Event) -> Vec<(String, i64)> {
    let Event::Changes(changes) = event else { panic!("{event:?}") };
    let status = |change: &Change| match change {
        Change::Document { id, status } => (id.to_string(), i64::from(status.clone())),
        Change::Signer { id, status } => (id.to_string(), i64::from(status.clone())),
        other => panic!("{other:?}"),
    };
    changes.iter().map(|change| status(&change.change)).collect()
}

fn tags(received: &[Delivery]) -> Vec<String> {
    let tag = |delivery| match read(delivery) {
        Event::Realtime(realtime) => realtime.event.tag().to_owned(),
        other => panic!("{other:?}"),
    };
    received.iter().map(tag).collect()
}

fn outcomes(delivered: &[Delivered]) -> Vec<AttemptOutcome> {
    delivered.iter().flat_map(Delivered::attempts).map(|attempt| attempt.outcome).collect()
}

#[tokio::test]
async fn a_list_of_changes_comes_every_six_minutes_if_there_are_any() {
    let server = at_that_time().await;
    let receiver = Receiver::start([]).await;
    let number = subscribe(&server, "all", &receiver.url, json!({})).await;
    let id = document(&server, &[person("ada"), person("bob")], json!({ "do_email": true })).await;
    let [ada, bob] = server.signers(&id).try_into().unwrap();
    server.open_email(&ada).unwrap();
    server.advance(Duration::from_secs(1));
    server.sign_all(&id).unwrap();
    assert!(server.deliver_due().await.is_empty());
    server.advance(SIX_MINUTES);
    let delivered = server.deliver_due().await;
    assert_eq!((delivered.len(), &delivered[0].webhook_id), (1, &number));
    let received = receiver.take();
    assert_eq!(received[0].headers()["content-type"], "application/x-www-form-urlencoded");
    let verified = verified(&server, &received[0]);
    assert_eq!((verified.assurance(), verified.audience()), (Assurance::Payload, Audience::NotNamed));
    let expected = [(&ada, 10), (&bob, 10), (&ada, 15), (&ada, 40), (&bob, 40), (&id, 30), (&id, 100)];
    assert_eq!(statuses(verified.event()), expected.map(|(id, status)| (id.clone(), status)));
    let Event::Changes(changes) = verified.event() else { panic!() };
    assert_eq!(changes[0].at.as_ref().unwrap().as_str(), "2018-03-20T07:09:52");
    assert_eq!(changes[6].at.as_ref().unwrap().as_str(), "2018-03-20T07:09:53");
    let last = Change::Document { id: id.clone().into(), status: DocumentStatus::FinalPdfReady };
    assert_eq!(changes[6].change, last);
    let entry: Value = serde_json::from_slice::<Vec<Value>>(verified.payload()).unwrap().swap_remove(3);
    let uri = format!("/api/v1/signer/{ada}/");
    let written =
        json!({ "timestamp": "2018-03-20T07:09:53", "name": "status", "value": "40", "resource_uri": uri });
    assert_eq!(entry, written);
    let confirmation = verified.confirm_with(&server.client().unwrap()).await.unwrap();
    assert!(matches!(confirmation, Confirmation::Agrees(_)), "{confirmation:?}");

    // Nothing has happened since.
    server.advance(SIX_MINUTES);
    assert!(server.deliver_due().await.is_empty());
    server.take_copy(&bob).unwrap();
    assert_eq!(server.deliver_due().await.len(), 1);
    let changes = statuses(&read(&receiver.take()[0]));
    assert_eq!(changes, [(bob, SignerStatus::Downloaded.into())]);
    server.take_copy(&ada).unwrap();
    server.advance(SIX_MINUTES - Duration::from_secs(1));
    assert!(server.deliver_due().await.is_empty());
}

#[tokio::test]
async fn every_way_to_change_a_status_is_told_in_the_list() {
    let server = at_that_time().await;
    let receiver = Receiver::start([]).await;
    subscribe(&server, "all", &receiver.url, json!({})).await;
    let list = async || {
        server.advance(SIX_MINUTES);
        server.deliver_due().await;
        receiver.take().iter().flat_map(|delivery| statuses(&read(delivery))).collect::<Vec<_>>()
    };
    let mut ada = person("ada");
    let mut witness = person("wim");
    (ada["sms"], witness["sms"], witness["role"]) = ("+1".into(), "+2".into(), "witness".into());
    let id = document(&server, &[ada, witness], json!({ "do_email": true })).await;
    let [ada, wim] = server.signers(&id).try_into().unwrap();
    server.visit(&ada).unwrap();
    server.visit(&ada).unwrap();
    server.complete_fields(&ada).unwrap();
    server.forward(&ada, "eve@people.example", "Eve", "Doe").unwrap();
    let reset =
        post(&server, &format!("/signer/{ada}/reset/"), json!({ "email": "ada@people.example" })).await;
    assert_eq!(reset.status, 200, "{reset:?}");
    server.sign(&ada).unwrap();
    server.sign(&wim).unwrap();
    let signed = [
        (&ada, 10),
        (&ada, 20),
        (&ada, 30),
        (&ada, 4),
        (&ada, 10),
        (&ada, 4),
        (&ada, 10),
        (&ada, 39),
        (&wim, 10),
        (&wim, 40),
        (&ada, 40),
        (&id, 30),
        (&id, 100),
    ];
    assert_eq!(list().await, signed.map(|(id, status)| (id.clone(), status)));

    let rejected = document(&server, &[person("ada")], json!({})).await;
    let [ada] = server.signers(&rejected).try_into().unwrap();
    let reminder = super::post(&server, &format!("/signer/{ada}/send-reminder/"), json!({})).await;
    assert_eq!(reminder.status, 200, "{reminder:?}");
    server.reject(&ada, "no").unwrap();
    assert_eq!(list().await, [(ada.clone(), 10), (ada, 60), (rejected, 50)]);

    let archived = document(&server, &[person("ada")], json!({})).await;
    let completed = document(&server, &[person("ada")], json!({})).await;
    server.complete_fields(&server.signers(&completed)[0]).unwrap();
    for _ in 0..2 {
        let path = format!("/document/{archived}/");
        assert_eq!(super::call(&server, "DELETE", &path, None).await.status, 204);
    }
    let signer = server.signers(&completed).remove(0);
    assert_eq!(list().await, [(signer, 30), (completed, 20), (archived, 40)]);
}

#[tokio::test]
async fn notices_come_with_a_signature_or_plain() {
    let server = at_that_time().await;
    let receiver = Receiver::start([]).await;
    for notify in ["signed", "sent", "rejected"] {
        subscribe(&server, notify, &format!("{}/{notify}", receiver.url), json!({})).await;
    }
    let tags = json!({ "tag": "t0", "tag1": "t1", "tag2": "t2" });
    let signed = document(&server, &[person("ada")], tags.clone()).await;
    let rejected = document(&server, &[person("ada")], tags).await;
    server.reject(&server.signers(&rejected)[0], "no").unwrap();
    server.sign_all(&signed).unwrap();
    server.deliver_due().await;
    let received = receiver.take();
    let paths = received.iter().map(|delivery| delivery.uri().path().rsplit('/').next().unwrap());
    let paths = paths.map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(paths, ["sent", "sent", "rejected", "signed"]);
    for (delivery, id) in received.iter().zip([&signed, &rejected, &rejected, &signed]) {
        let verified = verified(&server, delivery);
        assert_eq!((verified.assurance(), verified.audience()), (Assurance::Payload, Audience::Matched));
        let Event::Notice(notice) = verified.event() else { panic!("{verified:?}") };
        assert_eq!(notice.document.as_str(), id);
        assert_eq!(notice.group.as_ref().unwrap().as_str(), GROUP);
        assert_eq!((notice.name.as_deref(), notice.tag.as_deref()), (Some("Lease"), Some("t0")));
        assert_eq!((notice.tag1.as_deref(), notice.tag2.as_deref()), (Some("t1"), Some("t2")));
        assert_eq!(notice.other, json!({}));
    }
    // The final PDF is there when it is told.
    assert_eq!(get(&server, &format!("/pdf/{signed}/")).await.status, 302);

    server.send_plain_notices(true);
    document(&server, &[person("ada")], json!({ "tag": "t0", "tag1": "t1" })).await;
    server.deliver_due().await;
    let plain = receiver.take();
    let Event::PlainNotice(notice) = read(&plain[0]) else { panic!() };
    assert_eq!((notice.tag.as_deref(), notice.tag1, notice.other), (Some("t0"), None, json!({})));
    assert_eq!(plain[0].headers().get("x-signed"), None);
    let refused = pinned(&server).verify(&plain[0], then()).unwrap_err();
    assert_eq!(refused.reason(), Reason::MissingCredential);
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

#[tokio::test]
async fn callbacks_of_any_kind_come_to_signed_urls() {
    let server = at_that_time().await;
    let receiver = Receiver::start([]).await;
    let urls = CallbackUrls::new(Secret::chosen("correct horse battery staple").unwrap());
    let key = RsaKey::from_certificate(server.certificate()).unwrap().legacy_sha1().unwrap();
    let verifier = Verifier::builder().certificate(key).callback_urls(urls.clone()).group("mock-group");
    let verifier = verifier.least_assurance(Assurance::Sender).build().unwrap();
    for notify in ["sent", "realtime"] {
        let url = urls.mint(&receiver.url, notify).unwrap();
        subscribe(&server, notify, url.expose(), json!({})).await;
    }
    document(&server, &[person("ada")], json!({})).await;
    server.deliver_due().await;
    let received = receiver.take();
    let read = received.iter().map(|delivery| verifier.verify(delivery, then()).unwrap());
    let read = read.map(|verified| (verified.reference().unwrap().to_owned(), verified.assurance()));
    let expected = [("sent", Assurance::Payload), ("realtime", Assurance::Sender)];
    assert_eq!(read.collect::<Vec<_>>(), expected.map(|(name, assurance)| (name.to_owned(), assurance)));
}

#[tokio::test]
async fn odd_and_forged_callbacks_can_be_sent() {
    let server = at_that_time().await;
    let receiver = Receiver::start([]).await;
    let changes = server.changes_callback(r#"[{"odd": "é+ &="}]"#);
    let notice = json!({ "uuid": "d1", "group": "/api/v1/group/somebody-elses/" }).to_string();
    let forged = changes.clone().with_body("application/x-www-form-urlencoded", "data=[]&signed=AAAA");
    let callbacks = [changes, forged, server.notice_callback(&notice), CallbackRequest::empty()];
    let delivered = server.deliver_to(&receiver.url, callbacks).duplicated(2).reversed().send().await;
    assert_eq!(delivered.len(), 8);
    let received = receiver.take();
    let read = received.iter().rev().map(|delivery| pinned(&server).verify(delivery, then()));
    let read = read.map(|read| read.map(|verified| verified.dedupe_key().clone()));
    let read = read.map(|read| read.map_err(|rejection| rejection.reason())).collect::<Vec<_>>();
    assert!(read[0].is_ok());
    let wrong = [Reason::WrongCredential, Reason::WrongAudience, Reason::MissingCredential].map(Err);
    assert_eq!([&read[2], &read[4], &read[6]], [&wrong[0], &wrong[1], &wrong[2]]);
    assert!(read.chunks(2).all(|pair| pair[0] == pair[1]));
}

#[tokio::test]
async fn a_delivery_is_tried_once_and_stays_on_this_machine() {
    let server = at_that_time().await;
    let receiver = Receiver::start([500, 302, 503]).await;
    subscribe(&server, "sent", "https://203.0.113.1/", json!({})).await;
    let number = subscribe(&server, "sent", &receiver.url, json!({})).await;
    document(&server, &[person("ada")], json!({})).await;
    let not_sent = AttemptOutcome::Failed(DeliveryFailure::NotLoopback);
    assert_eq!(outcomes(&server.deliver_due().await), [not_sent, AttemptOutcome::Status(500)]);
    server.set_delivery_attempts(4);
    server.set_delivery_timeout(Duration::from_secs(30));
    document(&server, &[person("ada")], json!({})).await;
    let delivered = outcomes(&server.deliver_due().await);
    assert_eq!(delivered[1..], [302, 503, 204].map(AttemptOutcome::Status));

    // What was told before the end of a subscription is still sent, and nothing after that.
    document(&server, &[person("ada")], json!({})).await;
    let ended = super::call(&server, "DELETE", &format!("/unsubscribe/{number}/"), None).await;
    assert_eq!(ended.status, 200);
    document(&server, &[person("ada")], json!({})).await;
    let delivered = server.deliver_due().await;
    assert_eq!(delivered.iter().filter(|delivered| delivered.webhook_id == number).count(), 1);
}

#[tokio::test]
async fn each_server_has_a_key_of_its_own() {
    let (one, other) = (at_that_time().await, at_that_time().await);
    assert_eq!(one.certificate(), one.certificate());
    assert_ne!(one.certificate(), other.certificate());
    let key =
        RsaKey::from_certificate(one.certificate()).unwrap().enforcing_validity().legacy_sha1().unwrap();
    let verifier = Verifier::builder().certificate(key).group(one.group()).build().unwrap();
    let receiver = Receiver::start([]).await;
    one.deliver_to(&receiver.url, [one.changes_callback("[]"), other.changes_callback("[]")]).send().await;
    let received = receiver.take();
    assert!(verifier.verify(&received[0], then()).is_ok());
    assert_eq!(verifier.verify(&received[1], then()).unwrap_err().reason(), Reason::WrongCredential);
}
