//! Which deliveries tell the same event.

use super::*;
use countersign::legalesign::webhook::{CallbackUrls, UnverifiedReader};
use countersign::webhook::DedupeKey;
use proptest::prelude::{Just, Strategy, prop_assert_eq, prop_assert_ne, proptest};
use serde_json::json;

const NOTICE: &str = r#"{"uuid":"d1","group":"/api/v1/group/our-group/"}"#;
const PLAIN: &str = "uuid=d1&group=/api/v1/group/our-group/";

fn urls() -> CallbackUrls {
    CallbackUrls::new(crate::webhook::secret("correct horse battery staple"))
}

/// A verifier without URLs for what is signed, a reader for what is not.
fn without_urls(delivery: &Delivery) -> DedupeKey {
    let reader = UnverifiedReader::for_group(GROUP).unwrap();
    match outcome(&pinned().build().unwrap(), delivery) {
        Ok(verified) => verified.dedupe_key().clone(),
        Err(Reason::MissingCredential) => reader.read(delivery).unwrap().dedupe_key().clone(),
        Err(reason) => panic!("{reason:?}"),
    }
}

fn by_url(address: &str, body: &str) -> DedupeKey {
    let verifier = Verifier::builder().callback_urls(urls()).group(GROUP).build().unwrap();
    outcome(&verifier, &at(address, &posted(body.to_owned()))).unwrap().dedupe_key().clone()
}

/// Nothing in a notice says whether the document was sent or signed, so it is told by the path of its subscription.
#[test]
fn without_a_reference_notices_are_told_apart_by_their_path() {
    for notice in [signed_notice(NOTICE), posted(PLAIN)] {
        let key = |address: &str| without_urls(&at(address, &notice));
        let sent = key("https://app.example/callbacks/sent");
        for same in ["/callbacks/sent", "/callbacks/sent/", "//callbacks//sent", "/callbacks/sent?attempt=2"]
        {
            assert_eq!(key(same), sent, "{same}");
        }
        for other in
            ["/callbacks/signed", "/sent/callbacks", "/callbacks/sent/x", "/callbackssent", "/sent", "/"]
        {
            assert_ne!(key(other), sent, "{other}");
        }
        // The URLs were minted for it; that the verifier does not have them is no reason to lose one.
        let minted =
            ["sent", "signed"].map(|reference| urls().mint("https://app.example/", reference).unwrap());
        assert_ne!(key(minted[0].expose()), key(minted[1].expose()));
        assert!(!key(minted[0].expose()).as_str().contains("cs1."));
    }
}

#[test]
fn with_a_reference_the_path_does_not_matter() {
    let minted = urls().mint("https://app.example/callbacks", "callbacks").unwrap();
    let token = minted.expose().rsplit('/').next().unwrap();
    let again = urls().mint_until("https://app.example/", "callbacks", time(10)).unwrap();
    for body in [PLAIN, &encoded([("json_signed", NOTICE)])] {
        let key = by_url(minted.expose(), body);
        for same in [&format!("/{token}"), &format!("/behind/a/proxy/{token}/"), again.expose()] {
            assert_eq!(by_url(same, body), key, "{same}");
        }
        // It is no path of the same name.
        assert_ne!(without_urls(&at("/callbacks", &posted(PLAIN))), key);
    }
}

/// It tells whose they are, and not what happened.
#[test]
fn a_reference_that_is_a_group_does_not_make_one_of_two_subscriptions() {
    for reference in [GROUP, OURS] {
        let address = |path: &str| urls().mint(&format!("https://app.example/{path}"), reference).unwrap();
        for body in [PLAIN, &encoded([("json_signed", NOTICE)])] {
            let keys = ["sent", "signed", "sent"].map(|path| by_url(address(path).expose(), body));
            assert_ne!(keys[0], keys[1], "{reference} {body}");
            assert_eq!(keys[0], keys[2], "{reference} {body}");
        }
    }
}

#[test]
fn what_says_what_happened_has_the_same_key_everywhere() {
    let list = signed_changes(EMPTY);
    assert_eq!(without_urls(&at("/a", &list)), without_urls(&at("/b", &list)));
}

#[test]
fn every_field_of_a_plain_notice_counts() {
    let forms = [
        PLAIN.to_owned(),
        format!("{PLAIN}&tag="),
        format!("{PLAIN}&tag=a"),
        format!("{PLAIN}&tag=b"),
        format!("{PLAIN}&tag1=a"),
        format!("{PLAIN}&code=1"),
        format!("{PLAIN}&code=2"),
        // Where one ends and the next begins.
        format!("{PLAIN}&x=1%26y%3D2"),
        format!("{PLAIN}&x=1&y=2"),
        format!("{PLAIN}&x1=&y=2"),
        encoded([("json_signed", NOTICE)]),
        "data=[]".to_owned(),
    ];
    let read = |form: &String| {
        let unverified = UnverifiedReader::for_group(GROUP).unwrap().read(&posted(form.clone())).unwrap();
        unverified.dedupe_key().to_string()
    };
    let mut keys: Vec<_> = forms.iter().map(read).collect();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), forms.len());
}

/// Whoever chooses an id cannot have another event dropped for it.
#[test]
fn an_event_that_has_an_id_has_no_key_of_one_that_has_none() {
    let url = urls().mint("https://app.example/", "a").unwrap();
    let realtime = |id: &serde_json::Value| {
        let data = json!({ "groupResourceUri": OURS });
        let event = json!({ "id": id, "object": "document", "event": "created", "data": data });
        by_url(url.expose(), &event.to_string()).to_string()
    };
    for without_id in [
        by_url(url.expose(), PLAIN).to_string(),
        by_url(url.expose(), "data=[]").to_string(),
        realtime(&json!(null)),
    ] {
        let (_, hash) = without_id.split_once(':').unwrap();
        assert_ne!(realtime(&json!(hash)), without_id);
        assert_ne!(realtime(&json!(format!("{hash}:0"))), format!("{without_id}:0"));
    }
    assert_eq!(realtime(&json!("e1")), "legalesign:event:e1");
}

/// That of the notice.
fn signature() -> &'static str {
    static SIGNATURE: LazyLock<String> = LazyLock::new(|| key().sign_sha1(NOTICE.as_bytes()));
    &SIGNATURE
}

fn multipart(fields: &[(String, String)], boundary: &str) -> (String, String) {
    let part = |(name, value): &(String, String)| {
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = fields.iter().map(part).collect::<String>() + &format!("--{boundary}--\r\n");
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// Fields beside those of a kind, in any order.
fn fields(of_kind: Vec<(String, String)>) -> impl Strategy<Value = Vec<(String, String)>> {
    let beside = proptest::collection::btree_map("x[a-z_]{0,9}", "\\PC{0,9}", 0..5);
    beside.prop_map(move |beside| of_kind.iter().cloned().chain(beside).collect::<Vec<_>>())
}

/// A plain notice, a signed one and a list of changes.
fn forms() -> impl Strategy<Value = (usize, Vec<(String, String)>)> {
    let of = |fields: &[(&str, &str)]| {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>()
    };
    let kinds = [
        of(&[("uuid", "d1"), ("group", OURS), ("name", "Søren & Co: 50 % + 1")]),
        of(&[("json_signed", NOTICE)]),
        of(&[("data", EMPTY), ("signed", &key().sign_sha1(EMPTY.as_bytes()))]),
    ];
    (0..kinds.len()).prop_flat_map(move |kind| (Just(kind), fields(kinds[kind].clone())))
}

proptest! {
    /// A redelivery has another boundary, another order of fields or another encoding, and tells the same.
    #[test]
    fn a_redelivery_has_the_same_key_however_it_is_written(
        ((_, first), again) in forms().prop_flat_map(|form| (Just(form.clone()), Just(form.1).prop_shuffle())),
        boundary in "[a-z0-9]{8,20}",
        is_reader: bool,
    ) {
        let key = |content_type: &str, body: String| {
            let request = Request::post("/callbacks/signed").header("content-type", content_type);
            let delivery = request.header("x-signed", signature()).body(body).unwrap().into();
            if !is_reader {
                return without_urls(&delivery);
            }
            UnverifiedReader::for_group(GROUP).unwrap().read(&delivery).unwrap().dedupe_key().clone()
        };
        let form = "application/x-www-form-urlencoded";
        let expected = key(form, encoded(first.iter().map(|(name, value)| (&**name, &**value))));
        let escapes: Vec<_> = again
            .iter()
            .map(|(name, value)| format!("{}={}", escaped(name.as_bytes()), escaped(value.as_bytes())))
            .collect();
        let (in_parts, body) = multipart(&again, &boundary);
        prop_assert_eq!(key(form, escapes.join("&&")), expected.clone());
        prop_assert_eq!(key(&in_parts, body), expected);
    }

    #[test]
    fn a_plain_notice_that_says_something_else_has_another_key(value in "\\PC{0,9}", other in "\\PC{0,9}") {
        let key = |value: &str| without_urls(&posted(format!("{PLAIN}&name={}", escaped(value.as_bytes()))));
        if value == other {
            prop_assert_eq!(key(&value), key(&other));
        } else {
            prop_assert_ne!(key(&value), key(&other));
        }
    }
}
