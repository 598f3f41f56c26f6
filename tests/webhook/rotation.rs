use super::*;
use countersign::webhook::{Key, KeySet, Keys, Verify};

const NEW: &str = "another-secret-0123456789";

fn with(keys: impl IntoIterator<Item = Key<Secret>>) -> Verifier {
    Verifier::builder().tenant(TENANT).shared_secret(HEADER, KeySet::new(keys).unwrap()).build().unwrap()
}

fn old() -> Key<Secret> {
    Key::new("old", secret(SECRET))
}

fn new() -> Key<Secret> {
    Key::new("new", secret(NEW))
}

/// The key that verifies a delivery with `secret` at a time.
fn key(verifier: &Verifier, secret: &str, at: u64) -> Result<String, Reason> {
    let outcome = verifier.verify(&carrying(secret), time(at));
    outcome.map(|verified| verified.key_id().to_owned()).map_err(|rejection| rejection.reason())
}

#[test]
fn each_of_several_keys_verifies() {
    let verifier = with([old(), new()]);
    assert_eq!(key(&verifier, SECRET, 0).as_deref(), Ok("old"));
    assert_eq!(key(&verifier, NEW, 0).as_deref(), Ok("new"));
}

#[test]
fn a_key_verifies_until_its_end_and_not_after() {
    let verifier = with([old().not_after(time(10)), new()]);
    assert_eq!(key(&verifier, SECRET, 10).as_deref(), Ok("old"));
    assert_eq!(key(&verifier, SECRET, 11), Err(Reason::WrongCredential));
}

#[test]
fn a_key_verifies_from_its_beginning_and_not_before() {
    let verifier = with([old(), new().not_before(time(10))]);
    assert_eq!(key(&verifier, NEW, 9), Err(Reason::WrongCredential));
    assert_eq!(key(&verifier, NEW, 10).as_deref(), Ok("new"));
}

#[test]
fn a_rejection_does_not_tell_a_key_of_another_time_from_a_wrong_one() {
    let verifier = with([old().not_after(time(10)), new().not_before(time(20))]);
    let rejection = |secret| verifier.verify(&carrying(secret), time(15)).unwrap_err();
    assert_eq!(rejection(SECRET), rejection("wrong"));
    assert_eq!(rejection(NEW), rejection("wrong"));
}

#[test]
fn an_expired_key_does_not_hide_a_valid_one_with_the_same_secret() {
    let verifier = with([old().not_after(time(10)), Key::new("again", secret(SECRET))]);
    assert_eq!(key(&verifier, SECRET, 11).as_deref(), Ok("again"));
}

#[test]
fn replaced_keys_reach_every_clone_of_the_verifier() {
    let keys = Keys::from(secret(SECRET));
    let verifier = Verifier::builder().tenant(TENANT).shared_secret(HEADER, keys.clone()).build().unwrap();
    let clone = verifier.clone();
    keys.replace(KeySet::new([new()]).unwrap());
    for verifier in [verifier, clone] {
        assert_eq!(key(&verifier, NEW, 0).as_deref(), Ok("new"));
        assert_eq!(key(&verifier, SECRET, 0), Err(Reason::WrongCredential));
    }
}

#[test]
fn the_clock_of_the_verifier_is_its_present() {
    let clock = Hand::at(0);
    let verifier = builder().clock(clock.clone()).build().unwrap();
    clock.move_to(7);
    assert_eq!(verifier.now(), time(7));
}
