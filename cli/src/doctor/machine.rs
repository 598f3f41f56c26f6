//! What is of the machine, and of no provider.

use super::check::{Check, failed, note, ok, warning};
use crate::environment;
use crate::out::printable;
use url::Url;

const PROXIES: [&str; 6] =
    ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
const INSTALL: &str = "install the package ca-certificates, or name a file of them in SSL_CERT_FILE";

/// The certificates that connections are checked against.
pub fn tls_roots() -> Check {
    let check = "tls-roots";
    let told =
        ["SSL_CERT_FILE", "SSL_CERT_DIR"].into_iter().filter(|name| environment::variable(name).is_some());
    let told = told.collect::<Vec<_>>().join(" and ");
    let found = rustls_native_certs::load_native_certs();
    let count = found.certs.len();
    let trouble = found.errors.first().map(|error| printable(&error.to_string()));
    let from = if told.is_empty() { "the system".to_owned() } else { told.clone() };
    let remedy = if told.is_empty() { INSTALL.to_owned() } else { format!("correct {told}, or unset it") };
    match (count, trouble) {
        (0, trouble) => {
            let why = trouble.map(|trouble| format!(": {trouble}")).unwrap_or_default();
            failed(None, check, format!("no TLS roots from {from}{why}"), remedy)
        }
        (_, Some(trouble)) => warning(
            None,
            check,
            format!("{count} TLS roots from {from}; some cannot be read: {trouble}"),
            remedy,
        ),
        (_, None) => ok(None, check, format!("{count} TLS roots from {from}")),
    }
}

/// The proxies that the environment names, by their hosts. What else is in such a URL may be a password.
pub fn proxies() -> Vec<Check> {
    let set = PROXIES.iter().filter_map(|name| Some((*name, environment::variable(name)?)));
    set.map(|(name, value)| {
        // `proxy.example:3128` is understood as well.
        let url = if value.contains("://") { value } else { format!("http://{value}") };
        let url = Url::parse(&url).ok();
        match url.as_ref().and_then(Url::host_str) {
            Some(host) => note(None, "proxy", format!("{name} leads through {host}")),
            None => warning(
                None,
                "proxy",
                format!("{name} is no URL"),
                format!("correct it, as in {name}=http://proxy.example:3128, or unset it"),
            ),
        }
    })
    .collect()
}
