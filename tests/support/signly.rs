//! Signly's answers, and a client for a scripted server.

use super::clock::TestClock;
use super::server::{Server, Step};
use countersign::signly;

pub const KEY: &str = "sk_live_partner_abc123";

pub fn envelope(data: &str) -> String {
    envelope_with(data, "null")
}

pub fn envelope_with(data: &str, pagination: &str) -> String {
    format!(
        r#"{{"success":true,"status":200,"code":"done","message":"Done.","data":{data},"pagination":{pagination},"meta":{{"request_id":"req_7"}},"error":null}}"#
    )
}

/// A webhook as the call that reads one returns it.
pub fn webhook(version: i64, events: &str) -> String {
    format!(
        r#"{{"webhookId":"wh_1","url":"https://example.com","status":"ENABLED","events":{events},"version":{version}}}"#
    )
}

pub fn answers(data: &str) -> Step {
    Step::json(200, envelope(data))
}

pub fn builder(server: &Server) -> signly::ClientBuilder {
    signly::Client::builder().base_url(server.url()).tenant("tenant-1").api_key(KEY).clock(TestClock::new())
}

pub fn client(server: &Server) -> signly::Client {
    builder(server).build().unwrap()
}
