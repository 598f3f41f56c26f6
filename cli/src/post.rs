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

    /// As it goes over the wire: what `countersign verify` reads.
    pub fn raw(&self) -> String {
        let mut raw = format!("POST {} HTTP/1.1\r\n", &self.url[url::Position::BeforePath..]);
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

    /// The status that the receiver answers with, or why there is none.
    pub async fn send(&self, post: &Post) -> Result<u16, String> {
        let mut request = self.0.post(post.url.clone()).body(post.body.clone());
        for (name, value) in &post.headers {
            let value =
                HeaderValue::try_from(value).map_err(|_| format!("the header {name} cannot be sent"))?;
            request = request.header(name, value);
        }
        match request.send().await {
            Ok(answer) => Ok(answer.status().as_u16()),
            Err(error) if error.is_timeout() => Err(format!("no answer within {} s", TIMEOUT.as_secs())),
            Err(error) if error.is_connect() => {
                Err(format!("nothing listens at {}", post.url.origin().ascii_serialization()))
            }
            Err(_) => Err("the connection broke".to_owned()),
        }
    }
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
