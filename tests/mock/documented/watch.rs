//! Somebody who looks at every answer of a mock.

use super::document::{Document, Operation};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use countersign::mock::{Served, serve};
use http::{HeaderMap, StatusCode};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use tower::ServiceExt;

/// Answers of a mock that its document does not state, because it cannot, or because nobody knows.
const EXCEPTIONS: [&str; 2] = [
    // There is a body only if `return_signer_links` was asked for, which OpenAPI cannot say.
    "legalesign: create_document 201: the media type `` is not stated",
    // Only the word for a success is known.
    r#"signly: test_webhook 200: /data/deliveryStatus: "FAILED" is not"#,
];

/// A mock's router, all of whose answers are compared with a document, also those to a client.
pub struct Watch {
    pub document: Arc<Document>,
    /// The header that authorises a call.
    headers: HeaderMap,
    below: &'static str,
    router: Router,
    served: Served,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    problems: BTreeSet<String>,
    succeeded: BTreeSet<String>,
    refused: BTreeSet<String>,
}

impl Watch {
    /// `below` is the path of the base URL.
    pub async fn start(
        name: &'static str,
        below: &'static str,
        headers: &[(&'static str, &str)],
        router: Router,
    ) -> Self {
        let (document, seen) = (Arc::new(Document::read(name)), Arc::<Mutex<Seen>>::default());
        let watched = (Arc::clone(&document), Arc::clone(&seen));
        let look_on = move |request: Request, next: Next| {
            let (document, seen) = watched.clone();
            async move { look(&document, &seen, below, request, next).await }
        };
        let router = router.layer(from_fn(look_on));
        let served = serve(router.clone()).await.unwrap();
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        Self { document, headers: headers.collect(), below, router, served, seen }
    }

    pub fn base_url(&self) -> String {
        self.served.url(self.below)
    }

    /// The status and the JSON, or null, that a call is answered with.
    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let body = body.map(|json| ("application/json", json.to_string()));
        read(self.send(&self.headers, method, path, body).await).await
    }

    /// As [`call`](Self::call), with one header more.
    pub async fn call_with(
        &self,
        (name, value): (&'static str, &'static str),
        method: &str,
        path: &str,
        body: Value,
    ) -> (StatusCode, Value) {
        let mut headers = self.headers.clone();
        headers.insert(name, http::HeaderValue::from_static(value));
        let body = Some(("application/json", body.to_string()));
        read(self.send(&headers, method, path, body).await).await
    }

    /// The JSON of a call that has to succeed.
    pub async fn make(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let (status, json) = self.call(method, path, body).await;
        assert!(status.is_success(), "{method} {path}: {status} {json}");
        json
    }

    async fn send(
        &self,
        headers: &HeaderMap,
        method: &str,
        path: &str,
        body: Option<(&str, String)>,
    ) -> Response {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.below));
        if let Some((media_type, _)) = &body {
            request = request.header("content-type", *media_type);
        }
        let body = body.map_or_else(Body::empty, |(_, body)| body.into());
        let mut request = request.body(body).unwrap();
        request.headers_mut().extend(headers.clone());
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// Makes every operation in ways that have to be refused: by nobody, for what does not exist, with what is no JSON or
    /// not of the right type, with a query that cannot be read.
    pub async fn refuse_everything(&self) {
        const UNKNOWN: &str = "3f0f7c1e-52a4-4d0b-8a53-9f1a6b7c2d10";
        for operation in self.document.operations() {
            let Operation { method, path, .. } = operation;
            for id in [UNKNOWN, "0", "%FF"] {
                let path = path.split('/').map(|part| if part.starts_with('{') { id } else { part });
                let path = path.collect::<Vec<_>>().join("/");
                let method = method.as_str();
                self.send(&HeaderMap::new(), method, &path, None).await;
                self.send(&self.headers, method, &path, None).await;
                for body in ["", "{", "[]", "[1]", "{}", "null"] {
                    let json = ("application/json", body.to_owned());
                    self.send(&self.headers, method, &path, Some(json)).await;
                }
                self.send(&self.headers, method, &path, Some(("text/plain", "{}".to_owned()))).await;
                let form = ("multipart/form-data; boundary=b", "--b--\r\n".to_owned());
                self.send(&self.headers, method, &path, Some(form)).await;
                let query =
                    format!("{path}?limit=none&offset=none&group=none&archived=none&email=none&sort=none");
                self.send(&self.headers, method, &query, None).await;
            }
        }
    }

    /// Fails if an answer was not as stated, or if an operation never succeeded, or was never refused.
    #[track_caller]
    pub fn finish(self) {
        let seen = self.seen.lock().unwrap();
        let is_one = |problem: &&String| !EXCEPTIONS.iter().any(|known| problem.starts_with(known));
        let problems = seen.problems.iter().filter(is_one);
        let problems = problems.map(String::as_str).collect::<Vec<_>>().join("\n  ");
        assert!(problems.is_empty(), "answers that are not as the document states:\n  {problems}");
        let all = self.document.ids();
        let not_in = |reached: &BTreeSet<String>| {
            all.iter().filter(|id| !reached.contains(**id)).copied().collect::<Vec<_>>()
        };
        let none = Vec::<&str>::new();
        assert_eq!(not_in(&seen.succeeded), none, "operations that no scenario reaches");
        assert_eq!(not_in(&seen.refused), none, "operations that no scenario has refused");
    }
}

async fn read(answer: Response) -> (StatusCode, Value) {
    let status = answer.status();
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

async fn look(
    document: &Document,
    seen: &Mutex<Seen>,
    below: &str,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().strip_prefix(below).unwrap_or_default().to_owned();
    let operation = document.operation(request.method(), &path);
    let (parts, body) = next.run(request).await.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    if let Some(operation) = operation {
        let status = parts.status;
        let found = document.problems(operation, status.as_u16(), &parts.headers, &body);
        let mut seen = seen.lock().unwrap();
        seen.problems.extend(found);
        let refused = status.is_client_error() || status.is_server_error();
        let reached = if refused { &mut seen.refused } else { &mut seen.succeeded };
        reached.insert(operation.id.clone());
    }
    Response::from_parts(parts, Body::from(body))
}
