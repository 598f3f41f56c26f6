//! Signatures that others have published.

use super::*;
use countersign::webhook::{HmacKey, HmacScheme, SignatureEncoding, Tolerance};

/// Test cases 1 to 4, 6 and 7 of RFC 4231, section 4, for HMAC-SHA-256. The fifth is of a cut signature.
fn rfc_4231() -> [(HmacKey, Vec<u8>, &'static str); 6] {
    let hex = |digits: &str| HmacKey::hex(&Secret::issued(digits).unwrap()).unwrap();
    let text = |text: &str| HmacKey::text(&Secret::issued(text).unwrap());
    [
        (
            hex(&"0b".repeat(20)),
            b"Hi There".to_vec(),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            text("Jefe"),
            b"what do ya want for nothing?".to_vec(),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            hex(&"aa".repeat(20)),
            vec![0xDD; 50],
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
        ),
        (
            hex("0102030405060708090a0b0c0d0e0f10111213141516171819"),
            vec![0xCD; 50],
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
        ),
        (
            hex(&"aa".repeat(131)),
            b"Test Using Larger Than Block-Size Key - Hash Key First".to_vec(),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
        (
            hex(&"aa".repeat(131)),
            b"This is a test using a larger than block-size key and a larger than block-size data. The key \
              needs to be hashed before being used by the HMAC algorithm."
                .to_vec(),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
        ),
    ]
}

#[test]
fn the_signatures_of_rfc_4231_are_right_in_either_case() {
    for (key, message, signature) in rfc_4231() {
        let scheme = HmacScheme::new("x-signature", SignatureEncoding::Hex, key).unwrap();
        for written in [signature.to_owned(), signature.to_uppercase()] {
            let request = Request::post("/").header("x-signature", &written).body(message.clone()).unwrap();
            assert!(scheme.verify(&request.into(), time(0)).is_ok(), "{written}");
        }
    }
}

#[test]
fn a_signature_of_rfc_4231_is_that_of_its_own_message_only() {
    let cases = rfc_4231();
    for (place, (key, message, _)) in cases.iter().enumerate() {
        let scheme = HmacScheme::new("x-signature", SignatureEncoding::Hex, key.clone()).unwrap();
        for (_, _, signature) in cases.iter().enumerate().filter(|each| each.0 != place).map(|each| each.1) {
            let request = Request::post("/").header("x-signature", *signature).body(message.clone()).unwrap();
            let rejection = scheme.verify(&request.into(), time(0)).unwrap_err();
            assert_eq!(rejection.reason(), Reason::WrongCredential);
        }
    }
}

/// The example that the libraries of Standard Webhooks are tested with.
#[test]
fn the_example_of_standard_webhooks_is_right_at_its_time() {
    let key = HmacKey::base64(&Secret::issued("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()).unwrap();
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    let scheme = HmacScheme::new("webhook-signature", SignatureEncoding::Base64, key).unwrap();
    let scheme = scheme.several_separated_by(' ').with_prefix("v1,");
    let tolerance = Tolerance::new(minutes(5), minutes(5));
    let scheme = scheme.over_id_timestamp_and_body("webhook-id", "webhook-timestamp", tolerance).unwrap();
    let request = Request::post("/")
        .header("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
        .header("webhook-timestamp", "1614265330")
        .header("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,bm9ldHU6Zm9y v2,x")
        .body(r#"{"test": 2432232314}"#)
        .unwrap();
    let delivery = Delivery::from(request);
    let then = SystemTime::UNIX_EPOCH + Duration::from_secs(1_614_265_330);
    assert_eq!(scheme.verify(&delivery, then).unwrap().key_id(), "default");
    let late = scheme.verify(&delivery, then + minutes(6)).unwrap_err();
    assert_eq!(late.reason(), Reason::Stale);
}
