//! What goes wrong, from a file.

use super::served::Served;
use crate::failure::Failure;
use crate::input::Input;
use crate::provider::Provider;
use countersign::mock::Fault;
use serde::Deserialize;
use std::time::Duration;

/// An entry of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Planned {
    provider: Option<String>,
    operation: Option<String>,
    fault: Kind,
    status: Option<u16>,
    seconds: Option<f64>,
    #[serde(default = "once")]
    times: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    Status,
    Throttled,
    HtmlPage,
    Delay,
    Slow,
    Reset,
    ResetUnread,
    LostAnswer,
    Late,
    Truncated,
    NewMembers,
    NewValues,
}

/// The most that is waited for, and the most often that one entry may happen.
const LONGEST: f64 = 3600.0;
const MOST: u32 = 10_000;

fn once() -> u32 {
    1
}

/// Reads a file of faults. All of it has to make sense for what is served.
pub fn read(input: &Input, providers: &[Provider]) -> Result<Vec<Planned>, Failure> {
    let faults = parse(&input.read()?, providers);
    faults.map_err(|problem| Failure::usage(format!("--faults: {problem}")))
}

/// Parses a list of faults. The error names the entry.
pub fn parse(content: &[u8], providers: &[Provider]) -> Result<Vec<Planned>, String> {
    let faults: Vec<Planned> = serde_json::from_slice(content).map_err(|error| error.to_string())?;
    for (place, fault) in faults.iter().enumerate() {
        fault.check(providers).map_err(|problem| format!("entry {}: {problem}", place + 1))?;
    }
    Ok(faults)
}

impl Planned {
    fn check(&self, providers: &[Provider]) -> Result<(), String> {
        let named =
            |provider: &&Provider| self.provider.as_deref().is_none_or(|name| name == provider.name());
        let providers = providers.iter().filter(named).collect::<Vec<_>>();
        if providers.is_empty() {
            return Err(format!("`{}` is not served", self.provider.as_deref().unwrap_or_default()));
        }
        if let Some(operation) = &self.operation
            && !providers
                .iter()
                .any(|provider| provider.operations().iter().any(|known| known.id == operation))
        {
            return Err(format!("there is no operation `{operation}`; `countersign spec` lists them"));
        }
        if self.status.is_some() && !matches!(self.kind_of_status(), Some(200..=599)) {
            return Err(
                "`status` belongs to the faults `status` and `html-page`, and is from 200 to 599".to_owned()
            );
        }
        if self.seconds.is_some_and(|seconds| !(0.0..=LONGEST).contains(&seconds)) {
            return Err("`seconds` is from 0 to 3600".to_owned());
        }
        if !(1..=MOST).contains(&self.times) {
            return Err("`times` is from 1 to 10000".to_owned());
        }
        Ok(())
    }

    fn kind_of_status(&self) -> Option<u16> {
        self.status.filter(|_| matches!(self.fault, Kind::Status | Kind::HtmlPage))
    }

    fn to_fault(&self) -> Fault {
        let status = self.status.unwrap_or(503);
        let pause = Duration::from_secs_f64(self.seconds.unwrap_or(1.0));
        match self.fault {
            Kind::Status => Fault::status(status),
            Kind::Throttled => Fault::throttled(pause),
            Kind::HtmlPage => Fault::html_page(status),
            Kind::Delay => Fault::delay(pause),
            Kind::Slow => Fault::slow(pause),
            Kind::Reset => Fault::reset(),
            Kind::ResetUnread => Fault::reset_unread(),
            Kind::LostAnswer => Fault::lost_answer(),
            Kind::Late => Fault::late(pause),
            Kind::Truncated => Fault::truncated(),
            Kind::NewMembers => Fault::new_members(),
            Kind::NewValues => Fault::new_values(),
        }
    }

    /// Asks a mock for it, if it is meant.
    pub fn ask(&self, served: &Served) {
        if self.provider.as_deref().is_some_and(|name| name != served.provider.name()) {
            return;
        }
        let has = |operation: &str| served.provider.operations().iter().any(|known| known.id == operation);
        for _ in 0..self.times {
            match &self.operation {
                None => served.mock().fail_next(self.to_fault()),
                Some(operation) if has(operation) => served.mock().fail_next_on(operation, self.to_fault()),
                Some(_) => {}
            }
        }
    }
}
