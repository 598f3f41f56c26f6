//! Legalesign's answers when documents are made of templates, with fields of every kind.

use super::watch::Watch;
use countersign::mock::legalesign::Server;
use serde_json::{Value, json};

/// The id of what a call makes, which only its `Location` names: the newest in the list.
async fn newest(watch: &Watch, list: &str) -> String {
    let listed = watch.make("GET", list, None).await;
    listed["objects"].as_array().unwrap().last().unwrap()["uuid"].as_str().unwrap().to_owned()
}

pub async fn of_templates(server: &Server, watch: &Watch) {
    let group = format!("/api/v1/group/{}/", server.group());
    let upload = json!({ "group": group, "pdf_file": "JVBERi0xLjc=", "title": "Lease" });
    watch.make("POST", "/templatepdf/", Some(upload)).await;
    let pdf = newest(watch, "/templatepdf/").await;
    let field = |more: Value| {
        let mut field = json!({ "ax": 0.1, "ay": 0.1, "bx": 0.2, "by": 0.2, "page": 1 });
        field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        field
    };
    let fields = json!([
        field(json!({ "element_type": "signature", "signer": 1 })),
        field(
            json!({ "element_type": "admin", "label": "Rent", "value": "900", "align": 2, "fieldorder": 3 })
        ),
        field(
            json!({ "element_type": "text", "signer": 1, "validation": 1, "logic_action": 3, "font_size": 12 })
        ),
    ]);
    watch.make("POST", &format!("/templatepdf/{pdf}/fields/"), Some(fields)).await;
    watch.make("GET", &format!("/templatepdf/{pdf}/fields/"), None).await;
    watch.make("GET", &format!("/templatepdf/{pdf}/"), None).await;
    let terms = json!({ "group": group, "title": "Terms", "latest_text": "<p>I agree.</p>" });
    watch.make("POST", "/template/", Some(terms)).await;
    let text = newest(watch, "/template/").await;
    let ada = json!({ "email": "ada@example.com", "firstname": "Ada", "lastname": "Lovelace" });
    let templates = [
        ("templatepdf", format!("/api/v1/templatepdf/{pdf}/")),
        ("template", format!("/api/v1/template/{text}/")),
    ];
    let mut ids = Vec::new();
    for (name, template) in templates {
        let mut create =
            json!({ "group": group, "name": "Lease", "signers": [ada], "signers_in_order": true });
        create.as_object_mut().unwrap().insert(name.to_owned(), template.into());
        watch.make("POST", "/document/", Some(create)).await;
        let list = format!("/document/?group={}&limit=1000", server.group());
        ids.push(newest(watch, &list).await);
        watch.make("GET", &format!("/document/?group={}&limit=1&offset=1", server.group()), None).await;
    }
    for id in ids {
        let signer = server.signers(&id).remove(0);
        for _ in 0..2 {
            for path in ["", "fields/"] {
                watch.make("GET", &format!("/document/{id}/{path}"), None).await;
            }
            for path in ["", "fields1/"] {
                watch.make("GET", &format!("/signer/{signer}/{path}"), None).await;
            }
            watch.make("GET", &format!("/status/{id}/"), None).await;
            let _ = server.sign_all(&id);
        }
    }
    let subscribe = json!({ "url": "https://app.example/", "notify": "realtime", "group": server.group() });
    watch.make("POST", "/subscribe/", Some(subscribe)).await;
    watch.make("GET", "/notifications/", None).await;
}
