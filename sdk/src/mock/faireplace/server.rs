//! The server as a test sees it.

use super::api;
use super::state::State;
use crate::faireplace::signatures::{DocumentSignatureId, LeaseId, PdfId, SignerType};
use crate::faireplace::{signatures, workers};
use crate::mock::Setup;
use crate::mock::controls::controls;
use crate::mock::server::{Running, Service};
use crate::mock::stale::lags;
use crate::runtime::{Error, Secret};
use std::io;
use std::sync::Arc;

/// A mock of FairePlace on a port of its own, with one organisation. It stops when it is dropped.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// use countersign::faireplace::signatures::{SignerInput, SignerType};
/// use countersign::mock::faireplace::Server;
///
/// let server = Server::start().await?;
/// let faireplace = server.signatures_client()?;
///
/// let lease = server.add_lease();
/// let renter = SignerInput::default().type_(SignerType::Renter).name("Ada").phone("+33600000000");
/// faireplace.initiate_signature(&lease.id).pdf_id(&lease.pdf_id).signers([renter]).send().await?;
/// assert_eq!(server.lease_status(&lease.id), Some("PENDING_SIGNATURE"));
///
/// let status = faireplace.get_signature_status(&lease.id).send().await?;
/// let document = status.get("document_signature_id").and_then(|id| id.as_str()).unwrap_or_default();
/// let code = server.otp(&lease.id, SignerType::Renter).unwrap_or_default();
/// faireplace.validate_otp(&lease.id).document_signature_id(document).otp(code).send().await?;
/// assert_eq!(server.lease_status(&lease.id), Some("ACTIVE"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Server {
    pub(super) state: Arc<State>,
    running: Running,
    signatures: String,
    workers: String,
}

controls!(Server);
lags!(Server);

/// A lease that can be signed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Lease {
    /// The lease.
    pub id: LeaseId,
    /// Its PDF.
    pub pdf_id: PdfId,
}

/// A signature under way.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signature {
    /// The lease that is being signed.
    pub lease_id: LeaseId,
    /// What workers name it by.
    pub document_signature_id: DocumentSignatureId,
}

impl Server {
    /// Starts a server.
    ///
    /// # Errors
    ///
    /// The system gives no port.
    pub async fn start() -> io::Result<Self> {
        Self::start_with(Setup::new()).await
    }

    /// Starts a server on a port, with credentials by a seed, and so on. It delivers nothing.
    ///
    /// # Errors
    ///
    /// The port is taken.
    pub async fn start_with(setup: Setup) -> io::Result<Self> {
        let mut ids = setup.ids();
        let mut key = |prefix| Secret::issued(ids.key(prefix)).map_err(io::Error::other);
        let (api_key, worker_key) = (key("fp_mock_")?, key("worker_mock_")?);
        let state = Arc::new(State::new(ids.uuid(), api_key, worker_key));
        let surfaces = [(api::SIGNATURES, signatures::OPERATIONS), (api::WORKERS, workers::OPERATIONS)];
        let service = Service::of_all(&surfaces, api::router(Arc::clone(&state))).with_clock(&state.clock);
        let running = setup.open().await?.serve(service);
        let below = |path| format!("{}{path}", running.base_url());
        let (signatures, workers) = (below(api::SIGNATURES), below(api::WORKERS));
        Ok(Self { state, running, signatures, workers })
    }

    /// Where the signatures are, such as `http://127.0.0.1:49152/api`.
    #[must_use]
    pub fn signatures_base_url(&self) -> &str {
        &self.signatures
    }

    /// Where workers report, such as `http://127.0.0.1:49152/workers`.
    #[must_use]
    pub fn workers_base_url(&self) -> &str {
        &self.workers
    }

    /// The bearer credential of the organisation.
    #[must_use]
    pub fn api_key(&self) -> &str {
        self.state.api_key.expose()
    }

    /// The key of the workers.
    #[must_use]
    pub fn worker_key(&self) -> &str {
        self.state.worker_key.expose()
    }

    /// The organisation; every server has another one.
    #[must_use]
    pub fn organisation(&self) -> &str {
        &self.state.organisation
    }

    /// Starts building a client of the signatures of this server.
    pub fn signatures_client_builder(&self) -> signatures::ClientBuilder {
        let builder = signatures::Client::builder().base_url(self.signatures_base_url());
        builder.without_system_proxy().api_key(self.api_key())
    }

    /// A client of the signatures of this server.
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build`](signatures::ClientBuilder::build).
    pub fn signatures_client(&self) -> Result<signatures::Client, Error> {
        self.signatures_client_builder().build()
    }

    /// Starts building a client of a worker of this server.
    pub fn workers_client_builder(&self) -> workers::ClientBuilder {
        let builder = workers::Client::builder().base_url(self.workers_base_url()).without_system_proxy();
        builder.api_key(self.worker_key()).organisation(self.organisation())
    }

    /// A client of a worker of this server.
    ///
    /// # Errors
    ///
    /// As [`ClientBuilder::build`](workers::ClientBuilder::build).
    pub fn workers_client(&self) -> Result<workers::Client, Error> {
        self.workers_client_builder().build()
    }

    /// Adds a lease in status `DRAFT` that has a PDF.
    #[must_use]
    pub fn add_lease(&self) -> Lease {
        let (id, pdf_id) = self.state.add_lease();
        Lease { id: id.into(), pdf_id: pdf_id.into() }
    }

    /// Adds a lease that is being signed by these roles, for tests of workers. It costs no credit.
    #[must_use]
    pub fn start_signature<R: Into<String>>(&self, roles: impl IntoIterator<Item = R>) -> Signature {
        let roles = roles.into_iter().map(|role| SignerType::from(role.into())).collect();
        let (lease, document) = self.state.start(roles);
        Signature { lease_id: lease.into(), document_signature_id: document.into() }
    }

    /// The status of a lease: `DRAFT`, `PENDING_SIGNATURE` or `ACTIVE`.
    #[must_use]
    pub fn lease_status(&self, lease_id: impl AsRef<str>) -> Option<&'static str> {
        self.state.lease_status(lease_id.as_ref())
    }

    /// The code that the signer of this role was sent last, unless they have signed.
    #[must_use]
    pub fn otp(&self, lease_id: impl AsRef<str>, signer_type: impl Into<SignerType>) -> Option<String> {
        self.state.code(lease_id.as_ref(), &signer_type.into())
    }

    /// How many credits are left; at first 100.
    #[must_use]
    pub fn credits(&self) -> u32 {
        self.state.credits()
    }

    /// Sets how many credits are left.
    pub fn set_credits(&self, credits: u32) {
        self.state.set_credits(credits);
    }
}
