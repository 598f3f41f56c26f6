//! Data on standard output, talk on standard error.

use crate::failure::Failure;
use anstream::AutoStream;
use anstyle::{AnsiColor, Style};
use serde::Serialize;
use std::fmt::Write as _;
use std::io::{ErrorKind, IsTerminal, Write as _};
use terminal_size::{Width, terminal_size};

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

    /// As [`data`](Self::data), for sentences: on a terminal lines that are too long for it break between words.
    pub fn report(self, data: &impl Serialize, text: impl FnOnce() -> String) -> Result<(), Failure> {
        self.data(data, || for_terminal(&text(), &std::io::stdout()))
    }

    /// Lines of text that break between words where they are too long for a terminal.
    pub fn print_lines(self, text: &str) -> Result<(), Failure> {
        self.print(&for_terminal(text, &std::io::stdout()))
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

/// The message that a command ends with, on standard error.
pub fn complain(text: &str) {
    let text = for_terminal(&format!("error: {}", printable_lines(text)), &std::io::stderr());
    let text = text.strip_prefix("error:").unwrap_or(&text);
    let mut stderr = AutoStream::auto(std::io::stderr()).lock();
    let _ = writeln!(stderr, "{RED}error:{RED:#}{text}");
}

const RED: Style = AnsiColor::Red.on_default().bold();

/// Writes a message for a person who looks on, which is no data. That nobody reads it is no failure. It has no colours: whatever a
/// terminal would take for a command is taken out here, wherever it came from.
pub fn talk(text: &str) {
    let mut stderr = AutoStream::auto(std::io::stderr()).lock();
    let _ = writeln!(stderr, "{}", for_terminal(&printable_lines(text), &std::io::stderr()));
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

/// As [`printable`], but that line breaks stay: for messages of several lines.
fn printable_lines(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

/// Text for a stream: wrapped if that is a terminal, and as it is otherwise.
fn for_terminal(text: &str, stream: &impl IsTerminal) -> String {
    let size = if stream.is_terminal() { terminal_size() } else { None };
    match size {
        Some((Width(width), _)) if width >= NARROWEST => wrapped(text, width.into()),
        _ => text.to_owned(),
    }
}

/// Terminals that are narrower than this break lines themselves.
const NARROWEST: u16 = 20;

/// Breaks lines that are too long between words, and never within one. What follows is indented as the last column of
/// the line. A command on a line of its own is left alone: it is copied.
fn wrapped(text: &str, width: usize) -> String {
    let mut lines = Vec::new();
    for line in text.split('\n') {
        if shown_width(line) <= width || line.trim_start().starts_with("countersign ") {
            lines.push(line.to_owned());
        } else {
            wrap_line(line, width, &mut lines);
        }
    }
    lines.join("\n")
}

fn wrap_line(line: &str, width: usize, lines: &mut Vec<String>) {
    let indent = hanging_indent(line, width);
    let mut current = String::new();
    // The blanks before a word that is still to come.
    let mut blanks = String::new();
    for word in line.split(' ') {
        let word_width = shown_width(word);
        let has_words = !current.trim_start().is_empty();
        if has_words && word_width > 0 && shown_width(&current) + blanks.len() + word_width > width {
            lines.push(std::mem::take(&mut current));
            // A word that does not fit behind the indent is moved to the left as far as it has to be.
            current.push_str(&" ".repeat(indent.min(width.saturating_sub(word_width))));
            blanks.clear();
        }
        if !word.is_empty() {
            current.push_str(&blanks);
            blanks.clear();
            current.push_str(word);
        }
        blanks.push(' ');
    }
    lines.push(current);
}

/// The column in which the text of a line begins, behind blanks, bullets and columns of a table.
fn hanging_indent(line: &str, width: usize) -> usize {
    let plain = anstream::adapter::strip_str(line).to_string();
    let lead = plain.chars().take_while(|letter| *letter == ' ').count();
    let text = plain.trim_start_matches(' ');
    let bullet =
        ["- ", "-> "].iter().find(|bullet| text.starts_with(**bullet)).map_or(0, |bullet| bullet.len());
    let mut indent = lead + bullet;
    let mut blanks = 0;
    for (column, letter) in plain.chars().enumerate() {
        if letter == ' ' {
            blanks += 1;
            continue;
        }
        if blanks >= 2 && column > indent && column <= width / 2 {
            indent = column;
        }
        blanks = 0;
    }
    indent
}

/// The number of columns that a text takes. Colours take none.
fn shown_width(text: &str) -> usize {
    anstream::adapter::strip_str(text).to_string().chars().count()
}

/// A value as a shell reads it.
pub fn quoted(value: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_-./:@%+".contains(letter);
    if !value.is_empty() && value.chars().all(is_plain) {
        value.to_owned()
    } else {
        format!("'{}'", value.replace('\'', r"'\''"))
    }
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
    use super::{escaped, printable, quoted, words, wrapped};

    #[test]
    fn commands_to_the_terminal_do_not_get_there() {
        assert_eq!(printable("Ada\u{1b}[2J\r\nLöwe\u{9b}1m"), "Ada [2J  Löwe 1m");
        assert_eq!(printable("a\u{202e}b"), "a b");
        assert_eq!(escaped("{\n\"a\": \"\u{9b}2J\u{2066}\"}"), "{\n\"a\": \"\\u009b2J\\u2066\"}");
    }

    #[test]
    fn lines_break_between_words_and_below_their_last_column() {
        let cases = [
            ("short enough", "short enough"),
            ("one two three four five six", "one two three four\nfive six"),
            ("ok    x  one two three", "ok    x  one two\n         three"),
            ("- one two three four five", "- one two three four\n  five"),
            ("  -> one two three four", "  -> one two three\n     four"),
            // Neither a word nor an address is broken.
            ("see https://example.com/a/long/one", "see\nhttps://example.com/a/long/one"),
            ("ok    x  abcdefghijklmnop", "ok    x\n    abcdefghijklmnop"),
            // Colours take no room.
            ("\u{1b}[32mone\u{1b}[0m two three four", "\u{1b}[32mone\u{1b}[0m two three four"),
            ("  countersign status legalesign 17 --json", "  countersign status legalesign 17 --json"),
            ("a\n\nb", "a\n\nb"),
        ];
        for (text, expected) in cases {
            assert_eq!(wrapped(text, 20), expected, "{text}");
        }
    }

    #[test]
    fn values_are_quoted_where_a_shell_would_take_them_apart() {
        let cases = [
            ("http://127.0.0.1:4010/api/v1", "http://127.0.0.1:4010/api/v1"),
            ("/home/Ada Lovelace/key.pem", "'/home/Ada Lovelace/key.pem'"),
            ("$(rm)", "'$(rm)'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
        ];
        for (value, expected) in cases {
            assert_eq!(quoted(value), expected);
        }
    }

    #[test]
    fn names_become_words() {
        let cases = [("Signed", "signed"), ("FinalPdfReady", "final pdf ready"), ("", "")];
        for (name, expected) in cases {
            assert_eq!(words(name), expected);
        }
    }
}
