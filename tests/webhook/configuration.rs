use super::*;
use countersign::signly::webhook::{CallbackUrls, UnverifiedReader};
use countersign::webhook::{
    Assurance, ConfigurationError, HmacKey, HmacScheme, Key, KeySet, SignatureEncoding, Verify as _,
};

#[track_caller]
fn assert_refused(builder: VerifierBuilder, error: ConfigurationError) {
    assert_eq!(builder.build().unwrap_err(), error);
}

#[test]
fn a_verifier_needs_a_secret() {
    assert_refused(Verifier::builder().tenant(TENANT), ConfigurationError::NoCredential);
}

/// Both would have to hold, which no callback could do; and one that replaced the other would be one less than was given.
#[test]
fn what_proves_callbacks_is_given_once_for_each_scheme() {
    let other = || secret("another-secret-0123456");
    let hmac = || HmacScheme::new("x-signature", SignatureEncoding::Hex, HmacKey::text(&other())).unwrap();
    let urls = || CallbackUrls::new(other());
    let twice = [
        builder().shared_secret("X-Other", other()),
        builder().shared_secret(HEADER, secret(SECRET)),
        builder().hmac(hmac()).hmac(hmac()),
        builder().callback_urls(urls()).hmac(hmac()).callback_urls(urls()),
    ];
    for builder in twice {
        assert_refused(builder, ConfigurationError::RepeatedScheme);
    }
    assert!(builder().hmac(hmac()).callback_urls(urls()).build().is_ok());
    let pinned = crate::legalesign::callbacks::pinned();
    let key = crate::legalesign::callbacks::key().pinned().unwrap();
    assert_eq!(pinned.certificate(key).build().unwrap_err(), ConfigurationError::RepeatedScheme);
}

#[test]
fn of_settings_the_last_one_counts() {
    let verifier = builder().body_limit(1).body_limit(1 << 20).clock(Hand::at(5)).clock(Hand::at(7));
    let verifier =
        verifier.least_assurance(Assurance::Payload).least_assurance(Assurance::Sender).build().unwrap();
    assert_eq!((verifier.body_limit(), verifier.now()), (1 << 20, time(7)));
}

#[test]
fn a_verifier_needs_a_tenant() {
    let builder = Verifier::builder().shared_secret(HEADER, secret(SECRET));
    assert_refused(builder, ConfigurationError::NoAudience);
}

#[test]
fn a_blank_tenant_is_none() {
    assert_refused(builder().tenant(" "), ConfigurationError::NoAudience);
}

#[test]
fn a_reader_needs_a_tenant_too() {
    assert_eq!(UnverifiedReader::for_tenant("").unwrap_err(), ConfigurationError::NoAudience);
}

#[test]
fn naming_a_tenant_ends_the_acceptance_of_all() {
    let verifier = builder().any_tenant_even_another_customers().tenant("another").build().unwrap();
    let rejection = verifier.verify(&delivery(completed().to_string()), time(0)).unwrap_err();
    assert_eq!(rejection.reason(), Reason::WrongAudience);
}

#[test]
fn a_header_needs_a_valid_name() {
    for name in ["", "X Client Auth", "X-Client-Auth:", "x\n"] {
        let builder = Verifier::builder().shared_secret(name, secret(SECRET)).tenant(TENANT);
        assert_refused(builder, ConfigurationError::InvalidHeaderName);
    }
}

#[test]
fn more_than_a_shared_secret_can_prove_is_not_to_be_had() {
    assert_refused(builder().least_assurance(Assurance::Payload), ConfigurationError::UnattainableAssurance);
}

#[test]
fn what_a_shared_secret_proves_can_be_asked_for() {
    assert!(builder().least_assurance(Assurance::Sender).build().is_ok());
}

#[test]
fn a_key_set_needs_a_key() {
    assert_eq!(KeySet::<Secret>::new([]).unwrap_err(), ConfigurationError::NoKey);
}

#[test]
fn a_key_set_names_each_key_once() {
    let keys = [Key::new("spring", secret(SECRET)), Key::new("spring", secret("another-secret-0123456"))];
    assert_eq!(KeySet::new(keys).unwrap_err(), ConfigurationError::DuplicateKeyId);
}

/// Where `main` returns the error, nothing else of it is seen.
#[test]
fn an_error_is_a_sentence_for_debug_too() {
    let errors: [(Box<dyn std::error::Error>, &str); 3] = [
        (Box::new(Secret::issued("a\n").unwrap_err()), "Unsendable"),
        (Box::new(Verifier::builder().tenant(TENANT).build().unwrap_err()), "NoCredential"),
        (Box::new(countersign::webhook::RsaKey::from_certificate("").unwrap_err()), "Unreadable"),
    ];
    for (error, name) in errors {
        assert_eq!(format!("{error:?}"), format!("{name}: {error}"));
    }
}
