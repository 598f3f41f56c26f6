//! Lists that go on.

use super::error::{Error, ErrorKind};
use super::operation::Operation;
use super::reply::Reply;
use futures_core::Stream;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{HashSet, VecDeque};
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

/// One page of a list. An empty page is not the end; a missing cursor is.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// What the page holds.
    pub items: Vec<T>,
    next: Option<String>,
}

impl<T> Page<T> {
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
    fetch: Fetch<T>,
    position: Position<T>,
    seen: HashSet<String>,
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
    pub(crate) fn new<F>(
        operation: &'static Operation,
        start: Option<String>,
        fetch: impl Fn(Option<String>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Page<T>, Error>> + Send + 'static,
    {
        let seen = start.iter().cloned().collect();
        Self {
            operation,
            fetch: Box::new(move |token| Box::pin(fetch(token))),
            position: Position::At(start),
            seen,
        }
    }

    /// The next page; `None` after the last one.
    pub async fn next(&mut self) -> Option<Result<Page<T>, Error>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Goes on where another stream of the same operation stopped.
    ///
    /// # Errors
    ///
    /// The cursor is of another operation.
    pub fn resume(mut self, cursor: &Cursor) -> Result<Self, Error> {
        if cursor.operation != self.name() {
            let detail = "the cursor is of another operation";
            return Err(
                Error::new(ErrorKind::InvalidRequest, self.operation.provider, detail).of(self.operation)
            );
        }
        self.seen.insert(cursor.position.clone());
        self.position = Position::At(Some(cursor.position.clone()));
        Ok(self)
    }

    fn name(&self) -> String {
        format!("{}.{}", self.operation.provider, self.operation.id)
    }

    /// The items of all pages, as a stream.
    #[must_use]
    pub fn items(self) -> Items<T> {
        Items { pages: self, buffer: VecDeque::new() }
    }

    /// Where the stream goes on, or where it failed; `None` before the first page, and at the end.
    #[must_use]
    pub fn cursor(&self) -> Option<Cursor> {
        let (Position::At(position) | Position::Fetching(position, _) | Position::Failed(position)) =
            &self.position
        else {
            return None;
        };
        let operation = self.name();
        position.clone().map(|position| Cursor { operation, position })
    }

    /// The position after a page. A cursor that was there before would go round in circles for ever.
    fn after(&mut self, next: Option<&String>) -> Position<T> {
        match next {
            None => Position::End,
            Some(next) if self.seen.insert(next.clone()) => Position::At(Some(next.clone())),
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
                    let error =
                        Error::new(ErrorKind::Paging, self.operation.provider, detail).of(self.operation);
                    return Poll::Ready(Some(Err(error)));
                }
                Position::At(token) => {
                    let token = token.clone();
                    let fetched = (self.fetch)(token.clone());
                    self.position = Position::Fetching(token, fetched);
                }
                Position::Fetching(token, fetched) => {
                    let token = token.clone();
                    let page = ready!(fetched.as_mut().poll(context));
                    self.position = match &page {
                        Ok(page) => self.after(page.next.as_ref()),
                        Err(_) => Position::Failed(token),
                    };
                    return Poll::Ready(Some(page));
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
    buffer: VecDeque<T>,
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
            if let Some(item) = self.buffer.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut self.pages).poll_next(context)) {
                Some(Ok(page)) => self.buffer.extend(page.items),
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
