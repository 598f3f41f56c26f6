//! What participants do: steps, each of which leaves its events in the process.

use super::documents::Document;
use super::participants::Participant;
use super::publishing::Publishing;
use crate::mock::NotPossible;
use crate::signly::{DocumentStatus, EventType, FlowChallenge};
use std::time::SystemTime;

/// What a participant does, or what is done for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Open,
    SendCode,
    EnterCode { right: bool },
    LetCodeExpire,
    Prove { passes: bool },
    Sign,
}

impl Publishing {
    pub fn step(&mut self, process: &str, step: Step, now: SystemTime) -> Result<(), NotPossible> {
        let is_its =
            |document: &&mut Document| document.participants.iter().any(|one| one.process == process);
        let document = self.documents.iter_mut().find(is_its);
        let document = document.ok_or(NotPossible::because("there is no such process"))?;
        document.expire(now);
        document.step(process, step, now)
    }

    /// All who have not signed do, in order.
    pub fn everyone_signs(&mut self, id: &str, now: SystemTime) -> Result<(), NotPossible> {
        let found = self.document_mut(id, now);
        let document = found.map_err(|_| NotPossible::because("there is no such document"))?;
        let open = document.participants.iter().filter(|participant| participant.is_open());
        let open: Vec<_> = open.map(|participant| participant.process.clone()).collect();
        if open.is_empty() {
            return Err(NotPossible::because("the document is over"));
        }
        open.iter().try_for_each(|process| document.play(process, now))
    }

    /// The processes of the first two participants.
    pub fn first_two(&self, id: &str) -> Option<[String; 2]> {
        let document = self.documents.iter().find(|document| document.id == id)?;
        let mut processes = document.participants.iter().map(|participant| participant.process.clone());
        Some([processes.next()?, processes.next()?])
    }

    /// Whether a process has not ended.
    pub fn is_open(&self, process: &str) -> bool {
        let mut participants = self.documents.iter().flat_map(|document| &document.participants);
        participants.any(|participant| participant.process == process && participant.is_open())
    }

    pub fn signs(&mut self, process: &str, now: SystemTime) -> Result<(), NotPossible> {
        let is_its =
            |document: &&mut Document| document.participants.iter().any(|one| one.process == process);
        let document = self.documents.iter_mut().find(is_its);
        let document = document.ok_or(NotPossible::because("there is no such process"))?;
        document.expire(now);
        document.play(process, now)
    }
}

impl Document {
    /// Takes all steps that are left of a process, each of them with success.
    fn play(&mut self, process: &str, now: SystemTime) -> Result<(), NotPossible> {
        loop {
            let participant = self.participants.iter().find(|participant| participant.process == process);
            let participant = participant.ok_or(NotPossible::because("there is no such process"))?;
            let step = match participant.pending.front() {
                _ if !participant.has_started => Step::Open,
                Some(FlowChallenge::TemplateSign) | None => return self.step(process, Step::Sign, now),
                Some(FlowChallenge::Biometric | FlowChallenge::Liveness) => Step::Prove { passes: true },
                Some(_) if participant.codes_sent == 0 => Step::SendCode,
                Some(_) => Step::EnterCode { right: true },
            };
            self.step(process, step, now)?;
        }
    }

    fn step(&mut self, process: &str, step: Step, now: SystemTime) -> Result<(), NotPossible> {
        let not = |reason| Err(NotPossible::because(reason));
        if !self.is_open() {
            return not("the document is over");
        }
        if self.start.is_some_and(|start| now < start) {
            return not("the document cannot be signed yet");
        }
        // Who comes before in the sequence has to be done.
        let mut before = self.participants.iter().take_while(|participant| participant.process != process);
        if self.is_sequential && before.any(Participant::is_open) {
            return not("it is another participant's turn");
        }
        let id = self.id.clone();
        let participant = self.participants.iter_mut().find(|participant| participant.process == process);
        let participant = participant.ok_or(NotPossible::because("there is no such process"))?;
        if !participant.is_open() {
            return not("the process is over");
        }
        participant.take(step, &id, &self.signatures, now)?;
        if !participant.has_attempts_left() {
            participant.end(&id, EventType::ProcessFailed, now);
        }
        let has_failed = participant.ended_with == Some(EventType::ProcessFailed);
        self.settle(has_failed, now);
        Ok(())
    }

    /// What a step of one participant means for all.
    fn settle(&mut self, has_failed: bool, now: SystemTime) {
        self.status = DocumentStatus::InProgress;
        self.touch(now);
        let mut ends = self.participants.iter().map(|participant| participant.ended_with.as_ref());
        if has_failed && self.cancels_on_fail {
            self.end(DocumentStatus::Cancelled, &EventType::ProcessCancelled, now);
        } else if ends.clone().all(|end| end == Some(&EventType::ProcessCompleted)) {
            self.status = DocumentStatus::Completed;
        } else if ends.all(|end| end.is_some()) {
            self.status = DocumentStatus::Failed;
        }
    }
}

impl Participant {
    /// Takes a step if it is the next one, and leaves its events.
    fn take(
        &mut self,
        step: Step,
        document: &str,
        signatures: &[String],
        now: SystemTime,
    ) -> Result<(), NotPossible> {
        let not = |reason| Err(NotPossible::because(reason));
        if self.has_started == (step == Step::Open) {
            return not("a participant opens the document once, and before everything else");
        }
        let mut tell = Vec::new();
        let next = self.pending.front().cloned().unwrap_or(FlowChallenge::TemplateSign);
        match (step, next) {
            (Step::Open, _) => {
                tell.extend([EventType::ProcessStarted, EventType::DocumentViewed]);
                self.has_started = true;
            }
            (Step::Prove { passes }, FlowChallenge::Biometric) => {
                let end = if passes { EventType::BiometricVerified } else { EventType::BiometricFailed };
                tell.extend([EventType::BiometricStarted, end]);
                self.pass(passes);
            }
            (Step::Prove { passes }, FlowChallenge::Liveness) => {
                let end = if passes { EventType::LivenessVerified } else { EventType::LivenessFailed };
                tell.extend([EventType::LivenessStarted, end]);
                self.pass(passes);
            }
            (Step::Sign, FlowChallenge::TemplateSign) => {
                for field in if self.signs() { signatures } else { &[] } {
                    self.record(document, &EventType::FieldSigned, now, Some(field));
                }
                self.pending.clear();
                self.end(document, EventType::ProcessCompleted, now);
            }
            (_, FlowChallenge::OtpEmail | FlowChallenge::OtpSms | FlowChallenge::OtpWhatsapp) => {
                tell.push(self.take_code(step)?);
            }
            _ => return not("something else is this participant's next step"),
        }
        for kind in tell {
            self.record(document, &kind, now, None);
        }
        Ok(())
    }

    /// A step with a one-time code, and the event that it leaves.
    fn take_code(&mut self, step: Step) -> Result<EventType, NotPossible> {
        match step {
            Step::SendCode => {
                self.codes_sent += 1;
                Ok(if self.codes_sent == 1 { EventType::OtpSent } else { EventType::OtpResent })
            }
            Step::EnterCode { .. } | Step::LetCodeExpire if self.codes_sent == 0 => {
                Err(NotPossible::because("no code was sent"))
            }
            Step::EnterCode { right } => {
                if right {
                    self.codes_sent = 0;
                }
                self.pass(right);
                Ok(if right { EventType::OtpVerified } else { EventType::OtpFailed })
            }
            Step::LetCodeExpire => {
                self.codes_sent = 0;
                Ok(EventType::OtpExpired)
            }
            _ => Err(NotPossible::because("a one-time code is this participant's next step")),
        }
    }

    /// A challenge is passed, or an attempt is used up.
    fn pass(&mut self, passes: bool) {
        if passes {
            self.pending.pop_front();
            self.failed_attempts = 0;
        } else {
            self.failed_attempts += 1;
        }
    }
}
