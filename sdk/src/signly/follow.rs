//! Following a document until it is over.

use super::{Client, Document, Followed, ProcessEvent, generated};
use crate::runtime::{Error, ErrorKind};
use std::time::Duration;

/// How many events one call asks for. The front end asks for 30 or 50; what is allowed is not known
/// \[[F](crate::signly::sources#f)\].
const LIMIT: i64 = 50;
/// Asking more often than this would not be following but pestering.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);

/// What is new of a document.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DocumentNews {
    /// Events that were not told before, process by process, each in the order in which Signly lists them.
    pub events: Vec<ProcessEvent>,
    /// The document, read just before its events.
    pub document: Document,
    /// Where to go on. Store it after the news have been taken in.
    pub followed: Followed,
    /// Whether a list of events was as long as what was asked for. There may be events beyond it that are never told, since
    /// how to ask for them is not documented.
    pub may_be_incomplete: bool,
}

/// A document that is being followed; made by [`Client::follow_document`].
#[derive(Debug)]
#[must_use = "nothing is sent before `next` is awaited"]
pub struct Following {
    client: Client,
    followed: Followed,
    interval: Duration,
    /// How long the waits may still take.
    left: Duration,
    asks_at_once: bool,
}

impl Client {
    /// Follows a document and the processes of its participants, by asking for them every `interval`, at least a second.
    /// `budget` is how long the waits may take together.
    ///
    /// Each event that is listed until its process is over comes once. A process is over when its event says so; the document is over when its own status says so,
    /// which is what ends this. Webhooks tell the same sooner and with fewer calls, and do not tell every event reliably.
    ///
    /// ```
    /// # async fn example(
    /// #     signly: &countersign::signly::Client,
    /// #     followed: countersign::signly::Followed,
    /// # ) -> Result<(), Box<dyn std::error::Error>> {
    /// # fn store(_: &str) {}
    /// use std::time::Duration;
    ///
    /// let (minute, day) = (Duration::from_secs(60), Duration::from_secs(24 * 3600));
    /// let mut following = signly.follow_document(followed, minute, day);
    /// while let Some(news) = following.next().await {
    ///     let news = news?;
    ///     for event in &news.events {
    ///         println!("{:?}: {:?}", event.participant_id, event.event_type);
    ///     }
    ///     store(&serde_json::to_string(&news.followed)?);
    /// }
    /// println!("it is {:?}", following.followed().status());
    /// # Ok(())
    /// # }
    /// ```
    pub fn follow_document(&self, followed: Followed, interval: Duration, budget: Duration) -> Following {
        Following {
            client: self.clone(),
            followed,
            interval: interval.max(SHORTEST_INTERVAL),
            left: budget,
            asks_at_once: true,
        }
    }
}

impl Following {
    /// What is known so far.
    #[must_use]
    pub fn followed(&self) -> &Followed {
        &self.followed
    }

    /// Waits until there is something new; `None` when the document is over.
    ///
    /// An error loses nothing: the same call can be made again. It is of kind [`ErrorKind::NotReady`] when the budget is
    /// used up.
    pub async fn next(&mut self) -> Option<Result<DocumentNews, Error>> {
        while !self.followed.is_over() {
            if !self.asks_at_once {
                if self.left.is_zero() {
                    let detail = "the document is not over, and the time for waiting is";
                    return Some(Err(generated::GET_DOCUMENT.failed(ErrorKind::NotReady, detail)));
                }
                let wait = self.interval.min(self.left);
                self.client.core().clock().sleep(wait).await;
                self.left -= wait;
            }
            match self.ask().await {
                // What is new is told at once; the next question waits.
                Ok(news) => {
                    self.asks_at_once = false;
                    if let Some(news) = news {
                        return Some(Ok(news));
                    }
                }
                Err(error) => return Some(Err(error.before_any_write())),
            }
        }
        None
    }

    /// Asks for everything once; `None` if nothing is new. The document comes first: what is told of its end is then never
    /// older than its events, so that no event is left behind.
    async fn ask(&mut self) -> Result<Option<DocumentNews>, Error> {
        let mut followed = self.followed.clone();
        let document = self.client.get_document(followed.document_id()).send().await?;
        followed.learn(&document);
        let mut is_new = followed.take_status(document.status.as_ref());
        let (mut events, mut may_be_incomplete) = (Vec::new(), false);
        for process in followed.processes_mut().filter(|process| process.ended_with().is_none()) {
            let call = self.client.list_process_events(process.process_id()).unverified_limit(LIMIT);
            let listed = call.send().await?;
            may_be_incomplete |= listed.may_be_incomplete();
            events.extend(listed.into_iter().filter(|event| process.take(event)));
        }
        is_new |= !events.is_empty();
        self.followed = followed.clone();
        Ok(is_new.then_some(DocumentNews { events, document, followed, may_be_incomplete }))
    }
}
