//! Requests that a page in a browser makes. Nothing here is for them: a page could command what listens on this machine.

use http::HeaderMap;
use http::header::{HOST, ORIGIN};

/// Whether a page in a browser sent it: programs send no such headers.
pub fn is_by_a_page(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    headers.contains_key(ORIGIN) || site.is_some_and(|site| site != "none" && site != "same-origin")
}

/// Whether it was addressed to this machine by name or number, and not by a name that somebody had lead here.
pub fn is_for_this_machine(headers: &HeaderMap) -> bool {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name =
        host.rsplit_once(':').map_or(host, |(name, port)| if port.ends_with(']') { host } else { name });
    matches!(name, "127.0.0.1" | "localhost" | "[::1]")
}

#[cfg(test)]
mod tests {
    use super::{is_by_a_page, is_for_this_machine};
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
            ("", false),
        ];
        for (host, expected) in cases {
            assert_eq!(is_for_this_machine(&with("host", host)), expected, "{host}");
        }
    }
}
