//! Why an address is not one of ours.

use super::cause::Cause;
use super::{Findings, untimely};
use crate::webhook::callback_url::{CallbackUrls, MARK};
use crate::webhook::callbacks::Callbacks;
use crate::webhook::delivery::Delivery;
use crate::webhook::proof::Scheme;
use crate::webhook::rejection::Reason;
use std::time::SystemTime;

impl<E: Callbacks> CallbackUrls<E> {
    pub(super) fn explain(&self, delivery: &Delivery, now: SystemTime, findings: &mut Findings) {
        let token = match Self::token(delivery) {
            Ok(token) => token,
            Err(rejection) => {
                let path = delivery.uri().path();
                let is_encoded = path.to_ascii_lowercase().contains("cs1%2e");
                return findings.certain(match rejection.reason() {
                    _ if is_encoded => Cause::BrokenToken,
                    Reason::MissingCredential => Cause::MissingToken,
                    Reason::DuplicateCredential => Cause::SeveralTokens,
                    _ if goes_on(path) => Cause::PathAfterToken,
                    _ => Cause::BrokenToken,
                });
            }
        };
        let keys = self.keys.current();
        let Some(key) = keys.all().iter().find(|key| token.is_by(key.material())) else {
            // Whoever it is that says so.
            let says = token.read();
            return match says {
                None => findings.likely(Cause::BrokenToken),
                Some(says) if keys.all().iter().any(|key| key.id() == says.key_id) => {
                    findings.add(Cause::BrokenToken, Some(Scheme::CallbackUrl), None, false);
                }
                Some(_) => findings.add(Cause::OtherKey, Some(Scheme::CallbackUrl), None, false),
            };
        };
        let mut found = |cause| findings.add(cause, Some(Scheme::CallbackUrl), Some(key.id()), true);
        untimely(key, now).into_iter().for_each(&mut found);
        if let Some(content) = token.read() {
            if !content.is_for::<E>() {
                found(Cause::TokenOfOtherProvider);
            }
            if content.is_over(now) {
                found(Cause::ExpiredToken);
            }
        }
    }
}

/// Whether there is more of a path after the token.
fn goes_on(path: &str) -> bool {
    let mut segments = path.split('/').skip_while(|segment| !segment.starts_with(MARK)).skip(1);
    segments.any(|segment| !segment.is_empty())
}
