//! A client of Legalesign for a scripted server.

use super::clock::TestClock;
use super::server::{Server, Step};
use countersign::legalesign;

pub const KEY: &str = "ak_test_1234.c2VjcmV0";

pub fn builder(server: &Server) -> legalesign::ClientBuilder {
    legalesign::Client::builder().base_url(server.url()).api_key(KEY).clock(TestClock::new())
}

pub fn client(server: &Server) -> legalesign::Client {
    builder(server).build().unwrap()
}

/// 201 without a body, as Legalesign answers to most calls that create something.
pub fn created(location: &str) -> Step {
    Step::answer(201, "text/html; charset=utf-8", "").with_header("location", location)
}

/// A page of a list.
pub fn page(offset: usize, next: Option<usize>, total: usize, objects: &str) -> Step {
    let next = next.map_or("null".to_owned(), |next| format!(r#""/api/v1/x/?limit=2&offset={next}""#));
    Step::json(
        200,
        format!(
            r#"{{"meta":{{"limit":2,"offset":{offset},"next":{next},"previous":null,"total_count":{total}}},"objects":[{objects}]}}"#
        ),
    )
}
