//! What an event says of documents and signers, and whether the API says the same.

use super::change::{Change, StatusChange};
use super::compare::{self, Verdict};
use super::confirm::Resource;
use super::event::Event;
use super::realtime::{DocumentData, RealtimeEvent, RecipientData};
use crate::legalesign::{
    Client, Document, DocumentId, DocumentStatus, DocumentUri, GroupId, GroupUri, SignerId, SignerStatus,
};
use crate::runtime::Error;
use crate::webhook::{Difference, Doubt};
use std::collections::HashMap;
use std::hash::Hash;

/// Something that an event says of one resource.
pub(super) enum Claim {
    Document {
        id: DocumentId,
        group: Option<GroupId>,
        labels: Labels,
        status: Status<DocumentStatus>,
    },
    Signer {
        id: SignerId,
        document: Option<DocumentId>,
        status: Status<SignerStatus>,
    },
    /// What cannot be looked up.
    Nothing,
}

/// What is said of a status.
pub(super) enum Status<S> {
    Is(Option<S>),
    /// Nothing, which is no reason to doubt the rest.
    Untold,
    /// Something that the API does not show.
    Unshown,
    /// The task is done: by signing, for those who sign. What the status of others is then is not documented.
    Completed,
}

/// How a document is called: its name and its tags.
#[derive(Default)]
pub(super) struct Labels([Option<String>; 4]);

impl Labels {
    fn told(name: Option<&String>, [tag, tag1, tag2]: [&Option<String>; 3]) -> Self {
        Self([name.cloned(), tag.clone(), tag1.clone(), tag2.clone()])
    }

    /// What is not told, or empty, is not compared.
    fn compare(&self, document: &Document) -> Verdict {
        let actual = [&document.name, &document.tag, &document.tag1, &document.tag2];
        let is_told = |told: &Option<String>| told.as_deref().is_some_and(|told| !told.is_empty());
        let mut told = self.0.iter().zip(actual).filter(|(told, _)| is_told(told));
        if told.all(|(told, actual)| told == actual) {
            Verdict::Agrees
        } else {
            Verdict::Differs(Difference::OtherName)
        }
    }
}

impl Claim {
    pub(super) fn of(event: &Event) -> Vec<Self> {
        match event {
            Event::Changes(changes) => Self::of_changes(changes),
            Event::Notice(notice) | Event::PlainNotice(notice) => vec![Self::Document {
                id: notice.document.clone(),
                group: notice.group.as_ref().and_then(GroupUri::id),
                labels: Labels::told(notice.name.as_ref(), [&notice.tag, &notice.tag1, &notice.tag2]),
                status: Status::Untold,
            }],
            Event::Realtime(realtime) => vec![Self::of_realtime(&realtime.event)],
        }
    }

    /// The last change of each resource; what is not known is left to doubt.
    pub(super) fn of_changes(changes: &[StatusChange]) -> Vec<Self> {
        let is_document = |change: &Change| match change {
            Change::Document { id, status } => Some((id.clone(), status.clone())),
            _ => None,
        };
        let is_signer = |change: &Change| match change {
            Change::Signer { id, status } => Some((id.clone(), status.clone())),
            _ => None,
        };
        let documents = last(changes, is_document).into_iter().map(|(id, status)| Self::Document {
            id,
            group: None,
            labels: Labels::default(),
            status: Status::Is(Some(status)),
        });
        let signers = last(changes, is_signer).into_iter().map(|(id, status)| Self::Signer {
            id,
            document: None,
            status: Status::Is(Some(status)),
        });
        let others = changes.iter().filter(|each| matches!(each.change, Change::Other(_)));
        documents.chain(signers).chain(others.map(|_| Self::Nothing)).collect()
    }

    fn of_realtime(event: &RealtimeEvent) -> Self {
        let document = |data: &DocumentData, least: Option<DocumentStatus>| match &data.id {
            Some(id) => Self::Document {
                id: id.clone(),
                group: data.group.as_ref().and_then(GroupUri::id),
                labels: Labels::told(data.name.as_ref(), data.tags.each_ref()),
                status: Status::Is(least.or_else(|| data.status.clone())),
            },
            None => Self::Nothing,
        };
        let recipient = |data: &RecipientData, status: Status<SignerStatus>| match &data.recipient.id {
            Some(id) => Self::Signer { id: id.clone(), document: data.document.clone(), status },
            None => Self::Nothing,
        };
        match event {
            RealtimeEvent::DocumentCreated(data) => document(data, None).or_untold(),
            RealtimeEvent::DocumentRejected(data) => document(data, Some(DocumentStatus::Rejected)),
            RealtimeEvent::DocumentFinalPdfCreated(data) => {
                document(data, Some(DocumentStatus::FinalPdfReady))
            }
            RealtimeEvent::RecipientCompleted(data) => recipient(data, Status::Completed),
            RealtimeEvent::RecipientRejected(data) => {
                recipient(data, Status::Is(Some(SignerStatus::Rejected)))
            }
            RealtimeEvent::RecipientEmailOpened(data) => {
                recipient(data, Status::Is(Some(SignerStatus::EmailOpened)))
            }
            RealtimeEvent::RecipientVisiting(data) => {
                recipient(data, Status::Is(Some(SignerStatus::Visited)))
            }
            RealtimeEvent::RecipientBounced(data) => recipient(data, Status::Unshown),
            RealtimeEvent::Unknown { .. } => Self::Nothing,
        }
    }

    /// Without a status there is nothing to compare but the place; that it was created is told by its being there.
    fn or_untold(self) -> Self {
        match self {
            Self::Document { id, group, labels, status: Status::Is(None) } => {
                Self::Document { id, group, labels, status: Status::Untold }
            }
            told => told,
        }
    }

    pub(super) async fn compare(self, client: &Client) -> Result<(Verdict, Option<Resource>), Error> {
        match self {
            Self::Document { id, group, labels, status } => {
                let document = match found(client.get_document(id).send().await)? {
                    Ok(document) => document,
                    Err(verdict) => return Ok((verdict, None)),
                };
                let actual = document.group.as_ref().and_then(GroupUri::id);
                let verdict = belongs(group, actual).and(labels.compare(&document));
                let verdict = verdict.and(status.of_document(document.status.clone()));
                Ok((verdict, Some(Resource::Document(Box::new(document)))))
            }
            Self::Signer { id, document, status } => {
                let signer = match found(client.get_signer(id).send().await)? {
                    Ok(signer) => signer,
                    Err(verdict) => return Ok((verdict, None)),
                };
                let actual = signer.document.as_ref().and_then(DocumentUri::id);
                let verdict = belongs(document, actual).and(status.of_signer(signer.status.clone()));
                Ok((verdict, Some(Resource::Signer(Box::new(signer)))))
            }
            Self::Nothing => Ok((Verdict::CannotTell(Doubt::NothingToCompare), None)),
        }
    }
}

impl<S> Status<S> {
    fn compare(self, compare: impl FnOnce(Option<S>) -> Verdict) -> Verdict {
        match self {
            Self::Is(claimed) => compare(claimed),
            Self::Untold => Verdict::Agrees,
            Self::Unshown | Self::Completed => Verdict::CannotTell(Doubt::NotShown),
        }
    }
}

impl Status<DocumentStatus> {
    fn of_document(self, actual: Option<DocumentStatus>) -> Verdict {
        self.compare(|claimed| compare::document(claimed, actual))
    }
}

impl Status<SignerStatus> {
    fn of_signer(self, actual: Option<SignerStatus>) -> Verdict {
        match (&self, &actual) {
            // Perhaps an approver has no more to do.
            (Self::Completed, Some(SignerStatus::FieldsCompleted)) => Verdict::CannotTell(Doubt::NotShown),
            (Self::Completed, _) => compare::signer(Some(SignerStatus::Signed), actual),
            _ => self.compare(|claimed| compare::signer(claimed, actual)),
        }
    }
}

/// What was read; or what it means that there is nothing.
fn found<T>(answer: Result<T, Error>) -> Result<Result<T, Verdict>, Error> {
    match answer {
        Ok(resource) => Ok(Ok(resource)),
        Err(error) if error.status() == Some(404) => Ok(Err(Verdict::Differs(Difference::NotFound))),
        Err(error) => Err(error),
    }
}

/// Whether a resource is where it is said to be. What is not said is not compared.
fn belongs<T: PartialEq>(claimed: Option<T>, actual: Option<T>) -> Verdict {
    match (claimed, actual) {
        (Some(claimed), Some(actual)) if claimed != actual => Verdict::Differs(Difference::BelongsElsewhere),
        (Some(_), None) => Verdict::CannotTell(Doubt::NotShown),
        _ => Verdict::Agrees,
    }
}

/// The last status of each, in the order in which they came up first.
fn last<I: Eq + Hash + Clone, S>(
    changes: &[StatusChange],
    read: impl Fn(&Change) -> Option<(I, S)>,
) -> Vec<(I, S)> {
    let (mut places, mut found) = (HashMap::new(), Vec::<(I, S)>::new());
    for (id, status) in changes.iter().filter_map(|each| read(&each.change)) {
        if let Some(entry) = places.get(&id).and_then(|place: &usize| found.get_mut(*place)) {
            entry.1 = status;
        } else {
            places.insert(id.clone(), found.len());
            found.push((id, status));
        }
    }
    found
}
