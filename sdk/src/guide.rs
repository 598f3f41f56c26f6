//! Pages about what one wants to do.

#[doc = include_str!("../docs/verify.md")]
pub mod verify {}
