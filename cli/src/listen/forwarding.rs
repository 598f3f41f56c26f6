//! Requests that are passed on.
//!
//! By hyper's own client, since others improve what they send: reqwest resolves `%2e%2e`, writes `'` as `%27` and adds headers.

use crate::failure::{Failure, chain};
use crate::out::talk;
use crate::post::{self, Outcome};
use axum::body::Body;
use bytes::Bytes;
use countersign::webhook::Delivery;
use http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use http::uri::{Authority, PathAndQuery, Scheme};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{self, Client, ResponseFuture};
use hyper_util::rt::TokioExecutor;
use std::error::Error as _;
use std::time::Duration;
use url::{Position, Url};

const TIMEOUT: Duration = Duration::from_secs(30);
/// The largest body of an answer that is handed back.
const LARGEST_ANSWER: usize = 1024 * 1024;
/// What belongs to one connection, beside what the header `Connection` names: RFC 9110, 7.6.1 and 11.7. Trailers are not
/// passed on, and what `Expect` asks for was done when the body was read.
const OF_THE_CONNECTION: [&str; 10] = [
    "connection",
    "expect",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Where requests are passed on to.
pub struct Forwarding {
    scheme: Scheme,
    authority: Authority,
    /// What is put before the paths of requests: nothing, or a path without a slash at its end.
    below: String,
    http: Http,
}

/// A client for the scheme. Certificates are looked for only where they are needed.
enum Http {
    Plain(Client<HttpConnector, Full<Bytes>>),
    Tls(Client<HttpsConnector<HttpConnector>, Full<Bytes>>),
}

impl Http {
    fn of(scheme: &Scheme) -> Result<Self, Failure> {
        let mut builder = Client::builder(TokioExecutor::new());
        // Each request has a connection of its own: none is sent twice because an old one was closed meanwhile.
        builder.pool_max_idle_per_host(0).retry_canceled_requests(false).set_host(false);
        if *scheme == Scheme::HTTP {
            return Ok(Self::Plain(builder.build_http()));
        }
        let tls = HttpsConnectorBuilder::new().try_with_platform_verifier();
        let tls = tls.map_err(|error| Failure::because("no TLS", &error))?;
        Ok(Self::Tls(builder.build(tls.https_only().enable_http1().build())))
    }

    fn send(&self, request: Request<Full<Bytes>>) -> ResponseFuture {
        match self {
            Self::Plain(client) => client.request(request),
            Self::Tls(client) => client.request(request),
        }
    }
}

/// Why there is no answer to hand back.
enum Problem {
    /// The receiver's path may lead elsewhere than below the one that it is put behind.
    LeadsOut,
    /// It asks for a connection and not for an answer.
    Tunnel,
    /// It cannot be written down for the next receiver.
    Unsendable(http::Error),
    Unreachable(legacy::Error),
    Late,
    TooLarge,
    BrokenOff,
    /// The application goes on with another protocol.
    Switched,
}

impl Problem {
    fn status(&self) -> StatusCode {
        match self {
            Self::LeadsOut | Self::Tunnel | Self::Unsendable(_) => StatusCode::BAD_REQUEST,
            _ => StatusCode::BAD_GATEWAY,
        }
    }

    fn told(&self, to: &Forwarding) -> String {
        let Forwarding { scheme, authority, below, .. } = to;
        let origin = format!("{scheme}://{authority}");
        match self {
            Self::LeadsOut => format!("not passed on: its path could lead out of {below}"),
            Self::Tunnel => "not passed on: CONNECT asks for a connection".to_owned(),
            Self::Unsendable(error) => format!("not passed on: {error}"),
            Self::Unreachable(error) => {
                let what = if error.is_connect() { "cannot be reached" } else { "gives no answer" };
                format!(
                    "{origin} {what}{}",
                    error.source().map(|cause| format!(": {}", chain(cause))).unwrap_or_default()
                )
            }
            Self::Late => format!("{origin} does not answer"),
            Self::TooLarge => format!("{origin} answers with more than 1 MiB"),
            Self::BrokenOff => format!("{origin} breaks off its answer"),
            Self::Switched => format!("{origin} switches to another protocol"),
        }
    }
}

impl Forwarding {
    /// `option` is the argument that the address came by.
    pub fn to(option: &str, url: &Url, in_plaintext_too: bool) -> Result<Self, Failure> {
        check(option, url, in_plaintext_too)?;
        let authority = Authority::try_from(&url[Position::BeforeHost..Position::AfterPort]);
        let authority =
            authority.map_err(|_| Failure::usage(format!("{option} has a host that cannot be sent")))?;
        let scheme = if url.scheme() == "https" { Scheme::HTTPS } else { Scheme::HTTP };
        let below = url.path().trim_end_matches('/').to_owned();
        let http = Http::of(&scheme)?;
        Ok(Self { scheme, authority, below, http })
    }

    /// The answer of the application; 502 if there is none, and 400 if the request is not passed on.
    pub async fn forward(&self, delivery: &Delivery) -> Response<Body> {
        let answered = tokio::time::timeout(TIMEOUT, self.answer(delivery)).await;
        answered.unwrap_or(Err(Problem::Late)).unwrap_or_else(|problem| {
            talk(&problem.told(self));
            let mut answer = Response::new(Body::empty());
            *answer.status_mut() = problem.status();
            answer
        })
    }

    /// Sends a request, and returns how the application answers. Nothing of the content is kept.
    pub async fn outcome(&self, delivery: &Delivery) -> Outcome {
        let request = match self.request(delivery) {
            Ok(request) => request,
            Err(problem) => return Outcome::NotSent(problem.told(self)),
        };
        match tokio::time::timeout(TIMEOUT, self.http.send(request)).await {
            Ok(Ok(answer)) => Outcome::Answered(answer.status().as_u16()),
            Ok(Err(error)) if error.is_connect() => Outcome::NotSent(Problem::Unreachable(error).told(self)),
            Ok(Err(error)) => Outcome::Unanswered(Problem::Unreachable(error).told(self)),
            Err(_) => Outcome::Unanswered(Problem::Late.told(self)),
        }
    }

    fn request(&self, delivery: &Delivery) -> Result<Request<Full<Bytes>>, Problem> {
        if delivery.method() == Method::CONNECT {
            return Err(Problem::Tunnel);
        }
        let mut request = Request::new(Full::new(delivery.body().clone()));
        *request.method_mut() = delivery.method().clone();
        *request.uri_mut() = self.address(delivery.uri())?;
        *request.headers_mut() = without_connection(delivery.headers());
        Ok(request)
    }

    /// The authority, as a header names it.
    pub fn host(&self) -> &str {
        self.authority.as_str()
    }

    async fn answer(&self, delivery: &Delivery) -> Result<Response<Body>, Problem> {
        let request = self.request(delivery)?;
        let (parts, body) = self.http.send(request).await.map_err(Problem::Unreachable)?.into_parts();
        if parts.status == StatusCode::SWITCHING_PROTOCOLS {
            return Err(Problem::Switched);
        }
        let body = Limited::new(body, LARGEST_ANSWER).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() { Problem::TooLarge } else { Problem::BrokenOff }
        })?;
        let mut passed = Response::new(Body::from(body.to_bytes()));
        *passed.status_mut() = parts.status;
        *passed.headers_mut() = without_connection(&parts.headers);
        Ok(passed)
    }

    /// Path and query as they came, behind the path of the receiver.
    fn address(&self, asked: &Uri) -> Result<Uri, Problem> {
        let came = asked.path_and_query().map_or("/", PathAndQuery::as_str);
        let stays_below = asked.path().starts_with('/') && !leads_upwards(asked.path());
        if !self.below.is_empty() && !stays_below {
            return Err(Problem::LeadsOut);
        }
        let address = Uri::builder().scheme(self.scheme.clone()).authority(self.authority.clone());
        address.path_and_query(format!("{}{came}", self.below)).build().map_err(Problem::Unsendable)
    }
}

/// What cannot be done as it is asked for, and what would put secrets at risk.
fn check(option: &str, url: &Url, in_plaintext_too: bool) -> Result<(), Failure> {
    if url.query().is_some() || url.fragment().is_some() {
        let right = &url[..Position::AfterPath];
        return Err(Failure::usage(format!(
            "{option} is an address and a path: the query is that of each request; leave it off, as in {right}"
        )));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Failure::usage(format!(
            "{option} has no user and no password: requests are passed on with their own headers"
        )));
    }
    if url.scheme() == "http" && !post::is_loopback(url) && !in_plaintext_too {
        let host = url.host_str().unwrap_or_default();
        // The command that sends a capture again has no way around it.
        let way_out = match option {
            "--forward-to" => "use https://, or --danger-forward-in-plaintext",
            _ => "use https://",
        };
        return Err(Failure::usage(format!(
            "callbacks with their secrets would go to {host} in plaintext; {way_out}"
        )));
    }
    Ok(())
}

/// Whether some receiver may take a segment for `..`: decoded, with either kind of slash, or with parameters.
fn leads_upwards(path: &str) -> bool {
    let path = path.to_ascii_lowercase().replace("%2e", ".").replace("%2f", "/").replace("%5c", "\\");
    let path = path.replace("%3b", ";");
    path.split(['/', '\\']).any(|segment| segment.split(';').next() == Some(".."))
}

/// What goes from one end to the other, in its order.
fn without_connection(headers: &HeaderMap) -> HeaderMap {
    let options = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    let options = options.flat_map(|value| value.split(',')).map(str::trim).collect::<Vec<_>>();
    // The length of what came in chunks is not what this header says.
    let was_chunked = headers.contains_key(TRANSFER_ENCODING);
    let ends_here = |name: &str| {
        OF_THE_CONNECTION.contains(&name)
            || options.iter().any(|option| option.eq_ignore_ascii_case(name))
            || (was_chunked && CONTENT_LENGTH == name)
    };
    let stay = headers.iter().filter(|(name, _)| !ends_here(name.as_str()));
    stay.map(|(name, value): (_, &HeaderValue)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::{Forwarding, leads_upwards};
    use url::Url;

    #[test]
    fn however_it_is_written_a_way_upwards_is_seen() {
        let cases = [
            ("/..", true),
            ("/a/../b", true),
            ("/%2e%2E/b", true),
            ("/a/.%2e", true),
            ("/a%2f..%2fb", true),
            ("/a\\..%5Cb", true),
            ("/..;x=1/b", true),
            ("/..%3bx/b", true),
            ("/", false),
            ("/a/./b", false),
            ("/a..b/...", false),
            ("/%252e%252e/b", false),
        ];
        for (path, expected) in cases {
            assert_eq!(leads_upwards(path), expected, "{path}");
        }
    }

    #[test]
    fn what_is_encrypted_may_go_anywhere() {
        for to in ["https://app.example/base", "http://localhost:3000", "http://[::1]:3000/base"] {
            let url = Url::parse(to).ok();
            assert!(url.is_some_and(|url| Forwarding::to("--to", &url, false).is_ok()), "{to}");
        }
    }
}
