//! Running the command.

use assert_cmd::Command;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use tokio::net::TcpSocket;

/// How long anything may take before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The command, with nothing in its environment but a home of its own.
pub fn countersign(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.env_clear().env("COUNTERSIGN_HOME", home).timeout(PATIENCE);
    command
}

/// An address that nobody listens at, and that nobody else can take meanwhile.
pub struct Nobody {
    pub origin: String,
    _taken: TcpSocket,
}

impl Nobody {
    pub fn new() -> Self {
        let taken = TcpSocket::new_v4().unwrap();
        taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self { origin: format!("http://{}", taken.local_addr().unwrap()), _taken: taken }
    }
}

/// What a command printed on standard output and standard error, and its exit code.
#[derive(Debug)]
pub struct Printed {
    pub out: String,
    pub err: String,
    pub code: i32,
}

impl Printed {
    /// The lines of its data, as JSON.
    pub fn json(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
    }
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Printed {
    let output = command.output().unwrap();
    Printed {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().expect("it ends by itself, and in time"),
    }
}

/// The providers that the command knows, in the order of the alphabet.
pub fn providers() -> Vec<String> {
    let printed = run(countersign(Path::new("/nonexistent")).args(["--json", "spec"]));
    let mut names =
        printed.json().iter().map(|line| line["provider"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    names.sort();
    names.dedup();
    names
}

/// A command that goes on until it is interrupted.
pub struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    /// Starts a command; what it prints as data is read line by line.
    pub fn start(home: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Self {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_countersign"));
        command.env_clear().env("COUNTERSIGN_HOME", home).envs(variables.iter().copied());
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (tell, lines) = channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        Self { child, lines }
    }

    /// The next line of data.
    pub fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("another line")
    }

    pub fn json(&self) -> Value {
        let line = self.line();
        serde_json::from_str(&line).expect(&line)
    }

    /// The next line of data that has this member.
    pub fn json_with(&self, member: &str) -> Value {
        loop {
            let mut json = self.json();
            if let Some(value) = json.get_mut(member) {
                return value.take();
            }
        }
    }

    /// As Ctrl-C does. Returns how it ended, and what it said.
    pub fn interrupt(self) -> (ExitStatus, String) {
        self.end("-INT")
    }

    /// As the system does when it shuts down, or whoever started it.
    pub fn terminate(self) -> (ExitStatus, String) {
        self.end("-TERM")
    }

    fn end(mut self, signal: &str) -> (ExitStatus, String) {
        let id = self.child.id().to_string();
        assert!(std::process::Command::new("kill").args([signal, &id]).status().unwrap().success());
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap(), said)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
