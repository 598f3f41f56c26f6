//! What was called, and assertions about it that say what differs.
#![allow(clippy::panic, reason = "an assertion that does not hold panics")]

use super::record::RecordedRequest;
use serde_json::Value;
use std::fmt::Write as _;

/// The calls of one operation, oldest first.
///
/// ```
/// # #[cfg(feature = "signly")] {
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// use countersign::mock::signly::Server;
/// use countersign::signly::EventType;
/// use serde_json::json;
///
/// let server = Server::start().await?;
/// let client = server.client()?;
/// client.create_webhook().url("https://app.example/callbacks").events([EventType::OtpSent]).send().await?;
/// client.list_webhooks().limit(10).send().await?;
///
/// server.assert_calls(&["create_webhook", "list_webhooks"]);
/// server.calls("create_webhook").only().assert_sent(&json!({ "events": ["OTP_SENT"] }));
/// server.calls("list_webhooks").only().assert_query("limit", "10");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Calls {
    operation: String,
    calls: Vec<RecordedRequest>,
    /// Everything that was called, for messages.
    all: String,
}

impl Calls {
    pub(super) fn of(operation: &str, requests: Vec<RecordedRequest>) -> Self {
        let all = listed(&requests);
        let calls = requests.into_iter().filter(|request| request.operation == Some(operation)).collect();
        Self { operation: operation.to_owned(), calls, all }
    }

    /// How often it was called.
    #[must_use]
    pub fn count(&self) -> usize {
        self.calls.len()
    }

    /// The calls, oldest first.
    #[must_use]
    pub fn all(&self) -> &[RecordedRequest] {
        &self.calls
    }

    /// Says that it was called this often.
    ///
    /// # Panics
    ///
    /// It was not. The message lists what was called.
    #[track_caller]
    #[allow(clippy::must_use_candidate, reason = "it is for going on")]
    pub fn assert_count(&self, expected: usize) -> &Self {
        assert!(
            self.count() == expected,
            "`{}` was called {} times, not {expected}; in all:\n{}",
            self.operation,
            self.count(),
            self.all
        );
        self
    }

    /// The only call.
    ///
    /// # Panics
    ///
    /// There is none, or there are several. The message lists what was called.
    #[track_caller]
    #[must_use]
    pub fn only(&self) -> &RecordedRequest {
        self.assert_count(1);
        match self.calls.as_slice() {
            [only] => only,
            _ => panic!("`{}` was not called once", self.operation),
        }
    }
}

/// The operations, a line each; what is none is shown by its method, since its path may hold somebody's data.
fn listed(requests: &[RecordedRequest]) -> String {
    let names = requests.iter().map(|request| match request.operation {
        Some(operation) => operation.to_owned(),
        None => format!("{} to no operation", request.method),
    });
    names.enumerate().fold(String::new(), |mut text, (place, name)| {
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "  {:>3}. {name}", place + 1);
        text
    })
}

/// Says that exactly these operations were called, in this order.
#[track_caller]
pub(super) fn assert_calls(expected: &[&str], requests: &[RecordedRequest]) {
    let called: Vec<_> =
        requests.iter().map(|request| request.operation.unwrap_or("(no operation)")).collect();
    if called == expected {
        return;
    }
    let mut text = String::new();
    for place in 0..called.len().max(expected.len()) {
        let (wanted, found) = (expected.get(place), called.get(place));
        let mark = if wanted == found { ' ' } else { '!' };
        let shown = |name: Option<&&str>| name.map_or("-", |name| *name).to_owned();
        let _ = writeln!(text, "{mark} {:>3}. {:<32} {}", place + 1, shown(wanted), shown(found));
    }
    panic!("the calls differ\n       expected                         called\n{text}");
}

impl RecordedRequest {
    /// The body, if it is JSON.
    #[must_use]
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Says that the body has these members, with these values. It may have others as well; a list has to be the same.
    ///
    /// # Panics
    ///
    /// It has not. The message lists each member that differs.
    #[track_caller]
    pub fn assert_sent(&self, expected: &Value) -> &Self {
        let Some(sent) = self.json() else {
            panic!("the body is no JSON: {} bytes", self.body.len());
        };
        let mut differences = String::new();
        compare(expected, &sent, "", &mut differences);
        assert!(differences.is_empty(), "what was sent differs:\n{differences}");
        self
    }

    /// Says that the body does not have this member; `path` as JSON Pointer has it, such as `/signers/0/email`.
    ///
    /// # Panics
    ///
    /// It has it.
    #[track_caller]
    pub fn assert_not_sent(&self, path: &str) -> &Self {
        let sent = self.json().and_then(|sent| sent.pointer(path).cloned());
        assert!(sent.is_none(), "{path} was sent: {}", sent.unwrap_or_default());
        self
    }

    /// Says that a header has this value.
    ///
    /// # Panics
    ///
    /// It is missing or has another one.
    #[track_caller]
    pub fn assert_header(&self, name: &str, expected: &str) -> &Self {
        let sent = self.header(name);
        assert!(sent == Some(expected), "header {name}: expected {expected:?}, sent {sent:?}");
        self
    }

    /// Says that the query has this parameter with this value, once decoded.
    ///
    /// # Panics
    ///
    /// It has not.
    #[track_caller]
    pub fn assert_query(&self, name: &str, expected: &str) -> &Self {
        let query = self.query.as_deref().unwrap_or_default();
        let pairs = url::form_urlencoded::parse(query.as_bytes());
        let sent: Vec<_> = pairs.filter(|(key, _)| key == name).map(|(_, value)| value).collect();
        assert!(sent == [expected], "query {name}: expected {expected:?}, sent {sent:?}");
        self
    }
}

/// Lists where `sent` lacks something that is expected.
fn compare(expected: &Value, sent: &Value, path: &str, differences: &mut String) {
    match (expected, sent) {
        (Value::Object(expected), Value::Object(sent)) => {
            for (name, value) in expected {
                let path = format!("{path}/{name}");
                match sent.get(name) {
                    Some(sent) => compare(value, sent, &path, differences),
                    None => {
                        let _ = writeln!(differences, "  {path}: expected {value}, nothing was sent");
                    }
                }
            }
        }
        (Value::Array(expected), Value::Array(sent)) if expected.len() == sent.len() => {
            for (place, (value, sent)) in expected.iter().zip(sent).enumerate() {
                compare(value, sent, &format!("{path}/{place}"), differences);
            }
        }
        _ if expected == sent => {}
        _ => {
            let path = if path.is_empty() { "the body" } else { path };
            let _ = writeln!(differences, "  {path}: expected {expected}, sent {sent}");
        }
    }
}
