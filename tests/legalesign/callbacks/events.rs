//! What the callbacks tell.

use super::*;
use countersign::legalesign::webhook::{CallbackUrls, Change, RealtimeEvent};
use countersign::legalesign::{DocumentStatus, SignerStatus};
use serde_json::{Value, json};
use std::time::Duration;

fn entry(uri: &str, value: &Value) -> Value {
    json!({ "timestamp": "2018-03-20T07:09:52", "name": "status", "value": value, "resource_uri": uri })
}

fn changes(list: &Value) -> Vec<countersign::legalesign::webhook::StatusChange> {
    let event = accepted(&signed_changes(&list.to_string())).into_event();
    let Event::Changes(changes) = event else { panic!("{event:?}") };
    changes
}

/// By a URL, at a reference.
fn by_url(reference: &str, body: impl Into<String>) -> Verified<Event> {
    let urls = CallbackUrls::new(crate::webhook::secret("correct horse battery staple"));
    let url = urls.mint("https://app.example/", reference).unwrap();
    let verifier = Verifier::builder().callback_urls(urls).group(GROUP).build().unwrap();
    outcome(&verifier, &Request::post(url.expose()).body(body.into()).unwrap().into()).unwrap()
}

fn realtime(object: &str, event: &str, data: &Value) -> Value {
    json!({ "version": "1", "id": "e1", "created": 1_521_529_792, "object": object, "event": event, "data": data })
}

#[test]
fn changes_are_of_documents_signers_and_whatever_comes_later() {
    let others = [
        json!({ "name": "archived", "value": "1", "resource_uri": "/api/v1/document/d1/" }),
        entry("/api/v1/template/t1/", &json!("40")),
        entry("/api/v1/signer/s1/", &json!("signed")),
        json!("text"),
        json!(null),
    ];
    let mut list = vec![
        entry("/api/v1/signer/s1/", &json!("40")),
        entry("/api/v1/document/d1/", &json!(100)),
        entry("https://eu-api.legalesign.com/api/v1/document/d2/", &json!("7000")),
    ];
    list.extend(others.clone());
    let changes = changes(&json!(list));
    let known = [
        Change::Signer { id: "s1".into(), status: SignerStatus::Signed },
        Change::Document { id: "d1".into(), status: DocumentStatus::FinalPdfReady },
        Change::Document { id: "d2".into(), status: DocumentStatus::from(7000) },
    ];
    let expected: Vec<_> = known.into_iter().chain(others.map(Change::Other)).collect();
    assert_eq!(changes.iter().map(|each| each.change.clone()).collect::<Vec<_>>(), expected);
}

#[test]
fn each_change_of_a_list_has_a_key_and_the_same_list_the_same_keys() {
    let list = json!([entry("/api/v1/signer/s1/", &json!("40")), entry("/api/v1/signer/s1/", &json!("40"))]);
    let (first, again) = (changes(&list), changes(&list));
    assert_ne!(first[0].dedupe_key, first[1].dedupe_key);
    assert_eq!(first, again);
    let key = accepted(&signed_changes(&list.to_string())).dedupe_key().to_string();
    assert_eq!(first[1].dedupe_key.as_str(), format!("{key}:1"));
    let other = accepted(&signed_changes(&format!("{list} "))).dedupe_key().to_string();
    assert_ne!(other, key);
}

#[test]
fn what_is_signed_and_no_list_is_refused() {
    for data in ["{}", "null", "", "[", "[] []", "[{\"a\":1,\"a\":2}]", "\u{feff}[]", "%5B%5D"] {
        assert_eq!(refused(&signed_changes(data)), Reason::MalformedBody, "{data}");
    }
}

#[test]
fn a_notice_names_its_document_by_id_or_address_or_both_alike() {
    let with = |members: Value| {
        let mut notice = json!({ "group": "/api/v1/group/our-group/", "code": "7" });
        notice.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        signed_notice(&notice.to_string())
    };
    for members in [
        json!({ "uuid": "d1" }),
        json!({ "resource_uri": "/api/v1/document/d1/" }),
        json!({ "resource_uri": "/api/v1/document/d1/", "uuid": "d1" }),
    ] {
        let event = accepted(&with(members)).into_event();
        let Event::Notice(notice) = event else { panic!("{event:?}") };
        assert_eq!((notice.document.as_str(), &notice.other), ("d1", &json!({ "code": "7" })));
    }
    for members in [
        json!({}),
        json!({ "uuid": 7 }),
        json!({ "resource_uri": "/api/v1/document/d1/", "uuid": "d2" }),
        json!({ "resource_uri": "/" }),
    ] {
        assert_eq!(refused(&with(members.clone())), Reason::MalformedBody, "{members}");
    }
    for text in
        ["[]", "null", "\"d1\"", "", r#"{"uuid":"d1","uuid":"d1","group":"/api/v1/group/our-group/"}"#]
    {
        assert_eq!(refused(&signed_notice(text)), Reason::MalformedBody, "{text}");
    }
}

#[test]
fn a_plain_notice_is_read_from_its_fields() {
    let fields = [
        ("uuid", "d1"),
        ("group", "/api/v1/group/our-group/"),
        ("name", "Søren & Co"),
        ("tag", "a+b"),
        ("tag1", "1"),
        ("tag2", ""),
        ("code", "7"),
    ];
    let event = by_url("signed", encoded(fields)).into_event();
    let Event::PlainNotice(notice) = event else { panic!("{event:?}") };
    let texts = [&notice.name, &notice.tag, &notice.tag1, &notice.tag2].map(|text| text.as_deref().unwrap());
    assert_eq!((notice.document.as_str(), texts), ("d1", ["Søren & Co", "a+b", "1", ""]));
    assert_eq!(notice.other, json!({ "code": "7" }));
}

/// They look the same, whatever happened to the document: a document that was sent is signed later.
#[test]
fn notices_that_come_to_urls_of_their_own_have_keys_of_their_own() {
    let plain = "uuid=d1&group=/api/v1/group/our-group/&name=n&tag=t";
    let signed = encoded([("json_signed", r#"{"uuid":"d1","group":"/api/v1/group/our-group/"}"#)]);
    for body in [plain, &signed] {
        let keys =
            ["sent", "signed", "sent"].map(|reference| by_url(reference, body).dedupe_key().to_string());
        assert_ne!(keys[0], keys[1], "{body}");
        assert_eq!(keys[0], keys[2], "{body}");
    }
    // What says what happened is the same wherever it comes to.
    for body in [
        "data=[]".to_owned(),
        realtime("document", "created", &json!({ "groupResourceUri": "/api/v1/group/our-group/" }))
            .to_string(),
    ] {
        assert_eq!(by_url("a", &*body).dedupe_key(), by_url("b", body).dedupe_key());
    }
}

#[test]
fn every_realtime_event_is_told_by_object_and_event() {
    for tag in RealtimeEvent::KNOWN_TAGS {
        let (object, event) = tag.split_once('.').unwrap();
        // It is not certain that the event does not name the object again.
        for event in [event, tag] {
            let verified = by_url(
                "a",
                realtime(
                    object,
                    event,
                    &json!({ "uuid": "x", "groupResourceUri": "/api/v1/group/our-group/" }),
                )
                .to_string(),
            );
            let Event::Realtime(realtime) = verified.event() else { panic!("{verified:?}") };
            assert_eq!((realtime.event.tag(), realtime.event.is_known()), (*tag, true));
            assert_eq!(realtime.created, Some(std::time::UNIX_EPOCH + Duration::from_secs(1_521_529_792)));
            assert_eq!(verified.dedupe_key().as_str(), "legalesign:event:e1");
        }
    }
    let verified = by_url(
        "a",
        realtime("template", "created", &json!({ "groupResourceUri": "/api/v1/group/our-group/" }))
            .to_string(),
    );
    let Event::Realtime(realtime) = verified.into_event() else { panic!() };
    let expected = RealtimeEvent::Unknown {
        tag: "template.created".into(),
        data: json!({ "groupResourceUri": "/api/v1/group/our-group/" }),
    };
    assert_eq!(realtime.event, expected);
}

#[test]
fn a_document_of_an_event_is_read_with_its_recipients() {
    let data = json!({
        "uuid": "d1", "resourceUri": "/api/v1/document/d1/", "groupResourceUri": "/api/v1/group/our-group/",
        "group": "Our Group", "status": "30", "statusText": "Signed", "name": "n", "tag": "t", "tag2": "",
        "recipients": [{ "uuid": "s1", "status": 40, "order": 0, "email": "e", "x": 1 }, { "resourceUri": "/api/v1/signer/s2/" }, 7],
    });
    let event = by_url("a", realtime("document", "finalPdfCreated", &data).to_string()).into_event();
    let Event::Realtime(realtime) = event else { panic!("{event:?}") };
    let document = realtime.event.document().unwrap();
    assert_eq!(document.id.as_ref().unwrap().as_str(), "d1");
    assert_eq!(document.status, Some(DocumentStatus::Signed));
    assert_eq!(document.tags, [Some("t".into()), None, Some(String::new())]);
    let ids: Vec<_> = document.recipients.iter().map(|each| each.id.as_ref().map(AsRef::as_ref)).collect();
    assert_eq!(ids, [Some("s1"), Some("s2"), None]);
    assert_eq!(document.recipients[0].status, Some(SignerStatus::Signed));
    assert_eq!(document.recipients[0].other, json!({ "x": 1 }));
}

#[test]
fn a_recipient_of_an_event_is_read_with_its_document() {
    let data = json!({
        "uuid": "s1", "status": 60, "groupResourceUri": "/api/v1/group/our-group/", "documentResourceUri": "/api/v1/document/d1/",
        "documentName": "n", "rejectReason": "dear", "emailBounce": 1, "emailBounceMessage": "full",
    });
    let event = by_url("a", realtime("recipient", "bounced", &data).to_string()).into_event();
    let Event::Realtime(realtime) = event else { panic!("{event:?}") };
    let recipient = realtime.event.recipient().unwrap();
    assert_eq!(recipient.document.as_ref().unwrap().as_str(), "d1");
    assert_eq!(recipient.recipient.status, Some(SignerStatus::Rejected));
    assert_eq!(
        (recipient.email_bounced, recipient.email_bounce_message.as_deref()),
        (Some(true), Some("full"))
    );
    assert_eq!(recipient.recipient.reject_reason.as_deref(), Some("dear"));
}

#[test]
fn realtime_events_that_cannot_be_told_apart_are_refused() {
    let urls = CallbackUrls::new(crate::webhook::secret("correct horse battery staple"));
    let url = urls.mint("https://app.example/", "a").unwrap();
    let verifier = Verifier::builder().callback_urls(urls).group(GROUP).build().unwrap();
    let data = json!({ "uuid": "d1", "groupResourceUri": "/api/v1/group/our-group/" });
    let text = realtime("document", "created", &data).to_string();
    let malformed = [
        json!({ "event": "created", "data": data }).to_string(),
        json!({ "object": "document", "data": data }).to_string(),
        json!({ "object": 1, "event": "created", "data": data }).to_string(),
        text.replace("\"e1\"", "\"\""),
        text.replace("\"e1\"", "\"e\\n1\""),
        text.replace("\"e1\"", "\"e\\u20281\""),
        text.replacen('{', r#"{"data":{"groupResourceUri":"/api/v1/group/our-group/"},"#, 1),
        text.replace("\"uuid\"", "\"uuid\":\"d1\",\"uuid\""),
        text.replace("\"uuid\"", "\"resourceUri\":\"/api/v1/document/d2/\",\"uuid\""),
        format!("{text}&data=[]"),
        format!("{text}{text}"),
        "{".to_owned(),
    ];
    for body in malformed {
        let outcome = outcome(&verifier, &Request::post(url.expose()).body(body.clone()).unwrap().into());
        assert_eq!(outcome.map(|_| ()), Err(Reason::MalformedBody), "{body}");
    }
}
