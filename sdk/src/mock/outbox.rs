//! What a mock has to deliver, for providers that say nothing of how they do it.

use super::callback_request::CallbackRequest;
use super::courier::{Courier, Destination};
use super::deliveries::{Deliveries, Outgoing};
use super::{id, lock};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A callback and where it goes.
pub(super) struct Addressed {
    pub webhook_id: String,
    pub event_id: String,
    pub event: String,
    pub url: String,
    pub request: CallbackRequest,
}

impl Addressed {
    /// Of an event that has no id.
    pub(super) fn new(webhook_id: &str, event: &str, url: &str, request: CallbackRequest) -> Self {
        let [webhook_id, event, url] = [webhook_id, event, url].map(str::to_owned);
        Self { webhook_id, event_id: id::uuid(), event, url, request }
    }
}

/// How a mock delivers, and what waits to be delivered.
pub(super) struct Outbox {
    courier: Arc<Courier>,
    policy: Mutex<Policy>,
    waiting: Mutex<Vec<Addressed>>,
    /// What is posted where the provider does not say what.
    unknown: Mutex<CallbackRequest>,
}

#[derive(Clone, Copy)]
struct Policy {
    most_attempts: u32,
    timeout: Duration,
}

/// How often and how patiently these providers deliver is not known.
const POLICY: Policy = Policy { most_attempts: 1, timeout: Duration::from_secs(10) };

impl Outbox {
    pub(super) fn new(courier: Courier) -> Self {
        let unknown = Mutex::new(CallbackRequest::empty());
        Self { courier: Arc::new(courier), policy: Mutex::new(POLICY), waiting: Mutex::default(), unknown }
    }

    pub(super) fn set_most_attempts(&self, most_attempts: u32) {
        lock(&self.policy).most_attempts = most_attempts;
    }

    pub(super) fn set_timeout(&self, timeout: Duration) {
        lock(&self.policy).timeout = timeout;
    }

    pub(super) fn set_unknown(&self, request: CallbackRequest) {
        *lock(&self.unknown) = request;
    }

    pub(super) fn unknown(&self) -> CallbackRequest {
        lock(&self.unknown).clone()
    }

    pub(super) fn add(&self, addressed: Addressed) {
        lock(&self.waiting).push(addressed);
    }

    /// Everything that waits. From then on it is with the caller.
    pub(super) fn take(&self) -> Vec<Addressed> {
        std::mem::take(&mut lock(&self.waiting))
    }

    pub(super) fn deliveries(&self, all: impl IntoIterator<Item = Addressed>) -> Deliveries {
        let Policy { most_attempts, timeout } = *lock(&self.policy);
        let outgoing = |Addressed { webhook_id, event_id, event, url, request }| {
            let CallbackRequest { headers, body } = request;
            let destination = Destination { url, headers, timeout, most_attempts };
            vec![Outgoing { webhook_id, event_id, event, destination, body: Arc::new(move |_| body.clone()) }]
        };
        Deliveries::new(&self.courier, all.into_iter().map(outgoing))
    }
}

/// What every mock with an [`Outbox`] can be told. The server has the member `state`, which has an `outbox`, and says by
/// `due` what is to be delivered now.
macro_rules! delivers {
    ($server:ident, with unknown content) => {
        delivers!($server);

        impl $server {
            /// What the callbacks carry from now on. At first they have no body and no content type: what the provider
            /// sends is not documented.
            pub fn set_callback_body(&self, content_type: &str, body: impl Into<::bytes::Bytes>) {
                self.state.outbox.set_unknown(crate::mock::CallbackRequest::new(content_type, body));
            }
        }
    };
    ($server:ident) => {
        impl $server {
            /// Delivers everything that has happened and was not delivered yet, in order. Nothing is delivered before a test
            /// calls this, and nothing waits between attempts.
            pub async fn deliver_due(&self) -> Vec<crate::mock::Delivered> {
                self.due().send().await
            }

            /// The same, to be sent twice or in another order. What is not sent is lost: it is no longer with the server.
            pub fn due(&self) -> crate::mock::Deliveries {
                self.state.outbox.deliveries(self.state.due())
            }

            /// Callbacks of your own for a URL, however odd.
            pub fn deliver_to(
                &self,
                url: &str,
                callbacks: impl IntoIterator<Item = crate::mock::CallbackRequest>,
            ) -> crate::mock::Deliveries {
                let addressed = |callback| crate::mock::outbox::Addressed::new("", "", url, callback);
                self.state.outbox.deliveries(callbacks.into_iter().map(addressed))
            }

            /// How often a callback is tried until it is accepted: once at first, since nothing is known of further
            /// attempts. None counts as one.
            pub fn set_delivery_attempts(&self, most: u32) {
                self.state.outbox.set_most_attempts(most);
            }

            /// How long a receiver may take: ten seconds at first, which is assumed.
            pub fn set_delivery_timeout(&self, timeout: ::std::time::Duration) {
                self.state.outbox.set_timeout(timeout);
            }
        }
    };
}
pub(super) use delivers;
