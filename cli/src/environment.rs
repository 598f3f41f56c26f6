//! Configuration and secrets, from the environment, files and standard input. Nowhere else is the environment read.

use crate::failure::Failure;
use countersign::Secret;
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// A variable. An empty one counts as none.
#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A variable, or the content of the file that the variable with `_FILE` behind its name names; `-` is standard input.
pub fn value(name: &str) -> Result<Option<String>, Failure> {
    if let Some(value) = variable(name) {
        return Ok(Some(value));
    }
    let Some(path) = variable(&format!("{name}_FILE")) else {
        return Ok(None);
    };
    let text = if path == "-" { input(name)? } else { std::fs::read_to_string(&path) };
    let text = text.map_err(|error| Failure::usage(format!("the file that {name}_FILE names: {error}")))?;
    // Files end in a line break that is no part of the value.
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(Failure::usage(format!("the file that {name}_FILE names is empty")));
    }
    Ok(Some(text.to_owned()))
}

/// Standard input, which is one value only. It is kept, since it can be read once.
fn input(name: &str) -> Result<std::io::Result<String>, Failure> {
    static READ: Mutex<Option<(String, String)>> = Mutex::new(None);
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    match &*read {
        Some((whose, text)) if whose == name => Ok(Ok(text.clone())),
        Some((whose, _)) => {
            let both = format!("{whose}_FILE and {name}_FILE");
            Err(Failure::usage(format!("both {both} are standard input, which can be one of them")))
        }
        None => {
            let mut text = String::new();
            let done = std::io::stdin().read_to_string(&mut text);
            Ok(done.map(|_| read.insert((name.to_owned(), text)).1.clone()))
        }
    }
}

/// A secret that somebody chose, long enough to be one.
pub fn chosen_secret(name: &str) -> Result<Option<Secret>, Failure> {
    let unusable = |error| Failure::usage(format!("{name}: {error}"));
    value(name)?.map(|text| Secret::chosen(text).map_err(unusable)).transpose()
}

/// A secret that a provider issued.
pub fn issued_secret(name: &str) -> Result<Option<Secret>, Failure> {
    let unusable = |error| Failure::usage(format!("{name}: {error}"));
    value(name)?.map(|text| Secret::issued(text).map_err(unusable)).transpose()
}

/// Where this command keeps what has to last: `COUNTERSIGN_HOME`, or `.countersign` in the home directory.
pub fn home() -> Result<PathBuf, Failure> {
    let at_home = || std::env::home_dir().map(|home| home.join(".countersign"));
    variable("COUNTERSIGN_HOME").map(PathBuf::from).or_else(at_home).ok_or_else(|| {
        Failure::usage("there is no home directory; say in COUNTERSIGN_HOME where keys and captures are kept")
    })
}

/// The names of the variables that are set and begin like this. Their values are nobody's business here.
#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn names_beginning_with(prefix: &str) -> Vec<String> {
    let names = std::env::vars_os().filter(|(_, value)| !value.is_empty()).map(|(name, _)| name);
    let names = names.filter_map(|name| name.into_string().ok());
    let mut names = names.filter(|name| name.starts_with(prefix)).collect::<Vec<_>>();
    names.sort();
    names
}
