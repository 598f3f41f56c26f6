//! The derives in a crate that documents everything and has its own idea of the names in the prelude.

#![deny(missing_docs, missing_debug_implementations, unreachable_pub, unused, unused_qualifications)]
#![allow(dead_code)]

use countersign_macros::{OpenEnum, SafeDebug, WebhookEvent};

struct Result;
struct Option;
struct Some;
struct Ok;
struct String;
struct From;
struct Debug;
struct Error;

/// Strings.
#[derive(Clone, SafeDebug, OpenEnum)]
#[non_exhaustive]
pub enum Text {
    /// Known.
    #[open_enum("UNKNOWN")]
    Unknown,
    /// Unknown.
    Other(std::string::String),
}

/// Integers.
#[derive(Clone, SafeDebug, OpenEnum)]
#[non_exhaustive]
pub enum Visitor {
    /// Known.
    #[open_enum(1)]
    Known,
    /// Unknown.
    Other(i64),
}

/// Payloads.
#[derive(SafeDebug, WebhookEvent)]
#[non_exhaustive]
pub enum Events {
    /// Known.
    #[event("A")]
    Known(Visitor),
    /// Unknown.
    #[event(unknown)]
    Other {
        /// Its name.
        tag: std::string::String,
        /// Its payload.
        data: serde_json::Value,
    },
}

#[test]
fn the_derived_code_minds_its_own_names() {
    let event = Events::from_tagged("A", serde_json::json!("1"));
    assert_eq!(format!("{event:?} {:?}", Text::from("UNKNOWN")), "Ok(Known(Known)) Unknown");
}
