//! Credentials: not printed, not serialised, wiped after use, compared in constant time.

use super::sentences::sentences;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::fmt;
use subtle::{Choice, ConstantTimeEq};

/// A credential or a shared secret.
///
/// It has no `Display` and no `Serialize`, its `Debug` prints nothing of it, and its memory is wiped when it is dropped.
/// There is no `==`; [`matches`](Self::matches) compares in constant time.
///
/// ```
/// use countersign::Secret;
///
/// let secret = Secret::chosen("correct horse battery staple")?;
/// assert_eq!(format!("{secret:?}"), "Secret([redacted])");
/// assert!(secret.matches("correct horse battery staple"));
/// # Ok::<(), countersign::SecretError>(())
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

/// The shortest secret that an application may choose, in bytes.
const SHORTEST: usize = 16;

impl Secret {
    /// A secret that the application chose itself, such as the value of a callback header.
    ///
    /// # Errors
    ///
    /// It is shorter than 16 bytes, or has characters that a header cannot carry (anything but visible ASCII and inner
    /// blanks).
    pub fn chosen(secret: impl Into<String>) -> Result<Self, SecretError> {
        let secret = Self::issued(secret)?;
        if secret.expose().len() < SHORTEST {
            return Err(SecretError::TooShort);
        }
        Ok(secret)
    }

    /// A secret that a provider issued: whatever it is, as long as it is something.
    ///
    /// # Errors
    ///
    /// It is empty, blank, or has characters that a header cannot carry. A line break at the end is the usual cause.
    pub fn issued(secret: impl Into<String>) -> Result<Self, SecretError> {
        let secret = SecretString::from(secret.into());
        let text = secret.expose_secret();
        if text.trim().is_empty() {
            return Err(SecretError::Empty);
        }
        let trimmed = text.trim() == text;
        if !trimmed || !text.bytes().all(|byte| (0x20..0x7F).contains(&byte)) {
            return Err(SecretError::Unsendable);
        }
        Ok(Self(secret))
    }

    /// Whether `candidate` is this secret, in a time that depends on neither of them.
    #[must_use]
    pub fn matches(&self, candidate: impl AsRef<[u8]>) -> bool {
        self.matches_digest(&Sha256::digest(candidate.as_ref())).into()
    }

    /// Digests are compared, so that the time does not tell the length either.
    fn matches_digest(&self, candidate: &[u8]) -> Choice {
        Sha256::digest(self.expose().as_bytes()).ct_eq(candidate)
    }

    /// The secret itself, to hand it to somebody who has to have it: a provider, or a test.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret([redacted])")
    }
}

/// Why something cannot be a [`Secret`].
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretError {
    /// It is empty or blank.
    Empty,
    /// It is shorter than 16 bytes, so that it could be guessed.
    TooShort,
    /// It begins or ends with white space, or has characters other than visible ASCII.
    Unsendable,
}

sentences!(SecretError {
    Empty => "the secret is empty",
    TooShort => "the secret is shorter than 16 bytes; choose a random one",
    Unsendable => "the secret has characters that a header cannot carry; look for a line break at its end",
});
