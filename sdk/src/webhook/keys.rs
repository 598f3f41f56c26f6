//! Keys: several at a time, each with a validity, replaced as a whole.

use super::configuration::ConfigurationError;
use crate::runtime::Secret;
use countersign_macros::SafeDebug;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

/// A key, with the name it is told by and the time it is valid.
#[derive(Clone, SafeDebug)]
pub struct Key<K> {
    id: String,
    #[safe_debug(redact)]
    material: K,
    audience: Option<String>,
    not_before: Option<SystemTime>,
    not_after: Option<SystemTime>,
}

impl<K> Key<K> {
    /// A key that is always valid. The id is yours to choose; it is told with everything that the key verified, and
    /// printed by `Debug`, so it must not be secret.
    pub fn new(id: impl Into<String>, key: K) -> Self {
        Self { id: id.into(), material: key, audience: None, not_before: None, not_after: None }
    }

    /// Binds the key to one tenant, group or organisation, which an application with several of them gives a secret or
    /// callback URLs of their own. Whatever the key proves has to name that one, or it is refused as
    /// [`WrongAudience`](super::Reason::WrongAudience), and the verifier has to expect that one too. Without this a key
    /// proves callbacks of everybody whom the verifier expects, so that whoever knows the secret of one tenant can speak for
    /// another.
    ///
    /// Callbacks that name nobody are accepted. Those of SIGN8 then count as meant for this organisation; Legalesign's lists
    /// of changes stay [`NotNamed`](super::Audience::NotNamed), since a subscription tells of all groups of its owner; those
    /// of Leap never name anybody. The same secret under two audiences is good for the first of them.
    ///
    /// Ids of events are the provider's, and a tenant may be able to guess one: where several tenants share an inbox, remember
    /// the tenant together with the [`DedupeKey`](super::DedupeKey).
    ///
    /// Printed by `Debug`, like the id.
    ///
    /// ```
    /// # #[cfg(feature = "signly")] {
    /// use countersign::Secret;
    /// use countersign::signly::webhook::Verifier;
    /// use countersign::webhook::{Delivery, Key, KeySet, Reason};
    /// use std::time::SystemTime;
    ///
    /// let north = Key::new("north", Secret::chosen("correct horse battery staple")?).for_audience("tenant-1");
    /// let south = Key::new("south", Secret::chosen("staple battery horse correct")?).for_audience("tenant-2");
    /// let secrets = KeySet::new([north, south])?;
    /// let verifier = Verifier::builder().shared_secret("X-Client-Auth", secrets);
    /// let verifier = verifier.tenant("tenant-1").tenant("tenant-2").build()?;
    ///
    /// let request = http::Request::post("/callbacks/signly").header("X-Client-Auth", "correct horse battery staple");
    /// let request = request.body(r#"{"eventId":"evt_01","type":"OTP_SENT","tenantId":"tenant-2"}"#)?;
    /// let rejection = verifier.verify(&Delivery::from(request), SystemTime::now()).unwrap_err();
    /// assert_eq!(rejection.reason(), Reason::WrongAudience);
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn for_audience(mut self, audience: impl Into<String>) -> Self {
        self.audience = Some(audience.into());
        self
    }

    /// The key is not valid before this time.
    #[must_use]
    pub fn not_before(mut self, time: SystemTime) -> Self {
        self.not_before = Some(time);
        self
    }

    /// The key is not valid after this time.
    #[must_use]
    pub fn not_after(mut self, time: SystemTime) -> Self {
        self.not_after = Some(time);
        self
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn audience(&self) -> Option<&str> {
        self.audience.as_deref()
    }

    pub(super) fn material(&self) -> &K {
        &self.material
    }

    pub(super) fn is_valid_at(&self, now: SystemTime) -> bool {
        self.not_before.is_none_or(|start| start <= now) && self.not_after.is_none_or(|end| now <= end)
    }
}

/// One or more keys, any of which may verify a callback.
///
/// ```
/// use countersign::Secret;
/// use countersign::webhook::{Key, KeySet};
/// use std::time::{Duration, SystemTime};
///
/// let old = Secret::chosen("correct horse battery staple")?;
/// let new = Secret::chosen("staple battery horse correct")?;
/// let tomorrow = SystemTime::now() + Duration::from_secs(24 * 60 * 60);
/// let both = KeySet::new([Key::new("spring", old).not_after(tomorrow), Key::new("summer", new)])?;
/// # let _ = both;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, SafeDebug)]
pub struct KeySet<K>(Vec<Key<K>>);

impl<K> KeySet<K> {
    /// A set of keys.
    ///
    /// # Errors
    ///
    /// There is no key, or two have the same id.
    pub fn new(keys: impl IntoIterator<Item = Key<K>>) -> Result<Self, ConfigurationError> {
        let mut set = Vec::<Key<K>>::new();
        for key in keys {
            if set.iter().any(|other| other.id == key.id) {
                return Err(ConfigurationError::DuplicateKeyId);
            }
            set.push(key);
        }
        if set.is_empty() { Err(ConfigurationError::NoKey) } else { Ok(Self(set)) }
    }

    /// One key that is always valid, under the id `default`.
    pub fn single(key: K) -> Self {
        Self(vec![Key::new("default", key)])
    }

    /// The first valid key that matches. Every key is tried, valid or not, and the search does not end early, so that the
    /// time it takes does not tell which one it was.
    pub(crate) fn find(&self, now: SystemTime, matches: impl Fn(&K) -> bool) -> Option<&Key<K>> {
        let mut found = None;
        for key in self.all() {
            if matches(&key.material) & key.is_valid_at(now) {
                found = found.or(Some(key));
            }
        }
        found
    }

    /// The first key that is valid: the one to sign with.
    pub(crate) fn first_valid(&self, now: SystemTime) -> Option<&Key<K>> {
        self.0.iter().find(|key| key.is_valid_at(now))
    }

    pub(super) fn all(&self) -> &[Key<K>] {
        &self.0
    }
}

/// The keys that verifiers hold. Clones share them: what replaces them in one place is used everywhere from the next
/// callback on, so that a key is changed without a restart.
///
/// ```
/// use countersign::Secret;
/// use countersign::webhook::{Key, KeySet, Keys};
///
/// let keys = Keys::from(Secret::chosen("correct horse battery staple")?);
/// let held_by_a_verifier = keys.clone();
/// keys.replace(KeySet::new([Key::new("summer", Secret::chosen("staple battery horse correct")?)])?);
/// # let _ = held_by_a_verifier;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Keys<K>(Arc<RwLock<Arc<KeySet<K>>>>);

impl<K> Keys<K> {
    /// Uses this set instead of the present one.
    pub fn replace(&self, keys: KeySet<K>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }

    /// The present set. Nothing is locked while it is used.
    pub(crate) fn current(&self) -> Arc<KeySet<K>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl<K> Clone for Keys<K> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<K> fmt::Debug for Keys<K> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let current = self.current();
        let ids = current.all().iter().map(|key| key.id.as_str()).collect::<Vec<_>>();
        formatter.debug_tuple("Keys").field(&ids).finish()
    }
}

impl<K> From<KeySet<K>> for Keys<K> {
    fn from(keys: KeySet<K>) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(keys))))
    }
}

/// One secret that is always valid, under the id `default`.
impl From<Secret> for Keys<Secret> {
    fn from(secret: Secret) -> Self {
        KeySet::single(secret).into()
    }
}
