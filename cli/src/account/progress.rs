//! How far an upload or a download is. Only drawn where standard error is a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const KNOWN: &str = "{msg} [{bar:30}] {percent:>3}% {bytes} of {total_bytes}";
const UNKNOWN: &str = "{msg} {bytes}";

/// A bar for so many bytes, or a counter if nobody knows how many there are.
pub fn bar(what: &'static str, length: Option<u64>) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
    let template = if length.is_some() { KNOWN } else { UNKNOWN };
    // What is written above is a template. If it was not, there would be a plainer bar.
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.with_style(style.progress_chars("=> ")).with_message(what)
}
