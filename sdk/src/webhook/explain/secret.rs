//! Why a secret in a header does not match.

use super::cause::Cause;
use super::decoration::{bare, joined, undecorated};
use super::{Findings, ids, untimely};
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
        let mut is_known = false;
        for key in keys.all() {
            let is_joined = joined(&carried).iter().any(|value| key.material().matches(value));
            let is_joined = is_joined && !key.material().matches(&carried);
            let joined = is_joined.then(|| vec![Cause::JoinedHeader(self.header.clone())]);
            let Some(causes) = joined.or_else(|| decorations(key.material(), &carried)) else { continue };
            is_known = true;
            for cause in causes.into_iter().chain(untimely(key, now)) {
                findings.add(cause, Some(Scheme::SharedSecret), Some(key.id()), true);
            }
        }
        if !is_known {
            for (id, _) in others.iter().filter(|(_, secret)| secret.matches(&carried)) {
                findings.add(Cause::OtherKey, Some(Scheme::SharedSecret), Some(id), true);
                is_known = true;
            }
        }
        if !is_known {
            // There is nothing else that could be wrong with it.
            findings.add(Cause::UnknownSecret(ids(&keys)), Some(Scheme::SharedSecret), None, true);
        }
    }
}

/// What has to be taken off, here or there, before the two are the same; `None` if they never are.
fn decorations(secret: &Secret, carried: &[u8]) -> Option<Vec<Cause>> {
    let is_carried = |secret: &Secret| secret.matches(carried);
    let is_within = |secret: &Secret| undecorated(carried).into_iter().any(|part| secret.matches(part));
    let bare = bare(secret);
    if is_carried(secret) {
        Some(Vec::new())
    } else if is_within(secret) {
        Some(vec![Cause::DecoratedSecret])
    } else if bare.iter().any(is_carried) {
        Some(vec![Cause::DecoratedKey])
    } else {
        bare.iter().any(is_within).then(|| vec![Cause::DecoratedKey, Cause::DecoratedSecret])
    }
}
