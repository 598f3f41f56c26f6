//! The tests that README and pages show, letter by letter: `docs.rs` compares them. A documentation test would not run them.

mod embedded;
mod faults;
mod first;
mod late;
mod readme;
mod story;
