use super::*;
use countersign::signly::webhook::UnverifiedReader;
use countersign::webhook::{Assurance, Audience};
use http::Method;

#[test]
fn a_genuine_delivery_is_accepted() {
    let verified = accepted(&completed());
    assert_eq!(verified.event().event_id, "evt_01");
}

#[test]
fn a_shared_secret_proves_the_sender() {
    assert_eq!(accepted(&completed()).assurance(), Assurance::Sender);
}

#[test]
fn the_key_that_matched_is_told() {
    assert_eq!(accepted(&completed()).key_id(), "default");
}

#[test]
fn the_expected_tenant_is_matched() {
    assert_eq!(accepted(&completed()).audience(), Audience::Matched);
}

#[test]
fn the_dedupe_key_is_the_event_and_not_the_attempt() {
    let (first, second) = (accepted(&completed()), accepted(&changed(json!({ "attempt": 2 }))));
    assert_eq!(first.dedupe_key().as_str(), "signly:evt_01");
    assert_eq!(first.dedupe_key(), second.dedupe_key());
}

#[test]
fn other_methods_are_rejected() {
    for method in [Method::GET, Method::PUT, Method::HEAD, Method::OPTIONS] {
        let request = Request::builder().method(method).header(HEADER, SECRET).body(completed().to_string());
        assert_rejected(&request.unwrap().into(), Reason::WrongMethod, 400);
    }
}

#[test]
fn without_the_header_it_is_rejected() {
    let request = Request::post("/").body(completed().to_string()).unwrap();
    assert_rejected(&request.into(), Reason::MissingCredential, 401);
}

#[test]
fn twice_the_header_is_rejected_whatever_it_carries() {
    for (first, second) in [(SECRET, SECRET), (SECRET, "wrong"), ("wrong", SECRET), ("wrong", "wrong")] {
        let request = Request::post("/").header(HEADER, first).header(HEADER, second);
        let request = request.body(completed().to_string()).unwrap();
        assert_rejected(&request.into(), Reason::DuplicateCredential, 401);
    }
}

#[test]
fn wrong_secrets_are_rejected() {
    let cut = &SECRET[..SECRET.len() - 1];
    let longer = format!("{SECRET}0");
    let twice = format!("{SECRET}, {SECRET}");
    let upper = SECRET.to_uppercase();
    for wrong in ["", "wrong", cut, &longer, &twice, &upper] {
        assert_rejected(&carrying(wrong), Reason::WrongCredential, 401);
    }
}

#[test]
fn a_header_that_is_no_ascii_is_rejected() {
    let request = Request::post("/").header(HEADER, &b"canary-secret-\xFF\xFE56789"[..]);
    assert_rejected(&request.body(completed().to_string()).unwrap().into(), Reason::WrongCredential, 401);
}

#[test]
fn the_body_is_not_read_before_the_secret_is_right() {
    let request = Request::post("/").header(HEADER, "wrong").body("no JSON").unwrap();
    assert_rejected(&request.into(), Reason::WrongCredential, 401);
}

#[test]
fn the_name_of_the_header_is_compared_without_case() {
    let request = Request::post("/").header("x-cLIENT-aUTH", SECRET).body(completed().to_string()).unwrap();
    assert!(verifier().verify(&request.into(), time(0)).is_ok());
}

#[test]
fn bodies_that_are_no_event_are_rejected() {
    let text = completed().to_string();
    let bodies: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"\"evt_01\"".to_vec(),
        b"eventId=evt_01".to_vec(),
        text.replace("evt_01", "evt_\u{1}").into_bytes(),
        [text.as_bytes(), b"{}"].concat(),
        [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        text.as_bytes().iter().map(|&byte| if byte == b'v' { 0xFF } else { byte }).collect(),
        "[".repeat(100_000).into_bytes(),
        format!(r#"["evt_01","PROCESS_CREATED",null,"{TENANT}",null,null,null,null]"#).into_bytes(),
    ];
    for body in bodies {
        assert_rejected(&delivery(body), Reason::MalformedBody, 400);
    }
}

#[test]
fn truncated_bodies_are_rejected() {
    let body = Bytes::from(completed().to_string());
    for length in 0..body.len() {
        assert_rejected(&delivery(body.slice(..length)), Reason::MalformedBody, 400);
    }
}

#[test]
fn members_that_everything_depends_on_are_read_strictly() {
    let changes = [
        json!({ "eventId": 7 }),
        json!({ "eventId": "" }),
        json!({ "eventId": null }),
        json!({ "type": null }),
        json!({ "tenantId": [TENANT] }),
        json!({ "type": 7 }),
    ];
    for change in changes {
        assert_rejected(&delivery(changed(change).to_string()), Reason::MalformedBody, 400);
    }
}

#[test]
fn ids_that_break_a_line_are_rejected() {
    for id in ["evt_\n01", "evt_01\r", "\0", "evt_\u{1b}[2J", "evt_\u{85}01", "evt_\u{2028}01"] {
        let body = changed(json!({ "eventId": id })).to_string();
        assert_rejected(&delivery(body.clone()), Reason::MalformedBody, 400);
        let reader = UnverifiedReader::for_tenant(TENANT).unwrap();
        assert_eq!(reader.read(&delivery(body)).unwrap_err().reason(), Reason::MalformedBody);
    }
}

#[test]
fn members_that_occur_twice_are_rejected() {
    let text = completed().to_string();
    let duplicates = [
        text.replacen('{', r#"{"eventId":"evt_01","#, 1),
        text.replacen('{', r#"{"tenantId":"another","#, 1),
        text.replacen('{', r#"{"tenant\u0049d":"another","#, 1),
        text.replacen('{', r#"{"more":1,"more":2,"#, 1),
        text.replacen(r#""data":{"#, r#""data":{"status":"FAILED","#, 1),
        text.replacen(r#""data":{"#, r#""data":{"more":1,"more":2,"#, 1),
        text.replacen(r#""data":{"#, r#""data":{"list":[{"more":1,"more":2}],"#, 1),
        text.replacen("PROCESS_COMPLETED", "SOMETHING_NEW", 1).replacen(
            r#""data":{"#,
            r#""data":{"status":1,"#,
            1,
        ),
    ];
    for body in duplicates {
        assert_rejected(&delivery(body), Reason::MalformedBody, 400);
    }
}

#[test]
fn another_tenant_is_rejected() {
    for tenant in ["another", &TENANT.to_uppercase(), &format!("{TENANT} ")] {
        assert_rejected(
            &delivery(changed(json!({ "tenantId": tenant })).to_string()),
            Reason::WrongAudience,
            401,
        );
    }
}

#[test]
fn no_tenant_is_rejected() {
    for body in
        [without("tenantId"), changed(json!({ "tenantId": null })), changed(json!({ "tenantId": "" }))]
    {
        assert_rejected(&delivery(body.to_string()), Reason::AudienceMissing, 401);
    }
}

#[test]
fn several_tenants_can_be_expected() {
    let verifier = builder().tenant("another").build().unwrap();
    for tenant in [TENANT, "another"] {
        let delivery = delivery(changed(json!({ "tenantId": tenant })).to_string());
        assert!(verifier.verify(&delivery, time(0)).is_ok());
    }
}

#[test]
fn any_tenant_can_be_accepted_and_is_not_called_matched() {
    let verifier = builder().any_tenant_even_another_customers().build().unwrap();
    let delivery = delivery(changed(json!({ "tenantId": "another" })).to_string());
    assert_eq!(verifier.verify(&delivery, time(0)).unwrap().audience(), Audience::NotChecked);
}

#[test]
fn any_tenant_is_still_a_tenant() {
    let verifier = builder().any_tenant_even_another_customers().build().unwrap();
    let rejection = verifier.verify(&delivery(without("tenantId").to_string()), time(0)).unwrap_err();
    assert_eq!(rejection.reason(), Reason::AudienceMissing);
}

#[test]
fn a_body_is_accepted_up_to_the_limit() {
    let body = completed().to_string();
    let limited =
        |limit| builder().body_limit(limit).build().unwrap().verify(&delivery(body.clone()), time(0));
    assert!(limited(body.len()).is_ok());
    let rejection = limited(body.len() - 1).unwrap_err();
    assert_eq!((rejection.reason(), rejection.status().as_u16()), (Reason::TooLarge, 413));
}

#[test]
fn what_nothing_proves_can_be_read_on_purpose() {
    let request = Request::post("/").body(completed().to_string()).unwrap();
    let unverified = UnverifiedReader::for_tenant(TENANT).unwrap().read(&request.into()).unwrap();
    assert_eq!(unverified.trust_without_proof(), accepted(&completed()).into_event());
}

#[test]
fn what_nothing_proves_is_still_meant_for_a_tenant() {
    let request = Request::post("/").body(completed().to_string()).unwrap();
    let rejection = UnverifiedReader::for_tenant("another").unwrap().read(&request.into()).unwrap_err();
    assert_eq!(rejection.reason(), Reason::WrongAudience);
}
