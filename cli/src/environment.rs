//! Configuration and secrets, from the environment, files and standard input. Nowhere else is the environment read.

use crate::failure::Failure;
use crate::input::Input;
use countersign::Secret;
use std::path::PathBuf;

/// The longest value that a file may hold, in bytes.
const LONGEST: u64 = 64 * 1024;

/// A variable. An empty one counts as none.
#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn variable(name: &str) -> Option<String> {
    // What is no text is not taken for nothing: whoever reads it says what is wrong with it.
    let value = std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
    value.filter(|value| !value.is_empty())
}

/// A variable, or the content of the file that the variable with `_FILE` behind its name names; `-` is standard input.
/// Both at once are a mistake, as in the SDK.
pub fn value(name: &str) -> Result<Option<String>, Failure> {
    let path = match (variable(name), variable(&format!("{name}_FILE"))) {
        (Some(_), Some(_)) => {
            return Err(Failure::usage(format!("both {name} and {name}_FILE are set; unset one of them")));
        }
        (value, None) => return Ok(value),
        (None, Some(path)) => path,
    };
    let unusable = |problem: &str| Failure::usage(format!("the file that {name}_FILE names: {problem}"));
    let input = if path == "-" { Input::Stdin } else { Input::File(path.into()) };
    let content = input.read_for(&format!("{name}_FILE"), LONGEST).map_err(|problem| unusable(&problem))?;
    let text = String::from_utf8(content).map_err(|_| unusable("it is no text"))?;
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

/// The names of the variables that are set and begin like this. Their values are nobody's business here.
#[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn names_beginning_with(prefix: &str) -> Vec<String> {
    let names = std::env::vars_os().filter(|(_, value)| !value.is_empty()).map(|(name, _)| name);
    let names = names.filter_map(|name| name.into_string().ok());
    let mut names = names.filter(|name| name.starts_with(prefix)).collect::<Vec<_>>();
    names.sort();
    names
}
