//! What is seen on a terminal.

use super::support::PATIENCE;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use tempfile::TempDir;

/// A command on a terminal of 100 columns.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    output: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    raw: Vec<u8>,
}

impl Terminal {
    pub fn start(home: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Self {
        let size = PtySize { rows: 50, cols: 100, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_countersign"));
        command.env_clear();
        command.env("COUNTERSIGN_HOME", home);
        command.env("TERM", "xterm-256color");
        for (name, value) in variables {
            command.env(name, value);
        }
        command.args(arguments);
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (tell, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length) = reader.read(&mut buffer) {
                if length == 0 || tell.send(buffer[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { child, master: pair.master, output, screen: vt100::Parser::new(50, 100, 0), raw: Vec::new() }
    }

    /// Waits until the screen shows this, and returns the screen.
    pub fn wait_for(&mut self, text: &str) -> String {
        loop {
            let shown = self.screen.screen().contents();
            if shown.contains(text) {
                return shown;
            }
            let Ok(bytes) = self.output.recv_timeout(PATIENCE) else {
                panic!("`{text}` is not shown:\n{shown}");
            };
            self.screen.process(&bytes);
            self.raw.extend(bytes);
        }
    }

    /// Everything that was written so far, with its colours.
    pub fn raw(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }

    /// What is typed.
    pub fn type_in(&self, text: &str) {
        let mut writer = self.master.take_writer().unwrap();
        writer.write_all(text.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    pub fn exit_code(&mut self) -> u32 {
        self.child.wait().unwrap().exit_code()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

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
    let mut terminal = Terminal::start(home.path(), &[], &["mock", "signly", "--port", "0"]);
    let screen = terminal.wait_for("Ctrl-C ends it");
    assert!(screen.contains("export SIGNLY_API_KEY=sk_mock_"), "{screen}");
    assert_eq!(call(&screen), 401, "without a credential");
    let screen = terminal.wait_for("list_webhooks");
    let line = screen.lines().find(|line| line.contains("list_webhooks  GET")).unwrap();
    assert!(line.contains("signly  401  list_webhooks  GET /v1/webhooks"), "{line}");
    assert!(terminal.raw().contains("\u{1b}[33m401\u{1b}[0m"), "a refusal is yellow: {}", terminal.raw());
    terminal.type_in(CTRL_C);
    terminal.wait_for("ended");
    assert_eq!(terminal.exit_code(), 0);
}

#[test]
fn no_color_is_obeyed() {
    let home = TempDir::new().unwrap();
    let mut terminal = Terminal::start(home.path(), &[("NO_COLOR", "1")], &["mock", "signly", "--port", "0"]);
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
    let mut terminal = Terminal::start(home.path(), &variables, &arguments);
    terminal.wait_for("dedupe key");
    assert!(terminal.raw().contains("\u{1b}["), "{}", terminal.raw());
    let mut piped = super::support::countersign(home.path());
    let printed = super::support::run(piped.envs(variables).args(arguments));
    assert!(printed.out.contains("accepted") && !printed.out.contains('\u{1b}'), "{}", printed.out);
}
