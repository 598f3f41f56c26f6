//! Clients of FairePlace for a scripted server.

use super::clock::TestClock;
use super::server::Server;
use countersign::faireplace::{signatures, workers};

pub const KEY: &str = "fp_sandbox_c2VjcmV0";
pub const WORKER_KEY: &str = "worker-c2VjcmV0";
pub const ORGANISATION: &str = "8d1f6c0e-2b7a-4c39-a5e4-9f60b3d7c218";

pub fn signatures(server: &Server) -> signatures::Client {
    signatures::Client::builder().base_url(server.url()).api_key(KEY).clock(TestClock::new()).build().unwrap()
}

pub fn workers(server: &Server) -> workers::Client {
    let builder = workers::Client::builder().base_url(server.url()).clock(TestClock::new());
    builder.api_key(WORKER_KEY).organisation(ORGANISATION).build().unwrap()
}

/// A refusal in the provider's form.
pub fn refusal(kind: &str, details: &str) -> String {
    format!(r#"{{"error":{{"code":429,"type":"{kind}","message":"No.","details":{details}}}}}"#)
}
