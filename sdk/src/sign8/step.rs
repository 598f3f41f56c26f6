//! The five steps, and the call that makes one of them.

use super::FreeAnswer;
use super::generated::{ADD_ANNOTATION, ADD_FILE, ADD_SIGNATURE, ADD_SIGNER, ADD_WORKFLOW};
use super::provider::Sign8;
use crate::runtime::generated::{CallOptions, Json, Request, call, call_options};
use crate::runtime::{Core, Error, Invalid, Operation, Reply};
use http::header::ACCEPT;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// A step of a workflow, in the order in which SIGN8 names them \[[S](crate::sign8::sources#s)\].
///
/// In a [`Profile`](super::Profile) it is written as the operation: `add_workflow`, `add_file` and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Step {
    /// Creates the workflow.
    AddWorkflow,
    /// Adds a document; there has to be one at least.
    AddFile,
    /// Adds somebody who is to sign.
    AddSigner,
    /// Adds a signature that is to be given: presumably who signs what, where and at which level.
    AddSignature,
    /// Adds an annotation; the only one that is optional.
    AddAnnotation,
}

impl Step {
    /// All of them, in order.
    pub const ALL: [Self; 5] =
        [Self::AddWorkflow, Self::AddFile, Self::AddSigner, Self::AddSignature, Self::AddAnnotation];

    /// Its row in the table of operations. The path there is a placeholder, which is never sent.
    #[must_use]
    pub fn operation(self) -> &'static Operation {
        match self {
            Self::AddWorkflow => &ADD_WORKFLOW,
            Self::AddFile => &ADD_FILE,
            Self::AddSigner => &ADD_SIGNER,
            Self::AddSignature => &ADD_SIGNATURE,
            Self::AddAnnotation => &ADD_ANNOTATION,
        }
    }

    /// The name that stands for its id in the paths of later steps: `{workflowId}` and so on. It is this SDK's, and says
    /// nothing about what SIGN8 calls that id.
    #[must_use]
    pub fn placeholder(self) -> &'static str {
        match self {
            Self::AddWorkflow => "workflowId",
            Self::AddFile => "fileId",
            Self::AddSigner => "signerId",
            Self::AddSignature => "signatureId",
            Self::AddAnnotation => "annotationId",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.operation().id)
    }
}

/// The call of one step, made by [`Client::step`](super::Client::step). `Debug` shows neither body nor ids.
#[derive(Clone)]
#[must_use = "nothing is sent before `send` is awaited"]
pub struct StepCall {
    core: Core<Sign8>,
    step: Step,
    /// `None` if what was given is no JSON object.
    body: Option<Value>,
    ids: BTreeMap<Step, String>,
    options: CallOptions,
}

impl StepCall {
    pub(super) fn new(core: Core<Sign8>, step: Step, body: impl Serialize) -> Self {
        let body = serde_json::to_value(body).ok().filter(Value::is_object);
        Self { core, step, body, ids: BTreeMap::new(), options: CallOptions::default() }
    }

    /// The id that an earlier step returned. It goes to its place in the path, if the profile has one there.
    pub fn id(mut self, step: Step, id: impl Into<String>) -> Self {
        self.ids.insert(step, id.into());
        self
    }

    call_options!();

    /// Makes the call and returns the answer as it came.
    ///
    /// # Errors
    ///
    /// See [`Error`]. If [`effect`](Error::effect) is not `None`, the step may have happened, and making it again may have
    /// it twice. Of kind `Unreadable` if the answer is no JSON object; where the profile expects neither an id nor a link,
    /// an empty answer counts as an empty object.
    pub async fn send(self) -> Result<FreeAnswer, Error> {
        Ok(self.send_reply().await?.into_value())
    }

    /// Makes the call and returns the answer with status, headers, attempts and raw bytes.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn send_reply(self) -> Result<Reply<FreeAnswer>, Error> {
        let operation = self.step.operation();
        call::<_, Json<FreeAnswer>>(&self.core, operation, self.request(), &self.options).await
    }

    fn request(&self) -> Result<Request, Invalid> {
        let body = self.body.as_ref().ok_or_else(|| Invalid::new("the body has to be a JSON object"))?;
        let path = self.core.provider().path(self.step, |step| self.ids.get(&step).map(String::as_str))?;
        let url = format!("{}{path}", self.core.base());
        let request = self.core.http().post(&url).header(ACCEPT, "application/json").json(body).build()?;
        if request.url().as_str() != url {
            return Err(Invalid::new("an id would change the path of the call"));
        }
        Ok(Request::new(request))
    }
}

impl fmt::Debug for StepCall {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("StepCall").field("step", &self.step).finish_non_exhaustive()
    }
}
