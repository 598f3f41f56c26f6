//! Why an RSA signature does not match.

use super::bodies::versions;
use super::cause::Cause;
use super::decoration::joined;
use super::work::Work;
use super::{Findings, Trial, opened, untimely};
use crate::runtime::hex;
use crate::webhook::callbacks::Carried;
use crate::webhook::delivery::Delivery;
use crate::webhook::form;
use crate::webhook::keys::Keys;
use crate::webhook::proof::Scheme;
use crate::webhook::rejection::Reason;
use crate::webhook::rsa::{Digest, RsaKey, decode, verify};
use http::HeaderName;
use std::time::SystemTime;

/// Verifying a signature takes about as long as hashing this many bytes.
const COST_OF_VERIFYING: usize = 32 * 1024;

/// A key as it is and for the other digest, with what has to be supposed for it to count.
struct Candidate {
    key: RsaKey,
    id: String,
    causes: Vec<Cause>,
}

/// The trial that supposes the least, of a payload and the text of its signature with the header that it came in.
pub(super) fn best_trial(
    keys: &Keys<RsaKey>,
    payload: &[u8],
    (text, header): (&[u8], Option<&HeaderName>),
    delivery: &Delivery,
    now: SystemTime,
    work: &mut Work,
) -> Option<Trial> {
    let candidates = candidates(keys, now);
    let signatures = signatures(text, header);
    let mut best = None::<Trial>;
    let mut try_message = |work: &mut Work, change: Option<Cause>, message: &[u8]| {
        for (writing, signature) in &signatures {
            for Candidate { key, id, causes } in &candidates {
                if !work.spend(message.len().saturating_add(COST_OF_VERIFYING)) {
                    return;
                }
                if key.has_signed(message, signature) {
                    let supposed = [writing, &change].into_iter().flatten().chain(causes).cloned();
                    best = Some(Trial { causes: supposed.collect(), key_id: id.clone() }.or(best.take()));
                }
            }
        }
    };
    try_message(work, None, payload);
    try_message(work, Some(Cause::EncodedTwice), &form::decode(payload));
    if let Some(raw) = as_it_stands(delivery.body(), payload) {
        try_message(work, Some(Cause::DecodedForm), &raw);
    }
    versions(payload, work, |work, change, message| {
        if change.is_some() {
            try_message(work, change, message);
        }
    });
    best
}

/// The keys that have made this signature, of whatever it is a signature: what they signed was changed since.
pub(super) fn explain_signer(
    keys: &Keys<RsaKey>,
    text: &[u8],
    now: SystemTime,
    work: &mut Work,
    findings: &mut Findings,
) {
    let Some(signature) = decode(text) else { return };
    for key in keys.current().all() {
        let (modulus, exponent) = key.material().numbers();
        let Some(digest) = opened::digest_of(&signature, &modulus, &exponent, work) else { continue };
        let other = if digest == key.material().digest() { None } else { Some(other_digest(digest)) };
        for cause in [Some(Cause::ChangedPayload), other, untimely(key, now)].into_iter().flatten() {
            findings.add(cause, Some(Scheme::Rsa), Some(key.id()), true);
        }
    }
}

/// The signature was made with this digest, for which the key is not.
fn other_digest(signed_with: Digest) -> Cause {
    match signed_with {
        Digest::Sha1 => Cause::OtherDigest,
        Digest::Sha256 => Cause::StrongerDigest,
    }
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

fn candidates(keys: &Keys<RsaKey>, now: SystemTime) -> Vec<Candidate> {
    let mut candidates = Vec::new();
    for each in keys.current().all() {
        let own = each.material();
        let other = own.with_other_digest().map(|other| (Some(other_digest(other.digest())), other));
        for (digest, key) in [(None, own.clone())].into_iter().chain(other) {
            let enforced = key.refuses_at(now).then_some(Cause::CertificateOutOfTime);
            let causes = [digest, untimely(each, now), enforced].into_iter().flatten().collect();
            candidates.push(Candidate { key, id: each.id().to_owned(), causes });
        }
    }
    candidates
}

/// What the text may stand for.
fn signatures(text: &[u8], header: Option<&HeaderName>) -> Vec<(Option<Cause>, Vec<u8>)> {
    let digits = std::str::from_utf8(text).ok().and_then(|text| hex::decode_all(text.trim()));
    let digits = digits.map(|signature| (Some(Cause::OtherEncoding), signature));
    let twice = decode(&form::decode(text)).map(|signature| (Some(Cause::EncodedTwice), signature));
    let mut signatures: Vec<_> =
        decode(text).map(|signature| (None, signature)).into_iter().chain(digits).chain(twice).collect();
    if let Some(header) = header {
        let joined = joined(text).into_iter().filter_map(decode);
        signatures.extend(joined.map(|signature| (Some(Cause::JoinedHeader(header.clone())), signature)));
    }
    signatures
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
