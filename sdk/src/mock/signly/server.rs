//! The server as tests see it.

use super::state::State;
use super::{Event, api, transfers};
use crate::mock::controls::controls;
use crate::mock::server::{Running, Service};
use crate::mock::stale::lags;
use crate::mock::{Delivered, Deliveries, Setup};
use crate::runtime::Secret;
use crate::signly::{Client, ClientBuilder, OPERATIONS, Webhook};
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The largest PDF that is accepted.
const LARGEST_PDF: usize = 48 * 1024 * 1024;

/// A mock of Signly on a port of its own, with one tenant and one credential. It stops when it is dropped.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// use countersign::mock::signly::{Event, Server};
/// use countersign::signly::EventType;
///
/// let server = Server::start().await?;
/// let client = server.client()?;
/// let create = client.create_webhook().url("https://app.example/callback");
/// create.events([EventType::ProcessCompleted]).send().await?;
///
/// // One entry per webhook. This destination is not on this machine, so nothing was sent to it.
/// let delivered = server.deliver(Event::new(EventType::ProcessCompleted)).await;
/// assert_eq!(delivered.len(), 1);
/// assert!(!delivered[0].is_delivered());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Server {
    pub(super) state: Arc<State>,
    pub(super) running: Running,
    pub(super) elsewhere: Running,
}

controls!(Server, Client, and elsewhere);
lags!(Server);

impl Server {
    /// Starts a server that delivers to this machine only.
    ///
    /// # Errors
    ///
    /// The system gives no port, or no HTTP client can be made.
    pub async fn start() -> io::Result<Self> {
        Self::start_with(Setup::new()).await
    }

    /// Starts a server on a port, with credentials by a seed, and so on.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), or the port is taken.
    pub async fn start_with(setup: Setup) -> io::Result<Self> {
        let mut ids = setup.ids();
        let key = Secret::issued(ids.key("sk_mock_")).map_err(io::Error::other)?;
        let (port, other_port) = (setup.open().await?, setup.open_elsewhere().await?);
        let state = Arc::new(State::new(ids.uuid(), key, setup.courier()?, &other_port.other_origin()));
        let running =
            port.serve(Service::new(OPERATIONS, api::router(Arc::clone(&state))).with_clock(&state.clock));
        let elsewhere = Service::new(&[], transfers::router(Arc::clone(&state))).with_clock(&state.clock);
        let elsewhere = other_port.serve(elsewhere.with_bodies_up_to(LARGEST_PDF));
        Ok(Self { state, running, elsewhere })
    }

    /// The tenant; every server has another one.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.state.tenant
    }

    /// The credential. It is accepted in both modes, `KEY` and `HMAC`.
    #[must_use]
    pub fn api_key(&self) -> &str {
        self.state.key.expose()
    }

    /// Starts building a client of this server.
    pub fn client_builder(&self) -> ClientBuilder {
        let builder = Client::builder().base_url(self.base_url()).without_system_proxy();
        builder.tenant(self.tenant()).api_key(self.api_key())
    }

    /// A webhook as it is stored, with all its members.
    #[must_use]
    pub fn webhook(&self, id: impl AsRef<str>) -> Option<Webhook> {
        self.state.webhook(id.as_ref())
    }

    /// All webhooks, oldest first.
    #[must_use]
    pub fn webhooks(&self) -> Vec<Webhook> {
        self.state.webhooks()
    }

    /// Whether destinations are checked before webhooks are stored, as Signly documents it. Off at first, since in tests
    /// the receiver often starts later. The mock only connects; what Signly sends is not documented.
    pub fn check_destinations(&self, check: bool) {
        self.state.checks_destinations.store(check, Ordering::Relaxed);
    }

    /// Delivers everything that has happened to documents and was not delivered yet, in order, as webhooks have subscribed
    /// to it. Nothing is delivered before a test calls this.
    pub async fn deliver_due(&self) -> Vec<Delivered> {
        self.due().send().await
    }

    /// The same, to be sent twice or in another order. What is not sent is lost: it is no longer with the server.
    pub fn due(&self) -> Deliveries {
        let now = self.state.clock.now();
        let untold = self.state.publishing().untold(now);
        self.state.deliveries(untold)
    }

    /// Delivers an event of your own to every enabled webhook that subscribed to its type, and tries again as the webhook says. There
    /// is one entry per such webhook.
    pub async fn deliver(&self, event: Event) -> Vec<Delivered> {
        self.deliver_all([event]).send().await
    }

    /// Delivers events of your own to the webhooks of now, twice or in another order if asked to.
    pub fn deliver_all(&self, events: impl IntoIterator<Item = Event>) -> Deliveries {
        self.state.deliveries(events)
    }
}
