//! Addresses that only the application could have made.

use super::callbacks::Callbacks;
use super::configuration::ConfigurationError;
use super::delivery::Delivery;
use super::hmac::{keyed, sign};
use super::keys::Keys;
use super::members::is_one_line;
use super::proof::{Proof, Scheme};
use super::rejection::{Reason, Rejection};
use crate::runtime::{Clock, Link, Secret, SystemClock, base_url};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use subtle::ConstantTimeEq;
use url::Url;

/// What every token begins with. The number is that of its form.
pub(crate) const MARK: &str = "cs1.";
/// The longest reference, in bytes.
const LONGEST_REFERENCE: usize = 512;

/// Callback URLs that carry a token, for callbacks of one provider: made here, and recognised by the verifier that is
/// given them. Clones share the keys.
///
/// Where a provider calls any address that it is given, the address itself can be the proof: a segment of its path is a
/// token that only the application could have made. Whoever calls it has seen it, so it proves the
/// [`Sender`](super::Assurance::Sender), like a password would, and nothing about the body. It is as secret as
/// a password too. Keep it out of logs; that of a proxy in front of the application is the one to think of.
///
/// The token holds a reference of your choice, which comes back with the callback
/// ([`Verified::reference`](super::Verified::reference)) and is readable to whoever sees the address, and the time it
/// expires, if any. What authenticates it covers these, the provider, the kind of address, and the id of the key, so that
/// a token is good for nothing else. Renaming a key ends its URLs, unless the same secret stays under the old id as well. It
/// does not cover the rest of the address: proxies may change that.
///
/// ```
/// # #[cfg(feature = "leap")] {
/// use countersign::Secret;
/// use countersign::leap::webhook::{CallbackUrls, Verifier};
/// use countersign::webhook::Delivery;
/// use std::time::SystemTime;
///
/// let urls = CallbackUrls::new(Secret::chosen("correct horse battery staple")?);
/// let url = urls.mint("https://app.example/callbacks/leap", "contract-17")?;
///
/// let verifier = Verifier::builder().callback_urls(urls).build()?;
/// let request = http::Request::post(url.expose()).body("")?;
/// let verified = verifier.verify(&Delivery::from(request), SystemTime::now())?;
/// assert_eq!(verified.reference(), Some("contract-17"));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct CallbackUrls<E> {
    pub(super) keys: Keys<Secret>,
    clock: Arc<dyn Clock>,
    event: PhantomData<fn() -> E>,
}

impl<E: Callbacks> CallbackUrls<E> {
    /// URLs that are signed with the first key that is valid, and recognised by all that are.
    pub fn new(keys: impl Into<Keys<Secret>>) -> Self {
        Self { keys: keys.into(), clock: Arc::new(SystemClock), event: PhantomData }
    }

    /// Where the time comes from that decides which key signs: for tests.
    #[must_use]
    pub fn with_clock(self, clock: impl Clock) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// A URL below `address` that holds `reference`: where the application receives the provider's callbacks, and what
    /// the callback will be about. It never expires; it ends with the key that signed it.
    ///
    /// The reference names what you will want to know when the callback comes: the contract, or the account. It is not
    /// secret to whoever sees the URL. The same reference gives the same URL. If it is one of those whom the verifier expects
    /// (a tenant, a group, an organisation), the URL is for that one: a callback that names another is refused. Take such a
    /// reference only where the provider is told to call for that one alone. A URL is no longer bound once the verifier stops
    /// to expect its reference, so give each a key of its own and take it away when they leave: see
    /// [`Key::for_audience`](super::Key::for_audience).
    ///
    /// Where the URL is all that names a process, as with Leap, take a new reference for each one: a contract that is sent
    /// again is another process, and its callback would be taken for a duplicate of the first one's.
    ///
    /// # Errors
    ///
    /// The address is not https (on this machine, http will do), or has a query, a fragment or a token; the reference is
    /// empty, longer than 512 bytes or more than one line; or no key is valid.
    pub fn mint(&self, address: &str, reference: impl AsRef<str>) -> Result<Link, ConfigurationError> {
        self.minted(address, reference.as_ref(), None)
    }

    /// As [`mint`](Self::mint), for a URL that is refused from this time on. Allow for a provider that is late.
    ///
    /// # Errors
    ///
    /// As [`mint`](Self::mint).
    pub fn mint_until(
        &self,
        address: &str,
        reference: impl AsRef<str>,
        expiry: SystemTime,
    ) -> Result<Link, ConfigurationError> {
        let seconds = expiry.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
        self.minted(address, reference.as_ref(), Some(seconds))
    }

    fn minted(
        &self,
        address: &str,
        reference: &str,
        expiry: Option<u64>,
    ) -> Result<Link, ConfigurationError> {
        let unusable = |_| ConfigurationError::UnusableAddress;
        base_url::check_callback("address", address, true).map_err(unusable)?;
        let url = Url::parse(address).map_err(|_| ConfigurationError::UnusableAddress)?;
        let has_token = url.path().split('/').any(|segment| segment.starts_with(MARK));
        if url.query().is_some() || url.fragment().is_some() || has_token {
            return Err(ConfigurationError::UnusableAddress);
        }
        if reference.len() > LONGEST_REFERENCE || !is_one_line(reference) {
            return Err(ConfigurationError::UnusableReference);
        }
        let keys = self.keys.current();
        let key = keys.first_valid(self.clock.now()).ok_or(ConfigurationError::NoValidKey)?;
        let content = json!([E::PROVIDER, purpose::<E>(), key.id(), expiry, reference]).to_string();
        let content = URL_SAFE_NO_PAD.encode(content);
        let mac = URL_SAFE_NO_PAD.encode(authenticate(key.material(), content.as_bytes()));
        // Not the text that was given: what was checked is the URL that it is read as.
        Ok(Link::from(format!("{}/{MARK}{content}.{mac}", url.as_str().trim_end_matches('/'))))
    }

    /// What proves the delivery, and the reference in its address.
    pub(super) fn verify(&self, delivery: &Delivery, now: SystemTime) -> Result<(Proof, String), Rejection> {
        let token = Self::token(delivery)?;
        let keys = self.keys.current();
        keys.find(now, |key| token.is_by(key)).ok_or(Reason::WrongCredential)?;
        let content = token.read().ok_or(Reason::WrongCredential)?;
        // The secret may be there under several ids, one of which the token was made under.
        let mut named = keys.all().iter().filter(|key| key.id() == content.key_id && key.is_valid_at(now));
        let key = named.find(|key| token.is_by(key.material())).ok_or(Reason::WrongCredential)?;
        if !content.is_for::<E>() {
            return Err(Reason::WrongCredential.into());
        }
        if content.is_over(now) {
            return Err(Reason::Stale.into());
        }
        Ok((Proof::by(Scheme::CallbackUrl, key), content.reference))
    }

    /// The token in the address as it was sent. It is at the end, unless the provider adds a path of its own.
    pub(super) fn token(delivery: &Delivery) -> Result<Token<'_>, Rejection> {
        let path = delivery.uri().path();
        let mut segments = path.split('/');
        let token =
            segments.find_map(|segment| segment.strip_prefix(MARK)).ok_or(Reason::MissingCredential)?;
        let mut rest = segments.filter(|segment| !segment.is_empty());
        if rest.clone().any(|segment| segment.starts_with(MARK)) {
            return Err(Reason::DuplicateCredential.into());
        }
        if !E::APPENDS_PATH && rest.next().is_some() {
            return Err(Reason::MalformedCredential.into());
        }
        Token::split(token).ok_or_else(|| Reason::MalformedCredential.into())
    }
}

/// What the address is for: one process, or everything of an account.
fn purpose<E: Callbacks>() -> &'static str {
    if E::APPENDS_PATH { "installation" } else { "process" }
}

fn authenticate(key: &Secret, content: &[u8]) -> [u8; 32] {
    // Apart from whatever else the same secret may be used for.
    sign(keyed(key.expose().as_bytes()), &[b"countersign callback url 1\0", content])
}

/// A token, as it was sent.
pub(super) struct Token<'d> {
    content: &'d str,
    mac: [u8; 32],
}

/// What a token says.
pub(super) struct Content {
    provider: String,
    purpose: String,
    pub(super) key_id: String,
    pub(super) expiry: Option<u64>,
    pub(super) reference: String,
}

impl<'d> Token<'d> {
    fn split(token: &'d str) -> Option<Self> {
        let (content, mac) = token.split_once('.')?;
        let mac = URL_SAFE_NO_PAD.decode(mac).ok()?.try_into().ok()?;
        Some(Self { content, mac })
    }

    pub(super) fn is_by(&self, key: &Secret) -> bool {
        authenticate(key, self.content.as_bytes()).ct_eq(&self.mac).into()
    }

    /// Only to be believed once it is known who wrote it.
    pub(super) fn read(&self) -> Option<Content> {
        let content = URL_SAFE_NO_PAD.decode(self.content).ok()?;
        let (provider, purpose, key_id, expiry, reference) = serde_json::from_slice(&content).ok()?;
        Some(Content { provider, purpose, key_id, expiry, reference })
    }
}

impl Content {
    pub(super) fn is_for<E: Callbacks>(&self) -> bool {
        self.provider == E::PROVIDER && self.purpose == purpose::<E>()
    }

    pub(super) fn is_over(&self, now: SystemTime) -> bool {
        let expiry = self.expiry.and_then(|seconds| {
            // What is too far away to be written never comes.
            SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
        });
        expiry.is_some_and(|expiry| now >= expiry)
    }
}
