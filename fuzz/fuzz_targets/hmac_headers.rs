//! HMAC in three shapes, compared with one that is put together here by another library.
//!
//! `{mac}` in the header of the signature is the right one for the id, the timestamp and the body that come with it.
#![no_main]

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign::Secret;
use countersign::webhook::{Delivery, HmacKey, HmacScheme, Reason, Scheme, SignatureEncoding, Tolerance};
use countersign_fuzz::{Message, NOW, assert_silent, check_rejection, filled, now, once};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use std::time::Duration;

const SECRET: &str = "canary-secret-0123456789";
const SIGNATURE: &str = "webhook-signature";
const ID: &str = "webhook-id";
const TIMESTAMP: &str = "webhook-timestamp";
const PAST: u64 = 300;
const FUTURE: u64 = 60;

/// What a scheme says, in the words of this file.
struct Shape {
    scheme: HmacScheme,
    encoding: SignatureEncoding,
    prefix: &'static str,
    separator: Option<u8>,
    is_stamped: bool,
}

static SHAPES: LazyLock<[Shape; 3]> = LazyLock::new(|| {
    let secret = Secret::chosen(SECRET).unwrap();
    let written = Secret::issued(STANDARD.encode(SECRET)).unwrap();
    let (hex, base64) = (SignatureEncoding::Hex, SignatureEncoding::Base64);
    let tolerance = Tolerance::new(Duration::from_secs(PAST), Duration::from_secs(FUTURE));
    [
        Shape {
            scheme: HmacScheme::new(SIGNATURE, base64, HmacKey::base64(&written).unwrap())
                .unwrap()
                .with_prefix("v1,")
                .several_separated_by(' ')
                .over_id_timestamp_and_body(ID, TIMESTAMP, tolerance)
                .unwrap(),
            encoding: base64,
            prefix: "v1,",
            separator: Some(b' '),
            is_stamped: true,
        },
        Shape {
            scheme: HmacScheme::new(SIGNATURE, hex, HmacKey::text(&secret)).unwrap().with_prefix("sha256="),
            encoding: hex,
            prefix: "sha256=",
            separator: None,
            is_stamped: false,
        },
        Shape {
            scheme: HmacScheme::new(SIGNATURE, base64, HmacKey::text(&secret)).unwrap(),
            encoding: base64,
            prefix: "",
            separator: None,
            is_stamped: false,
        },
    ]
});

fuzz_target!(|input: &[u8]| {
    for shape in &*SHAPES {
        let mut message = Message::parse(input);
        let Some(unsigned) = message.delivery() else { return };
        let mac = shape.mac(&unsigned);
        for (_, value) in &mut message.headers {
            *value = filled(value, &[("{mac}", &mac)]);
        }
        let Some(delivery) = message.delivery() else { return };
        let is_right = shape.has_right_signature(&delivery);
        match shape.scheme.verify(&delivery, now()) {
            Ok(proof) => {
                assert!(is_right && shape.is_in_time(&delivery));
                assert_eq!((proof.scheme(), proof.key_id()), (Scheme::Hmac, "default"));
                assert_silent(&proof);
            }
            Err(rejection) => {
                check_rejection(&rejection);
                assert_eq!(rejection.status(), 401);
                assert!(!(is_right && shape.is_in_time(&delivery)), "{rejection}");
                // An id with a full stop is refused before anything is compared.
                if shape.is_ambiguous(&delivery) {
                    continue;
                }
                // The time is not looked at before it is known who wrote it.
                let about_time = matches!(rejection.reason(), Reason::Stale | Reason::MalformedCredential);
                assert_eq!(about_time, is_right, "{rejection}");
            }
        }
    }
    assert_silent(&SHAPES[0].scheme);
});

impl Shape {
    fn mac(&self, delivery: &Delivery) -> String {
        let key = hmac::Key::new(HMAC_SHA256, SECRET.as_bytes());
        let mut text = Vec::new();
        if self.is_stamped {
            for name in [ID, TIMESTAMP] {
                text.extend_from_slice(once(delivery, name).unwrap_or_default());
                text.push(b'.');
            }
        }
        text.extend_from_slice(delivery.body());
        let tag = hmac::sign(&key, &text);
        match self.encoding {
            SignatureEncoding::Hex => tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect(),
            _ => STANDARD.encode(tag),
        }
    }

    /// Whether everything is there once, and one of the signatures is the right one.
    fn has_right_signature(&self, delivery: &Delivery) -> bool {
        if self.is_stamped && [ID, TIMESTAMP].into_iter().any(|name| once(delivery, name).is_none()) {
            return false;
        }
        if self.is_ambiguous(delivery) {
            return false;
        }
        let mac = self.mac(delivery);
        let header = once(delivery, SIGNATURE).unwrap_or_default();
        let mut each = header.split(|byte| Some(*byte) == self.separator);
        each.any(|each| match (each.strip_prefix(self.prefix.as_bytes()), self.encoding) {
            (Some(each), SignatureEncoding::Hex) => each.eq_ignore_ascii_case(mac.as_bytes()),
            (Some(each), _) => each == mac.as_bytes(),
            (None, _) => false,
        })
    }

    /// Whether the end of the id could as well be the beginning of the time.
    fn is_ambiguous(&self, delivery: &Delivery) -> bool {
        self.is_stamped && once(delivery, ID).is_some_and(|id| id.contains(&b'.'))
    }

    fn is_in_time(&self, delivery: &Delivery) -> bool {
        if !self.is_stamped {
            return true;
        }
        let timestamp = once(delivery, TIMESTAMP).unwrap_or_default();
        let is_number = !timestamp.is_empty() && timestamp.iter().all(u8::is_ascii_digit);
        let number = std::str::from_utf8(timestamp).ok().and_then(|digits| digits.parse::<u128>().ok());
        is_number
            && number.is_some_and(|at| (u128::from(NOW - PAST)..=u128::from(NOW + FUTURE)).contains(&at))
    }
}
