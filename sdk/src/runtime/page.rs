//! Lists that go on.

use super::check::Invalid;
use super::error::{Error, ErrorKind};
use super::hex;
use super::operation::Operation;
use super::reply::Reply;
use super::request::Request;
use futures_core::Stream;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A list of which nobody has documented how it goes on.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Listing<T> {
    /// What the answer held.
    pub items: Vec<T>,
    may_be_incomplete: bool,
    rest: Option<Value>,
}

impl<T> Listing<T> {
    /// `limit` is what was asked for. An answer that is not full, and says nothing of a rest, is taken as complete.
    pub(crate) fn read(reply: Reply<Option<Vec<T>>>, limit: Option<i64>) -> Reply<Self> {
        let rest = reply.rest.clone().filter(|rest| !rest.is_null());
        reply.map(|items| {
            let items = items.unwrap_or_default();
            let full = limit.map_or(!items.is_empty(), |limit| {
                i64::try_from(items.len()).is_ok_and(|count| count >= limit)
            });
            Self { may_be_incomplete: full || rest.is_some(), items, rest }
        })
    }

    /// Whether there may be more than this. `false` only if fewer items came than were asked for and the answer speaks of
    /// no rest. That is an inference, the best there is: ask with a `limit` to get it.
    #[must_use]
    pub fn may_be_incomplete(&self) -> bool {
        self.may_be_incomplete
    }

    /// What the answer says of its rest, in a form that nobody has documented.
    #[must_use]
    pub fn rest(&self) -> Option<&Value> {
        self.rest.as_ref()
    }

    pub(crate) fn into_page(self, find: impl Fn(&Value) -> Option<String>) -> Page<T> {
        let next = self.rest.as_ref().and_then(find);
        Page { items: self.items, next }
    }
}

impl<T> IntoIterator for Listing<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<T> fmt::Debug for Listing<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Listing")
            .field("items", &self.items.len())
            .field("may_be_incomplete", &self.may_be_incomplete)
            .finish_non_exhaustive()
    }
}

/// The most pages in a row that may hold nothing. With more, a list that never ends is the likelier reading.
const MOST_EMPTY: u32 = 100;

/// One page of a list. An empty page is not the end; a missing cursor is.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// What the page holds.
    pub items: Vec<T>,
    next: Option<String>,
}

/// The offset that a position stands for.
pub(crate) fn offset(operation: &'static Operation, position: Option<String>) -> Result<Option<i64>, Error> {
    let offset = position.map(|position| position.parse().ok().filter(|offset| *offset >= 0));
    let invalid = || operation.failed(ErrorKind::InvalidRequest, "the cursor holds no offset");
    offset.map(|offset| offset.ok_or_else(invalid)).transpose()
}

/// What a cursor can be used with: path and query of the call, without what says where in the list.
pub(crate) fn scope(request: &Result<Request, Invalid>, left_out: &[&str]) -> String {
    let Ok(request) = request else {
        // The call fails before a cursor matters.
        return String::new();
    };
    let url = request.head.url();
    let mut query = url.query_pairs().filter(|(name, _)| !left_out.contains(&&**name)).collect::<Vec<_>>();
    query.sort();
    let digest = Sha256::digest(format!("{} {query:?}", url.path()));
    hex::encode(digest.get(..8).unwrap_or(&digest))
}

impl<T> Page<T> {
    /// A page of a list whose items are counted. `next` is what the answer says of the next page: nothing at all, none,
    /// or a URL whose `parameter` is the offset. The URL itself is not used. The next page has to begin where this one ends, so
    /// that no item is left out and none comes twice, and there is none beyond `total`. So the list ends, too.
    #[allow(clippy::option_option, reason = "nothing said is something else than nothing left")]
    pub(crate) fn counted(
        operation: &'static Operation,
        parameter: &str,
        offset: Option<i64>,
        items: Option<Vec<T>>,
        next: Option<Option<String>>,
        total: Option<i64>,
    ) -> Result<Self, Error> {
        let failed = |detail| operation.failed(ErrorKind::Paging, detail);
        let Some(next) = next else {
            return Err(failed("the answer does not say whether it is the last"));
        };
        let start = offset.unwrap_or_default();
        let items = items.unwrap_or_default();
        let end = i64::try_from(items.len()).unwrap_or(i64::MAX).saturating_add(start);
        let Some(next) = next else {
            return if total.is_some_and(|total| total > end) {
                Err(failed("the answer ends the list before the number of items that it states"))
            } else {
                Ok(Self { items, next: None })
            };
        };
        let following = next.split_once('?').and_then(|(_, query)| {
            let mut pairs = url::form_urlencoded::parse(query.as_bytes());
            let (_, value) = pairs.find(|(name, _)| name == parameter)?;
            value.parse::<i64>().ok().filter(|next| *next > start)
        });
        match following {
            None => Err(failed("the next page does not begin after this one")),
            Some(next) if next > end => {
                Err(failed("the next page leaves items out: it does not begin where this one ends"))
            }
            Some(next) if next < end => {
                Err(failed("the next page repeats items: it begins before this one ends"))
            }
            Some(_) if total.is_some_and(|total| total < end) => {
                Err(failed("the list goes on beyond the number of items that it states"))
            }
            Some(next) => Ok(Self { items, next: Some(next.to_string()) }),
        }
    }

    /// A page of a list that goes on by tokens. `next` is what the answer says of the next page: nothing at all, none,
    /// or the token that begins it.
    #[allow(clippy::option_option, reason = "nothing said is something else than nothing left")]
    #[allow(
        dead_code,
        reason = "the documents of the providers state other styles; the tests have one with this"
    )]
    pub(crate) fn by_token(
        operation: &'static Operation,
        items: Option<Vec<T>>,
        next: Option<Option<String>>,
    ) -> Result<Self, Error> {
        let next = next.ok_or_else(|| {
            let detail = "the answer does not say whether it is the last";
            operation.failed(ErrorKind::Paging, detail)
        })?;
        Ok(Self { items: items.unwrap_or_default(), next: next.filter(|token| !token.is_empty()) })
    }

    /// Whether another page follows.
    #[must_use]
    pub fn has_next(&self) -> bool {
        self.next.is_some()
    }
}

impl<T> fmt::Debug for Page<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let next = self.next.is_some();
        formatter
            .debug_struct("Page")
            .field("items", &self.items.len())
            .field("has_next", &next)
            .finish_non_exhaustive()
    }
}

/// Where a list goes on. It can be stored and used in another process.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    operation: String,
    scope: String,
    position: String,
}

impl Cursor {
    /// The provider's own token of the position.
    #[must_use]
    pub fn position(&self) -> &str {
        &self.position
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Cursor").field("operation", &self.operation).finish_non_exhaustive()
    }
}

type Fetched<T> = Pin<Box<dyn Future<Output = Result<Page<T>, Error>> + Send>>;
type Fetch<T> = Box<dyn Fn(Option<String>) -> Fetched<T> + Send + Sync>;

/// The pages of a list, as a stream. Nothing is fetched before it is polled, and nothing after an error.
pub struct Pages<T> {
    operation: &'static Operation,
    scope: String,
    fetch: Fetch<T>,
    position: Position<T>,
    /// The tokens so far. Where items are counted, every page has to begin after the one before, and none is kept.
    seen: Option<HashSet<String>>,
    /// The number of pages in a row that held nothing.
    empty: u32,
}

enum Position<T> {
    At(Option<String>),
    Fetching(Option<String>, Fetched<T>),
    /// The last page named a cursor that was there before.
    Circle,
    /// A page could not be fetched; this is where to go on.
    Failed(Option<String>),
    End,
}

impl<T: 'static> Pages<T> {
    /// A list that goes on by tokens.
    pub(crate) fn new<F>(
        operation: &'static Operation,
        scope: String,
        start: Option<String>,
        fetch: impl Fn(Option<String>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Page<T>, Error>> + Send + 'static,
    {
        let seen = Some(start.iter().cloned().collect());
        Self { seen, ..Self::counted(operation, scope, start, fetch) }
    }

    /// A list whose items are counted.
    pub(crate) fn counted<F>(
        operation: &'static Operation,
        scope: String,
        start: Option<String>,
        fetch: impl Fn(Option<String>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Page<T>, Error>> + Send + 'static,
    {
        let fetch: Fetch<T> = Box::new(move |position| Box::pin(fetch(position)));
        Self { operation, scope, fetch, position: Position::At(start), seen: None, empty: 0 }
    }

    /// The next page; `None` after the last one.
    pub async fn next(&mut self) -> Option<Result<Page<T>, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Goes on where another stream of the same list stopped.
    ///
    /// # Errors
    ///
    /// The cursor is of another operation, or of the same one with other ids or filters.
    pub fn resume(mut self, cursor: &Cursor) -> Result<Self, Error> {
        let wrong = if cursor.operation != self.name() {
            Some("the cursor is of another operation")
        } else if cursor.scope != self.scope {
            Some("the cursor is of a list with other filters")
        } else {
            None
        };
        if let Some(detail) = wrong {
            return Err(self.operation.failed(ErrorKind::InvalidRequest, detail));
        }
        self.seen.iter_mut().for_each(|seen| _ = seen.insert(cursor.position.clone()));
        self.position = Position::At(Some(cursor.position.clone()));
        Ok(self)
    }

    fn name(&self) -> String {
        format!("{}.{}", self.operation.provider, self.operation.id)
    }

    /// The items of all pages, as a stream.
    #[must_use]
    pub fn items(self) -> Items<T> {
        Items { pages: self, page: Vec::new().into_iter() }
    }

    /// Where the stream goes on, or where it failed; `None` before the first page, and at the end.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor> {
        let (Position::At(position) | Position::Fetching(position, _) | Position::Failed(position)) =
            &self.position
        else {
            return None;
        };
        let (operation, scope) = (self.name(), self.scope.clone());
        position.clone().map(|position| Cursor { operation, scope, position })
    }

    /// A page that came, or the error that there were too many with nothing in them. One can go on after it: nothing is lost.
    fn take(&mut self, page: Page<T>) -> Result<Page<T>, Error> {
        self.empty = if page.items.is_empty() { self.empty.saturating_add(1) } else { 0 };
        if self.empty >= MOST_EMPTY && page.has_next() {
            self.position = Position::Failed(page.next);
            let detail = format!("{MOST_EMPTY} pages in a row held nothing, and there is always another one");
            return Err(self.operation.failed(ErrorKind::Paging, detail));
        }
        self.position = self.after(page.next.as_ref());
        Ok(page)
    }

    /// The position after a page. A cursor that was there before would go round in circles for ever.
    fn after(&mut self, next: Option<&String>) -> Position<T> {
        match next {
            None => Position::End,
            Some(next) if self.seen.as_mut().is_none_or(|seen| seen.insert(next.clone())) => {
                Position::At(Some(next.clone()))
            }
            Some(_) => Position::Circle,
        }
    }
}

impl<T: 'static> Stream for Pages<T> {
    type Item = Result<Page<T>, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match &mut self.position {
                Position::End | Position::Failed(_) => return Poll::Ready(None),
                Position::Circle => {
                    self.position = Position::End;
                    let detail =
                        "the provider returned a cursor a second time; what came so far may be incomplete";
                    return Poll::Ready(Some(Err(self.operation.failed(ErrorKind::Paging, detail))));
                }
                Position::At(token) => {
                    let token = token.clone();
                    let fetched = (self.fetch)(token.clone());
                    self.position = Position::Fetching(token, fetched);
                }
                Position::Fetching(token, fetched) => {
                    let token = token.clone();
                    // To walk a list is to read, whatever the call may say of itself.
                    let page = ready!(fetched.as_mut().poll(context)).map_err(Error::before_any_write);
                    return Poll::Ready(Some(match page {
                        Ok(page) => self.take(page),
                        Err(error) => {
                            self.position = Position::Failed(token);
                            Err(error)
                        }
                    }));
                }
            }
        }
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Pages").field("operation", &self.operation.id).finish_non_exhaustive()
    }
}

/// The items of a list, as a stream over all its pages.
pub struct Items<T> {
    pages: Pages<T>,
    /// What is left of the page under way.
    page: std::vec::IntoIter<T>,
}

impl<T: Unpin + 'static> Items<T> {
    /// The next item; `None` after the last one.
    pub async fn next(&mut self) -> Option<Result<T, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

impl<T: Unpin + 'static> Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.page.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut self.pages).poll_next(context)) {
                Some(Ok(page)) => self.page = page.items.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Items").field("pages", &self.pages).finish_non_exhaustive()
    }
}
