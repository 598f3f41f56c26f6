//! What the tests share: a server that follows a script, a clock that does not wait, and a log that keeps everything.

pub mod clock;
pub mod faireplace;
pub mod leap;
pub mod legalesign;
pub mod log;
pub mod server;
pub mod sign8;
pub mod signly;
