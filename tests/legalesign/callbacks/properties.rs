//! What holds for every text, every form and every bit.

use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::{ProptestConfig, any, prop_assert, prop_assert_eq, proptest};
use proptest::sample::Index;
use serde_json::{Value, json};

fn flipped(bytes: &[u8], index: Index, bit: u8) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let place = index.index(bytes.len());
    bytes[place] ^= 1 << bit;
    bytes
}

/// Texts of all kinds, as JSON with characters as they are, and blanks where they do no harm.
fn list(notes: &[String], blank: &str) -> String {
    let entries: Vec<_> = notes.iter().map(|note| json!({ "note": note }).to_string()).collect();
    format!("{blank}[{}]{blank}", entries.join(&format!("{blank},")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn the_payload_is_what_was_signed(notes: Vec<String>, blank in "[ \t\r\n]{0,3}") {
        let data = list(&notes, &blank);
        let signature = key().sign_sha1(data.as_bytes());
        let boundary = "7d1f0b3c9a5e4d2f8b6a";
        let body = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"signed\"\r\n\r\n{signature}\r\n--{boundary}\r\n\
             Content-Disposition: form-data; name=\"data\"\r\n\r\n{data}\r\n--{boundary}--\r\n"
        );
        let content_type = format!("multipart/form-data; boundary={boundary}");
        let in_parts = Request::post("/").header("content-type", content_type).body(body).unwrap();
        let bytewise = format!("signed={}&data={}", escaped(signature.as_bytes()), escaped(data.as_bytes()));
        for delivery in [changes_form(&data, &signature), posted(bytewise), in_parts.into()] {
            let verified = accepted(&delivery);
            prop_assert_eq!(verified.payload(), data.as_bytes());
            let Event::Changes(changes) = verified.event() else { panic!("{verified:?}") };
            prop_assert_eq!(changes.len(), notes.len());
        }
    }

    #[test]
    fn a_notice_is_what_was_signed(name: String, tag: String) {
        let text = json!({ "uuid": "d1", "group": OURS, "name": name, "tag": tag }).to_string();
        let verified = accepted(&signed_notice(&text));
        prop_assert_eq!(verified.payload(), text.as_bytes());
        let Event::Notice(notice) = verified.event() else { panic!("{verified:?}") };
        prop_assert_eq!((notice.name.as_deref(), notice.tag.as_deref()), (Some(&*name), Some(&*tag)));
    }
}

/// One signature for many cases.
fn genuine() -> &'static (String, String) {
    static SIGNED: LazyLock<(String, String)> = LazyLock::new(|| {
        let data = list(&["Grüße, 署名".to_owned()], "");
        let signature = key().sign_sha1(data.as_bytes());
        (data, signature)
    });
    &SIGNED
}

fn verifier() -> &'static Verifier {
    static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| pinned().build().unwrap());
    &VERIFIER
}

proptest! {
    #[test]
    fn a_text_with_any_bit_flipped_is_refused(index: Index, bit in 0..8u8) {
        let (data, signature) = genuine();
        let wrong = flipped(data.as_bytes(), index, bit);
        let delivery = posted(format!("data={}&signed={}", escaped(&wrong), escaped(signature.as_bytes())));
        prop_assert_eq!(outcome(verifier(), &delivery).err(), Some(Reason::WrongCredential));
    }

    #[test]
    fn a_signature_with_any_bit_flipped_is_refused(index: Index, bit in 0..8u8) {
        let (data, signature) = genuine();
        let wrong = STANDARD.encode(flipped(&STANDARD.decode(signature).unwrap(), index, bit));
        prop_assert_eq!(outcome(verifier(), &changes_form(data, &wrong)).err(), Some(Reason::WrongCredential));
    }

    #[test]
    fn a_signature_with_any_bit_of_its_base64_flipped_is_refused(index: Index, bit in 0..8u8) {
        let (data, signature) = genuine();
        let wrong = flipped(signature.as_bytes(), index, bit);
        let delivery = posted(format!("data={}&signed={}", escaped(data.as_bytes()), escaped(&wrong)));
        let reason = outcome(verifier(), &delivery).err().unwrap();
        prop_assert!(matches!(reason, Reason::WrongCredential | Reason::MalformedCredential), "{:?}", reason);
    }

    #[test]
    fn any_bit_of_the_body_flipped_makes_it_refused_or_changes_nothing(index: Index, bit in 0..8u8) {
        let (data, signature) = genuine();
        let delivery = changes_form(data, signature);
        // Another way to write the same, such as `%c3` for `%C3`, is no change.
        if let Ok(verified) = outcome(verifier(), &posted(flipped(delivery.body(), index, bit))) {
            prop_assert_eq!(verified.payload(), data.as_bytes());
        }
    }

    #[test]
    fn a_signature_is_that_of_one_text(wrong: String) {
        let (data, signature) = genuine();
        if wrong != *data {
            prop_assert_eq!(outcome(verifier(), &changes_form(&wrong, signature)).err(), Some(Reason::WrongCredential));
        }
    }

    #[test]
    fn no_signature_makes_it_panic_or_accept(signature in proptest::collection::vec(any::<u8>(), 0..600)) {
        let written = STANDARD.encode(signature);
        prop_assert_eq!(outcome(verifier(), &changes_form(EMPTY, &written)).err(), Some(Reason::WrongCredential));
    }

    #[test]
    fn what_stands_beside_a_signed_notice_changes_nothing(more in proptest::collection::btree_map("[a-z_]{1,9}", ".{0,9}", 0..9)) {
        let (_, signature) = signed_notice_text();
        let more: Vec<_> = more.iter().filter(|(name, _)| !["data", "json_signed"].contains(&&***name)).collect();
        let more: Vec<_> = more.into_iter().map(|(name, value)| (&**name, &**value)).collect();
        let delivery = notice_form(&signed_notice_text().0, signature, &more).into();
        let verified = outcome(verifier(), &delivery).unwrap();
        let alone = outcome(verifier(), &notice_form(&signed_notice_text().0, signature, &[]).into()).unwrap();
        prop_assert_eq!(verified.event(), alone.event());
        prop_assert_eq!(verified.dedupe_key(), alone.dedupe_key());
    }
}

fn signed_notice_text() -> &'static (String, String) {
    static SIGNED: LazyLock<(String, String)> = LazyLock::new(|| {
        let text = json!({ "uuid": "d1", "group": OURS, "name": Value::Null }).to_string();
        let signature = key().sign_sha1(text.as_bytes());
        (text, signature)
    });
    &SIGNED
}
