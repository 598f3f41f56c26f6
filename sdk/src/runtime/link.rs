//! Links that a provider hands out.

use secrecy::{ExposeSecret, SecretString};
use std::fmt;

/// A URL that works for whoever has it, such as a link for signing. Many work once.
///
/// The SDK neither follows nor logs it. It has no `Display` and no `Serialize`, its `Debug` prints nothing of it, and its
/// memory is wiped when it is dropped.
#[derive(Clone)]
pub struct Link(SecretString);

impl Link {
    /// The URL. Give it to the person it is for, and to nobody else.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<String> for Link {
    fn from(url: String) -> Self {
        Self(SecretString::from(url))
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Link([redacted])")
    }
}
