//! Forms that a framework has parsed, and handed on as JSON.

use super::Findings;
use super::cause::Cause;
use super::rsa::best_trial;
use super::work::Work;
use crate::webhook::callbacks::{Callbacks, Carried, Opened, PayloadProof};
use crate::webhook::delivery::Delivery;
use crate::webhook::proof::Scheme;
use crate::webhook::verifier::Verifier;
use std::time::SystemTime;

impl<E: Callbacks> Verifier<E> {
    /// Says so with certainty if what is left of the form is what was signed.
    pub(super) fn explain_form_as_json(
        &self,
        form: &Opened<E::Kind>,
        delivery: &Delivery,
        now: SystemTime,
        work: &mut Work,
        findings: &mut Findings,
    ) {
        if let PayloadProof::Signature { carried: Carried::Missing, header: Some(header) } = &form.proof {
            findings.certain(Cause::MissingHeader(header.clone()));
        }
        if let (PayloadProof::Signature { carried: Carried::Once(signature), header }, Some(keys)) =
            (&form.proof, &self.rsa)
            && let Some(mut trial) =
                best_trial(keys, &form.payload, (signature, header.as_ref()), delivery, now, work)
        {
            trial.causes.insert(0, Cause::FormAsJson);
            return findings.undone(trial, Scheme::Rsa);
        }
        findings.likely(Cause::FormAsJson);
    }
}
