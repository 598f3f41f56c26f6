//! Members of an object that nobody insists on.

use serde_json::{Map, Value};

/// The members of an object, which are taken out as they are understood. What is missing or of another type than expected
/// is `None`, and stays with the others.
pub(crate) struct Members(Value);

impl Members {
    /// A value that is no object has no members.
    pub(crate) fn of(value: Value) -> Self {
        Self(value)
    }

    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        self.text_as(name, |text| Some(text.to_owned()))
    }

    /// A text that can be read as something.
    pub(crate) fn text_as<T>(&mut self, name: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.take(name, |value| read(value.as_str()?))
    }

    /// A whole number, however it is written: `1`, `"1"` or `1.0`.
    pub(crate) fn whole(&mut self, name: &str) -> Option<i64> {
        self.take(name, whole)
    }

    pub(crate) fn list(&mut self, name: &str) -> Option<Vec<Value>> {
        self.take(name, |value| value.as_array().cloned())
    }

    /// What is left: the members that were not understood, or the value itself if it is no object.
    pub(crate) fn rest(self) -> Value {
        self.0
    }

    fn take<T>(&mut self, name: &str, read: impl Fn(&Value) -> Option<T>) -> Option<T> {
        let members: &mut Map<_, _> = self.0.as_object_mut()?;
        let value = read(members.get(name)?)?;
        members.remove(name);
        Some(value)
    }
}

pub(crate) fn text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// A whole number, however it is written: `1`, `"1"` or `1.0`.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.parse().ok(),
        // A float without a fraction prints as an integer.
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64()?.to_string().parse().ok()),
        _ => None,
    }
}

/// Whether a text can be an id: it is something, without control characters and the two line breaks of Unicode that are
/// none.
pub(crate) fn is_one_line(text: &str) -> bool {
    let breaks = |character: char| character.is_control() || matches!(character, '\u{2028}' | '\u{2029}');
    !text.is_empty() && !text.contains(breaks)
}
