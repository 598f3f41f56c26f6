//! How the value of a call is made of its answer.

use super::created::Created;
use super::download::Download;
use super::lenient::absent;
use super::link::Link;
use super::operation::Operation;
use super::provider::{Answer, Opened, Provider};
use http::header::LOCATION;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::marker::PhantomData;

/// One way of reading answers. Generated code names the one that the document states.
pub trait Reading {
    type Value;
    /// Whether the body is handed on as it comes, instead of being read.
    const STREAMED: bool = false;
    /// A `Location` is enough, so that it does not matter what the body is, nor whether it breaks off.
    const LOCATED: bool = false;

    /// A body has to be JSON. Anything else is not from the provider then.
    fn expects_json(_: &Operation) -> bool {
        false
    }

    /// Reads an answer that succeeded by its status. `Err` says where it could not be read.
    fn read<P: Provider>(
        provider: &P,
        operation: &Operation,
        answer: &Answer,
        content: Option<Download>,
    ) -> Result<Opened<Self::Value>, String>;
}

/// JSON, out of the provider's envelope if it has one.
#[derive(Debug)]
pub struct Json<T>(PhantomData<T>);

impl<T: DeserializeOwned> Reading for Json<T> {
    type Value = T;

    fn expects_json(operation: &Operation) -> bool {
        operation.payload || operation.enveloped
    }

    fn read<P: Provider>(
        provider: &P,
        operation: &Operation,
        answer: &Answer,
        _: Option<Download>,
    ) -> Result<Opened<T>, String> {
        if !operation.payload
            && !operation.enveloped
            && !answer.is_json()
            && let Some(nothing) = absent()
        {
            // Whatever it says, it is not asked for.
            return Ok(Opened::plain(nothing));
        }
        provider.open(operation, answer)
    }
}

/// JSON or nothing: the answer of a call that no document knows.
#[derive(Debug)]
pub struct JsonOrNothing;

impl Reading for JsonOrNothing {
    type Value = Value;

    fn expects_json(_: &Operation) -> bool {
        true
    }

    fn read<P: Provider>(
        provider: &P,
        operation: &Operation,
        answer: &Answer,
        _: Option<Download>,
    ) -> Result<Opened<Value>, String> {
        provider.open(operation, answer)
    }
}

/// The id of a new resource, in `Location`.
#[derive(Debug)]
pub struct Located<I>(PhantomData<I>);

impl<I: From<String>> Reading for Located<I> {
    type Value = Created<I>;
    const LOCATED: bool = true;

    fn expects_json(_: &Operation) -> bool {
        true
    }

    fn read<P: Provider>(
        _: &P,
        _: &Operation,
        answer: &Answer,
        _: Option<Download>,
    ) -> Result<Opened<Created<I>>, String> {
        let location = location(answer).ok_or("there is no `Location` that names what was created")?;
        let created = Created::read(location).ok_or("the `Location` names nothing")?;
        Ok(Opened::plain(created))
    }
}

/// The id of a new resource, if there is a `Location`.
#[derive(Debug)]
pub struct MaybeLocated<I>(PhantomData<I>);

impl<I: From<String>> Reading for MaybeLocated<I> {
    type Value = Option<Created<I>>;
    const LOCATED: bool = true;

    fn read<P: Provider>(
        _: &P,
        _: &Operation,
        answer: &Answer,
        _: Option<Download>,
    ) -> Result<Opened<Self::Value>, String> {
        Ok(Opened::plain(location(answer).and_then(Created::read)))
    }
}

/// A link, in `Location`. It is returned, never followed.
#[derive(Debug)]
pub struct Linked;

impl Reading for Linked {
    type Value = Link;
    const LOCATED: bool = true;

    fn expects_json(_: &Operation) -> bool {
        true
    }

    fn read<P: Provider>(
        _: &P,
        _: &Operation,
        answer: &Answer,
        _: Option<Download>,
    ) -> Result<Opened<Link>, String> {
        let location = location(answer).filter(|location| !location.is_empty());
        let location = location.ok_or("there is no `Location` that holds the link")?;
        Ok(Opened::plain(Link::from(location.to_owned())))
    }
}

/// Content, as it comes.
#[derive(Debug)]
pub struct Streamed;

impl Reading for Streamed {
    type Value = Download;
    const STREAMED: bool = true;

    fn read<P: Provider>(
        _: &P,
        _: &Operation,
        _: &Answer,
        content: Option<Download>,
    ) -> Result<Opened<Download>, String> {
        Ok(Opened::plain(content.ok_or("there is no content")?))
    }
}

/// Nothing: that it succeeded is all that counts, whatever the answer holds.
#[derive(Debug)]
pub struct Accepted;

impl Reading for Accepted {
    type Value = ();

    fn read<P: Provider>(
        _: &P,
        _: &Operation,
        _: &Answer,
        _: Option<Download>,
    ) -> Result<Opened<()>, String> {
        Ok(Opened::plain(()))
    }
}

fn location(answer: &Answer) -> Option<&str> {
    answer.headers.get(LOCATION).and_then(|value| value.to_str().ok())
}
