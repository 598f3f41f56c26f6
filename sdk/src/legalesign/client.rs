//! The client: credentials, and how Legalesign's refusals are read.

use crate::runtime::{
    self, Answer, Core, Error, Explanation, Invalid, Operation, Provider, Secret, SecretError, Settings,
    Variables,
};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, Method};
use serde_json::Value;

const ORGANISATION: &str = "x-organisation";

/// A client of Legalesign's REST API. Cheap to clone; clones share connections and the retry budget.
///
/// ```
/// # #[cfg(feature = "rustls")] {
/// use countersign::legalesign;
///
/// let legalesign = legalesign::Client::builder().api_key("ak_live_1234.c2VjcmV0").build()?;
/// # let _ = legalesign;
/// # }
/// # Ok::<(), countersign::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    core: Core<Legalesign>,
}

/// Builds a [`Client`].
pub type ClientBuilder = runtime::ClientBuilder<Setup>;

/// A call that no document knows yet, made by [`Client::request`].
pub type CustomCall = runtime::CustomCall<Legalesign>;

impl Client {
    /// Starts building a client. A credential has to be given.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// A client from `LEGALESIGN_API_KEY`, or `LEGALESIGN_USERNAME` and `LEGALESIGN_SECRET` for a key of the old kind;
    /// `LEGALESIGN_ORGANISATION` and `LEGALESIGN_BASE_URL` if they are set. Each may be given as a file,
    /// `LEGALESIGN_API_KEY_FILE` and so on.
    ///
    /// # Errors
    ///
    /// A variable is missing or unusable; the error names it.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    /// Calls something that this version does not know: `path` begins and ends with a slash.
    ///
    /// ```
    /// # async fn example(legalesign: &countersign::legalesign::Client) -> Result<(), countersign::Error> {
    /// use countersign::http::Method;
    ///
    /// let statuses = legalesign.request(Method::GET, "/status/").query("limit", "1").repeatable().send().await?;
    /// # let _ = statuses;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, path: impl Into<String>) -> CustomCall {
        CustomCall::new(self.core.clone(), method, path.into())
    }

    pub(super) fn core(&self) -> &Core<Legalesign> {
        &self.core
    }
}

impl ClientBuilder {
    /// A key of the Developer Portal, `ak_…`; it is sent as `Bearer` \[[L11](crate::legalesign::sources#l11)\].
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.setup.credential = Some(Credential::Bearer(Secret::issued(key)));
        self
    }

    /// A key of the old kind: a user's name and secret, sent as `ApiKey name:secret`
    /// \[[L6b](crate::legalesign::sources#l6b)\].
    pub fn legacy_api_key(mut self, username: impl Into<String>, secret: impl Into<String>) -> Self {
        self.setup.credential = Some(Credential::Legacy(Secret::issued(username), Secret::issued(secret)));
        self
    }

    /// The whole value of `Authorization`, scheme included, for whatever comes next.
    pub fn authorization(mut self, value: impl Into<String>) -> Self {
        self.setup.credential = Some(Credential::Whole(Secret::issued(value)));
        self
    }

    /// The organisation that calls act in, sent as `X-Organisation` \[[L11](crate::legalesign::sources#l11)\]. Whether
    /// a key of the old kind has any use for it is not documented.
    pub fn organisation(mut self, id: impl Into<String>) -> Self {
        self.setup.organisation = Some(id.into());
        self
    }
}

/// What Legalesign adds to the builder.
#[derive(Default)]
pub struct Setup {
    credential: Option<Credential>,
    organisation: Option<String>,
}

type Given = Result<Secret, SecretError>;

enum Credential {
    Bearer(Given),
    Legacy(Given, Given),
    Whole(Given),
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Setup").finish_non_exhaustive()
    }
}

impl runtime::Setup for Setup {
    type Client = Client;
    const PROVIDER: &'static str = "legalesign";
    const BASE_URL: Option<&'static str> = Some("https://eu-api.legalesign.com/api/v1");

    fn read(&mut self, variables: &Variables<'_>) -> Result<(), Error> {
        let wrong = |detail: String| Err(Error::configuration(Self::PROVIDER, detail));
        let name = |name| variables.name(name);
        self.organisation = variables.get("ORGANISATION")?;
        let key = variables.get("API_KEY")?;
        let legacy = (variables.get("USERNAME")?, variables.get("SECRET")?);
        self.credential = Some(match (key, legacy) {
            (Some(key), (None, None)) => Credential::Bearer(Secret::issued(key)),
            (None, (Some(username), Some(secret))) => {
                Credential::Legacy(Secret::issued(username), Secret::issued(secret))
            }
            (Some(_), _) => {
                let both =
                    format!("{} is set, and {} or {} too", name("API_KEY"), name("USERNAME"), name("SECRET"));
                return wrong(format!("{both}; a client has one credential"));
            }
            (None, (None, None)) => {
                let both = format!("{} and {}", name("USERNAME"), name("SECRET"));
                return wrong(format!("not set in the environment: {}, or {both}", name("API_KEY")));
            }
            (None, (None, _)) => return wrong(format!("not set in the environment: {}", name("USERNAME"))),
            (None, (_, None)) => return wrong(format!("not set in the environment: {}", name("SECRET"))),
        });
        Ok(())
    }

    fn build(self, settings: Settings) -> Result<Client, Error> {
        let wrong = |detail: &str| Error::configuration(Self::PROVIDER, detail);
        let unusable = |error: SecretError| wrong(&format!("the credential cannot be used: {error}"));
        let authorization = match self.credential.ok_or_else(|| wrong("no API key was given"))? {
            Credential::Bearer(key) => {
                let key = key.map_err(unusable)?;
                if key.expose().contains(' ') {
                    return Err(wrong("the API key has a blank in it; give it without the word `Bearer`"));
                }
                format!("Bearer {}", key.expose())
            }
            Credential::Legacy(username, secret) => {
                let (username, secret) = (username.map_err(unusable)?, secret.map_err(unusable)?);
                if username.expose().contains([' ', ':']) {
                    return Err(wrong(
                        "the user name has a blank or a colon in it; give name and secret apart",
                    ));
                }
                format!("ApiKey {}:{}", username.expose(), secret.expose())
            }
            Credential::Whole(value) => value.map_err(unusable)?.expose().to_owned(),
        };
        let authorization = Secret::issued(authorization).map_err(unusable)?;
        let mut header =
            HeaderValue::try_from(authorization.expose()).map_err(|_| wrong("no valid header"))?;
        header.set_sensitive(true);
        let organisation = self.organisation.map(HeaderValue::try_from).transpose();
        let organisation = organisation
            .ok()
            .filter(|organisation| organisation.as_ref().is_none_or(|organisation| !organisation.is_empty()))
            .ok_or_else(|| wrong("the organisation is empty or no valid header"))?;
        let provider = Legalesign { authorization: header, organisation };
        Ok(Client { core: Core::new(Self::PROVIDER, provider, settings)? })
    }
}

/// How Legalesign authorises and refuses.
#[derive(Clone)]
#[allow(missing_debug_implementations, reason = "holds the credential and is never printed")]
pub struct Legalesign {
    authorization: HeaderValue,
    organisation: Option<HeaderValue>,
}

impl Provider for Legalesign {
    const CUSTOM: [&'static Operation; 2] =
        [&Operation::custom("legalesign", false, false), &Operation::custom("legalesign", true, false)];
    const RESERVED: &'static [&'static str] = &[ORGANISATION];

    /// Without the slash at its end a path names nothing \[[L7](crate::legalesign::sources#l7)\].
    fn check_path(&self, path: &str) -> Result<(), Invalid> {
        if path.ends_with('/') { Ok(()) } else { Err(Invalid::new("the path has to end with `/`")) }
    }

    fn authorise(&self, headers: &mut HeaderMap) {
        headers.insert(AUTHORIZATION, self.authorization.clone());
        if let Some(organisation) = &self.organisation {
            headers.insert(ORGANISATION, organisation.clone());
        }
    }

    /// Refusals name what they refuse: `{"document": {"name": ["This field is required."]}}`. There are no codes.
    fn explain(&self, answer: &Answer) -> Explanation {
        let refusal = super::FieldErrors::read(&answer.body);
        let members = refusal.iter().flat_map(super::FieldErrors::iter);
        Explanation::default()
            .pointing_at(members.map(|error| format!("{}.{}", error.resource, error.member)))
    }
}

/// A JSON text, read leniently.
pub(super) fn json(body: &[u8]) -> Option<Value> {
    runtime::decode(body).ok()
}
