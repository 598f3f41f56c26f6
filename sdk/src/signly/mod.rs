//! Signly's Partner API: webhooks, templates, documents, and the events of processes.
//!
//! Documentation names its sources by tags; [`sources`] lists them.
//!
//! What to know before the first call:
//!
//! - Only webhooks are documented with their bodies. What is said of templates, documents and process events rests on
//!   the front end, and Signly advises against building on that \[[Q](crate::signly::sources#q)\].
//! - A process belongs to one participant. That it is completed does not say that the document is; see
//!   [`Client::follow_document`].
//! - Keep each `processId` when a document is made: no other answer is known to hold it. [`Followed`] does.
//! - [`cancel_document`](Client::cancel_document) is a `DELETE` that stops the signing; it removes nothing.
//! - No key is known that would keep a repeated [`create_document`](Client::create_document) from making a second document.
//!   Look at [`Error::effect`](crate::Error::effect) before it is called again.

mod client;
mod follow;
mod followed;
mod template;
mod update;
pub mod webhook;

pub use client::{Client, ClientBuilder, CustomCall, Setup};
pub use follow::{DocumentNews, Following};
pub use followed::{Followed, FollowedProcess};
pub use generated::{OPERATIONS, calls, sources, types};
pub use template::UploadTemplatePdf;
pub use types::*;

#[allow(clippy::all, clippy::pedantic, unused_qualifications, unused_mut, reason = "generated")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/signly.rs"));
}
