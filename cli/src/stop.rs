//! Servers that go on until somebody ends them.

use crate::failure::Failure;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;

/// The end of a server: because somebody asked for it, or because going on makes no sense.
#[derive(Clone, Default)]
pub struct Stop {
    reason: Arc<Mutex<Option<Failure>>>,
    notify: Arc<Notify>,
}

impl Stop {
    /// Ends it, for this reason.
    pub fn request(&self, failure: Failure) {
        self.reason.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(failure);
        self.notify.notify_one();
    }

    /// Waits for such a reason.
    pub async fn requested(&self) {
        self.notify.notified().await;
    }

    /// How it ended.
    pub fn outcome(&self) -> Result<(), Failure> {
        self.reason.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(()), Err)
    }
}

/// Ctrl-C, and signals to terminate. From the moment that this is made they no longer end the process by themselves.
pub struct Interrupts {
    #[cfg(unix)]
    interrupt: Signal,
    #[cfg(unix)]
    terminate: Signal,
}

impl Interrupts {
    #[cfg(unix)]
    pub fn catch() -> Result<Self, Failure> {
        let caught = |kind| signal(kind).map_err(|error| Failure::because("signals", &error));
        let (interrupt, terminate) = (caught(SignalKind::interrupt())?, caught(SignalKind::terminate())?);
        Ok(Self { interrupt, terminate })
    }

    #[cfg(not(unix))]
    #[allow(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
    pub fn catch() -> Result<Self, Failure> {
        Ok(Self {})
    }

    /// Waits for the next one.
    #[cfg(unix)]
    pub async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }

    /// Waits for the next one.
    #[cfg(not(unix))]
    pub async fn next(&mut self) {
        let _ = tokio::signal::ctrl_c().await;
    }
}

/// Waits for an interrupt. Where they cannot be caught they end the process, and this waits for ever.
pub async fn interrupted() {
    match Interrupts::catch() {
        Ok(mut interrupts) => interrupts.next().await,
        Err(_) => std::future::pending().await,
    }
}

/// Why nothing can be served at a port.
pub fn not_bound(port: u16, error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            Failure::usage(format!("port {port} is taken; choose another one with --port, or 0 for any"))
        }
        io::ErrorKind::PermissionDenied => {
            Failure::usage(format!("port {port} is for administrators; choose one above 1023 with --port"))
        }
        _ => Failure::because(&format!("port {port}"), error),
    }
}
