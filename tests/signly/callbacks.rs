//! Signly's callbacks, confirmed by its API.

use crate::support::server::{Server as ScriptedServer, Step};
use crate::support::signly::{answers, client as scripted};
use crate::webhook::{TENANT, changed, secret, time};
use countersign::mock::Fault;
use countersign::mock::signly::Server;
use countersign::signly::webhook::{Event, UnverifiedReader, Verifier};
use countersign::signly::{
    Client, Document, ParticipantCreate, ParticipantIdentity, SignatureMode, TemplateField, TemplateFieldType,
};
use countersign::webhook::{Confirmation, Difference, Doubt};
use countersign::{Content, RetryPolicy};
use http::Request;
use serde_json::{Value, json};

/// A document for two participants.
struct Case {
    server: Server,
    client: Client,
    document: String,
    participants: Vec<(String, String)>,
}

fn participant(name: &str) -> ParticipantCreate {
    let identity = ParticipantIdentity::default().email(format!("{name}@example.com"));
    ParticipantCreate::default()
        .display_name(name)
        .identity(identity)
        .signature_mode([SignatureMode::SignatureEmail])
}

impl Case {
    async fn start() -> Self {
        let server = Server::start().await.unwrap();
        let client = server.client().unwrap();
        let template =
            client.create_template().template_name("Lease").send().await.unwrap().template_id.unwrap();
        client.upload_template_pdf(&template, "0001", Content::bytes("%PDF-1.7")).send().await.unwrap();
        let field = TemplateField::default().field_name("SIGNATURE").field_type(TemplateFieldType::Sign);
        let field = field.field_code("3").page("1").x("72.00").y("540.50").width("160.00").height("32.00");
        client.replace_template_fields(&template, vec![field]).send().await.unwrap();
        let call = client.create_document().template_id(template).template_version("0001");
        let document = call.participants([participant("ada"), participant("bob")]).send().await.unwrap();
        let participants = document.participants.as_ref().unwrap().iter().map(|participant| {
            let id = participant.participant_id.as_ref().unwrap().to_string();
            (id, participant.process_id.as_ref().unwrap().to_string())
        });
        let participants = participants.collect();
        Self { server, client, document: document.document_id.unwrap().to_string(), participants }
    }

    fn event(&self, tag: &str, participant: usize) -> Value {
        let participant = &self.participants[participant].0;
        changed(json!({ "type": tag, "documentId": self.document, "participantId": participant }))
    }

    async fn ask(&self, event: &Value) -> Answer {
        confirm(&self.client, event).await
    }
}

#[derive(Debug, PartialEq)]
enum Answer {
    Agrees,
    Differs(Difference),
    CannotTell(Doubt),
}

fn answer(confirmation: &Confirmation<Event, Document>) -> Answer {
    match confirmation {
        Confirmation::Agrees(_) => Answer::Agrees,
        Confirmation::Differs { difference, .. } => Answer::Differs(*difference),
        Confirmation::CannotTell { doubt, .. } => Answer::CannotTell(*doubt),
    }
}

async fn confirm(client: &Client, event: &Value) -> Answer {
    let request = Request::post("/").body(event.to_string()).unwrap();
    let unverified = UnverifiedReader::for_tenant(TENANT).unwrap().read(&request.into()).unwrap();
    answer(&unverified.confirm_with(client).await.unwrap())
}

/// A document that shows its processes. That of Signly's API need not, and the mock's does not.
fn showing(participants: &Value) -> Step {
    answers(&json!({ "documentId": "doc_01", "status": "PENDING", "participants": participants }).to_string())
}

fn events(types: &[&str]) -> Step {
    let events: Vec<_> = types.iter().map(|tag| json!({ "eventId": "e", "eventType": tag })).collect();
    answers(&json!(events).to_string())
}

#[tokio::test]
async fn an_event_agrees_if_the_process_of_the_participant_has_it() {
    let participants = json!([
        { "participantId": "par_00", "processId": "prc_00" },
        { "participantId": "par_01", "processId": "prc_01" },
    ]);
    let listed: [(&[&str], Answer); 4] = [
        (&["PROCESS_CREATED", "PROCESS_COMPLETED"], Answer::Agrees),
        (&["PROCESS_CREATED"], Answer::CannotTell(Doubt::NotShown)),
        (&["process_completed", "PROCESS_COMPLETED_"], Answer::CannotTell(Doubt::NotShown)),
        (&[], Answer::CannotTell(Doubt::NotShown)),
    ];
    for (types, expected) in listed {
        let server = ScriptedServer::follow([showing(&participants), events(types)]).await;
        assert_eq!(confirm(&scripted(&server), &changed(json!({}))).await, expected, "{types:?}");
        let targets: Vec<_> = server.seen().into_iter().map(|seen| seen.target).collect();
        assert_eq!(targets, ["/v1/documents/doc_01", "/v1/events/prc_01?limit=50"]);
    }
}

#[tokio::test]
async fn only_a_list_in_which_everybody_has_an_id_says_that_somebody_is_not_in_it() {
    let cases = [
        (json!([{ "participantId": "par_00" }]), Answer::Differs(Difference::BelongsElsewhere)),
        (json!([{ "participantId": "par_00" }, {}]), Answer::CannotTell(Doubt::NotShown)),
        (json!([]), Answer::CannotTell(Doubt::NotShown)),
        (json!(null), Answer::CannotTell(Doubt::NotShown)),
        (json!([{ "participantId": "par_01" }]), Answer::CannotTell(Doubt::NotShown)),
    ];
    for (participants, expected) in cases {
        let server = ScriptedServer::follow([showing(&participants)]).await;
        assert_eq!(confirm(&scripted(&server), &changed(json!({}))).await, expected, "{participants}");
    }
}

#[tokio::test]
async fn a_document_that_does_not_show_its_processes_leaves_it_open() {
    let case = Case::start().await;
    case.server.play_participant_signs(&case.participants[0].1).unwrap();
    for tag in ["PROCESS_CREATED", "PROCESS_COMPLETED"] {
        assert_eq!(case.ask(&case.event(tag, 0)).await, Answer::CannotTell(Doubt::NotShown), "{tag}");
    }
}

#[tokio::test]
async fn what_does_not_exist_or_belongs_elsewhere_differs() {
    let case = Case::start().await;
    let mut event = case.event("PROCESS_CREATED", 0);
    event["documentId"] = json!("d-0");
    assert_eq!(case.ask(&event).await, Answer::Differs(Difference::NotFound));
    let mut event = case.event("PROCESS_CREATED", 0);
    event["participantId"] = json!("p-0");
    assert_eq!(case.ask(&event).await, Answer::Differs(Difference::BelongsElsewhere));
}

#[tokio::test]
async fn what_names_nothing_cannot_be_compared() {
    let case = Case::start().await;
    for name in ["documentId", "participantId"] {
        let mut event = case.event("PROCESS_CREATED", 0);
        event.as_object_mut().unwrap().remove(name);
        let before = case.server.requests().len();
        assert_eq!(case.ask(&event).await, Answer::CannotTell(Doubt::NothingToCompare), "{name}");
        assert_eq!(case.server.requests().len() - before, usize::from(name == "participantId"));
    }
    let event = case.event("PROCESS_SHREDDED", 0);
    assert_eq!(case.ask(&event).await, Answer::CannotTell(Doubt::NotShown));
}

#[tokio::test]
async fn a_call_that_fails_otherwise_is_an_error_and_no_verdict() {
    let case = Case::start().await;
    let client = case.server.client_builder().retry(RetryPolicy::never()).build().unwrap();
    let reader = UnverifiedReader::for_tenant(TENANT).unwrap();
    for status in [401, 403, 500] {
        case.server.fail_next(Fault::status(status));
        let request = Request::post("/").body(case.event("PROCESS_CREATED", 0).to_string()).unwrap();
        let error = reader.read(&request.into()).unwrap().confirm_with(&client).await.unwrap_err();
        assert_eq!(error.status(), Some(status));
    }
}

#[tokio::test]
async fn what_is_verified_is_confirmed_alike_and_hands_both_over() {
    let participants = json!([{ "participantId": "par_01", "processId": "prc_01", "displayName": "canary" }]);
    let server = ScriptedServer::follow([showing(&participants), events(&["PROCESS_COMPLETED"])]).await;
    let text = "correct horse battery staple";
    let verifier =
        Verifier::builder().shared_secret("X-Client-Auth", secret(text)).tenant(TENANT).build().unwrap();
    let request =
        Request::post("/").header("X-Client-Auth", text).body(changed(json!({})).to_string()).unwrap();
    let verified = verifier.verify(&request.into(), time(0)).unwrap();
    let confirmation = verified.confirm_with(&scripted(&server)).await.unwrap();
    assert_eq!(confirmation.resource().unwrap().document_id.as_ref().unwrap().as_str(), "doc_01");
    let confirmed = confirmation.confirmed().unwrap();
    let shown = format!("{confirmed:?}");
    assert!(!shown.contains("canary") && !shown.contains("doc_01"), "{shown}");
    let (event, document) = confirmed.into_parts();
    assert_eq!(event, verified.into_event());
    assert_eq!(document.participants.map(|all| all.len()), Some(1));
}
