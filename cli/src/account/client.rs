//! Clients of the providers, from the environment.

use crate::environment;
use crate::failure::Failure;
use countersign::{Error, faireplace, leap, legalesign, sign8, signly};
use std::cell::RefCell;

/// What stands in front of the SDK's own name in `User-Agent`.
const NAME: &str = concat!("countersign-cli/", env!("CARGO_PKG_VERSION"));

/// Defines functions that make clients.
macro_rules! clients {
    ($($name:ident: $($provider:ident)::+;)*) => {$(
        pub fn $name() -> Result<$($provider)::+::Client, Failure> {
            let reading = Reading::default();
            let builder = $($provider)::+::ClientBuilder::from_variables(|name| reading.get(name));
            reading.finish()?;
            Ok(builder?.user_agent(NAME).build()?)
        }
    )*};
}

clients! {
    faireplace: faireplace::signatures;
    faireplace_worker: faireplace::workers;
    leap: leap;
    legalesign: legalesign;
    sign8: sign8;
    signly: signly;
}

/// Why a call was not answered well: there is no client for it, or it failed.
pub enum Trouble {
    Client(Failure),
    Call(Error),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Client(failure)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Call(error)
    }
}

/// The environment as the SDK asks for it. A `_FILE` variable that is `-` means standard input, which the SDK does not
/// know.
#[derive(Default)]
struct Reading {
    failure: RefCell<Option<Failure>>,
}

impl Reading {
    fn get(&self, name: &str) -> Option<String> {
        if name.ends_with("_FILE") {
            return environment::variable(name).filter(|path| path != "-");
        }
        if environment::variable(&format!("{name}_FILE")).as_deref() != Some("-") {
            return environment::variable(name);
        }
        environment::value(name).unwrap_or_else(|failure| {
            self.failure.replace(Some(failure));
            None
        })
    }

    /// Whether standard input could be read, if it had to be.
    fn finish(&self) -> Result<(), Failure> {
        self.failure.take().map_or(Ok(()), Err)
    }
}
