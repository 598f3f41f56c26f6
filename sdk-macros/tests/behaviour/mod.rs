//! What the derived code does.

// Redacted fields are never read, which is the point of them.
#![allow(dead_code)]

mod open_enum_integer;
mod open_enum_text;
mod safe_debug;
pub mod unfriendly;
mod webhook_event;

use std::fmt::Debug;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash};

/// The derived equality goes by the wire value; this tells the variants apart.
fn variant(value: impl Debug) -> String {
    format!("{value:?}")
}

fn hash(value: &impl Hash) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(value)
}
