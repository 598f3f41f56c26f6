//! A client of SIGN8 for a scripted server. The profile, and every answer, is made up.

use super::clock::TestClock;
use super::server::{Server, Step as Answer};
use countersign::mock::sign8::profile;
use countersign::sign8;
use serde_json::json;

pub const KEY: &str = "made-up-key-canary";

pub fn builder(server: &Server) -> sign8::ClientBuilder {
    let builder = sign8::Client::builder().base_url(server.url()).profile(profile());
    builder.api_key(KEY).clock(TestClock::new())
}

pub fn client(server: &Server) -> sign8::Client {
    builder(server).build().unwrap()
}

/// An answer with an id where the made-up profile has that of a step.
pub fn answer(name: &str, id: &str) -> Answer {
    Answer::json(200, json!({ "made_up": { name: id } }).to_string())
}
