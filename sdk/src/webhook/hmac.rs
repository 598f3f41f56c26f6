//! HMAC-SHA256, put together from parts.

use super::callbacks::Carried;
use super::configuration::ConfigurationError;
use super::delivery::Delivery;
use super::keys::Keys;
use super::proof::{Proof, Scheme};
use super::rejection::{Reason, Rejection};
use crate::runtime::{Secret, hex};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderName;
use secrecy::zeroize::Zeroizing;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::time::{Duration, SystemTime};
use subtle::ConstantTimeEq;

/// Keys are handed out with their padding and without.
const WRITTEN_KEY: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// The prefix that [Standard Webhooks](https://www.standardwebhooks.com/) writes before keys.
pub(super) const KEY_PREFIX: &str = "whsec_";
/// The length of a signature, in bytes.
const LENGTH: usize = 32;

/// A key of an [`HmacScheme`], as a provider issued it.
///
/// Providers write a key down in different ways, and a key that is read in the wrong way matches nothing: say which it is.
/// A prefix such as `whsec_` belongs to the way it is written and not to the key; take it off.
#[derive(Clone)]
pub struct HmacKey {
    keyed: Hmac<Sha256>,
    pub(super) written: Secret,
    pub(super) form: KeyForm,
}

/// How a key is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyForm {
    Text,
    Base64,
    Hex,
}

impl HmacKey {
    /// The key is the text itself, byte for byte.
    #[must_use]
    pub fn text(secret: &Secret) -> Self {
        Self::of(secret, secret.expose().as_bytes(), KeyForm::Text)
    }

    /// The key is written in base64, in the alphabet with `+` and `/`. The padding at its end may be left out.
    ///
    /// ```
    /// use countersign::Secret;
    /// use countersign::webhook::{ConfigurationError, HmacKey};
    ///
    /// let issued = Secret::issued("whsec_Y29ycmVjdCBob3JzZQ")?;
    /// assert_eq!(HmacKey::base64(&issued).unwrap_err(), ConfigurationError::PrefixedKey);
    /// let bare = Secret::issued(issued.expose().trim_start_matches("whsec_"))?;
    /// HmacKey::base64(&bare)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// It is not base64, or of nothing: with a prefix `whsec_` or in the alphabet of URLs, the error says so.
    pub fn base64(secret: &Secret) -> Result<Self, ConfigurationError> {
        let key = decode_key(secret.expose()).map(Zeroizing::new);
        Ok(Self::of(secret, &key.ok_or_else(|| unreadable(secret))?, KeyForm::Base64))
    }

    /// The key is written in hexadecimal digits, of either case.
    ///
    /// # Errors
    ///
    /// It is not hexadecimal, or of nothing.
    pub fn hex(secret: &Secret) -> Result<Self, ConfigurationError> {
        let decoded = hex::decode_all(secret.expose()).map(Zeroizing::new).filter(|key| !key.is_empty());
        Ok(Self::of(secret, &decoded.ok_or_else(|| unreadable_digits(secret))?, KeyForm::Hex))
    }

    fn of(written: &Secret, key: &[u8], form: KeyForm) -> Self {
        Self { keyed: keyed(key), written: written.clone(), form }
    }

    /// The signature of parts that follow one another.
    fn sign(&self, parts: &[&[u8]]) -> [u8; LENGTH] {
        sign(self.keyed.clone(), parts)
    }
}

/// A key that is written in base64.
pub(super) fn decode_key(text: &str) -> Option<Vec<u8>> {
    WRITTEN_KEY.decode(text).ok().filter(|key| !key.is_empty())
}

/// The reason why a key cannot be read as base64, without anything of it.
fn unreadable(secret: &Secret) -> ConfigurationError {
    let as_for_urls = |text: &str| text.replace('-', "+").replace('_', "/");
    match unreadable_digits(secret) {
        ConfigurationError::UnreadableKey if decode_key(&as_for_urls(secret.expose())).is_some() => {
            ConfigurationError::UrlSafeKey
        }
        other => other,
    }
}

/// As [`unreadable`], for hexadecimal digits.
fn unreadable_digits(secret: &Secret) -> ConfigurationError {
    if secret.expose().starts_with(KEY_PREFIX) {
        ConfigurationError::PrefixedKey
    } else {
        ConfigurationError::UnreadableKey
    }
}

/// HMAC takes keys of any length, so the error of its constructor is for other algorithms. If it ever came, the key would be
/// its own digest, as that of a long key is.
pub(super) fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).unwrap_or_else(|_| {
        let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
        block.iter_mut().zip(Sha256::digest(key)).for_each(|(byte, digest)| *byte = digest);
        Hmac::new(&block)
    })
}

pub(super) fn sign(mut keyed: Hmac<Sha256>, parts: &[&[u8]]) -> [u8; LENGTH] {
    for part in parts {
        keyed.update(part);
    }
    keyed.finalize().into_bytes().into()
}

impl fmt::Debug for HmacKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("HmacKey([redacted])")
    }
}

/// One key that is always valid, under the id `default`.
impl From<HmacKey> for Keys<HmacKey> {
    fn from(key: HmacKey) -> Self {
        super::keys::KeySet::single(key).into()
    }
}

/// How a signature is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureEncoding {
    /// Hexadecimal digits, of either case.
    Hex,
    /// Base64 with padding, in the alphabet with `+` and `/`.
    Base64,
}

impl SignatureEncoding {
    pub(super) fn encode(self, signature: &[u8]) -> String {
        match self {
            Self::Hex => hex::encode(signature),
            Self::Base64 => STANDARD.encode(signature),
        }
    }

    /// Exactly one text stands for a signature, but for the case of hexadecimal digits.
    pub(super) fn decode(self, text: &[u8]) -> Option<[u8; LENGTH]> {
        match self {
            Self::Hex => hex::decode(std::str::from_utf8(text).ok()?),
            Self::Base64 => {
                // The decoder wants to know that there is room for the padding too.
                let mut decoded = [0; LENGTH + 1];
                let length = STANDARD.decode_slice(text, &mut decoded).ok()?;
                (length == LENGTH).then_some(*decoded.first_chunk()?)
            }
        }
    }
}

/// How far a timestamp may be from the present.
///
/// A callback that waited in a queue is late, so the past may want more room than the future, which only has to cover
/// clocks that differ. A signature with a timestamp can be replayed until it is too old, so remember the dedupe key for
/// at least as long as `past`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tolerance {
    past: Duration,
    future: Duration,
}

impl Tolerance {
    /// At most this far in the past, and at most that far in the future.
    #[must_use]
    pub const fn new(past: Duration, future: Duration) -> Self {
        Self { past, future }
    }

    /// How far outside it is: `Ok` if it is inside.
    pub(super) fn check(self, at: SystemTime, now: SystemTime) -> Result<(), Skew> {
        match now.duration_since(at) {
            Ok(age) if age > self.past => Err(Skew::Old(age)),
            Err(ahead) if ahead.duration() > self.future => Err(Skew::Ahead(ahead.duration())),
            _ => Ok(()),
        }
    }
}

/// In which direction a timestamp is off, and by how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Skew {
    Old(Duration),
    Ahead(Duration),
}

/// What is signed.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Body,
    /// Id, timestamp and body, with points between them.
    Stamped {
        id: HeaderName,
        timestamp: HeaderName,
        tolerance: Tolerance,
    },
}

/// How a provider signs with HMAC-SHA256: in which header, written how, over what. Nothing is assumed; a scheme is all
/// that its documentation says.
///
/// Signatures of the shape of [Standard Webhooks](https://www.standardwebhooks.com/) are
///
/// ```
/// use countersign::Secret;
/// use countersign::webhook::{Delivery, HmacKey, HmacScheme, SignatureEncoding, Tolerance};
/// use std::time::{Duration, SystemTime};
///
/// let key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".trim_start_matches("whsec_");
/// let key = HmacKey::base64(&Secret::issued(key)?)?;
/// let five_minutes = Duration::from_secs(300);
/// let scheme = HmacScheme::new("webhook-signature", SignatureEncoding::Base64, key)?
///     .several_separated_by(' ')
///     .with_prefix("v1,")
///     .over_id_timestamp_and_body("webhook-id", "webhook-timestamp", Tolerance::new(five_minutes, five_minutes))?;
///
/// let request = http::Request::post("/")
///     .header("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
///     .header("webhook-timestamp", "1614265330")
///     .header("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
///     .body(r#"{"test": 2432232314}"#)?;
/// let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_614_265_330);
/// assert_eq!(scheme.verify(&Delivery::from(request), then)?.key_id(), "default");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct HmacScheme {
    pub(super) header: HeaderName,
    pub(super) encoding: SignatureEncoding,
    pub(super) keys: Keys<HmacKey>,
    pub(super) prefix: String,
    pub(super) separator: Option<u8>,
    pub(super) content: Content,
}

impl HmacScheme {
    /// One signature of the body in this header: the bare signature, unless said otherwise.
    ///
    /// # Errors
    ///
    /// The header has no valid name.
    pub fn new(
        header: &str,
        encoding: SignatureEncoding,
        keys: impl Into<Keys<HmacKey>>,
    ) -> Result<Self, ConfigurationError> {
        Ok(Self {
            header: header_name(header)?,
            encoding,
            keys: keys.into(),
            prefix: String::new(),
            separator: None,
            content: Content::Body,
        })
    }

    /// Each signature has this before it, such as `sha256=`. What has something else is not a signature of this scheme.
    #[must_use]
    pub fn with_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// The header may hold several signatures with this character between them, any of which may be the right one. A
    /// character that is not ASCII is never found.
    #[must_use]
    pub fn several_separated_by(mut self, separator: char) -> Self {
        self.separator = u8::try_from(separator).ok().filter(u8::is_ascii);
        self
    }

    /// Not the body alone is signed, but `id.timestamp.body`, with an id and a Unix time in seconds from these headers. An
    /// id with a full stop in it is refused: it would not be certain where it ends.
    ///
    /// # Errors
    ///
    /// A header has no valid name.
    pub fn over_id_timestamp_and_body(
        mut self,
        id_header: &str,
        timestamp_header: &str,
        tolerance: Tolerance,
    ) -> Result<Self, ConfigurationError> {
        let (id, timestamp) = (header_name(id_header)?, header_name(timestamp_header)?);
        self.content = Content::Stamped { id, timestamp, tolerance };
        Ok(self)
    }

    /// Whether the delivery carries a right signature at this time. Every signature is compared with that of every key. If
    /// keys are for one audience each, compare [`Proof::audience`] with whom the callback names; a verifier does.
    ///
    /// # Errors
    ///
    /// It does not: the header or one of those that are signed is missing or there twice, no signature is right, or the
    /// timestamp, which is only looked at after that, is too far from `now`.
    pub fn verify(&self, delivery: &Delivery, now: SystemTime) -> Result<Proof, Rejection> {
        let carried = Carried::in_header(delivery, &self.header);
        let text = carried.once()?;
        let stamp = self.stamp(delivery)?;
        let parts = stamp.parts(delivery.body());
        let keys = self.keys.current();
        let found = keys.find(now, |key| {
            let expected = key.sign(&parts);
            self.signatures(text)
                .fold(false, |found, signature| found | bool::from(expected.ct_eq(&signature)))
        });
        let key = found.ok_or(Reason::WrongCredential)?;
        stamp.check(now)?;
        Ok(Proof::by(Scheme::Hmac, key))
    }

    /// Refuses what lacks the headers, in the order of [`verify`](Self::verify), whatever the body is.
    pub(super) fn precheck(&self, head: &Delivery) -> Result<(), Rejection> {
        let carried = Carried::in_header(head, &self.header);
        let text = carried.once()?;
        self.stamp(head)?;
        self.signatures(text).next().map(drop).ok_or_else(|| Reason::WrongCredential.into())
    }

    /// Everything in the header that can be a signature.
    pub(super) fn signatures<'t>(&'t self, text: &'t [u8]) -> impl Iterator<Item = [u8; LENGTH]> + 't {
        let each = text.split(|byte| Some(*byte) == self.separator);
        each.filter_map(|each| self.encoding.decode(each.strip_prefix(self.prefix.as_bytes())?))
    }

    /// What is signed beside the body.
    pub(super) fn stamp(&self, delivery: &Delivery) -> Result<Stamp, Rejection> {
        let Content::Stamped { id, timestamp, tolerance } = &self.content else {
            return Ok(Stamp::None);
        };
        let id = Carried::in_header(delivery, id).once()?.clone();
        if id.contains(&b'.') {
            // The same text, taken apart at another full stop, would be another id, timestamp and body.
            return Err(Reason::MalformedCredential.into());
        }
        let timestamp = Carried::in_header(delivery, timestamp).once()?.clone();
        Ok(Stamp::Some { id, timestamp, tolerance: *tolerance })
    }

    /// The headers that sign a body as a provider would, by the first key that is valid then. What is not part of the
    /// scheme, such as the id where only the body is signed, is not used. `None` if no key is valid.
    #[cfg(feature = "mock")]
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: SystemTime, body: &[u8]) -> Option<Vec<(HeaderName, String)>> {
        let seconds = timestamp.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let stamp = match &self.content {
            Content::Body => Stamp::None,
            Content::Stamped { tolerance, .. } => Stamp::Some {
                id: Bytes::copy_from_slice(id.as_bytes()),
                timestamp: seconds.to_string().into(),
                tolerance: *tolerance,
            },
        };
        let keys = self.keys.current();
        let signature = keys.first_valid(timestamp)?.material().sign(&stamp.parts(body));
        let mut headers =
            vec![(self.header.clone(), format!("{}{}", self.prefix, self.encoding.encode(&signature)))];
        if let Content::Stamped { id: id_header, timestamp: time_header, .. } = &self.content {
            headers.push((id_header.clone(), id.to_owned()));
            headers.push((time_header.clone(), seconds.to_string()));
        }
        Some(headers)
    }
}

fn header_name(name: &str) -> Result<HeaderName, ConfigurationError> {
    HeaderName::try_from(name).map_err(|_| ConfigurationError::InvalidHeaderName)
}

/// What is signed beside the body.
pub(super) enum Stamp {
    None,
    Some { id: Bytes, timestamp: Bytes, tolerance: Tolerance },
}

impl Stamp {
    pub(super) fn parts<'p>(&'p self, body: &'p [u8]) -> Vec<&'p [u8]> {
        match self {
            Self::None => vec![body],
            Self::Some { id, timestamp, .. } => vec![id, b".", timestamp, b".", body],
        }
    }

    /// Whether it is recent enough.
    fn check(&self, now: SystemTime) -> Result<(), Rejection> {
        match self.skew(now) {
            None => Err(Rejection::from(Reason::MalformedCredential)),
            Some(Ok(())) => Ok(()),
            Some(Err(_)) => Err(Reason::Stale.into()),
        }
    }

    /// How far off it is; `None` if it is no time at all.
    pub(super) fn skew(&self, now: SystemTime) -> Option<Result<(), Skew>> {
        let Self::Some { timestamp, tolerance, .. } = self else { return Some(Ok(())) };
        let digits = std::str::from_utf8(timestamp).ok()?;
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let at = SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(digits.parse().ok()?))?;
        Some(tolerance.check(at, now))
    }
}
