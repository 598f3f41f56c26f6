//! What is signed is not replaced by what is not.

use super::*;
use countersign::Link;
use countersign::legalesign::webhook::CallbackUrls;
use countersign::webhook::{Assurance, Scheme};

const DOCUMENT: &str = r#"{"uuid":"d1","group":"/api/v1/group/our-group/"}"#;
const REALTIME: &str = r#"{"object":"document","event":"created","data":{"uuid":"d1","groupResourceUri":"/api/v1/group/our-group/"}}"#;
const PLAIN: &str =
    "resource_uri=%2Fapi%2Fv1%2Fdocument%2Fd1%2F&group=/api/v1/group/our-group/&name=n&uuid=d1&tag=t";

/// What no signature of the provider covers.
fn unsigned() -> [String; 4] {
    [PLAIN.to_owned(), format!("{PLAIN}&signed=AAAA"), REALTIME.to_owned(), format!(" \n{REALTIME}")]
}

fn urls() -> CallbackUrls {
    CallbackUrls::new(crate::webhook::secret("correct horse battery staple"))
}

fn url() -> Link {
    urls().mint("https://app.example/legalesign", "signed").unwrap()
}

/// With a certificate, and a URL for what is not signed.
fn both() -> Verifier {
    pinned().callback_urls(urls()).least_assurance(Assurance::Sender).build().unwrap()
}

#[test]
fn a_certificate_alone_accepts_nothing_that_is_not_signed() {
    for body in unsigned() {
        assert_eq!(refused(&posted(body.clone())), Reason::MissingCredential, "{body}");
        // A header that is not meant for it changes nothing.
        let signature = key().sign_sha1(body.as_bytes());
        let request = Request::post("/").header("x-signed", signature).header("x-signed-sha256", "AAAA");
        assert_eq!(refused(&request.body(body.clone()).unwrap().into()), Reason::MissingCredential, "{body}");
    }
}

#[test]
fn a_certificate_and_a_url_accept_nothing_less_unless_told_to() {
    let verifier = pinned().callback_urls(urls()).build().unwrap();
    for body in unsigned() {
        let outcome = outcome(&verifier, &at(url().expose(), &posted(body))).map(|_| ());
        assert_eq!(outcome, Err(Reason::TooWeak));
    }
    let verified = outcome(&verifier, &at(url().expose(), &signed_changes(EMPTY))).unwrap();
    assert_eq!(verified.assurance(), Assurance::Payload);
}

#[test]
fn what_is_not_signed_is_accepted_over_a_right_url_if_that_will_do() {
    for body in unsigned() {
        let verified = outcome(&both(), &at(url().expose(), &posted(body))).unwrap();
        let schemes: Vec<_> = verified.proofs().map(countersign::webhook::Proof::scheme).collect();
        assert_eq!((verified.assurance(), &*schemes), (Assurance::Sender, &[Scheme::CallbackUrl][..]));
        assert_eq!(verified.reference(), Some("signed"));
    }
}

#[test]
fn what_is_signed_is_told_from_what_is_not() {
    for delivery in [signed_changes(EMPTY), signed_notice(DOCUMENT)] {
        let verified = outcome(&both(), &at(url().expose(), &delivery)).unwrap();
        let schemes: Vec<_> = verified.proofs().map(countersign::webhook::Proof::scheme).collect();
        assert_eq!(
            (verified.assurance(), &*schemes),
            (Assurance::Payload, &[Scheme::Rsa, Scheme::CallbackUrl][..])
        );
    }
}

#[test]
fn a_right_url_does_not_make_up_for_a_wrong_signature() {
    let other = key().sign_sha1(b"[1]");
    let cases = [
        (changes_form(EMPTY, &other), Reason::WrongCredential),
        (changes_form(EMPTY, ""), Reason::WrongCredential),
        (changes_form(EMPTY, "AAAA="), Reason::MalformedCredential),
        (posted(encoded([("data", EMPTY)])), Reason::MissingCredential),
        (notice_form(DOCUMENT, &other, &[]).into(), Reason::WrongCredential),
        (posted(encoded([("json_signed", DOCUMENT)])), Reason::MissingCredential),
        // The signature of one kind in the place of the other.
        (
            posted(encoded([("json_signed", DOCUMENT), ("signed", &key().sign_sha1(DOCUMENT.as_bytes()))])),
            Reason::MissingCredential,
        ),
    ];
    for (delivery, reason) in cases {
        let outcome = outcome(&both(), &at(url().expose(), &delivery)).map(|_| ());
        assert_eq!(outcome, Err(reason), "{:?}", delivery.body());
    }
}

#[test]
fn a_right_signature_does_not_make_up_for_a_wrong_url() {
    for delivery in [signed_changes(EMPTY), signed_notice(DOCUMENT)] {
        assert_eq!(outcome(&both(), &delivery).map(|_| ()), Err(Reason::MissingCredential));
        let wrong = at(&format!("{}A", url().expose()), &delivery);
        assert_eq!(outcome(&both(), &wrong).map(|_| ()), Err(Reason::MalformedCredential));
        let other = CallbackUrls::new(crate::webhook::secret("staple battery horse correct"));
        let wrong = at(other.mint("https://app.example", "signed").unwrap().expose(), &delivery);
        assert_eq!(outcome(&both(), &wrong).map(|_| ()), Err(Reason::WrongCredential));
    }
}

#[test]
fn urls_alone_do_not_look_at_signatures() {
    let verifier = Verifier::builder().callback_urls(urls()).group(GROUP).build().unwrap();
    let verified = outcome(&verifier, &at(url().expose(), &changes_form(EMPTY, "AAAA"))).unwrap();
    assert_eq!(verified.assurance(), Assurance::Sender);
}
