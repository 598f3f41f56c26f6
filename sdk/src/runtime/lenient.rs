//! Reading what providers send: numbers that come as text, and errors that say where without saying what.

use serde::de::value::MapAccessDeserializer;
use serde::de::{self, DeserializeOwned, IgnoredAny, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_path_to_error::Segment;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

/// A number that may come as text. Whatever does not fit the type is refused, never cut.
pub trait Number: Sized + FromStr {
    fn from_signed(number: i64) -> Option<Self>;
    fn from_unsigned(number: u64) -> Option<Self>;
    fn from_float(number: f64) -> Option<Self>;
}

macro_rules! integers {
    ($($integer:ty),*) => {$(
        impl Number for $integer {
            fn from_signed(number: i64) -> Option<Self> {
                number.try_into().ok()
            }
            fn from_unsigned(number: u64) -> Option<Self> {
                number.try_into().ok()
            }
            /// A whole number that came as `10.0`.
            #[allow(clippy::cast_possible_truncation, reason = "it is whole, and small enough to be exact")]
            fn from_float(number: f64) -> Option<Self> {
                let exact = number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0;
                exact.then_some(number as i64).and_then(|number| number.try_into().ok())
            }
        }
    )*};
}
integers!(i32, i64, u32, u64);

impl Number for f32 {
    fn from_signed(number: i64) -> Option<Self> {
        f64::from_signed(number).and_then(Self::from_float)
    }
    fn from_unsigned(number: u64) -> Option<Self> {
        f64::from_unsigned(number).and_then(Self::from_float)
    }
    #[allow(clippy::cast_possible_truncation, reason = "a float of this size is what the document states")]
    fn from_float(number: f64) -> Option<Self> {
        Some(number as Self)
    }
}

impl Number for f64 {
    #[allow(clippy::cast_precision_loss, reason = "a float member loses no more than any JSON reader would")]
    fn from_signed(number: i64) -> Option<Self> {
        Some(number as Self)
    }
    #[allow(clippy::cast_precision_loss, reason = "as above")]
    fn from_unsigned(number: u64) -> Option<Self> {
        Some(number as Self)
    }
    fn from_float(number: f64) -> Option<Self> {
        Some(number)
    }
}

/// Visits a number that comes as a map. `serde_json` hands over so whatever is no integer, if any crate of the build has
/// switched its feature `arbitrary_precision` on; without it no map is a number.
fn visit_number<'de, V: Visitor<'de>, A: MapAccess<'de>>(visitor: V, map: A) -> Result<V::Value, A::Error> {
    let number = serde_json::Number::deserialize(MapAccessDeserializer::new(map))?;
    if let Some(number) = number.as_i64() {
        visitor.visit_i64(number)
    } else if let Some(number) = number.as_u64() {
        visitor.visit_u64(number)
    } else {
        visitor.visit_f64(number.as_f64().ok_or_else(|| de::Error::custom("out of range"))?)
    }
}

struct NumberVisitor<T>(PhantomData<T>);

impl<'de, T: Number> Visitor<'de> for NumberVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number, or a number as text")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<T, E> {
        T::from_signed(number).ok_or_else(|| E::custom("out of range"))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<T, E> {
        T::from_unsigned(number).ok_or_else(|| E::custom("out of range"))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<T, E> {
        T::from_float(number).ok_or_else(|| E::custom("no integer"))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(|_| E::custom("no number"))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        visit_number(self, map)
    }
}

/// Reads a [`Number`].
struct Read<T>(T);

impl<'de, T: Number> Deserialize<'de> for Read<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NumberVisitor(PhantomData)).map(Self)
    }
}

/// A number, or the same number as text.
pub fn number<'de, D: Deserializer<'de>, T: Number>(deserializer: D) -> Result<T, D::Error> {
    Read::deserialize(deserializer).map(|Read(number)| number)
}

/// A value, or what some providers write in place of none: an empty text, or the `None` of their own language.
struct Optional<T>(Option<T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Optional<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OptionalVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for OptionalVisitor<T> {
            type Value = Optional<T>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a value, or nothing")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
                Ok(Optional(None))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                match text {
                    "" | "None" => Ok(Optional(None)),
                    _ => T::deserialize(text.into_deserializer()).map(|value| Optional(Some(value))),
                }
            }

            fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Self::Value, E> {
                T::deserialize(flag.into_deserializer()).map(|value| Optional(Some(value)))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
                T::deserialize(number.into_deserializer()).map(|value| Optional(Some(value)))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
                T::deserialize(number.into_deserializer()).map(|value| Optional(Some(value)))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
                T::deserialize(number.into_deserializer()).map(|value| Optional(Some(value)))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                visit_number(self, map)
            }
        }

        deserializer.deserialize_any(OptionalVisitor(PhantomData))
    }
}

/// A number, the same number as text, or nothing.
pub fn optional_number<'de, D: Deserializer<'de>, T: Number>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(Optional::<Read<T>>::deserialize(deserializer)?.0.map(|Read(number)| number))
}

/// A number that stands for a word, or nothing.
pub fn optional_code<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(Optional::deserialize(deserializer)?.0)
}

/// A flag that may come as 0 or 1, or as text.
struct Flag(bool);

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FlagVisitor;

        impl Visitor<'_> for FlagVisitor {
            type Value = Flag;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("true or false, 1 or 0")
            }

            fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Flag, E> {
                Ok(Flag(flag))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Flag, E> {
                match number {
                    0 => Ok(Flag(false)),
                    1 => Ok(Flag(true)),
                    _ => Err(E::custom("no flag")),
                }
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Flag, E> {
                match text {
                    "true" | "True" | "1" => Ok(Flag(true)),
                    "false" | "False" | "0" => Ok(Flag(false)),
                    _ => Err(E::custom("no flag")),
                }
            }
        }

        deserializer.deserialize_any(FlagVisitor)
    }
}

/// A flag, in whichever form it came, or nothing.
pub fn optional_flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Ok(Optional::<Flag>::deserialize(deserializer)?.0.map(|Flag(flag)| flag))
}

/// The next value of a list; nothing at its end.
pub fn value_at<'de, A: SeqAccess<'de>, T: Deserialize<'de>>(list: &mut A) -> Result<Option<T>, A::Error> {
    Ok(list.next_element::<Option<T>>()?.flatten())
}

/// The next number of a list, which may come as text.
pub fn number_at<'de, A: SeqAccess<'de>, T: Number>(list: &mut A) -> Result<Option<T>, A::Error> {
    Ok(code_at(list)?.map(|Read(number)| number))
}

/// The next number of a list that stands for a word.
pub fn code_at<'de, A: SeqAccess<'de>, T: Deserialize<'de>>(list: &mut A) -> Result<Option<T>, A::Error> {
    Ok(list.next_element::<Optional<T>>()?.and_then(|Optional(value)| value))
}

/// The next flag of a list, in whichever form it came.
pub fn flag_at<'de, A: SeqAccess<'de>>(list: &mut A) -> Result<Option<bool>, A::Error> {
    Ok(code_at(list)?.map(|Flag(flag)| flag))
}

/// The next text of a list, which may come as a number.
pub fn text_at<'de, A: SeqAccess<'de>>(list: &mut A) -> Result<Option<String>, A::Error> {
    Ok(list.next_element::<serde_json::Value>()?.and_then(|value| match value {
        serde_json::Value::String(text) => Some(text),
        serde_json::Value::Null => None,
        other => Some(other.to_string()),
    }))
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
    decode_naming(bytes, is_plain_word)
}

/// As [`decode`], with an error that names the members that `is_known` accepts, and no others: a key may be data.
pub(crate) fn decode_naming<T: DeserializeOwned>(
    bytes: &[u8],
    is_known: impl Fn(&str) -> bool,
) -> Result<T, String> {
    // Keeping track of the place costs an allocation per member, so it is looked for only when there is an error.
    serde_json::from_slice(bytes).or_else(|_| {
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        let value = serde_path_to_error::deserialize(&mut deserializer);
        let value = value.map_err(|error| place_naming(&error, is_known))?;
        deserializer.end().map_err(|_| "something follows the JSON value".to_owned())?;
        Ok(value)
    })
}

/// The kind of a decoding error and its JSON path. The message of serde is left out, since it quotes values.
pub(crate) fn place(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    place_naming(error, is_plain_word)
}

fn place_naming(
    error: &serde_path_to_error::Error<serde_json::Error>,
    is_known: impl Fn(&str) -> bool,
) -> String {
    let what = match error.inner().classify() {
        serde_json::error::Category::Eof => "the JSON ends too early",
        serde_json::error::Category::Syntax => "no valid JSON",
        _ => "missing, or of another type than expected",
    };
    let path = json_path(error.path(), is_known);
    if path.is_empty() { what.to_owned() } else { format!("`{path}`: {what}") }
}

/// The path, with `?` in place of each key that is not known.
fn json_path(path: &serde_path_to_error::Path, is_known: impl Fn(&str) -> bool) -> String {
    let mut text = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => text.push_str(&format!("[{index}]")),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(if is_known(key) { key } else { "?" });
            }
            Segment::Unknown => text.push('?'),
        }
    }
    text
}

/// A word that a machine chose: it can be printed, it holds no address and breaks no line.
pub(crate) fn is_plain_word(word: &str) -> bool {
    !word.is_empty()
        && word.len() <= 64
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte))
}

/// What stands for an absent payload, if the operation can do without one.
pub(crate) fn absent<T: DeserializeOwned>() -> Option<T> {
    T::deserialize(serde_json::Value::Null).ok()
}
