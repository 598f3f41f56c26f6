//! What the server keeps.

use crate::mock::clock::Clock;
use crate::mock::outbox::{Addressed, Outbox};
use crate::mock::{id, lock};
use crate::runtime::Secret;
use crate::sign8::{Profile, Routes, Step};
use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, MutexGuard};

/// A workflow, by the ids of its parts. Bodies are not kept; see the [requests](super::Server::requests).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Workflow {
    /// Its own id.
    pub id: String,
    /// Its documents, in order.
    pub files: Vec<String>,
    /// Those who are to sign, in order.
    pub signers: Vec<String>,
    /// The signatures that are to be given, in order.
    pub signatures: Vec<String>,
    /// Its annotations, in order.
    pub annotations: Vec<String>,
    /// How it ended, if it did.
    pub end: Option<End>,
}

/// How a workflow ended without being completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// Somebody refused to sign.
    Refused,
    /// The time was over.
    Expired,
}

impl End {
    /// The last segment of what is added to the URL of the webhook. That of an expiry is inferred by analogy.
    fn name(self) -> &'static str {
        match self {
            Self::Refused => "workflowRefused",
            Self::Expired => "workflowExpired",
        }
    }
}

/// Why a workflow cannot end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EndError {
    /// There is no such workflow.
    UnknownWorkflow,
    /// It has ended already.
    EndedBefore,
}

impl fmt::Display for EndError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::UnknownWorkflow => "there is no such workflow",
            Self::EndedBefore => "the workflow has ended already",
        })
    }
}

impl std::error::Error for EndError {}

/// Where callbacks go, and the organisation that they name.
struct Webhook {
    url: String,
    organisation: String,
}

impl Workflow {
    fn ids(&self, step: Step) -> &[String] {
        match step {
            Step::AddWorkflow => std::slice::from_ref(&self.id),
            Step::AddFile => &self.files,
            Step::AddSigner => &self.signers,
            Step::AddSignature => &self.signatures,
            Step::AddAnnotation => &self.annotations,
        }
    }

    /// Whether any of its ids is among these.
    fn is_named_by(&self, names: &BTreeSet<&str>) -> bool {
        Step::ALL.into_iter().any(|step| self.ids(step).iter().any(|id| names.contains(id.as_str())))
    }

    /// What has to come before a step and is not there.
    fn lacks(&self, step: Step) -> Option<Step> {
        let before = match step {
            Step::AddWorkflow | Step::AddFile => return None,
            Step::AddSigner => Step::AddFile,
            Step::AddSignature => Step::AddSigner,
            Step::AddAnnotation => Step::AddSignature,
        };
        self.ids(before).is_empty().then_some(before)
    }

    fn add(&mut self, step: Step, id: String) {
        match step {
            Step::AddWorkflow => self.id = id,
            Step::AddFile => self.files.push(id),
            Step::AddSigner => self.signers.push(id),
            Step::AddSignature => self.signatures.push(id),
            Step::AddAnnotation => self.annotations.push(id),
        }
    }
}

pub(super) struct State {
    pub(super) profile: Profile,
    pub(super) routes: Routes,
    pub(super) key: Secret,
    pub(super) clock: Clock,
    pub(super) outbox: Outbox,
    webhook: Mutex<Option<Webhook>>,
    workflows: Mutex<Vec<Workflow>>,
}

/// Why a step is refused.
pub(super) enum Refusal {
    UnknownId,
    NoWorkflow,
    Ended,
    Order(Step),
}

impl State {
    pub(super) fn new(profile: Profile, routes: Routes, key: Secret, outbox: Outbox) -> Self {
        let (clock, webhook, workflows) = (Clock::default(), Mutex::default(), Mutex::default());
        Self { profile, routes, key, clock, outbox, webhook, workflows }
    }

    pub(super) fn workflows(&self) -> Vec<Workflow> {
        self.lock().clone()
    }

    /// Does a step and returns its id. `in_path` are the ids in the path, `in_body` all texts in the body.
    pub(super) fn step(
        &self,
        step: Step,
        in_path: &[(Step, String)],
        in_body: &BTreeSet<&str>,
    ) -> Result<String, Refusal> {
        let id =
            id::ulid(&format!("made_up_{}_", step.placeholder().trim_end_matches("Id")), self.clock.now());
        let mut workflows = self.lock();
        if step == Step::AddWorkflow {
            workflows.push(Workflow { id: id.clone(), ..Workflow::default() });
            return Ok(id);
        }
        let has_ids = |workflow: &Workflow| {
            in_path.iter().all(|(step, id)| workflow.ids(*step).iter().any(|known| known == id))
        };
        let is_meant = |workflow: &&mut Workflow| match in_path {
            [] => workflow.is_named_by(in_body),
            _ => has_ids(workflow),
        };
        let mut meant = workflows.iter_mut().filter(is_meant);
        let none = || if in_path.is_empty() { Refusal::NoWorkflow } else { Refusal::UnknownId };
        let workflow = meant.next().ok_or_else(none)?;
        if meant.next().is_some() {
            return Err(Refusal::NoWorkflow);
        }
        if workflow.end.is_some() {
            return Err(Refusal::Ended);
        }
        if let Some(missing) = workflow.lacks(step) {
            return Err(Refusal::Order(missing));
        }
        workflow.add(step, id.clone());
        Ok(id)
    }

    pub(super) fn set_webhook(&self, url: String, organisation: String) {
        *lock(&self.webhook) = Some(Webhook { url, organisation });
    }

    pub(super) fn end(&self, id: &str, end: End) -> Result<(), EndError> {
        let mut workflows = self.lock();
        let workflow = workflows.iter_mut().find(|workflow| workflow.id == id);
        let workflow = workflow.ok_or(EndError::UnknownWorkflow)?;
        if workflow.end.is_some() {
            return Err(EndError::EndedBefore);
        }
        workflow.end = Some(end);
        if let Some(Webhook { url, organisation }) = &*lock(&self.webhook) {
            let url = format!("{}/api/workflow/{}", url.trim_end_matches('/'), end.name());
            let request = self.outbox.unknown().with_header("organisation_id", organisation);
            self.outbox.add(Addressed::new(organisation, end.name(), &url, request));
        }
        Ok(())
    }

    pub(super) fn due(&self) -> Vec<Addressed> {
        self.outbox.take()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Workflow>> {
        lock(&self.workflows)
    }
}
