//! Whether a status is what somebody claims it to be.

use crate::legalesign::{DocumentStatus, SignerStatus};
use crate::webhook::{Difference, Doubt};

/// What a comparison comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Agrees,
    CannotTell(Doubt),
    Differs(Difference),
}

impl Verdict {
    /// Of several: one difference is enough, and so is one doubt where nothing differs.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Differs(_), _) | (Self::CannotTell(_), Self::Agrees) => self,
            (Self::Agrees, _) => other,
            (Self::CannotTell(_), _) if matches!(other, Self::Differs(_)) => other,
            _ => self,
        }
    }
}

/// How far a document has come. After a refusal or a removal it comes no further. The API shows no 100
/// \[[L13](crate::legalesign::sources#l13)\]: a document whose final PDF exists is signed there.
pub(super) fn document(claimed: Option<DocumentStatus>, actual: Option<DocumentStatus>) -> Verdict {
    let step = |status| match status {
        DocumentStatus::Initial => Some((0, false)),
        DocumentStatus::FieldsCompleted => Some((1, false)),
        DocumentStatus::Signed | DocumentStatus::FinalPdfReady => Some((2, true)),
        DocumentStatus::Removed => Some((3, true)),
        DocumentStatus::Rejected => Some((4, true)),
        _ => None,
    };
    compare(claimed.and_then(step), actual.and_then(step))
}

/// How far a signer has come. Signing is followed by downloading, a refusal by nothing.
pub(super) fn signer(claimed: Option<SignerStatus>, actual: Option<SignerStatus>) -> Verdict {
    let step = |status| match status {
        SignerStatus::Unsent => Some((0, false)),
        SignerStatus::Scheduled => Some((1, false)),
        SignerStatus::Sent => Some((2, false)),
        SignerStatus::EmailOpened => Some((3, false)),
        SignerStatus::Visited => Some((4, false)),
        SignerStatus::FieldsCompleted => Some((5, false)),
        SignerStatus::FieldsCompletedExceptSignature => Some((6, false)),
        SignerStatus::WaitingForWitness => Some((7, false)),
        SignerStatus::Signed => Some((8, true)),
        SignerStatus::Downloaded => Some((9, true)),
        SignerStatus::Rejected => Some((10, true)),
        _ => None,
    };
    match (&claimed, &actual) {
        // Who has downloaded the document has signed it before.
        (Some(SignerStatus::Signed), Some(SignerStatus::Downloaded)) => Verdict::Agrees,
        _ => compare(claimed.and_then(step), actual.and_then(step)),
    }
}

/// `true` is for what nothing follows that would contradict it.
fn compare(claimed: Option<(u8, bool)>, actual: Option<(u8, bool)>) -> Verdict {
    match (claimed, actual) {
        (Some((claimed, _)), Some((actual, _))) if claimed == actual => Verdict::Agrees,
        (Some((claimed, false)), Some((actual, _))) if claimed < actual => {
            Verdict::CannotTell(Doubt::MovedOn)
        }
        (Some(_), Some(_)) => Verdict::Differs(Difference::OtherState),
        (None, _) => Verdict::CannotTell(Doubt::NothingToCompare),
        (_, None) => Verdict::CannotTell(Doubt::NotShown),
    }
}
