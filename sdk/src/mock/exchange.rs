//! What the requests and answers of all mocks have in common.

use axum::body::Body;
use axum::response::Response;
use http::header::{AsHeaderName, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The value of a header that is there once.
pub(super) fn once(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&[u8]> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().map(HeaderValue::as_bytes);
    value.filter(|_| values.next().is_none())
}

/// What was sent, as the type that the operation takes, or the path of the member that is not of its type.
///
/// The types read what a provider sends, and are generous: they take a number that is written as text, and an empty text
/// for nothing. A mock is not. So what was read is written again, and every member has to be of the kind that it was.
pub(super) fn strictly<T: DeserializeOwned + Serialize>(sent: Value) -> Result<T, String> {
    let read: T = typed(sent.clone())?;
    let again = serde_json::to_value(&read).unwrap_or_default();
    if let Some(path) = changed(&sent, &again, "") {
        return Err(path);
    }
    let mut sent = sent;
    if replace_lost_texts(&mut sent, &again) {
        let _: T = typed(sent)?;
    }
    Ok(read)
}

fn typed<T: DeserializeOwned>(json: Value) -> Result<T, String> {
    serde_path_to_error::deserialize(json).map_err(|error| error.path().to_string())
}

/// A text that is not there any more was a member that is not known, or it was read as nothing. In its place comes what
/// no member may be, which only the former bear.
fn replace_lost_texts(sent: &mut Value, again: &Value) -> bool {
    match (sent, again) {
        (Value::Object(sent), Value::Object(again)) => {
            sent.iter_mut().fold(false, |replaced, (name, sent)| match again.get(name) {
                Some(again) => replace_lost_texts(sent, again) || replaced,
                None if sent.is_string() => {
                    *sent = json!([[]]);
                    true
                }
                None => replaced,
            })
        }
        (Value::Array(sent), Value::Array(again)) => {
            let pairs = sent.iter_mut().zip(again);
            pairs.fold(false, |replaced, (sent, again)| replace_lost_texts(sent, again) || replaced)
        }
        _ => false,
    }
}

/// The path of a value that is of another kind now. What is not there any more is looked at elsewhere.
fn changed(sent: &Value, again: &Value, path: &str) -> Option<String> {
    match (sent, again) {
        (Value::Object(sent), Value::Object(again)) => sent.iter().find_map(|(name, sent)| {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            changed(sent, again.get(name)?, &path)
        }),
        (Value::Array(sent), Value::Array(again)) => sent
            .iter()
            .zip(again)
            .enumerate()
            .find_map(|(place, (sent, again))| changed(sent, again, &format!("{path}[{place}]"))),
        (Value::Bool(_), Value::Bool(_))
        | (Value::Null, _)
        | (Value::Number(_), Value::Number(_))
        | (Value::String(_), Value::String(_)) => None,
        _ => Some(path.to_owned()),
    }
}

/// An answer in JSON.
pub(super) fn json(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

#[cfg(all(test, feature = "signly"))]
mod tests {
    use super::strictly;
    use crate::signly::WebhookCreate;
    use serde_json::json;

    #[test]
    fn what_is_read_generously_elsewhere_is_refused() {
        let cases = [
            (json!({ "url": "u", "events": ["OTP_SENT"], "httpTimeoutMs": 5 }), None),
            (json!({ "description": "", "httpTimeoutMs": null, "unknown": "", "other": 1 }), None),
            (json!({ "httpTimeoutMs": "5" }), Some("httpTimeoutMs")),
            (json!({ "httpTimeoutMs": "" }), Some("httpTimeoutMs")),
            (json!({ "retries": { "maxAttempts": "3" } }), Some("retries.maxAttempts")),
            (json!({ "retries": { "maxAttempts": "" } }), Some("retries.maxAttempts")),
            (json!({ "events": [1] }), Some("events[0]")),
            (json!({ "events": "" }), Some("events")),
        ];
        for (sent, expected) in cases {
            let refused = strictly::<WebhookCreate>(sent.clone()).err();
            assert_eq!(refused.as_deref(), expected, "{sent}");
        }
    }
}
