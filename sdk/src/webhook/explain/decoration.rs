//! What people put around secrets.

use crate::runtime::Secret;
use crate::webhook::hmac::KEY_PREFIX;

/// How often something is taken off: a word in quotes, or quotes after a word.
const MOST_LAYERS: usize = 2;
/// The most values that may have been joined.
const MOST_JOINED: usize = 4;
/// What is longer than this is no secret, and would take its time.
const LONGEST: usize = 4096;

/// The values of a header that came several times, and that a proxy has joined into one. None if it is one value.
pub(super) fn joined(text: &[u8]) -> Vec<&[u8]> {
    let parts = text.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).filter(|part| !part.is_empty());
    let parts = parts.take(MOST_JOINED + 1).collect::<Vec<_>>();
    if (2..=MOST_JOINED).contains(&parts.len()) { parts } else { Vec::new() }
}

/// A text without quotes, blanks or a word around it: everything that it may have been before.
pub(super) fn undecorated(text: &[u8]) -> Vec<&[u8]> {
    if text.len() > LONGEST {
        return Vec::new();
    }
    let mut found = vec![text];
    for _ in 0..MOST_LAYERS {
        let inner = found.iter().flat_map(|text| without_a_layer(text)).collect::<Vec<_>>();
        for text in inner {
            if !found.contains(&text) {
                found.push(text);
            }
        }
    }
    found.split_off(1)
}

/// The text with one of these taken off, and the blanks around what is left.
fn without_a_layer(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let quoted = |quote: &[u8]| text.strip_prefix(quote)?.strip_suffix(quote);
    let end_of_word = text.iter().position(|byte| matches!(byte, b' ' | b'=' | b':'));
    let after_word = end_of_word.and_then(|end| text.get(end + 1..));
    // Base64 ends so.
    let after_word = after_word.filter(|rest| rest.iter().any(|byte| *byte != b'='));
    let layers =
        [Some(text), quoted(b"\""), quoted(b"'"), after_word, text.strip_prefix(KEY_PREFIX.as_bytes())];
    layers.into_iter().flatten().map(<[u8]>::trim_ascii)
}

/// As [`undecorated`], for a secret that was configured.
pub(super) fn bare(secret: &Secret) -> Vec<Secret> {
    let parts = undecorated(secret.expose().as_bytes());
    let texts = parts.into_iter().filter_map(|part| std::str::from_utf8(part).ok());
    texts.filter_map(|text| Secret::issued(text).ok()).collect()
}

/// The other way round: a secret with the usual things around it.
pub(super) fn decorated(secret: &Secret) -> Vec<Secret> {
    let secret = secret.expose();
    let texts = [
        format!("\"{secret}\""),
        format!("'{secret}'"),
        format!("Bearer {secret}"),
        format!("{KEY_PREFIX}{secret}"),
    ];
    texts.into_iter().filter_map(|text| Secret::issued(text).ok()).collect()
}
