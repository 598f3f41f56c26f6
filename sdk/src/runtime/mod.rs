//! What every client shares. It knows no provider: each brings a [`Provider`] and its document.

mod base_url;
mod call;
mod check;
mod config;
mod custom;
mod error;
mod id;
mod lenient;
mod operation;
mod page;
mod precondition;
mod provider;
mod reply;
mod retry;
mod secret;
mod telemetry;
mod time;

pub(crate) use call::Core;
pub use config::ClientBuilder;
pub(crate) use config::{Settings, Setup, Variables};
pub use custom::CustomCall;
pub use error::{Effect, Error, ErrorKind};
pub(crate) use lenient::{absent, decode, place};
pub use operation::{Certainty, Operation, Outcome, Paging};
pub use page::{Cursor, Items, Listing, Page, Pages};
pub(crate) use precondition::{Comparison, Decision, Rounds};
pub use precondition::{Precondition, Versioned};
pub(crate) use provider::{Answer, Explanation, Opened, Provider};
pub use reply::Reply;
pub use retry::RetryPolicy;
pub use secret::{Secret, SecretError};
pub use time::{Clock, Sleep, SystemClock, Timestamp};

/// What generated code refers to, under one name.
pub(crate) mod generated {
    pub(crate) use super::call::{CallOptions, Request, call};
    pub(crate) use super::check::{Check, Invalid, Place};
    pub(crate) use super::id::{id, query, segment};
    pub(crate) use super::lenient::{Nothing, number, optional_number};
    pub(crate) use super::{
        Certainty, Error, Listing, Operation, Pages, Paging, Precondition, Reply, RetryPolicy,
    };
    pub(crate) use serde_json::Value;
}
