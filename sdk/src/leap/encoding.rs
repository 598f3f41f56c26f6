//! How the parts of the starting call are written, where the vendor leaves it open.

use super::{Person, Signers};
use crate::runtime::Invalid;
use crate::runtime::generated as rt;
use serde::Serialize;

/// How the parts of [`start_signing_process`](super::Client::start_signing_process) are written, where the vendor leaves
/// it open.
///
/// | Part | Default | Why |
/// |---|---|---|
/// | `projectOwner`, `signers` | JSON text with `Content-Type: application/json` | assumed: another product of the vendor wants it \[[D10](crate::leap::sources#d10)\] |
/// | `additionalRecipients` | one part, a JSON list with the same content type | assumed |
/// | `orderedSigners` | the text `true` or `false` | inferred from the type \[[D1](crate::leap::sources#d1)\] |
///
/// ```
/// use countersign::leap::PartEncoding;
///
/// let as_browsers_do = PartEncoding::default().without_json_content_type().one_part_per_recipient();
/// assert_ne!(as_browsers_do, PartEncoding::default());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartEncoding {
    is_untyped: bool,
    is_repeated: bool,
}

impl PartEncoding {
    /// Sends parts of JSON without a `Content-Type`, as plain fields of a form.
    #[must_use]
    pub fn without_json_content_type(mut self) -> Self {
        self.is_untyped = true;
        self
    }

    /// Sends one part `additionalRecipients` for each address, as plain text.
    #[must_use]
    pub fn one_part_per_recipient(mut self) -> Self {
        self.is_repeated = true;
        self
    }

    pub(super) fn owner(self, form: rt::Form, owner: &Person) -> Result<rt::Form, Invalid> {
        self.json(form, "projectOwner", owner)
    }

    /// The part is an object, which holds the list under the name of the part once more
    /// \[[D1](crate::leap::sources#d1)\].
    pub(super) fn signers(self, form: rt::Form, signers: &[Person]) -> Result<rt::Form, Invalid> {
        self.json(form, "signers", &Signers::default().signers(signers.iter().cloned()))
    }

    pub(super) fn recipients(self, form: rt::Form, recipients: &[String]) -> Result<rt::Form, Invalid> {
        const NAME: &str = "additionalRecipients";
        match recipients {
            [] => Ok(form),
            _ if self.is_repeated => {
                Ok(recipients.iter().fold(form, |form, address| form.text(NAME, None, address)))
            }
            _ => self.json(form, NAME, &recipients),
        }
    }

    fn json(self, form: rt::Form, name: &str, value: &impl Serialize) -> Result<rt::Form, Invalid> {
        let text = serde_json::to_string(value);
        let text = text.map_err(|_| Invalid::new(format!("`{name}` cannot be written as JSON")))?;
        Ok(form.text(name, (!self.is_untyped).then_some("application/json"), text))
    }
}
