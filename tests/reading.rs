//! Answers that are not quite what the document says.

use crate::support::server::{Server, Step};
use crate::support::signly::{answers, client, webhook};
use countersign::signly::{EventType, WebhookStatus};
use countersign::{Effect, ErrorKind, Timestamp};

async fn read(data: &str) -> countersign::signly::Webhook {
    let server = Server::follow([answers(data)]).await;
    client(&server).get_webhook("wh_1").send().await.unwrap()
}

#[tokio::test]
async fn an_unknown_enum_value_is_kept() {
    let webhook =
        read(r#"{"webhookId":"wh_1","status":"PAUSED","version":1,"events":["PROCESS_CREATED","NEW"]}"#)
            .await;
    assert_eq!(webhook.status, WebhookStatus::Unknown("PAUSED".to_owned()));
    assert_eq!(webhook.events, Some(vec![EventType::ProcessCreated, "NEW".into()]));
    let written = serde_json::to_value(&webhook).unwrap();
    assert_eq!(written["status"], "PAUSED");
}

#[tokio::test]
async fn numbers_may_come_as_text() {
    let webhook = read(
        r#"{"webhookId":"wh_1","status":"ENABLED","version":"12","httpTimeoutMs":"5000","retries":{"maxAttempts":"3"}}"#,
    )
    .await;
    assert_eq!((webhook.version, webhook.http_timeout_ms), (12, Some(5000)));
    assert_eq!(webhook.retries.and_then(|retries| retries.max_attempts), Some(3));
}

/// A key may be data, such as the number of an account, and an error is printed.
#[tokio::test]
async fn the_place_of_a_mistake_has_only_names_of_the_document() {
    let [headers, webhooks] = [
        r#"{"success":true,"data":{"events":[],"customHeaders":{"DE89370400440532013000":tr"#,
        r#"{"success":true,"data":{"webhookId":"wh_1","status":"ENABLED","version":1,"retries":{"maxAttempts":[]}}}"#,
    ];
    let any = r#"{"success":true,"data":{"Ada_Lovelace":[tr"#;
    let server = Server::follow([headers, webhooks, any].map(|body| Step::json(200, body))).await;
    let client = client(&server);
    let errors = [
        client.get_webhook("wh_1").send().await.unwrap_err(),
        client.get_webhook("wh_1").send().await.unwrap_err(),
        client.request(http::Method::GET, "/v1/x").send().await.unwrap_err(),
    ];
    let places = ["`data.customHeaders.?`", "`data.retries.maxAttempts`", "`?.?"];
    for (error, place) in errors.iter().zip(places) {
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Unreadable, Effect::Done), "{error}");
        let printed = format!("{error} {error:?}");
        assert!(printed.contains(place), "{printed}");
        assert!(!printed.contains("DE89") && !printed.contains("Lovelace"), "{printed}");
    }
}

/// However a number is written, it is the same number. `.ci/run` runs this with `serde_json/arbitrary_precision` as well,
/// which has fractions read by another way.
#[tokio::test]
async fn a_number_may_be_written_in_any_way() {
    use countersign::legalesign::{DocumentStatus, SignerStatus};
    for version in ["12", "12.0", "1.2e1", "120E-1", r#""12""#] {
        let data = format!(
            r#"{{"webhookId":"wh_1","status":"ENABLED","version":{version},"retries":{{"maxAttempts":{version}}}}}"#
        );
        let webhook = read(&data).await;
        assert_eq!(webhook.version, 12, "{version}");
        assert_eq!(webhook.retries.and_then(|retries| retries.max_attempts), Some(12), "{version}");
    }
    let fields = r#"{"objects":[{"ax":0.10,"ay":"0.2","bx":1.0e-1,"by":0,"page":1.0}],"meta":{}}"#;
    let documents = r#"{"objects":[{"status":30.0,"signers":[["/s/","","","","",true,4e1,0.0]]}],"meta":{}}"#;
    let any = r#"{"price":12.50,"all":[0.1,-0.0,1.0]}"#;
    let server = Server::follow([fields, documents, any].map(|body| Step::json(200, body))).await;
    let client = crate::support::legalesign::client(&server);
    let field = client.list_pdf_template_fields("t").send().await.unwrap().objects.unwrap().remove(0);
    assert_eq!((field.ax, field.ay, field.bx, field.by), (Some(0.1), Some(0.2), Some(0.1), Some(0.0)));
    assert_eq!(field.page, Some(1));
    let document = client.list_documents("g").send().await.unwrap().objects.unwrap().remove(0);
    let signer = &document.signers.unwrap()[0];
    assert_eq!(document.status, Some(DocumentStatus::Signed));
    assert_eq!((signer.status.clone(), signer.order), (Some(SignerStatus::Signed), Some(0)));
    let any = client.request(http::Method::GET, "/x/").send().await.unwrap();
    assert_eq!((any["price"].as_f64(), any["all"][0].as_f64()), (Some(12.5), Some(0.1)));
    assert!(!any.to_string().contains('$'), "{any}");
}

#[tokio::test]
async fn null_stands_for_nothing() {
    let webhook = read(
        r#"{"webhookId":"wh_1","status":"ENABLED","version":1,"events":null,"url":null,"retries":null}"#,
    )
    .await;
    assert_eq!((webhook.events, webhook.url, webhook.retries), (None, None, None));
}

#[tokio::test]
async fn a_list_that_is_null_is_empty() {
    let server = Server::follow([answers("null")]).await;
    let listing = client(&server).list_webhooks().limit(10).send().await.unwrap();
    assert_eq!((listing.items.len(), listing.may_be_incomplete()), (0, false));
}

#[tokio::test]
async fn a_new_member_is_no_reason_to_fail_and_is_in_the_raw_answer() {
    let server =
        Server::follow([answers(r#"{"webhookId":"wh_1","status":"ENABLED","version":1,"new":{"a":[1]}}"#)])
            .await;
    let reply = client(&server).get_webhook("wh_1").send_reply().await.unwrap();
    let raw: serde_json::Value = serde_json::from_slice(reply.body()).unwrap();
    assert_eq!(raw["data"]["new"]["a"][0], 1);
}

#[tokio::test]
async fn a_time_keeps_what_the_provider_wrote() {
    let webhook =
        read(r#"{"webhookId":"wh_1","status":"ENABLED","version":1,"createdAt":"yesterday"}"#).await;
    assert_eq!(webhook.created_at, Some(Timestamp::from("yesterday")));
}

#[tokio::test]
async fn what_cannot_be_read_is_named_by_its_json_path_and_not_quoted() {
    let server = Server::follow([answers(
        r#"[{"webhookId":"wh_1","status":"ENABLED","version":"canary@example.com"}]"#,
    )])
    .await;
    let error = client(&server).list_webhooks().send().await.unwrap_err();
    let expected = "signly.list_webhooks: the answer could not be read (HTTP 200, code done, request req_7): \
                    `data[0].version`: missing, or of another type than expected; it did happen";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn a_failure_inside_a_200_is_an_error() {
    let body = r#"{"success":false,"status":200,"code":"quota_used","message":"canary","data":"odd","meta":{"request_id":"req_9"}}"#;
    let server = Server::follow([Step::json(200, body)]).await;
    let error = client(&server).get_webhook("wh_1").send().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.code(), error.request_id()),
        (ErrorKind::Refused, Some("quota_used"), Some("req_9"))
    );
    // By its status it was accepted, and nobody documents what is left of it then.
    assert_eq!(error.effect(), Effect::Unknown);
}

#[tokio::test]
async fn a_deletion_is_accepted_with_any_envelope_and_with_none() {
    let answers =
        [answers(r#"{"webhookId":"wh_1"}"#), answers("null"), Step::json(200, ""), Step::json(204, "")];
    for answer in answers {
        let server = Server::follow([answer]).await;
        client(&server).delete_webhook("wh_1").send().await.unwrap();
    }
}

#[tokio::test]
async fn an_error_from_a_gateway_needs_no_envelope() {
    let server = Server::follow([Step::json(401, r#"{"message":"Unauthorized"}"#)]).await;
    let error = client(&server).get_webhook("wh_1").send().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "signly.get_webhook: credentials refused (HTTP 401): look at the credentials, and at the account or tenant they are for"
    );
    assert_eq!(error.body(), br#"{"message":"Unauthorized"}"#);
}

#[tokio::test]
async fn a_reply_tells_all_that_is_known_of_the_exchange() {
    let server =
        Server::follow([Step::json(503, "{}"), answers(&webhook(3, "[]")).with_header("x-served-by", "a1")])
            .await;
    let reply = client(&server).get_webhook("wh_1").send_reply().await.unwrap();
    assert_eq!((reply.status(), reply.attempts(), reply.request_id()), (200, 2, Some("req_7")));
    assert_eq!(reply.headers().get("x-served-by").map(http::HeaderValue::as_bytes), Some(b"a1".as_slice()));
}

#[tokio::test]
async fn what_is_not_the_envelope_is_no_success() {
    for body in [
        "{}",
        r#"{"message":"Internal server error"}"#,
        r#"{"status":500,"code":"boom","data":null}"#,
        "[]",
        "null",
        "",
    ] {
        let server = Server::follow([Step::json(200, body)]).await;
        let error = client(&server).list_webhooks().send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{body}");
    }
    for body in ["{}", r#"{"message":"Internal server error"}"#] {
        let server = Server::follow([Step::json(200, body)]).await;
        let error = client(&server).delete_webhook("wh_1").send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{body}");
    }
}

#[tokio::test]
async fn a_success_without_its_payload_is_unreadable() {
    for body in [r#"{"success":true}"#, r#"{"success":true,"data":null}"#] {
        let server = Server::follow([Step::json(200, body)]).await;
        let error = client(&server).get_webhook("wh_1").send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unreadable, "{body}");
    }
}

#[tokio::test]
async fn an_odd_remark_in_the_envelope_spoils_nothing() {
    let body = r#"{"success":true,"code":7,"meta":{"request_id":7},"data":{"webhookId":"wh_1","status":"ENABLED","version":1}}"#;
    let server = Server::follow([Step::json(200, body)]).await;
    let reply = client(&server).get_webhook("wh_1").send_reply().await.unwrap();
    assert_eq!(reply.request_id(), None);
}
