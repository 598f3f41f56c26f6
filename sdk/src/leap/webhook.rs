//! Callbacks of Documill Leap: all signers have signed.
//!
//! Leap calls one URL per signing process, once, when the last signature is done \[[D1](crate::leap::sources#d1)\]. The
//! call is not signed, and what is in its body is not known, so two things are up to the application:
//!
//! - **The URL is the proof.** Mint one for each signing process with [`CallbackUrls`], and give it to
//!   [`sign_tasks_completed_callback_url`](crate::leap::StartSigningProcess::sign_tasks_completed_callback_url). Only who
//!   has seen it can call it, which proves the [`Sender`](crate::webhook::Assurance::Sender).
//! - **The URL says what it is about.** The id of the process is known only after the process was started, and the URL has
//!   to be there before: so put an id of your own into it, and store both together.
//!
//! ```
//! use countersign::Secret;
//! use countersign::leap::webhook::{CallbackUrls, Verifier};
//! use countersign::webhook::Delivery;
//! use std::time::SystemTime;
//!
//! let urls = CallbackUrls::new(Secret::chosen("correct horse battery staple")?);
//! let url = urls.mint("https://app.example/callbacks/leap", "contract-17")?;
//! // ... .sign_tasks_completed_callback_url(url.expose())
//!
//! let verifier = Verifier::builder().callback_urls(urls).build()?;
//! let delivery = Delivery::from(http::Request::post(url.expose()).body("whatever comes")?);
//! let verified = verifier.verify(&delivery, SystemTime::now())?;
//! assert_eq!(verified.event().reference(), Some("contract-17"));
//! assert_eq!(verified.dedupe_key().as_str(), "leap:contract-17");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Take another reference for each process, `contract-17/2` if contract 17 is sent a second time: it is what the dedupe key is
//! made of.
//!
//! # What to expect
//!
//! - Nothing is called for a single signature, and as far as documented nothing for a refusal, a cancellation, an expiry
//!   or a deletion: ask for a process that stays silent.
//! - Whether a call that failed is made again, and what Leap expects as an answer, is not documented.
//! - The completion says what is claimed. Read the process before anything depends on it:
//!   [`confirm_with`](crate::webhook::Verified::confirm_with) does, and gives the process without a verdict, since the
//!   names in its data are not public.

mod completion;

pub use completion::{CallbackUrls, Completion, UnverifiedReader, Verifier, VerifierBuilder};
