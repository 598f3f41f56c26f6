//! Why an HMAC does not match.

use super::bodies::{has_sorted_members, versions};
use super::cause::Cause;
use super::decoration::bare;
use super::{Findings, Trial, untimely};
use crate::runtime::{Secret, hex};
use crate::webhook::callbacks::Carried;
use crate::webhook::delivery::Delivery;
use crate::webhook::hmac::{Content, HmacScheme, KeyForm, SignatureEncoding, Skew, Stamp, keyed, sign};
use crate::webhook::proof::Scheme;
use crate::webhook::rejection::Reason;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderName;
use secrecy::zeroize::Zeroizing;
use std::time::SystemTime;

/// Headers that are signed with the body in [Standard Webhooks](https://www.standardwebhooks.com/).
const STANDARD_STAMP: [HeaderName; 2] =
    [HeaderName::from_static("webhook-id"), HeaderName::from_static("webhook-timestamp")];

/// How many words before a signature are tried.
const MOST_MARKS: usize = 4;

/// Bytes that may be the key.
struct Candidate {
    key: Zeroizing<Vec<u8>>,
    id: String,
    causes: Vec<Cause>,
}

impl HmacScheme {
    pub(super) fn explain(
        &self,
        delivery: &Delivery,
        now: SystemTime,
        secrets: &[(String, Secret)],
        findings: &mut Findings,
    ) {
        let mut headers = vec![&self.header];
        if let Content::Stamped { id, timestamp, .. } = &self.content {
            headers.extend([id, timestamp]);
        }
        for header in headers {
            match Carried::in_header(delivery, header) {
                Carried::Missing => findings.certain(Cause::MissingHeader(header.clone())),
                Carried::Twice => findings.certain(Cause::DuplicateHeader(header.clone())),
                Carried::Once(_) => {}
            }
        }
        let Carried::Once(text) = Carried::in_header(delivery, &self.header) else { return };
        let trial = self.best_trial(delivery, &text, &self.candidates(now, secrets));
        let has_matched = trial.is_some();
        if let Some(trial) = trial {
            findings.undone(trial, Scheme::Hmac);
        }
        match self.stamp(delivery).map(|stamp| stamp.skew(now)) {
            Err(rejection) if rejection.reason() == Reason::MalformedCredential => {
                findings.certain(Cause::AmbiguousId);
            }
            Err(_) | Ok(Some(Ok(()))) => {}
            Ok(skew) => {
                let cause = match skew {
                    Some(Err(Skew::Old(by))) => Cause::TooOld(by),
                    Some(Err(Skew::Ahead(by))) => Cause::FromTheFuture(by),
                    _ => Cause::UnreadableTime,
                };
                findings.add(cause, Some(Scheme::Hmac), None, has_matched);
            }
        }
        // Which order was signed cannot be found again, so it is suspected only where there is nothing else.
        if !has_matched && findings.0.is_empty() && has_sorted_members(delivery.body()) {
            findings.add(Cause::Rewritten, Some(Scheme::Hmac), None, false);
        }
    }

    /// The trial that supposes the least.
    fn best_trial(&self, delivery: &Delivery, text: &[u8], candidates: &[Candidate]) -> Option<Trial> {
        let (stamps, readings) = (self.stamps(delivery), self.readings(text));
        let mut best = None::<Trial>;
        versions(delivery.body(), |change, body| {
            for (content, stamp) in &stamps {
                let parts = stamp.parts(body);
                for Candidate { key, id, causes } in candidates {
                    let expected = sign(keyed(key), &parts);
                    for (writing, _) in readings.iter().filter(|(_, signature)| *signature == expected) {
                        let supposed =
                            [content, &change, writing].into_iter().flatten().chain(causes).cloned();
                        let trial = Trial { causes: supposed.collect(), key_id: id.clone() };
                        best = Some(trial.or(best.take()));
                    }
                }
            }
        });
        best
    }

    /// What the header may say, however it is written.
    fn readings(&self, text: &[u8]) -> Vec<(Option<Cause>, [u8; 32])> {
        let mut readings: Vec<_> = self.signatures(text).map(|signature| (None, signature)).collect();
        let other = match self.encoding {
            SignatureEncoding::Hex => SignatureEncoding::Base64,
            SignatureEncoding::Base64 => SignatureEncoding::Hex,
        };
        for each in text.split(|byte| Some(*byte) == self.separator) {
            let own = each.strip_prefix(self.prefix.as_bytes()).unwrap_or(each);
            readings.extend(other.decode(own).map(|signature| (Some(Cause::OtherEncoding), signature)));
            // Whatever word is before one of these characters.
            let marks = each.iter().enumerate().filter(|(_, byte)| matches!(byte, b'=' | b',' | b':' | b' '));
            let marks = marks.take(MOST_MARKS);
            let bare = marks.filter_map(|(place, _)| each.get(place + 1..)).chain([each]);
            let read = bare.filter_map(|bare| self.encoding.decode(bare));
            readings.extend(read.map(|signature| (Some(Cause::OtherPrefix), signature)));
        }
        readings
    }

    /// What may be signed beside the body.
    fn stamps(&self, delivery: &Delivery) -> Vec<(Option<Cause>, Stamp)> {
        let mut stamps: Vec<_> = self.stamp(delivery).ok().map(|stamp| (None, stamp)).into_iter().collect();
        match &self.content {
            Content::Stamped { .. } => stamps.push((Some(Cause::OtherContent), Stamp::None)),
            Content::Body => {
                let [id, timestamp] = STANDARD_STAMP.map(|name| Carried::in_header(delivery, &name));
                if let (Carried::Once(id), Carried::Once(timestamp)) = (id, timestamp) {
                    let tolerance =
                        crate::webhook::Tolerance::new(std::time::Duration::MAX, std::time::Duration::MAX);
                    stamps.push((Some(Cause::OtherContent), Stamp::Some { id, timestamp, tolerance }));
                }
            }
        }
        stamps
    }

    /// What the key may be: those that are configured, read in every way and without what is around them, and all other secrets.
    fn candidates(&self, now: SystemTime, secrets: &[(String, Secret)]) -> Vec<Candidate> {
        let mut candidates = Vec::new();
        for key in self.keys.current().all() {
            for (reading, bytes) in readings_of(&key.material().written, key.material().form) {
                let causes = untimely(key, now).into_iter().chain(reading).collect();
                candidates.push(Candidate { key: bytes, id: key.id().to_owned(), causes });
            }
            for bare in bare(&key.material().written) {
                for (reading, bytes) in readings_of(&bare, key.material().form) {
                    let causes = untimely(key, now).into_iter().chain([Cause::DecoratedKey]).chain(reading);
                    let (id, causes) = (key.id().to_owned(), causes.collect());
                    candidates.push(Candidate { key: bytes, id, causes });
                }
            }
        }
        for (id, secret) in secrets {
            for (_, bytes) in readings_of(secret, KeyForm::Text) {
                candidates.push(Candidate { key: bytes, id: id.clone(), causes: vec![Cause::OtherKey] });
            }
        }
        candidates
    }
}

/// The bytes that a secret may stand for; `None` is the way that was configured.
fn readings_of(secret: &Secret, form: KeyForm) -> Vec<(Option<Cause>, Zeroizing<Vec<u8>>)> {
    let text = secret.expose();
    let mut readings = Vec::new();
    let mut add = |as_form: KeyForm, bytes: Option<Vec<u8>>| {
        let cause = (as_form != form).then_some(Cause::KeyForm);
        readings.extend(bytes.map(|bytes| (cause, Zeroizing::new(bytes))));
    };
    add(KeyForm::Text, Some(text.as_bytes().to_vec()));
    add(KeyForm::Base64, STANDARD.decode(text).ok());
    add(KeyForm::Hex, hex::decode_all(text));
    if let Some((_, rest)) = text.split_once('_') {
        let bytes = [Some(rest.as_bytes().to_vec()), STANDARD.decode(rest).ok(), hex::decode_all(rest)];
        readings
            .extend(bytes.into_iter().flatten().map(|bytes| (Some(Cause::KeyPrefix), Zeroizing::new(bytes))));
    }
    readings
}
