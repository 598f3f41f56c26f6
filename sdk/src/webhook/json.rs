//! JSON that says each thing once.

#[cfg(feature = "legalesign")]
mod entries;

#[cfg(feature = "legalesign")]
pub(crate) use entries::{Entry, read_entries};

use super::rejection::Rejection;
use crate::runtime::place;
use serde::de::value::{self, MapDeserializer};
use serde::de::{DeserializeOwned, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Number, Value};
use std::fmt;

/// Reads a body. A member that occurs twice, at any depth, is refused: readers differ in which one they take, so that
/// one could be checked and the other one acted on.
pub(crate) fn read(body: &[u8]) -> Result<Value, Rejection> {
    serde_json::from_slice::<Unambiguous>(body).map(|value| value.0).map_err(|error| unreadable(&error))
}

fn unreadable(error: &serde_json::Error) -> Rejection {
    Rejection::malformed(match error.classify() {
        serde_json::error::Category::Eof => "the JSON ends too early",
        serde_json::error::Category::Data => TWICE,
        _ => INVALID,
    })
}

const TWICE: &str = "a member occurs twice";
const INVALID: &str = "no valid JSON";

/// Reads a value as a type whose members all come from the provider's document.
pub(crate) fn typed<T: DeserializeOwned>(value: Value) -> Result<T, Rejection> {
    serde_path_to_error::deserialize(value).map_err(|error| Rejection::malformed(place(&error)))
}

struct Unambiguous(Value);

impl<'de> Deserialize<'de> for Unambiguous {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue).map(Self)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Unambiguous(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((name, Unambiguous(value))) = members.next_entry::<String, _>()? {
            if map.insert(name, value).is_some() {
                return Err(A::Error::custom(TWICE));
            }
        }
        let number = match map.iter().next() {
            Some((name, Value::String(text))) if map.len() == 1 => number(name, text),
            _ => None,
        };
        Ok(number.map_or_else(|| map.into(), Value::Number))
    }
}

/// The number that an object of one member stands for. `serde_json` hands over so whatever is no integer, if any crate of the
/// build has switched its feature `arbitrary_precision` on; without it this is no number, whatever the names are.
fn number(name: &str, text: &str) -> Option<Number> {
    let is_name = name.starts_with("$serde_json::");
    is_name.then(|| {
        Number::deserialize(MapDeserializer::<_, value::Error>::new([(name, text)].into_iter())).ok()
    })?
}
