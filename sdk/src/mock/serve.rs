//! A router of the user's own, served for a test.

use axum::Router;
use std::io;
use std::net::Ipv4Addr;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// Serves a router on loopback, on a port that the system chooses, so that mocks can call an application back.
///
/// It is a server like any other: who may call it is up to the router.
///
/// ```
/// # #[cfg(feature = "signly")] {
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// use axum::Router;
/// use axum::routing::post;
/// use countersign::mock::{self, signly};
/// use countersign::signly::EventType;
///
/// let app = mock::serve(Router::new().route("/callbacks", post(async || "stored"))).await?;
/// let signly = signly::Server::start().await?;
/// let webhook = signly.client()?.create_webhook().url(app.url("/callbacks"));
/// webhook.events([EventType::ProcessCompleted]).send().await?;
///
/// let delivered = signly.deliver(signly::Event::new(EventType::ProcessCompleted)).await;
/// assert!(delivered[0].is_delivered());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// The system gives no port.
pub async fn serve(router: impl Into<Router>) -> io::Result<Served> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let router = router.into();
    let task = tokio::spawn(async move {
        // It ends when it is aborted.
        let _ = axum::serve(listener, router).await;
    });
    Ok(Served { origin, task })
}

/// A router that is served. Dropping it ends that.
#[derive(Debug)]
#[must_use = "it is served until this is dropped"]
pub struct Served {
    origin: String,
    task: JoinHandle<()>,
}

impl Served {
    /// The URL of a path, which begins with a slash; that of the root if it is empty.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.task.abort();
    }
}
