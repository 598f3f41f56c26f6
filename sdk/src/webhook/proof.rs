//! What proved a callback.

use super::assurance::Assurance;
use super::keys::Key;

/// How a callback was proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scheme {
    /// A secret in a header, which the provider was asked to send along.
    SharedSecret,
    /// A token in the address, which only the application could have made.
    CallbackUrl,
    /// An HMAC of the body.
    Hmac,
    /// An RSA signature by the provider's own key.
    Rsa,
}

impl Scheme {
    /// How much this proves.
    #[must_use]
    pub fn assurance(self) -> Assurance {
        match self {
            Self::SharedSecret | Self::CallbackUrl => Assurance::Sender,
            Self::Hmac | Self::Rsa => Assurance::Payload,
        }
    }
}

/// One thing that proved a callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    scheme: Scheme,
    key_id: String,
    /// Whom the key is for, if it is for one only.
    audience: Option<String>,
    certificate_out_of_time: bool,
}

impl Proof {
    pub(super) fn by<K>(scheme: Scheme, key: &Key<K>) -> Self {
        let (key_id, audience) = (key.id().to_owned(), key.audience().map(str::to_owned));
        Self { scheme, key_id, audience, certificate_out_of_time: false }
    }

    #[cfg(feature = "rsa")]
    pub(crate) fn by_certificate(self, certificate_out_of_time: bool) -> Self {
        Self { certificate_out_of_time, ..self }
    }

    /// How.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// How much.
    #[must_use]
    pub fn assurance(&self) -> Assurance {
        self.scheme.assurance()
    }

    /// The id of the key. While a key is being changed, this tells whether the old one is still used.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Whom the key [is for](Key::for_audience), as it was given. A verifier has compared it with whom the callback names.
    #[must_use]
    pub fn audience(&self) -> Option<&str> {
        self.audience.as_deref()
    }

    /// Whether the key came with a certificate that was not valid at this time. The proof holds all the same, since the
    /// certificate is a pin: see `RsaKey::enforcing_validity` for the other way.
    #[must_use]
    pub fn is_certificate_out_of_time(&self) -> bool {
        self.certificate_out_of_time
    }
}
