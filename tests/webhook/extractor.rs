use super::*;
use crate::support::log::Log;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::FromRef;
use axum::http::StatusCode;
use axum::routing::{any, post};
use countersign::signly::webhook::UnverifiedReader;
use countersign::webhook::{Callback, Key, KeySet};
use tower::ServiceExt;

async fn event_id(Callback(verified): Callback<Verifier>) -> (StatusCode, String) {
    (StatusCode::ACCEPTED, verified.into_event().event_id)
}

async fn answer(router: Router, request: Request<Body>) -> (u16, String) {
    let answer = router.oneshot(request).await.unwrap();
    let (status, body) = (answer.status().as_u16(), to_bytes(answer.into_body(), usize::MAX).await.unwrap());
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn routed(verifier: Verifier) -> Router {
    Router::new().route("/callbacks", any(event_id)).with_state(verifier)
}

fn request(secret: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post("/callbacks").header(HEADER, secret).body(body.into()).unwrap()
}

#[tokio::test]
async fn the_handler_answers_what_is_accepted() {
    let answer = answer(routed(verifier()), request(SECRET, completed().to_string())).await;
    assert_eq!(answer, (202, "evt_01".to_owned()));
}

#[tokio::test]
async fn the_failure_of_the_handler_is_its_own() {
    async fn full(_: Callback<Verifier>) -> StatusCode {
        StatusCode::SERVICE_UNAVAILABLE
    }
    let router = Router::new().route("/callbacks", post(full)).with_state(verifier());
    assert_eq!(answer(router, request(SECRET, completed().to_string())).await.0, 503);
}

#[tokio::test]
async fn what_is_rejected_gets_a_status_and_nothing_more() {
    let large = || Body::from(" ".repeat(1024 * 1024 + 1));
    let body = || Body::from(completed().to_string());
    let cases = [
        (request("wrong", body()), 401),
        (Request::post("/callbacks").body(body()).unwrap(), 401),
        (request(SECRET, changed(json!({ "tenantId": "another" })).to_string()), 401),
        (request(SECRET, without("tenantId").to_string()), 401),
        (request(SECRET, "no JSON"), 400),
        (request(SECRET, "{"), 400),
        (request(SECRET, &b"\"\xFF\""[..]), 400),
        (Request::put("/callbacks").header(HEADER, SECRET).body(body()).unwrap(), 400),
        (request(SECRET, large()), 413),
        (request("wrong", large()), 401),
    ];
    for (request, status) in cases {
        let shown = format!("{} {:?}", request.method(), request.headers());
        assert_eq!(answer(routed(verifier()), request).await, (status, String::new()), "{shown}");
    }
}

#[tokio::test]
async fn the_limit_is_the_verifiers() {
    let body = completed().to_string();
    for (limit, status) in [(body.len(), 202), (body.len() - 1, 413)] {
        let router = routed(builder().body_limit(limit).build().unwrap());
        assert_eq!(answer(router, request(SECRET, body.clone())).await.0, status);
    }
}

#[tokio::test]
async fn a_limit_above_the_default_of_the_framework_is_kept() {
    let large = completed().to_string() + &" ".repeat(3 * 1024 * 1024);
    let router = routed(builder().body_limit(4 * 1024 * 1024).build().unwrap());
    assert_eq!(answer(router, request(SECRET, large)).await.0, 202);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_rejected() {
    struct Broken;
    impl futures_core::Stream for Broken {
        type Item = Result<Bytes, std::io::Error>;
        fn poll_next(
            self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Self::Item>> {
            std::task::Poll::Ready(Some(Err(std::io::Error::other("gone"))))
        }
    }
    let answer = answer(routed(verifier()), request(SECRET, Body::from_stream(Broken))).await;
    assert_eq!(answer, (400, String::new()));
}

#[tokio::test]
async fn the_time_is_the_verifiers() {
    let clock = Hand::at(0);
    let keys = KeySet::new([Key::new("old", secret(SECRET)).not_after(time(10))]).unwrap();
    let router = routed(
        Verifier::builder().tenant(TENANT).shared_secret(HEADER, keys).clock(clock.clone()).build().unwrap(),
    );
    assert_eq!(answer(router.clone(), request(SECRET, completed().to_string())).await.0, 202);
    clock.move_to(11);
    assert_eq!(answer(router, request(SECRET, completed().to_string())).await.0, 401);
}

#[tokio::test]
async fn the_verifier_may_be_part_of_the_state() {
    #[derive(Clone)]
    struct State(Verifier);
    impl FromRef<State> for Verifier {
        fn from_ref(state: &State) -> Self {
            state.0.clone()
        }
    }
    let router = Router::new().route("/callbacks", post(event_id)).with_state(State(verifier()));
    assert_eq!(answer(router, request(SECRET, completed().to_string())).await.0, 202);
}

#[tokio::test]
async fn a_handler_may_look_at_the_rejection() {
    async fn teapot(outcome: Result<Callback<Verifier>, Rejection>) -> (StatusCode, String) {
        (StatusCode::IM_A_TEAPOT, format!("{:?}", outcome.unwrap_err().reason()))
    }
    let router = Router::new().route("/callbacks", post(teapot)).with_state(verifier());
    let answer = answer(router, request("wrong", completed().to_string())).await;
    assert_eq!(answer, (418, "WrongCredential".to_owned()));
}

#[tokio::test]
async fn what_nothing_proves_can_be_extracted_on_purpose() {
    async fn trusting(Callback(unverified): Callback<UnverifiedReader>) -> String {
        unverified.trust_without_proof().event_id
    }
    let reader = UnverifiedReader::for_tenant(TENANT).unwrap();
    let router = Router::new().route("/callbacks", post(trusting)).with_state(reader);
    let request = Request::post("/callbacks").body(Body::from(completed().to_string())).unwrap();
    assert_eq!(answer(router, request).await, (200, "evt_01".to_owned()));
}

#[tokio::test]
async fn a_nested_route_sees_the_address_as_it_was_sent() {
    #[derive(Clone)]
    struct Path;
    impl countersign::webhook::Verify for Path {
        type Output = String;
        fn verify(&self, delivery: &Delivery, _: SystemTime) -> Result<String, Rejection> {
            Ok(delivery.uri().to_string())
        }
    }
    async fn path(Callback(path): Callback<Path>) -> String {
        path
    }
    let router =
        Router::new().nest("/signing", Router::new().route("/callbacks", post(path))).with_state(Path);
    let request = Request::post("/signing/callbacks?a=%2F").body(Body::empty()).unwrap();
    assert_eq!(answer(router, request).await.1, "/signing/callbacks?a=%2F");
}

#[tokio::test]
async fn a_rejection_is_logged_once_with_its_reason_and_nothing_that_was_sent() {
    let personal = changed(json!({ "eventId": [EMAIL], "data": EMAIL })).to_string();
    let cases = [
        ("canary-wrong", personal.clone(), "WrongCredential"),
        (SECRET, personal, "MalformedBody"),
        (SECRET, EMAIL.repeat(100_000), "TooLarge"),
        (SECRET, changed(json!({ "tenantId": EMAIL })).to_string(), "WrongAudience"),
    ];
    for (secret, body, reason) in cases {
        let log = Log::start();
        let mut request = request(secret, body);
        *request.uri_mut() = format!("/callbacks?mail={EMAIL}").parse().unwrap();
        answer(routed(verifier()), request).await;
        let text = log.text();
        let warnings: Vec<_> = text.lines().filter(|line| line.contains("WARN")).collect();
        assert!(
            matches!(*warnings, [line] if line.ends_with(&format!(r#"callback rejected reason={reason} provider="signly" route="/callbacks""#))),
            "{text}"
        );
        assert!(!text.contains("canary"), "{text}");
    }
    let log = Log::start();
    answer(routed(verifier()), request(SECRET, completed().to_string())).await;
    let text = log.text();
    assert!(!text.contains("WARN"), "{text}");
}
