//! Callbacks of Signly: which are genuine, and what they tell.
//!
//! Signly documents no signature \[[S](crate::signly::sources#s)\]. What it offers are headers of your choice, which it
//! sends along with every delivery (`customHeaders` of the webhook) \[[S](crate::signly::sources#s)\]: put a random
//! secret into one of them, and give the same one to the [`Verifier`]. That proves the sender and not the payload,
//! [`Assurance::Sender`].
//!
//! ```
//! use countersign::Secret;
//! use countersign::signly::webhook::{EventData, Verifier};
//! use countersign::webhook::Delivery;
//! use std::time::SystemTime;
//!
//! let verifier = Verifier::builder()
//!     .shared_secret("X-Client-Auth", Secret::chosen("correct horse battery staple")?)
//!     .tenant("58bff266-cdad-46db-b373-1b06476146cd")
//!     .build()?;
//!
//! let request = http::Request::post("/callbacks/signly")
//!     .header("X-Client-Auth", "correct horse battery staple")
//!     .body(r#"{
//!         "eventId": "evt_01",
//!         "type": "PROCESS_COMPLETED",
//!         "tenantId": "58bff266-cdad-46db-b373-1b06476146cd",
//!         "data": { "status": "COMPLETED" }
//!     }"#)?;
//! let verified = verifier.verify(&Delivery::from(request), SystemTime::now())?;
//! assert_eq!(verified.dedupe_key().as_str(), "signly:evt_01");
//! assert!(matches!(verified.event().data, EventData::ProcessCompleted(_)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What to expect
//!
//! - Answer with a 2xx status only once the event is stored or queued: Signly takes it as delivered
//!   \[[S](crate::signly::sources#s)\].
//! - The same event may come again \[[S](crate::signly::sources#s)\]. Its [`DedupeKey`] is made of the event's id
//!   alone: the attempt is part of the delivery, not of the event, so a key that held it would let every repetition
//!   through. That a repetition has the same id is what Signly's advice to store it implies; it does not say so.
//! - Only `eventId`, `type` and `tenantId` have to be readable, and no member may occur twice. Nothing else makes a
//!   genuine event be rejected; see [`Event`].
//! - Events come in no reliable order \[[S](crate::signly::sources#s)\]; [`Event::occurred_at`] tells when they
//!   happened.
//! - A process belongs to one participant. [`EventData::ProcessCompleted`] does not say that the document is finished;
//!   read the document for that.
//!
//! [`Assurance::Sender`]: crate::webhook::Assurance::Sender
//! [`DedupeKey`]: crate::webhook::DedupeKey

mod confirm;
mod event;
mod verifier;

pub use event::{Event, EventData, ProcessCompleted};
pub use verifier::{CallbackUrls, UnverifiedReader, Verifier, VerifierBuilder};
