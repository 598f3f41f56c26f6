//! Every operation of FairePlace, Leap and SIGN8.

use super::watch::Watch;
use countersign::faireplace::workers;
use countersign::leap::{Person, SignDocument};
use countersign::mock::{Setup, faireplace, leap, sign8};
use countersign::sign8::{CredentialForm, IdPlace, Profile, Step, StepProfile};
use countersign::{Content, RetryPolicy};
use serde_json::json;

#[tokio::test]
async fn leap_answers_as_its_document_states() {
    let server = leap::Server::start().await.unwrap();
    let key = [("authorization", server.api_key())];
    let watch = Watch::start("leap", "/api/v1/external", &key, server.router()).await;
    let client =
        server.client_builder().base_url(watch.base_url()).retry(RetryPolicy::never()).build().unwrap();
    let person = |name: &str| Person::default().name(name).email("ada@example.com");
    let mut ids = Vec::new();
    for document in [SignDocument::pdf(Content::bytes("%PDF-1.7")), SignDocument::docx(Content::bytes("PK"))]
    {
        let start = client.start_signing_process("Contract", document).project_owner(person("Ada"));
        ids.push(start.signers([person("Bo")]).send().await.unwrap().id_at(leap::ID_PATH).unwrap());
    }
    assert!(server.add_event(&ids[0], "WORKFLOW_TEMPLATE_CREATION"));
    server.sign_all(&ids[0]).unwrap();
    for id in &ids {
        client.get_signing_process(id).send().await.unwrap();
        client.list_workflow_events(id.as_str()).send().await.unwrap();
    }
    client.cancel_signing_process(&ids[1]).send().await.unwrap();
    assert!(client.cancel_signing_process(&ids[0]).send().await.is_err(), "it is completed");
    let foreign = server.add_foreign_project();
    assert!(client.delete_signing_process(&foreign).send().await.is_err(), "it is foreign");
    for id in &ids {
        client.delete_signing_process(id).send().await.unwrap();
    }
    watch.refuse_everything().await;
    watch.finish();
}

/// A profile that says what the document has placeholders for.
fn as_in_the_document() -> Profile {
    let profile =
        Profile::default().base_url("https://sign8.invalid").credential("x-key", CredentialForm::Bare);
    Step::ALL.into_iter().fold(profile, |profile, step| {
        profile.step(step, StepProfile::new(step.operation().path, IdPlace::At("/id".to_owned())))
    })
}

#[tokio::test]
async fn sign8_answers_as_its_document_states() {
    let server = sign8::Server::start_with(as_in_the_document(), Setup::new()).await.unwrap();
    let watch = Watch::start("sign8", "", &[("x-key", server.api_key())], server.router()).await;
    let workflow = watch.make("POST", "/AddWorkflow", Some(json!({}))).await["id"].clone();
    for step in ["/AddFile", "/AddSigner", "/AddSignature", "/AddAnnotation"] {
        watch.make("POST", step, Some(json!({ "workflow": workflow }))).await;
    }
    watch.refuse_everything().await;
    watch.finish();
}

#[tokio::test]
async fn faireplace_answers_as_its_documents_state() {
    let server = faireplace::Server::start().await.unwrap();
    let key = format!("Bearer {}", server.api_key());
    let headers = [("authorization", key.as_str())];
    let watch = Watch::start("faireplace-signatures", "/api", &headers, server.router()).await;
    let lease = server.add_lease();
    let path = |what: &str| format!("/leases/{}/signature/{what}", lease.id);
    let signers = json!([{ "type": "LOCATAIRE", "name": "Ada" }, { "type": "PROPRIETAIRE" }]);
    let initiate = json!({ "pdf_id": lease.pdf_id, "signers": signers });
    watch.make("POST", &path("initiate"), Some(initiate)).await;
    let status = watch.make("GET", &path("status"), None).await;
    let document = status["document_signature_id"].clone();
    server.advance(std::time::Duration::from_secs(61));
    watch.make("POST", &path("resend/PROPRIETAIRE"), None).await;
    for role in ["PROPRIETAIRE", "LOCATAIRE"] {
        let otp = server.otp(&lease.id, role).unwrap();
        let wrong = json!({ "document_signature_id": document, "otp": if otp == "111111" { "222222" } else { "111111" } });
        watch.call("POST", &path("validate-otp"), Some(wrong)).await;
        watch
            .make(
                "POST",
                &path("validate-otp"),
                Some(json!({ "document_signature_id": document, "otp": otp })),
            )
            .await;
        watch.make("GET", &path("status"), None).await;
    }
    watch.refuse_everything().await;
    watch.finish();

    let headers = [("x-api-key", server.worker_key()), ("x-tenant-id", server.organisation())];
    let watch = Watch::start("faireplace-workers", "/workers", &headers, server.router()).await;
    let signature = server.start_signature([workers::SignerType::Renter]);
    let document = signature.document_signature_id.as_str();
    watch.make("POST", &format!("/{document}/complete/LOCATAIRE"), Some(json!({}))).await;
    let finalize = json!({ "signed_pdf_url": "https://files.example/lease.pdf" });
    watch.make("POST", &format!("/{document}/finalize"), Some(finalize)).await;
    watch.refuse_everything().await;
    watch.finish();
}
