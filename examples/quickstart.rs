//! A Signly story, offline: a webhook is registered, changed by two writers at once, a fault is survived, and callbacks
//! arrive and are verified.
//!
//! ```sh
//! cargo run --example quickstart
//! ```

use anstream::println;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use countersign::mock::{Fault, signly as mock};
use countersign::signly::webhook::{Event, EventData, Verifier};
use countersign::signly::{EventType, WebhookUpdate};
use countersign::webhook::{Callback, Verified};
use countersign::{Error, Secret};
use owo_colors::OwoColorize;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

type Received = mpsc::UnboundedSender<Verified<Event>>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("\n{}", "countersign · a Signly story, offline".bold());

    chapter(1, "A Signly of our own");
    let server = mock::Server::start().await?;
    let signly = server.client()?;
    tell("mock", &format!("listens on {}", server.base_url()));
    let secret = Secret::chosen("a long random value, shared with Signly")?;
    let (receiver, mut received) = start_receiver(secret.clone(), server.tenant()).await?;
    tell("receiver", &format!("listens on {receiver}"));

    chapter(2, "A webhook is registered");
    let webhook = signly
        .create_webhook()
        .url(&receiver)
        .events([EventType::ProcessCompleted])
        .custom_headers([("X-Client-Auth", secret.expose())])
        .send()
        .await?;
    let id = webhook.webhook_id.clone();
    tell("created", &format!("{id} at version {}", webhook.version));

    chapter(3, "Two writers change it at once");
    let seen_by_both = webhook.precondition();
    let first = signly.update_webhook(&id, seen_by_both.clone());
    let first = first.events([EventType::ProcessCompleted, EventType::ProcessFailed]).send().await?;
    tell("Ada", &format!("adds PROCESS_FAILED, version {}", first.version));
    match signly.update_webhook(&id, seen_by_both).events([EventType::OtpFailed]).send().await {
        Ok(_) => return Err("the second writer overwrote the first".into()),
        Err(error) => tell_error("Bob", &error),
    }
    let second = signly.update_webhook_with(&id, also(EventType::OtpFailed)).await?;
    tell("Bob", &format!("reads again and adds OTP_FAILED, version {}", second.version));
    tell("events", &names(second.events.as_deref().unwrap_or_default()));

    chapter(4, "A fault is survived");
    server.fail_next(Fault::status(503));
    server.fail_next(Fault::truncated());
    let reply = signly.get_webhook(&id).send_reply().await?;
    tell("read", &format!("a 503, a truncated answer, then 200 after {} attempts", reply.attempts()));
    server.fail_next_on("update_webhook", Fault::lost_answer());
    let third = signly.update_webhook_with(&id, also(EventType::DocumentViewed)).await?;
    tell(
        "update",
        &format!("its answer was lost, it was applied once all the same: version {}", third.version),
    );
    server.fail_next_on("create_webhook", Fault::lost_answer());
    match signly.create_webhook().url(&receiver).events([EventType::FieldSigned]).send().await {
        Ok(_) => return Err("a lost answer was not noticed".into()),
        Err(error) => {
            tell_error("create", &error);
            let (effect, attempts) = (error.effect(), error.attempts());
            tell("", &format!("effect {effect:?} after {attempts} attempt: a create is never sent twice"));
        }
    }

    chapter(5, "Callbacks arrive");
    let completed =
        mock::Event::new(EventType::ProcessCompleted).document("contract-17").participant("Grace");
    let completed = completed.data(json!({ "status": "COMPLETED", "templateId": "nda" }));
    for delivered in server.deliver(completed).await {
        tell("delivery", &format!("{}, {} attempt(s)", delivered.event_id, delivered.attempts().len()));
    }
    let verified = received.recv().await.ok_or("the receiver is gone")?;
    tell("verified", &format!("{:?}, key {:?}", verified.assurance(), verified.key_id()));
    let event = verified.into_event();
    let document = event.document_id.as_deref().unwrap_or("?");
    if let EventData::ProcessCompleted(data) = &event.data {
        tell(
            "event",
            &format!("{} of {document}: {}", event.event_type(), data.status.as_deref().unwrap_or("?")),
        );
    }
    let forged = forge(&receiver).await?;
    tell("forged", &format!("a callback without the secret is answered {forged}"));

    server.shutdown().await;
    println!("\n{}\n", "The end. Nothing left this machine.".bold());
    Ok(())
}

/// Subscribes to one event more, unless it already is.
fn also(event: EventType) -> impl Fn(&countersign::signly::Webhook) -> Option<WebhookUpdate> {
    move |webhook| {
        let mut events = webhook.events.clone().unwrap_or_default();
        (!events.contains(&event)).then(|| {
            events.push(event.clone());
            WebhookUpdate::default().events(events)
        })
    }
}

async fn start_receiver(
    secret: Secret,
    tenant: &str,
) -> Result<(String, mpsc::UnboundedReceiver<Verified<Event>>), Box<dyn std::error::Error>> {
    let verifier = Verifier::builder().shared_secret("X-Client-Auth", secret).tenant(tenant).build()?;
    let (sender, received) = mpsc::unbounded_channel();
    let app = Router::new().route("/signly", post(receive)).with_state(App { verifier, sender });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/signly", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok((url, received))
}

#[derive(Clone)]
struct App {
    verifier: Verifier,
    sender: Received,
}

impl axum::extract::FromRef<App> for Verifier {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}

/// Answers 2xx only after the event is in good hands.
async fn receive(State(app): State<App>, Callback(verified): Callback<Verifier>) -> StatusCode {
    match app.sender.send(verified) {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// What somebody who knows the URL, but not the secret, gets.
async fn forge(url: &str) -> Result<String, Box<dyn std::error::Error>> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let address = url.trim_start_matches("http://").trim_end_matches("/signly");
    let mut stream = tokio::net::TcpStream::connect(address).await?;
    let body = r#"{"eventId":"evt_1","type":"PROCESS_COMPLETED","tenantId":"t"}"#;
    let head = format!(
        "POST /signly HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer.lines().next().unwrap_or_default().trim_start_matches("HTTP/1.1 ").to_owned())
}

fn names(events: &[EventType]) -> String {
    events.iter().map(EventType::as_str).collect::<Vec<_>>().join(", ")
}

fn chapter(number: u8, title: &str) {
    println!("\n{} {}", format!("{number}.").cyan(), title.bold());
}

fn tell(who: &str, what: &str) {
    println!("   {:<10}{what}", who.green());
}

fn tell_error(who: &str, error: &Error) {
    println!("   {:<10}{}", who.yellow(), error.to_string().dimmed());
}
