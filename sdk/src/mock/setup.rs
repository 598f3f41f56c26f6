//! How a mock is started.

use super::courier::Courier;
use super::faults::Fault;
use super::id::Ids;
use super::outbox::Outbox;
use super::record::RecordedRequest;
use super::server::Port;
use http::StatusCode;
use std::fmt;
use std::io;
use std::sync::Arc;

/// How a mock is started, where `Server::start` is not what is wanted: for development, with a port and credentials that
/// are the same each time, and somebody who looks on.
///
/// ```
/// # #[cfg(feature = "leap")] {
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// use countersign::mock::{Setup, leap::Server};
/// use std::sync::mpsc;
///
/// let (tell, told) = mpsc::channel();
/// let setup = Setup::new().credentials_by_seed(1).on_call(move |call| {
///     let _ = tell.send((call.request.operation, call.status.map(|status| status.as_u16())));
/// });
/// let server = Server::start_with(setup.clone()).await?;
/// assert!(server.client()?.get_signing_process("unknown").send().await.is_err());
/// assert_eq!(told.recv()?, (Some("get_signing_process"), Some(404)));
///
/// let another = Server::start_with(setup).await?;
/// assert_eq!(another.api_key(), server.api_key());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
#[must_use]
pub struct Setup {
    port: u16,
    anywhere: bool,
    seed: Option<u64>,
    on_call: Option<OnCall>,
}

pub(super) type OnCall = Arc<dyn Fn(&Call) + Send + Sync>;

/// A call that is over. `Debug` shows what that of [`RecordedRequest`] does.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Call {
    /// What was asked for.
    pub request: RecordedRequest,
    /// What was answered; `None` if the connection was reset, or ended while the answer was still to come: the client gave
    /// up, or the server was dropped.
    pub status: Option<StatusCode>,
    /// What went wrong with it, because it was asked for or by a seed.
    pub fault: Option<Fault>,
}

impl Setup {
    /// As `Server::start` does: any port, credentials that nobody had before, deliveries to this machine only.
    pub fn new() -> Self {
        Self::default()
    }

    /// The port to listen on; 0 is any. Starting fails if it is taken. What a provider keeps elsewhere, such as PDFs, has
    /// a port of its own, which the system chooses.
    pub fn port(self, port: u16) -> Self {
        Self { port, ..self }
    }

    /// Credentials and tenants follow from this number, so that the configuration of an application can stay when the mock
    /// is started anew.
    pub fn credentials_by_seed(self, seed: u64) -> Self {
        Self { seed: Some(seed), ..self }
    }

    /// Callbacks go to any host that they are registered for. Real systems may take them for real.
    pub fn danger_deliver_beyond_loopback(self) -> Self {
        Self { anywhere: true, ..self }
    }

    /// Tells of each call, once it is over: before the client has read the answer, in the order of the answers; or when the
    /// client has given up. It is called by the server, so it must not wait for anything.
    pub fn on_call(self, tell: impl Fn(&Call) + Send + Sync + 'static) -> Self {
        Self { on_call: Some(Arc::new(tell)), ..self }
    }

    pub(super) async fn open(&self) -> io::Result<Port> {
        Port::open(self.port, self.on_call.clone()).await
    }

    /// A port for what is elsewhere.
    pub(super) async fn open_elsewhere(&self) -> io::Result<Port> {
        Port::open(0, None).await
    }

    pub(super) fn courier(&self) -> io::Result<Courier> {
        Courier::new(self.anywhere)
    }

    pub(super) fn outbox(&self) -> io::Result<Outbox> {
        Ok(Outbox::new(self.courier()?))
    }

    /// Where credentials come from.
    pub(super) fn ids(&self) -> Ids {
        self.seed.map_or_else(Ids::by_chance, Ids::by_seed)
    }
}

impl fmt::Debug for Setup {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = formatter.debug_struct("Setup");
        debug.field("port", &self.port).field("anywhere", &self.anywhere).finish_non_exhaustive()
    }
}
