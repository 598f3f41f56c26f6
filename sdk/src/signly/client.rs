//! The client: credentials, and how Signly's envelope is read.

use super::types::Webhook;
use crate::runtime::{
    self, Answer, Core, Error, Explanation, Opened, Operation, Precondition, Provider, Secret, SecretError,
    Settings, Variables, Versioned,
};
use http::{HeaderMap, HeaderValue, Method};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

const TENANT: &str = "x-tenant-signly";
const CREDENTIAL: &str = "x-auth-signly";

/// A client of Signly's Partner API. Cheap to clone; clones share connections and the retry budget.
///
/// ```
/// # #[cfg(feature = "rustls")] {
/// use countersign::signly;
///
/// let signly = signly::Client::builder().tenant("58bff266").api_key("sk_live_partner_abc123").build()?;
/// # let _ = signly;
/// # }
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    core: Core<Signly>,
}

/// Builds a [`Client`].
pub type ClientBuilder = runtime::ClientBuilder<Setup>;

/// A call that no document knows yet, made by [`Client::request`].
pub type CustomCall = runtime::CustomCall<Signly>;

impl Client {
    /// Starts building a client. Tenant and credential have to be given.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// A client from `SIGNLY_TENANT`, `SIGNLY_API_KEY` or `SIGNLY_HMAC_SECRET`, and `SIGNLY_BASE_URL` if it is set. Each
    /// may be given as a file, `SIGNLY_API_KEY_FILE` and so on.
    ///
    /// # Errors
    ///
    /// A variable is missing or unusable; the error names it.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    /// The tenant that every call is scoped to.
    #[must_use]
    pub fn tenant(&self) -> &str {
        &self.core.provider().tenant_name
    }

    /// Calls something that this version does not know: `path` begins with `/v1/`, the payload is taken out of the
    /// envelope.
    ///
    /// ```
    /// # async fn example(signly: &countersign::signly::Client) -> Result<(), countersign::Error> {
    /// use countersign::http::Method;
    ///
    /// let documents = signly.request(Method::GET, "/v1/documents").query("limit", "10").repeatable().send().await?;
    /// # let _ = documents;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, path: impl Into<String>) -> CustomCall {
        CustomCall::new(self.core.clone(), method, path.into())
    }

    pub(super) fn core(&self) -> &Core<Signly> {
        &self.core
    }
}

impl ClientBuilder {
    /// The tenant that every call is scoped to, as the administration of Signly shows it.
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.setup.tenant = Some(tenant.into());
        self
    }

    /// A credential of mode `KEY`.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.setup.credential = Some((Mode::Key, Secret::issued(key)));
        self
    }

    /// A credential of mode `HMAC`. In spite of its name nothing is signed: the secret itself is sent with each
    /// request, as Signly documents it \[[S](crate::signly::sources#s)\].
    pub fn hmac_secret(mut self, secret: impl Into<String>) -> Self {
        self.setup.credential = Some((Mode::Hmac, Secret::issued(secret)));
        self
    }
}

/// What Signly adds to the builder.
#[derive(Default)]
pub struct Setup {
    tenant: Option<String>,
    credential: Option<(Mode, Result<Secret, SecretError>)>,
}

#[derive(Clone, Copy)]
enum Mode {
    Key,
    Hmac,
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Setup").finish_non_exhaustive()
    }
}

impl runtime::Setup for Setup {
    type Client = Client;
    const PROVIDER: &'static str = "signly";
    const BASE_URL: Option<&'static str> = Some("https://api.signly.apologs.com");

    fn read(&mut self, variables: &Variables<'_>) -> Result<(), Error> {
        self.tenant = variables.get("TENANT")?;
        let key = variables.get("API_KEY")?.map(|key| (Mode::Key, Secret::issued(key)));
        let secret = variables.get("HMAC_SECRET")?.map(|secret| (Mode::Hmac, Secret::issued(secret)));
        let names = |names: &[&str]| names.iter().map(|name| variables.name(name)).collect::<Vec<_>>();
        if key.is_some() && secret.is_some() {
            let both = names(&["API_KEY", "HMAC_SECRET"]).join(" and ");
            return Err(Error::configuration(
                Self::PROVIDER,
                format!("both {both} are set; a credential has one mode"),
            ));
        }
        self.credential = key.or(secret);
        let mut missing = Vec::new();
        if self.tenant.is_none() {
            missing.extend(names(&["TENANT"]));
        }
        if self.credential.is_none() {
            missing.push(names(&["API_KEY", "HMAC_SECRET"]).join(" or "));
        }
        if missing.is_empty() {
            return Ok(());
        }
        Err(Error::configuration(
            Self::PROVIDER,
            format!("not set in the environment: {}", missing.join(", ")),
        ))
    }

    fn build(self, settings: Settings) -> Result<Client, Error> {
        let wrong = |detail: String| Error::configuration(Self::PROVIDER, detail);
        let tenant_name = self.tenant.ok_or_else(|| wrong("no tenant was given".to_owned()))?;
        let (mode, secret) = self
            .credential
            .ok_or_else(|| wrong("neither an API key nor an HMAC secret was given".to_owned()))?;
        let unusable = |what: &str, error: SecretError| wrong(format!("the {what} cannot be used: {error}"));
        Secret::issued(tenant_name.as_str()).map_err(|error| unusable("tenant", error))?;
        let secret = secret.map_err(|error| unusable("credential", error))?;
        let header =
            |value: &str| HeaderValue::try_from(value).map_err(|_| wrong("no valid header".to_owned()));
        let tenant = header(&tenant_name)?;
        let mut credential = match mode {
            Mode::Key => header(secret.expose())?,
            Mode::Hmac => header(&format!("HMAC {}", secret.expose()))?,
        };
        credential.set_sensitive(true);
        Ok(Client { core: Core::new(Self::PROVIDER, Signly { tenant_name, tenant, credential }, settings)? })
    }
}

/// How Signly authorises and answers.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "holds the credential and is never printed")]
pub struct Signly {
    tenant_name: String,
    tenant: HeaderValue,
    credential: HeaderValue,
}

/// What is read of the envelope. Only what a result rests on has to have its type.
#[derive(Deserialize)]
#[serde(bound = "T: Deserialize<'de>")]
struct Envelope<T> {
    success: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    data: Option<T>,
    code: Option<Value>,
    pagination: Option<Value>,
    meta: Option<Value>,
}

/// `null` is something else than nothing: whether it is a payload is for the payload to say.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl<T> Envelope<T> {
    fn explanation(&self) -> Explanation {
        let code = self.code.as_ref().and_then(Value::as_str);
        Explanation::new(code.map(str::to_owned), self.request_id())
    }

    fn request_id(&self) -> Option<String> {
        self.meta.as_ref()?.get("request_id")?.as_str().map(str::to_owned)
    }
}

impl Provider for Signly {
    const CUSTOM: [&'static Operation; 2] =
        [&Operation::custom("signly", false, true), &Operation::custom("signly", true, true)];
    const RESERVED: &'static [&'static str] = &[TENANT, CREDENTIAL];

    fn authorise(&self, headers: &mut HeaderMap) {
        headers.insert(TENANT, self.tenant.clone());
        headers.insert(CREDENTIAL, self.credential.clone());
    }

    fn open<T: DeserializeOwned>(&self, operation: &Operation, answer: &Answer) -> Result<Opened<T>, String> {
        let nothing =
            || Some(operation).filter(|operation| !operation.payload).and_then(|_| runtime::absent());
        if answer.body.is_empty() {
            let value = nothing().ok_or("the answer is empty")?;
            return Ok(Opened::Success { value, rest: None, request_id: None });
        }
        let envelope = match answer.decode::<Envelope<T>>(operation) {
            Ok(envelope) => envelope,
            // A failure need not hold what a success does.
            Err(place) => match runtime::decode::<Envelope<IgnoredAny>>(&answer.body) {
                Ok(failure) if failure.success == Some(false) => {
                    return Ok(Opened::Failure(failure.explanation()));
                }
                _ => return Err(place),
            },
        };
        let request_id = envelope.request_id();
        match envelope.success {
            Some(true) => {
                let value = envelope.data.or_else(nothing).ok_or("`data`: missing")?;
                Ok(Opened::Success { value, rest: envelope.pagination, request_id })
            }
            Some(false) => Ok(Opened::Failure(envelope.explanation())),
            None => Err("`success`: missing, so this is not the envelope of Signly".to_owned()),
        }
    }

    /// A gateway in front of the service answers without the envelope, so nothing of it is required.
    fn explain(&self, answer: &Answer) -> Explanation {
        let envelope = runtime::decode::<Envelope<IgnoredAny>>(&answer.body);
        envelope.map(|envelope| envelope.explanation()).unwrap_or_default()
    }
}

/// The `message` of an answer, or of a gateway in front of the service: a sentence for people.
pub(super) fn message(body: &[u8]) -> Option<String> {
    let answer = runtime::decode::<Value>(body).ok()?;
    answer.get("message")?.as_str().map(str::to_owned)
}

impl Webhook {
    /// The precondition of a change that is based on this state.
    #[must_use]
    pub fn precondition(&self) -> Precondition {
        Precondition::version(self.version)
    }

    /// The webhook together with the version it was read at.
    #[must_use]
    pub fn versioned(self) -> Versioned<Self> {
        let precondition = self.precondition();
        Versioned::new(self, precondition)
    }
}
