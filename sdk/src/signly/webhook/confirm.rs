//! Asks Signly whether an event is true.

use super::event::Event;
use crate::runtime::Error;
use crate::signly::{Client, Document, ProcessEvent, ProcessId};
use crate::webhook::{Confirmation, Confirmed, Difference, Doubt, Unverified, Verified};

/// The most events of a process that are asked for.
const MOST_EVENTS: i64 = 50;

impl Unverified<Event> {
    /// Reads the document that the event is about, and the events of the participant's process, and compares. Two calls
    /// at most.
    ///
    /// It agrees if the process has an event of the same type. Neither call is documented; what they answer is inferred
    /// from Signly's front end \[[F](crate::signly::sources#f)\], so whatever is missing in it makes this say that it
    /// cannot tell.
    ///
    /// ```
    /// # use countersign::{signly, webhook::Unverified};
    /// # async fn example(client: &signly::Client, unverified: &Unverified<signly::webhook::Event>) -> Result<(), countersign::Error> {
    /// if let Some(confirmed) = unverified.confirm_with(client).await?.confirmed() {
    ///     println!("{:?}: {:?}", confirmed.event().event_type(), confirmed.resource().status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// A call fails, otherwise than that the document is not found.
    pub async fn confirm_with(&self, client: &Client) -> Result<Confirmation<Event, Document>, Error> {
        confirm(self.claim(), client, None).await
    }

    /// As [`confirm_with`](Self::confirm_with), with the process of the participant, which you stored when the document was
    /// made. Signly is not known to tell it later, so that without it there may be nothing to compare.
    ///
    /// # Errors
    ///
    /// A call fails, otherwise than that the document is not found.
    pub async fn confirm_with_process(
        &self,
        client: &Client,
        process: impl Into<ProcessId>,
    ) -> Result<Confirmation<Event, Document>, Error> {
        confirm(self.claim(), client, Some(process.into())).await
    }
}

impl Verified<Event> {
    /// As for what is [unverified](Unverified): a shared secret proves who sent it, and not what was sent.
    ///
    /// # Errors
    ///
    /// A call fails, otherwise than that the document is not found.
    pub async fn confirm_with(&self, client: &Client) -> Result<Confirmation<Event, Document>, Error> {
        confirm(self.event(), client, None).await
    }

    /// As [`confirm_with`](Self::confirm_with), with the process of the participant, which you stored when the document was
    /// made. Signly is not known to tell it later, so that without it there may be nothing to compare.
    ///
    /// # Errors
    ///
    /// A call fails, otherwise than that the document is not found.
    pub async fn confirm_with_process(
        &self,
        client: &Client,
        process: impl Into<ProcessId>,
    ) -> Result<Confirmation<Event, Document>, Error> {
        confirm(self.event(), client, Some(process.into())).await
    }
}

async fn confirm(
    event: &Event,
    client: &Client,
    stored: Option<ProcessId>,
) -> Result<Confirmation<Event, Document>, Error> {
    let Some(document_id) = &event.document_id else {
        return Ok(Confirmation::CannotTell { doubt: Doubt::NothingToCompare, resource: None });
    };
    let document = match client.get_document(document_id.as_str()).send().await {
        Ok(document) => document,
        Err(error) if error.status() == Some(404) => {
            return Ok(Confirmation::Differs { difference: Difference::NotFound, resource: None });
        }
        Err(error) => return Err(error.before_any_write()),
    };
    let Some(participant_id) = &event.participant_id else {
        return Ok(Confirmation::CannotTell { doubt: Doubt::NothingToCompare, resource: Some(document) });
    };
    let participants = document.participants.as_deref().unwrap_or_default();
    let ids = participants.iter().map(|participant| {
        let id = participant.participant_id.as_ref().map(AsRef::as_ref);
        (id, participant.process_id.as_ref())
    });
    let known = ids.clone().filter(|(id, _)| id.is_some()).count();
    let Some((_, process)) = ids.clone().find(|(id, _)| *id == Some(participant_id)) else {
        // Only a list in which everybody has an id says that somebody is not in it.
        return Ok(if known > 0 && known == participants.len() {
            Confirmation::Differs { difference: Difference::BelongsElsewhere, resource: Some(document) }
        } else {
            Confirmation::CannotTell { doubt: Doubt::NotShown, resource: Some(document) }
        });
    };
    let happened = match process.or(stored.as_ref()) {
        Some(process) => {
            let listed = client.list_process_events(process).unverified_limit(MOST_EVENTS).send().await;
            let events = listed.map_err(Error::before_any_write)?;
            let tag = event.data.tag();
            // A process that is somebody else's says nothing.
            let is_theirs = |listed: &ProcessEvent| {
                listed.participant_id.as_ref().is_none_or(|id| id.as_str() == participant_id)
                    && listed.document_id.as_ref().is_none_or(|id| id.as_str() == document_id)
            };
            let mut theirs = events.into_iter().filter(is_theirs);
            theirs.any(|listed| listed.event_type.as_deref() == Some(tag))
        }
        None => false,
    };
    Ok(if happened {
        Confirmation::Agrees(Confirmed::new(event.clone(), document))
    } else {
        Confirmation::CannotTell { doubt: Doubt::NotShown, resource: Some(document) }
    })
}
