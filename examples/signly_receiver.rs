//! An application that receives Signly's callbacks: each event is stored and acted upon in one SQLite transaction, so
//! that a duplicate does nothing and an answer of 2xx means that nothing can be lost any more.
//!
//! ```sh
//! cargo run --example signly_receiver
//! ```

use anstream::println;
use axum::Router;
use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use axum::routing::post;
use countersign::Secret;
use countersign::mock::signly as mock;
use countersign::signly::EventType;
use countersign::signly::webhook::{Event, Verifier};
use countersign::webhook::{Callback, Verified};
use rusqlite::{Connection, params};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;

#[derive(Clone)]
struct App {
    verifier: Verifier,
    store: Store,
}

impl FromRef<App> for Verifier {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}

/// Only verified events get here. Signly delivers again whatever is not answered with 2xx.
async fn receive(State(app): State<App>, Callback(verified): Callback<Verifier>) -> StatusCode {
    let stored = tokio::task::spawn_blocking(move || app.store.take(&verified)).await;
    match stored {
        Ok(Ok(())) => StatusCode::NO_CONTENT,
        Ok(Err(_)) | Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

#[derive(Clone)]
struct Store(Arc<Mutex<Connection>>);

impl Store {
    fn open() -> rusqlite::Result<Self> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(
            "CREATE TABLE delivery (dedupe_key TEXT PRIMARY KEY);
             CREATE TABLE document (id TEXT PRIMARY KEY, signed INTEGER NOT NULL);",
        )?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Remembers the event and acts on it, or does neither.
    fn take(&self, verified: &Verified<Event>) -> rusqlite::Result<()> {
        let mut connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction()?;
        let key = verified.dedupe_key().to_string();
        let is_new = transaction.execute("INSERT OR IGNORE INTO delivery VALUES (?1)", [key])? == 1;
        if is_new {
            act(&transaction, verified.event())?;
        }
        transaction.commit()
    }

    fn document(&self, id: &str) -> rusqlite::Result<(u32, u32)> {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let events = connection.query_row("SELECT count(*) FROM delivery", [], |row| row.get(0))?;
        let signed =
            connection.query_row("SELECT signed FROM document WHERE id = ?1", [id], |row| row.get(0))?;
        Ok((events, signed))
    }
}

/// What the application makes of an event. Events may overtake one another, so nothing here depends on their order.
fn act(transaction: &rusqlite::Transaction<'_>, event: &Event) -> rusqlite::Result<()> {
    let Some(document) = &event.document_id else {
        return Ok(());
    };
    let signed = u32::from(event.event_type() == EventType::ProcessCompleted);
    transaction.execute(
        "INSERT INTO document VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET signed = signed + excluded.signed",
        params![document, signed],
    )?;
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // In an application the secret comes from its configuration; see `Secret`.
    let secret = Secret::chosen("a long random value, shared with Signly")?;
    let server = mock::Server::start().await?;
    let verifier =
        Verifier::builder().shared_secret("X-Client-Auth", secret.clone()).tenant(server.tenant()).build()?;
    let store = Store::open()?;

    let app =
        Router::new().route("/signly", post(receive)).with_state(App { verifier, store: store.clone() });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/signly", listener.local_addr()?);
    println!("Listening on {url}");
    tokio::spawn(async move { axum::serve(listener, app).await });

    let register = server.client()?.create_webhook().url(url).events(EventType::KNOWN.iter().cloned());
    register.custom_headers([("X-Client-Auth", secret.expose())]).send().await?;

    // Two people sign a document. Every event comes three times, and not in order.
    let story = [
        EventType::ProcessCreated,
        EventType::DocumentViewed,
        EventType::FieldSigned,
        EventType::ProcessCompleted,
    ];
    let events = ["ada", "bob"].into_iter().flat_map(|participant| {
        let event =
            move |kind: EventType| mock::Event::new(kind).document("contract-17").participant(participant);
        story.clone().map(event)
    });
    let delivered = server.deliver_all(events).duplicated(3).shuffled(17).send().await;
    let accepted = delivered.iter().filter(|delivery| delivery.is_delivered()).count();
    println!("{} deliveries, {accepted} accepted", delivered.len());

    let (events, signed) = store.document("contract-17")?;
    println!("{events} events stored, signed by {signed}");
    assert_eq!((events, signed), (8, 2), "a duplicate was acted upon, or an event was lost");
    server.shutdown().await;
    Ok(())
}
