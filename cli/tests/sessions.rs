//! The terminal sessions in the README and the pages: every command is run, and prints what is shown.
//!
//! In what is shown, `…` stands for anything in a line, and a line of it for any lines. Ports and times are those of the run.

use super::support::PATIENCE;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use tempfile::TempDir;

const ANYTHING: char = '…';
/// The ports that are shown: of the mock, of what tells it what signers do, and of `listen`.
const SHOWN: [&str; 3] = ["4010", "4011", "3030"];

/// A command and what it prints.
struct Step {
    command: String,
    shown: Vec<String>,
}

/// The steps of all sessions of a page, in order.
fn steps(page: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut is_session = false;
    for line in page.lines() {
        if line.starts_with("```") {
            is_session = line == "```console";
        } else if !is_session {
        } else if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step { command: command.to_owned(), shown: Vec::new() });
        } else {
            steps.last_mut().expect("a session begins with a command").shown.push(line.to_owned());
        }
    }
    steps
}

/// Whether a line is what is shown for it.
fn fits(shown: &str, line: &str) -> bool {
    let mut parts = shown.split(ANYTHING);
    let Some(mut rest) = line.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut last = None;
    for part in parts {
        if let Some(middle) = last.replace(part) {
            let Some((_, after)) = rest.split_once(middle) else { return false };
            rest = after;
        }
    }
    last.map_or(rest.is_empty(), |end| rest.ends_with(end))
}

/// Goes through what is shown. `next` gives the lines, and nothing when there are no more.
fn assert_shown(command: &str, shown: &[String], mut next: impl FnMut() -> Option<String>) {
    let (mut skips, mut seen) = (false, Vec::new());
    for expected in shown {
        if *expected == ANYTHING.to_string() {
            skips = true;
            continue;
        }
        loop {
            let Some(line) = next() else {
                panic!("$ {command}\n`{expected}` was not printed, but:\n{}", seen.join("\n"));
            };
            seen.push(line.clone());
            if fits(expected, &line) {
                break;
            }
            assert!(skips, "$ {command}\nshown: {expected}\nprinted: {line}");
        }
        skips = false;
    }
}

/// Times of day are not those of the page.
fn without_times(line: &str) -> String {
    let mut text = line.to_owned();
    let is_time = |part: &str| {
        part.len() == 8
            && part
                .char_indices()
                .all(|(at, each)| if matches!(at, 2 | 5) { each == ':' } else { each.is_ascii_digit() })
    };
    for part in line.split_whitespace().filter(|part| is_time(part)) {
        text = text.replacen(part, "00:00:00", 1);
    }
    text
}

/// A command that goes on, and what it is to print.
struct Background {
    command: String,
    shown: Vec<String>,
    child: Child,
    lines: Receiver<String>,
}

struct Session {
    home: TempDir,
    /// Sets the variables that were set so far.
    variables: String,
    ports: [String; 3],
    /// Keep the ports from others until they are used: two for the mock, and one for `listen`.
    for_mock: Vec<TcpListener>,
    for_listen: Vec<TcpListener>,
    background: Vec<Background>,
}

impl Session {
    fn new() -> Self {
        let home = TempDir::new().unwrap();
        let free = || TcpListener::bind("127.0.0.1:0").unwrap();
        let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
        // The second port of the mock follows its first.
        let with_next = |first: TcpListener| {
            let second = TcpListener::bind(("127.0.0.1", port(&first).checked_add(1)?)).ok()?;
            Some(vec![first, second])
        };
        let for_mock = std::iter::repeat_with(free).find_map(with_next).unwrap();
        let for_listen = vec![free()];
        let ports = [&for_mock[0], &for_mock[1], &for_listen[0]].map(|held| port(held).to_string());
        Self { home, variables: String::new(), ports, for_mock, for_listen, background: Vec::new() }
    }

    fn shell(&self, line: &str) -> Command {
        let binary = Path::new(env!("CARGO_BIN_EXE_countersign")).parent().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", &format!("{}\n{line}", self.variables)]);
        command.env_clear().env("HOME", self.home.path()).current_dir(self.home.path());
        command.env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", binary.display()));
        command
    }

    fn with_own_ports(&self, text: &str) -> String {
        SHOWN.iter().zip(&self.ports).fold(text.to_owned(), |text, (shown, own)| text.replace(shown, own))
    }

    fn as_shown(&self, line: &str) -> String {
        let line =
            self.ports.iter().zip(SHOWN).fold(line.to_owned(), |line, (own, shown)| line.replace(own, shown));
        without_times(&line)
    }

    fn run(&mut self, Step { command, shown }: Step) {
        let shown = shown.iter().map(|line| without_times(line)).collect::<Vec<_>>();
        let own = self.with_own_ports(&command);
        let is_assignment =
            own.split_once('=').is_some_and(|(name, _)| name.chars().all(char::is_alphanumeric));
        if own.starts_with("export ") || own.starts_with(". ") || is_assignment {
            // What a file sets and does not export would not reach an application; what is assigned is for later commands here.
            let options = if is_assignment { "-e -a" } else { "-e" };
            let output = self.shell(&format!("set {options}\n{own}\nexport -p")).output().unwrap();
            assert!(output.status.success(), "$ {command}\n{}", String::from_utf8_lossy(&output.stderr));
            self.variables = String::from_utf8(output.stdout).unwrap();
        } else if own.starts_with("countersign mock") {
            self.for_mock.clear();
            self.start(command, shown, &format!("exec {own} --port {}", self.ports[0]));
        } else if own.starts_with("countersign listen") {
            self.for_listen.clear();
            self.start(command, shown, &format!("exec {own} --port {}", self.ports[2]));
        } else {
            let output = self.shell(&format!("{{ {own}\n}} 2>&1")).output().unwrap();
            let printed = String::from_utf8(output.stdout).unwrap();
            let printed = printed.lines().map(|line| self.as_shown(line)).collect::<Vec<_>>();
            let mut lines = printed.iter().cloned();
            assert_shown(&command, &shown, || lines.next());
            let is_all = lines.next().is_none() || shown.last().is_some_and(|line| line == "…");
            assert!(is_all, "$ {command}\nmore was printed:\n{}", printed.join("\n"));
        }
    }

    /// Waits until it has printed its first line.
    fn start(&mut self, command: String, shown: Vec<String>, line: &str) {
        let mut shell = self.shell(line);
        let mut child = shell.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let (tell, lines) = channel();
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        // The last thing that is said before it is ready.
        let mut said = String::new();
        while !said.contains("Ctrl-C ends it") {
            assert_ne!(stderr.read_line(&mut said).unwrap(), 0, "$ {command}\n{said}");
        }
        std::thread::spawn(move || stderr.read_to_end(&mut Vec::new()));
        self.background.push(Background { command, shown, child, lines });
    }

    /// What goes on has to have printed what is shown, and ends when it is told to.
    fn end(mut self) {
        for mut one in std::mem::take(&mut self.background) {
            let next = || one.lines.recv_timeout(PATIENCE).ok().map(|line| self.as_shown(&line));
            assert_shown(&one.command, &one.shown, next);
            let id = one.child.id().to_string();
            assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
            assert!(one.child.wait().unwrap().success(), "$ {}", one.command);
        }
    }
}

/// The README, and all pages.
fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let pages = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    pages.chain([root.join("README.md")]).collect()
}

#[test]
fn every_session_goes_as_it_is_shown() {
    let mut count = 0;
    for page in pages() {
        let steps = steps(&fs::read_to_string(&page).unwrap());
        if steps.is_empty() {
            continue;
        }
        let mut session = Session::new();
        for step in steps {
            count += 1;
            session.run(step);
        }
        session.end();
    }
    assert!(count >= 10, "only {count} commands were found");
}

#[test]
fn what_is_shown_is_compared() {
    let cases = [
        ("a…c", "abc", true),
        ("a…c", "ac", true),
        ("a…b…c", "a1b2c", true),
        ("a…b…c", "a1c", false),
        ("abc", "abc", true),
        ("abc", "abcd", false),
        ("…d", "abcd", true),
        ("a…", "abcd", true),
        ("…x…", "abcd", false),
    ];
    for (shown, line, expected) in cases {
        assert_eq!(fits(shown, line), expected, "{shown} {line}");
    }
}
