//! The words of statuses, which come in several spellings.

use super::{SignatureState, SignerState};

impl SignatureState {
    /// Whether both are the same word, whatever the case of their letters and the underscores between them: `InProgress` and
    /// `IN_PROGRESS` are, and `==` says that they are not.
    ///
    /// ```
    /// use countersign::faireplace::signatures::SignatureState;
    ///
    /// assert!(SignatureState::from("COMPLETED").is_same_as(&SignatureState::Completed));
    /// assert!(SignatureState::from("IN_PROGRESS").is_same_as(&SignatureState::InProgress));
    /// assert!(!SignatureState::from("SIGNING").is_same_as(&SignatureState::InProgress));
    /// ```
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        is_same_word(self.as_str(), other.as_str())
    }
}

impl SignerState {
    /// Whether both are the same word, as with [`SignatureState::is_same_as`].
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        is_same_word(self.as_str(), other.as_str())
    }
}

fn is_same_word(one: &str, other: &str) -> bool {
    let letters = |word: &'_ str| {
        word.chars()
            .filter(|letter| *letter != '_')
            .map(|letter| letter.to_ascii_lowercase())
            .collect::<String>()
    };
    letters(one) == letters(other)
}
