//! What arrived.

use bytes::Bytes;
use countersign_macros::SafeDebug;
use http::{HeaderMap, Method, Uri};

/// A callback as it arrived, before anything is known about it.
///
/// The body has to be the bytes as they were sent: what was parsed and written again proves nothing. Everything but the
/// method may hold a credential or personal data, so `Debug` prints nothing else.
///
/// ```
/// use countersign::webhook::Delivery;
///
/// let request = http::Request::post("/callbacks/signly")
///     .header("x-client-auth", "correct horse battery staple")
///     .body(r#"{"eventId":"evt_01"}"#)?;
/// let delivery = Delivery::from(request);
/// assert_eq!(delivery.uri().path(), "/callbacks/signly");
/// assert!(!format!("{delivery:?}").contains("horse"));
/// # Ok::<(), http::Error>(())
/// ```
#[derive(Clone, SafeDebug)]
pub struct Delivery {
    method: Method,
    // A path may carry a token.
    #[safe_debug(redact)]
    uri: Uri,
    #[safe_debug(redact)]
    headers: HeaderMap,
    #[safe_debug(redact)]
    body: Bytes,
}

impl Delivery {
    /// A delivery of its parts. `uri` is the address as it was sent, before any router took a prefix away.
    pub fn new(method: Method, uri: Uri, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        Self { method, uri, headers, body: body.into() }
    }

    /// The same with another body: the one that has arrived meanwhile.
    pub(super) fn with_body(self, body: impl Into<Bytes>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// The method of the request.
    #[must_use]
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The address, as it was sent.
    #[must_use]
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// The path without what makes no difference: a slash at the end, or two in the place of one. It is the same whenever a
    /// provider calls the same URL.
    pub(crate) fn path(&self) -> String {
        let segments = self.uri.path().split('/').filter(|segment| !segment.is_empty());
        segments.collect::<Vec<_>>().join("/")
    }

    /// The headers, duplicates included.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body, as it was sent.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

/// From a request of any framework, once its body has been read.
impl<B: Into<Bytes>> From<http::Request<B>> for Delivery {
    fn from(request: http::Request<B>) -> Self {
        let (parts, body) = request.into_parts();
        Self::new(parts.method, parts.uri, parts.headers, body)
    }
}
