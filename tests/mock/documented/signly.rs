//! Every operation of Signly, once and more.

use super::watch::Watch;
use countersign::mock::Scene;
use countersign::mock::signly::Server;
use http::StatusCode;
use serde_json::{Value, json};

async fn webhooks(watch: &Watch) {
    let url = "https://app.example/callbacks";
    for more in
        [json!({}), json!({ "description": "d", "retries": { "maxAttempts": 2, "backoff": "linear" } })]
    {
        let mut create = json!({ "url": url, "events": ["PROCESS_COMPLETED"] });
        create.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let created = watch.make("POST", "/v1/webhooks", Some(create)).await;
        let path = format!("/v1/webhooks/{}", created["data"]["webhookId"].as_str().unwrap());
        watch.make("GET", &path, None).await;
        watch.make("GET", "/v1/webhooks?limit=10&sort=-url", None).await;
        watch.make("PUT", &path, Some(json!({ "events": ["OTP_SENT"] }))).await;
        watch.make("PUT", &format!("{path}/status"), Some(json!({ "status": "DISABLED" }))).await;
        // Nobody listens there, so it is not delivered.
        watch.make("POST", &format!("{path}/test"), Some(json!({}))).await;
        watch.make("DELETE", &path, None).await;
    }
}

async fn stale(watch: &Watch) {
    let create = json!({ "url": "https://app.example/", "events": ["PROCESS_COMPLETED"] });
    let created = watch.make("POST", "/v1/webhooks", Some(create)).await;
    let path = format!("/v1/webhooks/{}", created["data"]["webhookId"].as_str().unwrap());
    for (path, body) in
        [(path.clone(), json!({})), (format!("{path}/status"), json!({ "status": "ENABLED" }))]
    {
        let (status, body) = watch.call_with(("if-match", "7"), "PUT", &path, body).await;
        assert_eq!((status, &body["code"]), (StatusCode::PRECONDITION_FAILED, &json!("precondition_failed")));
    }
}

/// A template with its PDF and a field of each generation, as its id.
async fn templates(server: &Server, watch: &Watch) -> String {
    let created = watch.make("POST", "/v1/templates", Some(json!({ "templateName": "Lease" }))).await;
    let id = created["data"]["templateId"].as_str().unwrap().to_owned();
    let path = format!("/v1/templates/{id}");
    watch.make("PUT", &path, Some(json!({ "description": "For flats" }))).await;
    let version = format!("{path}/versions/0001");
    watch.make("POST", &format!("{version}/upload-url"), None).await;
    let client = server.client().unwrap();
    let pdf = countersign::Content::bytes("%PDF-1.7");
    client.upload_template_pdf(id.as_str(), "0001", pdf).send().await.unwrap();
    let at = json!({ "page": "1", "x": "1.00", "y": "1.00", "width": "1.00", "height": "1.00" });
    let mut flat = json!({ "fieldName": "NAME", "fieldType": "text", "fieldCode": "1" });
    flat.as_object_mut().unwrap().extend(at.as_object().unwrap().clone());
    let placed = json!({ "fieldName": "SIGN", "fieldType": "sign", "fieldCode": "3", "placements": [at] });
    for (wrap, layout) in [(false, json!([flat])), (true, json!([placed]))] {
        server.wrap_fields(wrap);
        watch.make("PUT", &format!("{path}/fields"), Some(layout)).await;
        watch.make("GET", &format!("{path}/fields"), None).await;
    }
    for path in
        ["/v1/templates", &path, &format!("{path}/history"), &version, &format!("{version}/download-url")]
    {
        watch.make("GET", path, None).await;
    }
    id
}

async fn documents(server: &Server, watch: &Watch, template: &str) {
    let ada = json!({
        "displayName": "Ada",
        "identity": { "email": "ada@example.com" },
        "signatureMode": ["SIGNATURE_EMAIL"],
    });
    let all = json!({
        "templateId": template,
        "templateVersion": "0001",
        "participants": [ada, { "displayName": "Bo", "identity": { "email": "bo@example.com", "phone": "+1", "documentNumber": "1" },
            "signatureMode": ["SIGNATURE_SMS"], "order": "2", "policy": { "attemptsMax": 2, "cooldownSeconds": 1 } }],
        "orderMode": "SEQUENTIAL",
        "flowPolicy": { "onParticipantFail": "CANCEL_FLOW" },
        "deadlineAt": "2999-01-01T00:00:00Z",
        "startAt": "2001-01-01T00:00:00Z",
        "metadata": { "name": "Lease" },
        "tags": ["flat"],
    });
    let few = json!({ "templateId": template, "templateVersion": "0001", "participants": [ada] });
    for (body, is_signed) in [(all, false), (few, true)] {
        let created = watch.make("POST", "/v1/documents", Some(body)).await;
        let id = created["data"]["documentId"].as_str().unwrap();
        let participant = &created["data"]["participants"][0];
        let text = |member: &str| participant[member].as_str().unwrap().to_owned();
        let path = format!("/v1/documents/{id}");
        let resend = format!("{path}/participants/{}/resend", text("participantId"));
        watch.make("POST", &resend, Some(json!({}))).await;
        let later = json!({ "newDeadlineAt": "2999-02-01T00:00:00Z" });
        watch.make("POST", &format!("{path}/extend"), Some(later)).await;
        if is_signed {
            let _ = server.play(Scene::EveryoneSigns, id).await.unwrap();
        }
        for path in ["/v1/documents", &path, &format!("/v1/events/{}", text("processId"))] {
            watch.make("GET", path, None).await;
        }
        let (status, _) = watch.call("DELETE", &format!("{path}/cancel"), None).await;
        assert_eq!(status, if is_signed { StatusCode::CONFLICT } else { StatusCode::OK });
        watch.make("GET", &path, None).await;
    }
}

#[tokio::test]
async fn signly_answers_as_its_document_states() {
    let server = Server::start().await.unwrap();
    let credentials = [("x-tenant-signly", server.tenant()), ("x-auth-signly", server.api_key())];
    let watch = Watch::start("signly", "", &credentials, server.router()).await;
    webhooks(&watch).await;
    stale(&watch).await;
    let template = templates(&server, &watch).await;
    documents(&server, &watch, &template).await;
    server.set_credits(0);
    let ada = json!({ "displayName": "Ada", "identity": { "email": "a@example.com" }, "signatureMode": ["SIGNATURE_EMAIL"] });
    let broke = json!({ "templateId": template, "templateVersion": "0001", "participants": [ada] });
    let (status, _): (_, Value) = watch.call("POST", "/v1/documents", Some(broke)).await;
    assert_eq!(status, StatusCode::PAYMENT_REQUIRED);
    watch.make("DELETE", &format!("/v1/templates/{template}/versions/0001"), None).await;
    let other = watch.make("POST", "/v1/templates", Some(json!({ "templateName": "Other" }))).await;
    let other = other["data"]["templateId"].as_str().unwrap();
    watch.make("DELETE", &format!("/v1/templates/{other}"), None).await;
    watch.refuse_everything().await;
    watch.finish();
}
