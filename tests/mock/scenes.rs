//! Stories by name, and storms: what applications see of them.

use super::receiver::Receiver;
use super::signly_documents::{by_mail, publish};
use countersign::legalesign::{DocumentStatus, RecipientInput};
use countersign::mock::{AttemptOutcome, Delivered, DeliveryFailure, Scene};
use countersign::mock::{faireplace, leap, legalesign, sign8, signly};
use countersign::signly::{Client, Document, EventType, OrderMode};
use countersign::{Content, Timestamp, leap as leap_api, signly as signly_api};
use serde_json::json;
use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

async fn subscribed(server: &signly::Server) -> Receiver {
    let receiver = Receiver::start([]).await;
    let webhook = server.client().unwrap().create_webhook().url(&receiver.url);
    webhook.events(EventType::KNOWN.iter().cloned()).send().await.unwrap();
    receiver
}

/// A document of these people, in sequence, of which a webhook is told.
async fn published<const N: usize>(people: [&str; N]) -> (signly::Server, Receiver, Client, Document) {
    let server = signly::Server::start().await.unwrap();
    let receiver = subscribed(&server).await;
    let client = server.client().unwrap();
    let document = publish(&client, people.map(by_mail).to_vec(), OrderMode::Sequential).await;
    (server, receiver, client, document)
}

fn types(receiver: &Receiver) -> Vec<String> {
    receiver.bodies().iter().map(|body| body["type"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn signly_tells_webhooks_what_happens_in_processes() {
    let (server, receiver, client, document) = published(["Ada", "Grace"]).await;
    let id = document.document_id.clone().unwrap();
    let delivered = server.play(Scene::EveryoneSigns, &id).await.unwrap();
    assert!(delivered.iter().all(Delivered::is_delivered));
    let told = types(&receiver);
    assert_eq!(told.iter().filter(|kind| *kind == "PROCESS_COMPLETED").count(), 2);
    assert_eq!((told[0].as_str(), told.last().unwrap().as_str()), ("PROCESS_CREATED", "PROCESS_COMPLETED"));
    // The ids are those of the processes' events, and nothing is told twice.
    let process = document.participants.unwrap()[0].process_id.clone().unwrap();
    let listed = client.list_process_events(process).send().await.unwrap();
    let ids: BTreeSet<_> =
        receiver.bodies().iter().map(|body| body["eventId"].as_str().unwrap().to_owned()).collect();
    assert!(listed.items.iter().all(|event| ids.contains(event.event_id.as_deref().unwrap())));
    assert!(server.due().is_empty());
}

#[tokio::test]
async fn the_second_participant_of_signly_fails() {
    let (server, receiver, _, document) = published(["Ada", "Grace"]).await;
    server.play(Scene::SecondSignerRefuses, document.document_id.unwrap()).await.unwrap();
    let told = types(&receiver);
    let count = |kind: &str| told.iter().filter(|told| *told == kind).count();
    assert_eq!((count("PROCESS_COMPLETED"), count("PROCESS_FAILED"), count("OTP_FAILED")), (1, 1, 3));
}

#[tokio::test]
async fn a_deadline_of_signly_passes() {
    let server = signly::Server::start().await.unwrap();
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    server.set_time(now);
    let receiver = subscribed(&server).await;
    let client = server.client().unwrap();
    let document = publish(&client, vec![by_mail("Ada")], OrderMode::Parallel).await;
    let id = document.document_id.unwrap();
    let none = server.play(Scene::DeadlinePasses, &id).await.unwrap_err();
    assert_eq!(none.to_string(), "the document has no deadline");
    let deadline = Timestamp::from(now + Duration::from_secs(60));
    client.extend_document(&id).new_deadline_at(deadline).send().await.unwrap();
    server.play(Scene::DeadlinePasses, &id).await.unwrap();
    assert_eq!(types(&receiver).last().unwrap(), "PROCESS_EXPIRED");
}

#[tokio::test]
async fn scenes_of_legalesign_end_as_they_are_called() {
    let server = legalesign::Server::start().await.unwrap();
    let client = server.client().unwrap();
    let person = |name: &str| {
        let mail = format!("{name}@example.com");
        RecipientInput::default().email(mail).firstname(name).lastname("Example")
    };
    let create = async || {
        let document =
            client.create_document().group(server.group()).name("Contract").text("<p>I agree.</p>");
        let signers = [person("ada"), person("grace")];
        document.signers(signers).signers_in_order(true).do_email(true).send().await.unwrap().id
    };
    let status = async |id| client.get_document(id).send().await.unwrap().status.unwrap();
    let (signed, rejected) = (create().await, create().await);
    server.play(Scene::EveryoneSigns, &signed).await.unwrap();
    server.play(Scene::SecondSignerRefuses, &rejected).await.unwrap();
    assert_eq!(status(&signed).await, DocumentStatus::Signed);
    assert_eq!(status(&rejected).await, DocumentStatus::Rejected);
    let none = server.play(Scene::DeadlinePasses, create().await).await.unwrap_err();
    assert_eq!(none.to_string(), "no signer of the document has an expiry");
}

#[tokio::test]
async fn scenes_of_leap_and_sign8_call_back_or_say_why_not() {
    let receiver = Receiver::start([]).await;
    let server = leap::Server::start().await.unwrap();
    let ada = leap_api::Person::default().name("Ada").email("ada@example.com");
    let document = leap_api::SignDocument::pdf(Content::bytes("%PDF-1.7"));
    let call = server.client().unwrap().start_signing_process("Contract", document);
    let call = call.project_owner(ada.clone()).signers([ada]);
    let process = call.sign_tasks_completed_callback_url(&receiver.url).send().await.unwrap();
    let id = process.id_at(leap::ID_PATH).unwrap();
    for scene in [Scene::SecondSignerRefuses, Scene::DeadlinePasses] {
        assert!(server.play(scene, &id).await.is_err(), "{scene:?}");
    }
    assert_eq!(server.play(Scene::EveryoneSigns, &id).await.unwrap().len(), 1);

    let server = sign8::Server::start().await.unwrap();
    server.set_webhook(&receiver.url, "org-7");
    let client = server.client().unwrap();
    for (scene, end) in
        [(Scene::SecondSignerRefuses, "workflowRefused"), (Scene::DeadlinePasses, "workflowExpired")]
    {
        let answer = client.step(countersign::sign8::Step::AddWorkflow, json!({})).send().await.unwrap();
        let id = client.profile().id_in(countersign::sign8::Step::AddWorkflow, &answer).unwrap();
        assert!(server.play(Scene::EveryoneSigns, &id).await.is_err());
        server.play(scene, &id).await.unwrap();
        assert!(receiver.received().last().unwrap().uri().path().ends_with(end));
    }
}

#[tokio::test]
async fn scenes_of_faireplace_are_seen_by_polling() {
    let server = faireplace::Server::start().await.unwrap();
    let client = server.signatures_client().unwrap();
    let signed = server.start_signature(["owner", "renter"]);
    server.play(Scene::EveryoneSigns, &signed.lease_id).unwrap();
    assert_eq!(server.lease_status(&signed.lease_id), Some("ACTIVE"));
    assert!(server.play(Scene::EveryoneSigns, &signed.lease_id).is_err());
    let late = server.start_signature(["owner"]);
    assert!(server.play(Scene::SecondSignerRefuses, &late.lease_id).is_err());
    server.play(Scene::DeadlinePasses, &late.lease_id).unwrap();
    let status = client.get_signature_status(&late.lease_id).send().await.unwrap();
    assert_eq!(status.get("/status").and_then(|status| status.as_str()), Some("EXPIRED"));
}

#[tokio::test]
async fn a_storm_is_the_same_for_the_same_seed_and_spares_no_event() {
    let storm = async |seed| {
        let server = signly::Server::start().await.unwrap();
        let receiver = Receiver::start([]).await;
        let webhook = server.client().unwrap().create_webhook().url(&receiver.url);
        let webhook = webhook
            .events([EventType::FieldSigned])
            .retries(signly_api::DeliveryRetries::default().max_attempts(20));
        webhook.send().await.unwrap();
        let events = (0..100)
            .map(|number| signly::Event::new(EventType::FieldSigned).event_id(format!("evt_{number}")));
        let delivered = server.deliver_all(events).stormy(seed).send().await;
        let ids: BTreeSet<_> = receiver.bodies().iter().map(|body| body["eventId"].to_string()).collect();
        assert_eq!(ids.len(), 100);
        delivered
    };
    let outcomes = |delivered: &[Delivered]| {
        let attempts = delivered.iter().flat_map(Delivered::attempts);
        attempts.map(|attempt| attempt.outcome).collect::<Vec<_>>()
    };
    let (one, same, other) = (storm(7).await, storm(7).await, storm(8).await);
    assert_eq!(
        one.iter().map(|each| &each.event_id).collect::<Vec<_>>(),
        same.iter().map(|each| &each.event_id).collect::<Vec<_>>()
    );
    assert_eq!(outcomes(&one), outcomes(&same));
    assert_ne!(outcomes(&one), outcomes(&other));
    assert!(one.len() > 120);
    for failure in [DeliveryFailure::AnswerLost, DeliveryFailure::Connection] {
        assert!(outcomes(&one).contains(&AttemptOutcome::Failed(failure)), "{failure:?}");
    }
}

#[tokio::test]
async fn callbacks_by_a_retired_key_are_refused_once_it_is_gone() {
    use countersign::legalesign::webhook::Verifier;
    use countersign::webhook::{Delivery, Key, KeySet, Keys, Reason, RsaKey};
    let server = legalesign::Server::start().await.unwrap();
    let receiver = Receiver::start([]).await;
    let pin = |server: &legalesign::Server| {
        RsaKey::from_certificate(server.certificate()).unwrap().legacy_sha1().unwrap()
    };
    let (old, before) = (pin(&server), server.changes_callback("[]"));
    server.change_key();
    let (new, after) = (pin(&server), server.changes_callback("[]"));
    server.deliver_to(&receiver.url, [before, after]).send().await;
    let received: Vec<Delivery> = receiver.received();
    let keys = Keys::from(KeySet::new([Key::new("old", old), Key::new("new", new.clone())]).unwrap());
    let verifier = Verifier::builder().certificate(keys.clone()).group("any").build().unwrap();
    let now = SystemTime::UNIX_EPOCH;
    let by = |delivery| verifier.verify(delivery, now).map(|verified| verified.key_id().to_owned());
    assert_eq!((by(&received[0]).unwrap().as_str(), by(&received[1]).unwrap().as_str()), ("old", "new"));
    keys.replace(KeySet::new([Key::new("new", new)]).unwrap());
    assert_eq!(by(&received[0]).unwrap_err().reason(), Reason::WrongCredential);
    assert_eq!(by(&received[1]).unwrap(), "new");
}

#[tokio::test]
async fn what_signly_tells_can_be_confirmed_with_the_process_that_was_stored() {
    use countersign::signly::webhook::UnverifiedReader;
    use countersign::webhook::{Confirmation, Doubt};
    let (server, receiver, client, document) = published(["Ada", "Grace"]).await;
    let id = document.document_id.clone().unwrap();
    let processes: Vec<_> =
        document.participants.unwrap().into_iter().map(|one| one.process_id.unwrap()).collect();
    server.play_participant_signs(&processes[0]).unwrap();
    server.deliver_due().await;
    let reader = UnverifiedReader::for_tenant(server.tenant()).unwrap();
    let place = types(&receiver).iter().position(|kind| kind == "PROCESS_COMPLETED").unwrap();
    let completed = reader.read(&receiver.received()[place]).unwrap();
    // Read again, a document does not tell its processes.
    let without = completed.confirm_with(&client).await.unwrap();
    assert!(matches!(without, Confirmation::CannotTell { doubt: Doubt::NotShown, .. }));
    let confirmed =
        completed.confirm_with_process(&client, &processes[0]).await.unwrap().confirmed().unwrap();
    assert_eq!(confirmed.event().event_type(), EventType::ProcessCompleted);
    assert_eq!(confirmed.resource().document_id.as_ref(), Some(&id));
    let others = completed.confirm_with_process(&client, &processes[1]).await.unwrap();
    assert!(others.confirmed().is_none());
}
