//! Signed callback URLs: what fuzzing found about them.

use super::silence::assert_debug_silent;
use countersign::leap::webhook::{CallbackUrls, Verifier};
use countersign::webhook::{ConfigurationError, Delivery};
use http::Request;

fn urls() -> CallbackUrls {
    CallbackUrls::new(super::secret("correct horse battery staple"))
}

fn delivered(url: &str) -> Delivery {
    Request::post(url).body("").unwrap().into()
}

#[test]
fn an_address_with_a_token_is_refused_before_every_callback_is() {
    let minted = urls().mint("https://app.example/leap", "contract-17").unwrap();
    for address in [
        minted.expose(),
        "https://app.example/cs1./x",
        "https://app.example/a/../cs1.x",
        "http://[::1]/cs1.?",
    ] {
        assert_eq!(urls().mint(address, "r").unwrap_err(), ConfigurationError::UnusableAddress, "{address}");
    }
    assert!(urls().mint("https://cs1.example/x-cs1.y", "r").is_ok());
}

#[test]
fn what_is_around_an_address_is_no_part_of_the_url() {
    let verifier = Verifier::builder().callback_urls(urls()).build().unwrap();
    for address in
        [" https://app.example/leap\r\n", "https://app.example/le\nap", "HTTPS://APP.example:443/leap/"]
    {
        let url = urls().mint(address, "contract-17").unwrap();
        assert!(url.expose().starts_with("https://app.example/leap/cs1."), "{address:?}");
        let verified = verifier.verify(&delivered(url.expose()), super::time(0)).unwrap();
        assert_eq!(verified.reference(), Some("contract-17"));
    }
}

#[test]
fn a_reference_is_not_printed_as_a_dedupe_key_either() {
    let verifier = Verifier::builder().callback_urls(urls()).build().unwrap();
    let url = urls().mint("https://app.example/leap", "canary@example.com").unwrap();
    let verified = verifier.verify(&delivered(url.expose()), super::time(0)).unwrap();
    assert_eq!(verified.dedupe_key().as_str(), "leap:canary@example.com");
    assert_debug_silent(&verified);
}
