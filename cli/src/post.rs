//! Requests that are sent as a provider would send them.

use crate::failure::Failure;
use http::{HeaderName, HeaderValue};
use std::fmt::Write as _;
use std::time::Duration;
use url::{Host, Url};

/// How long a receiver may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A callback on its way.
#[derive(Clone, Debug)]
pub struct Post {
    pub url: Url,
    pub headers: Vec<(HeaderName, String)>,
    pub body: String,
}

impl Post {
    pub fn new(url: Url) -> Self {
        Self { url, headers: Vec::new(), body: String::new() }
    }

    pub fn with_header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn with_body(self, content_type: &str, body: impl Into<String>) -> Self {
        Self { body: body.into(), ..self.with_header(http::header::CONTENT_TYPE, content_type) }
    }

    /// The path, and the query if there is one.
    pub fn path(&self) -> &str {
        &self.url[url::Position::BeforePath..url::Position::AfterQuery]
    }

    /// As it goes over the wire: what `countersign verify` reads.
    pub fn raw(&self) -> String {
        let mut raw = format!("POST {} HTTP/1.1\r\n", self.path());
        let host = self.url.authority();
        let length = self.body.len().to_string();
        let own = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in [("host", host)].into_iter().chain(own).chain([("content-length", &*length)]) {
            let _ = write!(raw, "{name}: {value}\r\n");
        }
        raw + "\r\n" + &self.body
    }
}

/// Sends callbacks one after the other, and follows no redirect.
pub struct Sender(reqwest::Client);

impl Sender {
    pub fn new() -> Result<Self, Failure> {
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .user_agent(concat!("countersign-cli/", env!("CARGO_PKG_VERSION")))
            .timeout(TIMEOUT)
            .no_proxy();
        let http = builder.build().map_err(|error| Failure::because("no HTTP client", &error))?;
        Ok(Self(http))
    }

    /// Sends it, once.
    pub async fn send(&self, post: &Post) -> Outcome {
        let mut request = self.0.post(post.url.clone()).body(post.body.clone());
        for (name, value) in &post.headers {
            let Ok(value) = HeaderValue::try_from(value) else {
                return Outcome::NotSent(format!("the header {name} cannot be sent"));
            };
            request = request.header(name, value);
        }
        let origin = post.url.origin().ascii_serialization();
        match request.send().await {
            Ok(answer) => Outcome::Answered(answer.status().as_u16()),
            Err(error) if error.is_connect() && post.url.scheme() == "https" => Outcome::NotSent(format!(
                "no connection to {origin}; if the application speaks plain http, say http://"
            )),
            Err(error) if error.is_connect() => Outcome::NotSent(format!("nothing listens at {origin}")),
            Err(error) if error.is_timeout() => {
                Outcome::Unanswered(format!("no answer within {} s", TIMEOUT.as_secs()))
            }
            Err(_) => Outcome::Unanswered("the connection broke".to_owned()),
        }
    }
}

/// What became of a callback.
#[derive(Debug)]
pub enum Outcome {
    Answered(u16),
    /// Whoever receives may have acted on it.
    Unanswered(String),
    NotSent(String),
}

impl Outcome {
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Answered(200..=299))
    }

    /// Whether the receiver has looked at it and said no. Other failures tell nothing of that.
    pub fn is_refused(&self) -> bool {
        matches!(self, Self::Answered(400 | 401 | 403 | 413))
    }

    /// Says that the request was sent, and that nobody knows what became of it.
    pub fn is_unanswered(&self) -> bool {
        matches!(self, Self::Unanswered(_))
    }

    pub fn status(&self) -> Option<u16> {
        if let Self::Answered(status) = self { Some(*status) } else { None }
    }

    /// In words, behind the status.
    pub fn meaning(&self) -> String {
        match self {
            Self::Unanswered(problem) => format!("sent, and no answer: {problem}"),
            Self::NotSent(problem) => format!("not sent: {problem}"),
            Self::Answered(200..=299) => "accepted".to_owned(),
            Self::Answered(300..=399) => "redirected, which is not followed".to_owned(),
            Self::Answered(404 | 405) => "no such route".to_owned(),
            Self::Answered(500..) => "the application failed".to_owned(),
            Self::Answered(_) => "refused".to_owned(),
        }
    }
}

/// The end of a command that has sent a callback and got no answer.
pub fn unanswered() -> Failure {
    Failure::change(
        "unanswered",
        "it was sent, and no answer came: the receiver may have acted on it",
        countersign::Effect::Unknown,
    )
}

/// Whether a URL names this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        None => false,
    }
}

/// For arguments: an address that something can be sent to.
pub fn parse_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| "a URL looks like http://127.0.0.1:3000/callbacks".to_owned())
}
