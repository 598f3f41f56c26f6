#![doc = include_str!("../README.md")]

mod runtime;
#[cfg(feature = "signly")]
pub mod signly;

pub use runtime::{
    Certainty, Clock, Cursor, Effect, Error, ErrorKind, Items, Listing, Operation, Outcome, Page, Pages, Paging,
    Precondition, Reply, RetryPolicy, Secret, SecretError, Sleep, SystemClock, Timestamp, Versioned,
};
