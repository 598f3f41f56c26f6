//! The traps of Leap's interface, each under its name.

use crate::support::leap::{KEY, ada, bob, builder, client, parts, process, start};
use crate::support::server::{Server, Step};
use countersign::http::Method;
use countersign::leap::{Client, ClientBuilder, EventType, OPERATIONS, Person, ProjectStatus, SignDocument};
use countersign::{Effect, Error, ErrorKind};
use serde_json::json;

fn refusal(status: u16, message: &str) -> Step {
    Step::json(status, json!({ "message": message }).to_string())
}

#[tokio::test]
async fn signers_is_an_object_that_holds_signers() {
    let server = Server::follow([process()]).await;
    start(&client(&server)).send().await.unwrap();
    let parts = parts(&server.seen()[0]);
    let signers = parts.iter().find(|part| part.name == "signers").unwrap();
    assert_eq!(signers.json(), json!({ "signers": [ada(), bob()] }));
    let owner = parts.iter().find(|part| part.name == "projectOwner").unwrap();
    let expected = json!({
        "name": "Ada Example", "email": "ada@example.com", "organization": "Example Ltd", "title": "Head"
    });
    assert_eq!(owner.json(), expected);
}

#[tokio::test]
async fn a_500_on_starting_may_be_a_wrong_part_and_is_not_tried_again() {
    let server = Server::follow([refusal(500, "canary")]).await;
    let error = start(&client(&server)).send().await.unwrap_err();
    let found = (error.kind(), error.effect(), error.attempts());
    assert_eq!(found, (ErrorKind::ServerFault, Effect::Unknown, 1));
    let said = "Often a mistake of the caller: a part that is not written as it has to be";
    assert!(
        error.to_string().contains(said) && error.to_string().ends_with("; it may have happened"),
        "{error}"
    );
    assert_eq!(server.seen().len(), 1);
}

/// Where reading fails like that, it is the server, and worth another attempt.
#[tokio::test]
async fn a_500_on_reading_is_tried_again() {
    let server = Server::follow([Step::json(500, "{}"), process()]).await;
    let reply = client(&server).get_signing_process("p0").send_reply().await.unwrap();
    assert_eq!(reply.attempts(), 2);
}

#[tokio::test]
async fn a_403_has_two_meanings() {
    let server = Server::follow([refusal(403, "no"), refusal(403, "no"), refusal(403, "no")]).await;
    let client = client(&server);
    let key = start(&client).send().await.unwrap_err();
    let cancel = client.cancel_signing_process("p0").send().await.unwrap_err();
    let delete = client.delete_signing_process("p0").send().await.unwrap_err();
    assert!(key.to_string().contains("The key was refused"), "{key}");
    for error in [&cancel, &delete] {
        assert!(error.to_string().contains("was not started by the Sign API"), "{error}");
    }
    for error in [key, cancel, delete] {
        let found = (error.kind(), error.effect(), error.attempts());
        assert_eq!(found, (ErrorKind::Forbidden, Effect::None, 1));
    }
}

#[tokio::test]
async fn a_400_on_cancelling_may_mean_completed() {
    let server = Server::follow([refusal(400, "no")]).await;
    let error = client(&server).cancel_signing_process("p0").send().await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Refused, Effect::None));
    assert!(error.to_string().contains("or it is completed already"), "{error}");
}

#[tokio::test]
async fn the_message_of_a_refusal_is_there_and_not_printed() {
    let server = Server::follow([refusal(400, "Unsupported format: canary.odt")]).await;
    let error = start(&client(&server)).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    let body: serde_json::Value = serde_json::from_slice(error.body()).unwrap();
    assert_eq!(body["message"], "Unsupported format: canary.odt");
    assert!(!format!("{error}{error:?}").contains("canary"), "{error:?}");
    assert!(error.to_string().contains("the format of the file"), "{error}");
}

#[tokio::test]
async fn the_base_path_differs_from_call_to_call() {
    let done = || Step::answer(204, "text/plain", "");
    let server = Server::follow([process(), done(), done(), Step::json(200, "[]")]).await;
    let client = client(&server);
    client.get_signing_process("p/0").send().await.unwrap();
    client.cancel_signing_process("p0").send().await.unwrap();
    client.delete_signing_process("p0").send().await.unwrap();
    assert_eq!(client.list_workflow_events("p0").send().await.unwrap().len(), 0);
    let seen = server.seen();
    let seen: Vec<_> = seen.iter().map(|seen| (seen.method.as_str(), seen.target.as_str())).collect();
    let expected = [
        ("GET", "/projects/info-for-sign-only-integrator/p%2F0"),
        ("PUT", "/sign-only-api/projects/cancel/p0"),
        ("DELETE", "/sign-only-api/projects/p0"),
        ("GET", "/projects/events/p0"),
    ];
    assert_eq!(seen, expected);
}

/// Nobody says that a second cancellation or deletion does harm; what it is answered with is another matter.
#[tokio::test]
async fn only_starting_is_never_repeated() {
    let once: Vec<_> = OPERATIONS.iter().filter(|known| !known.repeatable).map(|known| known.id).collect();
    assert_eq!(once, ["start_signing_process"]);
    let server = Server::follow([Step::Close, refusal(404, "gone")]).await;
    let error = client(&server).delete_signing_process("p0").send().await.unwrap_err();
    let found = (error.kind(), error.effect(), error.attempts());
    assert_eq!(found, (ErrorKind::NotFound, Effect::Unknown, 2));
}

#[tokio::test]
async fn the_key_is_sent_bare() {
    let server = Server::follow([process(), Step::json(200, "7")]).await;
    let client = client(&server);
    client.get_signing_process("p0").send().await.unwrap();
    client.request(Method::GET, "/projects/new").send().await.unwrap();
    for seen in server.seen() {
        assert_eq!(seen.header("authorization"), Some(KEY));
    }
}

#[test]
fn a_key_with_a_word_in_front_is_refused() {
    let cases = [
        ("Bearer abc", "give it bare, without a word such as `Bearer`"),
        ("a b", "has a blank in it"),
        ("bearer", "and no key"),
        ("ApiKey", "and no key"),
        ("", "the secret is empty"),
        ("abc\n", "line break"),
    ];
    for (key, said) in cases {
        let error = Client::builder().api_key(key).build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(said), "{key:?}: {error}");
        assert!(!error.to_string().contains("abc"), "{error}");
    }
    let error = Client::builder().build().unwrap_err();
    assert_eq!(error.to_string(), "leap: the client cannot be built: no API key was given");
}

#[test]
fn the_environment_has_a_key_and_perhaps_a_base_url() {
    let from = |variables: &'static [(&str, &str)]| -> Result<ClientBuilder, Error> {
        ClientBuilder::from_variables(|name| {
            variables.iter().find(|(each, _)| *each == name).map(|(_, value)| (*value).to_owned())
        })
    };
    assert!(from(&[("LEAP_API_KEY", "k")]).unwrap().build().is_ok());
    let error = from(&[]).unwrap_err();
    assert!(error.to_string().ends_with("not set in the environment: LEAP_API_KEY"), "{error}");
    let plain = from(&[("LEAP_API_KEY", "k"), ("LEAP_BASE_URL", "http://leap.example")]).unwrap().build();
    assert!(plain.unwrap_err().to_string().contains("plain http"));
}

#[tokio::test]
async fn nothing_is_demanded_of_the_data_but_that_it_is_an_object() {
    let bodies = ["{}", r#"{"id":7,"signers":null}"#, r#"{"a":{"b":[{"id":"x/~0"}]}}"#];
    let server = Server::follow(bodies.map(|body| Step::json(200, body))).await;
    let client = client(&server);
    let mut read = Vec::new();
    for _ in bodies {
        read.push(client.get_signing_process("p0").send().await.unwrap());
    }
    assert_eq!((read[0].as_map().len(), read[0].id_at("id")), (0, None));
    assert_eq!((read[1].id_at("/id"), read[1].id_at("/signers")), (None, None));
    assert_eq!(read[2].id_at("/a/b/0/id").map(|id| id.to_string()).as_deref(), Some("x/~0"));
    assert_eq!(format!("{:?}", read[2]), "SigningProcess([1 members])");
}

#[tokio::test]
async fn the_log_has_hyphens_nulls_and_words_that_are_not_known() {
    let entry = json!({
        "id": "e0", "collaboratorId": "c0", "collaboratorEmail": "ada@example.com",
        "collaboratorFullName": "Ada Example", "creationDate": "2026-02-03T08:15:30.125+00:00",
        "eventTags": {
            "project-name": "Contract", "project-description": null, "project-id": "p0", "project-status": "CANCELED"
        },
        "eventType": "SOMETHING_NEW", "status": "SUCCESS",
    });
    let server = Server::follow([Step::json(200, json!([entry, {}]).to_string())]).await;
    let entries = client(&server).list_workflow_events("w0").send().await.unwrap();
    let [entry, bare] = entries.as_slice() else { panic!("{} entries", entries.len()) };
    let tags = entry.event_tags.as_ref().unwrap();
    assert_eq!(tags.project_status, Some(ProjectStatus::Canceled));
    assert_eq!((tags.project_name.as_deref(), tags.project_description.as_deref()), (Some("Contract"), None));
    assert_eq!(entry.event_type, Some(EventType::from("SOMETHING_NEW")));
    assert!(entry.creation_date.as_ref().unwrap().to_system_time().is_some());
    assert!(bare.id.is_none() && bare.event_tags.is_none());
    let printed = format!("{entry:?}");
    assert!(!printed.contains("ada@example.com") && !printed.contains("Contract"), "{printed}");
}

#[tokio::test]
async fn nothing_of_anybody_is_printed() {
    const CANARY: &str = "canary-9a1c";
    let server = Server::follow([Step::json(200, json!({ CANARY: CANARY }).to_string())]).await;
    let builder = builder(&server).api_key(CANARY);
    let mut printed = format!("{builder:?}");
    let client = builder.build().unwrap();
    let person = Person::default().name(CANARY).email(CANARY);
    let document = SignDocument::pdf(CANARY.as_bytes()).file_name(format!("{CANARY}.pdf"));
    printed += &format!("{client:?}{person:?}{document:?}");
    let call = client.start_signing_process(CANARY, document).project_owner(person.clone()).signers([person]);
    let call = call.additional_recipients([CANARY]);
    let call = call.sign_tasks_completed_callback_url(format!("https://{CANARY}.example/"));
    printed += &format!("{call:?}");
    let reply = call.send_reply().await.unwrap();
    printed += &format!("{reply:?}{:?}", reply.value());
    assert!(!printed.contains(CANARY), "{printed}");
}
