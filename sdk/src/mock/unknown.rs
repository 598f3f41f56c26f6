//! Answers with what no document knows yet.

use bytes::Bytes;
use http::Response;
use http::header::CONTENT_LENGTH;
use serde_json::{Value, json};

/// What is new in an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unknown {
    Members,
    Values,
}

/// The member, and the value of those that have one of a list.
const MEMBER: &str = "countersignMockNewMember";
const VALUE: &str = "COUNTERSIGN_MOCK_NEW_VALUE";
const NUMBER: i64 = 9_999;
/// How the members are called whose value is one of a list.
const LISTED: [&str; 5] = ["status", "state", "type", "step", "mode"];

impl Unknown {
    /// Puts it in, if there is JSON to put it into.
    pub(super) fn put_into(self, answer: Response<Bytes>) -> Response<Bytes> {
        let (mut parts, body) = answer.into_parts();
        let Ok(mut value) = serde_json::from_slice(&body) else {
            return Response::from_parts(parts, body);
        };
        self.change(&mut value, true);
        parts.headers.remove(CONTENT_LENGTH);
        Response::from_parts(parts, Bytes::from(value.to_string()))
    }

    /// The outermost object is left its own status: there it is that of the answer.
    pub(super) fn change(self, value: &mut Value, is_outermost: bool) {
        match value {
            Value::Object(members) => {
                for (name, value) in members.iter_mut() {
                    let name = name.to_ascii_lowercase();
                    let is_listed = LISTED.iter().any(|listed| name.ends_with(listed));
                    match value {
                        Value::String(text) if self == Self::Values && is_listed && !is_outermost => {
                            VALUE.clone_into(text);
                        }
                        Value::Number(number) if self == Self::Values && is_listed && !is_outermost => {
                            *number = NUMBER.into();
                        }
                        _ => self.change(value, false),
                    }
                }
                if self == Self::Members {
                    members.insert(MEMBER.to_owned(), json!({ "since": "tomorrow" }));
                }
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.change(item, false)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Unknown;
    use serde_json::json;

    #[test]
    fn listed_values_change_and_others_stay() {
        let mut value =
            json!({ "status": 200, "data": [{ "status": "LIVE", "authType": 7, "name": "status" }] });
        Unknown::Values.change(&mut value, true);
        let item = json!({ "status": super::VALUE, "authType": super::NUMBER, "name": "status" });
        assert_eq!(value, json!({ "status": 200, "data": [item] }));
        Unknown::Members.change(&mut value, true);
        let at = |place: &str| value.pointer(&format!("{place}/{}", super::MEMBER)).cloned();
        assert!(at("").is_some() && at("/data/0").is_some());
    }
}
