//! A destination of callbacks that answers as it is told, then with 204.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use countersign::webhook::Delivery;
use http::StatusCode;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

pub struct Receiver {
    pub url: String,
    received: Received,
}

type Answers = Arc<Mutex<VecDeque<u16>>>;
type Received = Arc<Mutex<Vec<Delivery>>>;

async fn receive(
    State((answers, received)): State<(Answers, Received)>,
    request: Request<Body>,
) -> StatusCode {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    received.lock().unwrap().push(Delivery::new(parts.method, parts.uri, parts.headers, body));
    let status = answers.lock().unwrap().pop_front().unwrap_or(204);
    StatusCode::from_u16(status).unwrap()
}

impl Receiver {
    pub async fn start(answers: impl IntoIterator<Item = u16>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/callback", listener.local_addr().unwrap());
        let received = Received::default();
        let answers: Answers = Arc::new(Mutex::new(answers.into_iter().collect()));
        let app = Router::new().fallback(receive).with_state((answers, Arc::clone(&received)));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, received }
    }

    /// What has come so far, in order.
    pub fn received(&self) -> Vec<Delivery> {
        self.received.lock().unwrap().clone()
    }

    /// The same, which is forgotten.
    pub fn take(&self) -> Vec<Delivery> {
        std::mem::take(&mut self.received.lock().unwrap())
    }

    pub fn bodies(&self) -> Vec<Value> {
        self.received().iter().map(|delivery| serde_json::from_slice(delivery.body()).unwrap()).collect()
    }
}
