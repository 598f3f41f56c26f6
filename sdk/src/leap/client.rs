//! The client: its key, and how Leap refuses.

use crate::runtime::{
    self, Answer, Core, Error, Explanation, Operation, Provider, Secret, SecretError, Settings, Variables,
};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Method};

/// Words that other interfaces have in front of a key. Leap has none.
const SCHEMES: [&str; 4] = ["apikey", "basic", "bearer", "token"];

/// A client of Documill Leap's Sign API. Cheap to clone; clones share connections and the retry budget.
///
/// ```
/// # #[cfg(feature = "rustls")] {
/// use countersign::leap;
///
/// let leap = leap::Client::builder().api_key("external-api-key").build()?;
/// # let _ = leap;
/// # }
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    core: Core<Leap>,
}

/// Builds a [`Client`].
pub type ClientBuilder = runtime::ClientBuilder<Setup>;

/// A call that no document knows yet, made by [`Client::request`].
pub type CustomCall = runtime::CustomCall<Leap>;

impl Client {
    /// Starts building a client. A key has to be given.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// A client from `LEAP_API_KEY`, and `LEAP_BASE_URL` if it is set. Each may be given as a file, `LEAP_API_KEY_FILE`
    /// and so on.
    ///
    /// # Errors
    ///
    /// A variable is missing or unusable; the error names it.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    /// Calls something that this version does not know.
    ///
    /// ```
    /// # async fn example(leap: &countersign::leap::Client) -> Result<(), countersign::Error> {
    /// use countersign::http::Method;
    ///
    /// let data = leap.request(Method::GET, "/projects/something-new").repeatable().send().await?;
    /// # let _ = data;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, path: impl Into<String>) -> CustomCall {
        CustomCall::new(self.core.clone(), method, path.into())
    }

    pub(super) fn core(&self) -> &Core<Leap> {
        &self.core
    }
}

impl ClientBuilder {
    /// The External API Key. It is sent bare, with no word such as `Bearer` in front of it: so have it all documented
    /// examples \[[D1](crate::leap::sources#d1)\].
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.setup.key = Some(Secret::issued(key));
        self
    }
}

/// What Leap adds to the builder.
#[derive(Default)]
pub struct Setup {
    key: Option<Result<Secret, SecretError>>,
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Setup").finish_non_exhaustive()
    }
}

impl runtime::Setup for Setup {
    type Client = Client;
    const PROVIDER: &'static str = "leap";
    const BASE_URL: Option<&'static str> = Some("https://api.leap.documill.com/api/v1/external");

    fn read(&mut self, variables: &Variables<'_>) -> Result<(), Error> {
        let key = variables.get("API_KEY")?.ok_or_else(|| {
            let detail = format!("not set in the environment: {}", variables.name("API_KEY"));
            Error::configuration(Self::PROVIDER, detail)
        })?;
        self.key = Some(Secret::issued(key));
        Ok(())
    }

    fn build(self, settings: Settings) -> Result<Client, Error> {
        let wrong = |detail: &str| Error::configuration(Self::PROVIDER, detail);
        let key = self.key.ok_or_else(|| wrong("no API key was given"))?;
        let key = key.map_err(|error| wrong(&format!("the API key cannot be used: {error}")))?;
        if key.expose().contains(' ') {
            return Err(wrong(
                "the API key has a blank in it; give it bare, without a word such as `Bearer`",
            ));
        }
        if SCHEMES.iter().any(|scheme| key.expose().eq_ignore_ascii_case(scheme)) {
            return Err(wrong("the API key is a word such as `Bearer`, and no key; give the key alone"));
        }
        let mut authorization =
            HeaderValue::try_from(key.expose()).map_err(|_| wrong("the API key is no valid header"))?;
        authorization.set_sensitive(true);
        Ok(Client { core: Core::new(Self::PROVIDER, Leap { authorization }, settings)? })
    }
}

/// How Leap authorises and refuses.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "holds the credential and is never printed")]
pub struct Leap {
    authorization: HeaderValue,
}

impl Provider for Leap {
    const CUSTOM: [&'static Operation; 2] =
        [&Operation::custom("leap", false, false), &Operation::custom("leap", true, false)];
    const RESERVED: &'static [&'static str] = &[];

    fn authorise(&self, headers: &mut HeaderMap) {
        headers.insert(AUTHORIZATION, self.authorization.clone());
    }

    /// Of a refusal only `message` is documented \[[D1](crate::leap::sources#d1)\], a sentence that may quote what was
    /// sent. So nothing of it is printed; it is in the body of the error.
    fn explain(&self, _: &Answer) -> Explanation {
        Explanation::default()
    }
}
