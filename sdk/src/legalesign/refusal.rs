//! What Legalesign says of a request that it refuses.

use super::client::json;
use crate::runtime::Error;
use countersign_macros::SafeDebug;
use serde_json::Value;

/// The complaints in a refusal, taken from the body of an [`Error`].
///
/// Legalesign documents them by example \[[L1](crate::legalesign::sources#l1)\]: the resource, its member, and a list
/// of sentences or one sentence.
///
/// ```
/// # async fn example(legalesign: &countersign::legalesign::Client) {
/// use countersign::legalesign::FieldErrors;
///
/// if let Err(error) = legalesign.create_group().name("abc").send().await {
///     for complaint in FieldErrors::of(&error).iter().flat_map(FieldErrors::iter) {
///         eprintln!("{}: {}", complaint.member, complaint.messages.join(" "));
///     }
/// }
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldErrors(Vec<FieldError>);

/// What is wrong with one member. `Debug` shows nothing of it, since all of it comes from the answer.
#[derive(Clone, PartialEq, Eq, SafeDebug)]
#[non_exhaustive]
pub struct FieldError {
    /// The resource, such as `document`.
    #[safe_debug(redact)]
    pub resource: String,
    /// The member, such as `name`; or a word that stands for the whole, such as `exists`.
    #[safe_debug(redact)]
    pub member: String,
    /// Sentences for people. They may quote what was sent.
    #[safe_debug(redact)]
    pub messages: Vec<String>,
}

impl FieldErrors {
    /// The complaints that a failed call came back with; `None` if its answer holds none in the documented form.
    #[must_use]
    pub fn of(error: &Error) -> Option<Self> {
        Self::read(error.body())
    }

    /// The complaints, in the order of their names.
    pub fn iter(&self) -> std::slice::Iter<'_, FieldError> {
        self.0.iter()
    }

    pub(super) fn read(body: &[u8]) -> Option<Self> {
        let mut errors = Vec::new();
        for (resource, members) in json(body)?.as_object()? {
            for (member, messages) in members.as_object().into_iter().flatten() {
                let messages = match messages {
                    Value::String(message) => vec![message.clone()],
                    Value::Array(messages) => {
                        messages.iter().filter_map(Value::as_str).map(str::to_owned).collect()
                    }
                    _ => continue,
                };
                errors.push(FieldError { resource: resource.clone(), member: member.clone(), messages });
            }
        }
        (!errors.is_empty()).then_some(Self(errors))
    }
}

impl<'a> IntoIterator for &'a FieldErrors {
    type Item = &'a FieldError;
    type IntoIter = std::slice::Iter<'a, FieldError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
