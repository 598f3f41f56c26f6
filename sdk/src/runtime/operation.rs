//! The rows of the table of operations, as the build script writes them.

/// What the document of a provider states of one operation, beyond its types.
///
/// ```
/// # #[cfg(feature = "signly")] {
/// use countersign::signly;
///
/// let create = signly::OPERATIONS.iter().find(|operation| operation.id == "create_webhook");
/// assert_eq!(create.map(|operation| operation.repeatable), Some(false));
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// The module of the provider.
    pub provider: &'static str,
    /// Our name: the method of the client.
    pub id: &'static str,
    /// The provider's name, where it has one.
    pub vendor_id: Option<&'static str>,
    /// The HTTP method.
    pub method: &'static str,
    /// The path below the base URL, with ids in braces.
    pub path: &'static str,
    /// How sure it is that the operation is as described.
    pub certainty: Certainty,
    /// The tag of the source, explained in the documentation of the provider's module.
    pub source: &'static str,
    /// Whether sending twice does no more harm than sending once. Decides retries.
    pub repeatable: bool,
    /// The names of all parameters, and of all members that a request or an answer can have, at any depth. Errors print no
    /// others.
    pub members: &'static [&'static str],
    /// How to go on in a list.
    pub paging: Paging,
    /// Whether the body of a success is JSON that tells something.
    pub payload: bool,
    /// Whether the payload comes in an envelope.
    pub enveloped: bool,
    /// The header that carries the expected version.
    pub precondition: Option<&'static str>,
    /// The statuses that the document states for success. One beyond 299 brings the answer in `Location`.
    pub successes: &'static [u16],
    /// Statuses that mean something else than their number says, and what.
    pub outcomes: &'static [(u16, Outcome, &'static str)],
    /// Refusals whose number alone does not tell what happened, and what it means here.
    pub hints: &'static [(u16, &'static str)],
}

impl Operation {
    /// What stands in the table for calls that no document knows.
    pub(crate) const fn custom(provider: &'static str, repeatable: bool, enveloped: bool) -> Self {
        Self {
            provider,
            id: "request",
            vendor_id: None,
            method: "",
            path: "",
            certainty: Certainty::Assumed,
            source: "",
            repeatable,
            members: &[],
            paging: Paging::None,
            payload: false,
            enveloped,
            precondition: None,
            successes: &[],
            outcomes: &[],
            hints: &[],
        }
    }

    /// Returns `true` if all names of a path such as `document.signers.0.email` are of the document: of members, of resources as they
    /// stand in the path, and numbers of items. An operation without names knows none.
    pub(crate) fn knows(&self, path: &str) -> bool {
        let is_number = |name: &str| name.len() <= 4 && name.bytes().all(|byte| byte.is_ascii_digit());
        let is_resource = |name: &str| self.path.split('/').any(|segment| segment == name);
        let is_known = |name: &str| {
            !name.is_empty() && (self.members.contains(&name) || is_resource(name) || is_number(name))
        };
        !self.members.is_empty() && path.split('.').all(is_known)
    }

    /// What is said of a transfer from or to a URL that the provider handed out. It is part of a helper, so it stands in no
    /// table.
    pub(crate) const fn transfer(provider: &'static str, id: &'static str, method: &'static str) -> Self {
        Self { id, method, certainty: Certainty::Inferred, ..Self::custom(provider, true, false) }
    }
}

/// How sure a statement about a provider is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Certainty {
    /// The provider says so in public.
    Documented,
    /// Derived from something that was seen; the source names what.
    Inferred,
    /// Nobody has said so; the least surprising reading was taken.
    Assumed,
}

/// How a list goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Paging {
    /// The operation returns no list, or all of it.
    None,
    /// Items are counted: the next page begins at an offset.
    Offset,
    /// Each answer holds a token that begins the next page.
    Token,
    /// There may be more than one answer holds, and how to ask for it is not documented.
    Undocumented,
}

/// What an odd status really means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It was tried and did not happen.
    Failed,
    /// It cannot be had yet.
    NotReady,
    /// It is not allowed.
    Refused,
    /// It is locked, usually for some time.
    Locked,
}
