//! `countersign listen --forward-to`, looked at where the bytes arrive.

use super::application::{Application, latin};
use super::support::{PATIENCE, Running, countersign, run};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use tempfile::TempDir;

const SECRET: &str = "correct horse battery staple";
const NO_CONTENT: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";

fn bytes(latin: &str) -> Vec<u8> {
    latin.chars().map(|letter| u8::try_from(letter).unwrap()).collect()
}

fn listen(home: &Path, to: &str) -> (Running, String) {
    let arguments = [
        "--json",
        "listen",
        "--port",
        "0",
        "leap",
        "--no-store",
        "--host",
        "app.example",
        "--forward-to",
        to,
    ];
    let running = Running::start(home, &[("LEAP_CALLBACK_URL_SECRET", SECRET)], &arguments);
    let url = running.json()["listening"].as_str().unwrap().to_owned();
    (running, url)
}

/// Sends these bytes, and reads to the end of the connection.
fn send(url: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(&bytes(request)).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    latin(&answer)
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

/// A request for something, which asks for the end of the connection.
fn get(target: &str) -> String {
    format!("GET {target} HTTP/1.1\r\nhost: app.example\r\nconnection: close\r\n\r\n")
}

#[test]
fn a_request_arrives_byte_for_byte_but_for_what_belongs_to_the_connection() {
    let home = TempDir::new().unwrap();
    let application = Application::start(&[NO_CONTENT]);
    let (_listening, url) = listen(home.path(), &application.origin);
    let target = "POST /x/%2e%2e/y/./z/{a}//%C3%A4|^?name=O'Brien&&b=`c`+d&e=%2F{} HTTP/1.1\r\n";
    let kept = "host: app.example\r\nx-twice: one\r\nx-twice: two\r\nx-bytes: caf\u{e9}\r\ncookie: a=b\r\ncookie: c\r\n\
                x-empty: \r\naccept-encoding: br\r\ncontent-type: application/octet-stream\r\ncontent-length: 5\r\n";
    let of_the_connection = "keep-alive: timeout=5\r\nproxy-connection: keep-alive\r\nte: trailers\r\nupgrade: h2c\r\n\
                             trailer: x-sum\r\nproxy-authorization: Basic eA==\r\nproxy-authenticate: Basic\r\n\
                             x-hop: 1\r\nconnection: close, X-Hop\r\nx-hip: 1\r\nconnection: x-hip\r\n";
    let body = "\0\u{ff}\r\n{";
    let answer = send(&url, &format!("{target}{of_the_connection}{kept}\r\n{body}"));
    assert_eq!(status(&answer), 204, "{answer}");
    assert_eq!(application.next(), format!("{target}{kept}\r\n{body}"));
}

#[test]
fn who_waits_for_the_go_ahead_has_it_here_and_chunks_are_put_together() {
    let home = TempDir::new().unwrap();
    let application = Application::start(&[NO_CONTENT]);
    let (_listening, url) = listen(home.path(), &application.origin);
    let head = "POST /c HTTP/1.1\r\nhost: app.example\r\n";
    let chunked = "expect: 100-continue\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n\
                   2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n";
    let answer = send(&url, &format!("{head}{chunked}"));
    assert!(answer.contains("HTTP/1.1 204"), "{answer}");
    assert_eq!(application.next(), format!("{head}content-length: 5\r\n\r\nabcde"));
}

#[test]
fn the_path_of_the_address_is_put_before_that_of_the_request() {
    let home = TempDir::new().unwrap();
    let application = Application::start(&[NO_CONTENT, NO_CONTENT]);
    let (_listening, url) = listen(home.path(), &format!("{}/base/", application.origin));
    for (target, expected) in [("/?a=/../b", "/base/?a=/../b"), ("/x/./y...", "/base/x/./y...")] {
        assert_eq!(status(&send(&url, &get(target))), 204);
        let arrived = application.next();
        assert!(arrived.starts_with(&format!("GET {expected} HTTP/1.1\r\n")), "{arrived}");
    }
}

#[test]
fn nothing_is_passed_on_that_could_lead_out_of_the_path_of_the_address() {
    let home = TempDir::new().unwrap();
    let application = Application::start(&[NO_CONTENT]);
    let (listening, url) = listen(home.path(), &format!("{}/base", application.origin));
    for target in ["/../admin", "/%2e%2e/admin", "/x/.%2E/../admin", "/..%2fadmin", "/..;a/admin", "*"] {
        let answer = send(&url, &get(target).replace("GET *", "OPTIONS *"));
        assert_eq!(status(&answer), 400, "{target}");
        assert_eq!(listening.json()["forwarded"], 400);
    }
    application.assert_untouched();
    let (_, said) = listening.interrupt();
    assert!(said.contains("not passed on: its path could lead out of /base"), "{said}");
}

#[test]
fn a_question_about_the_server_as_a_whole_stays_one() {
    let home = TempDir::new().unwrap();
    let application = Application::start(&[NO_CONTENT]);
    let (_listening, url) = listen(home.path(), &application.origin);
    assert_eq!(status(&send(&url, &get("*").replace("GET", "OPTIONS"))), 204);
    assert_eq!(application.next(), "OPTIONS * HTTP/1.1\r\nhost: app.example\r\n\r\n");
}

#[test]
fn the_answer_goes_back_with_status_headers_and_body() {
    let home = TempDir::new().unwrap();
    let kept = "x-twice: one\r\nx-twice: two\r\nx-bytes: caf\u{e9}\r\nset-cookie: a=b\r\nset-cookie: c\r\n\
                date: Sat, 21 Nov 2026 09:30:00 GMT\r\ncontent-length: 5\r\n";
    let of_the_connection = "keep-alive: timeout=5\r\nproxy-authenticate: Basic\r\nupgrade: h2c\r\nx-hop: 1\r\n\
                             connection: X-Hop\r\n";
    let body = "\0\u{ff}\r\n{";
    let head = "HTTP/1.1 422 Unprocessable Entity\r\n";
    let application = Application::start(&[&bytes(&format!("{head}{of_the_connection}{kept}\r\n{body}"))]);
    let (_listening, url) = listen(home.path(), &application.origin);
    let answer = send(&url, &get("/"));
    // What the answer says about the connection to the provider is its own.
    let answer = answer.replace("connection: close\r\n", "");
    assert_eq!(answer, format!("{head}{kept}\r\n{body}"));
}

#[test]
fn a_redirect_is_handed_back_and_not_followed() {
    let home = TempDir::new().unwrap();
    let elsewhere = Application::start(&[NO_CONTENT]);
    let redirect = format!("HTTP/1.1 307 Temporary Redirect\r\nlocation: {}/\r\n\r\n", elsewhere.origin);
    let application = Application::start(&[redirect.as_bytes()]);
    let (_listening, url) = listen(home.path(), &application.origin);
    let answer = send(&url, &get("/"));
    assert_eq!(status(&answer), 307);
    assert!(answer.contains(&format!("location: {}/\r\n", elsewhere.origin)), "{answer}");
    elsewhere.assert_untouched();
}

#[test]
fn an_answer_that_is_not_whole_is_no_answer() {
    let largest = 1024 * 1024;
    let of_length = |length: usize| {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
        [head.into_bytes(), vec![b'x'; length]].concat()
    };
    let endless = [&b"HTTP/1.1 200 OK\r\n\r\n"[..], &vec![b'x'; 2 * largest]].concat();
    let cases: [(&[u8], u16, &str); 8] = [
        (&of_length(largest), 200, ""),
        (&of_length(largest + 1), 502, "answers with more than 1 MiB"),
        (&endless, 502, "answers with more than 1 MiB"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhello", 502, "breaks off its answer"),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
            502,
            "breaks off its answer",
        ),
        (b"HTTP/1.1 101 Switching Protocols\r\nupgrade: h2c\r\n\r\n", 502, "switches to another protocol"),
        (b"", 502, "gives no answer"),
        (b"hello", 502, "gives no answer"),
    ];
    let home = TempDir::new().unwrap();
    let application = Application::start(&cases.map(|(answer, ..)| answer));
    let (listening, url) = listen(home.path(), &application.origin);
    for (answer, expected, _) in cases {
        let shown = latin(&answer[..answer.len().min(60)]);
        assert_eq!(status(&send(&url, &get("/"))), expected, "{shown}");
        assert_eq!(listening.json()["forwarded"], expected, "{shown}");
        application.next();
    }
    let (_, said) = listening.interrupt();
    for (.., expected) in cases {
        assert!(said.contains(expected), "{expected}: {said}");
    }
}

#[test]
fn an_answer_to_head_has_a_length_and_no_body() {
    let home = TempDir::new().unwrap();
    let application = Application::start(&[b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n"]);
    let (_listening, url) = listen(home.path(), &application.origin);
    let answer = send(&url, &get("/").replace("GET", "HEAD"));
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n"), "{answer}");
}

#[test]
fn an_address_that_requests_cannot_be_passed_on_to_unchanged_is_a_mistake() {
    let home = TempDir::new().unwrap();
    let cases = [
        ("http://127.0.0.1:3000/base?keep=1", "as in http://127.0.0.1:3000/base\n"),
        ("http://127.0.0.1:3000/base#here", "as in http://127.0.0.1:3000/base\n"),
        ("http://ada:lovelace@127.0.0.1:3000/", "no user and no password"),
        // Documentation only, so nobody has it; and nothing is sent before a request comes.
        ("http://192.0.2.1/", "--danger-forward-in-plaintext"),
        ("http://app.example/", "would go to app.example in plaintext"),
    ];
    for (to, expected) in cases {
        let mut command = countersign(home.path());
        command.env("LEAP_CALLBACK_URL_SECRET", SECRET);
        command.args(["listen", "leap", "--port", "0", "--no-store", "--forward-to", to]);
        let printed = run(&mut command);
        assert_eq!((printed.code, printed.out.as_str()), (2, ""), "{to}: {}", printed.err);
        assert!(printed.err.contains(expected), "{to}: {}", printed.err);
        assert!(!printed.err.contains("lovelace"), "{}", printed.err);
    }
}

#[test]
fn plaintext_to_another_machine_is_possible_for_who_says_so() {
    let home = TempDir::new().unwrap();
    let arguments = ["--json", "listen", "--port", "0", "leap", "--no-store"];
    let forward = ["--forward-to", "http://192.0.2.1/", "--danger-forward-in-plaintext"];
    let variables = [("LEAP_CALLBACK_URL_SECRET", SECRET)];
    let listening = Running::start(home.path(), &variables, &[&arguments[..], &forward].concat());
    assert!(listening.json()["listening"].is_string());
}
