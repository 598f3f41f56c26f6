use super::*;
use countersign::signly::EventType;
use countersign::signly::webhook::EventData;
use countersign::webhook::Verified;

fn data(change: Value) -> EventData {
    accepted(&changed(change)).into_event().data
}

#[test]
fn every_member_is_read() {
    let event = accepted(&completed()).into_event();
    assert_eq!(event.event_id, "evt_01");
    assert_eq!(event.occurred_at, Some("2026-04-23T14:21:33Z".into()));
    assert_eq!(event.tenant_id, TENANT);
    assert_eq!(event.document_id.as_deref(), Some("doc_01"));
    assert_eq!(event.participant_id.as_deref(), Some("par_01"));
    assert_eq!(event.attempt, Some(1));
    assert_eq!(event.event_type(), EventType::ProcessCompleted);
}

#[test]
fn only_id_type_and_tenant_are_required() {
    let body = json!({ "eventId": "evt_01", "type": "DOCUMENT_VIEWED", "tenantId": TENANT });
    let event = accepted(&body).into_event();
    assert_eq!(
        (event.occurred_at, event.document_id, event.participant_id, event.attempt),
        (None, None, None, None)
    );
}

#[test]
fn a_completed_process_has_a_typed_payload_and_keeps_the_rest() {
    let data = data(json!({ "data": { "status": "COMPLETED", "templateId": "tpl_01", "score": 7 } }));
    let EventData::ProcessCompleted(completed) = data else { panic!("{data:?}") };
    assert_eq!(completed.status.as_deref(), Some("COMPLETED"));
    assert_eq!(completed.template_id.as_deref(), Some("tpl_01"));
    assert_eq!(completed.completed_at, None);
    assert_eq!(completed.other, json!({ "score": 7 }));
}

#[test]
fn an_undocumented_payload_is_kept() {
    let data = data(json!({ "type": "OTP_FAILED", "data": { "left": [2, 1] } }));
    let EventData::OtpFailed(payload) = data else { panic!("{data:?}") };
    assert_eq!(payload, json!({ "left": [2, 1] }));
}

#[test]
fn an_unknown_event_keeps_its_name_and_payload() {
    for payload in
        [json!(null), json!({ "by": ["somebody"] }), json!("text"), json!([1, 2.5, -3, true, null])]
    {
        let read = data(json!({ "type": "PROCESS_SHREDDED", "data": payload.clone() }));
        assert_eq!(read, EventData::Unknown { tag: "PROCESS_SHREDDED".into(), data: payload });
    }
}

#[test]
fn the_type_of_an_unknown_event_is_kept() {
    let event = accepted(&changed(json!({ "type": "PROCESS_SHREDDED" }))).into_event();
    assert_eq!(event.event_type().as_str(), "PROCESS_SHREDDED");
}

#[test]
fn every_known_event_can_do_without_a_payload() {
    for tag in EventData::KNOWN_TAGS {
        for mut body in [without("data"), changed(json!({ "data": null }))] {
            body["type"] = json!(tag);
            let data = accepted(&body).into_event().data;
            assert!(data.is_known(), "{tag}");
            assert_eq!(data.tag(), *tag);
        }
    }
}

#[test]
fn the_test_event_is_known() {
    assert!(matches!(data(json!({ "type": "signly.webhook_test" })), EventData::WebhookTest(_)));
}

#[test]
fn the_events_are_those_of_the_document_and_the_test() {
    let documented = EventType::KNOWN.iter().map(EventType::as_str);
    let expected: Vec<_> = documented.chain(["signly.webhook_test"]).collect();
    assert_eq!(EventData::KNOWN_TAGS, expected);
}

#[test]
fn the_attempt_may_be_written_in_any_way() {
    let cases = [
        (json!(3), Some(3)),
        (json!("3"), Some(3)),
        (json!(3.0), Some(3)),
        (json!(3.5), None),
        (json!("first"), None),
        (json!(1e300), None),
        (json!(u64::MAX), None),
        (json!([3]), None),
        (json!(null), None),
    ];
    for (attempt, expected) in cases {
        let event = accepted(&changed(json!({ "attempt": attempt }))).into_event();
        assert_eq!(event.attempt, expected, "{attempt}");
    }
}

#[test]
fn members_of_a_later_version_do_no_harm() {
    let verified: Verified<Event> = accepted(&changed(json!({ "processId": "prc_01" })));
    assert!(String::from_utf8_lossy(verified.body()).contains("prc_01"));
}

#[test]
fn members_that_cannot_be_read_are_left_out_and_stay_in_the_body() {
    for odd in [json!(7), json!({}), json!(["doc_01"]), json!(true), json!(null)] {
        let change = json!({ "documentId": odd, "participantId": odd, "occurredAt": odd });
        let verified = accepted(&changed(change.clone()));
        let event = verified.event();
        assert_eq!(
            (&event.document_id, &event.participant_id, &event.occurred_at),
            (&None, &None, &None),
            "{odd}"
        );
        let body: Value = serde_json::from_slice(verified.body()).unwrap();
        assert_eq!(body["documentId"], odd);
    }
}

#[test]
fn a_completed_process_keeps_what_cannot_be_read() {
    let cases = [
        (json!({ "status": 7, "templateId": null }), json!({ "status": 7, "templateId": null })),
        (json!({ "completedAt": 1_776_954_091 }), json!({ "completedAt": 1_776_954_091 })),
        (json!("COMPLETED"), json!("COMPLETED")),
        (json!(["status"]), json!(["status"])),
        (json!({}), json!({})),
        (json!(null), json!(null)),
    ];
    for (payload, other) in cases {
        let data = data(json!({ "data": payload }));
        let EventData::ProcessCompleted(completed) = data else { panic!("{data:?}") };
        assert_eq!((completed.status, completed.template_id, completed.completed_at), (None, None, None));
        assert_eq!(completed.other, other);
    }
}

#[test]
fn a_payload_without_documentation_may_be_any_json() {
    for payload in [json!(null), json!("text"), json!([1, 2.5]), json!(7), json!({})] {
        let read = data(json!({ "type": "OTP_SENT", "data": payload.clone() }));
        assert_eq!(read, EventData::OtpSent(payload));
    }
    let mut body = without("data");
    body["type"] = json!("OTP_SENT");
    assert_eq!(accepted(&body).into_event().data, EventData::OtpSent(Value::Null));
}

/// However a number is written, it stays a number. `.ci/run` runs this with `serde_json/arbitrary_precision` as well, which
/// hands fractions over in another form.
#[test]
fn numbers_of_an_undocumented_payload_stay_numbers() {
    for number in ["12.50", "-0.0", "1e3", "120E-1", "18446744073709551615", "0.1"] {
        for payload in
            [number.to_owned(), format!(r#"{{"n":{number}}}"#), format!(r#"[{number},{{"m":[{number}]}}]"#)]
        {
            let body = changed(json!({ "type": "OTP_SENT", "data": "here", "attempt": "later" }));
            let body = body.to_string().replace(r#""here""#, &payload).replace(r#""later""#, "3.0");
            let request = Request::post("/").header(HEADER, SECRET).body(body).unwrap();
            let event = verifier().verify(&request.into(), time(0)).unwrap().into_event();
            let expected: Value = serde_json::from_str(&payload).unwrap();
            assert_eq!((event.attempt, event.data), (Some(3), EventData::OtpSent(expected)), "{payload}");
        }
    }
}

/// With that feature it is the form in which numbers are handed over, and whoever sends it means something else.
#[test]
fn an_object_that_looks_like_a_number_is_kept_or_refused() {
    let payload = json!({ "$serde_json::private::Number": "7", "other": [1.5] });
    let body = changed(json!({ "type": "OTP_SENT", "data": payload })).to_string();
    match verifier().verify(&delivery(body), time(0)) {
        Ok(verified) => assert_eq!(verified.into_event().data, EventData::OtpSent(payload)),
        Err(rejection) => assert_eq!(rejection.reason(), Reason::MalformedBody),
    }
}

#[test]
fn what_cannot_be_read_is_located() {
    let rejection = rejected(&delivery(changed(json!({ "eventId": 7 })).to_string()));
    assert_eq!(
        rejection.to_string(),
        "the body of the callback cannot be read: `eventId`: missing, or of another type than expected"
    );
}
