//! Leap's client: what is special about it. What every client does is tested once, in `robustness` and beside it.

mod callbacks;
mod start;
mod traps;
