//! What changed since the last time: a walk through the documents of a group that can be stopped and gone on with.

use super::{ArchivedFilter, Client, DocumentId, DocumentListItem, GroupId, NoSigners, generated};
use crate::runtime::{Error, ErrorKind, LocalDateTime};
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::{Duration, SystemTime};

/// What Legalesign's own examples ask for \[[L8](crate::legalesign::sources#l8)\]; the largest that is allowed is not
/// documented.
const LIMIT: u32 = 500;
/// How far a walk goes back behind the newest change of the one before, and behind the time that one took. The times have
/// no offset, and a zone that sets its clocks back repeats an hour.
const OVERLAP: Duration = Duration::from_secs(2 * 60 * 60);
/// How often a walk is begun anew because the list moved under it.
const RESTARTS: u32 = 5;

/// Where a sync stands. It can be stored, and gone on with in another process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SyncCursor {
    group: GroupId,
    /// Changes after this are walked; all documents if there is none.
    since: Option<LocalDateTime>,
    /// The walk under way.
    walk: Option<Walk>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Walk {
    /// When it began, in seconds by this machine's clock: what changed since then may have been passed already.
    began: u64,
    offset: i64,
    /// The document before the offset. If it is somewhere else, the list has moved.
    last: Option<DocumentId>,
    newest: Option<LocalDateTime>,
}

/// Some of the documents that changed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SyncBatch {
    /// The documents, without their signers, in no particular order. A document may come more than once.
    pub documents: Vec<DocumentListItem>,
    /// Where to go on. Store it after the documents have been taken in.
    pub cursor: SyncCursor,
}

/// A walk through what changed; made by [`Client::sync`].
#[derive(Debug)]
#[must_use = "nothing is sent before `next` is awaited"]
pub struct DocumentSync {
    client: Client,
    cursor: SyncCursor,
    limit: u32,
    restarts: u32,
    has_ended: bool,
}

impl Client {
    /// Walks the documents of a group that changed since the last sync, archived ones included: the nightly sync that
    /// Legalesign advises, with `modified_gt` and `nosigners` \[[L8](crate::legalesign::sources#l8)\].
    ///
    /// Every change is delivered at least once; some come again, since times have whole seconds and no offset. That
    /// presumes that Legalesign writes and reads its times in one zone, which is not documented. The first walk delivers
    /// all documents.
    ///
    /// ```
    /// # async fn example(legalesign: &countersign::legalesign::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// # fn load() -> Option<String> { None }
    /// # fn store(_: &str) {}
    /// let mut sync = legalesign.sync("my-group");
    /// if let Some(stored) = load() {
    ///     sync = sync.resume(serde_json::from_str(&stored)?)?;
    /// }
    /// while let Some(batch) = sync.next().await {
    ///     let batch = batch?;
    ///     for document in &batch.documents {
    ///         println!("{:?} is at {:?}", document.uuid, document.status);
    ///     }
    ///     store(&serde_json::to_string(&batch.cursor)?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn sync(&self, group: impl Into<GroupId>) -> DocumentSync {
        let cursor = SyncCursor { group: group.into(), since: None, walk: None };
        DocumentSync { client: self.clone(), cursor, limit: LIMIT, restarts: 0, has_ended: false }
    }

    /// The outstanding documents of a group in one call, with `cache=1`. An older article of Legalesign advises it for
    /// a nightly sync \[[L2](crate::legalesign::sources#l2)\]; its reference never mentioned it, and the form of the
    /// answer is not documented. It is returned as it came; whether the service still answers is not known. Prefer
    /// [`sync`](Self::sync).
    ///
    /// # Errors
    ///
    /// See [`Error`].
    pub async fn unverified_outstanding_documents(&self, group: impl Into<GroupId>) -> Result<Value, Error> {
        let call = self.request(Method::GET, "/document/").query("group", group.into());
        call.query("cache", "1").repeatable().send().await.map_err(Error::before_any_write)
    }
}

impl DocumentSync {
    /// Goes on where another sync stopped.
    ///
    /// # Errors
    ///
    /// The cursor is of another group.
    pub fn resume(mut self, cursor: SyncCursor) -> Result<Self, Error> {
        if cursor.group != self.cursor.group {
            return Err(failed(ErrorKind::InvalidRequest, "the cursor is of another group"));
        }
        self.cursor = cursor;
        Ok(self)
    }

    /// Begins with changes after this time, in the form and the zone in which Legalesign writes times. For a first walk
    /// that need not deliver everything.
    pub fn since(mut self, time: impl Into<LocalDateTime>) -> Self {
        self.cursor.since = Some(time.into());
        self
    }

    /// How many documents one call asks for; 500 by default. The largest number that is allowed is not documented.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit.max(1);
        self
    }

    /// The next documents; `None` when all have come. What the last batch's cursor says is where the next sync begins.
    /// After an error the same call can be made again.
    pub async fn next(&mut self) -> Option<Result<SyncBatch, Error>> {
        if self.has_ended {
            return None;
        }
        loop {
            match self.page().await {
                Ok(Some(batch)) => return Some(Ok(batch)),
                Ok(None) if self.restarts < RESTARTS => {
                    // It moved: from the start again, so that nothing is missed.
                    self.restarts += 1;
                    self.cursor.walk = None;
                }
                Ok(None) => {
                    (self.restarts, self.cursor.walk) = (0, None);
                    return Some(Err(failed(ErrorKind::Paging, "it kept changing while it was read")));
                }
                Err(error) => return Some(Err(error.before_any_write())),
            }
        }
    }

    /// One page; `None` if the list is not as it was at the page before.
    async fn page(&mut self) -> Result<Option<SyncBatch>, Error> {
        let now = self.client.core().clock().now();
        let now = now.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let begun = Walk { began: now, ..Walk::default() };
        let mut walk = self.cursor.walk.clone().unwrap_or(begun);
        // The last document is read again, to see whether it still stands where it stood.
        let overlap = i64::from(walk.last.is_some());
        let offset = walk.offset - overlap;
        let mut call = self.client.list_documents(&self.cursor.group);
        call = call.archived(ArchivedFilter::All).nosigners(NoSigners::Omit);
        call = call.limit(i64::from(self.limit) + overlap).offset(offset);
        if let Some(since) = &self.cursor.since {
            call = call.modified_gt(since.clone());
        }
        let list = call.send().await?;
        let mut documents = list.objects.unwrap_or_default();
        if walk.last.is_some() {
            if documents.first().and_then(id) != walk.last {
                return Ok(None);
            }
            documents.remove(0);
        }
        let silent = || failed(ErrorKind::Paging, "the answer does not say whether it is the last");
        let meta = list.meta.ok_or_else(silent)?;
        let has_next = meta.next.is_some();
        if has_next && documents.is_empty() {
            return Err(failed(ErrorKind::Paging, "a page that is not the last is empty"));
        }
        let modified = documents.iter().filter_map(|document| document.modified.clone());
        walk.newest = latest(walk.newest.take().into_iter().chain(modified));
        walk.offset = walk.offset.saturating_add(i64::try_from(documents.len()).unwrap_or(i64::MAX));
        if has_next && meta.total_count.is_some_and(|total| total < walk.offset) {
            return Err(failed(
                ErrorKind::Paging,
                "the list goes on beyond the number of documents that it states",
            ));
        }
        if !has_next && meta.total_count.is_some_and(|total| total > walk.offset) {
            return Err(failed(
                ErrorKind::Paging,
                "the answer ends the list before the number that it states",
            ));
        }
        if !documents.is_empty() {
            walk.last = documents.last().and_then(id);
        }
        if has_next {
            self.cursor.walk = Some(walk);
        } else {
            self.has_ended = true;
            let taken = Duration::from_secs(now.saturating_sub(walk.began));
            let back = OVERLAP.saturating_add(taken);
            let newest = walk.newest.map(|newest| newest.minus(back).unwrap_or(newest));
            self.cursor.since = latest(self.cursor.since.take().into_iter().chain(newest));
            self.cursor.walk = None;
        }
        Ok(Some(SyncBatch { documents, cursor: self.cursor.clone() }))
    }
}

fn id(document: &DocumentListItem) -> Option<DocumentId> {
    document.uuid.clone().or_else(|| document.resource_uri.as_ref()?.id())
}

/// The latest of some times; one that cannot be read counts for nothing.
fn latest(times: impl IntoIterator<Item = LocalDateTime>) -> Option<LocalDateTime> {
    times
        .into_iter()
        .filter(LocalDateTime::is_time)
        .reduce(|one, other| if other > one { other } else { one })
}

fn failed(kind: ErrorKind, detail: &str) -> Error {
    generated::LIST_DOCUMENTS.failed(kind, detail)
}
