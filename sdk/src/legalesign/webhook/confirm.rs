//! Asks Legalesign whether an event is true.

use super::change::StatusChange;
use super::claim::Claim;
use super::compare::Verdict;
use super::event::Event;
use crate::legalesign::{Client, Document, Signer};
use crate::runtime::Error;
use crate::webhook::{Assurance, Confirmation, Confirmed, Doubt, Unverified, Verified};

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

/// The most resources that are read because of a list that no signature covers.
const MOST_UNSIGNED: usize = 20;

impl Unverified<Event> {
    /// Reads what the event is about and compares: one call, or one for each document and signer in a list of changes, but no
    /// more than 20, since anybody can have sent it.
    ///
    /// What is compared:
    ///
    /// - The status: a document or signer has to be at that which is told, or which the name of the event means. If it has come
    ///   further since, this cannot tell. A final PDF is confirmed by the document being signed, since the API shows no more.
    /// - Where it belongs: a document to its group, a signer to its document, if that is told.
    /// - The name and the tags of a document, if they are told.
    ///
    /// A notice tells no status: it agrees if the document is as it says. What happened to it the resource says. Of several
    /// changes of one resource the last one counts, and all have to agree; [`StatusChange::confirm_with`] looks at one.
    /// *Not found* is a 404; that Legalesign answers so for documents of others is assumed.
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
        confirm(self.claim(), MOST_UNSIGNED, client).await
    }
}

impl Verified<Event> {
    /// As for what is [unverified](Unverified::confirm_with). The limit of 20 does not hold where Legalesign's signature covers
    /// the list: [`Assurance::Payload`]. Such a list wants it, since it names no group, so it may tell of documents of somebody
    /// else. Who only proves to be the [`Sender`](Assurance::Sender) may have written a list of any length.
    ///
    /// # Errors
    ///
    /// A call fails, otherwise than that something is not found.
    pub async fn confirm_with(&self, client: &Client) -> Result<Confirmation<Event, Vec<Resource>>, Error> {
        let most = if self.assurance() >= Assurance::Payload { usize::MAX } else { MOST_UNSIGNED };
        confirm(self.event(), most, client).await
    }
}

impl StatusChange {
    /// Reads the document or the signer that has changed, and compares its status: one call. So one change of a list that is
    /// no longer true, or of a document that is gone, keeps nobody from acting on the others. A list that only its sender is
    /// proved for may hold thousands: take no more of it than you want to read.
    ///
    /// ```
    /// # use countersign::legalesign::{self, webhook::StatusChange};
    /// # async fn example(client: &legalesign::Client, changes: &[StatusChange]) -> Result<(), countersign::Error> {
    /// for change in changes {
    ///     if let Some(confirmed) = change.confirm_with(client).await?.confirmed() {
    ///         println!("{:?}", confirmed.event().change);
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The call fails, otherwise than that nothing is found.
    pub async fn confirm_with(&self, client: &Client) -> Result<Confirmation<Self, Resource>, Error> {
        let claim =
            Claim::of_changes(std::slice::from_ref(self)).into_iter().next().unwrap_or(Claim::Nothing);
        let (verdict, resource) = claim.compare(client).await.map_err(Error::before_any_write)?;
        Ok(confirmation(self, verdict, resource))
    }
}

async fn confirm(
    event: &Event,
    most: usize,
    client: &Client,
) -> Result<Confirmation<Event, Vec<Resource>>, Error> {
    let claims = Claim::of(event);
    if claims.len() > most {
        return Ok(Confirmation::CannotTell { doubt: Doubt::TooMany, resource: None });
    }
    let mut verdict = None::<Verdict>;
    let mut resources = Vec::new();
    for claim in claims {
        let (compared, resource) = claim.compare(client).await.map_err(Error::before_any_write)?;
        resources.extend(resource);
        verdict = Some(verdict.map_or(compared, |verdict| verdict.and(compared)));
    }
    let verdict = verdict.unwrap_or(Verdict::CannotTell(Doubt::NothingToCompare));
    Ok(confirmation(event, verdict, Some(resources)))
}

/// Nothing agrees without a resource.
fn confirmation<E: Clone, R>(event: &E, verdict: Verdict, resource: Option<R>) -> Confirmation<E, R> {
    match (verdict, resource) {
        (Verdict::Agrees, Some(resource)) => Confirmation::Agrees(Confirmed::new(event.clone(), resource)),
        (Verdict::Agrees, None) => {
            Confirmation::CannotTell { doubt: Doubt::NothingToCompare, resource: None }
        }
        (Verdict::Differs(difference), resource) => Confirmation::Differs { difference, resource },
        (Verdict::CannotTell(doubt), resource) => Confirmation::CannotTell { doubt, resource },
    }
}
