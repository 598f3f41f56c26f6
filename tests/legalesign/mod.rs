//! Legalesign's client: what is special about it. What every client does is tested once, in `robustness` and beside it.

pub mod callbacks;
mod paging;
pub mod scenario;
mod sync;
mod transfers;
mod traps;
