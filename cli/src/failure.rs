//! How a command ends that did not do what it was asked for.

use crate::out::{Out, complain};
use countersign::{Effect, ErrorKind};
use serde::Serialize;
use serde_json::json;
use std::error::Error;
use std::fmt;
use std::process::ExitCode;

/// Why a command ends.
#[derive(Debug)]
pub enum Failure {
    /// It was asked for in a way that cannot be: the mistake, and the remedy.
    Usage(String),
    /// It was tried, and nothing was changed.
    Failed(String),
    /// A call to a provider failed, or nobody knows what became of a change.
    Call(Box<Call>),
    /// It did what it was asked for and the answer is no. That was printed already.
    Refused,
    /// Nobody reads what is printed any more.
    Unread,
}

/// A call that failed, and what the command changed by it.
#[derive(Debug, Serialize)]
pub struct Call {
    message: String,
    /// That of the whole command. It is `none` if the call only reads or prepares.
    #[serde(serialize_with = "word_of_effect")]
    effect: Effect,
    kind: String,
    provider: Option<&'static str>,
    operation: Option<&'static str>,
    status: Option<u16>,
    code: Option<String>,
    request_id: Option<String>,
    attempts: u32,
    /// The command that shows whether it happened.
    look_up: Option<String>,
}

/// The exit codes. `countersign --help` has the same table.
const FAILED: u8 = 1;
const USAGE: u8 = 2;
const UNKNOWN: u8 = 3;
const DONE_BUT_UNREAD: u8 = 4;

impl Failure {
    pub fn usage(problem: impl Into<String>) -> Self {
        Self::Usage(problem.into())
    }

    pub fn failed(problem: impl Into<String>) -> Self {
        Self::Failed(problem.into())
    }

    /// What could not be done, and why, with everything that is behind it.
    pub fn because(what: &str, error: &(dyn Error + 'static)) -> Self {
        Self::Failed(format!("{what}: {}", chain(error)))
    }

    /// A call that failed: the whole message, and the effect of the command.
    pub fn call(error: &countersign::Error, message: String, effect: Effect) -> Self {
        let text = |text: Option<&str>| text.map(str::to_owned);
        Self::Call(Box::new(Call {
            message,
            effect,
            kind: crate::verdict::word(&error.kind()),
            provider: Some(error.provider()),
            operation: error.operation(),
            status: error.status(),
            code: text(error.code()),
            request_id: text(error.request_id()),
            attempts: error.attempts(),
            look_up: None,
        }))
    }

    /// A change of which something else than a call's error tells the effect.
    pub fn change(kind: &str, message: impl Into<String>, effect: Effect) -> Self {
        Self::Call(Box::new(Call::without_a_call(kind, message, effect)))
    }

    /// The same, with the command that shows whether it happened.
    pub fn looked_up_by(mut self, command: Option<&str>) -> Self {
        if let Self::Call(call) = &mut self {
            call.look_up = command.map(str::to_owned);
        }
        self
    }

    /// The same failure after the change was made: whoever made it again would do so twice.
    pub fn after_the_change(self) -> Self {
        match self {
            Self::Usage(problem) | Self::Failed(problem) => {
                Self::change("local", format!("{problem}; but it was done"), Effect::Done)
            }
            other => other,
        }
    }

    fn code(&self) -> u8 {
        match self {
            Self::Unread => 0,
            Self::Failed(_) | Self::Refused => FAILED,
            Self::Usage(_) => USAGE,
            Self::Call(call) => match call.effect {
                // A client that cannot be built, or a value that is refused before it is sent, is a mistake of the caller.
                Effect::None if ["configuration", "invalid-request"].contains(&&*call.kind) => USAGE,
                Effect::None => FAILED,
                Effect::Done => DONE_BUT_UNREAD,
                _ => UNKNOWN,
            },
        }
    }

    /// Tells it on standard error, and as data where data is JSON.
    pub fn exit(&self, out: Out) -> ExitCode {
        match self {
            Self::Refused | Self::Unread => {}
            Self::Usage(_) | Self::Failed(_) | Self::Call(_) => complain(&self.to_string()),
        }
        self.exit_silently(out)
    }

    /// As [`exit`](Self::exit), where standard error has it already.
    pub fn exit_silently(&self, out: Out) -> ExitCode {
        let data = match self {
            Self::Refused | Self::Unread => None,
            Self::Usage(message) => {
                Some(json!({ "error": Call::without_a_call("usage", message, Effect::None) }))
            }
            Self::Failed(message) => {
                Some(json!({ "error": Call::without_a_call("failed", message, Effect::None) }))
            }
            Self::Call(call) => Some(json!({ "error": call })),
        };
        if let Some(data) = data.filter(|_| out.is_json()) {
            // If standard output cannot be written to, standard error has it.
            let _ = out.data(&data, String::new);
        }
        ExitCode::from(self.code())
    }
}

impl Call {
    /// The same members, for a failure that no call's error tells of.
    fn without_a_call(kind: &str, message: impl Into<String>, effect: Effect) -> Self {
        Self {
            message: message.into(),
            effect,
            kind: kind.to_owned(),
            provider: None,
            operation: None,
            status: None,
            code: None,
            request_id: None,
            attempts: 0,
            look_up: None,
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde has it")]
fn word_of_effect<S: serde::Serializer>(effect: &Effect, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&crate::verdict::word(effect))
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Usage(message) | Self::Failed(message) => message,
            Self::Call(call) => &call.message,
            Self::Refused => "not accepted",
            Self::Unread => "nobody reads what is printed",
        })
    }
}

/// An error with its causes. What a cause says that was said already is not said again.
pub fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        next = cause.source();
    }
    text
}

/// A call that only reads: nothing was changed, whatever became of it.
impl From<countersign::Error> for Failure {
    fn from(error: countersign::Error) -> Self {
        match error.kind() {
            // Made by no call.
            ErrorKind::Configuration => Self::Usage(chain(&error)),
            _ => Self::call(&error, chain(&error), Effect::None),
        }
    }
}

impl From<countersign::webhook::ConfigurationError> for Failure {
    fn from(error: countersign::webhook::ConfigurationError) -> Self {
        Self::Usage(error.to_string())
    }
}
