//! The server as tests see it.

use super::process::{Process, SignError};
use super::{api, state::State};
use crate::leap::{Client, ClientBuilder, EventType, OPERATIONS, ProjectId, ProjectStatus};
use crate::mock::Setup;
use crate::mock::controls::controls;
use crate::mock::outbox::delivers;
use crate::mock::server::{Running, Service};
use crate::mock::stale::lags;
use crate::runtime::Secret;
use bytes::Bytes;
use std::io;
use std::sync::Arc;

/// How large a body may be, document included.
const LARGEST_BODY: usize = 32 * 1024 * 1024;

/// A mock of Leap on a port of its own, with one key. It stops when it is dropped.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// use countersign::Content;
/// use countersign::leap::{Person, ProjectStatus, SignDocument};
/// use countersign::mock::leap::{ID_PATH, Server};
///
/// let server = Server::start().await?;
/// let client = server.client()?;
/// let ada = Person::default().name("Ada Example").email("ada@example.com");
/// let contract = SignDocument::pdf(Content::bytes("%PDF-1.7"));
/// let start = client.start_signing_process("Contract", contract).project_owner(ada.clone());
/// let process = start.signers([ada]).send().await?;
/// let id = process.id_at(ID_PATH).ok_or("the mock names it so")?;
///
/// // What came can be looked at, and be signed.
/// assert_eq!(server.document_bytes(&id).as_deref(), Some(&b"%PDF-1.7"[..]));
/// server.sign(&id, 0)?;
/// assert_eq!(server.process(&id).map(|process| process.status), Some(ProjectStatus::Completed));
/// assert!(server.deliver_due().await.is_empty()); // it has no callback URL
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Server {
    pub(super) state: Arc<State>,
    running: Running,
}

controls!(Server, Client);
lags!(Server);
delivers!(Server, with unknown content);

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
        let key = Secret::issued(setup.ids().key("leap_mock_")).map_err(io::Error::other)?;
        let state = Arc::new(State::new(key, setup.outbox()?));
        let service = Service::of_all(&[(api::PREFIX, OPERATIONS)], api::router(Arc::clone(&state)));
        let service = service.with_bodies_up_to(LARGEST_BODY).with_clock(&state.clock);
        let running = setup.open().await?.serve(service);
        Ok(Self { state, running })
    }

    /// The key.
    #[must_use]
    pub fn api_key(&self) -> &str {
        self.state.key.expose()
    }

    /// Starts building a client of this server.
    pub fn client_builder(&self) -> ClientBuilder {
        Client::builder().base_url(self.base_url()).without_system_proxy().api_key(self.api_key())
    }

    /// A signing process, as it came and what became of it.
    #[must_use]
    pub fn process(&self, id: impl AsRef<str>) -> Option<Process> {
        self.state.process(id.as_ref())
    }

    /// All signing processes, oldest first.
    #[must_use]
    pub fn processes(&self) -> Vec<Process> {
        self.state.processes()
    }

    /// The document of a signing process, as it was uploaded.
    #[must_use]
    pub fn document_bytes(&self, id: impl AsRef<str>) -> Option<Bytes> {
        self.state.document(id.as_ref())
    }

    /// Signs as one of the signers, by their place in the list. With the last signature the signing process is completed, and
    /// its callback is [due](Self::deliver_due).
    ///
    /// # Errors
    ///
    /// There is no such signer, it is not their turn, or nothing is left to sign.
    pub fn sign(&self, id: impl AsRef<str>, signer: usize) -> Result<(), SignError> {
        self.state.sign(id.as_ref(), signer)
    }

    /// Signs as everybody who has not yet, in the order of the list.
    ///
    /// # Errors
    ///
    /// There is no such signing process, or it is not live.
    pub fn sign_all(&self, id: impl AsRef<str>) -> Result<(), SignError> {
        self.state.sign_all(id.as_ref())
    }

    /// Puts a signing process into a status, such as [`ProjectStatus::Paused`]. Nobody is called back. Returns whether there
    /// is one.
    pub fn set_status(&self, id: impl AsRef<str>, status: ProjectStatus) -> bool {
        self.state.set_status(id.as_ref(), status)
    }

    /// Makes a project that was not started by the Sign API, so that cancelling and deleting it is answered with 403.
    #[must_use]
    pub fn add_foreign_project(&self) -> ProjectId {
        self.state.add_foreign_project()
    }

    /// Writes an entry into the log of a signing process; nothing else does. Returns whether there is one.
    pub fn add_event(&self, id: impl AsRef<str>, event: impl Into<EventType>) -> bool {
        self.state.add_event(id.as_ref(), &event.into())
    }
}
