//! Legalesign's REST API, version 1.
//!
//! Documentation names its sources by tags; [`sources`] lists them.
//!
//! What to know before the first call:
//!
//! - A document is created silently: nobody is told unless [`do_email`](calls::CreateDocument::do_email) is set.
//! - Times carry no offset, and Legalesign does not say which zone they are in; see
//!   [`LocalDateTime`](crate::LocalDateTime).
//! - The number of a status means one thing for a document and another for a signer: [`DocumentStatus`] and
//!   [`SignerStatus`] are two types.
//! - Links for signing and editing work once. They are returned as [`Link`](crate::Link) and never followed.

mod client;
mod links;
mod pdf;
mod refusal;
mod sync;
pub mod webhook;

pub use client::{Client, ClientBuilder, CustomCall, Setup};
pub use generated::{OPERATIONS, calls, sources, types};
pub use links::{DocumentWithLinks, SigningLink};
pub use pdf::DownloadPdf;
pub use refusal::{FieldError, FieldErrors};
pub use sync::{DocumentSync, SyncBatch, SyncCursor};
pub use types::*;

#[allow(clippy::all, clippy::pedantic, unused_qualifications, unused_mut, reason = "generated")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/legalesign.rs"));
}
