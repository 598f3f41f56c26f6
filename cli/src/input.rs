//! Files that are read, or standard input.

use crate::failure::Failure;
use crate::out::talk;
use clap::builder::{OsStringValueParser, TypedValueParser};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// A file; `-` is standard input.
#[derive(Clone, Debug)]
pub enum Input {
    Stdin,
    File(PathBuf),
}

/// The largest file that is read, in bytes.
const LARGEST: u64 = 64 * 1024 * 1024;

impl From<OsString> for Input {
    fn from(text: OsString) -> Self {
        if text == "-" { Self::Stdin } else { Self::File(text.into()) }
    }
}

/// For arguments.
pub fn parser() -> impl TypedValueParser<Value = Input> {
    OsStringValueParser::new().map(Input::from)
}

impl Input {
    /// What an argument names.
    pub fn read(&self) -> Result<Vec<u8>, Failure> {
        self.read_for("an argument", LARGEST).map_err(Failure::Usage)
    }

    /// As [`read`](Self::read). `whose` is who asks: standard input is for one of them. The error says what is wrong.
    pub fn read_for(&self, whose: &str, most: u64) -> Result<Vec<u8>, String> {
        match self {
            Self::Stdin => stdin(whose, most),
            Self::File(path) => File::open(path)
                .and_then(|file| bounded(file, most))
                .map_err(|error| format!("{}: {error}", path.display())),
        }
    }

    /// How it is named in messages.
    pub fn shown(&self) -> String {
        match self {
            Self::Stdin => "standard input".to_owned(),
            Self::File(path) => path.display().to_string(),
        }
    }
}

/// Standard input can be read once, so it is kept for whoever asked for it.
fn stdin(whose: &str, most: u64) -> Result<Vec<u8>, String> {
    static READ: Mutex<Option<(String, Vec<u8>)>> = Mutex::new(None);
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    match &*read {
        Some((first, content)) if first == whose => Ok(content.clone()),
        Some((first, _)) => {
            Err(format!("both {first} and {whose} are standard input, which can be one of them"))
        }
        None => {
            let stdin = io::stdin();
            if stdin.is_terminal() {
                talk("reading standard input; Ctrl-D ends it");
            }
            let content = bounded(stdin.lock(), most);
            let content = content.map_err(|error| format!("standard input: {error}"))?;
            Ok(read.insert((whose.to_owned(), content)).1.clone())
        }
    }
}

fn bounded(reader: impl Read, most: u64) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    reader.take(most + 1).read_to_end(&mut content)?;
    if content.len() as u64 > most {
        return Err(io::Error::other(format!("larger than {most} bytes")));
    }
    Ok(content)
}
