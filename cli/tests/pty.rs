//! Commands on a terminal.

use super::support::PATIENCE;
use portable_pty::{Child, CommandBuilder, PtySize, native_pty_system};
use std::io::{Read as _, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};

const ROWS: u16 = 50;

/// A command on a terminal.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    keyboard: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    screen: vt100::Parser,
    raw: Vec<u8>,
}

/// What a terminal got to see.
pub struct Seen {
    /// All that was written to it.
    pub raw: String,
    /// What is on the screen in the end.
    pub screen: String,
    pub code: u32,
}

impl Terminal {
    /// Starts the command in a folder, which is its home too.
    pub fn start(folder: &Path, variables: &[(&str, &str)], arguments: &[&str], columns: u16) -> Self {
        let size = PtySize { rows: ROWS, cols: columns, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_countersign"));
        command.env_clear();
        for (name, value) in [("TERM", "xterm-256color")].iter().chain(variables) {
            command.env(name, value);
        }
        command.env("COUNTERSIGN_HOME", folder);
        command.cwd(folder);
        command.args(arguments);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let keyboard = pair.master.take_writer().unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (tell, output) = channel();
        std::thread::spawn(move || {
            let master = pair.master;
            let mut piece = [0; 4096];
            // At the end of the other side a terminal is an error on Linux, and nothing elsewhere.
            while let Ok(length @ 1..) = reader.read(&mut piece) {
                if tell.send(piece[..length].to_vec()).is_err() {
                    break;
                }
            }
            drop(master);
        });
        Self { child, keyboard, output, screen: vt100::Parser::new(ROWS, columns, 0), raw: Vec::new() }
    }

    /// What is typed.
    pub fn type_in(&mut self, text: &str) {
        self.keyboard.write_all(text.as_bytes()).unwrap();
        self.keyboard.flush().unwrap();
    }

    /// Waits until the screen shows this, and returns the screen.
    pub fn wait_for(&mut self, text: &str) -> String {
        while !self.screen.screen().contents().contains(text) {
            let piece = self.output.recv_timeout(PATIENCE);
            self.show(&piece.unwrap_or_else(|_| panic!("`{text}` is not shown:\n{}", self.raw())));
        }
        self.screen.screen().contents()
    }

    /// Everything that was written so far, with its colours.
    pub fn raw(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }

    /// Waits until the command has ended.
    pub fn end(mut self) -> Seen {
        while let Ok(piece) = self.output.recv_timeout(PATIENCE) {
            self.show(&piece);
        }
        let code = self.child.wait().unwrap().exit_code();
        Seen { raw: self.raw(), screen: self.screen.screen().contents(), code }
    }

    fn show(&mut self, piece: &[u8]) {
        self.screen.process(piece);
        self.raw.extend_from_slice(piece);
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
