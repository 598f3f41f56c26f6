//! Where the provider is: checked once, so that no call can go astray.

use super::Error;
use super::check::Invalid;
use std::net::IpAddr;
use url::{Host, Url};

/// The base URL, without a slash at its end.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl {
    text: String,
    host: String,
    port: Option<u16>,
    loopback: bool,
    https: bool,
}

impl BaseUrl {
    /// `plaintext` allows `http` to any host.
    pub(crate) fn parse(provider: &'static str, text: &str, plaintext: bool) -> Result<Self, Error> {
        let refused = |problem: &str| Err(Error::configuration(provider, format!("the base URL {problem}")));
        let Ok(url) = Url::parse(text) else {
            return refused("is no URL; it looks like `https://host/path`");
        };
        let Some(host) = url.host() else {
            return refused("has no host");
        };
        if !url.username().is_empty() || url.password().is_some() {
            return refused("carries credentials; give them to the builder instead");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return refused("has a query or a fragment; leave them off");
        }
        let loopback = is_loopback(&host);
        match url.scheme() {
            "https" => {}
            "http" if loopback || plaintext => {}
            "http" => {
                return refused("is plain http, which would send the credentials in the clear; use https");
            }
            _ => return refused("is neither https nor http"),
        }
        Ok(Self {
            text: url.as_str().trim_end_matches('/').to_owned(),
            host: host.to_string(),
            port: url.port_or_known_default(),
            loopback,
            https: url.scheme() == "https",
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn port(&self) -> Option<u16> {
        self.port
    }

    pub(crate) fn is_loopback(&self) -> bool {
        self.loopback
    }

    pub(crate) fn is_https(&self) -> bool {
        self.https
    }
}

/// Checks where a callback shall go, `member` of a request: to an https URL. Where the provider itself is on this machine
/// (`local`), as a mock is, plain http to this machine is fine too.
pub(crate) fn check_callback(member: &str, url: &str, local: bool) -> Result<(), Invalid> {
    let refused = |problem: &str| Err(Invalid::new(format!("`{member}` {problem}")));
    let Ok(url) = Url::parse(url) else {
        return refused("is no URL; it looks like `https://host/path`");
    };
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => Ok(()),
        ("http", Some(host)) if local && is_loopback(&host) => Ok(()),
        _ => refused("has to be an https URL"),
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => IpAddr::from(*address).to_canonical().is_loopback(),
    }
}
