//! What a client is built from.

use super::base_url::BaseUrl;
use super::elsewhere::PublicResolver;
use super::error::Error;
use super::proxy::Proxy;
use super::retry::RetryPolicy;
use super::time::{Clock, FOR_EVER, SystemClock};
use hyper_util::client::proxy::matcher::Matcher;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// What a provider adds to the builder. Implemented inside this crate only.
pub trait Setup: Default {
    /// The client that is built.
    type Client;
    /// The module of the provider.
    const PROVIDER: &'static str;
    /// In capitals the prefix of the environment variables, where a provider has more than one client.
    const VARIABLES: &'static str = Self::PROVIDER;
    /// Where the provider is, if that is the same for everybody.
    const BASE_URL: Option<&'static str>;

    /// Takes credentials and the like from the environment.
    fn read(&mut self, variables: &Variables<'_>) -> Result<(), Error>;

    /// Makes the client, or says what is missing.
    fn build(self, settings: Settings) -> Result<Self::Client, Error>;
}

/// Builds the client of a provider: base URL, credentials, times, retries.
///
/// A provider adds its own methods; see the `ClientBuilder` of its module.
#[must_use = "nothing is built before `build`"]
pub struct ClientBuilder<S> {
    pub(crate) setup: S,
    settings: Settings,
}

/// What all clients have in common.
#[derive(Clone, Debug)]
pub struct Settings {
    base_url: Option<String>,
    plaintext: bool,
    proxy: Option<String>,
    system_proxy: bool,
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    roots: Vec<Vec<u8>>,
    user_agent: String,
    connect_timeout: Duration,
    pub(super) read_timeout: Duration,
    pub(super) attempt_timeout: Duration,
    pub(super) operation_timeout: Duration,
    pub(super) largest_answer: usize,
    pub(super) retry: RetryPolicy,
    pub(super) clock: Arc<dyn Clock>,
}

impl<S: Setup> ClientBuilder<S> {
    pub(crate) fn new() -> Self {
        let settings = Settings {
            base_url: S::BASE_URL.map(str::to_owned),
            plaintext: false,
            proxy: None,
            system_proxy: true,
            #[cfg(any(feature = "rustls", feature = "native-tls"))]
            roots: Vec::new(),
            user_agent: concat!("countersign/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(5),
            read_timeout: Duration::from_secs(30),
            attempt_timeout: Duration::from_secs(60),
            operation_timeout: Duration::from_secs(180),
            largest_answer: 16 * 1024 * 1024,
            retry: RetryPolicy::default(),
            clock: Arc::new(SystemClock),
        };
        Self { setup: S::default(), settings }
    }

    /// Takes base URL and credentials from variables: `variable` is asked for a name, and for the name with `_FILE`
    /// behind it, which names a file that holds the value.
    ///
    /// # Errors
    ///
    /// A variable is missing or unusable, or set together with its `_FILE`; the error names it.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Error> {
        let variables = Variables { provider: S::PROVIDER, prefix: S::VARIABLES, lookup: &variable };
        let mut builder = Self::new();
        if let Some(base_url) = variables.get("BASE_URL")? {
            builder.settings.base_url = Some(base_url);
        }
        builder.setup.read(&variables)?;
        Ok(builder)
    }

    /// As [`from_variables`](Self::from_variables), from the environment of the process.
    ///
    /// # Errors
    ///
    /// As there.
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(|name| std::env::var(name).ok())
    }

    /// Where the provider is, without the version prefix. A path is kept, a slash at the end does not matter. Plain
    /// `http` is accepted for loopback addresses only.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.settings.base_url = Some(url.into());
        self
    }

    /// Allows plain `http` to any host. Everybody on the way can read the credentials.
    pub fn danger_send_credentials_in_plaintext(mut self) -> Self {
        self.settings.plaintext = true;
        self
    }

    /// Sends everything through this proxy, in place of the one that the system states. A provider on this machine is
    /// called without any proxy: the base URL is a loopback address, and may be plain `http`.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.settings.proxy = Some(url.into());
        self
    }

    /// Does not use the proxy that the system or the environment states.
    pub fn without_system_proxy(mut self) -> Self {
        self.settings.system_proxy = false;
        self
    }

    /// Trusts the certificates in this PEM bundle, besides those of the system.
    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    pub fn trust_certificates(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.settings.roots.push(pem.into());
        self
    }

    /// The name of the application, put before that of this crate in `User-Agent`.
    pub fn user_agent(mut self, application: impl fmt::Display) -> Self {
        self.settings.user_agent = format!("{application} {}", self.settings.user_agent);
        self
    }

    /// How long making a connection may take, TLS included; 5 seconds by default. Nothing is sent before that, so such a
    /// failure is always retried. So is one where another of these limits ends before there is a connection.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = timeout.min(FOR_EVER);
        self
    }

    /// How long nothing may move: while an answer is awaited or read, and while content is sent; 30 seconds by default.
    /// Of content that is sent or received it is the only limit. Once content is sent, its whole answer may take the longer of
    /// this and [`attempt_timeout`](Self::attempt_timeout).
    ///
    /// Content that the system took and has not sent yet cannot be seen. So both limits get a second more for each 16 KiB of
    /// content that was taken, 320 seconds at most: an upload of 16 KiB in a second moves. Linux and Android know what was
    /// received, and end an upload of which nothing was for this time.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.settings.read_timeout = timeout.min(FOR_EVER);
        self
    }

    /// How long one attempt may take; 60 seconds by default.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.settings.attempt_timeout = timeout.min(FOR_EVER);
        self
    }

    /// How long all attempts and the waits between them may take together; 180 seconds by default. Calls that send content
    /// have no such limit, unless they are given one by `with_timeout`.
    pub fn operation_timeout(mut self, timeout: Duration) -> Self {
        self.settings.operation_timeout = timeout.min(FOR_EVER);
        self
    }

    /// How large an answer may be, in bytes; 16 MiB by default.
    pub fn largest_answer(mut self, bytes: usize) -> Self {
        self.settings.largest_answer = bytes;
        self
    }

    /// How often and how fast calls are tried again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.settings.retry = policy;
        self
    }

    /// Where time and chance come from: for tests.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.settings.clock = Arc::new(clock);
        self
    }

    /// Builds the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// Something is missing, or the base URL, the proxy or a certificate cannot be used; the error says which.
    pub fn build(self) -> Result<S::Client, Error> {
        self.setup.build(self.settings)
    }
}

impl<S> fmt::Debug for ClientBuilder<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ClientBuilder").finish_non_exhaustive()
    }
}

impl Settings {
    /// Where the provider is, unless the application has said it already.
    pub(crate) fn or_base_url(mut self, url: Option<&str>) -> Self {
        self.base_url = self.base_url.or_else(|| url.map(str::to_owned));
        self
    }

    pub(crate) fn has_base_url(&self) -> bool {
        self.base_url.is_some()
    }

    pub(super) fn base_url(&self, provider: &'static str) -> Result<BaseUrl, Error> {
        let missing = || Error::configuration(provider, "no base URL was given");
        let base = BaseUrl::parse(provider, self.base_url.as_deref().ok_or_else(missing)?, self.plaintext)?;
        if base.is_https() && !cfg!(any(feature = "rustls", feature = "native-tls")) {
            let detail = "https needs the feature `rustls` or `native-tls` of countersign";
            return Err(Error::configuration(provider, detail));
        }
        Ok(base)
    }

    /// Which requests go through a proxy. None to a provider on this machine, nor to what it keeps elsewhere.
    pub(super) fn proxy(&self, provider: &'static str, base: &BaseUrl) -> Result<Proxy, Error> {
        // The cause would quote the URL, and with it the password.
        let unusable =
            || Error::configuration(provider, "the proxy cannot be used: it is no http or https URL");
        let parse = |proxy: &String| {
            let url = url::Url::parse(proxy).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
            url.ok_or_else(unusable)
        };
        let given = self.proxy.as_ref().map(parse).transpose()?;
        Ok(match given {
            _ if base.is_loopback() => Proxy::None,
            Some(url) => Proxy::Given(url),
            None if self.system_proxy => Proxy::System(Box::new(Matcher::from_system())),
            None => Proxy::None,
        })
    }

    /// The HTTP client for the provider itself, and for whatever a proxy leads to.
    pub(super) fn http(
        &self,
        provider: &'static str,
        base: &BaseUrl,
        proxy: &Proxy,
    ) -> Result<reqwest::Client, Error> {
        self.http_with(reqwest::Client::builder(), provider, base, proxy)
    }

    /// The HTTP client for what the provider keeps elsewhere and no proxy leads to: it reaches public hosts only, unless the
    /// provider itself is on this machine.
    pub(super) fn http_elsewhere(
        &self,
        provider: &'static str,
        base: &BaseUrl,
    ) -> Result<reqwest::Client, Error> {
        let resolver = PublicResolver { allow_loopback: base.is_loopback() };
        let builder = reqwest::Client::builder().dns_resolver(Arc::new(resolver));
        self.http_with(builder, provider, base, &Proxy::None)
    }

    /// What has to hold is set last: no redirects, no referer, no retries but ours.
    fn http_with(
        &self,
        mut builder: reqwest::ClientBuilder,
        provider: &'static str,
        base: &BaseUrl,
        proxy: &Proxy,
    ) -> Result<reqwest::Client, Error> {
        let refused = |what: &str| {
            let detail = format!("{what} cannot be used");
            move |error: reqwest::Error| {
                Error::configuration(provider, detail).with_source(error.without_url())
            }
        };
        builder = match proxy {
            Proxy::None => builder.no_proxy(),
            Proxy::Given(url) => {
                // The cause could quote the URL.
                let unusable = |_| Error::configuration(provider, "the proxy cannot be used");
                builder.proxy(reqwest::Proxy::all(url.clone()).map_err(unusable)?)
            }
            // The HTTP library asks the system by itself.
            Proxy::System(_) => builder,
        };
        #[cfg(any(feature = "rustls", feature = "native-tls"))]
        {
            let roots = self.roots.iter().map(|pem| reqwest::Certificate::from_pem_bundle(pem));
            let roots = roots.collect::<Result<Vec<_>, _>>().map_err(refused("a trusted certificate"))?;
            builder = builder.tls_certs_merge(roots.into_iter().flatten());
        }
        // Where the system can tell what the other side has received, it is the one that says that nothing moves.
        #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
        {
            let longest = Duration::from_millis(i32::MAX.unsigned_abs().into());
            builder = builder.tcp_user_timeout(self.read_timeout.min(longest));
        }
        builder
            .user_agent(&self.user_agent)
            .connect_timeout(self.connect_timeout.min(self.attempt_timeout.mul_f64(0.9)))
            // Whatever another crate of the build switches on in reqwest.
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .https_only(base.is_https())
            .build()
            .map_err(refused("what was given for the HTTP client"))
    }
}

/// The environment of a provider.
#[allow(missing_debug_implementations, reason = "never leaves this crate")]
pub struct Variables<'a> {
    provider: &'static str,
    prefix: &'static str,
    lookup: &'a dyn Fn(&str) -> Option<String>,
}

impl Variables<'_> {
    /// The value of `<PREFIX>_<name>`, or of the file that `<PREFIX>_<name>_FILE` names. An empty
    /// variable counts as none. An empty file is an error, and so are both variables at once: nobody could tell which of
    /// the two values is meant.
    pub(crate) fn get(&self, name: &str) -> Result<Option<String>, Error> {
        let name = self.name(name);
        let value = (self.lookup)(&name).filter(|value| !value.is_empty());
        let path = (self.lookup)(&format!("{name}_FILE")).filter(|path| !path.is_empty());
        let path = match (value, path) {
            (Some(_), Some(_)) => {
                let detail = format!("both {name} and {name}_FILE are set; unset one of them");
                return Err(Error::configuration(self.provider, detail));
            }
            (value, None) => return Ok(value),
            (None, Some(path)) => path,
        };
        let value = std::fs::read_to_string(Path::new(&path)).map_err(|error| {
            let detail = format!("the file that {name}_FILE names cannot be read");
            Error::configuration(self.provider, detail).with_source(error)
        })?;
        // Files end in a line break that is no part of the value.
        let value = value.trim_end_matches(['\r', '\n']);
        if value.is_empty() {
            let detail = format!("the file that {name}_FILE names is empty");
            return Err(Error::configuration(self.provider, detail));
        }
        Ok(Some(value.to_owned()))
    }

    /// The full name of a variable.
    pub(crate) fn name(&self, name: &str) -> String {
        format!("{}_{name}", self.prefix.to_uppercase())
    }
}
