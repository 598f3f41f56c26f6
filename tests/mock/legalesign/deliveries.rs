//! What is delivered to subscribers, as the SDK's own verifier reads it.

use super::{GROUP, document, get, person, post};
use crate::mock::receiver::Receiver;
use countersign::Secret;
use countersign::legalesign::webhook::{CallbackUrls, Change, Event, UnverifiedReader, Verifier};
use countersign::legalesign::{DocumentStatus, SignerStatus};
use countersign::mock::legalesign::Server;
use countersign::mock::{AttemptOutcome, CallbackRequest, Delivered, DeliveryFailure};
use countersign::webhook::{Assurance, Audience, Confirmation, Delivery, Reason, RsaKey, Verified};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

pub(super) const SIX_MINUTES: Duration = Duration::from_secs(360);
/// 2018-03-20T07:09:52Z
const THEN: Duration = Duration::from_secs(1_521_529_792);

pub(super) fn then() -> SystemTime {
    SystemTime::UNIX_EPOCH + THEN
}

pub(super) async fn at_that_time() -> Server {
    let server = Server::start().await.unwrap();
    server.set_time(then());
    server
}

pub(super) async fn subscribe(server: &Server, notify: &str, url: &str, more: Value) -> String {
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

pub(super) fn read(delivery: &Delivery) -> Event {
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
    server.advance(Duration::from_secs(359));
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
    let reminder = post(&server, &format!("/signer/{ada}/send-reminder/"), json!({})).await;
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
