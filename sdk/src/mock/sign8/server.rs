//! The server as tests see it.

use super::api;
use super::state::{End, EndError, State, Workflow};
use crate::mock::Setup;
use crate::mock::controls::controls;
use crate::mock::outbox::delivers;
use crate::mock::server::{Running, Service};
use crate::runtime::Secret;
use crate::sign8::{Client, ClientBuilder, CredentialForm, IdPlace, OPERATIONS, Profile, Step, StepProfile};
use std::io;
use std::sync::Arc;

/// Documents of 32 MiB and what is around them, in base64.
const LARGEST_BODY: usize = 48 * 1024 * 1024;

/// A mock of the SIGN8 that a profile describes, on a port of its own, with one credential. It stops when it is dropped.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// use countersign::mock::sign8::Server;
/// use countersign::sign8::Step;
/// use serde_json::json;
///
/// let server = Server::start().await?;
/// let client = server.client()?;
/// let answer = client.step(Step::AddWorkflow, json!({})).send().await?;
/// let workflow = client.profile().id_in(Step::AddWorkflow, &answer).unwrap_or_default();
///
/// // Nobody can sign what is not there yet.
/// let early = client.step(Step::AddSigner, json!({})).id(Step::AddWorkflow, &workflow).send().await;
/// assert_eq!(early.unwrap_err().status(), Some(409));
/// assert!(server.workflow(&workflow).is_some_and(|workflow| workflow.signers.is_empty()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Server {
    pub(super) state: Arc<State>,
    running: Running,
}

controls!(Server, Client);
delivers!(Server, with unknown content);

impl Server {
    /// Starts a server with the made-up [`profile()`], that delivers to this machine only.
    ///
    /// # Errors
    ///
    /// The system gives no port, or no HTTP client can be made.
    pub async fn start() -> io::Result<Self> {
        Self::start_with(profile(), Setup::new()).await
    }

    /// Starts a server with a profile of your own, whose base URL is not used; on a port, with a credential by a seed, and so
    /// on.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), or the port is taken; or the profile is not complete, or two of its steps could have the
    /// same path, which is how the mock tells them apart.
    pub async fn start_with(profile: Profile, setup: Setup) -> io::Result<Self> {
        let unusable = |problem: String| io::Error::new(io::ErrorKind::InvalidInput, problem);
        let routes = profile.read().map_err(|findings| unusable(findings.into_error().to_string()))?;
        if let Some((one, other)) = api::overlap(&routes) {
            return Err(unusable(format!("the paths of {one} and {other} can be the same")));
        }
        let key = Secret::issued(format!("made-up-{}", setup.ids().uuid())).map_err(io::Error::other)?;
        let state = Arc::new(State::new(profile, routes, key, setup.outbox()?));
        let path = |id: &str| {
            let step = Step::ALL.into_iter().find(|step| step.operation().id == id)?;
            state.profile.steps.get(&step)?.path.clone()
        };
        let service = Service::new(OPERATIONS, api::router(Arc::clone(&state)));
        let service = service.at(|operation| path(operation.id)).with_bodies_up_to(LARGEST_BODY);
        let service = service.with_clock(&state.clock);
        let running = setup.open().await?.serve(service);
        Ok(Self { state, running })
    }

    /// Starts building a client of this server, with its profile and its credential.
    pub fn client_builder(&self) -> ClientBuilder {
        let builder = Client::builder().base_url(self.base_url()).without_system_proxy();
        builder.profile(self.profile().clone()).api_key(self.api_key())
    }

    /// The profile that is served.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.state.profile
    }

    /// The credential.
    #[must_use]
    pub fn api_key(&self) -> &str {
        self.state.key.expose()
    }

    /// A workflow, as far as it has come.
    #[must_use]
    pub fn workflow(&self, id: impl AsRef<str>) -> Option<Workflow> {
        self.state.workflows().into_iter().find(|workflow| workflow.id == id.as_ref())
    }

    /// All workflows, oldest first.
    #[must_use]
    pub fn workflows(&self) -> Vec<Workflow> {
        self.state.workflows()
    }

    /// Where callbacks go from now on, and the organisation that they name. SIGN8 adds a path of its own to the URL. Without
    /// this there are none.
    pub fn set_webhook(&self, url: impl Into<String>, organisation: impl Into<String>) {
        self.state.set_webhook(url.into(), organisation.into());
    }

    /// Somebody refuses to sign. The callback is [due](Self::deliver_due) then.
    ///
    /// # Errors
    ///
    /// There is no such workflow, or it has ended.
    pub fn refuse(&self, workflow: impl AsRef<str>) -> Result<(), EndError> {
        self.state.end(workflow.as_ref(), End::Refused)
    }

    /// A workflow reaches the date when it expires, which the mock does not know: its member is not public. The callback is
    /// [due](Self::deliver_due) then.
    ///
    /// # Errors
    ///
    /// There is no such workflow, or it has ended.
    pub fn expire(&self, workflow: impl AsRef<str>) -> Result<(), EndError> {
        self.state.end(workflow.as_ref(), End::Expired)
    }
}

/// A profile for tests and examples. Everything in it is made up and says so; SIGN8 has none of it.
#[must_use]
pub fn profile() -> Profile {
    let step = |path: &str, id: &str| {
        let path = format!("/made-up/workflows{path}");
        StepProfile::new(path, IdPlace::At(format!("/made_up/{id}")))
    };
    Profile::default()
        .base_url("https://sign8.invalid")
        .credential("X-Made-Up-Key", CredentialForm::Bare)
        .step(Step::AddWorkflow, step("", "workflow"))
        .step(Step::AddFile, step("/{workflowId}/files", "file"))
        .step(Step::AddSigner, step("/{workflowId}/signers", "signer").link("/made_up/link"))
        .step(Step::AddSignature, step("/{workflowId}/signers/{signerId}/signatures", "signature"))
        .step(Step::AddAnnotation, step("/{workflowId}/annotations", "annotation"))
}
