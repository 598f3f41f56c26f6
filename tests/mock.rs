//! The mocks: what they answer, how they fail on request, what they deliver. What names no provider is about Signly's.

mod callers;
mod calls;
mod deliveries;
mod documented;
mod faireplace;
mod faults;
mod inspection;
mod lags;
mod leap;
mod legalesign;
mod receiver;
mod scenes;
mod sign8;
mod signly_documents;

use countersign::mock::signly::Server;
use countersign::signly::EventType;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const URL: &str = "https://app.example/callback";
const JSON: &str = "content-type: application/json\r\n";

/// What comes back from a request that is written by hand: everything up to the end of the connection.
async fn raw(server: &Server, head: &str, headers: &str, body: &str) -> (std::io::Result<usize>, String) {
    let host = server.base_url().trim_start_matches("http://");
    let mut stream = TcpStream::connect(host).await.unwrap();
    let length = body.len();
    let request = format!(
        "{head} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let end = stream.read_to_end(&mut answer).await;
    (end, String::from_utf8(answer).unwrap())
}

fn credentials(server: &Server) -> String {
    format!("x-tenant-signly: {}\r\nx-auth-signly: {}\r\n", server.tenant(), server.api_key())
}

fn status_of(answer: &str) -> u16 {
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

fn body_of(answer: &str) -> Value {
    serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
}

async fn webhook(server: &Server, url: &str) -> String {
    let create = server.client().unwrap().create_webhook().url(url).events([EventType::ProcessCompleted]);
    create.send().await.unwrap().webhook_id.to_string()
}
