//! Members that are changed before an event is signed.

use crate::failure::Failure;
use serde_json::{Map, Value};
use std::str::FromStr;

/// A path and what shall be there.
#[derive(Clone, Debug)]
pub struct Assignment {
    path: String,
    value: Value,
}

impl FromStr for Assignment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (path, value) = text.split_once('=').filter(|(path, _)| !path.is_empty()).ok_or_else(|| {
            "it looks like data.status=COMPLETED; members are separated by points, places in lists are numbers"
                .to_owned()
        })?;
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
        Ok(Self { path: path.to_owned(), value })
    }
}

impl Assignment {
    /// Puts the value where the path leads. Objects on the way are made.
    pub fn apply(&self, event: &mut Value) -> Result<(), Failure> {
        let mut place = event;
        for segment in self.path.split('.') {
            if place.is_null() {
                *place = Value::Object(Map::new());
            }
            place = match place {
                Value::Object(members) => members.entry(segment).or_insert(Value::Null),
                Value::Array(entries) => {
                    let count = entries.len();
                    let entry = segment.parse().ok().and_then(|place: usize| entries.get_mut(place));
                    entry.ok_or_else(|| {
                        let places = count.saturating_sub(1);
                        self.leads_nowhere(&format!("`{segment}` is no place in a list from 0 to {places}"))
                    })?
                }
                _ => {
                    return Err(
                        self.leads_nowhere(&format!("`{segment}` is looked for in what has no members"))
                    );
                }
            };
        }
        *place = self.value.clone();
        Ok(())
    }

    fn leads_nowhere(&self, problem: &str) -> Failure {
        Failure::usage(format!("--set {}: {problem}", self.path))
    }
}
