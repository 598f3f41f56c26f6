//! A request: what generated code builds, and the content that goes with it.

use super::body::{Body, Progress};
use super::check::Invalid;
use super::content::Content;
use super::link::Link;
use super::multipart::Form;
use http::Uri;
use http::header::CONTENT_TYPE;
use url::Url;

/// The longest URL that the HTTP library sends, in bytes.
const LONGEST_URL: usize = 65_534;

/// The problem that keeps the HTTP library from sending anything to this URL. Looked for before anything is tried.
pub(super) fn unsendable(url: &Url) -> Option<&'static str> {
    if url.as_str().len() > LONGEST_URL {
        Some("it is longer than 65534 bytes")
    } else {
        Uri::try_from(url.as_str()).is_err().then_some("it has characters that no request can carry")
    }
}

/// A request, as often as it is sent.
#[derive(Debug)]
pub struct Request {
    /// Everything but content that is streamed.
    pub head: reqwest::Request,
    content: Option<Body>,
    /// Where it goes in place of the URL in `head`.
    elsewhere: Option<Link>,
}

/// A request that can be sent once.
pub(super) struct Prepared {
    pub request: reqwest::Request,
    /// Counts the content that was taken, and knows how long it is.
    pub progress: Option<Progress>,
}

impl Request {
    pub fn new(head: reqwest::Request) -> Self {
        Self { head, content: None, elsewhere: None }
    }

    /// The JSON object of `head` with one more member, which holds `content` in base64.
    pub fn with_content(
        mut head: reqwest::Request,
        member: &str,
        content: &Content,
    ) -> Result<Self, Invalid> {
        let json = head.body_mut().take();
        let json = json.as_ref().and_then(reqwest::Body::as_bytes).unwrap_or(b"{}");
        let content = Body::json_with(json, member, content.clone())?;
        Ok(Self { head, content: Some(content), elsewhere: None })
    }

    /// `head` with the parts of a form as its body.
    pub fn with_form(mut head: reqwest::Request, form: Form) -> Result<Self, Invalid> {
        head.headers_mut().insert(CONTENT_TYPE, form.content_type()?);
        Ok(Self { head, content: Some(form.into_body()), elsewhere: None })
    }

    /// `head` with content as its body.
    pub fn with_raw_content(head: reqwest::Request, content: Content) -> Self {
        Self { head, content: Some(Body::default().raw(content)), elsewhere: None }
    }

    /// The same request to a URL that the provider handed out. It goes there without credentials, if the URL is safe.
    pub(crate) fn going_elsewhere(self, link: Link) -> Self {
        Self { elsewhere: Some(link), ..self }
    }

    /// The URL that the provider handed out for this request.
    pub(super) fn elsewhere(&self) -> Option<&Link> {
        self.elsewhere.as_ref()
    }

    /// Refuses an address that could not be sent.
    pub(super) fn sendable(self) -> Result<Self, Invalid> {
        match unsendable(self.head.url()) {
            Some(problem) => Err(Invalid::new(format!("the address of the call cannot be sent: {problem}"))),
            None => Ok(self),
        }
    }

    pub fn has_content(&self) -> bool {
        self.content.is_some()
    }

    /// Whether it can be sent again: content that was read from a stream is gone.
    pub(super) fn is_repeatable(&self) -> bool {
        self.content.as_ref().is_none_or(Body::is_repeatable)
    }

    pub(super) async fn prepare(&self) -> Result<Prepared, Invalid> {
        let unclonable = || Invalid::new("no second request can be made of what was given");
        let mut request = self.head.try_clone().ok_or_else(unclonable)?;
        let Some(content) = &self.content else {
            return Ok(Prepared { request, progress: None });
        };
        let opened = content.open().await?;
        *request.body_mut() = Some(reqwest::Body::wrap_stream(opened.stream));
        Ok(Prepared { request, progress: Some(opened.progress) })
    }
}
