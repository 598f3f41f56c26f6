//! What is neither a document nor a signer.

use super::{GROUP, PDF, call, get, post, show};
use countersign::mock::legalesign::Server;
use serde_json::{Value, json};

async fn count(server: &Server, path: &str) -> Value {
    show(server, path).await["meta"]["total_count"].clone()
}

#[tokio::test]
async fn groups_members_and_invitations() {
    let server = Server::start().await.unwrap();
    let created = post(&server, "/group/", json!({ "name": "North & South" })).await;
    assert_eq!((created.status, created.location()), (201, "/api/v1/group/north-south/"));
    assert_eq!(post(&server, "/group/", json!({ "name": "North South" })).await.id(), "north-south-2");
    let renamed = json!({ "public_name": "The North" });
    assert_eq!(call(&server, "PATCH", "/group/north-south/", Some(renamed)).await.status, 202);
    let group = show(&server, "/group/north-south/").await;
    assert_eq!((&group["public_name"], &group["name"]), (&json!("The North"), &json!("North & South")));
    assert_eq!(group["members"].as_array().unwrap().len(), 1);

    let user = json!({ "first_name": "Ann", "last_name": "Doe", "email": "ann@people.example", "password": "Abcdef1!" });
    let ann = post(&server, "/user/", user.clone()).await.id();
    assert_eq!(post(&server, "/user/", user).await.status, 400);
    let silent =
        json!({ "first_name": "Bob", "last_name": "Doe", "email": "bob@people.example", "groups": GROUP });
    let silent = post(&server, "/user/", silent).await;
    assert_eq!((silent.status, silent.header("location")), (201, None));
    assert_eq!(
        call(&server, "PATCH", &format!("/user/{ann}/"), Some(json!({ "last_name": "Roe" }))).await.status,
        202
    );
    assert_eq!(show(&server, &format!("/user/{ann}/")).await["last_name"], "Roe");

    for email in ["ann@people.example", "new@people.example"] {
        let joined =
            post(&server, "/member/", json!({ "group": GROUP, "email": email, "permission": 6 })).await;
        assert_eq!((joined.status, joined.header("location")), (201, None));
    }
    assert_eq!(count(&server, "/member/?group=mock-group").await, 3);
    assert_eq!(count(&server, "/member/").await, 5);
    let members = show(&server, "/member/?group=mock-group").await;
    let member = &members["objects"][2];
    assert_eq!((&member["permission"], &member["user"]), (&json!(6), &json!(format!("/api/v1/user/{ann}/"))));
    let path = member["resource_uri"].as_str().unwrap().strip_prefix("/api/v1").unwrap();
    assert_eq!(show(&server, path).await, *member);
    assert_eq!(call(&server, "DELETE", path, None).await.status, 204);
    assert_eq!(get(&server, path).await.status, 404);

    let invited = show(&server, "/invited/").await;
    assert_eq!(invited["objects"][0]["email"], "new@people.example");
    let path = invited["objects"][0]["resource_uri"].as_str().unwrap().strip_prefix("/api/v1").unwrap();
    assert_eq!(call(&server, "DELETE", path, None).await.status, 204);
    assert_eq!(count(&server, "/invited/").await, 0);
}

#[tokio::test]
async fn templates_and_attachments() {
    let server = Server::start().await.unwrap();
    let text = "<span class=\"field\" data-signee=\"2\"></span>";
    let template = json!({ "group": GROUP, "title": "Lease", "latest_text": text });
    let path = format!("/template/{}/", post(&server, "/template/", template).await.id());
    assert_eq!(call(&server, "PATCH", &path, Some(json!({ "title": "Loan" }))).await.status, 202);
    let shown = show(&server, &path).await;
    assert_eq!(
        (&shown["title"], &shown["latest_text"], &shown["signee_count"]),
        (&json!("Loan"), &json!(text), &json!(2))
    );
    assert_eq!(call(&server, "DELETE", &path, None).await.status, 204);
    assert_eq!(count(&server, "/template/").await, 0);
    assert_eq!(count(&server, &format!("/template/?archive=true&group={GROUP}")).await, 1);

    let pdf = super::pdf_template(&server).await;
    let shown = show(&server, &format!("/templatepdf/{pdf}/")).await;
    assert_eq!((&shown["parties"], &shown["page_count"]), (&json!("[]"), &json!(1)));
    assert_eq!(call(&server, "POST", &format!("/templatepdf/{pdf}/archive/"), None).await.status, 201);
    assert_eq!(count(&server, "/templatepdf/?archive=false").await, 0);

    let attachment = json!({ "group": GROUP, "filename": "terms.pdf", "pdf_file": PDF, "description": "d" });
    let id = post(&server, "/attachment/", attachment).await.id();
    assert_eq!(server.attachment_bytes(&id).as_deref(), Some(b"%PDF-1.4".as_slice()));
    assert_eq!(show(&server, &format!("/attachment/{id}/")).await["filename"], "terms.pdf");
    assert_eq!(count(&server, "/attachment/?group=mock-group").await, 1);
    assert_eq!(call(&server, "DELETE", &format!("/attachment/{id}/"), None).await.status, 204);
    assert!(server.attachment_bytes(id).is_none());
}

#[tokio::test]
async fn subscriptions_are_listed_and_ended() {
    let server = Server::start().await.unwrap();
    let url = "https://app.example/callback";
    let first = post(
        &server,
        "/subscribe/",
        json!({ "notify": "realtime", "url": url, "group": "mock-group", "eventFilter": "document.*" }),
    )
    .await;
    let second = post(&server, "/subscribe/recipient/", json!({ "notify": "all", "url": url })).await;
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(post(&server, "/subscribe/", json!({ "notify": "never", "url": "app" })).await.status, 400);
    let listed = show(&server, "/notifications/").await;
    assert_eq!(
        listed,
        json!([
            { "active": true, "notify_when": 10, "url": url, "group_id": 1, "event_filter": "document.*" },
            { "active": true, "notify_when": 1, "url": url, "event_filter": "" },
        ])
    );
    let unsubscribe = async |body: Value| post(&server, "/unsubscribe/", body).await.status;
    assert_eq!(unsubscribe(json!({ "url": "https://app.example/other" })).await, 200);
    assert_eq!(unsubscribe(json!({ "url": url, "group": "mock-group" })).await, 200);
    assert_eq!(unsubscribe(json!({ "url": "app" })).await, 400);
    assert_eq!(show(&server, "/notifications/").await.as_array().unwrap().len(), 1);
    let path = second.location().strip_prefix("/api/v1").unwrap();
    assert_eq!(call(&server, "DELETE", path, None).await.status, 200);
    assert_eq!(show(&server, "/notifications/").await, json!([]));
}
