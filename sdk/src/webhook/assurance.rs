//! How much is proved, and to whom it was addressed.

/// What a verified callback proves. The order is by strength.
///
/// ```
/// use countersign::webhook::Assurance;
///
/// assert!(Assurance::Payload > Assurance::Sender);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Assurance {
    /// A shared secret came with the request, so the sender knows it. Nothing but TLS protects what was sent along:
    /// whoever reads the secret once can send anything.
    Sender,
    /// A signature covers exactly the data that is handed over.
    Payload,
}

/// Whether a callback was meant for this application. A proof says who sent it, not to whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Audience {
    /// It names an addressee, and the verifier was told to expect that one. Of SIGN8 also: it names none, and came to a URL
    /// that is for one.
    Matched,
    /// It names no addressee, so that it may have been meant for somebody else. Read the resource to be sure.
    NotNamed,
    /// The application gave up the check when it built the verifier.
    NotChecked,
}
