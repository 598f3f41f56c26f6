//! Keys that RSA signatures are verified with: what is one, and what is none. The files were made by OpenSSL, see
//! `fixtures/callbacks/make.sh`.

use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign::webhook::{RsaKey, RsaKeyError};

macro_rules! file {
    ($name:literal) => {
        &include_bytes!(concat!("../fixtures/callbacks/", $name))[..]
    };
}

fn certificate(file: impl AsRef<[u8]>) -> Result<usize, RsaKeyError> {
    RsaKey::from_certificate(file).map(|key| key.bits())
}

fn public_key(file: impl AsRef<[u8]>) -> Result<usize, RsaKeyError> {
    RsaKey::from_public_key(file).map(|key| key.bits())
}

fn pem(label: &str, der: &[u8]) -> Vec<u8> {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der)).into_bytes()
}

#[test]
fn certificates_of_any_version_are_read() {
    assert_eq!(certificate(file!("legalesign.v1.pem")), Ok(4096));
    assert_eq!(certificate(file!("legalesign.v3.pem")), Ok(4096));
    assert_eq!(certificate(file!("rsa-2048.pem")), Ok(2048));
    assert_eq!(certificate(file!("rsa-2048.der")), Ok(2048));
}

#[test]
fn public_keys_of_both_forms_are_read() {
    assert_eq!(public_key(file!("rsa-2048.public.pem")), Ok(2048));
    assert_eq!(public_key(file!("rsa-2048.pkcs1.pem")), Ok(2048));
    assert_eq!(public_key(file!("rsa-2048.public.der")), Ok(2048));
    assert_eq!(public_key(file!("rsa-4096.public.pem")), Ok(4096));
}

#[test]
fn small_keys_are_refused() {
    assert_eq!(certificate(file!("rsa-1024.pem")), Err(RsaKeyError::WrongSize));
    assert_eq!(public_key(file!("rsa-1024.public.pem")), Err(RsaKeyError::WrongSize));
}

#[test]
fn keys_of_another_kind_are_refused() {
    assert_eq!(certificate(file!("ec.pem")), Err(RsaKeyError::NotAPublicKey));
    assert_eq!(public_key(file!("ec.public.pem")), Err(RsaKeyError::NotAPublicKey));
}

#[test]
fn one_is_not_taken_for_the_other() {
    assert_eq!(certificate(file!("rsa-2048.public.pem")), Err(RsaKeyError::NotACertificate));
    assert_eq!(certificate(file!("rsa-2048.public.der")), Err(RsaKeyError::NotACertificate));
    assert_eq!(public_key(file!("rsa-2048.pem")), Err(RsaKeyError::NotAPublicKey));
    assert_eq!(public_key(file!("rsa-2048.der")), Err(RsaKeyError::NotAPublicKey));
    // Under the label of the other.
    let mislabelled = pem("CERTIFICATE", file!("rsa-2048.public.der"));
    assert_eq!(certificate(mislabelled), Err(RsaKeyError::NotACertificate));
    assert_eq!(public_key(pem("PUBLIC KEY", file!("rsa-2048.der"))), Err(RsaKeyError::NotAPublicKey));
}

/// No private key is needed to see that: the label says it.
#[test]
fn private_keys_are_refused_as_such() {
    for label in
        ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY"]
    {
        let private = pem(label, b"canary");
        assert_eq!(certificate(&private), Err(RsaKeyError::PrivateKey), "{label}");
        assert_eq!(public_key(&private), Err(RsaKeyError::PrivateKey), "{label}");
        // A file with both, in either order.
        let both = [&private, file!("rsa-2048.pem")].concat();
        assert_eq!(certificate(both), Err(RsaKeyError::PrivateKey), "{label}");
        let both = [file!("rsa-2048.pem"), &private].concat();
        assert_eq!(certificate(both), Err(RsaKeyError::PrivateKey), "{label}");
    }
}

#[test]
fn of_several_blocks_none_is_guessed() {
    let chain = [file!("rsa-2048.pem"), file!("legalesign.v1.pem")].concat();
    assert_eq!(certificate(chain), Err(RsaKeyError::SeveralBlocks));
    let twice = [file!("rsa-2048.public.pem"), file!("rsa-2048.public.pem")].concat();
    assert_eq!(public_key(twice), Err(RsaKeyError::SeveralBlocks));
}

#[test]
fn text_around_the_block_does_no_harm() {
    let block = file!("rsa-2048.pem");
    let text = std::str::from_utf8(block).unwrap();
    assert_eq!(certificate(text.replace('\n', "\r\n")), Ok(2048));
    assert_eq!(certificate(format!("Certificate:\n    Data:\n{text}\n\n")), Ok(2048));
    assert_eq!(certificate(format!("{text}the end\n")), Ok(2048));
    assert_eq!(certificate(text.trim_end()), Ok(2048));
}

#[test]
fn garbage_is_unreadable() {
    let garbage: [&[u8]; 6] = [
        b"",
        b"\n",
        b"legalesign.pem",
        b"\xFF\xFE",
        b"MIIFSjCCAzICAQAwDQYJKoZIhvcNAQEFBQAwazEe",
        b"-----BEGIN CERTIFICATE-----",
    ];
    for garbage in garbage {
        assert_eq!(certificate(garbage), Err(RsaKeyError::Unreadable), "{garbage:?}");
        assert_eq!(public_key(garbage), Err(RsaKeyError::Unreadable), "{garbage:?}");
    }
    for label in ["CERTIFICATE REQUEST", "PKCS7", "X509 CRL", "EC PARAMETERS"] {
        assert_eq!(certificate(pem(label, file!("rsa-2048.der"))), Err(RsaKeyError::Unreadable), "{label}");
    }
}

#[test]
fn what_is_cut_off_or_goes_on_is_refused() {
    let der = file!("rsa-2048.der");
    for length in 1..der.len() {
        assert_eq!(certificate(&der[..length]), Err(RsaKeyError::NotACertificate), "{length}");
        assert_eq!(
            certificate(pem("CERTIFICATE", &der[..length])),
            Err(RsaKeyError::NotACertificate),
            "{length}"
        );
    }
    assert_eq!(certificate([der, b"\0"].concat()), Err(RsaKeyError::NotACertificate));
    let der = file!("rsa-2048.public.der");
    for length in 1..der.len() {
        assert_eq!(public_key(&der[..length]), Err(RsaKeyError::NotAPublicKey), "{length}");
    }
    assert_eq!(public_key([der, b"\0"].concat()), Err(RsaKeyError::NotAPublicKey));
    let block = file!("rsa-2048.pem");
    let end = block.windows(9).position(|nine| nine == b"-----END ").unwrap();
    for length in 0..end + 9 {
        assert_eq!(certificate(&block[..length]), Err(RsaKeyError::Unreadable), "{length}");
    }
}

/// A private key as DER begins with a version, where a public one has its modulus.
#[test]
fn a_private_key_without_a_label_is_no_public_one() {
    let private_key = |modulus: &[u8]| {
        let integer = |value: &[u8]| [&[0x02, 0x81, u8::try_from(value.len()).unwrap()], value].concat();
        let inner = [integer(&[0]), integer(modulus), integer(&[1, 0, 1]), integer(modulus)].concat();
        let length = u16::try_from(inner.len()).unwrap().to_be_bytes();
        [&[0x30, 0x82], &length[..], &inner].concat()
    };
    assert!(public_key(private_key(&[0x71; 200])).is_err());
}

#[test]
fn a_certificate_says_whose_it_is_and_how_to_compare_it() {
    let key = RsaKey::from_certificate(file!("legalesign.v1.pem")).unwrap();
    let certificate = key.certificate().unwrap();
    assert!(certificate.subject().contains("CN=rsa-4096.example"), "{}", certificate.subject());
    // `openssl x509 -fingerprint -sha256`
    let printed = std::str::from_utf8(file!("legalesign.v1.fingerprint")).unwrap();
    let printed = printed.trim().rsplit('=').next().unwrap().replace(':', "").to_lowercase();
    assert_eq!(certificate.fingerprint(), printed);
    let (start, end) = (certificate.not_before().unwrap(), certificate.not_after().unwrap());
    assert_eq!(end.duration_since(start).unwrap().as_secs(), 7300 * 24 * 60 * 60);
    let second = Duration::from_secs(1);
    let cases = [(start - second, false), (start, true), (end, true), (end + second, false)];
    for (now, is_valid) in cases {
        assert_eq!(certificate.is_valid_at(now), is_valid);
    }
    assert!(RsaKey::from_public_key(file!("rsa-2048.public.pem")).unwrap().certificate().is_none());
}

#[test]
fn a_key_prints_what_it_is_for_and_not_its_numbers() {
    let key = RsaKey::from_certificate(file!("rsa-2048.pem")).unwrap();
    for (key, digest) in [(key.clone(), "Sha256"), (key.legacy_sha1().unwrap(), "Sha1")] {
        let text = format!("{key:?}");
        assert!(text.contains(digest) && text.contains("2048") && text.len() < 600, "{text}");
    }
}

#[test]
fn what_is_wrong_with_a_key_is_told_in_one_line_each() {
    let errors = [
        RsaKeyError::Unreadable,
        RsaKeyError::SeveralBlocks,
        RsaKeyError::PrivateKey,
        RsaKeyError::NotACertificate,
        RsaKeyError::NotAPublicKey,
        RsaKeyError::WrongSize,
    ];
    let mut texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert!(texts.iter().all(|text| text.lines().count() == 1));
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), errors.len());
}
