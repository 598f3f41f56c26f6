//! Files that are read, or standard input.

use crate::failure::Failure;
use std::convert::Infallible;
use std::io::Read as _;
use std::path::PathBuf;
use std::str::FromStr;

/// A file; `-` is standard input.
#[derive(Clone, Debug)]
pub enum Input {
    Stdin,
    File(PathBuf),
}

impl FromStr for Input {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(if text == "-" { Self::Stdin } else { Self::File(text.into()) })
    }
}

impl Input {
    pub fn read(&self) -> Result<Vec<u8>, Failure> {
        match self {
            Self::Stdin => {
                let mut content = Vec::new();
                let read = std::io::stdin().lock().read_to_end(&mut content);
                read.map(|_| content).map_err(|error| Failure::because("standard input", &error))
            }
            Self::File(path) => {
                std::fs::read(path).map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
            }
        }
    }
}
