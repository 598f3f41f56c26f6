//! The client of an organisation: a bearer credential.

use crate::faireplace::answer;
use crate::runtime::{
    self, Answer, Core, Error, Explanation, Opened, Operation, Provider, Secret, SecretError, Settings,
    Variables,
};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Method};
use serde::de::DeserializeOwned;

/// A client of FairePlace's signatures. Cheap to clone; clones share connections and the retry budget.
///
/// ```
/// # #[cfg(feature = "rustls")] {
/// use countersign::faireplace::signatures;
///
/// let sandbox = "https://sandbox.faireplace.com/api";
/// let faireplace = signatures::Client::builder().base_url(sandbox).api_key("fp_sandbox_1234").build()?;
/// # let _ = faireplace;
/// # }
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    core: Core<Signatures>,
}

/// Builds a [`Client`].
pub type ClientBuilder = runtime::ClientBuilder<Setup>;

/// A call that no document knows yet, made by [`Client::request`].
pub type CustomCall = runtime::CustomCall<Signatures>;

impl Client {
    /// Starts building a client. A credential has to be given.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// A client from `FAIREPLACE_API_KEY`, and `FAIREPLACE_BASE_URL` if it is set. Each may be given as a file,
    /// `FAIREPLACE_API_KEY_FILE` and so on.
    ///
    /// # Errors
    ///
    /// A variable is missing or unusable; the error names it.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    /// Calls something that this version does not know, of which the interface has much: `path` begins with a slash.
    ///
    /// ```
    /// # async fn example(
    /// #     faireplace: &countersign::faireplace::signatures::Client,
    /// # ) -> Result<(), countersign::Error> {
    /// use countersign::http::Method;
    ///
    /// let usage = faireplace.request(Method::GET, "/usage/summary").repeatable().send().await?;
    /// # let _ = usage;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, path: impl Into<String>) -> CustomCall {
        CustomCall::new(self.core.clone(), method, path.into())
    }

    pub(super) fn core(&self) -> &Core<Signatures> {
        &self.core
    }
}

impl ClientBuilder {
    /// A key of the dashboard, `fp_…`, in the sandbox `fp_sandbox_…`; it is sent as `Bearer`
    /// \[[AU2](crate::faireplace::signatures::sources#au2)\]. The JWT that a login returns is sent in the same way
    /// \[[AU1](crate::faireplace::signatures::sources#au1)\].
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.setup.key = Some(Secret::issued(key));
        self
    }
}

/// What FairePlace adds to the builder.
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
    const PROVIDER: &'static str = "faireplace";
    const BASE_URL: Option<&'static str> = Some("https://api.faireplace.com/api");

    fn read(&mut self, variables: &Variables<'_>) -> Result<(), Error> {
        let missing = || {
            let detail = format!("not set in the environment: {}", variables.name("API_KEY"));
            Error::configuration(Self::PROVIDER, detail)
        };
        self.key = Some(Secret::issued(variables.get("API_KEY")?.ok_or_else(missing)?));
        Ok(())
    }

    fn build(self, settings: Settings) -> Result<Client, Error> {
        let wrong = |detail: &str| Error::configuration(Self::PROVIDER, detail);
        let key = self.key.ok_or_else(|| wrong("no API key was given"))?;
        let key = key.map_err(|error| wrong(&format!("the API key cannot be used: {error}")))?;
        if key.expose().contains(' ') {
            return Err(wrong("the API key has a blank in it; give it without the word `Bearer`"));
        }
        let bearer =
            Secret::issued(format!("Bearer {}", key.expose())).map_err(|error| wrong(&error.to_string()))?;
        let mut authorization =
            HeaderValue::try_from(bearer.expose()).map_err(|_| wrong("no valid header"))?;
        authorization.set_sensitive(true);
        Ok(Client { core: Core::new(Self::PROVIDER, Signatures { authorization }, settings)? })
    }
}

/// How FairePlace authorises an organisation, and how it answers.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "holds the credential and is never printed")]
pub struct Signatures {
    authorization: HeaderValue,
}

impl Provider for Signatures {
    const CUSTOM: [&'static Operation; 2] =
        [&Operation::custom("faireplace", false, false), &Operation::custom("faireplace", true, false)];
    const RESERVED: &'static [&'static str] = &[];

    /// The credential tells which organisation is meant; no header does.
    fn authorise(&self, headers: &mut HeaderMap) {
        headers.insert(AUTHORIZATION, self.authorization.clone());
    }

    fn open<T: DeserializeOwned>(&self, operation: &Operation, answer: &Answer) -> Result<Opened<T>, String> {
        answer::open(operation, answer)
    }

    fn explain(&self, answer: &Answer) -> Explanation {
        answer::explain(answer)
    }
}
