//! Why an HMAC does not match.

use super::bodies::{has_sorted_members, is_broken_json, versions};
use super::cause::Cause;
use super::decoration::{bare, joined};
use super::work::Work;
use super::{Finding, Findings, Trial, ids, untimely};
use crate::runtime::{Secret, hex};
use crate::webhook::callbacks::Carried;
use crate::webhook::delivery::Delivery;
use crate::webhook::hmac::{
    Content, HmacScheme, KeyForm, SignatureEncoding, Skew, Stamp, decode_key, keyed, sign,
};
use crate::webhook::proof::Scheme;
use crate::webhook::rejection::Reason;
use bytes::Bytes;
use http::HeaderName;
use secrecy::zeroize::Zeroizing;
use std::time::SystemTime;

/// Headers that are signed with the body in [Standard Webhooks](https://www.standardwebhooks.com/).
const STANDARD_STAMP: [HeaderName; 2] =
    [HeaderName::from_static("webhook-id"), HeaderName::from_static("webhook-timestamp")];

/// Beside the text an HMAC takes this many bytes.
const COST_OF_AN_HMAC: usize = 256;
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
        work: &mut Work,
        findings: &mut Findings,
    ) {
        let already = findings.0.len();
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
        let trial = self.best_trial(delivery, &text, &self.candidates(now, secrets), work);
        let has_matched = trial.is_some();
        if let Some(trial) = trial {
            findings.undone(trial, Scheme::Hmac);
        }
        match self.stamp(delivery).map(|stamp| stamp.skew(now)) {
            Err(rejection) if rejection.reason() == Reason::MalformedCredential => {
                findings.certain(Cause::AmbiguousId);
            }
            Err(_) | Ok(Some(Ok(()))) => {}
            // It was joined, which has been told.
            Ok(None) if has_matched => {}
            Ok(skew) => {
                let cause = match skew {
                    Some(Err(Skew::Old(by))) => Cause::TooOld(by),
                    Some(Err(Skew::Ahead(by))) => Cause::FromTheFuture(by),
                    _ => Cause::UnreadableTime,
                };
                findings.add(cause, Some(Scheme::Hmac), None, has_matched);
            }
        }
        let found = findings.0.get(already..).unwrap_or_default();
        if found.iter().any(Finding::is_certain) {
            return;
        }
        let has_nothing_else = found.is_empty();
        let mut likely = |cause| findings.add(cause, Some(Scheme::Hmac), None, false);
        if is_broken_json(delivery.body()) {
            likely(Cause::BrokenJson);
        } else if has_nothing_else && has_sorted_members(delivery.body()) {
            // Which order was signed cannot be found again.
            likely(Cause::Rewritten);
        }
        likely(Cause::UnknownKey(ids(&self.keys.current())));
    }

    /// The trial that supposes the least.
    fn best_trial(
        &self,
        delivery: &Delivery,
        text: &[u8],
        candidates: &[Candidate],
        work: &mut Work,
    ) -> Option<Trial> {
        let (stamps, readings) = (self.stamps(delivery), self.readings(text));
        let mut best = None::<Trial>;
        versions(delivery.body(), work, |work, change, body| {
            for (content, stamp) in &stamps {
                let parts = stamp.parts(body);
                let compared = readings.len().saturating_mul(size_of::<[u8; 32]>());
                let cost = parts.iter().map(|part| part.len()).sum::<usize>();
                let cost = cost.saturating_add(compared).saturating_add(COST_OF_AN_HMAC);
                for Candidate { key, id, causes } in candidates {
                    if !work.spend(cost) {
                        return;
                    }
                    let expected = sign(keyed(key), &parts);
                    for (writing, _) in readings.iter().filter(|(_, signature)| *signature == expected) {
                        let supposed = content.iter().chain(&change).chain(writing).chain(causes).cloned();
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
        if self.separator != Some(b',') {
            let joined = joined(text).into_iter().flat_map(|value| self.signatures(value));
            readings.extend(joined.map(|one| (Some(Cause::JoinedHeader(self.header.clone())), one)));
        }
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

    /// What may be signed beside the body, and what has to be supposed for that.
    fn stamps(&self, delivery: &Delivery) -> Vec<(Vec<Cause>, Stamp)> {
        let mut stamps: Vec<_> =
            self.stamp(delivery).ok().map(|stamp| (Vec::new(), stamp)).into_iter().collect();
        match &self.content {
            Content::Stamped { id, timestamp, tolerance } => {
                let [own_id, own_time] = [id, timestamp].map(|name| first_joined(delivery, name));
                if let (Some(own_id), Some(own_time)) = (own_id, own_time) {
                    let causes = [(&own_id, id), (&own_time, timestamp)].into_iter();
                    let causes = causes.filter(|((_, is_joined), _)| *is_joined);
                    let causes: Vec<_> = causes.map(|(_, name)| Cause::JoinedHeader(name.clone())).collect();
                    if !causes.is_empty() {
                        let (id, timestamp) = (own_id.0, own_time.0);
                        stamps.push((causes, Stamp::Some { id, timestamp, tolerance: *tolerance }));
                    }
                }
                stamps.push((vec![Cause::OtherContent], Stamp::None));
            }
            Content::Body => {
                let [id, timestamp] = STANDARD_STAMP.map(|name| Carried::in_header(delivery, &name));
                if let (Carried::Once(id), Carried::Once(timestamp)) = (id, timestamp) {
                    let tolerance =
                        crate::webhook::Tolerance::new(std::time::Duration::MAX, std::time::Duration::MAX);
                    stamps.push((vec![Cause::OtherContent], Stamp::Some { id, timestamp, tolerance }));
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

/// The value of a header, without what may have been joined to it; and whether it was.
fn first_joined(delivery: &Delivery, name: &HeaderName) -> Option<(Bytes, bool)> {
    let value = Carried::in_header(delivery, name).once().ok()?.clone();
    let first = joined(&value).first().map(|first| Bytes::copy_from_slice(first));
    Some(first.map_or((value, false), |first| (first, true)))
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
    add(KeyForm::Base64, decode_key(text));
    add(KeyForm::Hex, hex::decode_all(text));
    if let Some((_, rest)) = text.split_once('_') {
        let bytes = [Some(rest.as_bytes().to_vec()), decode_key(rest), hex::decode_all(rest)];
        readings
            .extend(bytes.into_iter().flatten().map(|bytes| (Some(Cause::KeyPrefix), Zeroizing::new(bytes))));
    }
    readings
}
