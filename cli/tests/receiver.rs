//! Applications that receive callbacks, made with the SDK.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use countersign::webhook::{Delivery, Rejection};
use countersign::{Clock as _, SystemClock};
use http::{Request, Response, StatusCode};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;
use tokio::net::TcpListener;

/// What came, and what became of it.
pub struct Received {
    pub delivery: Delivery,
    pub outcome: Result<String, Rejection>,
}

type Verify = dyn Fn(&Delivery, SystemTime) -> Result<String, Rejection> + Send + Sync;

#[derive(Clone)]
struct Inner {
    verify: Arc<Verify>,
    received: Arc<Mutex<Vec<Received>>>,
}

/// An application on a port of its own.
pub struct Receiver {
    pub origin: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    /// `verify` gives the assurance of what is accepted.
    pub async fn start(
        verify: impl Fn(&Delivery, SystemTime) -> Result<String, Rejection> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let received = Arc::default();
        let inner = Inner { verify: Arc::new(verify), received: Arc::clone(&received) };
        let router = Router::new().fallback(receive).with_state(inner);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { origin, received }
    }

    /// Everything that came since it was asked last.
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.received.lock().unwrap())
    }
}

async fn receive(State(inner): State<Inner>, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1024 * 1024).await.unwrap();
    let delivery = Delivery::new(parts.method, parts.uri, parts.headers, body);
    let outcome = (inner.verify)(&delivery, SystemClock.now());
    let status = outcome.as_ref().err().map_or(StatusCode::NO_CONTENT, Rejection::status);
    inner.received.lock().unwrap().push(Received { delivery, outcome });
    let mut answer = Response::new(Body::from("received"));
    *answer.status_mut() = status;
    answer
}
