//! Running the command.

use assert_cmd::Command;
use std::path::Path;

/// The command, with nothing in its environment but what is needed to start, and a home of its own.
pub fn countersign(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.env_clear().env("COUNTERSIGN_HOME", home);
    command
}

/// What a command printed on standard output and standard error, and its exit code.
pub struct Printed {
    pub out: String,
    pub err: String,
    pub code: i32,
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Printed {
    let output = command.output().unwrap();
    Printed {
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
        code: output.status.code().unwrap(),
    }
}
