//! Links to pages, and PDFs that lie elsewhere.

use super::{Answer, GROUP, document, get, person, post, send, show};
use countersign::mock::Fault;
use countersign::mock::legalesign::Server;
use serde_json::json;
use std::time::{Duration, SystemTime};

#[tokio::test]
async fn a_signing_link_opens_once_and_signs_once() {
    let server = Server::start().await.unwrap();
    let id = document(&server, &[person("ann")], json!({})).await;
    let ann = server.signers(&id)[0].clone();
    let minted = get(&server, &format!("/signer/{ann}/new-link/")).await;
    assert_eq!((minted.status, minted.body.len()), (201, 0));
    let link = minted.location();
    assert!(link.contains("/sign/"), "{link}");
    assert_eq!(send("POST", link, "", "").await.status, 410);
    assert_eq!(send("GET", link, "", "").await.status, 200);
    assert_eq!(show(&server, &format!("/signer/{ann}/")).await["status"], 20);
    assert_eq!(send("GET", link, "", "").await.status, 410);
    assert_eq!(server.times_opened(link), 2);
    assert_eq!(send("POST", link, "", "").await.status, 200);
    assert_eq!(send("POST", link, "", "").await.status, 410);
    assert_eq!(show(&server, &format!("/document/{id}/")).await["status"], 30);
    assert_eq!(send("GET", &format!("{link}0"), "", "").await.status, 404);
}

#[tokio::test]
async fn links_come_with_the_document_if_asked_for() {
    let server = Server::start().await.unwrap();
    let signers = [person("ann"), person("bob")];
    let body = json!({
        "group": GROUP, "name": "n", "text": "<p>", "signers": signers, "return_signer_links": true,
    });
    let created = post(&server, "/document/", body).await;
    let links = created.json();
    assert_eq!(links.as_object().unwrap().keys().collect::<Vec<_>>(), ["signer_1", "signer_2"]);
    let link = links["signer_2"].as_str().unwrap();
    assert_eq!(server.times_opened(link), 0);
    assert_eq!(send("GET", link, "", "").await.status, 200);
    let bob = &server.signers(created.id())[1];
    assert_eq!(show(&server, &format!("/signer/{bob}/")).await["status"], 20);
}

#[tokio::test]
async fn previews_and_editors_open_once_too() {
    let server = Server::start().await.unwrap();
    server.set_time(SystemTime::UNIX_EPOCH);
    let preview =
        async || post(&server, "/document/preview/", json!({ "text": "<p>", "group": GROUP })).await;
    let [first, second] = [preview().await, preview().await];
    assert_eq!((first.status, send("GET", first.location(), "", "").await.status), (302, 200));
    assert_eq!(send("GET", first.location(), "", "").await.status, 410);
    server.advance(Duration::from_secs(11));
    assert_eq!(send("GET", second.location(), "", "").await.status, 410);

    let template = super::pdf_template(&server).await;
    let edit = get(&server, &format!("/templatepdf/{template}/edit-link/?hide_sender_fields=true")).await;
    assert_eq!((edit.status, edit.json()), (201, json!(edit.location())));
    assert_eq!(send("GET", edit.location(), "", "").await.status, 200);

    let body = json!({ "group": GROUP, "is_signature_per_page": 1, "signature_type": 4, "signee_count": 1, "text": "<p>" });
    let pdf = post(&server, "/pdf/preview/", body).await;
    assert!(pdf.status == 200 && pdf.body.starts_with(b"%PDF-"));
}

async fn pdf(server: &Server, id: &str) -> Answer {
    get(server, &format!("/pdf/{id}/")).await
}

#[tokio::test]
async fn pdfs_come_from_elsewhere_for_a_short_time() {
    let server = Server::start().await.unwrap();
    server.set_time(SystemTime::UNIX_EPOCH);
    let id = document(&server, &[person("ann")], json!({})).await;
    let unsigned = pdf(&server, &id).await;
    assert_eq!(send("GET", unsigned.location(), "", "").await.body, b"%PDF-1.4");
    server.sign_all(&id).unwrap();
    let redirect = pdf(&server, &id).await;
    assert_eq!(redirect.status, 302);
    let link = redirect.location();
    assert!(!link.starts_with(server.base_url().trim_end_matches("/api/v1")), "{link}");
    let content = send("GET", link, "", "").await;
    assert_eq!((content.status, content.header("content-type")), (200, Some("application/pdf")));
    assert_eq!(server.final_pdf(&id).as_deref(), Some(&*content.body));
    server.assert_no_credential_leaked();
    assert_eq!(server.elsewhere_requests().len(), 2);

    server.fail_next_elsewhere(Fault::status(503));
    assert_eq!(send("GET", link, "", "").await.status, 503);
    server.advance(Duration::from_secs(61));
    assert_eq!(send("GET", link, "", "").await.status, 403);
    assert_eq!(send("GET", &format!("{link}0"), "", "").await.status, 404);

    server.pdf_by_redirect(false);
    let direct = pdf(&server, &id).await;
    assert_eq!((direct.status, direct.body), (200, content.body));
}

#[tokio::test]
async fn a_pdf_from_the_archive_takes_four_hours() {
    let server = Server::start().await.unwrap();
    server.set_time(SystemTime::UNIX_EPOCH);
    let id = document(&server, &[person("ann")], json!({})).await;
    server.put_into_cold_storage(&id).unwrap();
    assert_eq!(pdf(&server, &id).await.status, 201);
    server.advance(Duration::from_secs(4 * 3600 - 1));
    assert_eq!(pdf(&server, &id).await.status, 201);
    server.advance(Duration::from_secs(1));
    assert_eq!(pdf(&server, &id).await.status, 302);
}

#[tokio::test]
async fn a_leaked_credential_is_noticed() {
    for header in ["authorization: Bearer x", "x-organisation: o", "cookie: a=b", "referer: http://x/"] {
        let server = Server::start().await.unwrap();
        let id = document(&server, &[person("ann")], json!({})).await;
        let link = pdf(&server, &id).await.location().to_owned();
        assert!(!server.leaked_credentials());
        assert_eq!(send("GET", &link, &format!("{header}\r\n"), "").await.status, 400, "{header}");
        server.clear_requests();
        assert!(server.leaked_credentials(), "{header}");
    }
}

#[tokio::test]
#[should_panic(expected = "carried authorization")]
async fn asserting_that_nothing_leaked_fails_when_something_did() {
    let server = Server::start().await.unwrap();
    let id = document(&server, &[person("ann")], json!({})).await;
    let link = pdf(&server, &id).await.location().to_owned();
    send("GET", &link, "authorization: Bearer x\r\n", "").await;
    server.assert_no_credential_leaked();
}

#[tokio::test]
async fn large_pdfs_are_accepted_and_large_attachments_are_not() {
    let server = Server::start().await.unwrap();
    // "%PDF-1" and zeros, all in base64: 32 MiB.
    let text = format!("JVBERi0x{}", "AAAA".repeat((32 * 1024 * 1024 - 6) / 3));
    let created = post(&server, "/templatepdf/", json!({ "group": GROUP, "pdf_file": text })).await;
    let length = server.pdf_template_bytes(created.id()).unwrap().len();
    assert!(length > 32 * 1024 * 1024 - 4, "{length}");
    server.set_largest_attachment(7);
    let attachment = json!({ "group": GROUP, "pdf_file": super::PDF, "filename": "a.pdf" });
    let refused = post(&server, "/attachment/", attachment).await;
    assert_eq!((refused.status, refused.json()), (400, json!({ "text": "the file is too large" })));
}
