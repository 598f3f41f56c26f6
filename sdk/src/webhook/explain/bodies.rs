//! What a body may have been before somebody changed it.

use super::cause::Cause;
use super::work::Work;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;
use std::fmt;

/// Larger texts are not written again: it would take too long, and what is that large is seldom JSON.
const LARGEST_REWRITTEN: usize = 256 * 1024;

/// Writing a text again takes about as long as hashing this many of it.
const COST_OF_WRITING: usize = 4;

/// Tells of a text as it is, and as it may have been: together with what happened to it. One at a time, since there are many,
/// and no more than there is work for.
pub(super) fn versions(text: &[u8], work: &mut Work, mut tell: impl FnMut(&mut Work, Option<Cause>, &[u8])) {
    tell(work, None, text);
    let mut tell = |work: &mut Work, cause: Cause, version: &[u8]| {
        if version != text {
            tell(work, Some(cause), version);
        }
    };
    let end = text.trim_ascii_end();
    for ending in ["", "\n", "\r\n"] {
        if work.spend(text.len()) {
            tell(work, Cause::TrailingNewline, &[end, ending.as_bytes()].concat());
        }
    }
    if work.spend(text.len()) {
        tell(work, Cause::ByteOrderMark, text.strip_prefix(MARK).unwrap_or(text));
        tell(work, Cause::ByteOrderMark, &[MARK, text].concat());
    }
    if let Ok(text) = std::str::from_utf8(text)
        && work.spend(text.len().saturating_mul(COST_OF_WRITING))
    {
        let plain = text.replace("\r\n", "\n");
        tell(work, Cause::LineBreaks, plain.replace('\n', "\r\n").as_bytes());
        tell(work, Cause::LineBreaks, plain.as_bytes());
        rewritten(text, work, |work, version| tell(work, Cause::Rewritten, version.as_bytes()));
    }
}

/// The byte order mark of UTF-8.
pub(super) const MARK: &[u8] = "\u{feff}".as_bytes();

/// Returns `true` for a body that begins as JSON does, and does not go on as JSON.
pub(super) fn is_broken_json(text: &[u8]) -> bool {
    matches!(text.trim_ascii_start().first(), Some(b'{' | b'['))
        && serde_json::from_slice::<IgnoredAny>(text).is_err()
}

/// Whether it is a JSON object with several members in the order of the alphabet, as many libraries write them, and
/// hardly anybody else.
pub(super) fn has_sorted_members(text: &[u8]) -> bool {
    serde_json::from_slice(text).is_ok_and(|Names(names)| names.len() >= FEWEST_SORTED && names.is_sorted())
}

/// So many are not in that order by chance.
const FEWEST_SORTED: usize = 4;

/// The names of the members of an object, in their order.
struct Names(Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Names;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some((name, IgnoredAny)) = map.next_entry()? {
                    names.push(name);
                }
                Ok(Names(names))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

/// JSON as different libraries write it. Members keep their order, but for the last version, where they are sorted.
fn rewritten(text: &str, work: &mut Work, mut tell: impl FnMut(&mut Work, &str)) {
    if text.len() > LARGEST_REWRITTEN {
        return;
    }
    let Ok(value) = serde_json::from_str::<Value>(text) else { return };
    let compact = laid_out(text, "", "", None).unwrap_or_default();
    for escapes in [compact.clone(), escaped(&compact), unescaped(&compact), value.to_string()] {
        for version in [escapes.replace('/', "\\/"), escapes] {
            let layouts = [(" ", " ", None), ("", " ", None), ("", " ", Some(2)), ("", " ", Some(4))];
            for (after_comma, after_colon, indent) in layouts {
                if !work.spend(text.len().saturating_mul(COST_OF_WRITING)) {
                    return;
                }
                if let Some(version) = laid_out(&version, after_comma, after_colon, indent) {
                    tell(work, &version);
                }
            }
            tell(work, &version);
        }
    }
}

/// The same tokens with other blanks: after commas, after colons, or on lines of their own. `None` if that makes far more of
/// them than anybody sends.
fn laid_out(text: &str, after_comma: &str, after_colon: &str, indent: Option<usize>) -> Option<String> {
    let longest = text.len() * 4 + 4096;
    let mut written = String::with_capacity(text.len());
    let (mut in_string, mut escaping, mut depth) = (false, false, 0_usize);
    let mut tokens = text.chars().filter(|character| {
        let is_blank = !in_string && matches!(character, ' ' | '\t' | '\r' | '\n');
        (in_string, escaping) = match (in_string, escaping, character) {
            (true, false, '\\') => (true, true),
            (is_in, false, '"') => (!is_in, false),
            (is_in, ..) => (is_in, false),
        };
        !is_blank
    });
    let break_line = |written: &mut String, depth: usize| {
        if let Some(indent) = indent {
            written.push('\n');
            written.extend(std::iter::repeat_n(' ', indent * depth));
        }
    };
    let (mut in_string, mut escaping) = (false, false);
    let mut tokens = std::iter::from_fn(|| tokens.next()).peekable();
    while let Some(token) = tokens.next() {
        if written.len() > longest {
            return None;
        }
        if in_string {
            written.push(token);
            (in_string, escaping) = (escaping || token != '"', !escaping && token == '\\');
            continue;
        }
        match token {
            '{' | '[' => {
                written.push(token);
                if !matches!(tokens.peek(), Some('}' | ']')) {
                    depth += 1;
                    break_line(&mut written, depth);
                } else if let Some(end) = tokens.next() {
                    written.push(end);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                break_line(&mut written, depth);
                written.push(token);
            }
            ',' => {
                written.push(token);
                written.push_str(after_comma);
                break_line(&mut written, depth);
            }
            ':' => {
                written.push(token);
                written.push_str(after_colon);
            }
            _ => {
                in_string = token == '"';
                written.push(token);
            }
        }
    }
    Some(written)
}

/// With everything that is not ASCII as escapes.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for character in text.chars() {
        if character.is_ascii() {
            written.push(character);
        } else {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                written.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    written
}

/// Without escapes where none are needed; members keep their order.
fn unescaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('"') {
        let (before, string) = rest.split_at(start);
        written.push_str(before);
        let end = end_of_string(string);
        let (string, after) = string.split_at(end);
        match serde_json::from_str::<String>(string) {
            Ok(read) => written.push_str(&Value::from(read).to_string()),
            Err(_) => written.push_str(string),
        }
        rest = after;
    }
    written.push_str(rest);
    written
}

/// How long the string is that a text begins with, its quotes included.
fn end_of_string(text: &str) -> usize {
    let mut escaping = false;
    for (place, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !escaping => return place + 1,
            b'\\' => escaping = !escaping,
            _ => escaping = false,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::{rewritten, versions};
    use crate::webhook::explain::work::Work;

    fn all(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        rewritten(text, &mut Work::new(), |_, version| found.push(version.to_owned()));
        found
    }

    #[test]
    fn what_libraries_write_is_among_the_versions() {
        let given = r#"{"b":"é\"\\/","a":[1,{},[]]}"#;
        let found = all(given);
        for expected in [
            given,
            "{\"b\": \"\\u00e9\\\"\\\\/\", \"a\": [1, {}, []]}",
            "{\n  \"b\": \"é\\\"\\\\/\",\n  \"a\": [\n    1,\n    {},\n    []\n  ]\n}",
            r#"{"a":[1,{},[]],"b":"é\"\\/"}"#,
            r#"{"b":"é\"\\\/","a":[1,{},[]]}"#,
        ] {
            assert!(found.iter().any(|version| version == expected), "{expected}\n{found:#?}");
        }
    }

    #[test]
    fn what_is_no_json_is_not_rewritten() {
        for text in ["", "{", "\"", "\\", "a\"b\\"] {
            assert!(all(text).is_empty());
            let mut count = 0;
            versions(text.as_bytes(), &mut Work::new(), |_, _, _| count += 1);
            assert!(count > 1);
        }
    }

    #[test]
    fn no_version_is_much_longer_than_the_text() {
        let depth = 120;
        let text = format!("{}{}1{}", "[".repeat(depth), "1,".repeat(2000), "]".repeat(depth));
        let longest = all(&text).iter().map(String::len).max().unwrap_or_default();
        assert!(longest < text.len() * 5 + 5000, "{longest} of {}", text.len());
    }
}
