//! How far a workflow has come. It can be stored, and gone on from.

use super::step::Step;
use crate::runtime::{Effect, Link};
use serde::{Deserialize, Serialize};

/// The steps of a workflow that are done, and the one of which nobody knows.
///
/// It belongs to the application, which lends it to [`Client::workflow`](super::Client::workflow). So it is there after
/// a failure, and after the future of a step was dropped. It can be stored as JSON between two runs; only links are left
/// out then, since they work for whoever has them.
///
/// Store it after each step, also if it failed; [`Workflow::storing`](super::Workflow::storing) does so before each step as
/// well. What a process that was killed in the middle of a step had not stored, it does not tell.
///
/// ```
/// use countersign::sign8::{Progress, Step};
///
/// let stored = r#"{"done":[{"step":"add_workflow","id":"w-1"}],"unsettled":{"step":"add_file","happened":false}}"#;
/// let mut progress: Progress = serde_json::from_str(stored)?;
/// assert_eq!(progress.id(Step::AddWorkflow), Some("w-1"));
///
/// // Nobody knows whether the file was added. Somebody has looked it up in the web app: it was.
/// assert_eq!(progress.unsettled().map(|unsettled| unsettled.step), Some(Step::AddFile));
/// progress.settle_as_done(Some("f-1".to_owned()));
/// assert_eq!(progress.ids(Step::AddFile).collect::<Vec<_>>(), ["f-1"]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    done: Vec<Done>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unsettled: Option<Unsettled>,
}

/// A step that is done.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Done {
    /// Which one.
    pub step: Step,
    /// The id in its answer, if the profile names a place for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The link in its answer, if the profile names a place and the answer had one there. It is not stored.
    #[serde(skip)]
    pub link: Option<Link>,
}

/// A step that was sent, and whose result is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Unsettled {
    /// Which one.
    pub step: Step,
    /// Whether it certainly happened, so that only its id is not known. If not, it may have happened or not.
    pub happened: bool,
}

impl Unsettled {
    /// The same in the words of an error: `Done` or `Unknown`.
    #[must_use]
    pub fn effect(&self) -> Effect {
        if self.happened { Effect::Done } else { Effect::Unknown }
    }
}

impl Progress {
    /// The steps that are done, in order.
    #[must_use]
    pub fn done(&self) -> &[Done] {
        &self.done
    }

    /// The id of the last step of this kind that is done; `None` also if that one's id is not known.
    #[must_use]
    pub fn id(&self, step: Step) -> Option<&str> {
        self.done.iter().rev().find(|done| done.step == step)?.id.as_deref()
    }

    /// Says which id the last step of this kind gave, if that is not known. Returns whether it was missing.
    pub fn name(&mut self, step: Step, id: impl Into<String>) -> bool {
        let last = self.done.iter_mut().rev().find(|done| done.step == step);
        let nameless = last.filter(|done| done.id.is_none());
        nameless.is_some_and(|done| done.id.replace(id.into()).is_none())
    }

    /// The ids of all steps of this kind that are done, in order.
    pub fn ids(&self, step: Step) -> impl Iterator<Item = &str> {
        self.done.iter().filter(move |done| done.step == step).filter_map(|done| done.id.as_deref())
    }

    /// The step whose result is not known. Nothing more is sent before it is settled.
    #[must_use]
    pub fn unsettled(&self) -> Option<&Unsettled> {
        self.unsettled.as_ref()
    }

    /// Says that the unsettled step did happen, and which id it gave; [`name`](Self::name) can say that later. Returns
    /// whether there was one.
    pub fn settle_as_done(&mut self, id: Option<String>) -> bool {
        let settled = self.unsettled.take().map(|unsettled| Done { step: unsettled.step, id, link: None });
        let was_unsettled = settled.is_some();
        self.done.extend(settled);
        was_unsettled
    }

    /// Says that the unsettled step did not happen, or may happen twice: it is sent again. Returns whether there was one.
    pub fn settle_as_not_done(&mut self) -> bool {
        self.unsettled.take().is_some()
    }

    /// From now on nobody knows, until `record` or `fail` says it.
    pub(super) fn begin(&mut self, step: Step) {
        self.unsettled = Some(Unsettled { step, happened: false });
    }

    pub(super) fn record(&mut self, done: Done) {
        self.unsettled = None;
        self.done.push(done);
    }

    /// What a failure says of the step under way.
    pub(super) fn fail(&mut self, effect: Effect) {
        match effect {
            Effect::None => self.unsettled = None,
            Effect::Unknown => {}
            Effect::Done => {
                if let Some(unsettled) = &mut self.unsettled {
                    unsettled.happened = true;
                }
            }
        }
    }
}
