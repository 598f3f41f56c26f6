//! All callbacks of an application in one router.

use super::*;
use crate::legalesign::callbacks::signed_changes;
use axum::Router;
use axum::body::{Body, to_bytes};
use countersign::webhook::{Acknowledgement, CallbackRouter, ConfigurationError, Verified};
use countersign::{leap, legalesign, sign8};
use tower::ServiceExt;

type Seen = Arc<Mutex<Vec<String>>>;

fn leap_urls() -> leap::webhook::CallbackUrls {
    leap::webhook::CallbackUrls::new(secret(SECRET))
}

fn leap_verifier() -> leap::webhook::Verifier {
    leap::webhook::Verifier::builder().callback_urls(leap_urls()).build().unwrap()
}

fn sign8_urls() -> sign8::webhook::CallbackUrls {
    sign8::webhook::CallbackUrls::new(secret(SECRET))
}

/// What is accepted is remembered under a name.
fn remember<E>(
    seen: &Seen,
    name: &'static str,
) -> impl Fn(Verified<E>) -> std::future::Ready<Acknowledgement> + use<E> {
    let seen = Arc::clone(seen);
    move |verified| {
        seen.lock().unwrap().push(format!("{name} {}", verified.dedupe_key()));
        std::future::ready(Acknowledgement::Stored)
    }
}

/// Every provider at a path of its own.
fn all(seen: &Seen) -> CallbackRouter {
    let builder = sign8::webhook::Verifier::builder().callback_urls(sign8_urls());
    let sign8 = builder.organisation("org-7").build().unwrap();
    let legalesign = crate::legalesign::callbacks::pinned().build().unwrap();
    let router = CallbackRouter::new().mount("/in/signly", verifier(), remember::<Event>(seen, "signly"));
    let router = router.unwrap().mount("/in/leap/", leap_verifier(), remember(seen, "leap")).unwrap();
    let router = router.mount("/in/sign8", sign8, remember(seen, "sign8")).unwrap();
    router
        .mount("/in/legalesign", legalesign, remember::<legalesign::webhook::Event>(seen, "legalesign"))
        .unwrap()
}

async fn status(router: &Router, request: Request<Body>) -> u16 {
    let answer = router.clone().oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    assert!(body.is_empty(), "{body:?}");
    status
}

fn post(address: &str) -> Request<Body> {
    Request::post(address).body(Body::empty()).unwrap()
}

fn from_signly(path: &str) -> Request<Body> {
    Request::post(path).header(HEADER, SECRET).body(Body::from(completed().to_string())).unwrap()
}

#[tokio::test]
async fn the_callbacks_of_all_providers_get_to_their_handlers() {
    let seen = Seen::default();
    let router: Router = all(&seen).into();
    let leap_url = leap_urls().mint("https://app.example/in/leap", "contract-17").unwrap();
    let sign8_url = sign8_urls().mint("https://app.example/in/sign8", "org-7").unwrap();
    let sign8_url = format!("{}/api/workflow/workflowRefused", sign8_url.expose());
    let changes = Request::post("/in/legalesign").body(signed_changes("[]").body().clone().into()).unwrap();
    for request in [from_signly("/in/signly"), post(leap_url.expose()), post(&sign8_url), changes] {
        assert_eq!(status(&router, request).await, 200);
    }
    let seen = seen.lock().unwrap();
    let providers: Vec<_> = seen.iter().map(|key| key.split(':').next().unwrap()).collect();
    assert_eq!(providers, ["signly signly", "leap leap", "sign8 sign8", "legalesign legalesign"]);
    assert_eq!(seen[..2], ["signly signly:evt_01", "leap leap:contract-17"]);
}

#[tokio::test]
async fn a_path_is_served_and_nothing_else_but_what_a_signed_url_proves_below_it() {
    let router: Router = all(&Seen::default()).into();
    for path in ["/in/signly", "/in/signly/", "/in/signly?a=b"] {
        assert_eq!(status(&router, from_signly(path)).await, 200, "{path}");
    }
    // Nothing proves what follows this path, and the path may be a part of what names an event.
    for path in ["/in/signly/a", "/in/signly/a/b/", "/in/signly//"] {
        assert_eq!(status(&router, from_signly(path)).await, 404, "{path}");
    }
    for path in ["/in/leap", "/in/leap/", "/in/leap/a", "/in/leap/a/b/", "/in/leap//"] {
        assert_eq!(status(&router, post(path)).await, 401, "{path}");
    }
    for path in ["/", "/in", "/in/", "/in/signlyx", "/in/Signly", "/in//signly", "/other/in/signly"] {
        assert_eq!(status(&router, from_signly(path)).await, 404, "{path}");
    }
}

#[tokio::test]
async fn what_is_not_accepted_never_gets_to_the_handler() {
    let seen = Seen::default();
    let router: Router = all(&seen).into();
    let get = Request::get("/in/signly").header(HEADER, SECRET).body(Body::empty()).unwrap();
    let large =
        Request::post("/in/signly").header(HEADER, SECRET).body(Body::from(vec![b' '; 1024 * 1024 + 1]));
    let cases = [
        (post("/in/signly"), 401),
        (post("/in/leap"), 401),
        (post("/in/sign8/x"), 401),
        (get, 400),
        (large.unwrap(), 413),
    ];
    for (request, expected) in cases {
        assert_eq!(status(&router, request).await, expected);
    }
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_token_survives_nested_routers() {
    let seen = Seen::default();
    let inner: Router = all(&seen).into();
    let router = Router::new().nest("/a", Router::new().nest("/b", inner));
    let leap_url = leap_urls().mint("https://app.example/a/b/in/leap", "contract-17").unwrap();
    let sign8_url = sign8_urls().mint("https://app.example/a/b/in/sign8", "org-7").unwrap();
    assert_eq!(status(&router, post(leap_url.expose())).await, 200);
    assert_eq!(status(&router, post(&format!("{}/x", sign8_url.expose()))).await, 200);
    assert_eq!(seen.lock().unwrap().len(), 2);
}

/// A router may take the token into the prefix that it takes away.
#[tokio::test]
async fn a_token_may_be_in_what_a_router_takes_away() {
    let seen = Seen::default();
    let inner = CallbackRouter::new().mount("/", leap_verifier(), remember(&seen, "leap")).unwrap();
    let router = Router::new().nest("/in/{token}", inner.into());
    let url = leap_urls().mint("https://app.example/in", "contract-17").unwrap();
    assert_eq!(status(&router, post(url.expose())).await, 200);
    assert_eq!(status(&router, post("/in/cs1.a.b")).await, 401);
}

#[tokio::test]
async fn the_root_can_be_a_path() {
    let router = CallbackRouter::new().mount("/", leap_verifier(), remember(&Seen::default(), "leap"));
    let router: Router = router.unwrap().into();
    let url = leap_urls().mint("https://app.example", "a").unwrap();
    assert_eq!(status(&router, post(url.expose())).await, 200);
    assert_eq!(status(&router, post("/")).await, 401);
}

#[test]
fn paths_that_cannot_be_served_are_refused() {
    let mount =
        |router: CallbackRouter, path| router.mount(path, leap_verifier(), remember(&Seen::default(), "x"));
    let unusable = [
        "",
        "x",
        "x/y",
        "{x}",
        "/{x}",
        "/{*x}",
        "/a/*b",
        "/:x",
        "/a?b",
        "/a#b",
        "*",
        "https://app.example/x",
    ];
    for path in unusable {
        assert_eq!(
            mount(CallbackRouter::new(), path).unwrap_err(),
            ConfigurationError::UnusablePath,
            "{path}"
        );
    }
    for (first, second) in [("/x", "/x"), ("/x", "/x/"), ("/x//", "/x"), ("/", "/"), ("/", "//")] {
        let router = mount(CallbackRouter::new(), first).unwrap();
        assert_eq!(mount(router, second).unwrap_err(), ConfigurationError::UnusablePath, "{first} {second}");
    }
}

#[tokio::test]
async fn of_two_paths_the_longer_one_counts() {
    for order in [["/", "/a", "/a/b"], ["/a/b", "/a", "/"], ["/a", "/", "/a/b"]] {
        let seen = Seen::default();
        let names = |path: &str| match path {
            "/" => "root",
            "/a" => "a",
            _ => "b",
        };
        let mount =
            |router: CallbackRouter, path| router.mount(path, leap_verifier(), remember(&seen, names(path)));
        let router = order.into_iter().try_fold(CallbackRouter::new(), mount).unwrap();
        let router: Router = router.into();
        for (place, name) in
            [("", "root"), ("/x", "root"), ("/a", "a"), ("/a/x", "a"), ("/a/b", "b"), ("/a/b/x", "b")]
        {
            let url = leap_urls().mint(&format!("https://app.example{place}"), name).unwrap();
            assert_eq!(status(&router, post(url.expose())).await, 200, "{place}");
            assert_eq!(
                seen.lock().unwrap().pop().as_deref(),
                Some(&*format!("{name} leap:{name}")),
                "{place}"
            );
        }
    }
}

#[tokio::test]
async fn the_answer_is_what_the_handler_says() {
    let handler = |_| async { Acknowledgement::Later { after: Some(Duration::from_secs(30)) } };
    let router: Router = CallbackRouter::new().mount("/in", verifier(), handler).unwrap().into();
    let answer = router.oneshot(from_signly("/in")).await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["retry-after"]), (503, &"30".parse().unwrap()));
}
