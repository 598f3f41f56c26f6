//! What tests do with templates, documents, and the people who sign.

use super::Server;
use super::life::Step;
use crate::mock::NotPossible;
use crate::mock::{Fault, RecordedRequest};
use bytes::Bytes;
use serde_json::Value;

/// Templates and documents. What happens to documents is due to be delivered: see [`deliver_due`](Self::deliver_due).
impl Server {
    /// How many documents can still be made. Without any, making one is refused with 402.
    pub fn set_credits(&self, documents: u32) {
        self.state.publishing().credits = Some(documents);
    }

    /// Whether layouts are answered as an object that holds them as `fields`, or as an array, as at first.
    pub fn wrap_fields(&self, wrap: bool) {
        self.state.publishing().wraps_fields = wrap;
    }

    /// The PDF of a version, as it was uploaded.
    #[must_use]
    pub fn template_pdf(&self, template: impl AsRef<str>, version: impl AsRef<str>) -> Option<Bytes> {
        self.state.publishing().template(template.as_ref()).ok()?.pdf(version.as_ref())
    }

    /// A document with all that is known of it, the processes of its participants included.
    #[must_use]
    pub fn document(&self, id: impl AsRef<str>) -> Option<Value> {
        let now = self.state.clock.now();
        let mut store = self.state.publishing();
        store.document_mut(id.as_ref(), now).ok().map(|document| document.json(true))
    }

    /// How often a participant was invited, by the process: 1 when the document is made.
    #[must_use]
    pub fn invitations(&self, process: impl AsRef<str>) -> usize {
        let store = self.state.publishing();
        let mut participants = store.documents.iter().flat_map(|document| &document.participants);
        let found = participants.find(|participant| participant.process == process.as_ref());
        found.map_or(0, |participant| participant.invitations)
    }

    /// Lets the next request fail that sends a PDF to the other server, or fetches it there.
    pub fn fail_next_elsewhere(&self, fault: Fault) {
        self.elsewhere.fail_next(fault);
    }

    /// The last 1024 requests to the server that PDFs are sent to and fetched from.
    #[must_use]
    pub fn elsewhere_requests(&self) -> Vec<RecordedRequest> {
        self.elsewhere.requests()
    }

    /// Whether a request to that server carried a header that is none of its business: one of Signly's, `authorization`,
    /// `cookie` or `referer`. Such a request is answered with 400.
    #[must_use]
    pub fn leaked_credentials(&self) -> bool {
        self.state.publishing().leaked
    }

    /// Says that [`leaked_credentials`](Self::leaked_credentials) is false.
    ///
    /// # Panics
    ///
    /// It is true.
    #[track_caller]
    pub fn assert_no_credential_leaked(&self) {
        assert!(
            !self.leaked_credentials(),
            "a request to the server of the PDFs carried a header of Signly's, authorization, cookie or referer"
        );
    }
}

/// What participants do, named by their process. A step is possible only when it is their turn and it is the next one.
impl Server {
    fn step(&self, process: &str, step: Step) -> Result<(), NotPossible> {
        let now = self.state.clock.now();
        self.state.publishing().step(process, step, now)
    }

    /// A participant opens the document: `PROCESS_STARTED` and `DOCUMENT_VIEWED`.
    ///
    /// # Errors
    ///
    /// It was opened before, or it is not this participant's turn.
    pub fn open_document(&self, process: impl AsRef<str>) -> Result<(), NotPossible> {
        self.step(process.as_ref(), Step::Open)
    }

    /// A one-time code is sent: `OTP_SENT`, and `OTP_RESENT` after that.
    ///
    /// # Errors
    ///
    /// The next step is another one.
    pub fn send_code(&self, process: impl AsRef<str>) -> Result<(), NotPossible> {
        self.step(process.as_ref(), Step::SendCode)
    }

    /// The right code is entered (`OTP_VERIFIED`), or a wrong one (`OTP_FAILED`). Too many wrong ones end the process.
    ///
    /// # Errors
    ///
    /// No code was sent, or the next step is another one.
    pub fn enter_code(&self, process: impl AsRef<str>, right: bool) -> Result<(), NotPossible> {
        self.step(process.as_ref(), Step::EnterCode { right })
    }

    /// The code expires unused: `OTP_EXPIRED`.
    ///
    /// # Errors
    ///
    /// As [`enter_code`](Self::enter_code).
    pub fn let_code_expire(&self, process: impl AsRef<str>) -> Result<(), NotPossible> {
        self.step(process.as_ref(), Step::LetCodeExpire)
    }

    /// A biometric or liveness check is begun, and passed or not: `BIOMETRIC_STARTED` and `BIOMETRIC_VERIFIED` or
    /// `BIOMETRIC_FAILED`, or the same of `LIVENESS`. Too many failures end the process.
    ///
    /// # Errors
    ///
    /// The next step is another one.
    pub fn prove_identity(&self, process: impl AsRef<str>, passes: bool) -> Result<(), NotPossible> {
        self.step(process.as_ref(), Step::Prove { passes })
    }

    /// A participant signs: `FIELD_SIGNED` for each signature, then `PROCESS_COMPLETED`.
    ///
    /// # Errors
    ///
    /// The next step is another one.
    pub fn sign(&self, process: impl AsRef<str>) -> Result<(), NotPossible> {
        self.step(process.as_ref(), Step::Sign)
    }

    /// A participant takes all steps that are left, with success.
    ///
    /// # Errors
    ///
    /// It is not this participant's turn, or the process is over.
    pub fn play_participant_signs(&self, process: impl AsRef<str>) -> Result<(), NotPossible> {
        let now = self.state.clock.now();
        self.state.publishing().signs(process.as_ref(), now)
    }

    /// All who have not signed take all steps that are left, in order and with success.
    ///
    /// # Errors
    ///
    /// There is no such document, or it is over.
    pub fn play_everyone_signs(&self, document: impl AsRef<str>) -> Result<(), NotPossible> {
        let now = self.state.clock.now();
        self.state.publishing().everyone_signs(document.as_ref(), now)
    }
}
