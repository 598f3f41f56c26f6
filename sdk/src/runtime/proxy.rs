//! Which requests go through a proxy.

use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use url::Url;

/// The proxy of a client. Which one it is and whom it serves is decided once, when the client is built.
#[allow(missing_debug_implementations, reason = "the URL of a proxy may hold a password")]
pub(super) enum Proxy {
    /// No request goes through one.
    None,
    /// Every request goes through the one that the application gave.
    Given(Url),
    /// The environment or the system says which requests go through one. The HTTP library asks the same matcher.
    System(Box<Matcher>),
}

impl Proxy {
    /// Returns `true` if requests to this URL go through a proxy. It then is the proxy that resolves the name of the host.
    pub(super) fn serves(&self, url: &Url) -> bool {
        match self {
            Self::None => false,
            Self::Given(_) => true,
            Self::System(matcher) => {
                url.as_str().parse::<Uri>().is_ok_and(|uri| matcher.intercept(&uri).is_some())
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test says so by panicking")]
mod tests {
    use super::{Matcher, Proxy};
    use url::Url;

    #[test]
    fn the_system_says_which_hosts_are_reached_through_a_proxy() {
        let system = |https: &str, all: &str, no: &str| {
            let matcher = Matcher::builder().https(https.to_owned()).all(all.to_owned()).no(no.to_owned());
            Proxy::System(Box::new(matcher.build()))
        };
        for (proxy, expected) in [
            (Proxy::None, [false, false]),
            (Proxy::Given(Url::parse("http://proxy.corp:3128").unwrap()), [true, true]),
            (system("", "", ""), [false, false]),
            (system("http://proxy.corp:3128", "", ""), [true, true]),
            (system("proxy.corp:3128", "", ""), [true, true]),
            (system("", "proxy.corp:3128", ""), [true, true]),
            // What goes around the proxy is not excepted from any rule because the proxy has the same name.
            (system("proxy.corp:3128", "", "proxy.corp"), [true, false]),
            (system("proxy.corp:3128", "", "*"), [false, false]),
            (system("ftp://proxy.corp", "", ""), [false, false]),
        ] {
            let urls = ["https://bucket.s3.amazonaws.com/a.pdf?b=c", "https://proxy.corp/"];
            assert_eq!(urls.map(|url| proxy.serves(&Url::parse(url).unwrap())), expected);
        }
    }
}
