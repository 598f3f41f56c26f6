//! SIGN8's callbacks: what happened is in the path, and whom it is about perhaps in a header.

use crate::webhook::{secret, time};
use countersign::Link;
use countersign::sign8::webhook::{CallbackUrls, Event, EventKind, UnverifiedReader, Verifier};
use countersign::webhook::{Audience, ConfigurationError, Delivery, Reason, Verified};
use http::{HeaderValue, Request};
use proptest::prelude::{prop_assert, proptest};

const ORGANISATION: &str = "org-7";
const REFUSED: &str = "/api/workflow/workflowRefused";
const SPELLINGS: [&str; 4] = ["organisation_id", "organisation-id", "organization_id", "organization-id"];

fn urls() -> CallbackUrls {
    CallbackUrls::new(secret("correct horse battery staple"))
}

fn url(reference: &str) -> Link {
    urls().mint("https://app.example/sign8", reference).unwrap()
}

fn verifier() -> Verifier {
    Verifier::builder().callback_urls(urls()).organisation(ORGANISATION).build().unwrap()
}

/// What arrives at the URL with this reference.
fn called(reference: &str, path: &str, headers: &[(&str, &str)], body: &'static str) -> Delivery {
    let mut request = Request::post(format!("{}{path}", url(reference).expose())).body(body).unwrap();
    for (name, value) in headers {
        let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
        request.headers_mut().append(name.parse::<http::HeaderName>().unwrap(), value);
    }
    request.into()
}

fn outcome(verifier: &Verifier, delivery: &Delivery) -> Result<Verified<Event>, Reason> {
    verifier.verify(delivery, time(0)).map_err(|rejection| rejection.reason())
}

#[track_caller]
fn audience(reference: &str, headers: &[(&str, &str)]) -> Result<Audience, Reason> {
    outcome(&verifier(), &called(reference, REFUSED, headers, "")).map(|verified| verified.audience())
}

fn kind(path: &str) -> Result<EventKind, Reason> {
    outcome(&verifier(), &called(ORGANISATION, path, &[], "")).map(|verified| verified.into_event().kind)
}

#[test]
fn a_verifier_needs_urls_and_an_organisation() {
    let builder = Verifier::builder().callback_urls(urls());
    assert_eq!(builder.clone().build().unwrap_err(), ConfigurationError::NoAudience);
    assert_eq!(builder.organisation(" ").build().unwrap_err(), ConfigurationError::NoAudience);
    let builder = Verifier::builder().organisation(ORGANISATION);
    assert_eq!(builder.build().unwrap_err(), ConfigurationError::NoCredential);
    assert_eq!(UnverifiedReader::for_organisation("").unwrap_err(), ConfigurationError::NoAudience);
}

#[test]
fn the_last_segment_of_the_path_is_what_happened() {
    let unknown = |name: &str| Ok(EventKind::from(name));
    let cases = [
        (REFUSED, Ok(EventKind::WorkflowRefused)),
        ("/api/workflow/workflowExpired", Ok(EventKind::WorkflowExpired)),
        ("/workflowRefused/", Ok(EventKind::WorkflowRefused)),
        ("//workflowRefused//", Ok(EventKind::WorkflowRefused)),
        ("/workflow%52efused", Ok(EventKind::WorkflowRefused)),
        ("/workflowRefused?a=/b", Ok(EventKind::WorkflowRefused)),
        ("/workflowrefused", unknown("workflowrefused")),
        ("/workflowRefused/x", unknown("x")),
        ("/a%2Fb", unknown("a/b")),
        ("/%F0%9F%96%8B", unknown("🖋")),
        ("", Err(Reason::MalformedBody)),
        ("/", Err(Reason::MalformedBody)),
        ("/%FF", Err(Reason::MalformedBody)),
        ("/a%0Ab", Err(Reason::MalformedBody)),
        ("/%00", Err(Reason::MalformedBody)),
        ("/%E2%80%A8", Err(Reason::MalformedBody)),
        ("/cs1%2Ea", Err(Reason::MalformedBody)),
    ];
    for (path, expected) in cases {
        assert_eq!(kind(path), expected, "{path}");
    }
}

#[test]
fn the_organisation_may_be_spelt_in_four_ways() {
    for name in SPELLINGS {
        assert_eq!(audience("installation", &[(name, ORGANISATION)]), Ok(Audience::Matched), "{name}");
        assert_eq!(audience(ORGANISATION, &[(name, "org-8")]), Err(Reason::WrongAudience), "{name}");
        let event =
            outcome(&verifier(), &called("a", REFUSED, &[(name, ORGANISATION)], "")).unwrap().into_event();
        assert_eq!(event.organisation.as_ref().map(AsRef::as_ref), Some(ORGANISATION));
    }
    for wrong in ["ORG-7", "org-7, org-7", "org", "org-70"] {
        assert_eq!(
            audience(ORGANISATION, &[("organisation_id", wrong)]),
            Err(Reason::WrongAudience),
            "{wrong}"
        );
    }
}

#[test]
fn two_organisations_are_refused_unless_they_are_the_same() {
    for first in SPELLINGS {
        for second in SPELLINGS {
            let same = [(first, ORGANISATION), (second, ORGANISATION)];
            assert_eq!(audience("a", &same), Ok(Audience::Matched), "{first} {second}");
            let differ = [(first, ORGANISATION), (second, "org-8")];
            assert_eq!(audience("a", &differ), Err(Reason::WrongAudience), "{first} {second}");
        }
    }
    // Also where every organisation would do.
    let builder = Verifier::builder().callback_urls(urls()).any_organisation_even_another_customers();
    let differ = called("a", REFUSED, &[("organisation_id", "a"), ("organization-id", "b")], "");
    assert_eq!(outcome(&builder.build().unwrap(), &differ).map(|_| ()), Err(Reason::WrongAudience));
}

#[test]
fn an_organisation_that_is_no_text_is_refused() {
    for wrong in ["", "é", "a\tb"] {
        assert_eq!(
            audience(ORGANISATION, &[("organisation_id", wrong)]),
            Err(Reason::MalformedBody),
            "{wrong:?}"
        );
    }
}

#[test]
fn without_the_header_the_url_says_whom_it_is_for_or_nobody_does() {
    assert_eq!(audience(ORGANISATION, &[]), Ok(Audience::Matched));
    for reference in ["installation", "org-8", "ORG-7"] {
        assert_eq!(audience(reference, &[]), Ok(Audience::NotNamed), "{reference}");
    }
    let verified = outcome(&verifier(), &called(ORGANISATION, REFUSED, &[], "")).unwrap();
    assert_eq!((&verified.event().organisation, verified.reference()), (&None, Some(ORGANISATION)));
}

#[test]
fn any_organisation_can_be_accepted_and_is_not_called_matched() {
    let builder = Verifier::builder().callback_urls(urls()).any_organisation_even_another_customers();
    let verifier = builder.build().unwrap();
    for headers in [&[("organisation_id", "org-8")][..], &[]] {
        let verified = outcome(&verifier, &called("installation", REFUSED, headers, "")).unwrap();
        assert_eq!(verified.audience(), Audience::NotChecked);
    }
}

#[test]
fn the_header_proves_nothing() {
    let request =
        Request::post("/sign8/api/workflow/workflowRefused").header("organisation_id", ORGANISATION);
    let delivery = request.body("").unwrap().into();
    assert_eq!(outcome(&verifier(), &delivery).map(|_| ()), Err(Reason::MissingCredential));
}

#[test]
fn events_are_told_apart_by_organisation_kind_and_body() {
    let key = |path: &str, headers: &[(&str, &str)], body| {
        let verifier = Verifier::builder().callback_urls(urls()).any_organisation_even_another_customers();
        let verified =
            outcome(&verifier.build().unwrap(), &called(ORGANISATION, path, headers, body)).unwrap();
        assert_eq!(verified.event().body(), body);
        verified.dedupe_key().to_string()
    };
    let header = [("organisation_id", ORGANISATION)];
    let mut keys = vec![
        key(REFUSED, &header, "w1"),
        key(REFUSED, &header, "w2"),
        key(REFUSED, &[("organisation_id", "org-8")], "w1"),
        key("/workflowExpired", &header, "w1"),
        // Where one ends and the other begins counts.
        key("/workflowExpiredw", &header, "1"),
    ];
    assert_eq!(key("/workflowRefused", &[("organization-id", ORGANISATION)], "w1"), keys[0]);
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 5);
}

#[test]
fn a_body_that_is_json_can_be_read_as_such() {
    let json = |body| outcome(&verifier(), &called("a", REFUSED, &[], body)).unwrap().event().json();
    assert_eq!(json(r#"{"workflowId":"w1"}"#).unwrap()["workflowId"], "w1");
    assert_eq!((json(""), json("workflow=w1")), (None, None));
}

#[test]
fn what_nothing_proves_is_compared_with_the_organisation_too() {
    let reader = UnverifiedReader::for_organisation(ORGANISATION).unwrap();
    let read = |headers: &[(&str, &str)]| {
        let outcome = reader.read(&called("installation", REFUSED, headers, ""));
        outcome.map(|unverified| unverified.audience()).map_err(|rejection| rejection.reason())
    };
    assert_eq!(read(&[("organisation_id", ORGANISATION)]), Ok(Audience::Matched));
    assert_eq!(read(&[("organisation_id", "org-8")]), Err(Reason::WrongAudience));
    // Nobody has checked the token, so its reference says nothing.
    assert_eq!(read(&[]), Ok(Audience::NotNamed));
}

proptest! {
    #[test]
    fn no_path_behind_the_token_makes_it_panic(path in "(/|[!-~]){0,30}") {
        let Ok(uri) = format!("{}/{path}", url(ORGANISATION).expose()).parse::<http::Uri>() else { return Ok(()) };
        let delivery = Request::post(uri).body("").unwrap().into();
        if let Ok(verified) = outcome(&verifier(), &delivery) {
            prop_assert!(!verified.event().kind.as_str().starts_with("cs1."));
        }
    }
}
