//! The HTTP server below every mock: connections, faults, the record of requests.

use super::faults::{Fault, Faults, Kind, truncate};
use super::record::{Record, RecordedRequest};
use crate::runtime::Operation;
use axum::Router;
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::{SockRef, Socket};
use std::io;
use std::net::Ipv4Addr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tower::ServiceExt;

/// The largest body that is accepted.
const LARGEST_BODY: usize = 1024 * 1024;
/// How much of a body that is too large is read away, so that the client gets to see the refusal.
const MOST_DISCARDED: usize = 64 * 1024 * 1024;
/// How long a client may take for its request.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long calls under way may take after the server was told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// A running server. It stops when it is dropped.
pub(super) struct Running {
    base_url: String,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    accepting: Option<JoinHandle<()>>,
}

/// The operations of an interface, and the path that they are below.
pub(super) type Surface = (&'static str, &'static [&'static Operation]);

struct Shared {
    surfaces: Vec<Surface>,
    router: Router,
    faults: Faults,
    record: Record,
}

impl Running {
    /// Listens on loopback, on a port that the system chooses.
    pub(super) async fn start(operations: &'static [&'static Operation], router: Router) -> io::Result<Self> {
        Self::start_all(vec![("", operations)], router).await
    }

    /// As [`start`](Self::start), for a provider with several interfaces.
    pub(super) async fn start_all(surfaces: Vec<Surface>, router: Router) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let base_url = format!("http://{}", listener.local_addr()?);
        let shared = Shared { surfaces, router, faults: Faults::default(), record: Record::default() };
        let shared = Arc::new(shared);
        let (stop, stopped) = watch::channel(false);
        let accepting = Some(tokio::spawn(accept(listener, Arc::clone(&shared), stopped)));
        Ok(Self { base_url, shared, stop, accepting })
    }

    pub(super) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(super) fn fail_next(&self, fault: Fault) {
        self.shared.faults.push(None, fault);
    }

    /// Panics if there is no such operation: the fault would never happen, and the test prove nothing.
    #[track_caller]
    pub(super) fn fail_next_on(&self, operation: &str, fault: Fault) {
        let known: Vec<_> = self.shared.operations().map(|(_, known)| known.id).collect();
        assert!(
            known.contains(&operation),
            "there is no operation `{operation}`; there are {}",
            known.join(", ")
        );
        self.shared.faults.push(Some(operation), fault);
    }

    pub(super) fn pending_faults(&self) -> usize {
        self.shared.faults.pending()
    }

    pub(super) fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.record.all()
    }

    pub(super) fn clear_requests(&self) {
        self.shared.record.clear();
    }

    /// Takes no more connections and waits for the calls under way.
    pub(super) async fn shutdown(mut self) {
        self.stop.send_replace(true);
        if let Some(accepting) = &mut self.accepting {
            // It fails only if it was aborted, and then it has stopped as well.
            let _ = accepting.await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(accepting) = &self.accepting {
            accepting.abort();
        }
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    // Dropped together with this task, and the connections with it.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(converse(stream, Arc::clone(&shared), stopped.clone()));
                }
                // Out of file descriptors, for example: others get a chance to close some.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
            Some(_) = connections.join_next() => {}
            _ = stopped.changed() => break,
        }
    }
    drop(listener);
    let finished = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(GRACE, finished).await;
}

/// Serves one connection until it ends.
async fn converse(stream: TcpStream, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    // A second handle of the same socket, since hyper owns the stream while a call is processed.
    let Ok(socket) = SockRef::from(&stream).try_clone().map(Arc::new) else {
        return;
    };
    let service = service_fn(move |request| answer(Arc::clone(&shared), Arc::clone(&socket), request));
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    let mut connection = pin!(server.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopped.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

async fn answer(
    shared: Arc<Shared>,
    socket: Arc<Socket>,
    request: Request<Incoming>,
) -> Result<Response<Body>, io::Error> {
    let (parts, body) = request.into_parts();
    let body = tokio::time::timeout(PATIENCE, read(body)).await.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT));
    let operation = shared.operation(&parts.method, parts.uri.path());
    shared.record.add(RecordedRequest {
        method: parts.method.clone(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        operation,
        headers: parts.headers.clone(),
        body: body.clone().unwrap_or_default(),
    });
    let process = async {
        match body {
            Ok(body) => shared.process(Request::from_parts(parts, Body::from(body))).await,
            Err(status) => refusal(status),
        }
    };
    let Some(Fault(fault)) = shared.faults.take(operation) else {
        return Ok(process.await.map(Body::from));
    };
    match fault {
        Kind::Answer { status, headers, body } => {
            let mut answer = Response::new(Body::from(body));
            *answer.status_mut() = status;
            *answer.headers_mut() = headers;
            Ok(answer)
        }
        Kind::Delay(by) => {
            // First, since nothing after the wait happens if the client hangs up.
            let answer = process.await;
            tokio::time::sleep(by).await;
            Ok(answer.map(Body::from))
        }
        Kind::Reset => Err(reset(&socket)),
        Kind::LostAnswer => {
            process.await;
            Err(reset(&socket))
        }
        Kind::Truncated => Ok(truncate(process.await)),
    }
}

impl Shared {
    /// The operation with this method and path. Segments in braces stand for any id.
    fn operation(&self, method: &Method, path: &str) -> Option<&'static str> {
        let fits = |below: &str, template: &str| {
            let Some(path) = path.strip_prefix(below) else { return false };
            let mut segments = path.split('/');
            let same = template.split('/').all(|expected| {
                segments.next().is_some_and(|found| {
                    expected == found || (expected.starts_with('{') && !found.is_empty())
                })
            });
            same && segments.next().is_none()
        };
        let mut operations = self.operations();
        let found = operations
            .find(|(below, operation)| operation.method == method.as_str() && fits(below, operation.path));
        found.map(|(_, operation)| operation.id)
    }

    fn operations(&self) -> impl Iterator<Item = (&'static str, &'static Operation)> {
        let each = |(below, operations): &Surface| {
            let below = *below;
            operations.iter().map(move |operation| (below, *operation))
        };
        self.surfaces.iter().flat_map(each)
    }

    async fn process(&self, request: Request<Body>) -> Response<Bytes> {
        let Ok(answer) = self.router.clone().oneshot(request).await;
        let (parts, body) = answer.into_parts();
        // The handlers answer from memory, so there is nothing that could break off.
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        Response::from_parts(parts, body)
    }
}

/// The whole body, or the status that refuses it.
async fn read(mut body: Incoming) -> Result<Bytes, StatusCode> {
    let mut kept = BytesMut::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| StatusCode::BAD_REQUEST)?;
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length > MOST_DISCARDED {
            break;
        }
        if length <= LARGEST_BODY {
            kept.extend_from_slice(&data);
        }
    }
    if length > LARGEST_BODY { Err(StatusCode::PAYLOAD_TOO_LARGE) } else { Ok(kept.freeze()) }
}

/// An answer as gateways give it, without any provider's envelope.
fn refusal(status: StatusCode) -> Response<Bytes> {
    let message = status.canonical_reason().unwrap_or_default();
    let mut answer = Response::new(Bytes::from(serde_json::json!({ "message": message }).to_string()));
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    answer
}

/// Has the socket answer with RST when it is closed, and gives the error that makes hyper close it.
fn reset(socket: &Socket) -> io::Error {
    // If this fails the connection still ends without an answer.
    let _ = socket.set_linger(Some(Duration::ZERO));
    io::Error::other("reset on request")
}
