//! Callback URLs: which are recognised.

use super::*;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign::webhook::{Assurance, Key, KeySet, Keys, Scheme};
use countersign::{Link, leap, legalesign, sign8, signly};
use proptest::prelude::{prop_assert, proptest};
use proptest::sample::Index;

const ADDRESS: &str = "https://app.example/callbacks";
const OTHER: &str = "canary-other-0123456789";

fn leap_urls() -> leap::webhook::CallbackUrls {
    leap::webhook::CallbackUrls::new(secret(SECRET))
}

fn sign8_urls() -> sign8::webhook::CallbackUrls {
    sign8::webhook::CallbackUrls::new(secret(SECRET))
}

fn minted(reference: &str) -> Link {
    leap_urls().mint(ADDRESS, reference).unwrap()
}

fn to(address: &str) -> Delivery {
    Request::post(address).body("").unwrap().into()
}

/// What Leap's verifier makes of an address: the reference.
fn leap(address: &str, at: SystemTime) -> Result<String, Reason> {
    let verifier = leap::webhook::Verifier::builder().callback_urls(leap_urls()).build().unwrap();
    let verified = verifier.verify(&to(address), at).map_err(|rejection| rejection.reason())?;
    Ok(verified.reference().unwrap().to_owned())
}

fn sign8(address: &str) -> Result<String, Reason> {
    let builder = sign8::webhook::Verifier::builder().callback_urls(sign8_urls());
    let verifier = builder.any_organisation_even_another_customers().build().unwrap();
    let verified = verifier.verify(&to(address), time(0)).map_err(|rejection| rejection.reason())?;
    Ok(verified.reference().unwrap().to_owned())
}

/// The content and the code of a token.
fn token(link: &Link) -> (String, String) {
    let token = link.expose().rsplit('/').next().unwrap().strip_prefix("cs1.").unwrap();
    let (content, code) = token.split_once('.').unwrap();
    (content.to_owned(), code.to_owned())
}

fn with(content: &str, code: &str) -> String {
    format!("{ADDRESS}/cs1.{content}.{code}")
}

#[test]
fn a_url_proves_the_sender_and_tells_its_reference() {
    let verifier = leap::webhook::Verifier::builder().callback_urls(leap_urls()).build().unwrap();
    let verified = verifier.verify(&to(minted("contract-17").expose()), time(0)).unwrap();
    let proof = verified.proofs().next().unwrap();
    assert_eq!((proof.scheme(), proof.assurance()), (Scheme::CallbackUrl, Assurance::Sender));
    assert!(!proof.is_certificate_out_of_time());
    assert_eq!((verified.proofs().count(), verified.reference()), (1, Some("contract-17")));
}

#[test]
fn a_prefix_that_a_proxy_adds_or_takes_away_does_no_harm() {
    let (content, code) = token(&minted("a"));
    for prefix in ["", "/", "/tenant/callbacks", "/a//b", "https://other.example/x"] {
        let address = format!("{prefix}/cs1.{content}.{code}");
        assert_eq!(leap(&address, time(0)).as_deref(), Ok("a"), "{address}");
    }
    assert_eq!(leap(&format!("{}/", minted("a").expose()), time(0)).as_deref(), Ok("a"));
    assert_eq!(leap(&format!("{}?from=leap", minted("a").expose()), time(0)).as_deref(), Ok("a"));
}

#[test]
fn a_token_counts_as_a_whole_segment_of_the_path_and_nowhere_else() {
    let (content, code) = token(&minted("a"));
    let token = format!("cs1.{content}.{code}");
    for address in [
        "/callbacks".to_owned(),
        format!("/callbacks?{token}"),
        format!("/callbacks?token={token}"),
        format!("/callbacks/x{token}"),
        format!("/callbacks/CS1.{content}.{code}"),
        format!("/callbacks/cs1%2E{content}.{code}"),
        format!("/callbacks/cs2.{content}.{code}"),
        format!("/callbacks%2F{token}"),
    ] {
        assert_eq!(leap(&address, time(0)), Err(Reason::MissingCredential), "{address}");
    }
}

#[test]
fn two_tokens_are_refused_even_if_both_are_right() {
    let (first, second) = (minted("a"), minted("b"));
    let (content, code) = token(&second);
    for end in [
        format!("cs1.{content}.{code}"),
        "cs1.".to_owned(),
        "cs1.x".to_owned(),
        format!("x/cs1.{content}.{code}"),
    ] {
        let address = format!("{}/{end}", first.expose());
        assert_eq!(leap(&address, time(0)), Err(Reason::DuplicateCredential), "{address}");
        let address = format!("{}/{end}", sign8_urls().mint(ADDRESS, "a").unwrap().expose());
        assert_eq!(sign8(&address), Err(Reason::DuplicateCredential), "{address}");
    }
}

#[test]
fn only_a_provider_that_adds_a_path_may_have_one_behind_the_token() {
    for end in ["/x", "/api/workflow/workflowRefused", "//x", "/%2E"] {
        let address = format!("{}{end}", minted("a").expose());
        assert_eq!(leap(&address, time(0)), Err(Reason::MalformedCredential), "{address}");
        let address = format!("{}{end}", sign8_urls().mint(ADDRESS, "a").unwrap().expose());
        assert_eq!(sign8(&address).as_deref(), Ok("a"), "{address}");
    }
}

#[test]
fn a_token_is_written_in_one_way() {
    // A code of which both characters of the alphabet of URLs are a part.
    let links = (0..1000).map(|number| minted(&number.to_string()));
    let link =
        links.map(|link| token(&link)).find(|(_, code)| code.contains('-') && code.contains('_')).unwrap();
    let (content, code) = link;
    let last = code.chars().last().unwrap();
    // Of the last of 43 characters only four bits count.
    let other = char::from_u32(u32::from(last) + 1).unwrap();
    let codes = [
        String::new(),
        code[..42].to_owned(),
        format!("{}{other}", &code[..42]),
        format!("{code}="),
        format!("{code}A"),
        format!("{code}.{code}"),
        format!("{code}%3D"),
        code.replace('-', "+"),
        code.replace('_', "%2F"),
    ];
    for code in codes {
        assert_eq!(leap(&with(&content, &code), time(0)), Err(Reason::MalformedCredential), "{code}");
    }
    assert_eq!(leap(&format!("{ADDRESS}/cs1."), time(0)), Err(Reason::MalformedCredential));
    assert_eq!(leap(&format!("{ADDRESS}/cs1.{content}"), time(0)), Err(Reason::MalformedCredential));
    for content in [format!("{content}="), format!("{content}%3D"), content[1..].to_owned(), String::new()] {
        assert_eq!(leap(&with(&content, &code), time(0)), Err(Reason::WrongCredential), "{content}");
    }
}

#[test]
fn content_that_others_have_written_is_refused() {
    let content = |reference: &str| {
        URL_SAFE_NO_PAD.encode(json!(["leap", "process", "default", null, reference]).to_string())
    };
    let (genuine, code) = token(&minted("a"));
    // What is forged below differs from what is genuine in nothing but the reference.
    assert_eq!(genuine, content("a"));
    let (_, foreign) = token(&leap::webhook::CallbackUrls::new(secret(OTHER)).mint(ADDRESS, "b").unwrap());
    let zeros = URL_SAFE_NO_PAD.encode([0; 32]);
    for code in [code, foreign, zeros] {
        assert_eq!(leap(&with(&content("b"), &code), time(0)), Err(Reason::WrongCredential), "{code}");
    }
}

#[test]
fn a_token_is_good_for_one_provider() {
    let leap_url = minted("a");
    let sign8_url = sign8_urls().mint(ADDRESS, "a").unwrap();
    let signly_urls = signly::webhook::CallbackUrls::new(secret(SECRET));
    let signly_url = signly_urls.mint(ADDRESS, "a").unwrap();
    let legalesign_urls = legalesign::webhook::CallbackUrls::new(secret(SECRET));
    let legalesign_url = legalesign_urls.mint(ADDRESS, "a").unwrap();
    for (place, url) in [&leap_url, &sign8_url, &signly_url, &legalesign_url].into_iter().enumerate() {
        let builder = Verifier::builder().callback_urls(signly_urls.clone()).tenant(TENANT);
        let signly = builder.build().unwrap();
        let body = completed().to_string();
        let signly = signly.verify(&Request::post(url.expose()).body(body).unwrap().into(), time(0));
        let builder = legalesign::webhook::Verifier::builder().callback_urls(legalesign_urls.clone());
        let legalesign = builder.group("our-group").build().unwrap();
        let body = "uuid=d1&group=/api/v1/group/our-group/";
        let legalesign = legalesign.verify(&Request::post(url.expose()).body(body).unwrap().into(), time(0));
        let outcomes = [
            leap(url.expose(), time(0)).err(),
            sign8(&format!("{}/x", url.expose())).err(),
            signly.err().map(|rejection| rejection.reason()),
            legalesign.err().map(|rejection| rejection.reason()),
        ];
        for (verifier, outcome) in outcomes.into_iter().enumerate() {
            assert_eq!(outcome, (verifier != place).then_some(Reason::WrongCredential), "{place} {verifier}");
        }
    }
}

#[test]
fn a_url_expires_at_its_time() {
    let url = leap_urls().mint_until(ADDRESS, "a", time(10)).unwrap();
    let nanosecond = Duration::from_nanos(1);
    for (now, outcome) in [
        (time(0), Ok("a".to_owned())),
        (time(10) - nanosecond, Ok("a".to_owned())),
        (time(10), Err(Reason::Stale)),
        (time(1_000_000), Err(Reason::Stale)),
    ] {
        assert_eq!(leap(url.expose(), now), outcome, "{now:?}");
    }
    let past = leap_urls().mint_until(ADDRESS, "a", SystemTime::UNIX_EPOCH - Duration::from_secs(7)).unwrap();
    assert_eq!(leap(past.expose(), time(0)), Err(Reason::Stale));
    assert_eq!(leap(minted("a").expose(), time(1_000_000_000)).as_deref(), Ok("a"));
}

#[test]
fn that_a_url_has_expired_is_not_told_of_a_forged_one() {
    let (content, _) = token(&leap_urls().mint_until(ADDRESS, "a", time(0)).unwrap());
    let (_, code) = token(&minted("a"));
    assert_eq!(leap(&with(&content, &code), time(10)), Err(Reason::WrongCredential));
}

fn key_id(urls: &leap::webhook::CallbackUrls, url: &Link, at: u64) -> Result<String, Reason> {
    let verifier = leap::webhook::Verifier::builder().callback_urls(urls.clone()).build().unwrap();
    let outcome = verifier.verify(&to(url.expose()), time(at));
    outcome.map(|verified| verified.key_id().to_owned()).map_err(|rejection| rejection.reason())
}

fn by(id: &str, text: &str) -> Link {
    let keys = KeySet::new([Key::new(id, secret(text))]).unwrap();
    leap::webhook::CallbackUrls::new(keys).mint(ADDRESS, "a").unwrap()
}

#[test]
fn keys_are_changed_without_losing_a_url() {
    let (old, new) = (by("old", SECRET), by("new", OTHER));
    let keys = Keys::from(
        KeySet::new([Key::new("old", secret(SECRET)).not_after(time(10)), Key::new("new", secret(OTHER))])
            .unwrap(),
    );
    let urls = leap::webhook::CallbackUrls::new(keys.clone());
    assert_eq!(key_id(&urls, &old, 10).as_deref(), Ok("old"));
    assert_eq!(key_id(&urls, &old, 11), Err(Reason::WrongCredential));
    assert_eq!(key_id(&urls, &new, 11).as_deref(), Ok("new"));
    keys.replace(KeySet::new([Key::new("new", secret(OTHER))]).unwrap());
    assert_eq!(key_id(&urls, &old, 0), Err(Reason::WrongCredential));
    assert_eq!(key_id(&urls, &new, 0).as_deref(), Ok("new"));
}

#[test]
fn a_token_is_good_under_the_id_of_its_key_only() {
    let renamed = KeySet::new([Key::new("renamed", secret(SECRET))]).unwrap();
    let urls = leap::webhook::CallbackUrls::new(renamed);
    assert_eq!(key_id(&urls, &by("old", SECRET), 0), Err(Reason::WrongCredential));
}

#[test]
fn a_secret_with_two_ids_hides_no_url() {
    let keys = [Key::new("renamed", secret(SECRET)), Key::new("old", secret(SECRET)).not_after(time(10))];
    let urls = leap::webhook::CallbackUrls::new(KeySet::new(keys).unwrap());
    assert_eq!(key_id(&urls, &by("old", SECRET), 0).as_deref(), Ok("old"));
    assert_eq!(key_id(&urls, &by("renamed", SECRET), 0).as_deref(), Ok("renamed"));
    assert_eq!(key_id(&urls, &by("old", SECRET), 11), Err(Reason::WrongCredential));
}

proptest! {
    #[test]
    fn a_token_with_any_bit_flipped_is_refused(index: Index, bit in 0..8u8, reference in "[a-z0-9é-]{1,40}") {
        for (link, is_leap) in [(minted(&reference), true), (sign8_urls().mint(ADDRESS, &reference).unwrap(), false)] {
            let mut address = link.expose().as_bytes().to_vec();
            let start = address.windows(4).position(|four| four == b"cs1.").unwrap();
            address[start + index.index(link.expose().len() - start)] ^= 1 << bit;
            // What no address can hold never arrives.
            if let Ok(address) = http::Uri::try_from(address) {
                let end = if is_leap { "" } else { "/api/workflow/workflowRefused" };
                let address = format!("{address}{end}");
                let Ok(uri) = address.parse::<http::Uri>() else { return Ok(()) };
                let outcome = if is_leap { leap(&uri.to_string(), time(0)) } else { sign8(&uri.to_string()) };
                prop_assert!(outcome.is_err(), "{}", uri);
            }
        }
    }
}
