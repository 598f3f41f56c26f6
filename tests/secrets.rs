//! A canary key, secret and e-mail address are sent along every path, and found again in no `Debug`, `Display`, log or
//! span.

use crate::support::log::Log;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::post;
use countersign::mock::{Fault, signly as mock};
use countersign::signly::webhook::{UnverifiedReader, Verifier};
use countersign::signly::{Client, EventType, WebhookCreate, WebhookUpdate};
use countersign::webhook::{Callback, Delivery};
use countersign::{Error, Precondition, Secret, Timestamp};
use serde_json::json;
use std::error::Error as _;
use std::fmt::Debug;
use tokio::net::TcpListener;

const KEY: &str = "canary-key-7f3a";
const SECRET: &str = "canary-secret-91bc-long";
const MAIL: &str = "canary@example.com";
const CANARIES: [&str; 4] = [KEY, SECRET, MAIL, "canary%40example.com"];

/// Everything that was printed on the way.
#[derive(Default)]
struct Printed(String);

impl Printed {
    fn debug(&mut self, value: &impl Debug) {
        self.0.push_str(&format!("{value:?}\n{value:#?}\n"));
    }

    fn error(&mut self, error: &Error) {
        self.debug(error);
        self.0.push_str(&format!("{error}\n"));
        let mut cause = error.source();
        while let Some(each) = cause {
            self.0.push_str(&format!("{each}\n{each:?}\n"));
            cause = each.source();
        }
    }
}

#[tokio::test]
async fn nothing_secret_is_printed_or_logged_on_any_path() {
    let log = Log::start();
    let printed = every_path().await;
    let logged = log.text();
    assert!(
        logged.contains("countersign.call") && logged.contains("trying again"),
        "the log was not recorded"
    );
    for canary in CANARIES {
        let printed = printed.0.lines().find(|line| line.contains(canary));
        assert_eq!(printed, None, "{canary} was printed");
        let logged = logged.lines().find(|line| line.contains(canary));
        assert_eq!(logged, None, "{canary} was logged");
    }
}

async fn every_path() -> Printed {
    let mut printed = Printed::default();
    let server = mock::Server::start().await.unwrap();
    printed.debug(&server);
    calls(&server, &mut printed).await;
    faults(&server, &mut printed).await;
    callbacks(&server, &mut printed).await;
    printed.debug(&server.requests());
    server.shutdown().await;
    files_and_links(&mut printed).await;
    printed
}

/// What the other provider has beside that: uploads, downloads from elsewhere, links, refusals that quote, paging.
async fn files_and_links(printed: &mut Printed) {
    use crate::support::server::{Server, Step};
    use countersign::legalesign::{Client, DocumentInput, FieldErrors, RecipientInput};
    use countersign::{Content, LocalDateTime};

    let link = format!("https://sign.example/{SECRET}?mail={MAIL}");
    let elsewhere =
        Server::follow([Step::answer(200, "application/pdf", MAIL), Step::answer(418, "text/plain", MAIL)])
            .await;
    let moved =
        Step::answer(302, MAIL, MAIL).with_header("location", &format!("{}/{SECRET}", elsewhere.url()));
    let item = json!({ "name": MAIL, "tag": MAIL, "created": MAIL, "signers": [["/s/", "n", "n", MAIL, MAIL, true, 10, 0]] });
    let page = json!({ "meta": { "next": format!("/x/?offset=1&mail={MAIL}") }, "objects": [item] });
    let refusal = json!({ "document": { "name": [MAIL], MAIL: [MAIL] } });
    let server = Server::follow([
        Step::json(201, json!({ "signer_1": link }).to_string())
            .with_header("location", "/api/v1/document/d/"),
        Step::json(201, "{}").with_header("location", &link),
        Step::json(400, refusal.to_string()),
        moved.clone(),
        moved,
        Step::answer(302, MAIL, "").with_header("location", &format!("http://{SECRET}.example/{MAIL}")),
        Step::json(200, page.to_string()),
        Step::json(201, MAIL)
            .with_header("location", &format!("/api/v1/attachment/a/?token={SECRET}#mail={MAIL}")),
        Step::json(401, MAIL),
    ])
    .await;
    let builder = Client::builder().base_url(server.url()).legacy_api_key(KEY, SECRET).organisation("o");
    printed.debug(&builder);
    let client = builder.clock(crate::support::clock::TestClock::new()).build().unwrap();
    printed.debug(&client);

    let recipient =
        RecipientInput::default().email(MAIL).firstname(MAIL).lastname(MAIL).sms(MAIL).message(MAIL);
    printed.debug(&recipient);
    printed.debug(
        &DocumentInput::default().name(MAIL).pdftext([("x", MAIL)]).pdf_password(SECRET).cc_emails(MAIL),
    );
    let create = client.create_document().group("g").name(MAIL).signers([recipient]).text(MAIL);
    printed.debug(&create);
    printed.debug(&create.clone().send_for_signing_links().await.unwrap());
    printed.debug(&client.create_signing_link("s").send_reply().await.unwrap());
    let refused = create.send().await.unwrap_err();
    printed.error(&refused);
    let complaints = FieldErrors::of(&refused).unwrap();
    printed.debug(&complaints);
    assert_eq!(complaints.iter().last().unwrap().messages, [MAIL], "it is there for who asks");
    let download = client.get_document_pdf("d").send().await.unwrap();
    printed.debug(&download);
    printed.debug(&download.copy_to(&mut Vec::new()).await.unwrap());
    printed.error(&client.download_pdf("d").send().await.unwrap_err());
    printed.error(&client.download_pdf("d").send().await.unwrap_err());
    let mut pages = client.list_documents("g").email(MAIL).pages();
    printed.debug(&pages);
    let page = pages.next().await.unwrap().unwrap();
    printed.debug(&page);
    for item in &page.items {
        printed.debug(item);
    }
    printed.debug(&pages.cursor());
    printed.debug(&LocalDateTime::from(MAIL));
    let content = [Content::bytes(MAIL), Content::file(MAIL), Content::reader(SECRET.as_bytes(), 3)];
    for content in &content {
        printed.debug(content);
    }
    let attach =
        client.create_attachment(Content::bytes(MAIL)).group("g").filename("a.pdf").description(MAIL);
    printed.debug(&attach);
    let attached = attach.send_reply().await.unwrap();
    printed.debug(&attached);
    printed.debug(attached.value());
    assert!(attached.value().location.contains(SECRET), "it is there for who asks");
    printed.error(&client.send_reminder("s").text(MAIL).send().await.unwrap_err());
    let missing = client.create_pdf_template(Content::file(format!("/{MAIL}"))).group("g").send().await;
    printed.error(&missing.unwrap_err());
}

/// Calls that go well, with canaries in every member that holds free text.
async fn calls(server: &mock::Server, printed: &mut Printed) {
    let secret = Secret::chosen(SECRET).unwrap();
    printed.debug(&secret);
    let builder = server.client_builder().user_agent("canary");
    printed.debug(&builder);
    let client = builder.build().unwrap();
    printed.debug(&client);
    let call = client.create_webhook().url("https://example.com").events([EventType::ProcessCompleted]);
    let call = call.custom_headers([("X-Client-Auth", SECRET)]).description(MAIL);
    let call = call.url(format!("https://{SECRET}@example.com/?mail={MAIL}"));
    printed.debug(&call);
    printed.debug(&WebhookCreate::default().url(MAIL).description(MAIL).custom_headers([(MAIL, SECRET)]));
    printed.debug(&WebhookUpdate::default().description(MAIL));
    printed.debug(&Timestamp::from(MAIL));
    let created = call.send_reply().await.unwrap();
    printed.debug(&created);
    let id = created.value().webhook_id.clone();
    let read = client.get_webhook(&id).send_reply().await.unwrap();
    assert_eq!(read.value().custom_headers.as_ref().unwrap()["X-Client-Auth"], SECRET);
    printed.debug(&read);
    printed.debug(read.value());
    printed.debug(&client.list_webhooks().unverified_next_token(MAIL).send().await.unwrap());
}

/// Calls that fail in every way, with canaries in what is sent and in what comes back.
async fn faults(server: &mock::Server, printed: &mut Printed) {
    let leak = json!({ "success": false, "code": MAIL, "message": MAIL, "data": { MAIL: MAIL }, "meta": { "request_id": MAIL } });
    let odd = json!({ "success": true, "code": MAIL, "data": { "webhookId": "w", "status": "ENABLED", "version": MAIL } });
    let faults = [
        Fault::status(401).with_body("application/json", leak.to_string()),
        Fault::status(503).with_body("text/html", MAIL).with_header("retry-after", MAIL),
        Fault::answer(200, "application/json", odd.to_string()),
        Fault::answer(200, MAIL, leak.to_string()),
        Fault::answer(200, "application/json", leak.to_string()),
        Fault::answer(302, "text/plain", "")
            .with_header("location", &format!("https://{SECRET}@example.com")),
        Fault::reset(),
        Fault::truncated(),
    ];
    let client = server.client_builder().clock(crate::support::clock::TestClock::new()).build().unwrap();
    for fault in faults {
        server.fail_next(fault);
        let call = client
            .update_webhook(MAIL, Precondition::version(1))
            .description(MAIL)
            .with_header("x-mail", MAIL);
        printed.error(&call.send().await.unwrap_err());
    }
    let wrong_key = server.client_builder().api_key(KEY).build().unwrap();
    printed.debug(&wrong_key);
    printed.error(&wrong_key.get_webhook(MAIL).send().await.unwrap_err());
    let nowhere = Client::builder()
        .tenant("t")
        .hmac_secret(SECRET)
        .base_url(crate::support::server::closed_port().await);
    let nowhere = nowhere.clock(crate::support::clock::TestClock::new()).build().unwrap();
    printed.error(&nowhere.get_webhook(MAIL).send().await.unwrap_err());
    for builder in [
        Client::builder().tenant(MAIL).api_key(format!("{KEY}\n")),
        Client::builder().tenant("t").api_key(KEY).base_url(format!("https://{SECRET}@example.com")),
        Client::builder().tenant("t").api_key(KEY).proxy(format!("{SECRET}:{KEY}@[")),
        Client::builder().tenant("t").api_key(KEY).proxy(format!("http://{SECRET}:{KEY}@")),
    ] {
        printed.error(&builder.build().unwrap_err());
    }
}

/// Callbacks that are accepted and refused.
async fn callbacks(server: &mock::Server, printed: &mut Printed) {
    let secret = Secret::chosen(SECRET).unwrap();
    let verifier =
        Verifier::builder().shared_secret("X-Client-Auth", secret).tenant(server.tenant()).build().unwrap();
    printed.debug(&verifier);
    let receive = async |Callback(verified): Callback<Verifier>| {
        let _ = format!("{verified:?}");
        StatusCode::OK
    };
    let app = Router::new().route("/", post(receive)).with_state(verifier.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/?mail={MAIL}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let client = server.client().unwrap();
    let call = client
        .create_webhook()
        .url(url)
        .events([EventType::OtpSent])
        .custom_headers([("X-Client-Auth", SECRET)]);
    call.send().await.unwrap();
    let event =
        mock::Event::new(EventType::OtpSent).participant("participant-1").data(json!({ "mail": MAIL }));
    printed.debug(&event);
    let delivered = server.deliver(event).await;
    assert!(delivered.iter().all(countersign::mock::Delivered::is_delivered));
    printed.debug(&delivered);

    let body = json!({
        "eventId": "evt_1", "type": "PROCESS_COMPLETED", "tenantId": server.tenant(), "participantId": "participant-1",
        "data": { "status": "COMPLETED", "other": MAIL },
    });
    for (secret, body) in [
        (SECRET, body.to_string()),
        (SECRET, body.to_string().replace("\"evt_1\"", "{}")),
        (SECRET, body.to_string().replace(server.tenant(), MAIL)),
        (KEY, body.to_string()),
    ] {
        let mut headers = http::HeaderMap::new();
        headers.insert("x-client-auth", secret.parse().unwrap());
        let uri = format!("/hook?mail={MAIL}").parse().unwrap();
        let delivery = Delivery::new(http::Method::POST, uri, headers, body);
        printed.debug(&delivery);
        match verifier.verify(&delivery, std::time::SystemTime::UNIX_EPOCH) {
            Ok(verified) => {
                printed.debug(&verified);
                printed.debug(verified.event());
            }
            Err(rejection) => {
                printed.debug(&rejection);
                printed.0.push_str(&rejection.to_string());
            }
        }
        if let Ok(unverified) = UnverifiedReader::for_tenant(server.tenant()).unwrap().read(&delivery) {
            printed.debug(&unverified);
        }
    }
}
