//! Requests of any server that uses the types of the crate `http`.

use super::*;
use crate::support::log::Log;
use axum::body::Body;
use countersign::leap;
use countersign::webhook::receive;
use http_body_util::{Full, Limited};
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

/// What comes in parts, and may break off.
struct Parts(VecDeque<io::Result<&'static str>>);

impl futures_core::Stream for Parts {
    type Item = io::Result<&'static str>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.pop_front())
    }
}

fn parts<const N: usize>(parts: [io::Result<&'static str>; N]) -> Body {
    Body::from_stream(Parts(parts.into()))
}

fn request<B>(body: B) -> Request<B> {
    Request::post("/callbacks").header(HEADER, SECRET).body(body).unwrap()
}

fn reason<T>(outcome: Result<T, Rejection>) -> Option<Reason> {
    outcome.err().map(|rejection| rejection.reason())
}

#[tokio::test]
async fn a_whole_body_is_verified() {
    let body = completed().to_string();
    let verified = receive(&verifier(), request(Full::new(Bytes::from(body.clone())))).await.unwrap();
    assert_eq!(verified.body(), body.as_bytes());
    assert!(receive(&verifier(), request(body)).await.is_ok());
}

#[tokio::test]
async fn a_body_in_parts_is_put_together() {
    let urls = leap::webhook::CallbackUrls::new(secret(SECRET));
    let url = urls.mint("https://app.example/", "a").unwrap();
    let verifier = leap::webhook::Verifier::builder().callback_urls(urls).build().unwrap();
    let body = parts([Ok("all "), Ok(""), Ok("have "), Ok("signed")]);
    let verified = receive(&verifier, Request::post(url.expose()).body(body).unwrap()).await.unwrap();
    assert_eq!(verified.event().body(), "all have signed");
}

#[tokio::test]
async fn a_body_is_read_up_to_the_limit_and_no_further() {
    for (limit, expected) in [(8, None), (7, Some(Reason::TooLarge)), (0, Some(Reason::TooLarge))] {
        let urls = leap::webhook::CallbackUrls::new(secret(SECRET));
        let url = urls.mint("https://app.example/", "a").unwrap();
        let verifier =
            leap::webhook::Verifier::builder().callback_urls(urls).body_limit(limit).build().unwrap();
        // What comes behind the limit is never asked for.
        let parts =
            [Ok("1234"), Ok("5678")].into_iter().chain(expected.map(|_| Err(io::Error::other("gone"))));
        let body = Body::from_stream(Parts(parts.collect()));
        let outcome = receive(&verifier, Request::post(url.expose()).body(body).unwrap()).await;
        assert_eq!(reason(outcome), expected, "{limit}");
    }
}

#[tokio::test]
async fn a_limit_of_the_application_is_told_as_one() {
    let limited = Limited::new(Full::new(Bytes::from(completed().to_string())), 10);
    assert_eq!(reason(receive(&verifier(), request(limited)).await), Some(Reason::TooLarge));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_refused_and_its_error_is_not_logged() {
    for body in [parts([Err(io::Error::other("canary"))]), parts([Ok("{"), Err(io::Error::other("canary"))])]
    {
        let log = Log::start();
        let outcome = receive(&verifier(), request(body)).await;
        let text = log.text();
        assert_eq!(reason(outcome), Some(Reason::IncompleteBody));
        assert!(
            text.contains("callback rejected reason=IncompleteBody provider=\"signly\"")
                && !text.contains("canary"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn the_time_is_that_of_the_verifier() {
    let urls = leap::webhook::CallbackUrls::new(secret(SECRET));
    let url = urls.mint_until("https://app.example/", "a", time(10)).unwrap();
    let clock = Hand::at(9);
    let verifier =
        leap::webhook::Verifier::builder().callback_urls(urls).clock(clock.clone()).build().unwrap();
    let receive =
        async || reason(receive(&verifier, Request::post(url.expose()).body(String::new()).unwrap()).await);
    assert_eq!(receive().await, None);
    clock.move_to(10);
    assert_eq!(receive().await, Some(Reason::Stale));
}

#[tokio::test]
async fn a_rejection_is_answered_with_a_status_and_nothing_more() {
    let rejection = receive(&verifier(), request(String::new())).await.unwrap_err();
    let response = rejection.response::<String>();
    assert_eq!((response.status().as_u16(), response.headers().len(), &**response.body()), (400, 0, ""));
}
