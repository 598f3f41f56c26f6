//! URLs that a provider hands out: the content is over there. Credentials stay here, and so does whoever would have us
//! call into a private network.

use super::base_url::BaseUrl;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// Whether a URL may be followed: https to a public host. If the provider itself is on this machine, as in tests, this
/// machine is all right as well. The message never quotes the URL.
pub(crate) fn check(location: &str, base: &BaseUrl) -> Result<Url, &'static str> {
    let base_url = Url::parse(base.as_str()).map_err(|_| "the base URL is no URL")?;
    let url = base_url.join(location).map_err(|_| "where it is sent to is no URL")?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("where it is sent to carries credentials");
    }
    let local = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).to_canonical().is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => return Err("where it is sent to has no host"),
    };
    if local && base.is_loopback() && matches!(url.scheme(), "http" | "https") {
        return Ok(url);
    }
    if url.scheme() != "https" {
        return Err("where it is sent to is not https");
    }
    let public = match url.host() {
        Some(Host::Ipv4(address)) => is_public(address.into()),
        Some(Host::Ipv6(address)) => is_public(address.into()),
        Some(Host::Domain(name)) => is_public_name(name),
        None => false,
    };
    if public || url.host() == base_url.host() {
        return Ok(url);
    }
    Err("where it is sent to is no public host")
}

/// Names that mean something in a private network only.
fn is_public_name(name: &str) -> bool {
    const PRIVATE: [&str; 8] =
        [".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa", ".localdomain", ".invalid"];
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name.contains('.') && !PRIVATE.iter().any(|suffix| name.ends_with(suffix))
}

/// Whether an address can be reached by everybody.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = match (a, b, c) {
        // This network, shared by carriers, assigned to protocols, 6to4 relays, benchmarks, reserved.
        (0 | 240..=255, ..) | (100, 64..=127, _) | (192, 0, 0) | (192, 88, 99) | (198, 18..=19, _) => true,
        _ => false,
    };
    let private = address.is_private() || address.is_loopback() || address.is_link_local();
    !(special || private || address.is_multicast() || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        // An IPv4 address in disguise: translated, or tunnelled.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => v4(high, low),
        // For protocols and Teredo; documentation.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => false,
        // Only these are given out for use by everybody.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// Resolves names to public addresses only, so that a public name cannot stand for a private host.
#[derive(Debug)]
pub(crate) struct PublicResolver {
    pub(crate) allow_loopback: bool,
}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_loopback = self.allow_loopback;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed = |address: &std::net::SocketAddr| {
                let address = address.ip().to_canonical();
                is_public(address) || (allow_loopback && address.is_loopback())
            };
            let addresses = found.filter(allowed).collect::<Vec<_>>();
            if addresses.is_empty() {
                return Err("the host has no public address".into());
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{BaseUrl, PublicResolver, check, is_public};
    use reqwest::dns::Resolve;

    #[test]
    fn addresses_that_not_everybody_reaches_are_not_public() {
        let private = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.8.8.8",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b:1::1",
            "2002:a00:1::",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "ff02::1",
            "100::1",
            "::7f00:1",
        ];
        for address in private {
            assert_eq!(address.parse().map(is_public), Ok(false), "{address}");
        }
        let public = [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.0.1",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450::1",
            "64:ff9b::808:808",
            "2002:808:808::",
            "2001:200::1",
            "::ffff:8.8.8.8",
        ];
        for address in public {
            assert_eq!(address.parse().map(is_public), Ok(true), "{address}");
        }
    }

    fn follows(location: &str, base: &str) -> bool {
        BaseUrl::parse("test", base, false).is_ok_and(|base| check(location, &base).is_ok())
    }

    #[test]
    fn only_https_to_public_hosts_is_followed() {
        let cases = [
            ("https://files.example.com/a?token=1", true),
            ("https://8.8.8.8/a", true),
            ("/elsewhere/on/the/same/host", true),
            ("https://api.example.com/a", true),
            ("http://files.example.com/a", false),
            ("http://api.example.com/a", false),
            ("https://user:password@files.example.com/a", false),
            ("https://localhost/a", false),
            ("https://127.0.0.1/a", false),
            ("https://[::1]/a", false),
            ("https://2130706433/a", false),
            ("https://0x7f.1/a", false),
            ("https://169.254.169.254/latest/meta-data", false),
            ("https://metadata.internal/a", false),
            ("https://metadata.internal./a", false),
            ("https://intranet/a", false),
            ("https://printer.LOCAL/a", false),
            ("ftp://files.example.com/a", false),
            ("file:///etc/passwd", false),
            ("data:text/plain,a", false),
            ("//files.example.com/a", true),
            ("https://", false),
        ];
        for (location, expected) in cases {
            assert_eq!(follows(location, "https://api.example.com/v1"), expected, "{location}");
        }
    }

    #[test]
    fn a_provider_on_this_machine_may_keep_its_content_here_too() {
        for location in
            ["http://127.0.0.1:9/a", "https://localhost/a", "http://[::1]/a", "https://files.example.com/a"]
        {
            assert!(follows(location, "http://127.0.0.1:8000/v1"), "{location}");
        }
        for location in ["http://files.example.com/a", "https://10.0.0.1/a", "http://0.0.0.0/a"] {
            assert!(!follows(location, "http://127.0.0.1:8000/v1"), "{location}");
        }
    }

    #[tokio::test]
    async fn a_name_that_stands_for_this_machine_is_not_resolved() {
        let resolve = async |allow_loopback| {
            let name = "localhost".parse().map_err(|_| ())?;
            PublicResolver { allow_loopback }.resolve(name).await.map(Iterator::count).map_err(|_| ())
        };
        assert_eq!(resolve(false).await, Err(()));
        assert!(resolve(true).await.is_ok_and(|count| count > 0));
    }
}
