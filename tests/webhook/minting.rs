//! Callback URLs: what can be made, and what cannot.

use super::*;
use countersign::leap::webhook::{CallbackUrls, Verifier};
use countersign::webhook::{ConfigurationError, Key, KeySet};
use proptest::prelude::{prop_assert_eq, proptest};

const ADDRESS: &str = "https://app.example/callbacks";

fn urls() -> CallbackUrls {
    CallbackUrls::new(secret(SECRET))
}

#[track_caller]
fn assert_refused(address: &str, reference: &str, error: ConfigurationError) {
    assert_eq!(urls().mint(address, reference).unwrap_err(), error, "{address} {reference:?}");
    let later = urls().mint_until(address, reference, time(0)).unwrap_err();
    assert_eq!(later, error, "{address} {reference:?}");
}

#[test]
fn an_address_is_https_or_on_this_machine() {
    for address in [
        "http://app.example/callbacks",
        "http://127.0.0.1.app.example/",
        "http://localhost.app.example/",
        "ftp://app.example/",
        "//app.example/",
        "/callbacks",
        "app.example/callbacks",
        "",
    ] {
        assert_refused(address, "a", ConfigurationError::UnusableAddress);
    }
    for address in ["http://localhost:8080", "http://127.0.0.1/x", "http://[::1]:81/", "https://app.example"]
    {
        let url = urls().mint(address, "a").unwrap();
        assert!(url.expose().starts_with(&format!("{}/cs1.", address.trim_end_matches('/'))), "{address}");
    }
}

#[test]
fn an_address_has_no_query_and_no_fragment() {
    for end in ["?", "?a=b", "#", "#top", "/?a", "/x?cs1.a.b"] {
        assert_refused(&format!("{ADDRESS}{end}"), "a", ConfigurationError::UnusableAddress);
    }
}

/// Blanks around it and characters that a parser of URLs would change: what is called is the URL that it is read as.
#[test]
fn an_address_is_the_url_that_it_is_read_as() {
    let cases = [
        (" https://app.example\n", "https://app.example/cs1."),
        ("https://APP.example:443/a/../b c/", "https://app.example/b%20c/cs1."),
        ("https://app.example\\a", "https://app.example/a/cs1."),
        ("https://b\u{fc}cher.example/\u{fc}", "https://xn--bcher-kva.example/%C3%BC/cs1."),
        ("https://app.example//", "https://app.example/cs1."),
    ];
    for (address, start) in cases {
        let url = urls().mint(address, "a").unwrap();
        assert!(url.expose().starts_with(start), "{address}");
        assert!(url.expose().bytes().all(|byte| byte.is_ascii_graphic()), "{address}");
    }
}

/// The verifier would find two tokens and refuse all callbacks.
#[test]
fn an_address_has_no_token_yet() {
    let first = urls().mint(ADDRESS, "a").unwrap();
    assert_refused(first.expose(), "a", ConfigurationError::UnusableAddress);
}

#[test]
fn a_reference_is_one_line_of_1_to_512_bytes() {
    let long = "é".repeat(257);
    for reference in ["", "a\nb", "\0", "a\u{85}", "a\u{2028}b", "\u{2029}", &"a".repeat(513), &long] {
        assert_refused(ADDRESS, reference, ConfigurationError::UnusableReference);
    }
    for reference in [" ", "a", &"a".repeat(512), &"é".repeat(256)] {
        assert!(urls().mint(ADDRESS, reference).is_ok(), "{reference}");
    }
}

#[test]
fn without_a_valid_key_nothing_is_signed() {
    let keys = [
        Key::new("old", secret(SECRET)).not_after(time(10)),
        Key::new("new", secret(SECRET)).not_before(time(20)),
    ];
    let clock = Hand::at(11);
    let urls = CallbackUrls::new(KeySet::new(keys).unwrap()).with_clock(clock.clone());
    assert_eq!(urls.mint(ADDRESS, "a").unwrap_err(), ConfigurationError::NoValidKey);
    for now in [10, 20] {
        clock.move_to(now);
        assert!(urls.mint(ADDRESS, "a").is_ok());
    }
}

#[test]
fn the_first_valid_key_signs() {
    let keys = [
        Key::new("next", secret(SECRET)).not_before(time(10)),
        Key::new("now", secret("another-secret-01234")),
    ];
    let clock = Hand::at(9);
    let urls = CallbackUrls::new(KeySet::new(keys).unwrap()).with_clock(clock.clone());
    let verifier = Verifier::builder().callback_urls(urls.clone()).build().unwrap();
    for (now, id) in [(9, "now"), (10, "next")] {
        clock.move_to(now);
        let url = urls.mint(ADDRESS, "a").unwrap();
        let request = Request::post(url.expose()).body("").unwrap();
        assert_eq!(verifier.verify(&request.into(), time(20)).unwrap().key_id(), id);
    }
}

proptest! {
    #[test]
    fn a_reference_comes_back_as_it_was(reference in r"[^\p{C}\p{Zl}\p{Zp}]{1,100}", slashes in "/{0,2}") {
        let url = urls().mint(&format!("{ADDRESS}{slashes}"), &reference).unwrap();
        // It goes through what HTTP servers make of an address.
        let request = Request::post(url.expose()).body("").unwrap();
        let verifier = Verifier::builder().callback_urls(urls()).build().unwrap();
        let verified = verifier.verify(&request.into(), time(0)).unwrap();
        prop_assert_eq!(verified.reference(), Some(&*reference));
        let normal = url.expose().parse::<url::Url>().unwrap();
        prop_assert_eq!(normal.as_str(), url.expose());
    }
}
