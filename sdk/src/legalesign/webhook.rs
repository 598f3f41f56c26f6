//! Callbacks of Legalesign: four kinds, of which Legalesign signs two.
//!
//! | Kind, by `notify` | [`Event`] | What proves it |
//! |---|---|---|
//! | `all`: what changed in the last six minutes | [`Changes`](Event::Changes) | an RSA signature of all of it: [`Assurance::Payload`] \[[L2](crate::legalesign::sources#l2)\] \[[L3](crate::legalesign::sources#l3)\] |
//! | `signed`, `sent`, `rejected`, with `json_signed` | [`Notice`](Event::Notice) | the same \[[L3](crate::legalesign::sources#l3)\] |
//! | `signed`, `sent`, `rejected`, five plain fields | [`PlainNotice`](Event::PlainNotice) | nothing that comes with it \[[L2](crate::legalesign::sources#l2)\] |
//! | `realtime`, JSON | [`Realtime`](Event::Realtime) | two headers are known by name only \[[L12](crate::legalesign::sources#l12)\]: nothing, unless you know their recipe |
//!
//! What proves nothing by itself can come to a [signed URL](CallbackUrls), which proves the sender; and it can be
//! [confirmed](crate::webhook::Verified::confirm_with).
//!
//! # The certificate
//!
//! Legalesign signs the callbacks of all its customers with one key, and prints the certificate on its page "Verify
//! callback data", <https://legalesign.com/articles/esignature-api/verify-callback-data/>; support sends it too
//! \[[L2](crate::legalesign::sources#l2)\]. None comes with this crate: what you trust is yours to choose. Store it
//! with your configuration, compare its fingerprint with what support tells you, and pin it:
//!
//! ```
//! use countersign::legalesign::webhook::Verifier;
//! use countersign::webhook::RsaKey;
//!
//! fn verifier(certificate: &[u8]) -> Result<Verifier, Box<dyn std::error::Error>> {
//!     let key = RsaKey::from_certificate(certificate)?.legacy_sha1()?; // Legalesign signs with SHA-1
//!     Ok(Verifier::builder().certificate(key).group("my-group").build()?)
//! }
//! assert!(verifier(b"no certificate").is_err());
//! ```
//!
//! The one that is published is of version 1 and valid until 2033-02-01.
//!
//! # Whose callback is it?
//!
//! Since everybody's callbacks are signed with the same key, another customer can have a genuine one sent to you, with a
//! `tag` of yours. So a verifier is told which [groups](VerifierBuilder::group) are its own, and refuses the others. The
//! list of the last six minutes names no group: [`Audience::NotNamed`] says so, and
//! [`confirm_with`](crate::webhook::Verified::confirm_with) finds out. A group is told by its address, such as
//! `/api/v1/group/my-group/`; any other word may be a name, which anybody can give their group, and counts as none.
//!
//! # What to expect
//!
//! - Changes are in the order in which they happened \[[L2](crate::legalesign::sources#l2)\]; there may be several of
//!   one signer.
//! - [`DocumentStatus::FinalPdfReady`](crate::legalesign::DocumentStatus::FinalPdfReady), 100, says that the final PDF
//!   exists \[[L13](crate::legalesign::sources#l13)\], and so does a notice of `signed`
//!   \[[L2](crate::legalesign::sources#l2)\].
//! - Which of `signed`, `sent` and `rejected` a notice is about is not known: the name of that field was never published.
//!   Subscribe each to a URL of its own: the reference of a [signed URL](CallbackUrls) is part of the
//!   [`DedupeKey`](crate::webhook::DedupeKey) of a notice, and without one, or if it is a group, the path of the request is.
//!   At one URL for all, a document that was sent and is signed later may have the same key both times. Without signed URLs
//!   serve these paths only: on a route that takes any path, a notice that is sent again to another one counts again.
//! - A hook tells of all groups in which the owner of the key is an administrator, for development and production, unless
//!   it was narrowed down to one \[[L4](crate::legalesign::sources#l4)\].
//! - There is no event for a document that is voided, expired, forwarded, or sent to the next signer \[[L1](crate::legalesign::sources#l1)\]. Combine
//!   callbacks with a [sync](crate::legalesign::Client::sync) each night \[[L2](crate::legalesign::sources#l2)\].
//! - Signed data carries neither a nonce nor an expiry, so it can be replayed for ever: remember the
//!   [`DedupeKey`](crate::webhook::DedupeKey), and act on what the API says rather than on the event.
//! - Whether a call that failed is made again, and what Legalesign expects as an answer, is not documented.
//!
//! [`Assurance::Payload`]: crate::webhook::Assurance::Payload
//! [`Audience::NotNamed`]: crate::webhook::Audience::NotNamed

mod change;
mod claim;
mod compare;
mod confirm;
mod event;
mod form_as_json;
mod notice;
mod realtime;
mod verifier;

pub use change::{Change, StatusChange};
pub use confirm::Resource;
pub use event::Event;
pub use notice::Notice;
pub use realtime::{DocumentData, Realtime, RealtimeEvent, RecipientData, RecipientState};
pub use verifier::{CallbackUrls, UnverifiedReader, Verifier, VerifierBuilder};
