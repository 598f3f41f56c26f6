//! Tokens and references are as secret as passwords and names.

use super::*;
use crate::support::log::Log;
use axum::Router;
use axum::body::Body;
use countersign::webhook::{
    Acknowledgement, CallbackRouter, HmacKey, HmacScheme, SignatureEncoding, Verified, Verify,
};
use countersign::{leap, legalesign, sign8, signly};
use std::fmt::Debug;
use tower::ServiceExt;

const ADDRESS: &str = "https://app.example/callbacks";
const REFERENCE: &str = "canary-reference@example.com";

#[track_caller]
fn assert_silent(text: &str, token: &str) {
    for canary in ["canary", SECRET, "cs1.", token] {
        assert!(!text.contains(canary), "{canary} in {text}");
    }
}

#[track_caller]
fn assert_debug_silent(value: &impl Debug, token: &str) {
    assert_silent(&format!("{value:?}"), token);
    assert_silent(&format!("{value:#?}"), token);
}

/// Everything around a callback to a signed URL that can be printed.
#[track_caller]
fn assert_verified_silent<V, E: Debug>(verifier: &V, request: Request<String>)
where
    V: Verify<Output = Verified<E>> + Debug,
{
    let token =
        request.uri().path().split('/').find_map(|segment| segment.strip_prefix("cs1.")).unwrap().to_owned();
    assert_debug_silent(verifier, &token);
    let delivery = Delivery::from(request);
    assert_debug_silent(&delivery, &token);
    let verified = verifier.verify(&delivery, time(0)).unwrap();
    assert_eq!(verified.reference(), Some(REFERENCE));
    assert_debug_silent(&verified, &token);
    assert_debug_silent(&verified.proofs().collect::<Vec<_>>(), &token);
    assert_debug_silent(verified.event(), &token);
    let wrong = Delivery::from(Request::post(format!("/callbacks/cs1.{token}x")).body(EMAIL).unwrap());
    let rejection = verifier.verify(&wrong, time(0)).map(|_| ()).unwrap_err();
    assert_debug_silent(&rejection, &token);
    assert_silent(&rejection.to_string(), &token);
}

#[test]
fn neither_token_nor_reference_is_printed_with_what_leap_sends() {
    let urls = leap::webhook::CallbackUrls::new(secret(SECRET));
    let url = urls.mint(ADDRESS, REFERENCE).unwrap();
    assert_debug_silent(&urls, "cs1.");
    assert_debug_silent(&url, "cs1.");
    let builder = leap::webhook::Verifier::builder().callback_urls(urls);
    assert_debug_silent(&builder, "cs1.");
    assert_verified_silent(
        &builder.build().unwrap(),
        Request::post(url.expose()).body(EMAIL.into()).unwrap(),
    );
}

#[test]
fn neither_token_nor_reference_is_printed_with_what_sign8_sends() {
    let urls = sign8::webhook::CallbackUrls::new(secret(SECRET));
    let url = urls.mint(ADDRESS, REFERENCE).unwrap();
    let verifier =
        sign8::webhook::Verifier::builder().callback_urls(urls).organisation("org-7").build().unwrap();
    let called = format!("{}/api/workflow/workflowRefused", url.expose());
    assert_verified_silent(&verifier, Request::post(called).body(EMAIL.into()).unwrap());
}

#[test]
fn neither_token_nor_reference_is_printed_with_what_signly_sends() {
    let urls = signly::webhook::CallbackUrls::new(secret(SECRET));
    let url = urls.mint(ADDRESS, REFERENCE).unwrap();
    let verifier = Verifier::builder().callback_urls(urls).tenant(TENANT).build().unwrap();
    let body = changed(json!({ "data": EMAIL })).to_string();
    assert_verified_silent(&verifier, Request::post(url.expose()).body(body).unwrap());
}

#[test]
fn neither_token_nor_reference_is_printed_with_what_legalesign_sends() {
    let urls = legalesign::webhook::CallbackUrls::new(secret(SECRET));
    let url = urls.mint(ADDRESS, REFERENCE).unwrap();
    let builder = legalesign::webhook::Verifier::builder().callback_urls(urls).group("our-group");
    let verifier = builder.build().unwrap();
    let mail = json!(EMAIL);
    let recipients = json!([{ "uuid": "s1", "email": mail, "firstname": mail, "lastname": mail, "rejectReason": mail, "canary": mail }]);
    let document = json!({ "uuid": "d1", "groupResourceUri": "/api/v1/group/our-group/", "name": mail, "tag": mail, "tag1": mail, "tag2": mail, "recipients": recipients, "canary": mail });
    let recipient = json!({ "uuid": "s1", "groupResourceUri": "/api/v1/group/our-group/", "email": mail, "firstname": mail, "lastname": mail, "documentName": mail, "rejectReason": mail, "emailBounceMessage": mail, "tag": mail, "canary": mail });
    let event = |object: &str, event: &str, data: &Value| {
        json!({ "version": mail, "object": object, "event": event, "canary": mail, "data": data }).to_string()
    };
    let bodies = [
        event("document", "created", &document),
        event("recipient", "completed", &recipient),
        event("canary", "canary", &document),
        format!("uuid=d1&group=/api/v1/group/our-group/&name={EMAIL}&tag={EMAIL}&tag1={EMAIL}&tag2={EMAIL}&canary={EMAIL}"),
        r#"json_signed={"uuid":"d1","group":"/api/v1/group/our-group/","tag":"canary@example.com","canary":"canary"}"#.to_owned(),
        r#"data=[{"name":"canary","value":"1","timestamp":"t"},{"name":"status","value":"40","resource_uri":"/api/v1/signer/s1/","canary":1}]"#.to_owned(),
    ];
    for body in bodies {
        assert_verified_silent(&verifier, Request::post(url.expose()).body(body).unwrap());
    }
}

#[test]
fn keys_of_an_hmac_are_not_printed() {
    let scheme =
        HmacScheme::new("x-signature", SignatureEncoding::Hex, HmacKey::text(&secret(SECRET))).unwrap();
    assert_debug_silent(&HmacKey::text(&secret(SECRET)), SECRET);
    assert_debug_silent(&scheme, SECRET);
    assert_debug_silent(&builder().hmac(scheme).build().unwrap(), SECRET);
}

#[tokio::test]
async fn neither_token_nor_reference_is_logged() {
    let urls = leap::webhook::CallbackUrls::new(secret(SECRET));
    let url = urls.mint_until(ADDRESS, REFERENCE, time(10)).unwrap();
    let token = url.expose().rsplit("cs1.").next().unwrap().to_owned();
    let clock = Hand::at(0);
    let verifier =
        leap::webhook::Verifier::builder().callback_urls(urls).clock(clock.clone()).build().unwrap();
    let handler = |_: Verified<leap::webhook::Completion>| async { Acknowledgement::Stored };
    let router: Router = CallbackRouter::new().mount("/callbacks", verifier, handler).unwrap().into();
    let addresses = [url.expose().to_owned(), format!("{}x", url.expose()), format!("{}/x", url.expose())];
    for (address, now) in addresses.iter().map(|address| (address, 0)).chain([(&addresses[0], 10)]) {
        clock.move_to(now);
        let log = Log::start();
        let request = Request::post(address).body(Body::from(EMAIL)).unwrap();
        let status = router.clone().oneshot(request).await.unwrap().status();
        let text = log.text();
        assert_silent(&text, &token);
        let outcome = if status.is_success() { "accepted" } else { "rejected" };
        assert!(
            text.contains(&format!("callback {outcome}")) && text.contains(r#"route="/callbacks""#),
            "{text}"
        );
    }
}
