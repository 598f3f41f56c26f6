//! Signatures by HMAC.

use super::*;
use countersign::webhook::{
    Assurance, ConfigurationError, HmacKey, HmacScheme, Key, KeySet, Keys, Proof, Scheme, SignatureEncoding,
    Tolerance,
};
use countersign::{legalesign, signly};
use http::{HeaderName, HeaderValue};
use proptest::collection::vec;
use proptest::prelude::{any, prop_assert_eq, proptest};
use proptest::sample::Index;

const SIGNATURE: &str = "x-signature";
const ID: &str = "x-id";
const STAMP: &str = "x-stamp";
const OLD: &str = "canary-old-key-0123456789";
const NEW: &str = "canary-new-key-0123456789";

fn key(text: &str) -> HmacKey {
    HmacKey::text(&secret(text))
}

fn plain(encoding: SignatureEncoding) -> HmacScheme {
    HmacScheme::new(SIGNATURE, encoding, key(OLD)).unwrap()
}

/// Tolerates ten seconds of the past and two of the future.
fn stamped(keys: impl Into<Keys<HmacKey>>) -> HmacScheme {
    let tolerance = Tolerance::new(Duration::from_secs(10), Duration::from_secs(2));
    let scheme = HmacScheme::new(SIGNATURE, SignatureEncoding::Base64, keys).unwrap();
    scheme.over_id_timestamp_and_body(ID, STAMP, tolerance).unwrap()
}

/// What a provider would send.
fn signed(scheme: &HmacScheme, body: &[u8]) -> Request<Vec<u8>> {
    let mut request = Request::post("/callbacks").body(body.to_vec()).unwrap();
    for (name, value) in scheme.sign("msg_1", time(0), body).unwrap() {
        request.headers_mut().append(name, value.parse().unwrap());
    }
    request
}

fn outcome(scheme: &HmacScheme, request: Request<Vec<u8>>, now: SystemTime) -> Result<Proof, Reason> {
    scheme.verify(&request.into(), now).map_err(|rejection| rejection.reason())
}

/// The same request with another header in place of one of its own.
fn with(mut request: Request<Vec<u8>>, name: &str, value: impl TryInto<HeaderValue>) -> Request<Vec<u8>> {
    let Ok(value) = value.try_into() else { panic!("no value of a header") };
    request.headers_mut().insert(name.parse::<HeaderName>().unwrap(), value);
    request
}

fn header<'r>(request: &'r Request<Vec<u8>>, name: &str) -> &'r str {
    request.headers()[name].to_str().unwrap()
}

proptest! {
    #[test]
    fn any_bit_flipped_makes_it_refused(part in 0..4usize, index: Index, bit in 0..8u8, body in vec(any::<u8>(), 1..60)) {
        let scheme = stamped(key(OLD));
        let mut request = signed(&scheme, &body);
        let flip = |bytes: &mut [u8]| {
            let place = index.index(bytes.len());
            bytes[place] ^= 1 << bit;
        };
        match [SIGNATURE, ID, STAMP].get(part) {
            None => flip(request.body_mut()),
            Some(name) => {
                let mut value = header(&request, name).as_bytes().to_vec();
                flip(&mut value);
                // What a header cannot carry never arrives.
                let Ok(value) = HeaderValue::from_bytes(&value) else { return Ok(()) };
                request = with(request, name, value);
            }
        }
        let reason = outcome(&scheme, request, time(0)).unwrap_err();
        // A full stop in the id is refused for what it is.
        let is_one = matches!(reason, Reason::WrongCredential | Reason::MalformedCredential);
        prop_assert_eq!((is_one, reason == Reason::MalformedCredential && part != 1), (true, false));
    }

    #[test]
    fn what_is_signed_is_accepted_whatever_it_is(body in vec(any::<u8>(), 0..200)) {
        for scheme in [stamped(key(OLD)), plain(SignatureEncoding::Hex), plain(SignatureEncoding::Base64)] {
            let proof = outcome(&scheme, signed(&scheme, &body), time(0)).unwrap();
            prop_assert_eq!((proof.scheme(), proof.assurance()), (Scheme::Hmac, Assurance::Payload));
        }
    }

    #[test]
    fn no_header_makes_it_panic_or_accept(values in vec(vec(any::<u8>(), 0..60), 3), body in vec(any::<u8>(), 0..20)) {
        let scheme = stamped(key(OLD)).several_separated_by(' ').with_prefix("v1,");
        let mut request = Request::post("/").body(body).unwrap();
        for (name, value) in [SIGNATURE, ID, STAMP].into_iter().zip(values) {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                request = with(request, name, value);
            }
        }
        proptest::prop_assert!(outcome(&scheme, request, time(0)).is_err());
    }
}

#[test]
fn hexadecimal_digits_stand_for_one_signature_but_for_their_case() {
    let scheme = plain(SignatureEncoding::Hex);
    let request = signed(&scheme, b"{}");
    let right = header(&request, SIGNATURE).to_owned();
    assert!(outcome(&scheme, with(request.clone(), SIGNATURE, right.to_uppercase()), time(0)).is_ok());
    let cut = &right[..right.len() - 1];
    let wrong = [
        cut.to_owned(),
        format!("{cut}g"),
        format!("{right}00"),
        format!("{right}0"),
        format!("0x{right}"),
        format!("+{}", &right[1..]),
        format!("{right} "),
        format!("\"{right}\""),
        String::new(),
    ];
    for wrong in wrong {
        let wrong = HeaderValue::from_bytes(wrong.as_bytes()).unwrap();
        let shown = format!("{wrong:?}");
        let outcome = outcome(&scheme, with(request.clone(), SIGNATURE, wrong), time(0));
        assert_eq!(outcome, Err(Reason::WrongCredential), "{shown}");
    }
}

#[test]
fn base64_is_read_in_its_one_canonical_form() {
    let scheme = plain(SignatureEncoding::Base64);
    // A signature with both characters that the alphabet of URLs writes differently.
    let bodies = (0..1000).map(|number| format!("{{\"a\":{number}}}"));
    let mut signed = bodies.map(|body| signed(&scheme, body.as_bytes()));
    let has_both =
        |request: &Request<Vec<u8>>| ['+', '/'].iter().all(|sign| header(request, SIGNATURE).contains(*sign));
    let request = signed.find(has_both).unwrap();
    let right = header(&request, SIGNATURE).to_owned();
    // Of the last of 43 characters only four bits count.
    let last = right.chars().nth(42).unwrap();
    let other = char::from_u32(u32::from(last) + 1).unwrap();
    let wrong = [
        right.replace('=', ""),
        right.replace(&format!("{last}="), &format!("{other}=")),
        right.replace('+', "-").replace('/', "_"),
        right.replace('+', " "),
        format!("{} {}", &right[..20], &right[20..]),
        format!("{right}="),
        format!("{right}AAAA"),
        format!("{}AA{}", &right[..2], &right[2..]),
        "====".to_owned(),
        "A".repeat(100_000),
    ];
    for wrong in wrong {
        let outcome = outcome(&scheme, with(request.clone(), SIGNATURE, wrong.as_str()), time(0));
        assert_eq!(outcome, Err(Reason::WrongCredential), "{wrong}");
    }
    assert!(outcome(&scheme, request, time(0)).is_ok());
}

#[test]
fn a_header_that_counts_and_is_missing_or_there_twice_is_refused() {
    let scheme = stamped(key(OLD));
    let request = signed(&scheme, b"{}");
    for name in [SIGNATURE, ID, STAMP] {
        let mut missing = request.clone();
        missing.headers_mut().remove(name);
        assert_eq!(outcome(&scheme, missing, time(0)), Err(Reason::MissingCredential), "{name}");
        for more in [header(&request, name).to_owned(), "other".to_owned(), String::new()] {
            let mut twice = request.clone();
            twice.headers_mut().append(name, more.parse().unwrap());
            assert_eq!(outcome(&scheme, twice, time(0)), Err(Reason::DuplicateCredential), "{name}: {more}");
        }
    }
}

#[test]
fn of_several_signatures_any_one_may_be_right() {
    let scheme = plain(SignatureEncoding::Base64).with_prefix("v1,");
    let request = signed(&scheme, b"{}");
    let right = header(&request, SIGNATURE).to_owned();
    let wrong = format!("v1,{}", "A".repeat(43) + "=");
    for list in [
        format!("{right} {wrong}"),
        format!("{wrong} {right}"),
        format!("v2,x {right} "),
        format!(" {right}"),
    ] {
        let request = with(request.clone(), SIGNATURE, HeaderValue::from_bytes(list.as_bytes()).unwrap());
        let several = scheme.clone().several_separated_by(' ');
        assert!(outcome(&several, request.clone(), time(0)).is_ok(), "{list}");
        assert_eq!(outcome(&scheme, request.clone(), time(0)), Err(Reason::WrongCredential), "{list}");
        let never = scheme.clone().several_separated_by('é');
        assert_eq!(outcome(&never, request, time(0)), Err(Reason::WrongCredential), "{list}");
    }
    for list in [wrong, right.replace("v1,", "v1a,"), right.replace("v1,", "V1,"), right.replace("v1,", "")] {
        let several = scheme.clone().several_separated_by(' ');
        let outcome = outcome(&several, with(request.clone(), SIGNATURE, list.as_str()), time(0));
        assert_eq!(outcome, Err(Reason::WrongCredential), "{list}");
    }
}

#[test]
fn a_timestamp_is_tolerated_up_to_the_limits_of_past_and_future() {
    let scheme = stamped(key(OLD));
    let nanosecond = Duration::from_nanos(1);
    let cases = [
        (time(0), true),
        (time(10), true),
        (time(10) + nanosecond, false),
        (time(0) - Duration::from_secs(2), true),
        (time(0) - Duration::from_secs(2) - nanosecond, false),
        (SystemTime::UNIX_EPOCH, false),
    ];
    for (now, is_accepted) in cases {
        let outcome = outcome(&scheme, signed(&scheme, b"{}"), now);
        assert_eq!(outcome.is_ok(), is_accepted, "{now:?}");
        assert!(is_accepted || outcome == Err(Reason::Stale), "{now:?}");
    }
}

/// A signature of parts that `sign` would not sign.
fn signed_parts(id: &str, stamp: &str, body: &str) -> Request<Vec<u8>> {
    let whole = format!("{id}.{stamp}.{body}");
    let request = signed(&plain(SignatureEncoding::Base64), whole.as_bytes());
    let request = with(with(request, ID, id), STAMP, stamp);
    request.map(|_| body.as_bytes().to_vec())
}

#[test]
fn a_timestamp_that_is_signed_and_no_time_is_refused() {
    let scheme = stamped(key(OLD));
    let right = time(0).duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs().to_string();
    assert!(outcome(&scheme, signed_parts("msg_1", &right, "{}"), time(0)).is_ok());
    let wrong =
        ["", "now", "-1", "+1800000000", "1800000000.0", "0x6b49d200", "18446744073709551616", "1 800000000"];
    for stamp in wrong {
        let outcome = outcome(&scheme, signed_parts("msg_1", stamp, "{}"), time(0));
        assert_eq!(outcome, Err(Reason::MalformedCredential), "{stamp}");
    }
    for stamp in ["0", "18446744073709551615", "99999999999"] {
        let outcome = outcome(&scheme, signed_parts("msg_1", stamp, "{}"), time(0)).unwrap_err();
        assert!(matches!(outcome, Reason::Stale | Reason::MalformedCredential), "{stamp}");
    }
}

#[test]
fn a_timestamp_is_not_looked_at_before_the_signature_is_right() {
    let scheme = stamped(key(OLD));
    for stamp in ["0", "never"] {
        let request = with(signed(&scheme, b"{}"), STAMP, stamp);
        assert_eq!(outcome(&scheme, request, time(0)), Err(Reason::WrongCredential));
    }
}

#[test]
fn nothing_moves_between_id_timestamp_and_body() {
    let scheme = stamped(key(OLD));
    // What was signed as one id, timestamp and body reads the same when it is taken apart elsewhere.
    let cases = [
        signed_parts("msg", "1800000000", "1800000001.{}"),
        signed_parts("msg.1800000000", "1800000001", "{}"),
        signed_parts("msg.1800000000.", "1800000001", "{}"),
    ];
    let accepted = cases.into_iter().filter(|request| outcome(&scheme, request.clone(), time(0)).is_ok());
    assert_eq!(accepted.map(|request| header(&request, ID).to_owned()).collect::<Vec<_>>(), ["msg"]);
}

#[test]
fn a_key_is_the_same_however_it_is_written() {
    let text = "correct horse battery staple";
    let hex = "636F727265637420686F727365206261747465727920737461706C65";
    let keys = [
        HmacKey::text(&secret(text)),
        HmacKey::base64(&secret("Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ==")).unwrap(),
        HmacKey::base64(&secret("Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ=")).unwrap(),
        HmacKey::base64(&secret("Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZQ")).unwrap(),
        HmacKey::hex(&secret(hex)).unwrap(),
        HmacKey::hex(&secret(&hex.to_lowercase())).unwrap(),
    ];
    let request = signed(&stamped(keys[0].clone()), b"{}");
    for key in keys {
        assert!(outcome(&stamped(key), request.clone(), time(0)).is_ok());
    }
}

#[test]
fn a_key_that_is_not_written_as_it_is_said_to_be_is_refused_with_the_cause() {
    use ConfigurationError::{PrefixedKey, UnreadableKey, UrlSafeKey};
    type Read = fn(&Secret) -> Result<HmacKey, ConfigurationError>;
    let cases: [(Read, &str, ConfigurationError); 15] = [
        (HmacKey::base64, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", PrefixedKey),
        (HmacKey::base64, "whsec_", PrefixedKey),
        (HmacKey::base64, "Y29y-_8=", UrlSafeKey),
        (HmacKey::base64, "Y29y-_8", UrlSafeKey),
        (HmacKey::base64, "Y29y_/8=", UrlSafeKey),
        (HmacKey::base64, "Y29 ycmV", UnreadableKey),
        (HmacKey::base64, "====", UnreadableKey),
        (HmacKey::base64, "Y29ycmVjd", UnreadableKey),
        (HmacKey::base64, "Y29-*", UnreadableKey),
        (HmacKey::hex, "0", UnreadableKey),
        (HmacKey::hex, "0b0", UnreadableKey),
        (HmacKey::hex, "0x0b", UnreadableKey),
        (HmacKey::hex, "0g", UnreadableKey),
        (HmacKey::hex, "0b 0b", UnreadableKey),
        (HmacKey::hex, "whsec_0b0b", PrefixedKey),
    ];
    for (read, wrong, expected) in cases {
        let error = read(&Secret::issued(wrong).unwrap()).unwrap_err();
        assert_eq!(error, expected, "{wrong}");
        assert!(
            !error.to_string().contains(wrong.trim_start_matches("whsec_")) || wrong == "whsec_",
            "{error}"
        );
    }
}

#[test]
fn headers_need_valid_names() {
    let wrong = |error| error == Some(ConfigurationError::InvalidHeaderName);
    let tolerance = Tolerance::new(Duration::ZERO, Duration::ZERO);
    for name in ["", "a b", "x:", "x\n"] {
        assert!(wrong(HmacScheme::new(name, SignatureEncoding::Hex, key(OLD)).err()), "{name}");
        for [id, stamp] in [[name, STAMP], [ID, name]] {
            let scheme = plain(SignatureEncoding::Hex);
            assert!(wrong(scheme.over_id_timestamp_and_body(id, stamp, tolerance).err()), "{name}");
        }
    }
}

fn key_id(scheme: &HmacScheme, by: &str, at: u64) -> Result<String, Reason> {
    let request = signed(&plain_by(by), b"{}");
    outcome(scheme, request, time(at)).map(|proof| proof.key_id().to_owned())
}

fn plain_by(keys: &str) -> HmacScheme {
    HmacScheme::new(SIGNATURE, SignatureEncoding::Base64, key(keys)).unwrap()
}

#[test]
fn keys_are_changed_without_losing_a_callback() {
    let old = || Key::new("old", key(OLD)).not_after(time(10));
    let new = || Key::new("new", key(NEW)).not_before(time(5));
    let keys = Keys::from(KeySet::new([old(), new()]).unwrap());
    let scheme = HmacScheme::new(SIGNATURE, SignatureEncoding::Base64, keys.clone()).unwrap();
    assert_eq!(key_id(&scheme, OLD, 10).as_deref(), Ok("old"));
    assert_eq!(key_id(&scheme, OLD, 11), Err(Reason::WrongCredential));
    assert_eq!(key_id(&scheme, NEW, 4), Err(Reason::WrongCredential));
    assert_eq!(key_id(&scheme, NEW, 5).as_deref(), Ok("new"));
    keys.replace(KeySet::new([new()]).unwrap());
    assert_eq!(key_id(&scheme, OLD, 7), Err(Reason::WrongCredential));
    assert_eq!(key_id(&scheme, NEW, 7).as_deref(), Ok("new"));
}

fn carrying_all(scheme: &HmacScheme, address: &str, secret: &str) -> Request<Vec<u8>> {
    let mut request = signed(scheme, completed().to_string().as_bytes());
    *request.uri_mut() = address.parse().unwrap();
    with(request, HEADER, secret)
}

#[test]
fn everything_that_a_verifier_was_given_has_to_hold() {
    let urls = signly::webhook::CallbackUrls::new(secret(NEW));
    let url = urls.mint("https://app.example/callbacks", "account-1").unwrap();
    let other =
        signly::webhook::CallbackUrls::new(secret(OLD)).mint("https://app.example/", "account-1").unwrap();
    let scheme =
        HmacScheme::new(SIGNATURE, SignatureEncoding::Hex, KeySet::new([Key::new("h", key(OLD))]).unwrap());
    let scheme = scheme.unwrap();
    for least in [None, Some(Assurance::Sender)] {
        let all = builder().hmac(scheme.clone()).callback_urls(urls.clone());
        let all = least.map_or(all.clone(), |least| all.least_assurance(least)).build().unwrap();
        let verified = all.verify(&carrying_all(&scheme, url.expose(), SECRET).into(), time(0)).unwrap();
        let proofs: Vec<_> =
            verified.proofs().map(|proof| (proof.scheme(), proof.key_id().to_owned())).collect();
        let expected =
            [(Scheme::Hmac, "h"), (Scheme::CallbackUrl, "default"), (Scheme::SharedSecret, "default")];
        assert_eq!(proofs, expected.map(|(scheme, id)| (scheme, id.to_owned())));
        assert_eq!((verified.assurance(), verified.key_id()), (Assurance::Payload, "h"));
        assert_eq!(verified.reference(), Some("account-1"));
        let forged = plain(SignatureEncoding::Base64);
        for wrong in [
            carrying_all(&scheme, url.expose(), "wrong"),
            carrying_all(&scheme, other.expose(), SECRET),
            carrying_all(&scheme, "/callbacks", SECRET),
            carrying_all(&forged, url.expose(), SECRET),
        ] {
            let rejection = all.verify(&wrong.into(), time(0)).unwrap_err();
            assert!(matches!(rejection.reason(), Reason::WrongCredential | Reason::MissingCredential));
        }
    }
}

#[test]
fn an_hmac_proves_realtime_events_of_legalesign_and_no_forms() {
    let scheme = plain(SignatureEncoding::Base64);
    let verifier =
        legalesign::webhook::Verifier::builder().hmac(scheme.clone()).group("our-group").build().unwrap();
    let event = json!({ "object": "document", "event": "created", "data": { "uuid": "d1", "groupResourceUri": "/api/v1/group/our-group/" } });
    let verified = verifier.verify(&signed(&scheme, event.to_string().as_bytes()).into(), time(0)).unwrap();
    assert_eq!(verified.assurance(), Assurance::Payload);
    for form in ["data=%5B%5D&signed=", "uuid=d1&group=/api/v1/group/our-group/", "json_signed=%7B%7D"] {
        let rejection = verifier.verify(&signed(&scheme, form.as_bytes()).into(), time(0)).unwrap_err();
        assert_eq!(rejection.reason(), Reason::MissingCredential, "{form}");
    }
}
