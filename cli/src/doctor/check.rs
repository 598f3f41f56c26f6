//! What a check has found, and how it is shown.

use crate::failure::Failure;
use crate::out::{Out, printable};
use crate::provider::Provider;
use anstyle::{AnsiColor, Style};
use serde::Serialize;

/// One thing that was looked at.
#[derive(Debug, Serialize)]
pub struct Check {
    /// None for what is of the machine.
    provider: Option<Provider>,
    check: &'static str,
    outcome: Outcome,
    message: String,
    /// What to do, unless all is well.
    remedy: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Ok,
    /// Something that is no check, or was not checked.
    Note,
    Warn,
    Fail,
}

pub fn ok(provider: impl Into<Option<Provider>>, check: &'static str, message: impl Into<String>) -> Check {
    Check { provider: provider.into(), check, outcome: Outcome::Ok, message: message.into(), remedy: None }
}

pub fn note(provider: impl Into<Option<Provider>>, check: &'static str, message: impl Into<String>) -> Check {
    Check { outcome: Outcome::Note, ..ok(provider, check, message) }
}

pub fn warning(
    provider: impl Into<Option<Provider>>,
    check: &'static str,
    message: impl Into<String>,
    remedy: impl Into<String>,
) -> Check {
    Check { outcome: Outcome::Warn, remedy: Some(remedy.into()), ..ok(provider, check, message) }
}

pub fn failed(
    provider: impl Into<Option<Provider>>,
    check: &'static str,
    message: impl Into<String>,
    remedy: impl Into<String>,
) -> Check {
    Check { outcome: Outcome::Fail, ..warning(provider, check, message, remedy) }
}

impl Check {
    /// Whether what comes after it has a chance.
    pub fn is_usable(&self) -> bool {
        self.outcome != Outcome::Fail
    }

    fn text(&self) -> String {
        let (word, style) = match self.outcome {
            Outcome::Ok => ("ok", AnsiColor::Green.on_default()),
            Outcome::Note => ("note", Style::new().dimmed()),
            Outcome::Warn => ("warn", AnsiColor::Yellow.on_default().bold()),
            Outcome::Fail => ("fail", AnsiColor::Red.on_default().bold()),
        };
        let whose = self.provider.map_or("machine", Provider::name);
        let line = format!("{style}{word:<4}{style:#}  {whose:<10}  {}", printable(&self.message));
        let remedy = self.remedy.iter().flat_map(|remedy| remedy.lines());
        let remedy = remedy.enumerate().map(|(place, line)| {
            let arrow = if place == 0 { "->" } else { "  " };
            format!("\n      {arrow} {}", printable(line))
        });
        line + &remedy.collect::<String>()
    }
}

/// What was found so far.
pub struct Report {
    out: Out,
    has_failed: bool,
}

impl Report {
    pub fn new(out: Out) -> Self {
        Self { out, has_failed: false }
    }

    /// Prints a finding, as soon as it is there.
    pub fn add(&mut self, check: &Check) -> Result<(), Failure> {
        self.has_failed |= check.outcome == Outcome::Fail;
        self.out.report(check, || check.text())
    }

    pub fn add_all(&mut self, checks: &[Check]) -> Result<(), Failure> {
        checks.iter().try_for_each(|check| self.add(check))
    }

    /// A no, if anything failed.
    pub fn finish(self) -> Result<(), Failure> {
        if self.has_failed { Err(Failure::Refused) } else { Ok(()) }
    }
}
