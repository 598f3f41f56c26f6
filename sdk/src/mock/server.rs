//! The HTTP server below every mock: connections, faults, the record of requests.

use super::broken_body::{break_off, slow_down, truncate};
use super::caller::{CallerRefused, check_caller};
use super::clock::Clock;
use super::faults::{Fault, Faults, Kind};
use super::late::Late;
use super::record::{Record, RecordedRequest};
use super::setup::{Call, OnCall};
use crate::runtime::Operation;
use axum::Router;
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
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
    number: u16,
    origin: String,
    on_call: Option<OnCall>,
}

impl Port {
    /// Listens on loopback. If the port is 0 the system chooses one.
    pub(super) async fn open(port: u16, on_call: Option<OnCall>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, number: address.port(), origin: format!("http://{address}"), on_call })
    }

    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// The same under another name of this machine: to a client it is another host.
    pub(super) fn other_origin(&self) -> String {
        self.origin.replace("127.0.0.1", "localhost")
    }

    pub(super) fn serve(self, service: Service) -> Running {
        let Self { listener, number, origin, on_call } = self;
        let base_url = format!("{origin}{}", service.below);
        let (faults, record, late) = (Faults::default(), Record::default(), Late::default());
        let shared = Arc::new(Shared { service, faults, record, late, on_call });
        let (stop, stopped) = watch::channel(false);
        let accepting = Some(tokio::spawn(accept(listener, number, Arc::clone(&shared), stopped)));
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
    clock: Clock,
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
        let clock = Clock::default();
        Self { operations: all.collect(), below, router, largest_body: LARGEST_BODY, clock }
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

    /// Goes by the clock of the provider.
    pub(super) fn with_clock(self, clock: &Clock) -> Self {
        Self { clock: clock.clone(), ..self }
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
    late: Late,
    on_call: Option<OnCall>,
}

impl Running {
    pub(super) fn base_url(&self) -> &str {
        &self.base_url
    }

    pub(super) fn fail_next(&self, fault: Fault) {
        self.shared.faults.push(None, fault);
    }

    pub(super) fn fail_every(&self, fault: Fault) {
        self.shared.faults.stand(None, fault);
    }

    pub(super) fn stop_failing(&self) {
        self.shared.faults.clear();
    }

    /// Panics as [`fail_next_on`](Self::fail_next_on) does.
    #[track_caller]
    pub(super) fn fail_every_on(&self, operation: &str, fault: Fault) {
        self.assert_known(operation);
        self.shared.faults.stand(Some(operation), fault);
    }

    /// Panics if there is no such operation: the fault would never happen, and the test prove nothing.
    #[track_caller]
    pub(super) fn fail_next_on(&self, operation: &str, fault: Fault) {
        self.assert_known(operation);
        self.shared.faults.push(Some(operation), fault);
    }

    #[track_caller]
    fn assert_known(&self, operation: &str) {
        let known: Vec<_> = self.shared.service.operations.iter().map(|(known, _)| known.id).collect();
        assert!(
            known.contains(&operation),
            "there is no operation `{operation}`; there are {}",
            known.join(", ")
        );
    }

    /// Processes the calls that were to be late, as far as their time has come.
    pub(super) fn catch_up(&self) {
        self.shared.catch_up();
    }

    /// The same server, for a listener of somebody else's.
    pub(super) fn router(&self) -> Router {
        let shared = Arc::clone(&self.shared);
        Router::new().fallback(move |request: Request<Body>| async move {
            let reset = || io::Error::other("reset on request");
            // There is no connection to reset here, so the answer breaks off.
            answer(shared, reset, request).await.unwrap_or_else(break_off)
        })
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

async fn accept(listener: TcpListener, port: u16, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    // Dropped together with this task, and the connections with it.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    connections.spawn(converse(stream, port, Arc::clone(&shared), stopped.clone()));
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
async fn converse(stream: TcpStream, port: u16, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    // A second handle of the same socket, since hyper owns the stream while a call is processed.
    let Ok(socket) = SockRef::from(&stream).try_clone().map(Arc::new) else {
        return;
    };
    let service = service_fn(move |request: Request<hyper::body::Incoming>| {
        let (socket, shared) = (Arc::clone(&socket), Arc::clone(&shared));
        async move {
            match check_caller(request.uri(), request.headers(), port) {
                Ok(()) => answer(shared, move || reset(&socket), request).await,
                // Before anything is read, noted or done.
                Err(refused) => Ok(turn_away(refused)),
            }
        }
    });
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(PATIENCE);
    let mut connection = pin!(server.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopped.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

/// Answers a request, or says why the connection has to end. `reset` makes that a reset.
async fn answer<B>(
    shared: Arc<Shared>,
    reset: impl Fn() -> io::Error,
    request: Request<B>,
) -> Result<Response<Body>, io::Error>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
{
    shared.catch_up();
    let (parts, body) = request.into_parts();
    let operation = shared.operation(&parts.method, parts.uri.path());
    let fault = shared.faults.take(operation);
    let body = if let Some(Fault(Kind::Unread)) = fault {
        Ok(Bytes::new())
    } else {
        let read = read(body, shared.service.largest_body);
        tokio::time::timeout(PATIENCE, read).await.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))
    };
    let request = shared.note(&parts, operation, body.clone().unwrap_or_default());
    let on_call = shared.on_call.clone();
    let mut over = Over { on_call, call: Call { request, status: None, fault: fault.clone() } };
    let answer = match (fault, body) {
        (Some(Fault(Kind::Late(by))), Ok(body)) => {
            shared.late.add(shared.service.clock.now(), by, Request::from_parts(parts, Body::from(body)));
            Err(reset())
        }
        (fault, Ok(body)) => {
            spoil(fault, shared.process(Request::from_parts(parts, Body::from(body))), reset).await
        }
        (fault, Err(status)) => spoil(fault, async { refusal(status) }, reset).await,
    };
    over.call.status = answer.as_ref().ok().map(Response::status);
    answer
}

/// Tells of a call when it is over. If the client gives up first, whatever answers it is dropped, and this with it.
struct Over {
    on_call: Option<OnCall>,
    call: Call,
}

impl Drop for Over {
    fn drop(&mut self) {
        if let Some(tell) = &self.on_call {
            tell(&self.call);
        }
    }
}

/// The answer with what goes wrong with it. Whether a call is processed at all is up to the fault.
async fn spoil(
    fault: Option<Fault>,
    process: impl Future<Output = Response<Bytes>>,
    reset: impl Fn() -> io::Error,
) -> Result<Response<Body>, io::Error> {
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
        Kind::Reset | Kind::Unread | Kind::Late(_) => Err(reset()),
        Kind::Slow(pause) => Ok(slow_down(process.await, pause)),
        Kind::Unknown(unknown) => Ok(unknown.put_into(process.await).map(Body::from)),
        Kind::LostAnswer => {
            process.await;
            Err(reset())
        }
        Kind::Truncated => Ok(truncate(process.await)),
    }
}

impl Shared {
    fn note(&self, parts: &Parts, operation: Option<&'static str>, body: Bytes) -> RecordedRequest {
        let request = RecordedRequest {
            method: parts.method.clone(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            operation,
            headers: parts.headers.clone(),
            body,
        };
        self.record.add(request.clone());
        request
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

    fn catch_up(&self) {
        self.late.catch_up(self.service.clock.now(), &self.service.router);
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
async fn read<B>(mut body: B, largest: usize) -> Result<Bytes, StatusCode>
where
    B: hyper::body::Body<Data = Bytes> + Unpin,
{
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

/// The answer to whoever must not call. The connection ends with it, since what else was sent is not read.
fn turn_away(refused: CallerRefused) -> Response<Body> {
    let mut answer = Response::new(Body::from(format!("{refused}\n")));
    *answer.status_mut() = refused.status();
    let headers = answer.headers_mut();
    let plain = http::HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(http::header::CONTENT_TYPE, plain);
    headers.insert(http::header::CONNECTION, http::HeaderValue::from_static("close"));
    answer
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
        let Ok(port) = Port::open(0, None).await else { return };
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
