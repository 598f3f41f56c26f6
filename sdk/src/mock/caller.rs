//! The rule for callers of what listens on this machine: programs, and none of the pages that are open in a browser.

use http::header::{HOST, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use std::fmt;
use std::net::IpAddr;

/// Checks that a request is of a program on this machine, for a server that listens on loopback at `port`.
///
/// Any page in a browser can send requests to this machine. Two things give it away. It sends `Origin`, or
/// `Sec-Fetch-Site` where it loads something as a part of itself. And if its owner has made a name of their own lead to
/// 127.0.0.1, so that the page may read the answers, that name is in `Host`. A link that somebody follows is no request
/// of a page, and a form on a page of the server itself may be sent.
///
/// # Errors
///
/// The reason why the request is refused, which has a status.
///
/// ```
/// use countersign::mock::{CallerRefused, check_caller};
/// use http::{HeaderMap, HeaderValue, Uri};
///
/// let (path, mut headers) = (Uri::from_static("/v1/webhooks"), HeaderMap::new());
/// headers.insert("host", HeaderValue::from_static("localhost:4010"));
/// assert_eq!(check_caller(&path, &headers, 4010), Ok(()));
///
/// headers.insert("origin", HeaderValue::from_static("https://evil.example"));
/// assert_eq!(check_caller(&path, &headers, 4010), Err(CallerRefused::Page));
/// ```
pub fn check_caller(uri: &Uri, headers: &HeaderMap, port: u16) -> Result<(), CallerRefused> {
    let host = only(headers, &HOST).ok_or(CallerRefused::Host)?;
    let is_this = |authority: &Authority| is_this_machine(authority, port);
    let host: Authority = host.parse().ok().filter(is_this).ok_or(CallerRefused::Host)?;
    if !uri.authority().is_none_or(is_this) {
        return Err(CallerRefused::Host);
    }
    let own = |origin: &str| origin.strip_prefix("http://").is_some_and(|origin| host == *origin);
    if headers.contains_key(ORIGIN) && !only(headers, &ORIGIN).is_some_and(own) {
        return Err(CallerRefused::Page);
    }
    let says = |name: &str, values: &[&str]| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| values.contains(&value))
    };
    let is_of_a_page = headers.contains_key("sec-fetch-site")
        && !says("sec-fetch-site", &["none", "same-origin"])
        && !says("sec-fetch-mode", &["navigate"]);
    if is_of_a_page { Err(CallerRefused::Page) } else { Ok(()) }
}

/// The value of a header that is there once.
fn only<'a>(headers: &'a HeaderMap, name: &http::HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter().map(HeaderValue::to_str);
    let value = values.next()?.ok()?;
    values.next().is_none().then_some(value)
}

/// Checks that an authority is an address of this machine, or the name that nobody else can give, with this port.
fn is_this_machine(authority: &Authority, port: u16) -> bool {
    let name = authority.host();
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    let is_loopback = address.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback());
    let has_user = authority.as_str().contains('@');
    !has_user
        && authority.port_u16().unwrap_or(80) == port
        && (is_loopback || name.eq_ignore_ascii_case("localhost"))
}

/// The reason why a request is not served. `Display` is a sentence for the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallerRefused {
    /// A page in a browser sent it.
    Page,
    /// It was sent to a name that is not this machine's, or to another port.
    Host,
}

impl CallerRefused {
    /// 403 for pages, 421 for other hosts.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::Page => StatusCode::FORBIDDEN,
            Self::Host => StatusCode::MISDIRECTED_REQUEST,
        }
    }
}

impl fmt::Display for CallerRefused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Page => "this is for programs on this machine, and a page in a browser sent the request",
            Self::Host => {
                "this is for programs on this machine, and `Host` names neither localhost nor a loopback address with the port of this server"
            }
        })
    }
}

impl std::error::Error for CallerRefused {}

#[cfg(test)]
mod tests {
    use super::{CallerRefused, check_caller};
    use http::{HeaderMap, HeaderName, HeaderValue, Uri};

    fn check(uri: &'static str, given: &[(&'static str, &'static str)]) -> Result<(), CallerRefused> {
        let pairs = given
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, value);
        }
        check_caller(&Uri::from_static(uri), &headers, 4010)
    }

    #[test]
    fn only_addresses_of_this_machine_with_this_port_are_accepted() {
        let cases = [
            ("127.0.0.1:4010", true),
            ("127.9.8.7:4010", true),
            ("localhost:4010", true),
            ("LOCALHOST:4010", true),
            ("[::1]:4010", true),
            ("[::ffff:127.0.0.1]:4010", true),
            ("127.0.0.1:4011", false),
            ("127.0.0.1", false),
            ("localhost", false),
            ("", false),
            ("evil.example:4010", false),
            ("localhost.evil.example:4010", false),
            ("127.0.0.1.evil.example:4010", false),
            ("127.0.0.1@evil.example:4010", false),
            ("evil.example@127.0.0.1:4010", false),
            ("2130706433:4010", false),
            ("0.0.0.0:4010", false),
            ("10.0.0.1:4010", false),
        ];
        for (host, accepted) in cases {
            let expected = if accepted { Ok(()) } else { Err(CallerRefused::Host) };
            assert_eq!(check("/", &[("host", host)]), expected, "{host}");
        }
        assert_eq!(check("/", &[]), Err(CallerRefused::Host));
        let twice = [("host", "localhost:4010"), ("host", "localhost:4010")];
        assert_eq!(check("/", &twice), Err(CallerRefused::Host));
        let host = [("host", "localhost:4010")];
        assert_eq!(check("http://127.0.0.1:4010/", &host), Ok(()));
        assert_eq!(check("http://evil.example:4010/", &host), Err(CallerRefused::Host));
    }

    #[test]
    fn pages_are_told_from_programs_and_from_links_that_are_followed() {
        let cases: [(&[(&str, &str)], bool); 11] = [
            (&[], true),
            (&[("origin", "https://evil.example")], false),
            (&[("origin", "null")], false),
            (&[("origin", "http://localhost:3000")], false),
            (&[("origin", "https://localhost:4010")], false),
            (&[("origin", "http://localhost:4010")], true),
            (&[("origin", "http://localhost:4010"), ("origin", "null")], false),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "same-site"), ("sec-fetch-mode", "no-cors")], false),
            (&[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")], true),
            (&[("sec-fetch-site", "none")], true),
        ];
        for (given, accepted) in cases {
            let expected = if accepted { Ok(()) } else { Err(CallerRefused::Page) };
            let with_host: Vec<_> =
                [("host", "localhost:4010")].into_iter().chain(given.iter().copied()).collect();
            assert_eq!(check("/", &with_host), expected, "{given:?}");
        }
    }
}
