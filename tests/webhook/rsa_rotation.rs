//! RSA keys in use: which of them has signed, and when that counts.

use super::*;
use crate::legalesign::callbacks::{changes_form, pinned};
use countersign::legalesign::webhook::Verifier;
use countersign::mock::ThrowAwayKey;
use countersign::webhook::{Assurance, ConfigurationError, Key, KeySet, Keys, RsaKey, Scheme};

const TEN_YEARS: u64 = 10 * 365 * 24 * 60 * 60;

fn with(keys: impl Into<Keys<RsaKey>>) -> Verifier {
    Verifier::builder().certificate(keys).group("our-group").build().unwrap()
}

/// The key that verifies a list signed like this, and whether its certificate has expired.
fn outcome(verifier: &Verifier, signature: &str, at: SystemTime) -> Result<(String, bool), Reason> {
    let verified =
        verifier.verify(&changes_form("[]", signature), at).map_err(|rejection| rejection.reason())?;
    let proofs: Vec<_> = verified.proofs().collect();
    assert_eq!(
        (proofs.len(), proofs[0].scheme(), verified.assurance()),
        (1, Scheme::Rsa, Assurance::Payload)
    );
    Ok((verified.key_id().to_owned(), proofs[0].is_certificate_out_of_time()))
}

fn key_id(verifier: &Verifier, key: &ThrowAwayKey, at: u64) -> Result<String, Reason> {
    outcome(verifier, &key.sign_sha1(b"[]"), time(at)).map(|(id, _)| id)
}

#[test]
fn keys_are_changed_without_losing_a_callback() {
    let [first, second] = [(); 2].map(|()| ThrowAwayKey::generate().unwrap());
    let old = Key::new("old", first.pinned().unwrap()).not_after(time(10));
    let new = || Key::new("new", second.pinned().unwrap()).not_before(time(5));
    let keys = Keys::from(KeySet::new([old, new()]).unwrap());
    let verifier = with(keys.clone());
    assert_eq!(key_id(&verifier, &first, 10).as_deref(), Ok("old"));
    assert_eq!(key_id(&verifier, &first, 11), Err(Reason::WrongCredential));
    assert_eq!(key_id(&verifier, &second, 4), Err(Reason::WrongCredential));
    assert_eq!(key_id(&verifier, &second, 5).as_deref(), Ok("new"));
    keys.replace(KeySet::new([new()]).unwrap());
    assert_eq!(key_id(&verifier, &first, 7), Err(Reason::WrongCredential));
    assert_eq!(key_id(&verifier, &second, 7).as_deref(), Ok("new"));
}

#[test]
fn a_key_verifies_signatures_over_its_own_digest_only() {
    let key = ThrowAwayKey::generate().unwrap();
    let modern = with(RsaKey::from_certificate(key.certificate()).unwrap());
    let legacy = with(key.pinned().unwrap());
    let bare = with(RsaKey::from_public_key(key.public_key()).unwrap());
    let (sha1, sha256) = (key.sign_sha1(b"[]"), key.sign_sha256(b"[]"));
    let refused = Err(Reason::WrongCredential);
    for (verifier, by_sha1, by_sha256) in [(modern, false, true), (legacy, true, false), (bare, false, true)]
    {
        for (signature, is_accepted) in [(&sha1, by_sha1), (&sha256, by_sha256)] {
            let outcome = outcome(&verifier, signature, time(0));
            assert_eq!(outcome.is_ok(), is_accepted);
            assert!(is_accepted || outcome == refused);
        }
    }
}

#[test]
fn one_key_can_be_there_for_both_digests() {
    let key = ThrowAwayKey::generate().unwrap();
    let modern = RsaKey::from_certificate(key.certificate()).unwrap();
    let legacy = modern.clone().legacy_sha1().unwrap();
    let verifier = with(KeySet::new([Key::new("sha1", legacy), Key::new("sha256", modern)]).unwrap());
    assert_eq!(outcome(&verifier, &key.sign_sha1(b"[]"), time(0)).unwrap().0, "sha1");
    assert_eq!(outcome(&verifier, &key.sign_sha256(b"[]"), time(0)).unwrap().0, "sha256");
}

#[test]
fn a_certificate_outside_of_its_time_is_told_or_refused_as_you_like() {
    let key = ThrowAwayKey::valid_from(time(0)).unwrap();
    let signature = key.sign_sha1(b"[]");
    let pinned = with(key.pinned().unwrap());
    let enforced = with(key.pinned().unwrap().enforcing_validity());
    let second = Duration::from_secs(1);
    let cases = [
        (time(0) - second, true),
        (time(0), false),
        (time(TEN_YEARS), false),
        (time(TEN_YEARS) + second, true),
    ];
    for (now, is_expired) in cases {
        assert_eq!(outcome(&pinned, &signature, now), Ok(("default".to_owned(), is_expired)), "{now:?}");
        let expected =
            if is_expired { Err(Reason::WrongCredential) } else { Ok(("default".to_owned(), false)) };
        assert_eq!(outcome(&enforced, &signature, now), expected, "{now:?}");
    }
}

#[test]
fn a_bare_key_has_no_time() {
    let key = ThrowAwayKey::valid_from(time(0)).unwrap();
    let bare = RsaKey::from_public_key(key.public_key()).unwrap().legacy_sha1().unwrap().enforcing_validity();
    let outcome = outcome(&with(bare), &key.sign_sha1(b"[]"), time(TEN_YEARS + 1));
    assert_eq!(outcome, Ok(("default".to_owned(), false)));
}

#[test]
fn a_certificate_alone_still_needs_to_know_the_group() {
    let key = ThrowAwayKey::generate().unwrap().pinned().unwrap();
    let error = Verifier::builder().certificate(key).build().unwrap_err();
    assert_eq!(error, ConfigurationError::NoAudience);
    assert_eq!(Verifier::builder().group("our-group").build().unwrap_err(), ConfigurationError::NoCredential);
    for blank in ["", " ", "/"] {
        assert_eq!(pinned().group(blank).build().unwrap_err(), ConfigurationError::NoAudience, "{blank:?}");
    }
}
