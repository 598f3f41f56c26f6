//! SIGN8's client: the profile, the steps, and what becomes of a workflow that fails in the middle. What every client does
//! is tested once, in `robustness` and beside it.

mod callbacks;
mod profile;
mod steps;
mod workflow;
