//! Certificates and public keys, as an application may be given them.
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign::legalesign::webhook::Verifier;
use countersign::webhook::{Delivery, RsaKey, RsaKeyError};
use countersign_fuzz::{check_rejection, now};
use libfuzzer_sys::fuzz_target;

/// `DigestInfo` of SHA-1 over `[]`, without the digest, and the digest.
const INFO: [u8; 15] =
    [0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];

fuzz_target!(|input: &[u8]| {
    let certificate = RsaKey::from_certificate(input);
    let public_key = RsaKey::from_public_key(input);
    assert!(certificate.is_err() || public_key.is_err(), "it is either of them");
    if input.starts_with(b"-----BEGIN PRIVATE KEY-----")
        || input.starts_with(b"-----BEGIN RSA PRIVATE KEY-----")
    {
        assert!(certificate.is_err() && public_key.is_err());
    }
    if let Ok(key) = &certificate {
        let read = key.certificate().unwrap();
        assert_eq!(read.fingerprint().len(), 64);
        let inside =
            [read.not_before(), read.not_after()].map(|time| time.is_none_or(|time| read.is_valid_at(time)));
        let is_in_order = read.not_before().zip(read.not_after()).is_none_or(|(start, end)| start <= end);
        assert!(!is_in_order || inside == [true, true]);
        let _ = (read.subject(), format!("{key:?}"));
        same_in_pem(input, key, "CERTIFICATE", |pem| RsaKey::from_certificate(pem));
    }
    if let Ok(key) = &public_key {
        assert_eq!(key.certificate(), None);
        same_in_pem(input, key, "PUBLIC KEY", |pem| RsaKey::from_public_key(pem));
    }
    for refused in [&certificate, &public_key] {
        let text = refused.as_ref().map_or_else(|error| format!("{error} {error:?}"), |_| String::new());
        assert!(text.len() < 200, "it tells nothing of what it was given");
    }
    for key in [certificate, public_key].into_iter().flatten() {
        assert!((2048..=8192).contains(&key.bits()), "{key:?}");
        forge(key.clone().legacy_sha1().unwrap());
    }
});

/// DER is the same key once it is PEM.
fn same_in_pem(der: &[u8], key: &RsaKey, label: &str, read: fn(String) -> Result<RsaKey, RsaKeyError>) {
    if der.first() != Some(&0x30) {
        return;
    }
    let encoded = STANDARD.encode(der);
    let lines = encoded.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap());
    let pem =
        format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.collect::<Vec<_>>().join("\n"));
    assert_eq!(format!("{:?}", read(pem).unwrap()), format!("{key:?}"));
}

/// Nobody has signed anything with it: signatures that some exponents would make right are not accepted.
fn forge(key: RsaKey) {
    let size = key.bits().div_ceil(8);
    let verifier = Verifier::builder().certificate(key).group("my-group").build().unwrap();
    // SHA-1 of `[]`.
    let digest = [
        0x97, 0xd1, 0x70, 0xe1, 0x55, 0x0e, 0xee, 0x4a, 0xfc, 0x0a, 0xf0, 0x65, 0xb7, 0x8c, 0xda, 0x30, 0x2a,
        0x97, 0x67, 0x4c,
    ];
    let mut padded = vec![0x00, 0x01];
    padded.resize(size - INFO.len() - digest.len() - 1, 0xff);
    padded.push(0);
    padded.extend(INFO);
    padded.extend(digest);
    let mut one = vec![0; size];
    one[size - 1] = 1;
    for signature in [padded, one, vec![0; size], vec![0xff; size], Vec::new()] {
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("data", "[]")
            .append_pair("signed", &STANDARD.encode(signature))
            .finish();
        let delivery = Delivery::from(http::Request::post("/").body(form).unwrap());
        check_rejection(&verifier.verify(&delivery, now()).unwrap_err());
    }
}
