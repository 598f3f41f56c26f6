//! A workflow, step by step. Which step may come next is a matter of types.

use super::client::Client;
use super::profile::IdPlace;
use super::progress::{Done, Progress};
use super::step::Step;
use crate::runtime::{Answer, Effect, Error, ErrorKind, Explanation, Invalid, Link};
use http::StatusCode;
use serde::Serialize;
use std::fmt;
use std::marker::PhantomData;

/// A workflow that is being put together: the steps in SIGN8's order \[[S](crate::sign8::sources#s)\], and no way to
/// leave out one that is needed.
///
/// A body is made by a closure, which is given the [`Progress`] so far and with it the ids of the earlier steps. What is
/// in a body is for the reference to say; what is here is made up. Ids in paths are filled in: of several files or
/// signers, the last one.
///
/// ```
/// use countersign::Error;
/// use countersign::sign8::{Client, Progress, SigningLink, Step};
/// use serde_json::json;
///
/// async fn send(sign8: &Client, progress: &mut Progress) -> Result<Vec<SigningLink>, Error> {
///     let workflow = sign8.workflow(progress).add_workflow(|_| json!({ "made_up_title": "Contract" })).await?;
///     let workflow = workflow.add_file(|_| json!({ "made_up_name": "contract.pdf" })).await?;
///     let workflow = workflow.add_signer(|_| json!({ "made_up_mail": "ada@example.com" })).await?;
///     let workflow = workflow.add_signature(|ids| json!({ "made_up_file": ids.id(Step::AddFile) })).await?;
///     workflow.finish()
/// }
/// ```
///
/// After a failure `progress` says which steps are done. Run the same again with it, from the start: what is done is
/// passed over without a call and without making its body, and the first step that is not done is sent. So the calls have
/// to come in the same order; where they differ from what `progress` says, nothing is sent.
///
/// A step that may have happened is not sent again. It stays [`unsettled`](Progress::unsettled), and the workflow goes no
/// further, until the application says what became of it: [`settle_as_done`](Progress::settle_as_done),
/// [`settle_as_not_done`](Progress::settle_as_not_done).
///
/// Every signer is followed by a signature; more of them may follow. A reference that wants another order is served by
/// [`Client::step`].
///
/// A step that was left out does not compile. Here nobody signs:
///
/// ```compile_fail,E0599
/// # use countersign::{Error, sign8::{Client, Progress, SigningLink}};
/// # use serde_json::json;
/// async fn send(sign8: &Client, progress: &mut Progress) -> Result<Vec<SigningLink>, Error> {
///     let workflow = sign8.workflow(progress).add_workflow(|_| json!({})).await?;
///     let workflow = workflow.add_file(|_| json!({})).await?;
///     workflow.finish()
/// }
/// ```
///
/// And here a signer has no signature:
///
/// ```compile_fail,E0599
/// # use countersign::{Error, sign8::{Client, Progress, SigningLink}};
/// # use serde_json::json;
/// async fn send(sign8: &Client, progress: &mut Progress) -> Result<Vec<SigningLink>, Error> {
///     let workflow = sign8.workflow(progress).add_workflow(|_| json!({})).await?;
///     let workflow = workflow.add_file(|_| json!({})).await?;
///     let workflow = workflow.add_signer(|_| json!({})).await?;
///     workflow.add_signer(|_| json!({})).await?.add_signature(|_| json!({})).await?.finish()
/// }
/// ```
#[must_use = "a workflow is complete when `finish` can be called"]
pub struct Workflow<'a, S> {
    client: Client,
    progress: &'a mut Progress,
    store: Option<Store<'a>>,
    /// How many of the steps that are done were passed.
    passed: usize,
    state: PhantomData<S>,
}

type Store<'a> = Box<dyn FnMut(&Progress) -> std::io::Result<()> + Send + 'a>;

impl<S> fmt::Debug for Workflow<'_, S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Workflow").field("progress", &self.progress).finish_non_exhaustive()
    }
}

/// What a [`Workflow`] needs next.
pub mod state {
    /// It does not exist yet.
    #[derive(Debug)]
    pub enum NeedsWorkflow {}
    /// It has no document.
    #[derive(Debug)]
    pub enum NeedsFile {}
    /// It has a document and nobody who signs.
    #[derive(Debug)]
    pub enum NeedsSigner {}
    /// Its last signer has no signature.
    #[derive(Debug)]
    pub enum NeedsSignature {}
    /// It has all that is needed.
    #[derive(Debug)]
    pub enum Complete {}
}

/// A link that came with a step.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SigningLink {
    /// The step whose answer had it.
    pub step: Step,
    /// The id in the same answer.
    pub id: Option<String>,
    /// The link. Whoever has it can open the workflow, and perhaps sign.
    pub link: Link,
}

impl<'a> Workflow<'a, state::NeedsWorkflow> {
    pub(super) fn new(client: Client, progress: &'a mut Progress) -> Self {
        Self { client, progress, store: None, passed: 0, state: PhantomData }
    }

    /// Creates the workflow.
    ///
    /// # Errors
    ///
    /// As [`StepCall::send`](super::StepCall::send), and so with every other step. Of kind `InvalidRequest`, with nothing
    /// sent, if the progress has another step at this place or an unsettled one. Of kind `Unreadable` if the answer has
    /// no id where the profile says.
    pub async fn add_workflow<T: Serialize>(
        self,
        body: impl FnOnce(&Progress) -> T,
    ) -> Result<Workflow<'a, state::NeedsFile>, Error> {
        self.take(Step::AddWorkflow, body).await
    }
}

/// Documents are added before signers.
macro_rules! step {
    ($($from:ident: $method:ident($step:ident) -> $to:ident, $about:literal;)*) => {$(
        impl<'a> Workflow<'a, state::$from> {
            #[doc = $about]
            ///
            /// # Errors
            ///
            /// As [`add_workflow`](Workflow::add_workflow).
            pub async fn $method<T: Serialize>(
                self,
                body: impl FnOnce(&Progress) -> T,
            ) -> Result<Workflow<'a, state::$to>, Error> {
                self.take(Step::$step, body).await
            }
        }
    )*};
}

step! {
    NeedsFile: add_file(AddFile) -> NeedsSigner, "Adds the first document.";
    NeedsSigner: add_file(AddFile) -> NeedsSigner, "Adds one more document.";
    NeedsSigner: add_signer(AddSigner) -> NeedsSignature, "Adds the first who is to sign.";
    NeedsSignature: add_signature(AddSignature) -> Complete, "Adds a signature of the last signer.";
    Complete: add_signer(AddSigner) -> NeedsSignature, "Adds one more who is to sign.";
    Complete: add_signature(AddSignature) -> Complete, "Adds one more signature of the last signer.";
    Complete: add_annotation(AddAnnotation) -> Complete, "Adds an annotation. None is needed.";
}

impl Workflow<'_, state::Complete> {
    /// Says that this was all, and returns the links that came with the steps. There are none if the profile names no
    /// place for them, or if the steps were done before the progress was stored.
    ///
    /// Nothing is sent. Whether SIGN8 needs one more call that starts the workflow is not documented.
    ///
    /// # Errors
    ///
    /// The progress has a step that was not called, or an unsettled one.
    pub fn finish(self) -> Result<Vec<SigningLink>, Error> {
        if let Some(next) = self.progress.done().get(self.passed) {
            return Err(differs(next.step, "it is done, and was not called this time"));
        }
        self.is_settled()?;
        let links = self.progress.done().iter().filter_map(|done| {
            Some(SigningLink { step: done.step, id: done.id.clone(), link: done.link.clone()? })
        });
        Ok(links.collect())
    }
}

impl<'a, S> Workflow<'a, S> {
    /// What is done so far: to be stored, or for the links.
    #[must_use]
    pub fn progress(&self) -> &Progress {
        self.progress
    }

    async fn take<T: Serialize, N>(
        mut self,
        step: Step,
        body: impl FnOnce(&Progress) -> T,
    ) -> Result<Workflow<'a, N>, Error> {
        let profile = self.client.profile();
        let place = profile.steps.get(&step).and_then(|step| step.id.as_ref());
        let has_id = matches!(place, Some(IdPlace::At(_)));
        match self.progress.done().get(self.passed) {
            Some(done) if done.step == step && done.id.is_none() && has_id => {
                let invalid =
                    Invalid::new("it has an id, and the progress does not know it; say it by `name`");
                return Err(Error::invalid(step.operation(), &invalid));
            }
            Some(done) if done.step == step => return Ok(self.pass()),
            Some(done) => {
                return Err(differs(step, &format!("the progress has `{}` at this place", done.step)));
            }
            None => self.is_settled()?,
        }
        let mut call = self.client.step(step, body(self.progress));
        for earlier in Step::ALL {
            if let Some(id) = self.progress.id(earlier) {
                call = call.id(earlier, id);
            }
        }
        // Said before it is sent: if this future is dropped on the way, nobody knows.
        self.progress.begin(step);
        if let Err(error) = self.stored(step) {
            self.progress.fail(Effect::None);
            return Err(error);
        }
        let reply = match call.send_reply().await {
            Ok(reply) => reply,
            Err(error) => return Err(self.failed(step, error)),
        };
        let id = self.client.profile().id_in(step, reply.value());
        if id.is_none() && has_id {
            let detail = "the answer has no id where the profile says";
            let error = step.operation().failed(ErrorKind::Unreadable, detail);
            let status = StatusCode::from_u16(reply.status()).unwrap_or_default();
            let answer = Answer { status, headers: reply.headers().clone(), body: reply.body().clone() };
            let error = error.with_answer(&answer, Explanation::default());
            return Err(self.failed(step, error.with_effect(Effect::Done).with_attempts(reply.attempts())));
        }
        let link = self.client.profile().link_in(step, reply.value());
        self.progress.record(Done { step, id, link });
        self.stored(step).map_err(|error| error.with_effect(Effect::Done))?;
        Ok(self.pass())
    }

    fn pass<N>(self) -> Workflow<'a, N> {
        let Self { client, progress, store, passed, .. } = self;
        Workflow { client, progress, store, passed: passed + 1, state: PhantomData }
    }

    /// Has the progress stored by `store` before each step is sent, and after its answer, a refusal included. So a step that
    /// was under way when the process was killed is known to be unsettled, and one that was refused, or for which no connection
    /// could be made, is not: whoever begins again sends it. If storing fails, the step is not sent, or not gone on from; after a
    /// refusal the error is the refusal, and says that the store does not know of it.
    pub fn storing(self, store: impl FnMut(&Progress) -> std::io::Result<()> + Send + 'a) -> Self {
        Self { store: Some(Box::new(store)), ..self }
    }

    /// Takes in what a failure says of the step that was sent, and stores it: the store says that nobody knows, and what
    /// certainly did not happen must not stop whoever begins again.
    fn failed(&mut self, step: Step, error: Error) -> Error {
        self.progress.fail(error.effect());
        let holds = match error.effect() {
            // As it was stored before.
            Effect::Unknown => return error,
            Effect::None => {
                "that it did not happen could not be stored; where the progress is stored, it says that nobody knows: \
                 `settle_as_not_done` settles it"
            }
            Effect::Done => {
                "that it happened could not be stored; where the progress is stored, it says that nobody knows"
            }
        };
        match self.stored(step) {
            Ok(()) => error,
            Err(_) => error.adding(holds),
        }
    }

    fn stored(&mut self, step: Step) -> Result<(), Error> {
        let Some(store) = &mut self.store else { return Ok(()) };
        store(self.progress).map_err(|error| {
            let failed = step.operation().failed(ErrorKind::Local, "the progress could not be stored");
            failed.with_source(error)
        })
    }

    fn is_settled(&self) -> Result<(), Error> {
        let Some(unsettled) = self.progress.unsettled() else { return Ok(()) };
        let known = if unsettled.happened { "it happened, and its id" } else { "whether it happened" };
        let invalid = Invalid::new(format!("{known} is not known; settle it in the progress first"));
        Err(Error::invalid(unsettled.step.operation(), &invalid).with_effect(unsettled.effect()))
    }
}

/// The calls are not those that the progress was made by.
fn differs(step: Step, how: &str) -> Error {
    let invalid = Invalid::new(format!("{how}; go on with the calls in the order of the first time"));
    Error::invalid(step.operation(), &invalid)
}
