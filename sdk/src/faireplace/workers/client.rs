//! The client of a worker: a key, and the organisation that calls are about.

use crate::faireplace::answer;
use crate::runtime::{
    self, Answer, Core, Error, Explanation, Opened, Operation, Provider, Secret, SecretError, Settings,
    Variables,
};
use http::{HeaderMap, HeaderValue, Method};
use serde::de::DeserializeOwned;

const KEY: &str = "x-api-key";
const ORGANISATION: &str = "x-tenant-id";

/// A client of FairePlace's interface for workers. Cheap to clone; clones share connections and the retry budget.
///
/// The address is not public, so it has to be given: what stands right before the id of the document.
///
/// ```
/// # #[cfg(feature = "rustls")] {
/// use countersign::faireplace::workers;
///
/// let builder = workers::Client::builder().base_url("https://faireplace.example/workers/signatures");
/// let workers = builder.api_key("worker-key").organisation("8d1f6c0e-2b7a-4c39-a5e4-9f60b3d7c218").build()?;
/// # let _ = workers;
/// # }
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    core: Core<Workers>,
}

/// Builds a [`Client`].
pub type ClientBuilder = runtime::ClientBuilder<Setup>;

/// A call that no document knows yet, made by [`Client::request`].
pub type CustomCall = runtime::CustomCall<Workers>;

impl Client {
    /// Starts building a client. Address, key and organisation have to be given.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// A client from `FAIREPLACE_WORKER_API_KEY`, `FAIREPLACE_WORKER_ORGANISATION` and `FAIREPLACE_WORKER_BASE_URL`. Each
    /// may be given as a file, `FAIREPLACE_WORKER_API_KEY_FILE` and so on.
    ///
    /// # Errors
    ///
    /// A variable is missing or unusable; the error names it.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    /// Calls something that this version does not know: `path` begins with a slash, and follows the base URL.
    pub fn request(&self, method: Method, path: impl Into<String>) -> CustomCall {
        CustomCall::new(self.core.clone(), method, path.into())
    }

    pub(super) fn core(&self) -> &Core<Workers> {
        &self.core
    }
}

impl ClientBuilder {
    /// The key of a worker, sent as `X-API-Key` \[[S](crate::faireplace::workers::sources#s)\]. Whether a key of the
    /// dashboard is accepted there is not known.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.setup.key = Some(Secret::issued(key));
        self
    }

    /// The organisation that the documents belong to, sent as `X-Tenant-ID`
    /// \[[S](crate::faireplace::workers::sources#s)\]. Never the renter.
    pub fn organisation(mut self, id: impl Into<String>) -> Self {
        self.setup.organisation = Some(id.into());
        self
    }
}

/// What FairePlace adds to the builder.
#[derive(Default)]
pub struct Setup {
    key: Option<Result<Secret, SecretError>>,
    organisation: Option<String>,
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Setup").finish_non_exhaustive()
    }
}

impl runtime::Setup for Setup {
    type Client = Client;
    const PROVIDER: &'static str = "faireplace";
    const VARIABLES: &'static str = "faireplace_worker";
    const BASE_URL: Option<&'static str> = None;

    fn read(&mut self, variables: &Variables<'_>) -> Result<(), Error> {
        let key = variables.get("API_KEY")?;
        self.organisation = variables.get("ORGANISATION")?;
        let given = [
            ("API_KEY", key.is_some()),
            ("ORGANISATION", self.organisation.is_some()),
            ("BASE_URL", variables.get("BASE_URL")?.is_some()),
        ];
        let missing = given.iter().filter(|(_, is_given)| !is_given).map(|(name, _)| variables.name(name));
        let missing = missing.collect::<Vec<_>>().join(", ");
        if !missing.is_empty() {
            let detail = format!("not set in the environment: {missing}");
            return Err(Error::configuration(Self::PROVIDER, detail));
        }
        self.key = key.map(Secret::issued);
        Ok(())
    }

    fn build(self, settings: Settings) -> Result<Client, Error> {
        let wrong = |detail: String| Error::configuration(Self::PROVIDER, detail);
        let unusable = |what: &str, error: SecretError| wrong(format!("the {what} cannot be used: {error}"));
        let header =
            |value: &str| HeaderValue::try_from(value).map_err(|_| wrong("no valid header".to_owned()));
        let key = self.key.ok_or_else(|| wrong("no API key was given".to_owned()))?;
        let key = key.map_err(|error| unusable("API key", error))?;
        let organisation = self.organisation.ok_or_else(|| wrong("no organisation was given".to_owned()))?;
        let organisation = Secret::issued(organisation).map_err(|error| unusable("organisation", error))?;
        let (mut key, organisation) = (header(key.expose())?, header(organisation.expose())?);
        key.set_sensitive(true);
        Ok(Client { core: Core::new(Self::PROVIDER, Workers { key, organisation }, settings)? })
    }
}

/// How FairePlace authorises a worker, and how it answers.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "holds the credential and is never printed")]
pub struct Workers {
    key: HeaderValue,
    organisation: HeaderValue,
}

impl Provider for Workers {
    const CUSTOM: [&'static Operation; 2] =
        [&Operation::custom("faireplace", false, false), &Operation::custom("faireplace", true, false)];
    const RESERVED: &'static [&'static str] = &[KEY, ORGANISATION];

    fn authorise(&self, headers: &mut HeaderMap) {
        headers.insert(KEY, self.key.clone());
        headers.insert(ORGANISATION, self.organisation.clone());
    }

    fn open<T: DeserializeOwned>(&self, operation: &Operation, answer: &Answer) -> Result<Opened<T>, String> {
        answer::open(operation, answer)
    }

    fn explain(&self, answer: &Answer) -> Explanation {
        answer::explain(answer)
    }
}
