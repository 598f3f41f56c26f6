//! Data on standard output, talk on standard error.

use crate::failure::Failure;
use anstream::AutoStream;
use serde::Serialize;
use std::fmt::Write as _;
use std::io::{ErrorKind, Write as _};

/// Where a command prints. Colours are left out where nobody would see them: in files, in pipes, and with `NO_COLOR`.
#[derive(Clone, Copy, Debug)]
pub struct Out {
    json: bool,
}

#[allow(clippy::unused_self, reason = "whoever prints has been told how")]
impl Out {
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether data is printed as JSON.
    pub fn is_json(self) -> bool {
        self.json
    }

    /// Data: as JSON on a line, or as a person reads it.
    pub fn data(self, data: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), Failure> {
        if self.json {
            let json = serde_json::to_string(data).map_err(|error| Failure::because("no JSON", &error))?;
            return self.print(&escaped(&json));
        }
        self.print(&text())
    }

    /// Text, with a line break after it.
    pub fn print(self, text: &str) -> Result<(), Failure> {
        let mut stdout = AutoStream::auto(std::io::stdout()).lock();
        written(writeln!(stdout, "{text}").and_then(|()| stdout.flush()))
    }

    /// Bytes as they are.
    pub fn bytes(self, bytes: &[u8]) -> Result<(), Failure> {
        let mut stdout = std::io::stdout().lock();
        written(stdout.write_all(bytes).and_then(|()| stdout.flush()))
    }
}

/// What is for a person who looks on, and no data. That nobody reads it is no failure.
pub fn talk(text: &str) {
    let mut stderr = AutoStream::auto(std::io::stderr()).lock();
    let _ = writeln!(stderr, "{text}");
}

fn written(result: std::io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::Unread),
        Err(error) => Err(Failure::because("standard output", &error)),
        Ok(()) => Ok(()),
    }
}

/// Text from elsewhere, without what a terminal would take for a command, or show in another order.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() || is_reordering(letter) { ' ' } else { letter })
        .collect()
}

/// The name of a value as words: `FieldsCompleted` becomes `fields completed`.
pub fn words(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

/// JSON, in which such letters are escaped, so that they stay what they are. Those that ASCII has are already.
pub fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter != '\n' && (letter.is_control() || is_reordering(letter)) {
            let _ = write!(text, "\\u{:04x}", u32::from(letter));
        } else {
            text.push(letter);
        }
    }
    text
}

/// Whether what follows would be shown from right to left, or the other way round.
fn is_reordering(letter: char) -> bool {
    matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Columns that are as wide as what is in them, two blanks apart. The last one is as long as it is.
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let header = header.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    let all = || std::iter::once(&header).chain(rows).filter(|row| !row.is_empty());
    let width = |column: usize| {
        all().filter_map(|row| row.get(column)).map(|text| text.chars().count()).max().unwrap_or_default()
    };
    let widths = (0..header.len()).map(width).collect::<Vec<_>>();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(text, width)| format!("{text:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    all().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::{escaped, printable, words};

    #[test]
    fn commands_to_the_terminal_do_not_get_there() {
        assert_eq!(printable("Ada\u{1b}[2J\r\nLöwe\u{9b}1m"), "Ada [2J  Löwe 1m");
        assert_eq!(printable("a\u{202e}b"), "a b");
        assert_eq!(escaped("{\n\"a\": \"\u{9b}2J\u{2066}\"}"), "{\n\"a\": \"\\u009b2J\\u2066\"}");
    }

    #[test]
    fn names_become_words() {
        let cases = [("Signed", "signed"), ("FinalPdfReady", "final pdf ready"), ("", "")];
        for (name, expected) in cases {
            assert_eq!(words(name), expected);
        }
    }
}
