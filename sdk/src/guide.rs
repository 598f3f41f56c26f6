//! Pages about what one wants to do.

#[cfg(feature = "mock")]
#[cfg_attr(not(doctest), doc = include_str!("guide_links.md"))]
#[doc = include_str!("../docs/send.md")]
pub mod send {}

#[cfg(feature = "mock")]
#[cfg_attr(not(doctest), doc = include_str!("guide_links.md"))]
#[doc = include_str!("../docs/receive.md")]
pub mod receive {}

#[cfg_attr(not(doctest), doc = include_str!("guide_links.md"))]
#[doc = include_str!("../docs/verify.md")]
pub mod verify {}

#[cfg(feature = "mock")]
#[cfg_attr(not(doctest), doc = include_str!("guide_links.md"))]
#[doc = include_str!("../docs/test.md")]
pub mod test {}
