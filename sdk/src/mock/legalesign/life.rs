//! What happens to a document after it was sent: the steps of its signers.

use super::documents::{self, Document};
use super::pdf;
use super::signers::{Role, Signer, find_mut, status};
use super::state::Store;
use crate::mock::NotPossible;
use std::time::SystemTime;

/// What a signer does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step<'a> {
    OpenEmail,
    Visit,
    CompleteFields,
    Sign,
    Reject { reason: &'a str },
    TakeCopy,
    Forward { email: &'a str, first_name: &'a str, last_name: &'a str },
    Name { email: &'a str, first_name: &'a str, last_name: &'a str },
}

impl Store {
    pub fn take_step(&mut self, signer: &str, step: Step<'_>, now: SystemTime) -> Result<(), NotPossible> {
        let found = find_mut(self, signer);
        let (document, index) = found.map_err(|_| NotPossible::because("there is no such signer"))?;
        let taken = document.step(index, step, now);
        self.publish();
        taken
    }

    /// Everybody who has not signed does, in order.
    pub fn sign_all(&mut self, document: &str, now: SystemTime) -> Result<(), NotPossible> {
        let signed = self.all_sign(document, now);
        self.publish();
        signed
    }

    fn all_sign(&mut self, document: &str, now: SystemTime) -> Result<(), NotPossible> {
        let found = self.documents.iter_mut().find(|known| known.id == document);
        let document = found.ok_or(NotPossible::because("there is no such document"))?;
        for index in 0..document.signers.len() {
            let signer = document.signers.get(index);
            if signer.is_some_and(|signer| signer.status < status::WAITING_FOR_WITNESS) {
                document.step(index, Step::Sign, now)?;
            }
        }
        if document.status == documents::status::SIGNED {
            return Ok(());
        }
        Err(NotPossible::because("the document is removed or rejected"))
    }
}

impl Document {
    fn step(&mut self, index: usize, step: Step<'_>, now: SystemTime) -> Result<(), NotPossible> {
        if let Step::TakeCopy = step {
            return self.take_copy(index, now);
        }
        if let Step::Name { email, first_name, last_name } = step {
            return self.name(index, [email, first_name, last_name], now);
        }
        if !self.can_act(index, now) {
            return Err(NotPossible::because("it is not this signer's turn, or no longer"));
        }
        let waits_for_witness = self.witness_of(index).is_some();
        let has_signature = self.has_signature(index);
        let Some(signer) = self.signers.get_mut(index) else { return Ok(()) };
        let reached = match step {
            Step::OpenEmail if signer.status < status::SENT => {
                return Err(NotPossible::because("this signer was sent no e-mail"));
            }
            Step::OpenEmail => signer.status.max(status::EMAIL_OPENED),
            Step::Visit => signer.status.max(status::VISITED),
            Step::CompleteFields if has_signature => status::ALL_BUT_SIGNATURE,
            Step::CompleteFields => status::FIELDS_COMPLETE,
            Step::Sign if waits_for_witness => status::WAITING_FOR_WITNESS,
            Step::Sign => status::SIGNED,
            Step::Reject { reason } => {
                reason.clone_into(&mut signer.reason);
                status::REJECTED
            }
            Step::Forward { email, first_name, last_name } => {
                let earlier = [&mut signer.email, &mut signer.first_name, &mut signer.last_name];
                let earlier = earlier.map(std::mem::take);
                signer.earlier.push(earlier);
                [signer.email, signer.first_name, signer.last_name] =
                    [email, first_name, last_name].map(str::to_owned);
                status::UNSENT
            }
            Step::TakeCopy | Step::Name { .. } => signer.status,
        };
        self.signer_reaches(index, reached, now);
        match step {
            Step::CompleteFields => self.save_fields(index, has_signature),
            Step::Sign => {
                self.save_fields(index, false);
                if !waits_for_witness {
                    self.release_witnessed(index, now);
                }
            }
            Step::Reject { .. } => self.reach(documents::status::REJECTED, now),
            _ => {}
        }
        self.modified = now;
        self.notify(now);
        self.settle(now);
        Ok(())
    }

    /// Whether a signer can do anything now: it is the signer's turn, and the time is not over.
    pub fn can_act(&self, index: usize, now: SystemTime) -> bool {
        let expires = self.signers.get(index).and_then(|signer| signer.expires);
        self.has_turn(index) && expires.is_none_or(|expires| now <= expires)
    }

    fn has_turn(&self, index: usize) -> bool {
        let Some(signer) = self.signers.get(index) else { return false };
        let mut before = self.signers.iter().take(index);
        let turn = match signer.role {
            // Whose signature is witnessed has to give it first.
            Role::Witness => {
                before.next_back().is_some_and(|seen| seen.status == status::WAITING_FOR_WITNESS)
            }
            _ => !self.signers_in_order || before.all(Signer::is_done),
        };
        self.is_open() && turn && !signer.undecided && signer.status < status::WAITING_FOR_WITNESS
    }

    /// Sends to those whose turn it is. Without `do_email` nobody is told, so nobody was sent anything.
    pub fn notify(&mut self, now: SystemTime) {
        for index in 0..self.signers.len() {
            let told = self.do_email && self.has_turn(index);
            let unsent = self.signers.get(index).is_some_and(|signer| signer.status < status::SENT);
            if told && unsent {
                self.signer_reaches(index, status::SENT, now);
            }
        }
    }

    /// The witness of a signer is the next in the list.
    fn witness_of(&self, index: usize) -> Option<usize> {
        let next = index + 1;
        self.signers.get(next).filter(|signer| signer.role == Role::Witness).map(|_| next)
    }

    fn release_witnessed(&mut self, witness: usize, now: SystemTime) {
        let Some(before) = witness.checked_sub(1) else { return };
        let witnessed = self.signers.get(before);
        if witnessed.is_some_and(|signer| signer.status == status::WAITING_FOR_WITNESS) {
            self.signer_reaches(before, status::SIGNED, now);
        }
    }

    fn has_signature(&self, index: usize) -> bool {
        let signer = self.signers.get(index);
        signer.is_some_and(|signer| self.fields_of(signer).any(|filled| filled.field.kind() == "signature"))
    }

    fn save_fields(&mut self, index: usize, all_but_signature: bool) {
        let Some(number) = self.signers.get(index).map(Signer::number) else { return };
        let own = self.fields.iter_mut().filter(|filled| filled.field.signer() == Some(number));
        for filled in own.filter(|filled| !(all_but_signature && filled.field.kind() == "signature")) {
            filled.saved = true;
        }
    }

    /// What follows from what the signers have done.
    fn settle(&mut self, now: SystemTime) {
        if !self.is_open() {
            return;
        }
        if self.signers.iter().all(Signer::is_done) {
            self.reach(documents::status::SIGNED, now);
            self.signed = Some(now);
            self.archived = self.auto_archive;
            let lines = ["Signed document", &self.id, &self.name];
            self.final_pdf = Some(pdf::make(&lines));
            if self.given.get("pdf_password_type").is_some_and(|kind| kind == "2") {
                self.given.remove("pdf_password");
            }
            self.was_finished(now);
        } else if self.signers.iter().all(|signer| signer.status >= status::FIELDS_COMPLETE) {
            self.reach(documents::status::FIELDS_COMPLETED, now);
        }
    }

    /// A signer gets the final PDF.
    fn take_copy(&mut self, index: usize, now: SystemTime) -> Result<(), NotPossible> {
        let is_done = self.signers.get(index).is_some_and(Signer::is_done);
        if !is_done || self.final_pdf.is_none() {
            return Err(NotPossible::because("there is no final PDF yet"));
        }
        self.signer_reaches(index, status::DOWNLOADED, now);
        self.modified = now;
        Ok(())
    }

    /// The one before says who an undecided signer is.
    fn name(&mut self, index: usize, who: [&str; 3], now: SystemTime) -> Result<(), NotPossible> {
        let open = self.is_open();
        let signer = self.signers.get_mut(index).filter(|signer| open && signer.undecided);
        let signer = signer.ok_or(NotPossible::because("this signer was decided already"))?;
        [signer.email, signer.first_name, signer.last_name] = who.map(str::to_owned);
        signer.undecided = false;
        self.modified = now;
        self.notify(now);
        Ok(())
    }
}
