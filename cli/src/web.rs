//! Requests that a page in a browser makes. Nothing here is for them: a page could command what listens on this machine.

use http::HeaderMap;
use http::header::{HOST, ORIGIN};

/// Whether a page in a browser sent it: programs send no such headers.
pub fn is_by_a_page(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    headers.contains_key(ORIGIN) || site.is_some_and(|site| site != "none" && site != "same-origin")
}

/// Checks that a request was addressed to this machine by name or number, and not by a name that somebody had lead here.
/// `names` are others that are meant to lead here, such as that of a tunnel.
pub fn is_for_this_machine(headers: &HeaderMap, names: &[String]) -> bool {
    let name = host(headers);
    ["127.0.0.1", "localhost", "[::1]"].contains(&&*name) || names.contains(&name)
}

/// The name that it was addressed to, without the port and in small letters. Empty if it is none, or if there are several.
pub fn host(headers: &HeaderMap) -> String {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return String::new() };
    let host = host.to_str().unwrap_or_default().to_ascii_lowercase();
    let without_port =
        host.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).map(|(name, _)| name.to_owned());
    without_port.unwrap_or(host)
}

/// For arguments: the name of a host, without a port.
pub fn parse_host(text: &str) -> Result<String, String> {
    match url::Host::parse(text) {
        Ok(host) => Ok(host.to_string()),
        Err(_) => Err("a host looks like abc.tunnel.example, without https:// and without a port".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{is_by_a_page, is_for_this_machine, parse_host};
    use http::{HeaderMap, HeaderValue};

    fn with(name: &'static str, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(http::HeaderName::from_static(name), HeaderValue::from_static(value))])
    }

    #[test]
    fn pages_are_told_from_programs() {
        let cases = [
            ("origin", "https://evil.example", true),
            ("origin", "null", true),
            ("sec-fetch-site", "cross-site", true),
            ("sec-fetch-site", "none", false),
            ("accept", "*/*", false),
        ];
        for (name, value, expected) in cases {
            assert_eq!(is_by_a_page(&with(name, value)), expected, "{name}: {value}");
        }
    }

    #[test]
    fn names_that_lead_here_are_not_names_of_this_machine() {
        let cases = [
            ("127.0.0.1:4011", true),
            ("localhost", true),
            ("[::1]:4011", true),
            ("[::1]", true),
            ("evil.example:4011", false),
            ("127.0.0.1.evil.example", false),
            ("LocalHost:4011", true),
            ("ABC.tunnel.example", true),
            ("evil.abc.tunnel.example", false),
            ("", false),
        ];
        let names = [parse_host("abc.Tunnel.example").unwrap_or_default()];
        for (host, expected) in cases {
            assert_eq!(is_for_this_machine(&with("host", host), &names), expected, "{host}");
        }
        let mut two = with("host", "localhost");
        two.append("host", HeaderValue::from_static("evil.example"));
        assert!(!is_for_this_machine(&two, &names), "which of them counts is not known");
        assert!(!is_for_this_machine(&HeaderMap::new(), &names));
    }

    #[test]
    fn a_host_is_no_address() {
        for text in ["https://abc.tunnel.example", "abc.tunnel.example:443", "abc/x", ""] {
            assert!(parse_host(text).is_err(), "{text}");
        }
    }
}
