//! How a command ends that did not do what it was asked for.

use anstream::eprintln;
use anstyle::{AnsiColor, Style};
use std::error::Error;
use std::process::ExitCode;

/// Why a command ends.
#[derive(Debug)]
pub enum Failure {
    /// It was asked for in a way that cannot be: what is wrong, and what would be right.
    Usage(String),
    /// It was tried.
    Failed(String),
    /// It did what it was asked for and the answer is no. That was printed already.
    Refused,
    /// Nobody reads what is printed any more.
    Unread,
}

const RED: Style = AnsiColor::Red.on_default().bold();

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

    pub fn exit(self) -> ExitCode {
        let (code, problem) = match self {
            Self::Usage(problem) => (2, problem),
            Self::Failed(problem) => (1, problem),
            Self::Refused => return ExitCode::FAILURE,
            Self::Unread => return ExitCode::SUCCESS,
        };
        eprintln!("{RED}error:{RED:#} {problem}");
        ExitCode::from(code)
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

/// What an API call could not do. A client that cannot be built is a mistake in the configuration.
impl From<countersign::Error> for Failure {
    fn from(error: countersign::Error) -> Self {
        match error.kind() {
            countersign::ErrorKind::Configuration | countersign::ErrorKind::InvalidRequest => {
                Self::Usage(chain(&error))
            }
            _ => Self::Failed(chain(&error)),
        }
    }
}

impl From<countersign::webhook::ConfigurationError> for Failure {
    fn from(error: countersign::webhook::ConfigurationError) -> Self {
        Self::Usage(error.to_string())
    }
}
