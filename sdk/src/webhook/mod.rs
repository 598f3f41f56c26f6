//! Callbacks: what arrived, and what it proves.
//!
//! A provider calls an address of the application. Anybody can call that address, so a callback is a claim until
//! something proves it. This module holds what all providers share; the verifiers and the events are in the modules of
//! the providers.
//!
//! 1. A [`Delivery`] is the request as it arrived: method, address, headers, and the bytes of the body.
//! 2. A verifier, which implements [`Verify`], takes it together with the time, and gives
//!    - [`Verified`], if something proved it: [`Assurance`] says how much, [`Audience`] whether it was meant for you;
//!    - [`Unverified`], if the provider offers no proof and the application asked for it nevertheless;
//!    - a [`Rejection`] otherwise.
//! 3. The application stores or queues the event under its [`DedupeKey`], and only then answers with a 2xx status.
//!
//! [`receive`] does the first two steps for a request of any framework; with the feature `axum`, `Callback` does as an
//! extractor and `CallbackRouter` for all providers of an application. [`Acknowledgement`] and [`Rejection`] are what is
//! answered.
//!
//! # What proves a callback
//!
//! | Scheme | Proves | For |
//! |---|---|---|
//! | a secret in a header | [`Assurance::Sender`] | Signly |
//! | a signed callback URL: [`CallbackUrls`] | [`Assurance::Sender`] | every provider that calls any URL it is given |
//! | an HMAC, put together from parts: [`HmacScheme`] | [`Assurance::Payload`] | those who know a recipe that is not public |
//! | RSA with a pinned certificate: `RsaKey` | [`Assurance::Payload`] | Legalesign's forms |
//!
//! What nothing proves, and what was meant for nobody in particular, is confirmed by reading the resource: `confirm_with` of
//! [`Unverified`] and [`Verified`] gives a [`Confirmation`]. And when a genuine callback is not accepted,
//! [`Verifier::explain`] finds out why.
//!
//! # Keys
//!
//! Keys are held in [`Keys`], which can be replaced while the application runs; a [`KeySet`] may have several, each with
//! the time it is valid, so that changing a key loses no callback.
//!
//! # Limits
//!
//! What needs no body is checked before one is read. A body is read up to the limit of the verifier, 1 MiB unless set
//! otherwise, within 30 seconds; all bodies that are being read share a [`BodyBudget`].

mod acknowledgement;
mod assurance;
mod budget;
mod builder;
mod callback_url;
mod callbacks;
mod configuration;
mod confirmation;
mod delivery;
mod expected;
mod explain;
#[cfg(feature = "axum")]
mod extract;
#[cfg(feature = "rsa")]
mod form;
mod hmac;
mod json;
mod keys;
mod members;
mod proof;
mod reader;
mod receive;
mod rejection;
#[cfg(feature = "axum")]
mod router;
#[cfg(feature = "rsa")]
mod rsa;
mod shared_secret;
mod verified;
mod verifier;

pub use acknowledgement::Acknowledgement;
pub use assurance::{Assurance, Audience};
pub use budget::BodyBudget;
pub use builder::VerifierBuilder;
pub use callback_url::CallbackUrls;
pub use configuration::ConfigurationError;
pub use confirmation::{Confirmation, Confirmed, Difference, Doubt};
pub use delivery::Delivery;
pub use explain::{Cause, Explanation, Finding};
#[cfg(feature = "axum")]
pub use extract::Callback;
pub use hmac::{HmacKey, HmacScheme, SignatureEncoding, Tolerance};
pub use keys::{Key, KeySet, Keys};
pub use proof::{Proof, Scheme};
pub use reader::UnverifiedReader;
pub use receive::receive;
pub use rejection::{Reason, Rejection};
#[cfg(feature = "axum")]
pub use router::CallbackRouter;
#[cfg(feature = "rsa")]
pub use rsa::{Certificate, RsaKey, RsaKeyError};
pub use verified::{DedupeKey, Unverified, Verified};
pub use verifier::{Summary, Verifier, Verify};

pub(crate) use callback_url::MARK as TOKEN_MARK;
pub(crate) use callbacks::{Callbacks, Carried, Opened, PayloadProof, Read};
pub(crate) use expected::Expected;
#[cfg(feature = "rsa")]
pub(crate) use form::Fields;
#[cfg(feature = "legalesign")]
pub(crate) use json::{Entry, read_entries};
pub(crate) use json::{read, typed};
pub(crate) use members::{Members, is_one_line, text, whole};
