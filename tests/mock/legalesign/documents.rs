//! The life of documents.

use super::{GROUP, PDF, call, document, get, pdf_template, person, post, show};
use countersign::mock::legalesign::Server;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

/// 2026-04-23T15:00:00Z
fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_776_956_400)
}

async fn statuses(server: &Server, document: &str) -> (Value, Vec<Value>) {
    let shown = show(server, &format!("/document/{document}/")).await;
    let signers = shown["signer_objects"].as_array().unwrap();
    (shown["status"].clone(), signers.iter().map(|signer| signer["status"].clone()).collect())
}

#[tokio::test]
async fn a_document_is_signed_in_order() {
    let server = Server::start().await.unwrap();
    server.set_time(noon());
    let more = json!({ "signers_in_order": true, "do_email": true, "tag": "t-1" });
    let id = document(&server, &[person("ann"), person("bob")], more).await;
    let [ann, bob] = <[String; 2]>::try_from(server.signers(&id)).unwrap();
    assert_eq!(statuses(&server, &id).await, (json!(10), vec![json!(10), json!(4)]));
    assert!(server.sign(&bob).is_err() && server.take_copy(&ann).is_err() && server.final_pdf(&id).is_none());
    server.open_email(&ann).unwrap();
    assert_eq!(statuses(&server, &id).await.1[0], 15);
    server.visit(&ann).unwrap();
    assert_eq!(statuses(&server, &id).await.1[0], 20);
    server.sign(&ann).unwrap();
    assert_eq!(statuses(&server, &id).await, (json!(10), vec![json!(40), json!(10)]));
    server.advance(Duration::from_secs(60));
    server.sign_all(&id).unwrap();
    server.take_copy(&bob).unwrap();
    assert_eq!(statuses(&server, &id).await, (json!(30), vec![json!(40), json!(50)]));

    let shown = show(&server, &format!("/document/{id}/")).await;
    assert_eq!((&shown["archived"], &shown["download_final"]), (&json!(true), &json!(true)));
    assert_eq!(
        (&shown["created"], &shown["sign_time"]),
        (&json!("2026-04-23T15:00:00"), &json!("2026-04-23T15:01:00"))
    );
    assert_eq!((&shown["signers_in_order"], shown["hash_value"].as_str().unwrap().len()), (&json!(true), 64));
    let pdf = server.final_pdf(&id).unwrap();
    assert!(pdf.starts_with(b"%PDF-") && String::from_utf8_lossy(&pdf).contains(&id));
    let status = show(&server, &format!("/status/{id}/")).await;
    assert_eq!((&status["status"], &status["tag"]), (&json!(30), &json!("t-1")));
    assert_eq!(status["resource_uri"], format!("/api/v1/status/{id}/"));
    let log = get(&server, &format!("/document/{id}/auditlog/")).await;
    assert_eq!((log.status, log.header("content-type")), (200, Some("application/pdf")));
}

#[tokio::test]
async fn lists_show_signers_as_arrays_and_can_be_narrowed_down() {
    let server = Server::start().await.unwrap();
    server.set_time(noon());
    let first = document(&server, &[person("ann")], json!({ "signers_in_order": true })).await;
    server.advance(Duration::from_secs(1));
    let second = document(&server, &[person("bob")], json!({})).await;
    let third = document(&server, &[person("bob")], json!({})).await;
    assert_eq!(call(&server, "DELETE", &format!("/document/{third}/"), None).await.status, 204);

    let path = "/document/?group=mock-group";
    let entry = &show(&server, path).await["objects"][0];
    let signer = format!("/api/v1/signer/{}/", server.signers(&first)[0]);
    assert_eq!(entry["signers"], json!([[signer, "ann", "Doe", "ann@people.example", "", false, 4, 0]]));
    assert_eq!(entry["signers_in_order"], 1);

    let cases = [
        ("", vec![&first, &second]),
        ("&nosigners=1", vec![&first, &second]),
        ("&archived=true", vec![&third]),
        ("&archived=all", vec![&first, &second, &third]),
        ("&archived=all&status=40", vec![&third]),
        ("&email=bob@people.example", vec![&second]),
        ("&created_gt=2026-04-23T15:00:00", vec![&second]),
        ("&created_gt=2026-04-23", vec![&first, &second]),
        ("&modified_gt=2026-04-23T15:00:01", vec![]),
    ];
    for (query, expected) in cases {
        let listed = show(&server, &format!("{path}{query}")).await;
        let objects = listed["objects"].as_array().unwrap();
        let ids: Vec<_> = objects.iter().map(|object| object["uuid"].as_str().unwrap()).collect();
        assert_eq!(ids, expected, "{query}");
        let without_signers = objects.iter().all(|object| object.get("signers").is_none());
        assert_eq!(without_signers, objects.is_empty() || query == "&nosigners=1", "{query}");
    }
}

#[tokio::test]
async fn a_rejected_document_is_over() {
    let server = Server::start().await.unwrap();
    let id = document(&server, &[person("ann"), person("bob")], json!({ "do_email": true })).await;
    let [ann, bob] = <[String; 2]>::try_from(server.signers(&id)).unwrap();
    server.complete_fields(&ann).unwrap();
    server.reject(&bob, "too dear").unwrap();
    assert_eq!(statuses(&server, &id).await, (json!(50), vec![json!(30), json!(60)]));
    let rejection = show(&server, &format!("/signer/{bob}/rejection/")).await;
    assert_eq!(rejection, json!({ "status": 60, "reason": "too dear" }));
    assert!(server.sign(&ann).is_err() && server.sign_all(&id).is_err());
    assert_eq!(get(&server, &format!("/signer/{ann}/new-link/")).await.status, 400);
}

#[tokio::test]
async fn success_and_failure_have_the_documented_statuses() {
    let server = Server::start().await.unwrap();
    let id = document(&server, &[person("ann")], json!({ "auto_archive": false })).await;
    let ann = server.signers(&id)[0].clone();
    let remind = format!("/signer/{ann}/send-reminder/");
    assert_eq!(call(&server, "POST", &remind, None).await.status, 415);
    assert_eq!(post(&server, &remind, json!({})).await.status, 200);
    assert_eq!(post(&server, &remind, json!({ "text": "please" })).await.status, 200);
    server.sign(&ann).unwrap();
    assert_eq!(post(&server, &remind, json!({})).await.status, 401);
    assert_eq!(server.reminders(&ann), 2);

    let template = pdf_template(&server).await;
    for path in [format!("/document/{id}/delete/"), format!("/templatepdf/{template}/delete/")] {
        assert_eq!(call(&server, "DELETE", &path, None).await.status, 200, "{path}");
    }
    server.allow_automated_deletion(server.group()).unwrap();
    for path in [format!("/document/{id}/delete/"), format!("/templatepdf/{template}/delete/")] {
        assert_eq!(call(&server, "DELETE", &path, None).await.status, 204, "{path}");
        assert_eq!(call(&server, "DELETE", &path, None).await.status, 404, "{path}");
    }
    assert!(server.documents().is_empty() && server.pdf_template_bytes(template).is_none());
}

#[tokio::test]
async fn witnesses_undecided_and_skipped_signers() {
    let server = Server::start().await.unwrap();
    let with = |name: &str, more: Value| {
        let mut signer = person(name);
        signer.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        signer
    };
    let signers = [
        with("ann", json!({ "sms": "+44123" })),
        with("wit", json!({ "role": "witness", "sms": "+44124" })),
        json!({ "skip": true }),
        json!({ "decide_later": true }),
    ];
    let id = document(&server, &signers, json!({ "signers_in_order": true })).await;
    let [ann, wit, late] = <[String; 3]>::try_from(server.signers(&id)).unwrap();
    assert!(server.sign(&wit).is_err());
    server.sign(&ann).unwrap();
    assert_eq!(statuses(&server, &id).await.1, [39, 4, 4]);
    server.sign(&wit).unwrap();
    assert_eq!(statuses(&server, &id).await.1, [40, 40, 4]);
    assert!(server.sign(&late).is_err());
    server.decide(&late, "zoe@people.example", "Zoe", "Roe").unwrap();
    let shown = show(&server, &format!("/signer/{late}/")).await;
    assert_eq!((&shown["order"], &shown["email"]), (&json!(3), &json!("zoe@people.example")));

    let reset = format!("/signer/{late}/reset/");
    let back = json!({ "email": "zoe@people.example" });
    assert_eq!(post(&server, &reset, back.clone()).await.status, 400);
    server.forward(&late, "max@people.example", "Max", "Roe").unwrap();
    assert_eq!(post(&server, &reset, json!({ "email": "other@people.example" })).await.status, 400);
    assert_eq!(post(&server, &reset, back.clone()).await.status, 200);
    assert_eq!(show(&server, &format!("/signer/{late}/")).await["first_name"], "Zoe");
    server.sign(&late).unwrap();
    assert_eq!(post(&server, &reset, back).await.status, 400);
    assert_eq!(statuses(&server, &id).await.0, 30);

    for (signers, why) in [
        (json!([{ "decide_later": true }]), "nobody before"),
        (json!([person("ann"), { "decide_later": true, "email": "a@b.example" }]), "not blank"),
        (json!([person("ann"), with("wit", json!({ "role": "witness", "sms": "1" }))]), "no sms"),
    ] {
        let body = json!({ "group": GROUP, "name": "n", "text": "<p>", "signers": signers });
        assert_eq!(post(&server, "/document/", body).await.status, 400, "{why}");
    }
}

#[tokio::test]
async fn fields_are_filled_in() {
    let server = Server::start().await.unwrap();
    let template = pdf_template(&server).await;
    let field = |kind: &str, signer: Value, label: &str| json!({ "ax": 0.1, "ay": 0.1, "bx": 0.2, "by": 0.2, "page": 1, "element_type": kind, "signer": signer, "label": label });
    let fields = json!([
        field("admin", Value::Null, "rent"),
        field("text", json!(1), "town"),
        field("signature", json!(1), "")
    ]);
    let path = format!("/templatepdf/{template}/fields/");
    assert_eq!(post(&server, &path, fields.clone()).await.status, 201);
    assert_eq!(post(&server, &path, fields).await.status, 201);
    let kept = show(&server, &path).await;
    assert_eq!((&kept["meta"]["total_count"], &kept["objects"][1]["label"]), (&json!(3), &json!("town")));
    assert_eq!(post(&server, &path, json!([{ "ax": 2 }])).await.status, 400);

    let uri = format!("/api/v1/templatepdf/{template}/");
    let mut body = json!({
        "group": GROUP, "name": "n", "templatepdf": uri, "signers": [person("ann")],
        "pdftext": { "rent": "100" }, "signertext": { kept["objects"][1]["uuid"].as_str().unwrap(): "Rome" },
    });
    let id = post(&server, "/document/", body.clone()).await.id();
    let ann = server.signers(&id)[0].clone();
    server.complete_fields(&ann).unwrap();
    assert_eq!(statuses(&server, &id).await, (json!(20), vec![json!(35)]));
    let filled = show(&server, &format!("/document/{id}/fields/")).await;
    let values: Vec<_> =
        filled.as_array().unwrap().iter().map(|field| (&field["value"], &field["state"])).collect();
    assert_eq!(
        values,
        [(&json!("100"), &json!(false)), (&json!("Rome"), &json!(true)), (&json!(""), &json!(false))]
    );
    let own = show(&server, &format!("/signer/{ann}/fields1/")).await;
    assert_eq!(
        own[0],
        json!({ "label": "town", "label_extra": "", "state": true, "fieldorder": null, "value": "Rome" })
    );

    body["pdftext"] = json!({ "rant": "100" });
    assert_eq!(post(&server, "/document/", body.clone()).await.status, 201);
    body["strict_fields"] = json!(true);
    assert_eq!(post(&server, "/document/", body.clone()).await.status, 400);
    body["signers"] = json!([person("ann"), person("bob")]);
    assert_eq!(post(&server, "/document/", body).await.status, 404);
    assert_eq!(server.pdf_template_bytes(&template).as_deref(), Some(b"%PDF-1.4".as_slice()));

    let tagged = post(&server, "/templatepdf/", json!({ "group": GROUP, "pdf_file": PDF })).await.id();
    server.set_text_tags(&tagged, vec![field("signature", json!(1), "")]).unwrap();
    let count = async || show(&server, &format!("/templatepdf/{tagged}/")).await["signer_count"].clone();
    assert_eq!(count().await, 0);
    assert_eq!(call(&server, "POST", &format!("/templatepdf/{tagged}/tags/"), None).await.status, 201);
    assert_eq!(count().await, 1);
}
