//! Credentials put back into a capture, where the environment has the same ones.

use super::Capture;
use super::hash::Place;
use super::redact::{REDACTED, TAKEN_TOKEN, TOKEN, with_token};
use crate::callbacks;
use crate::failure::Failure;
use crate::mint::mint;
use crate::provider::Provider;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use countersign::webhook::Delivery;
use http::{HeaderMap, HeaderName, HeaderValue, Uri};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use url::Url;

/// The content of the token of a callback URL. The form is that of the SDK, which reads it only with the key.
pub struct TokenContent {
    pub provider: Provider,
    pub reference: String,
    pub expiry: Option<SystemTime>,
}

impl TokenContent {
    fn read(content: &str) -> Option<Self> {
        let content = URL_SAFE_NO_PAD.decode(content).ok()?;
        let content: (String, String, String, Option<u64>, String) = serde_json::from_slice(&content).ok()?;
        let (provider, _, _, expiry, reference) = content;
        let provider = Provider::all().iter().copied().find(|known| known.name() == provider)?;
        let expiry = match expiry {
            Some(seconds) => Some(UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?),
            None => None,
        };
        Some(Self { provider, reference, expiry })
    }

    /// The token that the configured secret makes of this content. None if there is no secret, or if it cannot.
    fn minted(&self) -> Result<Option<String>, Failure> {
        let Some(secret) = callbacks::url_secret(self.provider)? else { return Ok(None) };
        Ok(token(self.provider, &secret, &self.reference, self.expiry).ok())
    }
}

/// A token, without an address around it.
pub fn token(
    provider: Provider,
    secret: &countersign::Secret,
    reference: &str,
    expiry: Option<SystemTime>,
) -> Result<String, Failure> {
    let nowhere = Url::parse("http://127.0.0.1/").map_err(|error| Failure::because("the address", &error))?;
    let url = mint(provider, secret, &nowhere, reference, expiry)?;
    Ok(url.path_segments().into_iter().flatten().next_back().unwrap_or_default().to_owned())
}

impl Capture {
    /// The content of the token in the address, if there is or was one. Nothing proves it.
    pub fn token(&self) -> Option<TokenContent> {
        let hashed = self.hashes.iter().find_map(|hash| match &hash.place {
            Place::Token { content } => Some(content.as_str()),
            Place::Header { .. } => None,
        });
        let in_path = || {
            let mut segments = self.delivery.uri().path().split('/');
            let token = segments.find_map(|segment| segment.strip_prefix(TOKEN))?;
            token.split_once('.').map(|(content, _)| content)
        };
        TokenContent::read(hashed.or_else(in_path)?)
    }

    /// Says that at least one credential that was taken out left a hash to compare with.
    pub fn has_hashes(&self) -> bool {
        !self.hashes.is_empty()
    }

    /// Puts the credentials back that are the configured ones, by their hashes. The others stay out.
    pub fn restore(&mut self) -> Result<(), Failure> {
        let header_secret = callbacks::header_secret()?;
        let mut headers = self.delivery.headers().clone();
        let mut path = self.delivery.uri().path().to_owned();
        let mut put = Vec::new();
        for hash in &self.hashes {
            match &hash.place {
                Place::Header { name, nth } => {
                    let secret =
                        header_secret.as_ref().filter(|secret| hash.is_of(secret.expose().as_bytes()));
                    if let Some(secret) = secret
                        && put_back(&mut headers, name, *nth, secret.expose())
                    {
                        put.push(format!("header {name}"));
                    }
                }
                Place::Token { content } => {
                    let token = TokenContent::read(content).map(|content| content.minted()).transpose()?;
                    let token = token.flatten().filter(|token| hash.is_of(token.as_bytes()));
                    if let Some(token) = token {
                        path = with_token(&path, &token);
                        put.push(TAKEN_TOKEN.to_owned());
                    }
                }
            }
        }
        for place in put {
            self.put(&place);
        }
        let body = self.delivery.body().clone();
        self.replace(headers, body, &path)
    }

    /// Notes that something is there again that was taken out.
    pub fn put(&mut self, place: &str) {
        if let Some(found) = self.redacted.iter().position(|redacted| redacted == place) {
            self.redacted.remove(found);
        }
    }

    /// Other headers, another body, and another path before the same query.
    pub fn replace(&mut self, headers: HeaderMap, body: Bytes, path: &str) -> Result<(), Failure> {
        let query = self.delivery.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
        let uri = Uri::try_from(format!("{path}{query}"));
        let uri = uri.map_err(|error| Failure::because("the address", &error))?;
        self.delivery = Delivery::new(self.delivery.method().clone(), uri, headers, body);
        Ok(())
    }
}

/// Replaces the nth value of a header, if it is one that was taken out. The order stays.
fn put_back(headers: &mut HeaderMap, name: &str, nth: usize, value: &str) -> bool {
    let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) else {
        return false;
    };
    let Some(found) = headers.get_all(&name).iter().nth(nth) else { return false };
    if found.as_bytes() != REDACTED.as_bytes() {
        return false;
    }
    let mut replaced = HeaderMap::new();
    let mut seen = 0;
    for (other, old) in headers.iter() {
        let is_meant = *other == name && seen == nth;
        seen += usize::from(*other == name);
        replaced.append(other.clone(), if is_meant { value.clone() } else { old.clone() });
    }
    *headers = replaced;
    true
}
