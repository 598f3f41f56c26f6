//! A list of small objects, read without keeping each of them.

use super::{AnyValue, INVALID, TWICE, Unambiguous, number, unreadable};
use crate::webhook::members::whole;
use crate::webhook::rejection::Rejection;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;

/// With more members it is quicker to sort them than to compare each with each.
const MOST_MEMBERS: usize = 16;

/// As [`read`](super::read) for a list, each entry of which becomes something else at once. `None` if it is no list.
pub(crate) fn read_entries<T>(
    body: &[u8],
    each: impl FnMut(Entry<'_>) -> T,
) -> Result<Option<Vec<T>>, Rejection> {
    // Once for all, and not for each text.
    let body = std::str::from_utf8(body).map_err(|_| Rejection::malformed(INVALID))?;
    let mut json = serde_json::Deserializer::from_str(body);
    let list = json.deserialize_any(List(each)).and_then(|list| json.end().map(|()| list));
    list.map_err(|error| unreadable(&error))
}

/// One of a list: a value that may not have been put together yet.
#[derive(Debug)]
pub(crate) enum Entry<'j> {
    /// An object, whose members have different names.
    Members(Vec<(Cow<'j, str>, Member<'j>)>),
    Value(Value),
}

#[derive(Debug)]
pub(crate) enum Member<'j> {
    Text(Cow<'j, str>),
    Value(Value),
}

impl<'j> Entry<'j> {
    fn of(members: Vec<(Cow<'j, str>, Member<'j>)>) -> Self {
        let number = match members.as_slice() {
            [(name, Member::Text(text))] => number(name, text),
            _ => None,
        };
        number.map_or(Self::Members(members), |number| Self::Value(Value::Number(number)))
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self {
            Self::Members(members) => match find(members, name)? {
                Member::Text(text) => Some(text),
                Member::Value(_) => None,
            },
            Self::Value(value) => value.get(name)?.as_str(),
        }
    }

    /// A whole number, however it is written: `1`, `"1"` or `1.0`.
    pub(crate) fn whole(&self, name: &str) -> Option<i64> {
        match self {
            Self::Members(members) => match find(members, name)? {
                Member::Text(text) => text.parse().ok(),
                Member::Value(value) => whole(value),
            },
            Self::Value(value) => whole(value.get(name)?),
        }
    }

    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Members(members) => Value::Object(object(members)),
            Self::Value(value) => value,
        }
    }
}

fn find<'m>(members: &'m [(Cow<'_, str>, Member<'m>)], name: &str) -> Option<&'m Member<'m>> {
    members.iter().find(|(other, _)| other == name).map(|(_, member)| member)
}

fn object(members: Vec<(Cow<'_, str>, Member<'_>)>) -> Map<String, Value> {
    let members = members.into_iter().map(|(name, member)| {
        let value = match member {
            Member::Text(text) => Value::String(text.into_owned()),
            Member::Value(value) => value,
        };
        (name.into_owned(), value)
    });
    members.collect()
}

/// Says of everything that is not looked into how it is read as a value.
macro_rules! as_values {
    ($result:ty, $wrap:expr) => {
        as_values!(
            $result, $wrap, visit_bool: bool, visit_i64: i64, visit_u64: u64, visit_f64: f64
        );

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a JSON value")
        }

        fn visit_unit<E: Error>(self) -> Result<$result, E> {
            AnyValue.visit_unit().map($wrap)
        }
    };
    ($result:ty, $wrap:expr, $($method:ident: $value:ty),*) => {
        $(fn $method<E: Error>(self, value: $value) -> Result<$result, E> {
            AnyValue.$method(value).map($wrap)
        })*
    };
}

struct List<F>(F);

impl<'j, T, F: FnMut(Entry<'j>) -> T> Visitor<'j> for List<F> {
    type Value = Option<Vec<T>>;

    as_values!(Self::Value, |_| None);

    fn visit_str<E: Error>(self, _: &str) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'j>>(self, members: A) -> Result<Self::Value, A::Error> {
        AnyValue.visit_map(members).map(|_| None)
    }

    fn visit_seq<A: SeqAccess<'j>>(mut self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = items.next_element_seed(OneEntry)? {
            list.push((self.0)(entry));
        }
        Ok(Some(list))
    }
}

struct OneEntry;

impl<'j> DeserializeSeed<'j> for OneEntry {
    type Value = Entry<'j>;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<Entry<'j>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'j> Visitor<'j> for OneEntry {
    type Value = Entry<'j>;

    as_values!(Entry<'j>, Entry::Value);

    fn visit_str<E: Error>(self, value: &str) -> Result<Entry<'j>, E> {
        AnyValue.visit_str(value).map(Entry::Value)
    }

    fn visit_seq<A: SeqAccess<'j>>(self, items: A) -> Result<Entry<'j>, A::Error> {
        AnyValue.visit_seq(items).map(Entry::Value)
    }

    fn visit_map<A: MapAccess<'j>>(self, mut members: A) -> Result<Entry<'j>, A::Error> {
        let mut few = Vec::<(Cow<'j, str>, Member<'j>)>::with_capacity(4);
        while few.len() < MOST_MEMBERS {
            let Some(Text(name)) = members.next_key()? else { return Ok(Entry::of(few)) };
            if few.iter().any(|(other, _)| *other == name) {
                return Err(A::Error::custom(TWICE));
            }
            few.push((name, members.next_value()?));
        }
        let mut many = object(few);
        while let Some((name, Unambiguous(value))) = members.next_entry::<String, _>()? {
            if many.insert(name, value).is_some() {
                return Err(A::Error::custom(TWICE));
            }
        }
        Ok(Entry::Value(Value::Object(many)))
    }
}

/// A text that stays where it is if it can.
struct Text<'j>(Cow<'j, str>);

impl<'j: 't, 't> Deserialize<'j> for Text<'t> {
    fn deserialize<D: Deserializer<'j>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyText;

        impl<'j> Visitor<'j> for AnyText {
            type Value = Text<'j>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'j str) -> Result<Text<'j>, E> {
                Ok(Text(text.into()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'j>, E> {
                Ok(Text(text.to_owned().into()))
            }
        }

        deserializer.deserialize_str(AnyText)
    }
}

impl<'j: 'm, 'm> Deserialize<'j> for Member<'m> {
    fn deserialize<D: Deserializer<'j>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyMember;

        impl<'j> Visitor<'j> for AnyMember {
            type Value = Member<'j>;

            as_values!(Member<'j>, Member::Value);

            fn visit_borrowed_str<E>(self, text: &'j str) -> Result<Member<'j>, E> {
                Ok(Member::Text(text.into()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Member<'j>, E> {
                Ok(Member::Text(text.to_owned().into()))
            }

            fn visit_seq<A: SeqAccess<'j>>(self, items: A) -> Result<Member<'j>, A::Error> {
                AnyValue.visit_seq(items).map(Member::Value)
            }

            fn visit_map<A: MapAccess<'j>>(self, members: A) -> Result<Member<'j>, A::Error> {
                AnyValue.visit_map(members).map(Member::Value)
            }
        }

        deserializer.deserialize_any(AnyMember)
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, MOST_MEMBERS, read_entries};
    use crate::webhook::json::read;
    use serde_json::Value;

    /// What it was before it was looked into, or why it cannot be read.
    #[allow(
        clippy::redundant_closure_for_method_calls,
        reason = "the closure takes an entry of any lifetime"
    )]
    fn entries(body: &[u8]) -> Result<Option<Vec<Value>>, String> {
        read_entries(body, |entry| entry.into_value()).map_err(|rejection| rejection.to_string())
    }

    fn large(members: usize, last: &str) -> String {
        let members =
            (0..members).map(|number| format!(r#""m{number}": {number}"#)).collect::<Vec<_>>().join(",");
        format!("[{{{members},{last}: [null]}}]")
    }

    #[test]
    fn entries_are_the_values_that_they_are_otherwise() {
        let mut bodies = vec![
            "[]".to_owned(),
            " [ [1, {\"a\": []}], null, true, -1, 18446744073709551615, 1.5e3, \"t\\u0065xt\", {} ] "
                .to_owned(),
            r#"[{"name": "status", "value": "30", "\u0061": "\n", "b": null, "c": 1e400, "d": {"d": [{}]}}]"#
                .to_owned(),
            r#"[{"a": 1, "b": false, "c": -7, "d": 2.5, "é": "ü", "": [[]]}, {"a": "x"}]"#.to_owned(),
            r#"[{"a": 1, "b": 2, "\u0061": 3}]"#.to_owned(),
            r#"[1, {"a": {"b": 1, "b": 1}}]"#.to_owned(),
            r#"[1, {"a": [{"b": 1, "b": 1}]}]"#.to_owned(),
            r#"[[{"b": 1, "b": 1}]]"#.to_owned(),
            r#"{"a": 1, "a": 1}"#.to_owned(),
            "{} x".to_owned(),
            "[] x".to_owned(),
            "[1,]".to_owned(),
            "[{\"a\": 1".to_owned(),
            "[\"".to_owned(),
            String::new(),
            "[".repeat(200),
        ];
        for members in [MOST_MEMBERS - 2, MOST_MEMBERS - 1, MOST_MEMBERS, 1000] {
            bodies.extend([
                large(members, "\"last\""),
                large(members, "\"m0\""),
                large(members, "\"\\u006d1\""),
            ]);
        }
        for body in bodies {
            let expected = read(body.as_bytes()).map_err(|rejection| rejection.to_string());
            let expected = expected.map(|value| value.as_array().cloned());
            assert_eq!(entries(body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn what_is_no_list_has_no_entries() {
        for body in ["null", "true", "1", "-1", "1.5", r#""text""#, r#"{"a": [1]}"#] {
            assert_eq!(entries(body.as_bytes()), Ok(None), "{body}");
        }
        assert!(entries(b"[\"\xff\"]").is_err());
        assert!(entries(b"\xff").is_err());
    }

    #[test]
    fn members_are_found_in_all_kinds_of_entries() {
        let body = r#"[{"t": "a\n", "n": "12", "m": 1.0}, {"t": 1, "n": "x", "m": "1.0"}, 5]"#.to_owned();
        let found = |body: &str| {
            let look = |entry: Entry<'_>| {
                (
                    entry.text("t").map(str::to_owned),
                    entry.whole("n"),
                    entry.whole("m"),
                    entry.text("none").is_none(),
                )
            };
            read_entries(body.as_bytes(), look).unwrap_or_default().unwrap_or_default()
        };
        let expected = vec![
            (Some("a\n".to_owned()), Some(12), Some(1), true),
            (None, None, None, true),
            (None, None, None, true),
        ];
        assert_eq!(found(&body), expected);
        // The same in objects that are too large to be kept as they come.
        let more = (0..40).map(|number| format!(r#""x{number}": 0, "#)).collect::<Vec<_>>().concat();
        assert_eq!(found(&body.replace(r#"{"t""#, &format!(r#"{{{more}"t""#))), expected);
    }
}
