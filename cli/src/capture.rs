//! Requests that were captured: as raw HTTP, or as `countersign listen` stores them.

mod hash;
mod redact;
mod restore;

pub use redact::{REDACTED, Redaction, TAKEN_TOKEN, TOKEN, shown_path};
pub use restore::token;

use hash::Hash;
use redact::Redacted;

use crate::clock;
use crate::out::printable;
use crate::post::Post;
use crate::verdict::Verdict;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use countersign::webhook::Delivery;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::time::SystemTime;

/// The most hashes of credentials that are read: comparing one takes a while.
const MOST_HASHES_READ: usize = 8;
/// The most headers that a captured request may have.
const MOST_HEADERS: usize = 256;
const BLANK: &str = "it is no captured request: a file begins with `POST /path HTTP/1.1`, the headers and a blank line, \
                     or it is JSON as `countersign listen` stores it";

/// A request as it was received.
#[derive(Debug)]
pub struct Capture {
    pub delivery: Delivery,
    pub received_at: Option<SystemTime>,
    /// Credentials that were taken out when it was stored.
    pub redacted: Vec<String>,
    /// Hashes of these, as far as there are any.
    hashes: Vec<Hash>,
    /// What was found when it was received, with the credentials.
    pub verdict: Option<Verdict>,
}

/// A request as it is stored.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    #[serde(skip_serializing_if = "Option::is_none")]
    received_at: Option<String>,
    method: String,
    uri: String,
    headers: Vec<(String, Content)>,
    #[serde(default)]
    body: Content,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    redacted: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hashes: Vec<Hash>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Verdict>,
}

/// Bytes: as text if they are, and otherwise in base64.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Bytes { base64: String },
}

impl Default for Content {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl Content {
    fn of(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Bytes { base64: STANDARD.encode(bytes) },
        }
    }

    fn into_bytes(self) -> Result<Bytes, String> {
        match self {
            Self::Text(text) => Ok(text.into()),
            Self::Bytes { base64 } => {
                let bytes = STANDARD.decode(base64).map_err(|_| "`base64` is no base64".to_owned())?;
                Ok(bytes.into())
            }
        }
    }
}

impl Capture {
    /// Reads either form. The error says what is wrong with it, on one line.
    pub fn read(content: &[u8]) -> Result<Self, String> {
        Self::parse(content).map_err(|problem| printable(&problem))
    }

    fn parse(content: &[u8]) -> Result<Self, String> {
        if content.starts_with(&[0xff, 0xfe]) || content.starts_with(&[0xfe, 0xff]) {
            return Err(
                "it is UTF-16, and not the bytes that were sent; capture it in another way".to_owned()
            );
        }
        let content = content.strip_prefix("\u{feff}".as_bytes()).unwrap_or(content);
        match content.trim_ascii_start().first() {
            None => Err("it is empty".to_owned()),
            Some(b'{') => read_stored(content),
            Some(_) => read_raw(content),
        }
    }

    /// As JSON, without the credentials.
    pub fn stored(
        delivery: &Delivery,
        received_at: SystemTime,
        redaction: &Redaction,
        verdict: &Verdict,
    ) -> Vec<u8> {
        let Redacted { uri, headers, taken_out, hashes } = redaction.of(delivery);
        let headers = headers.into_iter().map(|(name, value)| (name, Content::of(&value)));
        let stored = Stored {
            received_at: Some(clock::written(received_at)),
            method: delivery.method().to_string(),
            uri,
            headers: headers.collect(),
            body: Content::of(delivery.body()),
            redacted: taken_out,
            hashes,
            verdict: Some(verdict.clone()),
        };
        // Texts and numbers only, so there is nothing that JSON has no form for.
        let mut json = serde_json::to_vec_pretty(&stored).unwrap_or_default();
        json.push(b'\n');
        json
    }
}

/// A request that was not sent yet, in the same form.
pub fn of_post(post: &Post) -> impl Serialize {
    let own = post.headers.iter().map(|(name, value)| (name.to_string(), Content::Text(value.clone())));
    Stored {
        received_at: None,
        method: "POST".to_owned(),
        uri: post.path().to_owned(),
        headers: own.collect(),
        body: Content::Text(post.body.clone()),
        redacted: Vec::new(),
        hashes: Vec::new(),
        verdict: None,
    }
}

fn read_stored(content: &[u8]) -> Result<Capture, String> {
    let stored: Stored =
        serde_json::from_slice(content).map_err(|error| format!("it is no stored capture: {error}"))?;
    let headers = stored.headers.into_iter().map(|(name, value)| Ok((name, value.into_bytes()?)));
    let headers = headers.collect::<Result<Vec<_>, String>>()?;
    if stored.hashes.len() > MOST_HASHES_READ {
        return Err("it has more hashes than a capture has".to_owned());
    }
    let received_at = stored.received_at.as_deref().map(clock::parse).transpose();
    let all = headers.iter().map(|(name, value)| (name.as_str(), value.as_ref()));
    Ok(Capture {
        delivery: delivery(&stored.method, &stored.uri, all, stored.body.into_bytes()?)?,
        received_at: received_at.map_err(|problem| format!("`received_at`: {problem}"))?,
        redacted: stored.redacted,
        hashes: stored.hashes,
        verdict: stored.verdict,
    })
}

/// The body is everything behind the headers, whatever `Content-Length` says: a difference is a finding.
fn read_raw(content: &[u8]) -> Result<Capture, String> {
    let content = as_http_1(content);
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let length = match request.parse(&content) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) if request.method.is_some() => {
            return Err("the headers do not end; a blank line comes before the body".to_owned());
        }
        _ => return Err(BLANK.to_owned()),
    };
    let body = content.get(length..).unwrap_or_default();
    let is_chunked = |header: &httparse::Header<'_>| {
        header.name.eq_ignore_ascii_case("transfer-encoding")
            && header.value.to_ascii_lowercase().ends_with(b"chunked")
    };
    let body = if request.headers.iter().any(is_chunked) {
        // Whoever captured it may have put the chunks together already.
        unchunked(body).unwrap_or_else(|| body.to_vec())
    } else {
        body.to_vec()
    };
    let all = request.headers.iter().map(|header| (header.name, header.value));
    let (method, path) = (request.method.unwrap_or_default(), request.path.unwrap_or_default());
    let delivery = delivery(method, path, all, body.into())?;
    Ok(Capture { delivery, received_at: None, redacted: Vec::new(), hashes: Vec::new(), verdict: None })
}

/// Tools write down a newer version in the same form: `POST /path HTTP/2`.
fn as_http_1(content: &[u8]) -> Cow<'_, [u8]> {
    let end = content.iter().position(|byte| *byte == b'\n').unwrap_or(content.len());
    let (line, rest) = content.split_at(end);
    let versions: [&[u8]; 4] = [b" HTTP/2", b" HTTP/2.0", b" HTTP/3", b" HTTP/3.0"];
    let line = line.trim_ascii_end();
    match versions.iter().find_map(|version| line.strip_suffix(*version)) {
        Some(request) => [request, b" HTTP/1.1", rest].concat().into(),
        None => content.into(),
    }
}

fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let httparse::Status::Complete((start, length)) = httparse::parse_chunk_size(rest).ok()? else {
            return None;
        };
        if length == 0 {
            return Some(body);
        }
        let end = start.checked_add(usize::try_from(length).ok()?)?;
        body.extend_from_slice(rest.get(start..end)?);
        let after = rest.get(end..)?;
        rest = after.strip_prefix(b"\r\n").or_else(|| after.strip_prefix(b"\n"))?;
    }
}

fn delivery<'h>(
    method: &str,
    uri: &str,
    headers: impl Iterator<Item = (&'h str, &'h [u8])>,
    body: Bytes,
) -> Result<Delivery, String> {
    let method = Method::try_from(method).map_err(|_| format!("`{method}` is no method"))?;
    let uri = Uri::try_from(uri).map_err(|_| "the address cannot be read".to_owned())?;
    let mut all = HeaderMap::new();
    for (name, value) in headers {
        let unusable = || format!("the header `{name}` cannot be read");
        let value = HeaderValue::try_from(value).map_err(|_| unusable())?;
        let name = HeaderName::try_from(name).map_err(|_| unusable())?;
        all.try_append(name, value).map_err(|_| "it has more headers than a request can have".to_owned())?;
    }
    Ok(Delivery::new(method, uri, all, body))
}
