//! An application that receives Legalesign's callbacks: what is signed is verified, whose it is is looked up, and each change
//! is acted upon once, in one SQLite transaction. Another customer of Legalesign tries to slip in a contract.
//!
//! ```sh
//! cargo run --example legalesign_receiver
//! ```

use anstream::println;
use axum::Router;
use axum::extract::{FromRef, State};
use axum::routing::post;
use countersign::legalesign::webhook::{Change, Event, Verifier};
use countersign::legalesign::{Client, DocumentStatus, RecipientInput};
use countersign::mock::legalesign as mock;
use countersign::webhook::{Acknowledgement, Callback, Confirmation, DedupeKey, RsaKey, Verified};
use rusqlite::{Connection, params};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;

#[derive(Clone)]
struct App {
    verifier: Verifier,
    client: Client,
    store: Store,
}

impl FromRef<App> for Verifier {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}

/// A list of changes names no group, so what would be acted upon is looked up first: the API knows our documents only. If it
/// cannot be asked now, the list is not taken: it comes again, or the nightly sync finds it.
async fn receive(State(app): State<App>, Callback(verified): Callback<Verifier>) -> Acknowledgement {
    let mut finished = Vec::new();
    if let Event::Changes(changes) = verified.event() {
        for each in changes.iter().filter(|each| is_final(&each.change)) {
            match each.confirm_with(&app.client).await {
                Ok(Confirmation::Differs { difference, .. }) => {
                    println!("  signed by Legalesign, and not acted upon: {difference:?}");
                }
                Ok(_) => finished.push(each.dedupe_key.clone()),
                Err(_) => return Acknowledgement::Later { after: None },
            }
        }
    }
    let stored = tokio::task::spawn_blocking(move || app.store.take(&verified, &finished)).await;
    match stored {
        Ok(Ok(0)) => Acknowledgement::Duplicate,
        Ok(Ok(_)) => Acknowledgement::Stored,
        Ok(Err(_)) | Err(_) => Acknowledgement::Later { after: None },
    }
}

fn is_final(change: &Change) -> bool {
    matches!(change, Change::Document { status: DocumentStatus::FinalPdfReady, .. })
}

#[derive(Clone)]
struct Store(Arc<Mutex<Connection>>);

impl Store {
    fn open() -> rusqlite::Result<Self> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(
            "CREATE TABLE change (dedupe_key TEXT PRIMARY KEY);
             CREATE TABLE finished (document TEXT PRIMARY KEY);",
        )?;
        Ok(Self(Arc::new(Mutex::new(connection))))
    }

    /// Remembers each change and acts on those that are `ours`, or does neither. Tells how many were new.
    fn take(&self, verified: &Verified<Event>, ours: &[DedupeKey]) -> rusqlite::Result<usize> {
        let Event::Changes(changes) = verified.event() else { return Ok(0) };
        let mut connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = connection.transaction()?;
        let mut new = 0;
        for each in changes {
            let key = each.dedupe_key.as_str();
            if transaction.execute("INSERT OR IGNORE INTO change VALUES (?1)", [key])? == 0 {
                continue;
            }
            new += 1;
            if let (Change::Document { id, .. }, true) = (&each.change, ours.contains(&each.dedupe_key)) {
                transaction.execute("INSERT OR IGNORE INTO finished VALUES (?1)", params![id.as_str()])?;
            }
        }
        transaction.commit()?;
        Ok(new)
    }

    fn counts(&self) -> rusqlite::Result<(u32, Vec<String>)> {
        let connection = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let changes = connection.query_row("SELECT count(*) FROM change", [], |row| row.get(0))?;
        let mut finished = connection.prepare("SELECT document FROM finished")?;
        let finished = finished.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok((changes, finished))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = mock::Server::start().await?;
    let client = server.client()?;

    // In an application the certificate is a file that came from Legalesign.
    let key = RsaKey::from_certificate(server.certificate())?.legacy_sha1()?;
    if let Some(certificate) = key.certificate() {
        println!("Pinned: {} bits, SHA-256 {}", key.bits(), certificate.fingerprint());
    }
    let verifier = Verifier::builder().certificate(key).group(server.group()).build()?;
    let store = Store::open()?;
    let app = App { verifier, client: client.clone(), store: store.clone() };
    let app = Router::new().route("/legalesign", post(receive)).with_state(app);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/legalesign", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, app).await });
    client.subscribe().notify("all").url(&url).send().await?;

    println!("A contract is signed. Six minutes later Legalesign tells, three times.");
    let ada = RecipientInput::default().email("ada@example.com").firstname("Ada").lastname("Lovelace");
    let contract = client.create_document().group(server.group()).name("Contract").text("<p>I agree.</p>");
    let contract = contract.signers([ada]).do_email(true).send().await?;
    server.sign_all(&contract.id)?;
    server.advance(Duration::from_secs(6 * 60));
    let delivered = server.due().duplicated(3).send().await;
    println!("  {} deliveries", delivered.len());
    let (changes, finished) = store.counts()?;
    println!("  {changes} changes stored, finished: {finished:?}");
    assert_eq!(finished, [contract.id.to_string()]);

    println!("Somebody posts a list without Legalesign's signature.");
    let forged = r#"[{"timestamp":"2026-01-01T00:00:00","name":"status","value":"100","resource_uri":"/api/v1/document/d0d0/"}]"#;
    let unsigned = countersign::mock::CallbackRequest::form([("data", forged), ("signed", "c29tZXRoaW5n")]);
    for attempt in server
        .deliver_to(&url, [unsigned])
        .send()
        .await
        .iter()
        .flat_map(countersign::mock::Delivered::attempts)
    {
        println!("  {:?}", attempt.outcome);
        assert!(!attempt.outcome.is_accepted());
    }

    println!("Another customer has Legalesign send us a genuine list, of a document that is not ours.");
    server.deliver_to(&url, [server.changes_callback(forged)]).send().await;
    assert_eq!(store.counts()?.1, finished, "somebody else's document was acted upon");
    server.shutdown().await;
    Ok(())
}
