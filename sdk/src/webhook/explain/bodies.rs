//! What a body may have been before somebody changed it.

use super::cause::Cause;
use serde_json::Value;

/// A text as it is, and as it may have been: together with what happened to it.
pub(super) fn versions(text: &[u8]) -> Vec<(Option<Cause>, Vec<u8>)> {
    let mut versions = vec![(None, text.to_vec())];
    let mut add = |cause: Cause, version: Vec<u8>| {
        if version != text {
            versions.push((Some(cause), version));
        }
    };
    let end = text.trim_ascii_end();
    for ending in ["", "\n", "\r\n"] {
        add(Cause::TrailingNewline, [end, ending.as_bytes()].concat());
    }
    let mark = "\u{feff}".as_bytes();
    add(Cause::ByteOrderMark, text.strip_prefix(mark).unwrap_or(text).to_vec());
    add(Cause::ByteOrderMark, [mark, text].concat());
    if let Ok(text) = std::str::from_utf8(text) {
        let plain = text.replace("\r\n", "\n");
        add(Cause::LineBreaks, plain.replace('\n', "\r\n").into_bytes());
        add(Cause::LineBreaks, plain.into_bytes());
        for version in rewritten(text) {
            add(Cause::Rewritten, version.into_bytes());
        }
    }
    versions
}

/// JSON as different libraries write it. Members keep their order, but for the last version, where they are sorted.
fn rewritten(text: &str) -> Vec<String> {
    let Ok(value) = serde_json::from_str::<Value>(text) else { return Vec::new() };
    let compact = laid_out(text, "", "", None);
    let escapes = [compact.clone(), escaped(&compact), unescaped(&compact), value.to_string()];
    let with_slashes = escapes.clone().map(|version| version.replace('/', "\\/"));
    let mut versions = Vec::new();
    for version in escapes.into_iter().chain(with_slashes) {
        versions.push(laid_out(&version, " ", " ", None));
        versions.push(laid_out(&version, "", " ", None));
        versions.push(laid_out(&version, "", " ", Some(2)));
        versions.push(laid_out(&version, "", " ", Some(4)));
        versions.push(version);
    }
    versions
}

/// The same tokens with other blanks: after commas, after colons, or on lines of their own.
fn laid_out(text: &str, after_comma: &str, after_colon: &str, indent: Option<usize>) -> String {
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
    written
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

    #[test]
    fn what_libraries_write_is_among_the_versions() {
        let given = r#"{"b":"é\"\\/","a":[1,{},[]]}"#;
        let found = rewritten(given);
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
            assert!(rewritten(text).is_empty());
            assert!(versions(text.as_bytes()).len() > 1);
        }
    }
}
