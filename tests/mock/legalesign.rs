//! The mock of Legalesign: what it answers, and what happens to documents.

mod deliveries;
mod documents;
mod links;
mod realtime;
mod resources;

use countersign::mock::legalesign::Server;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// `%PDF-1.4` in base64.
const PDF: &str = "JVBERi0xLjQ=";
const GROUP: &str = "/api/v1/group/mock-group/";

#[derive(Debug)]
struct Answer {
    status: u16,
    headers: String,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")))
    }

    fn location(&self) -> &str {
        self.header("location").unwrap()
    }

    /// The id in the location.
    fn id(&self) -> String {
        self.location().trim_end_matches('/').rsplit('/').next().unwrap().to_owned()
    }
}

/// A request to any URL.
async fn send(method: &str, url: &str, headers: &str, body: &str) -> Answer {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let length = body.len();
    let request = format!(
        "{method} /{path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let headers = String::from_utf8(answer[..end].to_vec()).unwrap();
    let status = headers.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, headers, body: answer[end + 4..].to_vec() }
}

/// A call with the credential; the path is below the base URL.
async fn call(server: &Server, method: &str, path: &str, body: Option<Value>) -> Answer {
    let mut headers = format!("authorization: Bearer {}\r\n", server.api_key());
    if body.is_some() {
        headers.push_str("content-type: application/json\r\n");
    }
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    send(method, &format!("{}{path}", server.base_url()), &headers, &body).await
}

async fn get(server: &Server, path: &str) -> Answer {
    call(server, "GET", path, None).await
}

async fn post(server: &Server, path: &str, body: Value) -> Answer {
    call(server, "POST", path, Some(body)).await
}

/// What a list or a resource looks like.
async fn show(server: &Server, path: &str) -> Value {
    let answer = get(server, path).await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.json()
}

async fn pdf_template(server: &Server) -> String {
    let created =
        post(server, "/templatepdf/", json!({ "group": GROUP, "pdf_file": PDF, "title": "t" })).await;
    assert_eq!((created.status, created.body.len()), (201, 0), "{created:?}");
    created.id()
}

fn person(name: &str) -> Value {
    json!({ "email": format!("{name}@people.example"), "firstname": name, "lastname": "Doe" })
}

/// Creates a document for these signers, with more members.
async fn document(server: &Server, signers: &[Value], more: Value) -> String {
    let template = format!("/api/v1/templatepdf/{}/", pdf_template(server).await);
    let mut body = json!({ "group": GROUP, "name": "Lease", "templatepdf": template, "signers": signers });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let created = post(server, "/document/", body).await;
    assert_eq!(created.status, 201, "{created:?}");
    assert_eq!(created.location(), format!("/api/v1/document/{}/", created.id()));
    created.id()
}

#[tokio::test]
async fn both_kinds_of_keys_are_accepted_and_nothing_else() {
    let server = Server::start().await.unwrap();
    let (user, secret) = server.legacy_key();
    let key = server.api_key();
    assert!(key.starts_with("ak_mock_"), "{key}");
    let cases = [
        (format!("authorization: Bearer {key}\r\nx-organisation: any\r\n"), 200),
        (format!("authorization: ApiKey {user}:{secret}\r\n"), 200),
        (format!("authorization: ApiKey {user}:{key}\r\n"), 401),
        (format!("authorization: {key}\r\n"), 401),
        (format!("authorization: Bearer {key}\r\nauthorization: Bearer {key}\r\n"), 401),
        (String::new(), 401),
    ];
    for (headers, status) in cases {
        let answer = send("GET", &format!("{}/group/", server.base_url()), &headers, "").await;
        assert_eq!(answer.status, status, "{headers}");
    }
    let printed = format!("{server:?} {:?}", server.requests());
    assert!(!printed.contains(key) && !printed.contains(secret), "{printed}");
}

#[tokio::test]
async fn refused_requests_have_these_statuses_and_bodies() {
    let server = Server::start().await.unwrap();
    let required = |members: &[&str]| -> Value {
        let problems = members.iter().map(|member| ((*member).to_owned(), json!(["required"])));
        Value::Object(problems.collect())
    };
    let no_group = "/api/v1/group/none/";
    let cases = [
        ("POST", "/group/", Some(json!({})), 400, json!({ "group": required(&["name"]) })),
        ("POST", "/group/", Some(json!([])), 400, json!({ "text": "the body has to be an object" })),
        (
            "POST",
            "/templatepdf/",
            Some(json!({ "pdf_file": 1 })),
            400,
            json!({ "templatepdf": { "group": ["required"], "pdf_file": ["not a text"] } }),
        ),
        (
            "POST",
            "/attachment/",
            Some(json!({ "group": GROUP, "filename": "a.pdf", "pdf_file": "aGVsbG8=" })),
            400,
            json!({ "text": "not a PDF" }),
        ),
        (
            "POST",
            "/member/",
            Some(json!({ "group": GROUP, "email": "owner@mock.example" })),
            400,
            json!({ "member": { "exists": "a member of the group already" } }),
        ),
        (
            "POST",
            "/document/",
            Some(json!({ "group": GROUP, "name": "n", "text": "<p>", "signers": [{ "email": "none" }] })),
            400,
            json!({ "document": { "signers": [
                "signer_1: email: not an e-mail address",
                "signer_1: firstname: required",
                "signer_1: lastname: required",
            ] } }),
        ),
        ("POST", "/templatepdf/", Some(json!({ "group": no_group, "pdf_file": PDF })), 500, Value::Null),
        ("POST", "/templatepdf/none/fields/", Some(json!([])), 404, Value::Null),
        ("GET", "/document/", None, 400, json!({ "query": required(&["group"]) })),
        ("GET", "/group/?limit=0", None, 400, json!({ "query": { "limit": ["not above 0"] } })),
        ("GET", "/document/none/", None, 404, json!({ "text": "there is no such thing" })),
        ("GET", "/group", None, 404, Value::Null),
        ("GET", "/group/%FF/", None, 404, Value::Null),
        ("PUT", "/group/", None, 405, json!({ "text": "the path has no such method" })),
    ];
    for (method, path, body, status, expected) in cases {
        let answer = call(&server, method, path, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
        if !expected.is_null() {
            assert_eq!(answer.json(), expected, "{method} {path}");
        }
    }
    let key = format!("authorization: Bearer {}\r\n", server.api_key());
    let url = format!("{}/group/", server.base_url());
    assert_eq!(send("POST", &url, &key, "{}").await.status, 415);
    let typed = format!("{key}content-type: application/json\r\n");
    assert_eq!(send("POST", &url, &typed, "{").await.status, 500);
}

#[tokio::test]
async fn what_nobody_knows_is_accepted_and_roles_are_those_that_are_sent() {
    let server = Server::start().await.unwrap();
    for filter in ["true", "All", "whatever"] {
        assert_eq!(get(&server, &format!("/status/?filter={filter}")).await.status, 200, "{filter}");
    }
    let id = pdf_template(&server).await;
    let field = json!({ "ax": 0.1, "ay": 0.1, "bx": 0.2, "by": 0.2, "element_type": "signature",
        "page": 0, "signer": 1000, "fieldorder": -1 });
    assert_eq!(post(&server, &format!("/templatepdf/{id}/fields/"), json!([field])).await.status, 201);
    for (role, status) in [("approver", 201), ("signer", 400)] {
        let ada =
            json!({ "email": "ada@example.com", "firstname": "Ada", "lastname": "Lovelace", "role": role });
        let create = json!({ "group": GROUP, "name": "n", "text": "<p>", "signers": [ada] });
        assert_eq!(post(&server, "/document/", create).await.status, status, "{role}");
    }
}

#[tokio::test]
async fn what_the_document_forbids_is_refused() {
    let server = Server::start().await.unwrap();
    let id = pdf_template(&server).await;
    let pdf = format!("/api/v1/templatepdf/{id}/");
    let document = document(&server, &[person("Ada")], json!({})).await;
    let signer = server.signers(&document).remove(0);
    let field = |more: Value| {
        let mut field =
            json!({ "ax": 0, "ay": 0, "bx": 1, "by": 1, "element_type": "text", "page": 1, "signer": 1 });
        field.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Some(json!([field]))
    };
    let fields = format!("/templatepdf/{id}/fields/");
    let sent = |more: Value| {
        let mut sent = json!({ "group": GROUP, "name": "n", "templatepdf": pdf, "signers": [person("Ada")] });
        sent.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Some(sent)
    };
    let url = "https://app.example/";
    let cases = [
        ("DELETE", format!("/document/{document}/?email=null"), None, "query", "email"),
        (
            "GET",
            format!("/templatepdf/{id}/edit-link/?hide_sender_fields=2"),
            None,
            "query",
            "hide_sender_fields",
        ),
        (
            "POST",
            fields.clone(),
            field(json!({ "label_extra": "x".repeat(251) })),
            "templatepdf",
            "label_extra",
        ),
        ("POST", fields.clone(), field(json!({ "logic_group": "a-b" })), "templatepdf", "logic_group"),
        ("POST", fields, field(json!({ "map_to": "a!" })), "templatepdf", "map_to"),
        ("POST", "/document/".to_owned(), sent(json!({ "redirect": "" })), "document", "redirect"),
        ("POST", "/unsubscribe/".to_owned(), Some(json!({ "url": url, "group": 1 })), "unsubscribe", "group"),
        (
            "POST",
            "/unsubscribe/".to_owned(),
            Some(json!({ "url": url, "eventFilter": "other" })),
            "unsubscribe",
            "eventFilter",
        ),
    ];
    for (method, path, body, resource, member) in cases {
        let answer = call(&server, method, &path, body).await;
        assert_eq!(answer.status, 400, "{method} {path}: {answer:?}");
        assert!(answer.json()[resource][member].is_array(), "{method} {path}: {answer:?}");
    }
    let reminder = call(&server, "POST", &format!("/signer/{signer}/send-reminder/"), None).await;
    assert_eq!(reminder.status, 415);
    assert_eq!(server.reminders(&signer), 0);
    assert_eq!(server.document(&document).unwrap()["archived"], false);
}

#[tokio::test]
async fn pages_refer_to_their_neighbours() {
    let server = Server::start().await.unwrap();
    for number in 0..21 {
        let name = format!("Group {number}");
        assert_eq!(post(&server, "/group/", json!({ "name": name })).await.status, 201);
    }
    let first = show(&server, "/group/?x=%26").await;
    assert_eq!(first["objects"].as_array().unwrap().len(), 20);
    let next = "/api/v1/group/?offset=20&limit=20&x=%26";
    let meta = json!({ "limit": 20, "next": next, "offset": 0, "previous": null, "total_count": 22 });
    assert_eq!(first["meta"], meta);
    let last = show(&server, next.strip_prefix("/api/v1").unwrap()).await;
    assert_eq!(last["objects"].as_array().unwrap().len(), 2);
    assert_eq!((&last["meta"]["next"], &last["meta"]["offset"]), (&Value::Null, &json!(20)));
    assert_eq!(last["meta"]["previous"], "/api/v1/group/?offset=0&limit=20&x=%26");
    assert_eq!(last["objects"][1]["slug"], "group-20");
}
