//! Servers that go on until somebody ends them.

use crate::failure::Failure;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
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

    /// Waits for the end: Ctrl-C, a signal to terminate, or a reason of our own.
    pub async fn requested(self) {
        tokio::select! {
            () = interrupted() => {}
            () = self.notify.notified() => {}
        }
    }

    /// How it ended.
    pub fn outcome(&self) -> Result<(), Failure> {
        self.reason.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(()), Err)
    }
}

/// Waits for Ctrl-C, or a signal to terminate.
pub async fn interrupted() {
    let ctrl_c = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = ctrl_c => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = ctrl_c.await;
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
