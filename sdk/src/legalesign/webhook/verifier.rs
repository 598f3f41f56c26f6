//! What Legalesign's callbacks can be proved by.

use super::event::Event;
use crate::legalesign::GroupUri;
use crate::webhook::{self, ConfigurationError, Expected, HmacScheme, Keys, RsaKey};

/// Accepts the callbacks that are proved and meant for the groups.
///
/// With a certificate it accepts what Legalesign signs, and nothing else. To accept the other kinds as well, give it
/// [`CallbackUrls`] and lower the
/// [`least_assurance`](webhook::VerifierBuilder::least_assurance) to [`Sender`](webhook::Assurance::Sender): what
/// Legalesign signs still has to be signed rightly, and the rest has to come to a signed URL.
pub type Verifier = webhook::Verifier<Event>;

/// Builds a [`Verifier`].
pub type VerifierBuilder = webhook::VerifierBuilder<Event>;

/// URLs for subscriptions of Legalesign. Give each subscription a reference of its own: `signed`, `sent` and `rejected`
/// cannot be told apart by anything else. A reference that is one of the verifier's groups, by its id or its address, makes the
/// URL good for that group only; narrow such a subscription down to the group, and give each a path of its own.
pub type CallbackUrls = webhook::CallbackUrls<Event>;

/// Reads callbacks of any kind that come to any URL, which anybody may have sent. Signatures are not looked at.
pub type UnverifiedReader = webhook::UnverifiedReader<Event>;

impl webhook::VerifierBuilder<Event> {
    /// The key that Legalesign signs its forms with: one [`RsaKey`], several in a [`KeySet`](webhook::KeySet), or
    /// [`Keys`] that can be replaced later. It proves the [`Payload`](webhook::Assurance::Payload). Legalesign signs
    /// with SHA-1 \[[L3](crate::legalesign::sources#l3)\], which a key has to be told: [`RsaKey::legacy_sha1`].
    pub fn certificate(self, keys: impl Into<Keys<RsaKey>>) -> Self {
        self.with_rsa(keys.into())
    }

    /// An HMAC of realtime events. Legalesign sends a header `X-Hmac-Sha256` with them
    /// \[[L12](crate::legalesign::sources#l12)\] and does not say in public how it is made; this is for those who know.
    pub fn hmac(self, scheme: HmacScheme) -> Self {
        self.with_hmac(scheme)
    }

    /// The group whose callbacks are expected, by its id or its address. Call it again for each further one.
    pub fn group(self, group: impl Into<GroupUri>) -> Self {
        self.expecting(id(&group.into()))
    }

    /// Accepts callbacks of every group, in place of those given so far. Another customer of Legalesign can then have
    /// genuine events sent to you that speak of their documents and carry your tags.
    pub fn any_group_even_another_customers(self) -> Self {
        self.expecting_anybody()
    }
}

impl webhook::UnverifiedReader<Event> {
    /// Reads callbacks that say they are of this group, and lists of changes, which do not say of which.
    ///
    /// # Errors
    ///
    /// The group is blank.
    pub fn for_group(group: impl Into<GroupUri>) -> Result<Self, ConfigurationError> {
        Self::expecting(Expected::nobody().and(id(&group.into())))
    }
}

/// Callbacks name groups by their address, and applications by either.
fn id(group: &GroupUri) -> String {
    group.id().map_or_else(String::new, |id| id.to_string())
}
