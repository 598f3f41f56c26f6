//! What is on the screen when the command has ended.

use crate::world::World;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use std::io::{Read as _, Write as _};

/// What a terminal got to see.
pub struct Seen {
    /// All that was written to it.
    pub raw: String,
    /// What is on the screen in the end.
    pub screen: String,
    pub code: u32,
}

/// Runs the command on a terminal of 80 columns without colours, where somebody types `typed`.
pub fn run<S>(world: &World<S>, arguments: &[&str], typed: &str) -> Seen {
    run_with(world, arguments, typed, &[("NO_COLOR", "1")])
}

/// As [`run`], with colours.
pub fn run_in_colour<S>(world: &World<S>, arguments: &[&str]) -> Seen {
    run_with(world, arguments, "", &[])
}

fn run_with<S>(world: &World<S>, arguments: &[&str], typed: &str, more: &[(&str, &str)]) -> Seen {
    let size = PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_countersign"));
    command.env_clear();
    command.env("TERM", "xterm-256color");
    for (name, value) in
        world.variables.iter().map(|(name, value)| (*name, value.as_str())).chain(more.iter().copied())
    {
        command.env(name, value);
    }
    command.cwd(world.folder.path());
    command.args(arguments);
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut keyboard = pair.master.take_writer().unwrap();
    keyboard.write_all(typed.as_bytes()).unwrap();
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut raw = Vec::new();
    let mut piece = [0; 4096];
    // At the end of the other side a terminal is an error on Linux, and nothing elsewhere.
    while let Ok(length @ 1..) = reader.read(&mut piece) {
        raw.extend_from_slice(&piece[..length]);
    }
    let code = child.wait().unwrap().exit_code();
    let mut parser = vt100::Parser::new(24, 80, 0);
    parser.process(&raw);
    Seen { raw: String::from_utf8_lossy(&raw).into_owned(), screen: parser.screen().contents(), code }
}
