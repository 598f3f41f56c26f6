//! Why an RSA signature does not match.

use super::bodies::versions;
use super::cause::Cause;
use super::{Findings, Trial, untimely};
use crate::runtime::hex;
use crate::webhook::callbacks::Carried;
use crate::webhook::delivery::Delivery;
use crate::webhook::form;
use crate::webhook::keys::Keys;
use crate::webhook::proof::Scheme;
use crate::webhook::rejection::Reason;
use crate::webhook::rsa::{RsaKey, decode, verify};
use std::time::SystemTime;

/// The trial that supposes the least, of a payload and the text of its signature.
pub(super) fn best_trial(
    keys: &Keys<RsaKey>,
    payload: &[u8],
    text: &[u8],
    delivery: &Delivery,
    now: SystemTime,
) -> Option<Trial> {
    let keys = keys.current();
    let signatures = signatures(text);
    let mut best = None::<Trial>;
    let mut try_message = |change: Option<Cause>, message: &[u8]| {
        for (writing, signature) in &signatures {
            for key in keys.all() {
                for (digest, candidate) in digests(key.material()) {
                    if !candidate.has_signed(message, signature) {
                        continue;
                    }
                    let key_time = untimely(key, now);
                    let enforced = candidate.refuses_at(now).then_some(Cause::CertificateOutOfTime);
                    let supposed = [writing, &digest, &change, &key_time, &enforced];
                    let causes = supposed.into_iter().flatten().cloned().collect();
                    best = Some(Trial { causes, key_id: key.id().to_owned() }.or(best.take()));
                }
            }
        }
    };
    versions(payload, &mut try_message);
    try_message(Some(Cause::EncodedTwice), &form::decode(payload));
    if let Some(raw) = as_it_stands(delivery.body(), payload) {
        try_message(Some(Cause::DecodedForm), &raw);
    }
    best
}

/// What to compare, if the signature can be read and is by none of the keys.
pub(super) fn explain_certificates(
    keys: &Keys<RsaKey>,
    payload: &[u8],
    carried: &Carried,
    now: SystemTime,
    findings: &mut Findings,
) {
    let verified = verify(keys, payload, carried, now);
    if verified.is_err_and(|rejection| rejection.reason() == Reason::WrongCredential) {
        for key in keys.current().all() {
            if let Some(certificate) = key.material().certificate() {
                let cause = Cause::OtherCertificate {
                    fingerprint: certificate.fingerprint(),
                    not_after: certificate.not_after(),
                };
                findings.add(cause, Some(Scheme::Rsa), Some(key.id()), false);
            }
        }
    }
}

/// The key as it is, and for the other digest.
fn digests(key: &RsaKey) -> Vec<(Option<Cause>, RsaKey)> {
    let other = key.with_other_digest().map(|other| (Some(Cause::OtherDigest), other));
    [(None, key.clone())].into_iter().chain(other).collect()
}

/// What the text may stand for.
fn signatures(text: &[u8]) -> Vec<(Option<Cause>, Vec<u8>)> {
    let digits = std::str::from_utf8(text).ok().and_then(|text| hex::decode_all(text.trim()));
    let digits = digits.map(|signature| (Some(Cause::OtherEncoding), signature));
    let twice = decode(&form::decode(text)).map(|signature| (Some(Cause::EncodedTwice), signature));
    decode(text).map(|signature| (None, signature)).into_iter().chain(digits).chain(twice).collect()
}

/// The field as it stands in the body: what it was, if somebody had decoded the form before. The field is the one whose
/// value decodes to the payload.
fn as_it_stands(body: &[u8], payload: &[u8]) -> Option<Vec<u8>> {
    let values = body.split(|byte| *byte == b'&').filter_map(|field| {
        let equals = field.iter().position(|byte| *byte == b'=')?;
        field.get(equals + 1..)
    });
    let mut values = values.filter(|value| form::decode(value) == payload);
    values.next().map(<[u8]>::to_vec)
}
