//! Callbacks of SIGN8: a workflow was refused, or has expired.
//!
//! SIGN8 is given one URL for an installation, and adds a path of its own to it: `/api/workflow/workflowRefused` for a
//! refusal \[[S](crate::sign8::sources#s)\]. **The last segment of the path is all that says what happened.** Nothing
//! is signed, and whether there is a body is not known. A header, `organisation_id`, names the organisation
//! \[[S](crate::sign8::sources#s)\]; whoever calls can write what they like into it, so it tells where an event belongs
//! and proves nothing.
//!
//! Proof is only to be had by the URL itself: mint one with [`CallbackUrls`], and tell SIGN8 that. With the organisation
//! as its reference the URL also says whom it is for, even where a proxy drops the header, and is good for no other.
//!
//! ```
//! use countersign::Secret;
//! use countersign::sign8::webhook::{CallbackUrls, EventKind, Verifier};
//! use countersign::webhook::{Audience, Delivery};
//! use std::time::SystemTime;
//!
//! let urls = CallbackUrls::new(Secret::chosen("correct horse battery staple")?);
//! let url = urls.mint("https://app.example/callbacks/sign8", "org-7")?; // once, for the installation
//!
//! let verifier = Verifier::builder().callback_urls(urls).organisation("org-7").build()?;
//! let called = format!("{}/api/workflow/workflowRefused", url.expose());
//! let request = http::Request::post(called).header("organisation_id", "org-7").body("")?;
//! let verified = verifier.verify(&Delivery::from(request), SystemTime::now())?;
//! assert_eq!(verified.event().kind, EventKind::WorkflowRefused);
//! assert_eq!(verified.audience(), Audience::Matched);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What to expect
//!
//! - The path of the event for an expiry is not published; `workflowExpired` is inferred by analogy. Any other segment is
//!   [`EventKind::Unknown`] and keeps its name.
//! - Nothing is known to tell that a workflow was *completed*.
//! - nginx drops headers with an underscore unless it is told `underscores_in_headers on`; other gateways make
//!   `organisation-id` of it, or `organization_id`. All of these spellings are read. Two that disagree are refused.
//! - **Which workflow it is about is perhaps in the body, in no known form.** Without a body two refusals look the same,
//!   and so do their dedupe keys: **do not drop one because its key is known.** Take every callback as a reason to look at
//!   all workflows that are open.
//! - Whether a call that failed is made again, and what SIGN8 expects as an answer, is not documented.

mod event;

pub use event::{CallbackUrls, Event, EventKind, UnverifiedReader, Verifier, VerifierBuilder};
