//! A client of Leap for a scripted server, and the parts of what it sends.

use super::clock::TestClock;
use super::server::{Seen, Server, Step};
use countersign::leap::{self, Person, SignDocument, StartSigningProcess};
use countersign::{Content, leap::Client};

pub const KEY: &str = "leap-external-key";

pub fn builder(server: &Server) -> leap::ClientBuilder {
    Client::builder().base_url(server.url()).api_key(KEY).clock(TestClock::new())
}

pub fn client(server: &Server) -> Client {
    builder(server).build().unwrap()
}

pub fn ada() -> Person {
    Person::default().name("Ada Example").email("ada@example.com").organization("Example Ltd").title("Head")
}

pub fn bob() -> Person {
    Person::default().name("Bob Example").email("bob@example.com")
}

/// A call that has everything it needs.
pub fn start(client: &Client) -> StartSigningProcess {
    let document = SignDocument::pdf(Content::bytes("%PDF-1.7"));
    client.start_signing_process("Contract", document).project_owner(ada()).signers([ada(), bob()])
}

/// Some data; the real names are not known.
pub fn process() -> Step {
    Step::json(200, r#"{"anything":{"id":"p0","who":"ada@example.com"}}"#)
}

/// A part of a form.
#[derive(Debug)]
pub struct Part {
    pub name: String,
    pub head: String,
    pub body: String,
}

impl Part {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn is_typed(&self, media_type: &str) -> bool {
        self.head.ends_with(&format!("\r\ncontent-type: {media_type}"))
    }
}

/// The parts of a form, in order.
pub fn parts(seen: &Seen) -> Vec<Part> {
    let content_type = seen.header("content-type").unwrap();
    let boundary = content_type.strip_prefix("multipart/form-data; boundary=").unwrap();
    let body = String::from_utf8(seen.body.clone()).unwrap();
    let body = body.strip_prefix(&format!("--{boundary}\r\n")).unwrap();
    let body = body.strip_suffix(&format!("\r\n--{boundary}--\r\n")).unwrap();
    let read = |part: &str| {
        let (head, body) = part.split_once("\r\n\r\n").unwrap();
        let name = head.split('"').nth(1).unwrap();
        Part { name: name.to_owned(), head: head.to_owned(), body: body.to_owned() }
    };
    body.split(&format!("\r\n--{boundary}\r\n")).map(read).collect()
}
