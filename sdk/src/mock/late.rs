//! Calls that are processed when nobody waits for their answer any more.

use super::clock::later;
use super::lock;
use axum::Router;
use axum::body::Body;
use http::Request;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Waker};
use std::time::{Duration, SystemTime};
use tokio::runtime::Handle;
use tower::ServiceExt;

/// Requests that were read and are to be processed, each with its time.
#[derive(Default)]
pub(super) struct Late(Mutex<Vec<(SystemTime, Request<Body>)>>);

impl Late {
    pub(super) fn add(&self, now: SystemTime, by: Duration, request: Request<Body>) {
        lock(&self.0).push((later(now, by), request));
    }

    /// Processes what is due, in the order it came. It has happened when this returns, but for what a call does over the
    /// network: that goes on by itself. Outside of a runtime there is no network, so then it waits.
    pub(super) fn catch_up(&self, now: SystemTime, router: &Router) {
        let Ok(runtime) = Handle::try_current() else { return };
        let due: Vec<_> = lock(&self.0).extract_if(.., |(due, _)| *due <= now).collect();
        for (_, request) in due {
            let mut processing = Box::pin(router.clone().oneshot(request));
            let polled = Pin::new(&mut processing).poll(&mut Context::from_waker(Waker::noop()));
            if polled.is_pending() {
                drop(runtime.spawn(processing));
            }
        }
    }
}
