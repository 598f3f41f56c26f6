//! What is on the screen when a command has ended.

use crate::pty::{Seen, Terminal};
use crate::world::World;

/// Runs the command on a terminal of 80 columns without colours, where somebody types `typed`.
pub fn run<S>(world: &World<S>, arguments: &[&str], typed: &str) -> Seen {
    run_with(world, arguments, typed, &[("NO_COLOR", "1")])
}

/// As [`run`], with colours.
pub fn run_in_colour<S>(world: &World<S>, arguments: &[&str]) -> Seen {
    run_with(world, arguments, "", &[])
}

fn run_with<S>(world: &World<S>, arguments: &[&str], typed: &str, more: &[(&str, &str)]) -> Seen {
    let own = world.variables.iter().map(|(name, value)| (*name, value.as_str()));
    let variables = own.chain(more.iter().copied()).collect::<Vec<_>>();
    let mut terminal = Terminal::start(world.folder.path(), &variables, arguments, 80);
    terminal.type_in(typed);
    terminal.end()
}
