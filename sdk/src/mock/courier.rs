//! Sending callbacks, for real.

use super::deliver::{Attempt, AttemptOutcome, DeliveryFailure};
use super::storm::{Halves, Mishap, Storm};
use bytes::Bytes;
use http::header::USER_AGENT;
use http::{HeaderMap, HeaderValue};
use std::io;
use std::net::IpAddr;
use std::time::Duration;
use url::{Host, Url};

/// A destination and how to treat it.
#[derive(Clone)]
pub(super) struct Destination {
    pub url: String,
    /// Of every attempt. What kind of content it is has to be among them.
    pub headers: HeaderMap,
    pub timeout: Duration,
    pub most_attempts: u32,
}

/// Sends callbacks, to this machine only unless told otherwise.
pub(super) struct Courier {
    http: reqwest::Client,
    anywhere: bool,
}

impl Courier {
    pub(super) fn new(anywhere: bool) -> io::Result<Self> {
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy()
            .retry(reqwest::retry::never())
            // Receivers come and go between two deliveries; a kept connection would fail in their place.
            .pool_max_idle_per_host(0);
        Ok(Self { http: builder.build().map_err(io::Error::other)?, anywhere })
    }

    /// Whether something listens at a URL. Nothing is sent.
    pub(super) async fn reaches(&self, url: &str) -> bool {
        let Ok(parsed) = Url::parse(url) else { return false };
        let (Some(host), Some(port)) = (parsed.host_str(), parsed.port_or_known_default()) else {
            return false;
        };
        if !self.may_reach(url) {
            return false;
        }
        let host = host.trim_matches(['[', ']']);
        let connecting = tokio::net::TcpStream::connect((host, port));
        tokio::time::timeout(Duration::from_secs(3), connecting)
            .await
            .is_ok_and(|connected| connected.is_ok())
    }

    /// Tries until the receiver accepts or there are no attempts left, without waiting in between. `body` gets the number
    /// of the attempt.
    pub(super) async fn deliver(
        &self,
        destination: &Destination,
        body: impl Fn(u32) -> Bytes,
        mut storm: Option<&mut Storm>,
    ) -> Vec<Attempt> {
        let mut attempts = Vec::new();
        for number in 1..=destination.most_attempts.max(1) {
            let mishap = storm.as_mut().and_then(|storm| storm.next());
            let outcome = self.attempt(destination, body(number), mishap).await;
            attempts.push(Attempt { number, outcome });
            if outcome.is_accepted() || outcome == AttemptOutcome::Failed(DeliveryFailure::NotLoopback) {
                break;
            }
        }
        attempts
    }

    async fn attempt(
        &self,
        destination: &Destination,
        body: Bytes,
        mishap: Option<Mishap>,
    ) -> AttemptOutcome {
        if !self.may_reach(&destination.url) {
            return AttemptOutcome::Failed(DeliveryFailure::NotLoopback);
        }
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static("countersign-mock"));
        headers.extend(destination.headers.clone());
        let body = match mishap {
            Some(Mishap::Cut) => reqwest::Body::wrap_stream(Halves::cut(body)),
            Some(Mishap::Slow(pause)) => reqwest::Body::wrap_stream(Halves::slow(body, pause)),
            Some(Mishap::AnswerLost) | None => body.into(),
        };
        let request =
            self.http.post(&destination.url).headers(headers).timeout(destination.timeout).body(body);
        match request.send().await {
            Ok(_) if mishap == Some(Mishap::AnswerLost) => {
                AttemptOutcome::Failed(DeliveryFailure::AnswerLost)
            }
            Ok(answer) => AttemptOutcome::Status(answer.status().as_u16()),
            Err(error) if error.is_timeout() => AttemptOutcome::Failed(DeliveryFailure::Timeout),
            Err(_) => AttemptOutcome::Failed(DeliveryFailure::Connection),
        }
    }

    fn may_reach(&self, url: &str) -> bool {
        self.anywhere || Url::parse(url).is_ok_and(|url| is_loopback(&url))
    }
}

/// Whether a URL names this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).to_canonical().is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_loopback;
    use url::Url;

    #[test]
    fn only_this_machine_is_loopback() {
        let cases = [
            ("http://127.0.0.1:1/", true),
            ("http://127.8.8.8/", true),
            ("http://[::1]/", true),
            ("http://[::ffff:127.0.0.1]/", true),
            ("https://LOCALHOST/", true),
            ("http://2130706433/", true),
            ("https://example.com/", false),
            ("http://localhost.example.com/", false),
            ("http://0.0.0.0/", false),
            ("http://10.0.0.1/", false),
            ("http://[fe80::1]/", false),
        ];
        for (url, expected) in cases {
            assert_eq!(Url::parse(url).is_ok_and(|url| is_loopback(&url)), expected, "{url}");
        }
    }
}
