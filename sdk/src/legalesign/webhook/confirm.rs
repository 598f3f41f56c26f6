//! Asks Legalesign whether an event is true.

use super::change::{Change, StatusChange};
use super::compare::{self, Verdict};
use super::event::Event;
use super::realtime::{DocumentData, RealtimeEvent, RecipientData};
use crate::legalesign::{
    Client, Document, DocumentId, DocumentStatus, DocumentUri, GroupId, GroupUri, Signer, SignerId,
    SignerStatus,
};
use crate::runtime::Error;
use crate::webhook::{Confirmation, Confirmed, Difference, Doubt, Unverified, Verified};
use std::collections::HashMap;
use std::hash::Hash;

/// What an event is about, read over the API.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Resource {
    /// A document.
    Document(Box<Document>),
    /// A signer of a document.
    Signer(Box<Signer>),
}

impl Resource {
    /// The document, if it is one.
    #[must_use]
    pub fn document(&self) -> Option<&Document> {
        match self {
            Self::Document(document) => Some(document),
            Self::Signer(_) => None,
        }
    }

    /// The signer, if it is one.
    #[must_use]
    pub fn signer(&self) -> Option<&Signer> {
        match self {
            Self::Signer(signer) => Some(signer),
            Self::Document(_) => None,
        }
    }
}

impl Unverified<Event> {
    /// Reads what the event is about and compares: one call, or one for each document and signer in a list of changes.
    ///
    /// - A document or signer has to be at the status that is told. If it has come further since, this cannot tell. A final
    ///   PDF is confirmed by the document being signed, since the API shows no more.
    /// - A document has to be in the group that is told, if one is.
    /// - A notice tells no status: it agrees if the document exists in its group. What happened to it the resource says.
    /// - Of several changes of one resource the last one counts. All have to agree.
    ///
    /// ```
    /// # use countersign::{legalesign, webhook::Verified};
    /// # async fn example(client: &legalesign::Client, verified: &Verified<legalesign::webhook::Event>) -> Result<(), countersign::Error> {
    /// use countersign::webhook::Confirmation;
    ///
    /// match verified.confirm_with(client).await? {
    ///     Confirmation::Agrees(confirmed) => println!("{} resources agree", confirmed.resource().len()),
    ///     Confirmation::Differs { difference, .. } => println!("do not act on it: {difference:?}"),
    ///     Confirmation::CannotTell { doubt, .. } => println!("act on what the resources say: {doubt:?}"),
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// A call fails, otherwise than that something is not found.
    pub async fn confirm_with(&self, client: &Client) -> Result<Confirmation<Event, Vec<Resource>>, Error> {
        confirm(self.claim(), client).await
    }
}

impl Verified<Event> {
    /// As for what is [unverified](Unverified::confirm_with). A list of changes wants it: it is signed by Legalesign, but
    /// names no group, so it may tell of documents of somebody else.
    ///
    /// # Errors
    ///
    /// A call fails, otherwise than that something is not found.
    pub async fn confirm_with(&self, client: &Client) -> Result<Confirmation<Event, Vec<Resource>>, Error> {
        confirm(self.event(), client).await
    }
}

async fn confirm(event: &Event, client: &Client) -> Result<Confirmation<Event, Vec<Resource>>, Error> {
    let mut verdict = None::<Verdict>;
    let mut resources = Vec::new();
    for claim in Claim::of(event) {
        let (compared, resource) = claim.compare(client).await?;
        resources.extend(resource);
        verdict = Some(verdict.map_or(compared, |verdict| verdict.and(compared)));
    }
    Ok(match verdict.unwrap_or(Verdict::CannotTell(Doubt::NothingToCompare)) {
        Verdict::Agrees => Confirmation::Agrees(Confirmed::new(event.clone(), resources)),
        Verdict::Differs(difference) => Confirmation::Differs { difference, resource: Some(resources) },
        Verdict::CannotTell(doubt) => Confirmation::CannotTell { doubt, resource: Some(resources) },
    })
}

/// Something that an event says of one resource.
enum Claim {
    Document {
        id: DocumentId,
        group: Option<GroupId>,
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
enum Status<S> {
    Is(Option<S>),
    /// Nothing, which is no reason to doubt the rest.
    Untold,
    /// Something that the API does not show.
    Unshown,
}

impl Claim {
    fn of(event: &Event) -> Vec<Self> {
        match event {
            Event::Changes(changes) => Self::of_changes(changes),
            Event::Notice(notice) | Event::PlainNotice(notice) => vec![Self::Document {
                id: notice.document.clone(),
                group: notice.group.as_ref().and_then(GroupUri::id),
                status: Status::Untold,
            }],
            Event::Realtime(realtime) => vec![Self::of_realtime(&realtime.event)],
        }
    }

    /// The last change of each resource; what is not known is left to doubt.
    fn of_changes(changes: &[StatusChange]) -> Vec<Self> {
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
            RealtimeEvent::RecipientCompleted(data) => {
                // What completes the task of an approver or a witness is not documented, so the number counts.
                recipient(data, Status::Is(data.recipient.status.clone().or(Some(SignerStatus::Signed))))
            }
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
            Self::Document { id, group, status: Status::Is(None) } => {
                Self::Document { id, group, status: Status::Untold }
            }
            told => told,
        }
    }

    async fn compare(self, client: &Client) -> Result<(Verdict, Option<Resource>), Error> {
        match self {
            Self::Document { id, group, status } => {
                let document = match found(client.get_document(id).send().await)? {
                    Ok(document) => document,
                    Err(verdict) => return Ok((verdict, None)),
                };
                let actual = document.group.as_ref().and_then(GroupUri::id);
                let verdict =
                    belongs(group, actual).and(status.compare(compare::document, document.status.clone()));
                Ok((verdict, Some(Resource::Document(Box::new(document)))))
            }
            Self::Signer { id, document, status } => {
                let signer = match found(client.get_signer(id).send().await)? {
                    Ok(signer) => signer,
                    Err(verdict) => return Ok((verdict, None)),
                };
                let actual = signer.document.as_ref().and_then(DocumentUri::id);
                let verdict =
                    belongs(document, actual).and(status.compare(compare::signer, signer.status.clone()));
                Ok((verdict, Some(Resource::Signer(Box::new(signer)))))
            }
            Self::Nothing => Ok((Verdict::CannotTell(Doubt::NothingToCompare), None)),
        }
    }
}

impl<S> Status<S> {
    fn compare(self, compare: impl Fn(Option<S>, Option<S>) -> Verdict, actual: Option<S>) -> Verdict {
        match self {
            Self::Is(claimed) => compare(claimed, actual),
            Self::Untold => Verdict::Agrees,
            Self::Unshown => Verdict::CannotTell(Doubt::NotShown),
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
