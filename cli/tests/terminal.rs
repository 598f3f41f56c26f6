//! What is seen on a terminal.

use super::pty::Terminal;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use tempfile::TempDir;

const CTRL_C: &str = "\u{3}";

/// Calls the mock that the screen shows, without a credential.
fn call(screen: &str) -> u16 {
    let line = screen.lines().find(|line| line.contains("export SIGNLY_BASE_URL=")).unwrap();
    let url = line.split_once('=').unwrap().1.trim();
    let host = url.strip_prefix("http://").unwrap();
    let mut connection = TcpStream::connect(host).unwrap();
    write!(connection, "GET /v1/webhooks HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn the_log_of_a_mock_is_live_and_coloured_and_ctrl_c_ends_it() {
    let home = TempDir::new().unwrap();
    let mut terminal = Terminal::start(home.path(), &[], &["mock", "signly", "--port", "0"], 100);
    let screen = terminal.wait_for("Ctrl-C ends it");
    assert!(screen.contains("export SIGNLY_API_KEY=sk_mock_"), "{screen}");
    assert_eq!(call(&screen), 401, "without a credential");
    let screen = terminal.wait_for("list_webhooks");
    let line = screen.lines().find(|line| line.contains("list_webhooks  GET")).unwrap();
    assert!(line.contains("signly  401  list_webhooks  GET /v1/webhooks"), "{line}");
    assert!(terminal.raw().contains("\u{1b}[33m401\u{1b}[0m"), "a refusal is yellow: {}", terminal.raw());
    terminal.type_in(CTRL_C);
    let seen = terminal.end();
    assert!(seen.screen.contains("ended"), "{}", seen.screen);
    assert_eq!(seen.code, 0);
}

#[test]
fn no_color_is_obeyed() {
    let home = TempDir::new().unwrap();
    let mut terminal =
        Terminal::start(home.path(), &[("NO_COLOR", "1")], &["mock", "signly", "--port", "0"], 100);
    let screen = terminal.wait_for("Ctrl-C ends it");
    call(&screen);
    terminal.wait_for("list_webhooks  GET");
    assert!(!terminal.raw().contains("\u{1b}["), "{}", terminal.raw());
}

#[test]
fn verdicts_are_coloured_on_a_terminal_and_plain_in_a_pipe() {
    let home = TempDir::new().unwrap();
    let capture = home.path().join("capture.http");
    let secret = "correct horse battery staple";
    let body = r#"{"eventId":"evt_01","type":"OTP_SENT","tenantId":"t-1"}"#;
    std::fs::write(&capture, format!("POST / HTTP/1.1\r\nx-client-auth: {secret}\r\n\r\n{body}")).unwrap();
    let arguments = ["verify", "signly", capture.to_str().unwrap()];
    let variables = [("SIGNLY_WEBHOOK_SECRET", secret), ("SIGNLY_TENANT", "t-1")];
    let mut terminal = Terminal::start(home.path(), &variables, &arguments, 100);
    terminal.wait_for("dedupe key");
    assert!(terminal.raw().contains("\u{1b}["), "{}", terminal.raw());
    let mut piped = super::support::countersign(home.path());
    let printed = super::support::run(piped.envs(variables).args(arguments));
    assert!(printed.out.contains("accepted") && !printed.out.contains('\u{1b}'), "{}", printed.out);
}

#[test]
fn lines_break_between_words_on_a_terminal_and_nowhere_in_a_pipe() {
    let home = TempDir::new().unwrap();
    let capture = home.path().join("capture.http");
    std::fs::write(&capture, "POST / HTTP/1.1\r\n\r\n{}").unwrap();
    let variables = [
        ("NO_COLOR", "1"),
        ("SIGNLY_WEBHOOK_SECRET", "correct horse battery staple"),
        ("SIGNLY_TENANT", "t-1"),
        ("SIGNLY_API_KEY", "k"),
        ("SIGNLY_BASE_URL", "https://signly.example/an/address/that/is/long"),
    ];
    let capture = capture.to_str().unwrap();
    let cases: [&[&str]; 3] = [
        &["verify", "signly", capture, "--explain"],
        &["doctor", "signly", "--offline"],
        &["spec", "legalesign"],
    ];
    for arguments in cases {
        let mut piped = super::support::countersign(home.path());
        let piped = super::support::run(piped.envs(variables).args(arguments));
        for columns in [60, 80] {
            let seen = Terminal::start(home.path(), &variables, arguments, columns).end();
            let raw = seen.raw.replace("\r\n", "\n");
            let shown = raw.strip_prefix(&piped.err).or_else(|| raw.strip_suffix(&piped.err)).unwrap_or(&raw);
            for line in shown.lines() {
                let is_one_word = !line.trim().contains(' ');
                assert!(line.chars().count() <= usize::from(columns) || is_one_word, "{arguments:?}: {line}");
            }
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(shown), words(&piped.out), "{arguments:?}: a word was broken");
        }
    }
}
