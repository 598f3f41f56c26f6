//! Why an address is not one of ours.

use super::cause::Cause;
use super::decoration::{bare, decorated};
use super::{Findings, ids, untimely};
use crate::runtime::Secret;
use crate::webhook::callback_url::{CallbackUrls, Content, MARK, Token};
use crate::webhook::callbacks::Callbacks;
use crate::webhook::delivery::Delivery;
use crate::webhook::keys::KeySet;
use crate::webhook::proof::Scheme;
use crate::webhook::rejection::Reason;
use std::time::SystemTime;

impl<E: Callbacks> CallbackUrls<E> {
    pub(super) fn explain(
        &self,
        delivery: &Delivery,
        now: SystemTime,
        others: &[(String, Secret)],
        findings: &mut Findings,
    ) {
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
        let says = token.read();
        let own = || keys.all().iter().filter(|key| token.is_by(key.material()));
        let named = says.as_ref().and_then(|says| own().find(|key| key.id() == says.key_id));
        let Some(key) = named.or_else(|| own().next()) else {
            return of_another_secret(&token, says.as_ref(), &keys, others, findings);
        };
        let mut found = |cause| findings.add(cause, Some(Scheme::CallbackUrl), Some(key.id()), true);
        untimely(key, now).into_iter().for_each(&mut found);
        if let Some(content) = says {
            if named.is_none() {
                found(Cause::OtherKeyId(ids(&keys)));
            }
            if !content.is_for::<E>() {
                found(Cause::TokenOfOtherProvider);
            }
            if content.is_over(now) {
                found(Cause::ExpiredToken);
            }
        }
    }
}

/// Why a token is by none of the keys as they are configured.
fn of_another_secret(
    token: &Token<'_>,
    says: Option<&Content>,
    keys: &KeySet<Secret>,
    others: &[(String, Secret)],
    findings: &mut Findings,
) {
    let is_by = |secrets: Vec<Secret>| secrets.iter().any(|secret| token.is_by(secret));
    let own = keys.all().iter();
    let around_own =
        own.clone().filter(|key| is_by(bare(key.material()))).map(|key| (Cause::DecoratedKey, key.id()));
    let around_theirs =
        own.filter(|key| is_by(decorated(key.material()))).map(|key| (Cause::DecoratedMintingKey, key.id()));
    let mixed_up = others.iter().filter(|(_, secret)| token.is_by(secret));
    let mixed_up = mixed_up.map(|(id, _)| (Cause::OtherKey, id.as_str()));
    let mut tried = around_own.chain(around_theirs).chain(mixed_up).peekable();
    if tried.peek().is_some() {
        let mut found =
            |(cause, id): (_, &str)| findings.add(cause, Some(Scheme::CallbackUrl), Some(id), true);
        return tried.for_each(&mut found);
    }
    let mut likely = |cause| findings.add(cause, Some(Scheme::CallbackUrl), None, false);
    // Whoever it is that says so.
    match says {
        None => likely(Cause::BrokenToken),
        Some(says) => {
            likely(Cause::OtherSecret);
            if keys.all().iter().all(|key| key.id() != says.key_id) {
                likely(Cause::OtherKeyId(ids(keys)));
            }
        }
    }
}

/// Whether there is more of a path after the token.
fn goes_on(path: &str) -> bool {
    let mut segments = path.split('/').skip_while(|segment| !segment.starts_with(MARK)).skip(1);
    segments.any(|segment| !segment.is_empty())
}
