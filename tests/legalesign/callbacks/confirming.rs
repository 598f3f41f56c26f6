//! What the API says to what a callback told.

use super::*;
use crate::webhook::secret;
use countersign::legalesign::webhook::{CallbackUrls, Resource, UnverifiedReader};
use countersign::legalesign::{Client, RecipientInput};
use countersign::mock::Fault;
use countersign::mock::legalesign::Server;
use countersign::webhook::{Confirmation, Difference, Doubt};
use serde_json::{Value, json};

/// A document for two signers.
struct Case {
    server: Server,
    client: Client,
    document: String,
    signers: Vec<String>,
}

impl Case {
    async fn start() -> Self {
        let server = Server::start().await.unwrap();
        let client = server.client().unwrap();
        let signer = |name: &str| {
            RecipientInput::default().email(format!("{name}@example.com")).firstname(name).lastname("Example")
        };
        let create = client
            .create_document()
            .group(server.group())
            .name("Lease")
            .text("<p>I agree.</p>")
            .do_email(true);
        let document = create.signers([signer("ada"), signer("bob")]).send().await.unwrap().id.to_string();
        let signers = server.signers(&document);
        Self { server, client, document, signers }
    }

    /// What the API says, in short.
    async fn ask(&self, event: impl Into<String>) -> (Answer, usize) {
        let request = Request::post("/").body(event.into()).unwrap();
        let unverified =
            UnverifiedReader::for_group(self.server.group()).unwrap().read(&request.into()).unwrap();
        let confirmation = unverified.confirm_with(&self.client).await.unwrap();
        let read = confirmation.resource().map_or(0, Vec::len);
        (answer(&confirmation), read)
    }

    fn changes(changes: &[(&str, &str, i64)]) -> String {
        let entry = |(kind, id, value): &(&str, &str, i64)| json!({ "name": "status", "value": value.to_string(), "resource_uri": format!("/api/v1/{kind}/{id}/") });
        encoded([("data", &*Value::Array(changes.iter().map(entry).collect()).to_string())])
    }

    fn realtime(&self, object: &str, event: &str, data: &Value) -> String {
        let mut all = json!({ "groupResourceUri": format!("/api/v1/group/{}/", self.server.group()) });
        all.as_object_mut().unwrap().extend(data.as_object().unwrap().clone());
        json!({ "object": object, "event": event, "data": all }).to_string()
    }
}

#[derive(Debug, PartialEq)]
enum Answer {
    Agrees,
    Differs(Difference),
    CannotTell(Doubt),
}

fn answer(confirmation: &Confirmation<Event, Vec<Resource>>) -> Answer {
    match confirmation {
        Confirmation::Agrees(_) => Answer::Agrees,
        Confirmation::Differs { difference, .. } => Answer::Differs(*difference),
        Confirmation::CannotTell { doubt, .. } => Answer::CannotTell(*doubt),
    }
}

const NOT_FOUND: Answer = Answer::Differs(Difference::NotFound);
const ELSEWHERE: Answer = Answer::Differs(Difference::BelongsElsewhere);
const OTHER_STATE: Answer = Answer::Differs(Difference::OtherState);
const MOVED_ON: Answer = Answer::CannotTell(Doubt::MovedOn);
const NOT_SHOWN: Answer = Answer::CannotTell(Doubt::NotShown);
const NOTHING: Answer = Answer::CannotTell(Doubt::NothingToCompare);

#[tokio::test]
async fn a_change_agrees_with_a_resource_that_is_where_it_says() {
    let case = Case::start().await;
    let (document, ada) = (&*case.document, &*case.signers[0]);
    assert_eq!(case.ask(Case::changes(&[("signer", ada, 40)])).await, (OTHER_STATE, 1));
    assert_eq!(case.ask(Case::changes(&[("document", document, 100)])).await, (OTHER_STATE, 1));
    case.server.sign(ada).unwrap();
    assert_eq!(case.ask(Case::changes(&[("signer", ada, 40)])).await, (Answer::Agrees, 1));
    assert_eq!(case.ask(Case::changes(&[("document", document, 30)])).await, (OTHER_STATE, 1));
    case.server.sign_all(document).unwrap();
    for status in [30, 100] {
        assert_eq!(case.ask(Case::changes(&[("document", document, status)])).await, (Answer::Agrees, 1));
    }
    case.server.take_copy(ada).unwrap();
    assert_eq!(case.ask(Case::changes(&[("signer", ada, 40)])).await, (Answer::Agrees, 1));
}

#[tokio::test]
async fn a_resource_that_went_on_says_neither_yes_nor_no() {
    let case = Case::start().await;
    let [ada, bob] = [&*case.signers[0], &*case.signers[1]];
    case.server.visit(ada).unwrap();
    assert_eq!(case.ask(Case::changes(&[("signer", ada, 4)])).await, (MOVED_ON, 1));
    case.server.sign_all(&case.document).unwrap();
    assert_eq!(case.ask(Case::changes(&[("document", &case.document, 10)])).await, (MOVED_ON, 1));
    // A refusal is not followed by a signature.
    assert_eq!(case.ask(Case::changes(&[("signer", bob, 60)])).await, (OTHER_STATE, 1));
    assert_eq!(case.ask(Case::changes(&[("document", &case.document, 50)])).await, (OTHER_STATE, 1));
}

#[tokio::test]
async fn of_several_changes_of_one_resource_the_last_counts_and_all_have_to_agree() {
    let case = Case::start().await;
    let [ada, bob] = [&*case.signers[0], &*case.signers[1]];
    case.server.sign(ada).unwrap();
    let before = case.server.requests().len();
    let several = [("signer", ada, 4), ("signer", ada, 15), ("signer", ada, 40)];
    assert_eq!(case.ask(Case::changes(&several)).await, (Answer::Agrees, 1));
    assert_eq!(case.server.requests().len(), before + 1);
    let cases = [
        (vec![("signer", ada, 40), ("signer", bob, 40)], OTHER_STATE, 2),
        (vec![("signer", bob, 40), ("signer", ada, 40)], OTHER_STATE, 2),
        (vec![("signer", ada, 40), ("signer", "s-0", 40)], NOT_FOUND, 1),
        (vec![("signer", ada, 4), ("signer", bob, 40)], OTHER_STATE, 2),
        (vec![("signer", bob, 40), ("signer", ada, 4)], OTHER_STATE, 2),
        (vec![("signer", ada, 40), ("document", &*case.document, 10)], Answer::Agrees, 2),
        (vec![("signer", ada, 4), ("document", &*case.document, 10)], MOVED_ON, 2),
        (vec![("signer", ada, 40), ("template", "t1", 1)], NOTHING, 1),
        (vec![("template", "t1", 1)], NOTHING, 0),
        (vec![], NOTHING, 0),
    ];
    for (changes, expected, read) in cases {
        assert_eq!(case.ask(Case::changes(&changes)).await, (expected, read), "{changes:?}");
    }
}

#[tokio::test]
async fn what_another_customer_owns_is_not_found() {
    let case = Case::start().await;
    for kind in ["document", "signer"] {
        assert_eq!(case.ask(Case::changes(&[(kind, "d-0", 30)])).await, (NOT_FOUND, 0), "{kind}");
    }
    // An id that would lead elsewhere stays an id.
    for id in ["..", "%2e%2e", "..%2Fgroup", "a%00b"] {
        let event = Case::changes(&[("document", id, 30)]);
        let request = Request::post("/").body(event).unwrap();
        let unverified = UnverifiedReader::for_group("mock-group").unwrap().read(&request.into()).unwrap();
        match unverified.confirm_with(&case.client).await {
            Ok(confirmation) => assert_eq!(answer(&confirmation), NOT_FOUND, "{id}"),
            Err(error) => assert_eq!(error.effect(), countersign::Effect::None, "{id}"),
        }
    }
}

#[tokio::test]
async fn a_notice_agrees_if_the_document_is_in_its_group() {
    let case = Case::start().await;
    let notice = |document: &str, group: &str| encoded([("uuid", document), ("group", group)]);
    assert_eq!(case.ask(notice(&case.document, "/api/v1/group/mock-group/")).await, (Answer::Agrees, 1));
    assert_eq!(case.ask(notice("d-0", "/api/v1/group/mock-group/")).await, (NOT_FOUND, 0));
    // The other group is expected as well, so that only the document can tell.
    let request = Request::post("/").body(notice(&case.document, "/api/v1/group/other/")).unwrap();
    let unverified = UnverifiedReader::for_group("other").unwrap().read(&request.into()).unwrap();
    let confirmation = unverified.confirm_with(&case.client).await.unwrap();
    assert_eq!(answer(&confirmation), ELSEWHERE);
    assert!(confirmation.resource().is_some_and(|read| read[0].document().is_some()));
    assert!(confirmation.confirmed().is_none());
}

#[tokio::test]
async fn an_event_of_a_recipient_is_compared_with_signer_and_document() {
    let case = Case::start().await;
    let ada = &case.signers[0];
    let about = |event: &str, more: Value| {
        let mut data = json!({ "uuid": ada, "document": case.document });
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        case.realtime("recipient", event, &data)
    };
    case.server.open_email(ada).unwrap();
    assert_eq!(case.ask(about("emailOpened", json!({}))).await, (Answer::Agrees, 1));
    assert_eq!(case.ask(about("visiting", json!({}))).await, (OTHER_STATE, 1));
    case.server.visit(ada).unwrap();
    assert_eq!(case.ask(about("visiting", json!({}))).await, (Answer::Agrees, 1));
    assert_eq!(case.ask(about("emailOpened", json!({}))).await, (MOVED_ON, 1));
    assert_eq!(case.ask(about("completed", json!({}))).await, (OTHER_STATE, 1));
    case.server.sign(ada).unwrap();
    assert_eq!(case.ask(about("completed", json!({}))).await, (Answer::Agrees, 1));
    assert_eq!(case.ask(about("completed", json!({ "status": 40 }))).await, (Answer::Agrees, 1));
    assert_eq!(case.ask(about("rejected", json!({}))).await, (OTHER_STATE, 1));
    assert_eq!(case.ask(about("completed", json!({ "document": "d-0" }))).await, (ELSEWHERE, 1));
    assert_eq!(case.ask(about("completed", json!({ "uuid": "s-0" }))).await, (NOT_FOUND, 0));
    assert_eq!(case.ask(about("bounced", json!({}))).await, (NOT_SHOWN, 1));
    assert_eq!(case.ask(about("completed", json!({ "uuid": null }))).await, (NOTHING, 0));
    assert_eq!(case.ask(about("shredded", json!({}))).await, (NOTHING, 0));
}

#[tokio::test]
async fn an_event_of_a_document_is_compared_with_the_document() {
    let case = Case::start().await;
    let about = |event: &str, more: Value| {
        let mut data = json!({ "uuid": case.document });
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        case.realtime("document", event, &data)
    };
    assert_eq!(case.ask(about("created", json!({ "status": 10 }))).await, (Answer::Agrees, 1));
    assert_eq!(case.ask(about("created", json!({}))).await, (Answer::Agrees, 1));
    assert_eq!(case.ask(about("finalPdfCreated", json!({}))).await, (OTHER_STATE, 1));
    assert_eq!(case.ask(about("rejected", json!({}))).await, (OTHER_STATE, 1));
    // What an event is called counts, and not the number beside it.
    assert_eq!(case.ask(about("finalPdfCreated", json!({ "status": 10 }))).await, (OTHER_STATE, 1));
    case.server.sign_all(&case.document).unwrap();
    assert_eq!(case.ask(about("finalPdfCreated", json!({}))).await, (Answer::Agrees, 1));
    assert_eq!(case.ask(about("created", json!({ "status": 10 }))).await, (MOVED_ON, 1));
    let refused = Case::start().await;
    refused.server.reject(&refused.signers[0], "dear").unwrap();
    let event = refused.realtime("document", "rejected", &json!({ "uuid": refused.document }));
    assert_eq!(refused.ask(event).await, (Answer::Agrees, 1));
}

#[tokio::test]
async fn a_call_that_fails_otherwise_is_an_error_and_no_verdict() {
    let case = Case::start().await;
    let client = case.server.client_builder().retry(countersign::RetryPolicy::never()).build().unwrap();
    for status in [401, 403, 500] {
        case.server.fail_next(Fault::status(status));
        let request = Request::post("/").body(Case::changes(&[("document", &case.document, 10)])).unwrap();
        let unverified = UnverifiedReader::for_group("mock-group").unwrap().read(&request.into()).unwrap();
        let error = unverified.confirm_with(&client).await.unwrap_err();
        assert_eq!(error.status(), Some(status));
    }
}

#[tokio::test]
async fn what_is_verified_is_confirmed_alike_and_hands_both_over() {
    let case = Case::start().await;
    let urls = CallbackUrls::new(secret("correct horse battery staple"));
    let url = urls.mint("https://app.example/", "a").unwrap();
    let verifier = Verifier::builder().callback_urls(urls).group(case.server.group()).build().unwrap();
    let body = Case::changes(&[("document", &case.document, 10), ("signer", &case.signers[0], 10)]);
    let verified = outcome(&verifier, &Request::post(url.expose()).body(body).unwrap().into()).unwrap();
    let confirmation = verified.confirm_with(&case.client).await.unwrap();
    let Confirmation::Agrees(confirmed) = confirmation else { panic!("{confirmation:?}") };
    assert_eq!(confirmed.event(), verified.event());
    let text = format!("{confirmed:?}");
    assert!(!text.contains("ada@example.com") && !text.contains(&case.document), "{text}");
    let (_, resources) = confirmed.into_parts();
    let [Resource::Document(document), Resource::Signer(signer)] = &*resources else {
        panic!("{resources:?}")
    };
    assert_eq!(document.name.as_deref(), Some("Lease"));
    assert_eq!(signer.email.as_deref(), Some("ada@example.com"));
}

#[tokio::test]
async fn an_event_that_contradicts_itself_is_not_confirmed() {
    let case = Case::start().await;
    let about = |event: &str, status: i64| {
        case.realtime("recipient", event, &json!({ "uuid": case.signers[0], "status": status }))
    };
    // The signer is at 10. The word says more than the number, and the number is right.
    for event in ["completed", "rejected", "emailOpened", "visiting"] {
        assert_eq!(case.ask(about(event, 10)).await, (OTHER_STATE, 1), "{event}");
    }
    case.server.sign(&case.signers[0]).unwrap();
    assert_eq!(case.ask(about("completed", 10)).await, (Answer::Agrees, 1));
}

#[tokio::test]
async fn names_and_tags_that_are_told_have_to_be_those_of_the_document() {
    let case = Case::start().await;
    let group = format!("/api/v1/group/{}/", case.server.group());
    let notice =
        |name: &str, value: &str| encoded([("uuid", &*case.document), ("group", &group), (name, value)]);
    assert_eq!(case.ask(notice("name", "Lease")).await, (Answer::Agrees, 1));
    assert_eq!(case.ask(notice("tag", "")).await, (Answer::Agrees, 1));
    for (name, value) in [("name", "Loan"), ("tag", "contract-17"), ("tag1", "x"), ("tag2", "x")] {
        assert_eq!(
            case.ask(notice(name, value)).await,
            (Answer::Differs(Difference::OtherName), 1),
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_list_that_no_signature_covers_reads_twenty_resources_at_most() {
    let case = Case::start().await;
    let ids: Vec<_> = (0..21).map(|number| format!("d{number}")).collect();
    let list = |count: usize| {
        Case::changes(&ids.iter().take(count).map(|id| ("document", id.as_str(), 10)).collect::<Vec<_>>())
    };
    case.server.clear_requests();
    assert_eq!(case.ask(list(21)).await, (Answer::CannotTell(Doubt::TooMany), 0));
    assert_eq!(case.server.requests().len(), 0);
    assert_eq!(case.ask(list(20)).await, (NOT_FOUND, 0));
    assert_eq!(case.server.requests().len(), 20);

    // A URL proves who sent it, and nothing about the list.
    let urls = CallbackUrls::new(secret("correct horse battery staple"));
    let url = urls.mint("https://app.example/", "a").unwrap();
    let by_url = Verifier::builder().callback_urls(urls).group(GROUP).build().unwrap();
    let signed = pinned().build().unwrap();
    let data = |count| {
        let list = list(count);
        url::form_urlencoded::parse(list.as_bytes()).next().unwrap().1.into_owned()
    };
    for (verifier, count, expected, calls) in [
        (&by_url, 21, Answer::CannotTell(Doubt::TooMany), 0),
        (&by_url, 20, NOT_FOUND, 20),
        (&signed, 21, NOT_FOUND, 21),
    ] {
        let verified = outcome(verifier, &at(url.expose(), &signed_changes(&data(count)))).unwrap();
        case.server.clear_requests();
        let confirmation = verified.confirm_with(&case.client).await.unwrap();
        assert_eq!((answer(&confirmation), case.server.requests().len()), (expected, calls), "{count}");
    }
}

/// A word in the place of an address says nothing, so nothing is compared with it.
#[tokio::test]
async fn a_group_that_is_no_address_is_not_compared() {
    let case = Case::start().await;
    let verifier = pinned().any_group_even_another_customers().build().unwrap();
    for group in ["Our Group", "other"] {
        let notice = json!({ "uuid": case.document, "group": group }).to_string();
        let verified = outcome(&verifier, &signed_notice(&notice)).unwrap();
        let Event::Notice(notice) = verified.event() else { panic!("{verified:?}") };
        assert_eq!((&notice.group, &notice.other), (&None, &json!({ "group": group })));
        let confirmation = verified.confirm_with(&case.client).await.unwrap();
        assert_eq!(answer(&confirmation), Answer::Agrees, "{group}");
    }
}

#[tokio::test]
async fn each_change_of_a_list_can_be_confirmed_alone() {
    let case = Case::start().await;
    let body =
        Case::changes(&[("document", "gone", 10), ("document", &case.document, 10), ("template", "t1", 1)]);
    let reader = UnverifiedReader::for_group(case.server.group()).unwrap();
    let unverified = reader.read(&Request::post("/").body(body).unwrap().into()).unwrap();
    let Event::Changes(changes) = unverified.trust_without_proof() else { panic!("no changes") };
    let mut found = Vec::new();
    for change in &changes {
        found.push(match change.confirm_with(&case.client).await.unwrap() {
            Confirmation::Agrees(confirmed) => {
                assert!(confirmed.resource().document().is_some());
                Answer::Agrees
            }
            Confirmation::Differs { difference, .. } => Answer::Differs(difference),
            Confirmation::CannotTell { doubt, .. } => Answer::CannotTell(doubt),
        });
    }
    assert_eq!(found, [NOT_FOUND, Answer::Agrees, NOTHING]);
}
