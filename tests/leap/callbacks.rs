//! Leap's callback: the URL is all there is to it.

use crate::webhook::{secret, time};
use countersign::leap::webhook::{CallbackUrls, UnverifiedReader, Verifier};
use countersign::leap::{Client, Person, ProjectId, SignDocument};
use countersign::mock::leap::{ID_PATH, Server};
use countersign::webhook::{Assurance, Audience, ConfigurationError, Delivery, Reason, Verify};
use countersign::{Content, Link};
use http::{Method, Request};

fn urls() -> CallbackUrls {
    CallbackUrls::new(secret("correct horse battery staple"))
}

fn url() -> Link {
    urls().mint("https://app.example/leap", "contract-17").unwrap()
}

fn verifier() -> Verifier {
    Verifier::builder().callback_urls(urls()).build().unwrap()
}

fn called(address: &str, body: &'static [u8]) -> Delivery {
    Request::post(address).body(body).unwrap().into()
}

#[test]
fn a_verifier_needs_urls_and_nobody_to_expect() {
    assert_eq!(Verifier::builder().build().unwrap_err(), ConfigurationError::NoCredential);
    let more = Verifier::builder().callback_urls(urls()).least_assurance(Assurance::Payload);
    assert_eq!(more.build().unwrap_err(), ConfigurationError::UnattainableAssurance);
}

#[test]
fn whatever_comes_to_the_url_is_a_completion() {
    for body in [&b""[..], b"null", b"{\"projectId\":\"p2\"}", b"\xFF\0", b"a=b"] {
        let verified = verifier().verify(&called(url().expose(), body), time(0)).unwrap();
        assert_eq!(verified.audience(), Audience::Matched);
        assert_eq!(verified.event().reference(), Some("contract-17"));
        assert_eq!(
            (&verified.event().body()[..], &verified.payload()[..], &verified.body()[..]),
            (body, body, body)
        );
        assert_eq!(verified.dedupe_key().as_str(), "leap:contract-17");
    }
}

#[test]
fn the_method_is_post() {
    for method in [Method::GET, Method::PUT, Method::HEAD] {
        let delivery = Request::builder().method(method).uri(url().expose()).body("").unwrap().into();
        assert_eq!(verifier().verify(&delivery, time(0)).unwrap_err().reason(), Reason::WrongMethod);
    }
}

#[test]
fn the_limit_is_looked_at_before_the_url() {
    let verifier = Verifier::builder().callback_urls(urls()).body_limit(3).build().unwrap();
    assert!(verifier.verify(&called(url().expose(), b"123"), time(0)).is_ok());
    for address in [url().expose(), "/"] {
        let rejection = verifier.verify(&called(address, b"1234"), time(0)).unwrap_err();
        assert_eq!(rejection.reason(), Reason::TooLarge);
    }
}

#[test]
fn what_nothing_proves_is_told_apart_by_its_path() {
    let read = |address: &str| UnverifiedReader::default().read(&called(address, b"x")).unwrap();
    let (first, again, other) = (read("/leap/1"), read("/leap/1?a=b"), read("/leap/2"));
    assert_eq!(first.dedupe_key(), again.dedupe_key());
    assert_ne!(first.dedupe_key(), other.dedupe_key());
    assert_eq!(first.audience(), Audience::NotNamed);
    // A token is not looked at, so nothing that it says is told.
    let unverified = read(url().expose());
    assert!(!unverified.dedupe_key().as_str().contains("cs1."));
    assert_eq!(unverified.trust_without_proof().reference(), None);
    let limited = UnverifiedReader::new().with_body_limit(3);
    assert_eq!(limited.body_limit(), 3);
    assert_eq!(limited.read(&called("/", b"1234")).unwrap_err().reason(), Reason::TooLarge);
}

async fn started(client: &Client) -> ProjectId {
    let person = || Person::default().name("ada").email("ada@example.com");
    let call = client.start_signing_process("Contract", SignDocument::pdf(Content::bytes("%PDF-1.7")));
    let call =
        call.project_owner(person()).signers([person()]).sign_tasks_completed_callback_url(url().expose());
    call.send().await.unwrap().id_at(ID_PATH).unwrap()
}

#[tokio::test]
async fn a_completion_is_confirmed_by_reading_the_process_that_was_stored_with_it() {
    let server = Server::start().await.unwrap();
    let client = server.client().unwrap();
    let id = started(&client).await;
    server.sign_all(&id).unwrap();
    let verified = verifier().verify(&called(url().expose(), b""), time(0)).unwrap();
    let process = verified.confirm_with(&client, &id).await.unwrap();
    let expected = client.get_signing_process(&id).send().await.unwrap();
    assert_eq!(process.id_at(ID_PATH).as_ref(), Some(&id));
    assert_eq!(format!("{process:?}"), format!("{expected:?}"));
    let unverified = UnverifiedReader::new().read(&called("/", b"")).unwrap();
    assert!(unverified.confirm_with(&client, &id).await.is_ok());
    assert!(unverified.confirm_with(&client, "p-0").await.unwrap_err().is_not_found());
}
