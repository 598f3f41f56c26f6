//! Configuration and secrets, from the environment, files and standard input. Nowhere else is the environment read.

use crate::failure::Failure;
use countersign::Secret;
use std::io::Read as _;
use std::path::PathBuf;

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
    let text = if path == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(&path)
    };
    let text = text.map_err(|error| Failure::usage(format!("the file that {name}_FILE names: {error}")))?;
    // Files end in a line break that is no part of the value.
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err(Failure::usage(format!("the file that {name}_FILE names is empty")));
    }
    Ok(Some(text.to_owned()))
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
