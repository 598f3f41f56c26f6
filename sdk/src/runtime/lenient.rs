//! Reading what providers send: numbers that come as text, and errors that say where without saying what.

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_path_to_error::Segment;
use std::str::FromStr;

#[derive(Deserialize)]
#[serde(untagged)]
enum NumberOrText<T> {
    Number(T),
    Text(String),
}

impl<T: FromStr> NumberOrText<T> {
    fn read<E: serde::de::Error>(self) -> Result<T, E> {
        match self {
            Self::Number(number) => Ok(number),
            Self::Text(text) => text.parse().map_err(|_| E::custom("no number")),
        }
    }
}

/// A number, or the same number as text.
pub fn number<'de, D: Deserializer<'de>, T: Deserialize<'de> + FromStr>(deserializer: D) -> Result<T, D::Error> {
    NumberOrText::deserialize(deserializer)?.read()
}

/// A number, the same number as text, or nothing.
pub fn optional_number<'de, D: Deserializer<'de>, T: Deserialize<'de> + FromStr>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Option::<NumberOrText<T>>::deserialize(deserializer)?.map(NumberOrText::read).transpose()
}

/// An answer whose content does not matter.
#[derive(Clone, Copy, Debug)]
pub struct Nothing;

impl<'de> Deserialize<'de> for Nothing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// Reads JSON. The error is the place of the first thing that could not be read.
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| place(&error))?;
    deserializer.end().map_err(|_| "something follows the JSON value".to_owned())?;
    Ok(value)
}

/// What a decoding error may tell: the kind and the JSON path. The message of serde is left out, since it quotes values.
pub(crate) fn place(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    let cause = error.inner();
    let what = match cause.classify() {
        serde_json::error::Category::Eof => "the JSON ends too early",
        serde_json::error::Category::Syntax => "no valid JSON",
        _ => "missing, or of another type than expected",
    };
    let path = json_path(error.path());
    if path.is_empty() { what.to_owned() } else { format!("`{path}`: {what}") }
}

/// The path, without keys that could be somebody's data.
fn json_path(path: &serde_path_to_error::Path) -> String {
    let mut text = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => text.push_str(&format!("[{index}]")),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(if is_plain_word(key) { key } else { "?" });
            }
            Segment::Unknown => text.push('?'),
        }
    }
    text
}

/// A word that a machine chose: it can be printed, it holds no address and breaks no line.
pub(crate) fn is_plain_word(word: &str) -> bool {
    !word.is_empty() && word.len() <= 64 && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte))
}

/// What stands for an absent payload, if the operation can do without one.
pub(crate) fn absent<T: DeserializeOwned>() -> Option<T> {
    T::deserialize(serde_json::Value::Null).ok()
}
