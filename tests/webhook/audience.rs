//! Whom a callback is for, and who may say so: what was given to one does not speak for another.

use super::*;
use countersign::mock::ThrowAwayKey;
use countersign::webhook::{
    Assurance, Audience, Cause, HmacKey, HmacScheme, Key, KeySet, Keys, RsaKey, SignatureEncoding,
};
use countersign::{leap, legalesign, sign8, signly};

type Outcome = Result<Audience, Reason>;

/// What comes to a URL.
struct Case<'c> {
    /// Whom the verifier expects; anybody if it is empty.
    expected: &'c [&'c str],
    reference: &'c str,
    /// Whom the key of the URL is for.
    key: Option<&'c str>,
    /// Whom the event names.
    named: Option<&'c str>,
}

impl Case<'_> {
    fn keys(&self) -> Keys<Secret> {
        let key = Key::new("default", secret(SECRET));
        KeySet::new([match self.key {
            Some(audience) => key.for_audience(audience),
            None => key,
        }])
        .unwrap()
        .into()
    }
}

/// What a provider makes of a case: its URLs and its verifier are types of their own.
macro_rules! provider {
    ($module:ident, $expect:ident, $expect_anybody:ident, $request:expr) => {
        |case: &Case| -> Outcome {
            let urls = $module::webhook::CallbackUrls::new(case.keys());
            let url = urls.mint("https://app.example/callbacks", case.reference).unwrap();
            let builder = $module::webhook::Verifier::builder().callback_urls(urls);
            let builder = match case.expected {
                [] => builder.$expect_anybody(),
                names => names.iter().fold(builder, |builder, name| builder.$expect(*name)),
            };
            let request: Request<String> = $request(url.expose(), case.named);
            let outcome = builder.build().unwrap().verify(&request.into(), time(0));
            outcome.map(|verified| verified.audience()).map_err(|rejection| rejection.reason())
        }
    };
}

type Provider = fn(&Case) -> Outcome;

const SIGNLY: Provider = provider!(signly, tenant, any_tenant_even_another_customers, |url, named| {
    Request::post(url).body(changed(json!({ "tenantId": named })).to_string()).unwrap()
});

fn address(group: Option<&str>) -> String {
    group.map_or_else(String::new, |group| format!("/api/v1/group/{group}/"))
}

const NOTICE: Provider = provider!(legalesign, group, any_group_even_another_customers, |url, named| {
    Request::post(url).body(format!("uuid=d1&group={}", address(named))).unwrap()
});

const REALTIME: Provider = provider!(legalesign, group, any_group_even_another_customers, |url, named| {
    let data = json!({ "uuid": "d1", "groupResourceUri": address(named) });
    Request::post(url).body(json!({ "object": "document", "event": "x", "data": data }).to_string()).unwrap()
});

const CHANGES: Provider = provider!(legalesign, group, any_group_even_another_customers, |url, _| {
    Request::post(url).body("data=[]".to_owned()).unwrap()
});

const SIGN8: Provider =
    provider!(sign8, organisation, any_organisation_even_another_customers, |url: &str, named| {
        let request = Request::post(format!("{url}/api/workflow/workflowRefused"));
        let named: Option<&str> = named;
        named
            .into_iter()
            .fold(request, |request, name| request.header("organisation_id", name))
            .body(String::new())
            .unwrap()
    });

const BOTH: &[&str] = &["a", "b"];
const ANYBODY: &[&str] = &[];
const MATCHED: Outcome = Ok(Audience::Matched);
const NOT_NAMED: Outcome = Ok(Audience::NotNamed);
const NOT_CHECKED: Outcome = Ok(Audience::NotChecked);
const WRONG: Outcome = Err(Reason::WrongAudience);
const MISSING: Outcome = Err(Reason::AudienceMissing);

#[test]
fn a_url_or_key_of_one_speaks_for_nobody_else() {
    let table = [
        // Neither says whom it is for.
        (BOTH, "contract-17", None, "a", MATCHED),
        (BOTH, "contract-17", None, "c", WRONG),
        (ANYBODY, "contract-17", None, "c", NOT_CHECKED),
        // The reference does, if it is one of those who are expected.
        (BOTH, "a", None, "a", MATCHED),
        (BOTH, "a", None, "b", WRONG),
        (BOTH, "c", None, "b", MATCHED),
        (ANYBODY, "a", None, "b", NOT_CHECKED),
        // The key does.
        (BOTH, "contract-17", Some("a"), "a", MATCHED),
        (BOTH, "contract-17", Some("a"), "b", WRONG),
        (ANYBODY, "contract-17", Some("a"), "a", MATCHED),
        (ANYBODY, "contract-17", Some("a"), "b", WRONG),
        // Whoever is not expected is not let in by a key.
        (BOTH, "contract-17", Some("c"), "c", WRONG),
        (BOTH, "contract-17", Some("c"), "a", WRONG),
        // Both do, and have to agree.
        (BOTH, "a", Some("a"), "a", MATCHED),
        (BOTH, "a", Some("a"), "b", WRONG),
        (BOTH, "a", Some("b"), "a", WRONG),
        (BOTH, "a", Some("b"), "b", WRONG),
        (ANYBODY, "a", Some("b"), "b", MATCHED),
    ];
    for (expected, reference, key, named, outcome) in table {
        for (name, provider) in
            [("signly", SIGNLY), ("notice", NOTICE), ("realtime", REALTIME), ("sign8", SIGN8)]
        {
            let case = Case { expected, reference, key, named: Some(named) };
            assert_eq!(provider(&case), outcome, "{name}: {expected:?} {reference} {key:?} {named}");
        }
    }
}

/// What has to name somebody is not believed without; what never does stays unnamed, but for SIGN8, which is given one URL
/// for each installation.
#[test]
fn a_callback_that_names_nobody_is_not_for_everybody() {
    // Signly, what Legalesign tells with a group, its lists without one, SIGN8.
    let table = [
        (BOTH, "contract-17", None, [MISSING, MISSING, NOT_NAMED, NOT_NAMED]),
        (BOTH, "a", None, [MISSING, MISSING, NOT_NAMED, MATCHED]),
        (BOTH, "contract-17", Some("a"), [MISSING, MISSING, NOT_NAMED, MATCHED]),
        (BOTH, "contract-17", Some("c"), [WRONG; 4]),
        (BOTH, "a", Some("b"), [WRONG; 4]),
        (ANYBODY, "a", None, [MISSING, NOT_CHECKED, NOT_NAMED, NOT_CHECKED]),
        (ANYBODY, "a", Some("b"), [MISSING, MISSING, NOT_NAMED, MATCHED]),
    ];
    for (expected, reference, key, [of_signly, of_groups, of_lists, of_sign8]) in table {
        for (name, provider, outcome) in [
            ("signly", SIGNLY, of_signly),
            ("notice", NOTICE, of_groups),
            ("realtime", REALTIME, of_groups),
            ("changes", CHANGES, of_lists),
            ("sign8", SIGN8, of_sign8),
        ] {
            let case = Case { expected, reference, key, named: None };
            assert_eq!(provider(&case), outcome, "{name}: {expected:?} {reference} {key:?}");
        }
    }
}

#[test]
fn a_group_is_the_same_by_its_address() {
    let table = [
        ("/api/v1/group/a/", None, "a", MATCHED),
        ("/api/v1/group/a/", None, "b", WRONG),
        ("contract-17", Some("/api/v1/group/a/"), "a", MATCHED),
        ("contract-17", Some("/api/v1/group/a/"), "b", WRONG),
        ("a", Some("https://eu-api.legalesign.com/api/v1/group/a"), "a", MATCHED),
        // No address of a group.
        ("signed/a", None, "b", MATCHED),
    ];
    for (reference, key, named, outcome) in table {
        let case = Case { expected: BOTH, reference, key, named: Some(named) };
        assert_eq!([NOTICE(&case), REALTIME(&case)], [outcome; 2], "{reference} {key:?} {named}");
    }
}

#[test]
fn a_completion_of_leap_names_nobody_so_its_key_may_be_for_anybody() {
    for key in [None, Some("a")] {
        let case = Case { expected: ANYBODY, reference: "contract-17", key, named: None };
        let urls = leap::webhook::CallbackUrls::new(case.keys());
        let url = urls.mint("https://app.example/", case.reference).unwrap();
        let verifier = leap::webhook::Verifier::builder().callback_urls(urls).build().unwrap();
        let verified =
            verifier.verify(&Request::post(url.expose()).body("").unwrap().into(), time(0)).unwrap();
        assert_eq!(verified.audience(), Audience::Matched);
    }
}

fn hmac(audience: &str) -> HmacScheme {
    let key = Key::new("hmac", HmacKey::text(&secret(SECRET))).for_audience(audience);
    HmacScheme::new("x-signature", SignatureEncoding::Hex, KeySet::new([key]).unwrap()).unwrap()
}

/// Whatever the scheme is, and however many there are.
#[test]
fn every_key_that_proves_a_callback_has_to_be_for_the_one_it_names() {
    let in_header =
        |audience: &str| KeySet::new([Key::new("header", secret(SECRET)).for_audience(audience)]).unwrap();
    let table = [
        // The header, the HMAC, the event.
        ("a", "a", "a", MATCHED),
        ("a", "a", "b", WRONG),
        ("a", "b", "a", WRONG),
        ("a", "b", "b", WRONG),
        ("b", "b", "b", MATCHED),
    ];
    for (header, signature, named, outcome) in table {
        let builder = Verifier::builder().shared_secret(HEADER, in_header(header)).hmac(hmac(signature));
        let verifier = builder.tenant("a").tenant("b").build().unwrap();
        let body = changed(json!({ "tenantId": named })).to_string();
        let signed = hmac(signature).sign("id", time(0), body.as_bytes()).unwrap();
        let request = Request::post("/").header(HEADER, SECRET);
        let request = signed.into_iter().fold(request, |request, (name, value)| request.header(name, value));
        let audience = verifier.verify(&request.body(body).unwrap().into(), time(0));
        let audience = audience.map(|verified| verified.audience()).map_err(|rejection| rejection.reason());
        assert_eq!(audience, outcome, "{header} {signature} {named}");
    }
}

/// A scheme alone knows no event, so it only tells.
#[test]
fn a_proof_tells_whom_its_key_is_for() {
    let signed = hmac("a").sign("id", time(0), b"anything").unwrap();
    let request =
        signed.into_iter().fold(Request::post("/"), |request, (name, value)| request.header(name, value));
    let proof = hmac("a").verify(&request.body("anything").unwrap().into(), time(0)).unwrap();
    assert_eq!((proof.audience(), proof.key_id()), (Some("a"), "hmac"));
    assert_eq!(accepted(&completed()).proofs().next().unwrap().audience(), None);
}

#[test]
fn a_certificate_can_be_for_one_group() {
    let throw_away = ThrowAwayKey::generate().unwrap();
    let key: Key<RsaKey> = Key::new("rsa", throw_away.pinned().unwrap()).for_audience("a");
    let verifier = legalesign::webhook::Verifier::builder().certificate(KeySet::new([key]).unwrap());
    let verifier = verifier.group("a").group("b").build().unwrap();
    for (named, outcome) in [("a", MATCHED), ("b", WRONG)] {
        let notice = json!({ "uuid": "d1", "group": address(Some(named)) }).to_string();
        let body =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("json_signed", &notice).finish();
        let request = Request::post("/").header("x-signed", throw_away.sign_sha1(notice.as_bytes()));
        let verified = verifier.verify(&request.body(body).unwrap().into(), time(0));
        let audience = verified.map(|verified| verified.audience()).map_err(|rejection| rejection.reason());
        assert_eq!(audience, outcome, "{named}");
    }
}

/// A tenant whose secret is added while the application runs needs no other verifier.
#[test]
fn keys_that_are_replaced_bring_their_audience_along() {
    let keys = Keys::from(KeySet::new([Key::new("a", secret(SECRET)).for_audience("a")]).unwrap());
    let builder = Verifier::builder().shared_secret(HEADER, keys.clone());
    let verifier =
        builder.any_tenant_even_another_customers().least_assurance(Assurance::Sender).build().unwrap();
    let audience = |tenant: &str, value: &str| {
        let body = changed(json!({ "tenantId": tenant })).to_string();
        let verified =
            verifier.verify(&Request::post("/").header(HEADER, value).body(body).unwrap().into(), time(0));
        verified.map(|verified| verified.audience()).map_err(|rejection| rejection.reason())
    };
    let other = "another-secret-0123456789";
    assert_eq!([audience("a", SECRET), audience("b", SECRET)], [MATCHED, WRONG]);
    let both =
        [Key::new("a", secret(SECRET)).for_audience("a"), Key::new("b", secret(other)).for_audience("b")];
    keys.replace(KeySet::new(both).unwrap());
    assert_eq!([audience("a", SECRET), audience("b", SECRET)], [MATCHED, WRONG]);
    assert_eq!([audience("a", other), audience("b", other)], [WRONG, MATCHED]);
}

#[test]
fn that_something_speaks_for_another_is_explained() {
    let urls = |audience: Option<&str>| {
        let case = Case { expected: BOTH, reference: "a", key: audience, named: None };
        signly::webhook::CallbackUrls::new(case.keys())
    };
    for (audience, named) in [(None, "b"), (Some("a"), "b"), (Some("b"), "a"), (Some("b"), "b")] {
        let url = urls(audience).mint("https://app.example/", "a").unwrap();
        let verifier =
            Verifier::builder().callback_urls(urls(audience)).tenant("a").tenant("b").build().unwrap();
        let body = changed(json!({ "tenantId": named })).to_string();
        let explanation = verifier.explain(&Request::post(url.expose()).body(body).unwrap().into(), time(0));
        let causes: Vec<_> = explanation.findings().iter().map(|finding| finding.cause().clone()).collect();
        assert_eq!(causes, [Cause::OtherAddressee], "{audience:?} {named}: {explanation}");
    }
    // Not where it is meant for somebody who is not expected at all.
    let key = KeySet::new([Key::new("header", secret(SECRET)).for_audience("a")]).unwrap();
    let verifier = Verifier::builder().shared_secret(HEADER, key).tenant("a").build().unwrap();
    let explanation = verifier.explain(&delivery(completed().to_string()), time(0));
    assert_eq!(*explanation.findings()[0].cause(), Cause::WrongAudience(vec!["a".to_owned()]));
}
