//! Pages about what one wants to do.

#[doc = include_str!("../docs/verify.md")]
pub mod verify {}

#[cfg(feature = "mock")]
#[doc = include_str!("../docs/test.md")]
pub mod test {}
