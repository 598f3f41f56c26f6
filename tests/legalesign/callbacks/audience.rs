//! Whose callback it is. Everybody's are signed with the same key.

use super::*;
use countersign::legalesign::webhook::{CallbackUrls, UnverifiedReader};
use countersign::webhook::{Assurance, Audience};
use serde_json::{Value, json};

/// What ends in our id, and is not the address of a group. A name is free text: anybody can give their group ours.
const NO_ADDRESSES: [&str; 11] = [
    "our-group",
    " our-group ",
    "group/our-group",
    "x/api/v1/group/our-group/",
    "/x/group/our-group/",
    "/api/v1/group/our-group/x/",
    "/api/v1/group/x/group/our-group/",
    "/api/v1/user/our-group/",
    "/api/v1/user/our-group/?x=/api/v1/group/our-group/",
    "/our-group",
    "https:///api/v1/group/our-group/",
];
const THEIRS: &str = "/api/v1/group/their-group/";

/// What a customer named, with the tag of another one.
fn notice(group: &Value) -> String {
    let mut notice = json!({ "uuid": "d1", "tag": "contract-17", "group": group });
    if group.is_null() {
        notice.as_object_mut().unwrap().remove("group");
    }
    notice.to_string()
}

fn realtime(object: &str, group: &Value) -> String {
    let mut data = json!({ "uuid": "x1", "tag": "contract-17" });
    data.as_object_mut().unwrap().extend(group.as_object().unwrap().clone());
    json!({ "id": "evt", "object": object, "event": "created", "data": data }).to_string()
}

/// By a URL, since nothing else proves realtime events.
fn by_url(builder: VerifierBuilder, body: &str) -> Result<Audience, Reason> {
    let urls = CallbackUrls::new(crate::webhook::secret("correct horse battery staple"));
    let url = urls.mint("https://app.example/", "a").unwrap();
    let verifier = builder.callback_urls(urls).build().unwrap();
    let delivery = Request::post(url.expose()).body(body.to_owned()).unwrap().into();
    outcome(&verifier, &delivery).map(|verified| verified.audience())
}

fn for_ours() -> VerifierBuilder {
    Verifier::builder().group(GROUP)
}

#[test]
fn a_notice_that_another_customer_had_sent_to_us_is_refused() {
    assert_eq!(accepted(&signed_notice(&notice(&json!(OURS)))).audience(), Audience::Matched);
    for group in [THEIRS, "/api/v1/group/our-group-2/", "/api/v1/group/Our-Group/"] {
        assert_eq!(refused(&signed_notice(&notice(&json!(group)))), Reason::WrongAudience, "{group}");
    }
    // What is no address of a group names none, whatever it ends in.
    for group in NO_ADDRESSES {
        assert_eq!(refused(&signed_notice(&notice(&json!(group)))), Reason::AudienceMissing, "{group}");
    }
}

#[test]
fn a_notice_without_a_group_is_refused() {
    for group in [json!(null), json!(""), json!("/"), json!(7), json!([OURS]), json!({ "uri": OURS })] {
        assert_eq!(refused(&signed_notice(&notice(&group))), Reason::AudienceMissing, "{group}");
    }
}

#[test]
fn the_group_beside_the_signed_text_says_nothing() {
    let json = notice(&json!(THEIRS));
    let form =
        notice_form(&json, &key().sign_sha1(json.as_bytes()), &[("group", OURS), ("tag", "contract-17")]);
    assert_eq!(refused(&form.into()), Reason::WrongAudience);
    let json = notice(&json!(null));
    let form = notice_form(&json, &key().sign_sha1(json.as_bytes()), &[("group", OURS)]);
    assert_eq!(refused(&form.into()), Reason::AudienceMissing);
}

#[test]
fn an_event_that_another_customer_had_sent_to_us_is_refused() {
    for object in ["document", "recipient", "template"] {
        let matched = [
            json!({ "groupResourceUri": OURS }),
            json!({ "group": "their-group", "groupResourceUri": OURS }),
        ];
        for group in matched {
            assert_eq!(
                by_url(for_ours(), &realtime(object, &group)),
                Ok(Audience::Matched),
                "{object} {group}"
            );
        }
        let wrong = [
            json!({ "groupResourceUri": THEIRS }),
            // A name can be anything; the address counts.
            json!({ "group": "our-group", "groupResourceUri": THEIRS }),
        ];
        for group in wrong {
            let outcome = by_url(for_ours(), &realtime(object, &group));
            assert_eq!(outcome, Err(Reason::WrongAudience), "{object} {group}");
        }
        let unnamed = NO_ADDRESSES.map(|group| json!({ "groupResourceUri": group }));
        for group in unnamed.into_iter().chain([json!({ "group": "our-group" }), json!({ "group": OURS })]) {
            let outcome = by_url(for_ours(), &realtime(object, &group));
            assert_eq!(outcome, Err(Reason::AudienceMissing), "{object} {group}");
        }
        for group in [json!({}), json!({ "group": "" }), json!({ "group": 7, "groupResourceUri": null })] {
            let outcome = by_url(for_ours(), &realtime(object, &group));
            assert_eq!(outcome, Err(Reason::AudienceMissing), "{object} {group}");
        }
    }
}

#[test]
fn a_plain_notice_is_for_a_group_too() {
    let body = |group: &str| format!("uuid=d1&tag=contract-17{group}");
    assert_eq!(by_url(for_ours(), &body("&group=%2Fapi%2Fv1%2Fgroup%2Four-group%2F")), Ok(Audience::Matched));
    assert_eq!(by_url(for_ours(), &body("&group=/api/v1/group/their-group/")), Err(Reason::WrongAudience));
    assert_eq!(by_url(for_ours(), &body("&group=")), Err(Reason::AudienceMissing));
    assert_eq!(by_url(for_ours(), &body("&group=our-group")), Err(Reason::AudienceMissing));
    assert_eq!(by_url(for_ours(), &body("")), Err(Reason::AudienceMissing));
}

#[test]
fn the_list_of_six_minutes_names_nobody() {
    for list in [
        EMPTY,
        r#"[{"name":"status","value":"40","resource_uri":"/api/v1/signer/s1/","group":"their-group"}]"#,
    ] {
        assert_eq!(accepted(&signed_changes(list)).audience(), Audience::NotNamed);
    }
    let anybody = pinned().any_group_even_another_customers().build().unwrap();
    assert_eq!(outcome(&anybody, &signed_changes(EMPTY)).unwrap().audience(), Audience::NotNamed);
}

#[test]
fn groups_are_given_by_id_or_address() {
    let given =
        [GROUP, OURS, "https://eu-api.legalesign.com/api/v1/group/our-group/", "/api/v1/group/our-group"];
    for given in given {
        let verifier = Verifier::builder().certificate(key().pinned().unwrap()).group(given).build().unwrap();
        for named in
            ["/api/v1/group/our-group", OURS, "https://eu-api.legalesign.com/api/v1/group/our-group/"]
        {
            let verified = outcome(&verifier, &signed_notice(&notice(&json!(named)))).unwrap();
            assert_eq!(verified.audience(), Audience::Matched, "{given} {named}");
        }
        assert_eq!(
            outcome(&verifier, &signed_notice(&notice(&json!(THEIRS)))).map(|_| ()),
            Err(Reason::WrongAudience)
        );
    }
}

#[test]
fn several_groups_can_be_expected() {
    let verifier = pinned().group(THEIRS).build().unwrap();
    for group in [OURS, THEIRS] {
        let verified = outcome(&verifier, &signed_notice(&notice(&json!(group)))).unwrap();
        assert_eq!((verified.audience(), verified.assurance()), (Audience::Matched, Assurance::Payload));
    }
}

#[test]
fn any_group_can_be_accepted_and_is_not_called_matched() {
    let verifier = pinned().any_group_even_another_customers().build().unwrap();
    for group in [OURS, THEIRS] {
        let verified = outcome(&verifier, &signed_notice(&notice(&json!(group)))).unwrap();
        assert_eq!(verified.audience(), Audience::NotChecked);
    }
    let missing = outcome(&verifier, &signed_notice(&notice(&json!(null))));
    assert_eq!(missing.map(|verified| verified.audience()), Ok(Audience::NotChecked));
    let again = pinned().any_group_even_another_customers().group(GROUP).build().unwrap();
    assert_eq!(
        outcome(&again, &signed_notice(&notice(&json!(THEIRS)))).map(|_| ()),
        Err(Reason::WrongAudience)
    );
}

#[test]
fn a_reader_compares_the_group_too() {
    let reader = UnverifiedReader::for_group(OURS).unwrap();
    let read = |body: String| {
        let outcome = reader.read(&Request::post("/").body(body).unwrap().into());
        outcome.map(|unverified| unverified.audience()).map_err(|rejection| rejection.reason())
    };
    assert_eq!(read(realtime("document", &json!({ "groupResourceUri": OURS }))), Ok(Audience::Matched));
    assert_eq!(
        read(realtime("document", &json!({ "groupResourceUri": THEIRS }))),
        Err(Reason::WrongAudience)
    );
    assert_eq!(read("data=[]".into()), Ok(Audience::NotNamed));
    assert!(UnverifiedReader::for_group("").is_err());
}
