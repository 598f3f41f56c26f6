//! What anybody may send.

use super::*;
use crate::legalesign::callbacks::pinned;
use countersign::webhook::{Assurance, Explanation, Finding, HmacKey, HmacScheme, SignatureEncoding, Verify};
use countersign::{leap, legalesign, sign8, signly};
use http::{HeaderName, HeaderValue, Method, Uri};
use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use std::sync::LazyLock;

/// Whether a verifier or a reader accepts it. That it does not panic is the other half.
type Accepts = Box<dyn Fn(&Delivery) -> bool + Send + Sync>;

/// The verifiers of all providers, with everything that can prove a callback.
static VERIFIERS: LazyLock<Vec<Accepts>> = LazyLock::new(|| {
    fn of<V: Verify + Send + Sync + 'static>(verifier: V) -> Accepts {
        Box::new(move |delivery| verifier.verify(delivery, time(0)).is_ok())
    }
    let leap = leap::webhook::CallbackUrls::new(secret(SECRET));
    let sign8 = sign8::webhook::CallbackUrls::new(secret(SECRET));
    let signly = signly::webhook::CallbackUrls::new(secret(SECRET));
    let urls = legalesign::webhook::CallbackUrls::new(secret(SECRET));
    let sign8 = sign8::webhook::Verifier::builder().callback_urls(sign8);
    let legalesign = pinned().any_group_even_another_customers();
    vec![
        of(verifier()),
        of(Verifier::builder().callback_urls(signly).any_tenant_even_another_customers().build().unwrap()),
        of(leap::webhook::Verifier::builder().callback_urls(leap).build().unwrap()),
        of(sign8.any_organisation_even_another_customers().build().unwrap()),
        of(legalesign.clone().build().unwrap()),
        of(legalesign.callback_urls(urls).least_assurance(Assurance::Sender).build().unwrap()),
    ]
});

type Explains = Box<dyn Fn(&Delivery) -> Explanation + Send + Sync>;

/// Verifiers that find out why, with keys that have something around them.
static EXPLAINERS: LazyLock<Vec<Explains>> = LazyLock::new(|| {
    macro_rules! of {
        ($builder:expr) => {{
            let verifier = $builder.build().unwrap();
            Box::new(move |delivery: &Delivery| verifier.explain(delivery, time(0)))
        }};
    }
    let quoted = || secret(&format!("\"Bearer {SECRET}\""));
    let hmac = || HmacScheme::new("x-signed", SignatureEncoding::Base64, HmacKey::text(&quoted())).unwrap();
    let leap = leap::webhook::CallbackUrls::new(quoted());
    let urls = legalesign::webhook::CallbackUrls::new(quoted());
    vec![
        of!(Verifier::builder().shared_secret(HEADER, quoted()).hmac(hmac()).tenant(TENANT)),
        of!(leap::webhook::Verifier::builder().callback_urls(leap)),
        of!(pinned().group("our-group")),
        of!(pinned().callback_urls(urls).hmac(hmac()).group("our-group")),
    ]
});

/// Readers accept what nobody has proved; they must not panic.
static READERS: [fn(&Delivery) -> bool; 4] = [
    |delivery| signly::webhook::UnverifiedReader::for_tenant(TENANT).unwrap().read(delivery).is_ok(),
    |delivery| leap::webhook::UnverifiedReader::new().read(delivery).is_ok(),
    |delivery| sign8::webhook::UnverifiedReader::for_organisation("org-7").unwrap().read(delivery).is_ok(),
    |delivery| legalesign::webhook::UnverifiedReader::for_group("our-group").unwrap().read(delivery).is_ok(),
];

/// Whoever sends it has seen how genuine ones look.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let form = r#"((data|signed|json_signed|uuid|group|a|%64ata)(=|%3D)?(%5B%5D|our-group|\{\}|\[|"|%|%2|\+|=){0,3}&?){0,5}"#;
    let json = r#"\{?("(object|event|data|signed|json_signed|uuid|tenantId|eventId|type|group)":("document"|"created"|"\[\]"|\{\}|\[\]|1|"our-group"),?){0,6}\}?"#;
    let part =
        "(--x|--x--|\r\n|Content-Disposition: form-data; name=\"?(data|signed|json_signed|a)\"?|a){0,12}";
    prop_oneof![
        vec(any::<u8>(), 0..200),
        form.prop_map(String::into_bytes),
        json.prop_map(String::into_bytes),
        part.prop_map(String::into_bytes),
    ]
}

fn headers() -> impl Strategy<Value = Vec<(&'static str, Vec<u8>)>> {
    let names = proptest::sample::select(vec![
        HEADER,
        "content-type",
        "x-signed",
        "organisation_id",
        "organisation-id",
        "organization_id",
    ]);
    let texts = [
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "multipart/",
        "application/json",
        "org-7",
        "AAAA",
        "é",
    ];
    let value = prop_oneof![
        vec(any::<u8>(), 0..40),
        proptest::sample::select(texts.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
    ];
    vec((names, value), 0..5)
}

proptest! {
    #[test]
    fn nothing_that_nobody_signed_is_accepted(
        path in "(/|cs1\\.|[A-Za-z0-9_-]{1,9}|\\.|%2F|%00|%FF|\\?|workflowRefused){0,12}",
        headers in headers(),
        body in body(),
        is_post: bool,
    ) {
        let Ok(uri) = format!("/{path}").parse::<Uri>() else { return Ok(()) };
        let mut request = Request::new(Bytes::from(body));
        *request.uri_mut() = uri;
        *request.method_mut() = if is_post { Method::POST } else { Method::PUT };
        for (name, value) in headers {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                request.headers_mut().append(name.parse::<HeaderName>().unwrap(), value);
            }
        }
        let delivery = Delivery::from(request);
        for (place, accepts) in VERIFIERS.iter().enumerate() {
            prop_assert!(!accepts(&delivery), "{} {:?}", place, delivery.uri());
        }
        for accepts in READERS {
            prop_assert!(!accepts(&delivery) || is_post);
        }
        for explain in EXPLAINERS.iter() {
            let explanation = explain(&delivery);
            let printed = explanation.to_string();
            let is_sure = explanation.findings().iter().any(Finding::is_certain);
            let lines = 1 + explanation.findings().len() + usize::from(!is_sure);
            prop_assert_eq!(printed.lines().count(), lines, "{}", printed);
            prop_assert!(!printed.contains(SECRET) && !format!("{explanation:?}").contains(SECRET), "{}", printed);
            // What may be left of a form that is signed is no reason to want less.
            let is_list = delivery.body().starts_with(b"[");
            prop_assert!(!is_list || !printed.contains("lower assurance"), "{}", printed);
        }
    }
}

#[test]
fn an_empty_request_is_refused_by_all() {
    let delivery = Delivery::from(Request::post("/").body("").unwrap());
    assert!(VERIFIERS.iter().all(|accepts| !accepts(&delivery)));
}
