//! What is logged of callbacks: who, where and what, and nothing that was sent.

use super::*;
use crate::legalesign::callbacks::{GROUP, pinned, signed_changes};
use crate::support::log::Log;
use axum::Router;
use axum::body::Body;
use axum::routing::post;
use countersign::webhook::{Acknowledgement, Callback, CallbackRouter, CallbackUrls, Verify, receive};
use countersign::{leap, legalesign, sign8, signly};
use tower::ServiceExt;

const AT: &str = "https://app.example/in";

/// The only line that says `callback`, from there on.
#[track_caller]
fn line(log: Log) -> String {
    let text = log.text();
    assert!(!text.contains("canary") && !text.contains("cs1."), "{text}");
    let lines: Vec<_> = text.lines().filter_map(|line| Some((line.find("callback ")?, line))).collect();
    let [(place, line)] = lines[..] else { panic!("{text}") };
    let level = if line.contains("callback accepted") { "DEBUG" } else { "WARN" };
    assert!(line.contains(level), "{line}");
    line[place..].to_owned()
}

async fn logged<V: Verify>(verifier: &V, request: Request<impl Into<Bytes>>) -> String {
    let log = Log::start();
    let _ = receive(verifier, request.map(|body| http_body_util::Full::new(body.into()))).await;
    line(log)
}

fn minted<E>(urls: &CallbackUrls<E>) -> String
where
    CallbackUrls<E>: Mints,
{
    urls.minted()
}

/// The trait of events is sealed, so this stands for it.
trait Mints {
    fn minted(&self) -> String;
}

macro_rules! mints {
    ($($event:ty),*) => {
        $(impl Mints for CallbackUrls<$event> {
            fn minted(&self) -> String {
                self.mint(AT, "canary-reference").unwrap().expose().to_owned()
            }
        })*
    };
}

mints!(leap::webhook::Completion, legalesign::webhook::Event, sign8::webhook::Event);

#[tokio::test]
async fn an_accepted_callback_is_told_with_what_was_proved_of_which_kind() {
    let signly = |tag: &str| {
        let body = changed(json!({ "type": tag, "data": {} })).to_string();
        Request::post("/").header(HEADER, SECRET).body(body).unwrap()
    };
    let by_sender = r#"assurance=Sender key_id="default""#;
    let expected = format!(r#"callback accepted provider="signly" kind="OTP_SENT" {by_sender}"#);
    assert_eq!(logged(&verifier(), signly("OTP_SENT")).await, expected);
    // Whoever knows the secret can write what they like.
    let expected = format!(r#"callback accepted provider="signly" kind="unknown" {by_sender}"#);
    assert_eq!(logged(&verifier(), signly("canary")).await, expected);

    let urls = leap::webhook::CallbackUrls::new(secret(SECRET));
    let request = Request::post(minted(&urls)).body(EMAIL).unwrap();
    let leap = leap::webhook::Verifier::builder().callback_urls(urls).build().unwrap();
    let expected = format!(r#"callback accepted provider="leap" kind="completed" {by_sender}"#);
    assert_eq!(logged(&leap, request).await, expected);

    let urls = sign8::webhook::CallbackUrls::new(secret(SECRET));
    let sign8 = sign8::webhook::Verifier::builder()
        .callback_urls(urls.clone())
        .organisation("org-7")
        .build()
        .unwrap();
    for (segment, kind) in [("workflowRefused", "workflowRefused"), ("canary", "unknown")] {
        let request = Request::post(format!("{}/api/workflow/{segment}", minted(&urls))).body(EMAIL).unwrap();
        let expected = format!(r#"callback accepted provider="sign8" kind="{kind}" {by_sender}"#);
        assert_eq!(logged(&sign8, request).await, expected);
    }

    let delivery = signed_changes("[]");
    let request = Request::post("/").body(delivery.body().clone()).unwrap();
    let expected =
        r#"callback accepted provider="legalesign" kind="changes" assurance=Payload key_id="default""#;
    assert_eq!(logged(&pinned().build().unwrap(), request).await, expected);

    let urls = legalesign::webhook::CallbackUrls::new(secret(SECRET));
    let legalesign =
        legalesign::webhook::Verifier::builder().callback_urls(urls.clone()).group(GROUP).build().unwrap();
    for (event, kind) in [("created", "document.created"), ("canary", "unknown")] {
        let data = json!({ "uuid": "d1", "groupResourceUri": format!("/api/v1/group/{GROUP}/") });
        let body = json!({ "object": "document", "event": event, "data": data }).to_string();
        let expected = format!(r#"callback accepted provider="legalesign" kind="{kind}" {by_sender}"#);
        assert_eq!(logged(&legalesign, Request::post(minted(&urls)).body(body).unwrap()).await, expected);
    }

    let reader = signly::webhook::UnverifiedReader::for_tenant(TENANT).unwrap();
    let expected = r#"callback accepted provider="signly" kind="OTP_SENT""#;
    assert_eq!(logged(&reader, signly("OTP_SENT")).await, expected);
}

#[tokio::test]
async fn a_refused_callback_is_told_with_the_reason() {
    let request = Request::post("/canary").header(HEADER, "canary-wrong").body(EMAIL).unwrap();
    let expected = r#"callback rejected reason=WrongCredential provider="signly""#;
    assert_eq!(logged(&verifier(), request).await, expected);
}

/// A verifier that says nothing of itself.
#[derive(Clone)]
struct Mute;

impl Verify for Mute {
    type Output = ();

    fn verify(&self, _: &Delivery, _: SystemTime) -> Result<(), Rejection> {
        Ok(())
    }
}

#[tokio::test]
async fn a_verifier_of_somebody_else_is_logged_with_what_it_says() {
    assert_eq!(logged(&Mute, Request::put("/").body(EMAIL).unwrap()).await, "callback accepted");
}

#[tokio::test]
async fn the_route_is_logged_as_it_was_written_down() {
    async fn take(_: Callback<leap::webhook::Verifier>) -> Acknowledgement {
        Acknowledgement::Stored
    }
    let urls = leap::webhook::CallbackUrls::new(secret(SECRET));
    let verifier = leap::webhook::Verifier::builder().callback_urls(urls.clone()).build().unwrap();
    let url = minted(&urls);
    let token = url.rsplit('/').next().unwrap();
    let handler = |_| async { Acknowledgement::Stored };
    let mounted = |path| Router::from(CallbackRouter::new().mount(path, verifier.clone(), handler).unwrap());
    let extracted = |path: &str| Router::new().route(path, post(take)).with_state(verifier.clone());
    let cases = [
        (mounted("/in/leap"), "/in/leap", r#" route="/in/leap""#),
        (mounted("/in/leap/"), "/in/leap", r#" route="/in/leap""#),
        (mounted("/"), "", r#" route="/""#),
        (Router::new().nest("/api", mounted("/leap")), "/api/leap", r#" route="/leap""#),
        (extracted("/in/leap/{*token}"), "/in/leap", r#" route="/in/leap/{*token}""#),
        (Router::new().nest("/api", extracted("/{token}")), "/api", r#" route="/api/{token}""#),
        // Somebody made a route of the one URL that there is.
        (extracted(&format!("/in/{token}")), "/in", ""),
    ];
    for (router, below, route) in cases {
        let log = Log::start();
        let request = Request::post(format!("{below}/{token}")).body(Body::from(EMAIL)).unwrap();
        assert_eq!(router.clone().oneshot(request).await.unwrap().status(), 200, "{below}");
        let expected = format!(
            r#"callback accepted provider="leap"{route} kind="completed" assurance=Sender key_id="default""#
        );
        assert_eq!(line(log), expected);

        let log = Log::start();
        let request = Request::get(format!("{below}/{token}")).body(Body::from(EMAIL)).unwrap();
        let status = router.oneshot(request).await.unwrap().status().as_u16();
        // What axum does not route to the handler is never seen.
        if status == 400 {
            assert_eq!(line(log), format!(r#"callback rejected reason=WrongMethod provider="leap"{route}"#));
        } else {
            assert_eq!((status, log.text().contains("callback")), (405, false));
        }
    }
}
