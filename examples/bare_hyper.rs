//! Callbacks without a framework: a server of bare hyper, and `receive`.
//!
//! ```sh
//! cargo run --example bare_hyper
//! ```

use anstream::println;
use countersign::Secret;
use countersign::mock::signly as mock;
use countersign::signly::EventType;
use countersign::signly::webhook::Verifier;
use countersign::webhook::{Acknowledgement, receive};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::time::Duration;
use tokio::net::TcpListener;

async fn answer(verifier: Verifier, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let response = match receive(&verifier, request).await {
        Ok(verified) => {
            println!("{} by key `{}`", verified.dedupe_key(), verified.key_id());
            Acknowledgement::Stored.response() // once it is
        }
        // The status, and nothing that would tell the caller more. The reason was logged.
        Err(rejection) => rejection.response(),
    };
    Ok(response)
}

async fn serve(listener: TcpListener, verifier: Verifier) -> std::io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let verifier = verifier.clone();
        let service = service_fn(move |request| answer(verifier.clone(), request));
        let mut server = http1::Builder::new();
        server.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(10));
        let connection = server.serve_connection(TokioIo::new(stream), service);
        // `receive` limits how long a body may take; how long a connection may last is for the server to limit.
        tokio::spawn(tokio::time::timeout(Duration::from_secs(30), connection));
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let secret = Secret::chosen("a long random value, shared with Signly")?;
    let server = mock::Server::start().await?;
    let verifier =
        Verifier::builder().shared_secret("X-Client-Auth", secret.clone()).tenant(server.tenant()).build()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/signly", listener.local_addr()?);
    tokio::spawn(serve(listener, verifier));

    let register = |secret: String| {
        let events = [EventType::ProcessCompleted];
        server.client().map(|client| {
            client.create_webhook().url(&url).events(events).custom_headers([("X-Client-Auth", secret)])
        })
    };
    register(secret.expose().to_owned())?.send().await?;
    register("a value that somebody has guessed".to_owned())?.send().await?;
    let delivered = server.deliver(mock::Event::new(EventType::ProcessCompleted)).await;
    let outcomes: Vec<_> = delivered.iter().map(countersign::mock::Delivered::is_delivered).collect();
    println!("accepted: {outcomes:?}");
    assert_eq!(outcomes, [true, false]);
    server.shutdown().await;
    Ok(())
}
