//! Servers that behave like the providers: for tests and development, offline.
//!
//! A mock keeps state, checks credentials and answers as the provider's document in `openapi/` says. It listens on
//! loopback, on a port of its own, so that any number of them run side by side. It misbehaves on request, and sends real
//! callbacks.
//!
//! ```
//! # #[cfg(feature = "signly")] {
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! use countersign::mock::{Fault, signly};
//! use countersign::signly::EventType;
//!
//! let server = signly::Server::start().await?;
//! let client = server.client()?;
//!
//! // A repeatable call survives a connection that breaks.
//! server.fail_next(Fault::reset());
//! let reply = client.list_webhooks().send_reply().await?;
//! assert_eq!(reply.attempts(), 2);
//!
//! // What is written can be looked at.
//! let url = "https://app.example/callback";
//! let created = client.create_webhook().url(url).events([EventType::ProcessCompleted]).send().await?;
//! assert_eq!(server.webhook(&created.webhook_id).and_then(|webhook| webhook.url).as_deref(), Some(url));
//!
//! server.shutdown().await;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Callbacks are sent over HTTP, when the test says so and to this machine only. Signly's events are made by the test
//! (`deliver`); the mocks of Leap, Legalesign and SIGN8 keep what has happened until `deliver_due`. [`Deliveries`] come
//! twice or in another order on request, and a [`CallbackRequest`] can be as odd as you like.
//!
//! Every port answers programs on this machine and no page in a browser, by the rule of [`check_caller`]. What is embedded
//! as a router is up to the application around it. [`serve`] serves a router of the test's own.
//!
//! Where a provider documents nothing, a mock has to do something nevertheless. The documentation of the provider's
//! module lists what was inferred or assumed; do not take it for knowledge of the provider.

mod broken_body;
mod callback_request;
mod caller;
mod chance;
mod clock;
mod controls;
mod courier;
mod deliver;
mod deliveries;
mod exchange;
#[cfg(feature = "faireplace")]
pub mod faireplace;
mod faults;
mod id;
mod inspection;
mod late;
#[cfg(feature = "leap")]
pub mod leap;
#[cfg(feature = "legalesign")]
pub mod legalesign;
mod not_possible;
mod outbox;
mod record;
mod scene;
mod serve;
mod server;
mod setup;
#[cfg(feature = "sign8")]
pub mod sign8;
#[cfg(feature = "signly")]
pub mod signly;
mod stale;
mod storm;
#[cfg(feature = "rsa")]
mod throw_away_key;
mod unknown;

pub use callback_request::CallbackRequest;
pub use caller::{CallerRefused, check_caller};
pub use deliver::{Attempt, AttemptOutcome, Delivered, DeliveryFailure};
pub use deliveries::Deliveries;
pub use faults::Fault;
pub use inspection::Calls;
pub use not_possible::NotPossible;
pub use record::RecordedRequest;
pub use scene::Scene;
pub use serve::{Served, serve};
pub use setup::{Call, Setup};
#[cfg(feature = "rsa")]
pub use throw_away_key::ThrowAwayKey;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What a mutex holds. Nothing here is left half changed by a panic, so poisoning tells nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
