//! A call that no document knows yet.

use super::call::{Core, call};
use super::check::Invalid;
use super::error::Error;
use super::options::{CallOptions, call_options};
use super::provider::Provider;
use super::reading::JsonOrNothing;
use super::reply::Reply;
use super::request::Request;
use http::Method;
use serde_json::Value;
use std::fmt;

/// A call of something that the provider has and this version does not know. It goes out as every other call does:
/// authorised, bounded, with the same errors.
///
/// It is taken as not repeatable; [`repeatable`](Self::repeatable) says otherwise. A precondition is a header like any
/// other here: `with_header("if-match", …)`.
#[must_use = "nothing is sent before `send` is awaited"]
pub struct CustomCall<P> {
    core: Core<P>,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    body: Option<Value>,
    is_repeatable: bool,
    options: CallOptions,
}

impl<P: Provider> CustomCall<P> {
    pub(crate) fn new(core: Core<P>, method: Method, path: String) -> Self {
        let options = CallOptions::default();
        Self { core, method, path, query: Vec::new(), body: None, is_repeatable: false, options }
    }

    /// A query parameter. It is encoded.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// A JSON body.
    pub fn json(mut self, body: impl Into<Value>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// States that sending twice does no more harm than sending once, so that the call may be tried again.
    pub fn repeatable(mut self) -> Self {
        self.is_repeatable = true;
        self
    }

    call_options!();

    /// Makes the call and returns the payload of the answer, `null` if it has none.
    ///
    /// # Errors
    ///
    /// See [`Error`]. Of kind [`Unreadable`](crate::ErrorKind::Unreadable) if the answer is anything but JSON or nothing:
    /// with the effect `Unknown` if it is a web page or does not even say that it is JSON, since something between here and
    /// the provider may have answered.
    pub async fn send(self) -> Result<Value, Error> {
        Ok(self.send_reply().await?.into_value())
    }

    /// Makes the call and returns the answer with status, headers, request id, attempts and raw bytes.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn send_reply(self) -> Result<Reply<Value>, Error> {
        let [once, repeatable] = P::CUSTOM;
        let operation = if self.is_repeatable { repeatable } else { once };
        call::<_, JsonOrNothing>(&self.core, operation, self.request(), &self.options).await
    }

    fn request(&self) -> Result<Request, Invalid> {
        self.core.provider().check_path(&self.path)?;
        let url = format!("{}{}", self.core.base(), self.path);
        let mut request = self.core.http().request(self.method.clone(), &url);
        request = request.header(http::header::ACCEPT, "application/json");
        if let Some(body) = &self.body {
            request = request.json(body);
        }
        let mut request = request.build()?;
        // What the URL parser would drop, fold or take for something else is not a path.
        let as_given = self.path.starts_with('/') && request.url().as_str() == url;
        if !as_given || request.url().query().is_some() || request.url().fragment().is_some() {
            return Err(Invalid::new(
                "the path has to begin with `/` and hold nothing that a URL would change",
            ));
        }
        if !self.query.is_empty() {
            request.url_mut().query_pairs_mut().extend_pairs(&self.query);
        }
        Ok(Request::new(request))
    }
}

impl<P> fmt::Debug for CustomCall<P> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CustomCall").field("method", &self.method).finish_non_exhaustive()
    }
}
