//! The client: the profile, and the credential that goes with it.

use super::profile::{CredentialForm, Findings, Profile};
use super::progress::Progress;
use super::provider::Sign8;
use super::step::{Step, StepCall};
use super::workflow::{Workflow, state};
use crate::runtime::{self, Core, Error, Secret, SecretError, Settings, Variables};
use http::{HeaderValue, Method};
use serde::Serialize;

/// A client of SIGN8's Workflow API. Cheap to clone; clones share connections and the retry budget.
///
/// ```
/// # #[cfg(feature = "rustls")]
/// # fn example(json: &str) -> Result<(), countersign::Error> {
/// use countersign::sign8;
///
/// let profile = sign8::Profile::from_json(json)?;
/// let sign8 = sign8::Client::builder().profile(profile).api_key("the credential").build()?;
/// # let _ = sign8;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Client {
    core: Core<Sign8>,
}

/// Builds a [`Client`].
pub type ClientBuilder = runtime::ClientBuilder<Setup>;

/// A call that no document knows yet, made by [`Client::request`].
pub type CustomCall = runtime::CustomCall<Sign8>;

impl Client {
    /// Starts building a client. Profile and credential have to be given.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// A client from `SIGN8_PROFILE`, the path of a JSON file that holds a [`Profile`], `SIGN8_API_KEY`, which can be a
    /// file as well (`SIGN8_API_KEY_FILE`), and `SIGN8_BASE_URL`, which goes before that of the profile.
    ///
    /// # Errors
    ///
    /// A variable is missing or unusable, or the profile is; the error names what.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    /// What the client was built from.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        self.core.provider().profile()
    }

    /// Makes one step: a `POST` to the path that the profile names, with a body that is written as a JSON object. What is
    /// in it is for the reference to say; here it is made up.
    ///
    /// [`workflow`](Self::workflow) takes the steps in their order and remembers their ids.
    ///
    /// ```
    /// # async fn example(sign8: &countersign::sign8::Client) -> Result<(), countersign::Error> {
    /// use countersign::sign8::Step;
    /// use serde_json::json;
    ///
    /// let answer = sign8.step(Step::AddWorkflow, json!({ "made_up_title": "Contract" })).send().await?;
    /// let workflow = sign8.profile().id_in(Step::AddWorkflow, &answer).unwrap_or_default();
    /// let file = sign8.step(Step::AddFile, json!({ "made_up_name": "contract.pdf" }));
    /// file.id(Step::AddWorkflow, workflow).send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn step(&self, step: Step, body: impl Serialize) -> StepCall {
        StepCall::new(self.core.clone(), step, body)
    }

    /// Takes the steps of a workflow in their order, and goes on where `progress` says. See [`Workflow`].
    pub fn workflow<'a>(&self, progress: &'a mut Progress) -> Workflow<'a, state::NeedsWorkflow> {
        Workflow::new(self.clone(), progress)
    }

    /// Calls something that the reference has and this client does not know: `path` begins with a slash.
    ///
    /// ```
    /// # async fn example(sign8: &countersign::sign8::Client) -> Result<(), countersign::Error> {
    /// use countersign::http::Method;
    ///
    /// let answer = sign8.request(Method::GET, "/made-up").query("limit", "1").repeatable().send().await?;
    /// # let _ = answer;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, path: impl Into<String>) -> CustomCall {
        CustomCall::new(self.core.clone(), method, path.into())
    }
}

impl ClientBuilder {
    /// Where things are at SIGN8.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.setup.profile = Some(profile);
        self
    }

    /// The credential alone; the profile says in which header and behind which word it is sent.
    pub fn api_key(mut self, key: impl Into<String>) -> Self {
        self.setup.key = Some(Secret::issued(key));
        self
    }
}

/// What SIGN8 adds to the builder.
#[derive(Default)]
pub struct Setup {
    profile: Option<Profile>,
    key: Option<Result<Secret, SecretError>>,
}

impl std::fmt::Debug for Setup {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Setup").finish_non_exhaustive()
    }
}

impl runtime::Setup for Setup {
    type Client = Client;
    const PROVIDER: &'static str = "sign8";
    const BASE_URL: Option<&'static str> = None;

    fn read(&mut self, variables: &Variables<'_>) -> Result<(), Error> {
        let key = variables.get("API_KEY")?;
        let path = variables.get("PROFILE")?;
        let given = [("API_KEY", key.is_some()), ("PROFILE", path.is_some())];
        let missing = given.into_iter().filter(|(_, given)| !given);
        let missing = missing.map(|(name, _)| variables.name(name)).collect::<Vec<_>>().join(", ");
        if !missing.is_empty() {
            let detail = format!("not set in the environment: {missing}");
            return Err(Error::configuration(Self::PROVIDER, detail));
        }
        self.key = key.map(Secret::issued);
        if let Some(path) = path {
            let json = std::fs::read(path).map_err(|error| {
                let detail = format!("the file that {} names cannot be read", variables.name("PROFILE"));
                Error::configuration(Self::PROVIDER, detail).with_source(error)
            })?;
            self.profile = Some(Profile::from_json(json)?);
        }
        Ok(())
    }

    fn build(self, settings: Settings) -> Result<Client, Error> {
        let wrong = |detail: &str| Error::configuration(Self::PROVIDER, detail);
        let profile = self.profile.ok_or_else(|| {
            wrong("no profile was given; SIGN8's reference is not public, so nothing of it is known here")
        })?;
        let settings = settings.or_base_url(profile.base_url.as_deref());
        let routes = match profile.read() {
            Ok(routes) if settings.has_base_url() => routes,
            read => {
                let findings = read.err().unwrap_or_else(Findings::default);
                return Err(findings.without_base_url(!settings.has_base_url()).into_error());
            }
        };
        let unusable = |error: SecretError| wrong(&format!("the API key cannot be used: {error}"));
        let key = self.key.ok_or_else(|| wrong("no API key was given"))?.map_err(unusable)?;
        let mut credential = match &profile.credential.form {
            Some(CredentialForm::Scheme(scheme)) => {
                let word = key.expose().split(' ').next().unwrap_or_default();
                if word.eq_ignore_ascii_case(scheme) {
                    return Err(wrong("the API key begins with the scheme; give it without that word"));
                }
                HeaderValue::try_from(format!("{scheme} {}", key.expose()))
            }
            _ => HeaderValue::try_from(key.expose()),
        };
        if let Ok(credential) = &mut credential {
            credential.set_sensitive(true);
        }
        let credential = credential.map_err(|_| wrong("no valid header can be made of the API key"))?;
        let provider = Sign8::new(credential, profile, routes);
        Ok(Client { core: Core::new(Self::PROVIDER, provider, settings)? })
    }
}
