//! What every client shares. It knows no provider: each brings a [`Provider`] and its document.

pub(crate) mod base_url;
mod body;
mod call;
mod check;
mod config;
mod content;
mod created;
mod custom;
mod download;
mod elsewhere;
mod error;
mod handover;
pub(crate) mod hex;
mod id;
mod lenient;
mod link;
mod local_time;
mod multipart;
mod open_object;
mod operation;
mod options;
mod page;
mod precondition;
mod provider;
mod proxy;
mod reading;
mod reply;
mod request;
mod retry;
mod secret;
mod sentences;
mod telemetry;
mod time;

pub(crate) use call::{Core, OURS};
pub(crate) use check::Invalid;
pub use config::ClientBuilder;
pub(crate) use config::{Settings, Setup, Variables};
pub use content::Content;
pub use created::Created;
pub use custom::CustomCall;
pub use download::{Download, Downloaded};
pub use error::{Effect, Error, ErrorKind};
pub(crate) use lenient::{absent, decode, place};
pub use link::Link;
pub use local_time::LocalDateTime;
pub use operation::{Certainty, Operation, Outcome, Paging};
pub(crate) use options::CallOptions;
pub use page::{Cursor, Items, Listing, Page, Pages};
pub(crate) use precondition::{Comparison, Decision, Rounds};
pub use precondition::{Precondition, Versioned};
pub(crate) use provider::{Answer, Explanation, Opened, Provider, plain};
pub use reply::Reply;
pub use retry::RetryPolicy;
pub use secret::{Secret, SecretError};
pub(crate) use sentences::sentences;
pub use time::{Clock, Sleep, SystemClock, Timestamp};

/// What generated code refers to, under one name.
pub(crate) mod generated {
    pub(crate) use super::call::call;
    pub(crate) use super::check::{Check, Place};
    pub(crate) use super::id::{encode, id, query, resource_uri, segment};
    #[allow(
        unused_imports,
        reason = "no provider here has lists in a query; the tests have one that does"
    )]
    pub(crate) use super::id::{query_joined, query_list};
    pub(crate) use super::lenient::{
        Nothing, code_at, flag_at, number, number_at, optional_code, optional_flag, optional_number, text_at,
        value_at,
    };
    pub(crate) use super::multipart::Form;
    pub(crate) use super::open_object::open_object;
    pub(crate) use super::options::{CallOptions, call_options};
    pub(crate) use super::page::{offset, scope};
    pub(crate) use super::reading::{Json, Linked, Located, MaybeLocated, Streamed};
    pub(crate) use super::request::Request;
    pub(crate) use super::{
        Certainty, Content, Created, Download, Error, Invalid, Items, Link, Listing, Operation, Page, Pages,
        Paging, Precondition, Reply,
    };
    pub(crate) use serde_json::Value;
}
