//! Requests that are passed on.

use crate::failure::Failure;
use crate::out::talk;
use crate::post;
use axum::body::Body;
use countersign::webhook::Delivery;
use http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, Response, StatusCode};
use std::time::Duration;
use url::Url;

const TIMEOUT: Duration = Duration::from_secs(30);
/// What belongs to one connection and is made anew for the next.
const OF_THE_CONNECTION: [HeaderName; 3] = [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING];

/// Where requests are passed on to.
pub struct Forwarding {
    to: Url,
    http: reqwest::Client,
}

impl Forwarding {
    pub fn to(to: Url) -> Result<Self, Failure> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .timeout(TIMEOUT);
        if post::is_loopback(&to) {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| Failure::because("no HTTP client", &error))?;
        Ok(Self { to, http })
    }

    /// The answer of the application; 502 if there is none.
    pub async fn forward(&self, delivery: &Delivery) -> Response<Body> {
        let request = self
            .http
            .request(delivery.method().clone(), self.address(delivery))
            .headers(without_connection(delivery.headers()))
            .body(delivery.body().clone());
        match request.send().await {
            Ok(answer) => {
                let mut passed = Response::new(Body::empty());
                *passed.status_mut() = answer.status();
                *passed.headers_mut() = without_connection(answer.headers());
                *passed.body_mut() = Body::from(answer.bytes().await.unwrap_or_default());
                passed
            }
            Err(error) => {
                let why = if error.is_timeout() { "does not answer" } else { "cannot be reached" };
                talk(&format!("{} {why}", self.to.origin().ascii_serialization()));
                let mut answer = Response::new(Body::empty());
                *answer.status_mut() = StatusCode::BAD_GATEWAY;
                answer
            }
        }
    }

    fn address(&self, delivery: &Delivery) -> Url {
        let mut url = self.to.clone();
        let path = format!("{}{}", self.to.path().trim_end_matches('/'), delivery.uri().path());
        url.set_path(&path);
        url.set_query(delivery.uri().query());
        url
    }
}

fn without_connection(headers: &HeaderMap) -> HeaderMap {
    let mut headers = headers.clone();
    for name in OF_THE_CONNECTION {
        headers.remove(name);
    }
    headers
}
