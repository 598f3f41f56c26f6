//! What cannot happen at a mock, because it could not happen at the provider.

use std::fmt;

/// Why a step or a scene could not be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotPossible(&'static str);

impl NotPossible {
    pub(super) fn because(reason: &'static str) -> Self {
        Self(reason)
    }
}

impl fmt::Display for NotPossible {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0)
    }
}

impl std::error::Error for NotPossible {}
