//! Why a verifier cannot be built.

use std::fmt;

/// Why keys or a verifier cannot be built from what was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConfigurationError {
    /// A key set without a key: nothing could ever be accepted.
    NoKey,
    /// Two keys have the same id.
    DuplicateKeyId,
    /// The verifier was given nothing that could prove a callback.
    NoCredential,
    /// The name of the header that carries the shared secret is no valid header name.
    InvalidHeaderName,
    /// The verifier was not told whose callbacks to expect, or the name it was given is blank.
    NoAudience,
    /// More assurance is asked for than the provider's callbacks can give.
    UnattainableAssurance,
}

impl fmt::Display for ConfigurationError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::NoKey => "a key set needs at least one key",
            Self::DuplicateKeyId => "two keys of a key set have the same id",
            Self::NoCredential => {
                "the verifier has nothing to recognise a callback by; give it a shared secret"
            }
            Self::InvalidHeaderName => "the shared secret's header name is not valid",
            Self::NoAudience => "the verifier does not know whose callbacks to expect",
            Self::UnattainableAssurance => {
                "the provider's callbacks cannot give the assurance that is asked for"
            }
        })
    }
}

impl std::error::Error for ConfigurationError {}
