//! Why a secret in a header does not match.

use super::cause::Cause;
use super::{Findings, untimely};
use crate::runtime::Secret;
use crate::webhook::callbacks::Carried;
use crate::webhook::delivery::Delivery;
use crate::webhook::proof::Scheme;
use crate::webhook::shared_secret::SharedSecret;
use std::time::SystemTime;

impl SharedSecret {
    pub(super) fn explain(
        &self,
        delivery: &Delivery,
        now: SystemTime,
        others: &[(String, Secret)],
        findings: &mut Findings,
    ) {
        let keys = self.secrets.current();
        let carried = match Carried::in_header(delivery, &self.header) {
            Carried::Missing => {
                findings.certain(Cause::MissingHeader(self.header.clone()));
                // Perhaps it came under another name.
                for (name, value) in delivery.headers() {
                    for key in keys.all().iter().filter(|key| key.material().matches(value.as_bytes())) {
                        let cause = Cause::OtherHeader(name.clone());
                        findings.add(cause, Some(Scheme::SharedSecret), Some(key.id()), true);
                    }
                }
                return;
            }
            Carried::Twice => return findings.certain(Cause::DuplicateHeader(self.header.clone())),
            Carried::Once(value) => value,
        };
        let mut found = |cause, id: &str| findings.add(cause, Some(Scheme::SharedSecret), Some(id), true);
        let mut is_known = false;
        for key in keys.all() {
            if key.material().matches(&carried) {
                is_known = true;
                if let Some(cause) = untimely(key, now) {
                    found(cause, key.id());
                }
            } else if undecorated(&carried).any(|bare| key.material().matches(bare)) {
                found(Cause::DecoratedSecret, key.id());
                is_known = true;
            }
        }
        if !is_known {
            for (id, _) in others.iter().filter(|(_, secret)| secret.matches(&carried)) {
                found(Cause::OtherKey, id);
            }
        }
    }
}

/// A value without what people put around secrets.
fn undecorated(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let blank = value.iter().position(|byte| matches!(byte, b' ' | b'=' | b':'));
    let after_word = blank.and_then(|blank| value.get(blank + 1..));
    let quoted = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\""));
    [Some(value.trim_ascii()), after_word.map(<[u8]>::trim_ascii), quoted].into_iter().flatten()
}
