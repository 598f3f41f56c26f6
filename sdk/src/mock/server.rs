//! The HTTP server below every mock: connections, faults, the record of requests.

use super::broken_body::{slow_down, truncate};
use super::faults::{Fault, Faults, Kind};
use super::record::{Record, RecordedRequest};
use crate::runtime::Operation;
use axum::Router;
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::request::Parts;
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

/// The largest body that is accepted, unless a provider takes larger ones.
const LARGEST_BODY: usize = 1024 * 1024;
/// How much of a body that is too large is read away, so that the client gets to see the refusal.
const MOST_DISCARDED: usize = 64 * 1024 * 1024;
/// How long a client may take for its request.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long calls under way may take after the server was told to stop.
const GRACE: Duration = Duration::from_secs(5);

/// A port that nothing is served on yet. Its origin is known before there is anything to answer, since answers may
/// hold URLs of the server itself.
pub(super) struct Port {
    listener: TcpListener,
    origin: String,
}

impl Port {
    /// Listens on loopback, on a port that the system chooses.
    pub(super) async fn open() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        Ok(Self { listener, origin })
    }

    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// The same under another name of this machine: to a client it is another host.
    pub(super) fn other_origin(&self) -> String {
        self.origin.replace("127.0.0.1", "localhost")
    }

    pub(super) fn serve(self, service: Service) -> Running {
        let Self { listener, origin } = self;
        let base_url = format!("{origin}{}", service.below);
        let shared = Shared { service, faults: Faults::default(), record: Record::default() };
        let shared = Arc::new(shared);
        let (stop, stopped) = watch::channel(false);
        let accepting = Some(tokio::spawn(accept(listener, Arc::clone(&shared), stopped)));
        Running { base_url, shared, stop, accepting }
    }
}

/// What is served.
pub(super) struct Service {
    /// The operations, and the path of each.
    operations: Vec<(&'static Operation, String)>,
    /// The path of the base URL.
    below: &'static str,
    router: Router,
    largest_body: usize,
}

/// The operations of an interface, and the path that they are below.
type Surface = (&'static str, &'static [&'static Operation]);

impl Service {
    pub(super) fn new(operations: &'static [&'static Operation], router: Router) -> Self {
        Self::of_all(&[("", operations)], router)
    }

    /// As [`new`](Self::new), for a provider with several interfaces. The path that one is below is the path of its base
    /// URL, which the paths of the operations do not repeat; the router's do.
    pub(super) fn of_all(surfaces: &[Surface], router: Router) -> Self {
        let below = match surfaces {
            [(below, _)] => below,
            _ => "",
        };
        let all = surfaces.iter().flat_map(|(below, operations)| {
            operations.iter().map(move |operation| (*operation, format!("{below}{}", operation.path)))
        });
        Self { operations: all.collect(), below, router, largest_body: LARGEST_BODY }
    }

    /// Serves operations at other paths than the table has, where `path` names one.
    pub(super) fn at(mut self, path: impl Fn(&Operation) -> Option<String>) -> Self {
        for (operation, at) in &mut self.operations {
            if let Some(path) = path(operation) {
                *at = path;
            }
        }
        self
    }

    pub(super) fn with_bodies_up_to(self, largest_body: usize) -> Self {
        Self { largest_body, ..self }
    }
}

/// A running server. It stops when it is dropped.
pub(super) struct Running {
    base_url: String,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    accepting: Option<JoinHandle<()>>,
}

struct Shared {
    service: Service,
    faults: Faults,
    record: Record,
}

impl Running {
    pub(super) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(super) fn fail_next(&self, fault: Fault) {
        self.shared.faults.push(None, fault);
    }

    /// Panics if there is no such operation: the fault would never happen, and the test prove nothing.
    #[track_caller]
    pub(super) fn fail_next_on(&self, operation: &str, fault: Fault) {
        let known: Vec<_> = self.shared.service.operations.iter().map(|(known, _)| known.id).collect();
        assert!(
            known.contains(&operation),
            "there is no operation `{operation}`; there are {}",
            known.join(", ")
        );
        self.shared.faults.push(Some(operation), fault);
    }

    pub(super) fn fail_by_seed(&self, seed: u64, share: f64) {
        self.shared.faults.seed(seed, share);
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
    /// A test that fails has to tell how it can be repeated.
    #[allow(clippy::print_stderr, reason = "there is nowhere else to say it while a test fails")]
    fn drop(&mut self) {
        if let Some(seed) = self.shared.faults.seeded_with()
            && std::thread::panicking()
        {
            eprintln!(
                "the mock at {} failed by the seed {seed}; the same seed gives the same run",
                self.base_url
            );
        }
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
    let operation = shared.operation(&parts.method, parts.uri.path());
    let fault = shared.faults.take(operation);
    if let Some(Fault(Kind::Unread)) = fault {
        shared.note(&parts, operation, Bytes::new());
        return Err(reset(&socket));
    }
    let body = tokio::time::timeout(PATIENCE, read(body, shared.service.largest_body))
        .await
        .unwrap_or(Err(StatusCode::REQUEST_TIMEOUT));
    shared.note(&parts, operation, body.clone().unwrap_or_default());
    let process = async {
        match body {
            Ok(body) => shared.process(Request::from_parts(parts, Body::from(body))).await,
            Err(status) => refusal(status),
        }
    };
    let Some(Fault(fault)) = fault else {
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
        Kind::Reset | Kind::Unread => Err(reset(&socket)),
        Kind::Slow(pause) => Ok(slow_down(process.await, pause)),
        Kind::Unknown(unknown) => Ok(unknown.put_into(process.await).map(Body::from)),
        Kind::LostAnswer => {
            process.await;
            Err(reset(&socket))
        }
        Kind::Truncated => Ok(truncate(process.await)),
    }
}

impl Shared {
    fn note(&self, parts: &Parts, operation: Option<&'static str>, body: Bytes) {
        self.record.add(RecordedRequest {
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            operation,
            headers: parts.headers.clone(),
            body,
        });
    }

    /// The operation with this method and path. Segments in braces stand for any id.
    fn operation(&self, method: &Method, path: &str) -> Option<&'static str> {
        let fits = |template: &str| {
            let mut segments = path.split('/');
            let same = template.split('/').all(|expected| {
                segments.next().is_some_and(|found| {
                    expected == found || (expected.starts_with('{') && !found.is_empty())
                })
            });
            same && segments.next().is_none()
        };
        let mut operations = self.service.operations.iter();
        let found = operations.find(|(operation, at)| operation.method == method.as_str() && fits(at));
        found.map(|(operation, _)| operation.id)
    }

    async fn process(&self, request: Request<Body>) -> Response<Bytes> {
        let Ok(answer) = self.service.router.clone().oneshot(request).await;
        let (parts, body) = answer.into_parts();
        // The handlers answer from memory, so there is nothing that could break off.
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        Response::from_parts(parts, body)
    }
}

/// The whole body, or the status that refuses it.
async fn read(mut body: Incoming, largest: usize) -> Result<Bytes, StatusCode> {
    let mut kept = BytesMut::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| StatusCode::BAD_REQUEST)?;
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length > largest.saturating_add(MOST_DISCARDED) {
            break;
        }
        if length <= largest {
            kept.extend_from_slice(&data);
        }
    }
    if length > largest { Err(StatusCode::PAYLOAD_TOO_LARGE) } else { Ok(kept.freeze()) }
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

/// What every mock can be told, and tells: faults, requests, its clock and its end. The server has the members
/// `running` and `state`, and `state` a `clock`; if there is a second one for what is elsewhere, it is named too.
macro_rules! controls {
    ($server:ident, $client:ty $(, and $also:ident)?) => {
        controls!($server $(, and $also)?);

        impl $server {
            /// A client of this server.
            ///
            /// # Errors
            ///
            /// As [`ClientBuilder::build`](crate::ClientBuilder::build).
            pub fn client(&self) -> Result<$client, crate::Error> {
                self.client_builder().build()
            }

            /// Where it listens, the path of the API included.
            #[must_use]
            pub fn base_url(&self) -> &str {
                self.running.base_url()
            }
        }
    };
    ($server:ident $(, and $also:ident)?) => {
        impl $server {
            /// Lets the next request fail, whatever it asks for. Faults queue up; each happens once.
            pub fn fail_next(&self, fault: crate::mock::Fault) {
                self.running.fail_next(fault);
            }

            /// Lets the next call of an operation fail, by its id in the table of operations.
            ///
            /// # Panics
            ///
            /// No operation has this id. The message lists those there are.
            #[track_caller]
            pub fn fail_next_on(&self, operation: &str, fault: crate::mock::Fault) {
                self.running.fail_next_on(operation, fault);
            }

            /// From now on this share of the requests fails, 0.1 for one in ten: with 429 and 5xx, HTML pages, delays, resets
            /// before and after the request was read or processed, truncated and slow answers, members that are new. Which
            /// request fails how follows from the seed and the order in which the requests come, so that the same seed
            /// gives the same run. A test that panics prints its seed. A share of 0 ends it.
            ///
            /// A wait that is asked for is a second, so give clients a clock of your own, or a short `RetryPolicy`.
            pub fn fail_by_seed(&self, seed: u64, share: f64) {
                self.running.fail_by_seed(seed, share);
            }

            /// How many faults that were asked for have not happened yet.
            #[must_use]
            pub fn pending_faults(&self) -> usize {
                self.running.pending_faults() $(+ self.$also.pending_faults())?
            }

            /// The last 1024 requests, oldest first, refused ones included. Those with large bodies go sooner.
            #[must_use]
            pub fn requests(&self) -> Vec<crate::mock::RecordedRequest> {
                self.running.requests()
            }

            /// The calls of one operation, by its id in the table of operations, to say something about them.
            #[must_use]
            pub fn calls(&self, operation: &str) -> crate::mock::Calls {
                crate::mock::Calls::of(operation, self.requests())
            }

            /// Says that exactly these operations were called, in this order.
            ///
            /// # Panics
            ///
            /// Others were called. The message shows both, side by side.
            #[track_caller]
            pub fn assert_calls(&self, expected: &[&str]) {
                crate::mock::inspection::assert_calls(expected, &self.requests());
            }

            /// Forgets the requests so far.
            pub fn clear_requests(&self) {
                self.running.clear_requests();
                $(self.$also.clear_requests();)?
            }

            /// Stops the server's clock at a time. Deliveries and delays take real time all the same.
            pub fn set_time(&self, time: ::std::time::SystemTime) {
                self.state.clock.set(time);
            }

            /// Moves the server's clock.
            pub fn advance(&self, by: ::std::time::Duration) {
                self.state.clock.advance(by);
            }

            /// Takes no more connections, and returns when the calls under way are answered or five seconds have passed.
            pub async fn shutdown(self) {
                self.running.shutdown().await;
                $(self.$also.shutdown().await;)?
            }
        }

        impl ::std::fmt::Debug for $server {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter
                    .debug_struct(stringify!($server))
                    .field("base_url", &self.running.base_url())
                    .finish_non_exhaustive()
            }
        }
    };
}
pub(super) use controls;

#[cfg(test)]
mod tests {
    use super::{Port, Service};
    use crate::runtime::Operation;
    use axum::Router;
    use http::Method;

    #[tokio::test]
    async fn operations_are_told_apart_below_the_prefix() {
        static GET: Operation = Operation {
            id: "get_document",
            method: "GET",
            path: "/document/{docId}/",
            ..Operation::custom("a_provider", true, false)
        };
        static ALL: &[&Operation] = &[&GET];
        let Ok(port) = Port::open().await else { return };
        let running = port.serve(Service::of_all(&[("/api/v1", ALL)], Router::new()));
        assert!(running.base_url().ends_with("/api/v1"));
        let cases = [
            (Method::GET, "/api/v1/document/d/", Some("get_document")),
            (Method::GET, "/api/v1/document//", None),
            (Method::GET, "/api/v1/document/d", None),
            (Method::GET, "/document/d/", None),
            (Method::PUT, "/api/v1/document/d/", None),
        ];
        for (method, path, expected) in cases {
            assert_eq!(running.shared.operation(&method, path), expected, "{method} {path}");
        }
    }
}
