//! URLs that a provider hands out: "the content is over there". What comes from outside must not make the SDK reach into
//! the network that it runs in.

use super::base_url::BaseUrl;
use super::request::unsendable;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// The URL, if it may be fetched: https to a public host, at port 443 or the one of the base URL; or the provider itself. A
/// path alone is one at the provider. Where the base URL is a loopback address, others are accepted as well, at any port,
/// with or without TLS.
///
/// What a name leads to is not known before it is resolved: fetch with a client that has a [`PublicResolver`], which a
/// literal address does not pass, and without one if the URL is [`is_at_provider`].
pub(crate) fn check(url: &str, base: &BaseUrl) -> Result<Url, &'static str> {
    let Ok(origin) = Url::parse(base.as_str()) else {
        return Err("the base URL is no URL");
    };
    if url.contains(|character: char| character.is_control() || character.is_whitespace()) {
        return Err("it has characters that no URL has");
    }
    let parsed = if url.starts_with('/') { origin.join(url) } else { Url::parse(url) };
    let Ok(parsed) = parsed else {
        return Err("it is no URL");
    };
    if let Some(problem) = unsendable(&parsed) {
        return Err(problem);
    }
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err("it carries credentials");
    }
    let Some(host) = parsed.host() else {
        return Err("it has no host");
    };
    if is_at_provider(&parsed, base) {
        return Ok(parsed);
    }
    let loopback = base.is_loopback() && is_loopback(&host);
    match parsed.scheme() {
        "https" => {}
        "http" if loopback => {}
        "http" => return Err("it is plain http"),
        _ => return Err("it is neither https nor http"),
    }
    if loopback {
        return Ok(parsed);
    }
    if !is_public_host(&host) {
        return Err("its host is not a public one");
    }
    let port = parsed.port_or_known_default();
    if port != Some(443) && port != base.port() {
        return Err("its port is neither 443 nor that of the base URL");
    }
    Ok(parsed)
}

/// Whether the URL is at the host of the provider, which the application chose itself and which may be a private one.
pub(crate) fn is_at_provider(url: &Url, base: &BaseUrl) -> bool {
    Url::parse(base.as_str()).is_ok_and(|base| base.origin() == url.origin())
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => IpAddr::from(*address).to_canonical().is_loopback(),
    }
}

/// Names are judged as far as they can be: those that no public server has are refused.
fn is_public_host(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => is_public(IpAddr::from(*address)),
        Host::Ipv6(address) => is_public(IpAddr::from(*address)),
        Host::Domain(name) => {
            // One dot at the end says that the name is complete; it leads to the same place.
            let name = name.strip_suffix('.').unwrap_or(name);
            let last = name.rsplit_once('.').map(|(_, last)| last);
            last.is_some_and(|last| !matches!(last, "" | "localhost" | "local" | "internal"))
        }
    }
}

/// Whether the address is one that anybody in the internet could reach. By the registries of special addresses that IANA
/// keeps; what they reserve is not public, even where a part of it is routed.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        [0 | 10 | 127 | 224..=255, ..] // this network, private, loopback; multicast and reserved
            | [100, 64..=127, ..] // shared by the customers of a carrier
            | [169, 254, ..] // link-local; clouds tell secrets there
            | [172, 16..=31, ..] // private
            | [192, 0, 0 | 2, _] // protocols, documentation
            | [192, 88, 99, _] // relays from IPv6, given up
            | [192, 168, ..] // private
            | [198, 18..=19, ..] // benchmarks
            | [198, 51, 100, _] // documentation
            | [203, 0, 113, _] // documentation
    )
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let embedded =
        |high: u16, low: u16| is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    match address.segments() {
        // An IPv4 address in another dress: mapped, through NAT64, through 6to4.
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..] => embedded(high, low),
        // Protocols, Teredo and benchmarks among them, and twice documentation.
        [0x2001, ..=0x01ff | 0x0db8, ..] | [0x3fff, ..=0x0fff, ..] => false,
        // All that is public is in here. Unspecified, loopback, link-local, unique local, multicast are not.
        [0x2000..=0x3fff, ..] => true,
        _ => false,
    }
}

/// Resolves names to public addresses only, so that a name cannot stand for an address that [`check`] would refuse, nor
/// come to mean one after the check. No name is excepted: a client that has it uses no proxy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PublicResolver {
    pub(crate) allow_loopback: bool,
}

impl PublicResolver {
    fn allows(self, address: IpAddr) -> bool {
        is_public(address) || (self.allow_loopback && address.to_canonical().is_loopback())
    }
}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = *self;
        Box::pin(async move {
            // Port 0 stands for that of the URL.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<_> = found.filter(|address| resolver.allows(address.ip())).collect();
            if allowed.is_empty() {
                return Err("the name leads to no public address".into());
            }
            let addresses: Addrs = Box::new(allowed.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test says so by panicking")]
mod tests {
    use super::{BaseUrl, PublicResolver, check, is_at_provider, is_public};
    use reqwest::dns::{Name, Resolve};

    const PROVIDER: &str = "https://esign.example.com/api/v1";

    fn base(url: &str) -> BaseUrl {
        BaseUrl::parse("test", url, true).unwrap()
    }

    fn checked(url: &str, base_url: &str) -> Result<String, &'static str> {
        check(url, &base(base_url)).map(String::from)
    }

    #[test]
    fn https_to_public_hosts_is_accepted() {
        for url in [
            "https://bucket.s3.amazonaws.com/a.pdf?X-Amz-Signature=1",
            "https://example.com./",
            "https://8.8.8.8/",
            "https://[2606:4700::1111]/",
            "https://internal.example.com/",
        ] {
            assert_eq!(checked(url, PROVIDER).as_deref(), Ok(url));
        }
    }

    #[test]
    fn only_the_port_of_https_and_that_of_the_base_url_are_reached() {
        let other = "https://esign.example.com:8443/api";
        for (url, base_url, accepted) in [
            ("https://example.com:443/", PROVIDER, true),
            ("https://example.com:443/", other, true),
            ("https://example.com:8443/", other, true),
            ("https://example.com:8443/", PROVIDER, false),
            ("https://esign.example.com:8443/", PROVIDER, false),
            ("https://example.com:22/", PROVIDER, false),
            ("https://8.8.8.8:80/", PROVIDER, false),
            ("https://example.com:0/", PROVIDER, false),
            ("https://example.com:8443/", "http://127.0.0.1:4000", false),
        ] {
            assert_eq!(checked(url, base_url).is_ok(), accepted, "{url} from {base_url}");
        }
    }

    #[test]
    fn a_path_alone_is_one_at_the_provider() {
        let joined = checked("/api/v1/pdf/1/?a=b", PROVIDER);
        assert_eq!(joined.as_deref(), Ok("https://esign.example.com/api/v1/pdf/1/?a=b"));
        // Two slashes name a host, and so do a slash and a backslash.
        assert!(checked("//10.0.0.1/x", PROVIDER).is_err());
        assert!(checked("/\\10.0.0.1/x", PROVIDER).is_err());
    }

    #[test]
    fn the_provider_may_be_in_a_private_network() {
        for provider in ["https://10.0.0.1/api", "https://esign.internal/api", "http://gateway:8080/api"] {
            let url = check("/x", &base(provider)).unwrap();
            assert!(is_at_provider(&url, &base(provider)));
        }
        assert!(checked("https://10.0.0.2/", "https://10.0.0.1/api").is_err());
        assert!(checked("http://gateway:9090/", "http://gateway:8080/api").is_err());
        assert!(checked("http://esign.example.com/", PROVIDER).is_err());
        assert!(checked("http://example.com/", "http://gateway:8080/api").is_err());
    }

    #[test]
    fn what_may_lead_into_the_own_network_is_refused() {
        for url in [
            "",
            "a.pdf",
            "?a=b",
            "http://example.com/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "data:text/plain,hello",
            "https://user@example.com/",
            "https://:password@example.com/",
            "https://user@esign.example.com/",
            "https://exam\nple.com/",
            " https://example.com/",
            "https://localhost/",
            "https://LOCALHOST./",
            "https://a.localhost/",
            "https://printer.local/",
            "https://metadata.google.internal/",
            "https://metadata.google.internal./",
            "https://intranet/",
            "https://intranet./",
            "https://intranet../",
            "https://127.0.0.1/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://169.254.169.254/latest/meta-data/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[fd00::1]/",
        ] {
            assert!(checked(url, PROVIDER).is_err(), "{url}");
        }
    }

    #[test]
    fn loopback_is_reached_only_from_loopback() {
        for base_url in ["http://127.0.0.1:4000", "http://localhost:4000", "http://[::1]:4000"] {
            for url in ["http://127.0.0.1:5000/a", "http://localhost:5000/a", "https://[::1]:5000/a"] {
                assert_eq!(checked(url, base_url).as_deref(), Ok(url));
                assert!(checked(url, PROVIDER).is_err());
            }
            for url in ["http://example.com/", "http://10.0.0.1/", "https://10.0.0.1/", "http://a.localhost/"]
            {
                assert!(checked(url, base_url).is_err(), "{url}");
            }
        }
    }

    #[test]
    fn addresses_are_public_or_not() {
        let public = "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 \
            169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.0.3.0 192.88.98.255 192.88.100.0 \
            192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 \
            203.0.114.0 223.255.255.255 2000:: 2001:200:: 2001:db7::1 2001:db9::1 2606:4700::1111 3ffe:: 3fff:1000:: \
            ::ffff:8.8.8.8 64:ff9b::808:808 2002:808:808::1";
        for address in public.split_whitespace() {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        let others = "0.0.0.0 0.1.2.3 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.1 127.255.255.255 \
            169.254.0.0 169.254.169.254 172.16.0.0 172.31.255.255 192.0.0.0 192.0.0.171 192.0.2.1 192.88.99.1 \
            192.168.0.0 192.168.255.255 198.18.0.0 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 \
            239.255.255.255 240.0.0.0 255.255.255.255 :: ::1 ::8.8.8.8 ::ffff:10.0.0.1 ::ffff:127.0.0.1 \
            64:ff9b::a00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1 64:ff9b:0:1::808:808 100::1 1fff:: 2001::1 2001:2::1 \
            2001:10::1 2001:20::1 2001:1ff::1 2001:db8::1 2002:a00:1::1 2002:7f00:1:: 3fff::1 3fff:fff:: 4000:: \
            5f00::1 fc00::1 fd12:3456::1 fe80::1 fec0::1 ff02::1";
        for address in others.split_whitespace() {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    /// Addresses stand for names here: they resolve to themselves, without a network.
    #[tokio::test]
    async fn names_resolve_to_public_addresses() {
        let resolve = async |name: &str, allow_loopback| {
            let name: Name = name.parse().unwrap();
            PublicResolver { allow_loopback }.resolve(name).await.map(Iterator::count)
        };
        for (name, loopback, found) in [
            ("8.8.8.8", false, true),
            ("8.8.8.8", true, true),
            ("10.0.0.1", false, false),
            ("10.0.0.1", true, false),
            ("127.0.0.1", false, false),
            ("127.0.0.1", true, true),
        ] {
            let addresses = resolve(name, loopback).await;
            assert_eq!(addresses.is_ok(), found, "{name}");
            if let Err(error) = addresses {
                assert_eq!(error.to_string(), "the name leads to no public address");
            }
        }
    }
}
