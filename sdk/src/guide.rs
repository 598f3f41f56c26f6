//! Pages about what one wants to do. They are the same as those in `docs/`.
//!
//! | I want to | Read |
//! |---|---|
//! | send a document, and know whether it went out | [`send`] |
//! | receive callbacks, and act once | [`receive`] |
//! | know what a callback proves, or why it is refused | [`verify`] |
//! | test without an account or a network | [`test`](mod@test) |
//! | run it in production | [`operate`] |
//! | replace code written by hand | [`migrate`] |
//! | add a provider | [`add_a_provider`] |

// What the pages call each other, for links here. It comes first, since the first definition of a link counts; documentation
// tests do without, so that they name the line of the page.

#[cfg_attr(not(doctest), doc = include_str!("guide_links.md"))]
#[doc = include_str!("../docs/send.md")]
pub mod send {}

#[cfg_attr(not(doctest), doc = include_str!("guide_links.md"))]
#[doc = include_str!("../docs/receive.md")]
pub mod receive {}

#[cfg_attr(not(doctest), doc = include_str!("guide_links.md"))]
#[doc = include_str!("../docs/verify.md")]
pub mod verify {}

#[cfg_attr(not(doctest), doc = include_str!("guide_links.md"))]
#[doc = include_str!("../docs/test.md")]
pub mod test {}

#[cfg_attr(not(doctest), doc = include_str!("guide_links.md"))]
#[doc = include_str!("../docs/operate.md")]
pub mod operate {}

#[cfg_attr(not(doctest), doc = include_str!("guide_links.md"))]
#[doc = include_str!("../docs/migrate.md")]
pub mod migrate {}

// Its blocks are quotations: `tests/docs.rs` compares them, and runs its document through the build.
#[cfg(not(doctest))]
#[doc = include_str!("guide_links.md")]
#[doc = include_str!("../docs/add-a-provider.md")]
pub mod add_a_provider {}
