//! Templates and documents of the mock of Signly.

use super::{JSON, body_of, credentials, raw, status_of};
use countersign::mock::signly::Server;
use countersign::signly::{
    Client, Document, DocumentStatus, FlowPolicy, OnParticipantFail, OrderMode, ParticipantCreate,
    ParticipantIdentity, ParticipantPolicy, PrefilledField, SignatureMode, TemplateField,
    TemplateFieldPlacement, TemplateFieldType, TemplateId,
};
use countersign::{Content, Error, ErrorKind, RetryPolicy, Timestamp};
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

const PDF: &str = "%PDF-1.7 lease";

fn flat(name: &str, kind: TemplateFieldType, code: &str) -> TemplateField {
    let field = TemplateField::default().field_name(name).field_type(kind).field_code(code);
    field.page("1").x("72.00").y("540.50").width("160.00").height("32.00")
}

fn layout() -> Vec<TemplateField> {
    vec![flat("FULL_NAME", TemplateFieldType::Text, "1"), flat("SIGNATURE", TemplateFieldType::Sign, "3")]
}

async fn template(client: &Client) -> TemplateId {
    let id = client.create_template().template_name("Lease").send().await.unwrap().template_id.unwrap();
    client.upload_template_pdf(&id, "0001", Content::bytes(PDF)).send().await.unwrap();
    client.replace_template_fields(&id, layout()).send().await.unwrap();
    id
}

fn person(name: &str, modes: &[SignatureMode]) -> ParticipantCreate {
    let identity = ParticipantIdentity::default().email(format!("{name}@example.com"));
    let identity = identity.phone("+570000000000").document_number("1");
    ParticipantCreate::default().display_name(name).identity(identity).signature_mode(modes.iter().cloned())
}

pub fn by_mail(name: &str) -> ParticipantCreate {
    person(name, &[SignatureMode::SignatureEmail])
}

pub async fn publish(client: &Client, people: Vec<ParticipantCreate>, order: OrderMode) -> Document {
    let template = template(client).await;
    let call = client.create_document().template_id(template).template_version("0001").participants(people);
    call.order_mode(order).send().await.unwrap()
}

fn processes(document: &Document) -> Vec<String> {
    let participants = document.participants.iter().flatten();
    participants.map(|participant| participant.process_id.clone().unwrap().to_string()).collect()
}

async fn events(client: &Client, process: &str) -> String {
    let listed = client.list_process_events(process).send().await.unwrap();
    let types = listed.into_iter().map(|event| event.event_type.unwrap());
    types.collect::<Vec<_>>().join(" ").replace("PROCESS_", "")
}

async fn status(client: &Client, document: &Document) -> DocumentStatus {
    let id = document.document_id.clone().unwrap();
    client.get_document(id).send().await.unwrap().status.unwrap()
}

fn refused(error: &Error) -> (Option<u16>, Option<&str>) {
    (error.status(), error.code())
}

#[tokio::test]
async fn a_version_gets_its_pdf_once_and_the_next_one_begins_with_its_fields() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    let id = template(&client).await;
    let latest = client.get_template(&id).send().await.unwrap();
    assert_eq!(latest.template_version.as_deref(), Some("TEMPLATE#0001"));
    assert_eq!(latest.current_version().unwrap().as_str(), "0001");
    let upload = client.upload_template_pdf(&id, "0001", Content::bytes("%PDF-2")).or_next_version();
    assert_eq!(upload.send().await.unwrap().as_str(), "0002");
    assert_eq!(server.template_pdf(&id, "0001").unwrap(), PDF);
    assert_eq!(server.template_pdf(&id, "0002").unwrap(), "%PDF-2");
    let history = client.list_template_history(&id).send().await.unwrap();
    assert_eq!(history.iter().map(|one| one.fields.as_ref().unwrap().len()).collect::<Vec<_>>(), [2, 2]);
    let error = client.create_template_upload_url(&id, "0009").send().await.unwrap_err();
    assert!(error.is_not_found());
    client.delete_template_version(&id, "0002").send().await.unwrap();
    assert!(client.get_template_version(&id, "0002").send().await.unwrap_err().is_not_found());
    client.update_template(&id).template_name("Sublease").send().await.unwrap();
    let listed = client.list_templates().send().await.unwrap();
    assert_eq!(listed[0].template_name.as_deref(), Some("Sublease"));
    client.delete_template(&id).send().await.unwrap();
    assert!(client.get_template(&id).send().await.unwrap_err().is_not_found());
    server.assert_no_credential_leaked();
}

#[tokio::test]
async fn fields_of_both_generations_come_back_in_either_form() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    let id = template(&client).await;
    let place = TemplateFieldPlacement::default().page("2").x("1.00").y("2.00").width("3.00").height("4.00");
    let grouped = TemplateField::default().field_name("SIGN").field_type(TemplateFieldType::Sign);
    let grouped = grouped.field_code("3").placements([place]);
    let both = [flat("NAME", TemplateFieldType::Text, "1"), grouped];
    let array = client.replace_template_fields(&id, both.clone()).send().await.unwrap();
    assert_eq!((&array[0]["x"], &array[1]["placements"][0]["page"]), (&json!("72.00"), &json!("2")));
    server.wrap_fields(true);
    let object = client.get_template_fields(&id).send().await.unwrap();
    assert_eq!(object, json!({ "fields": array }));

    let [name, grouped] = both;
    let wrong = [
        vec![name.clone(), name.clone()],
        vec![name.clone().field_code("2")],
        vec![name.clone().x("72")],
        vec![grouped.clone().page("1")],
        vec![grouped.placements(Vec::<TemplateFieldPlacement>::new())],
    ];
    for layout in wrong {
        let error = client.replace_template_fields(&id, layout).send().await.unwrap_err();
        assert_eq!(refused(&error), (Some(400), Some("bad_request")));
    }
}

#[tokio::test]
async fn the_other_server_refuses_what_is_secret_and_remembers_it() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    let id = template(&client).await;
    let url = client.create_template_download_url(&id, "0001").send().await.unwrap().download_url.unwrap();
    server.assert_no_credential_leaked();
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let ask = async |headers: &str| {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
        let request = format!("GET /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{headers}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        status_of(&answer)
    };
    assert_eq!(ask("").await, 200);
    server.advance(Duration::from_secs(15 * 60 + 1));
    assert_eq!(ask("").await, 403);
    assert!(!server.leaked_credentials());
    assert_eq!(ask("x-tenant-signly: t\r\n").await, 400);
    assert!(server.leaked_credentials());
}

#[tokio::test]
async fn every_way_to_identify_oneself_leaves_its_events() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    let modes = [SignatureMode::SignatureSms, SignatureMode::SignatureBiometricPlus];
    let document = publish(&client, vec![person("ada", &modes)], OrderMode::Parallel).await;
    let process = &processes(&document)[0];
    assert_eq!(status(&client, &document).await, DocumentStatus::Created);
    assert!(server.sign(process).is_err());
    server.open_document(process).unwrap();
    assert!(server.enter_code(process, true).is_err());
    assert!(server.prove_identity(process, true).is_err());
    server.send_code(process).unwrap();
    server.send_code(process).unwrap();
    server.let_code_expire(process).unwrap();
    server.send_code(process).unwrap();
    server.enter_code(process, false).unwrap();
    server.enter_code(process, true).unwrap();
    server.prove_identity(process, false).unwrap();
    server.prove_identity(process, true).unwrap();
    server.prove_identity(process, true).unwrap();
    assert_eq!(status(&client, &document).await, DocumentStatus::InProgress);
    server.sign(process).unwrap();
    let expected = "CREATED STARTED DOCUMENT_VIEWED OTP_SENT OTP_RESENT OTP_EXPIRED OTP_SENT OTP_FAILED \
        OTP_VERIFIED BIOMETRIC_STARTED BIOMETRIC_FAILED BIOMETRIC_STARTED BIOMETRIC_VERIFIED LIVENESS_STARTED \
        LIVENESS_VERIFIED FIELD_SIGNED COMPLETED";
    assert_eq!(events(&client, process).await, expected);
    assert_eq!(status(&client, &document).await, DocumentStatus::Completed);
    assert_eq!(server.sign(process).unwrap_err().to_string(), "the document is over");
    assert!(server.play_everyone_signs(document.document_id.unwrap()).is_err());
}

#[tokio::test]
async fn in_a_sequence_one_waits_for_the_other() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    let people = vec![by_mail("bob").order("2"), by_mail("ada").order("1")];
    let document = publish(&client, people, OrderMode::Sequential).await;
    let processes = processes(&document);
    assert_eq!(document.participants.as_ref().unwrap()[0].display_name.as_deref(), Some("ada"));
    let turn = server.open_document(&processes[1]).unwrap_err();
    assert_eq!(turn.to_string(), "it is another participant's turn");
    server.play_participant_signs(&processes[0]).unwrap();
    assert_eq!(status(&client, &document).await, DocumentStatus::InProgress);
    server.play_everyone_signs(document.document_id.as_ref().unwrap()).unwrap();
    assert_eq!(status(&client, &document).await, DocumentStatus::Completed);
}

#[tokio::test]
async fn a_process_that_fails_cancels_the_document_only_if_that_was_asked_for() {
    for (policy, expected) in [
        (FlowPolicy::default(), "IN_PROGRESS"),
        (FlowPolicy::default().on_participant_fail(OnParticipantFail::CancelFlow), "CANCELLED"),
    ] {
        let server = Server::start().await.unwrap();
        let client = server.client().unwrap();
        let template = template(&client).await;
        let once = by_mail("ada").policy(ParticipantPolicy::default().attempts_max(1));
        let call =
            client.create_document().template_id(template).template_version("0001").flow_policy(policy);
        let document = call.participants([once, by_mail("bob")]).send().await.unwrap();
        let processes = processes(&document);
        server.open_document(&processes[0]).unwrap();
        server.send_code(&processes[0]).unwrap();
        server.enter_code(&processes[0], false).unwrap();
        assert!(events(&client, &processes[0]).await.ends_with("OTP_FAILED FAILED"));
        assert_eq!(status(&client, &document).await.as_str(), expected);
        assert_eq!(events(&client, &processes[1]).await.ends_with("CANCELLED"), expected == "CANCELLED");
    }
}

#[tokio::test]
async fn deadlines_follow_the_clock_of_the_server() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(1_776_956_400);
    server.set_time(start);
    let template = template(&client).await;
    let hour = |hours: u64| Timestamp::from(start + Duration::from_secs(hours * 3600));
    let call = client.create_document().template_id(&template).template_version("0001");
    let call = call.participants([by_mail("ada")]).deadline_at(hour(1));
    let document = call.clone().send().await.unwrap();
    let (id, process) = (document.document_id.clone().unwrap(), processes(&document).remove(0));
    let extended = client.extend_document(&id).new_deadline_at(hour(2)).send().await.unwrap();
    assert_eq!(extended.deadline_at, Some(hour(2)));
    let error = client.extend_document(&id).new_deadline_at(hour(0)).send().await.unwrap_err();
    assert_eq!(refused(&error), (Some(400), Some("bad_request")));
    server.advance(Duration::from_secs(3600));
    assert_eq!(status(&client, &document).await, DocumentStatus::Created);
    server.advance(Duration::from_secs(3600));
    assert_eq!(status(&client, &document).await, DocumentStatus::Expired);
    assert_eq!(events(&client, &process).await, "CREATED EXPIRED");
    let error = client.extend_document(&id).new_deadline_at(hour(9)).send().await.unwrap_err();
    assert_eq!((error.kind(), refused(&error)), (ErrorKind::Conflict, (Some(409), Some("conflict"))));
    assert_eq!(client.cancel_document(&id).send().await.unwrap_err().kind(), ErrorKind::Conflict);
    assert_eq!(refused(&call.send().await.unwrap_err()), (Some(400), Some("bad_request")));
}

#[tokio::test]
async fn cancelling_can_be_repeated_and_inviting_counts() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    let document = publish(&client, vec![by_mail("ada")], OrderMode::Parallel).await;
    let (id, process) = (document.document_id.clone().unwrap(), processes(&document).remove(0));
    let participant = document.participants.as_ref().unwrap()[0].participant_id.clone().unwrap();
    client.resend_invitation(&id, &participant).send().await.unwrap();
    assert_eq!(server.invitations(&process), 2);
    let error = client.resend_invitation(&id, "p-0").send().await.unwrap_err();
    assert!(error.is_not_found());
    for _ in 0..2 {
        client.cancel_document(&id).send().await.unwrap();
    }
    assert_eq!(events(&client, &process).await, "CREATED CANCELLED");
    let error = client.resend_invitation(&id, &participant).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(client.list_documents().limit(1).send().await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn credits_are_used_up() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    let template = template(&client).await;
    server.set_credits(1);
    let call = client.create_document().template_id(&template).template_version("0001");
    let call = call.participants([by_mail("ada")]);
    call.clone().send().await.unwrap();
    let error = call.send().await.unwrap_err();
    assert_eq!(refused(&error), (Some(402), Some("insufficient_credits")));
    assert_eq!(error.effect(), countersign::Effect::None);
}

#[tokio::test]
async fn documents_that_cannot_be_made_are_refused() {
    let server = Server::start().await.unwrap();
    let client = server.client_builder().retry(RetryPolicy::never()).build().unwrap();
    let template = template(&client).await;
    let call = client.create_document().template_id(&template).template_version("0001");
    let no_mail = ParticipantCreate::default().display_name("ada").identity(ParticipantIdentity::default());
    let signature = PrefilledField::default().field_name("SIGNATURE").value("x");
    let wrong = [
        call.clone().participants(Vec::<ParticipantCreate>::new()),
        call.clone().participants([no_mail.signature_mode([SignatureMode::SignatureEmail])]),
        call.clone().participants([person("ada", &[])]),
        call.clone().participants([person("ada", &[SignatureMode::from("SIGNATURE_SEAL")])]),
        call.clone().participants([by_mail("")]),
        call.clone().participants([by_mail("ada").order("first")]),
        call.clone().participants([by_mail("ada").prefill([signature])]),
        call.clone().participants([by_mail("ada")]).template_version("0002"),
        call.clone().participants([by_mail("ada")]).order_mode("RANDOM"),
        call.clone().participants([by_mail("ada")]).start_at("soon"),
    ];
    for call in wrong {
        assert_eq!(refused(&call.send().await.unwrap_err()), (Some(400), Some("bad_request")));
    }
    let unknown = call.template_id("t-0").participants([by_mail("ada")]).send().await.unwrap_err();
    assert!(unknown.is_not_found());
    let headers = format!("{}{JSON}", credentials(&server));
    let (_, answer) = raw(&server, &format!("PUT /v1/templates/{template}/fields"), &headers, "{}").await;
    assert_eq!((status_of(&answer), &body_of(&answer)["code"]), (400, &Value::from("bad_request")));
}
