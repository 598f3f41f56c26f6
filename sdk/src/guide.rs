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

#[cfg_attr(not(doctest), doc = include_str!("guide_links.md"))]
#[doc = include_str!("../docs/operate.md")]
pub mod operate {}

#[cfg(feature = "mock")]
#[cfg_attr(not(doctest), doc = include_str!("guide_links.md"))]
#[doc = include_str!("../docs/test.md")]
pub mod test {}

#[cfg(feature = "mock")]
#[cfg_attr(not(doctest), doc = include_str!("guide_links.md"))]
#[doc = include_str!("../docs/migrate.md")]
pub mod migrate {}

// Its blocks are quotations; `tests/docs.rs` says so, and runs its documents through the build.
#[cfg(not(doctest))]
#[doc = include_str!("guide_links.md")]
#[doc = include_str!("../docs/add-a-provider.md")]
pub mod add_a_provider {}
