//! Ten thousand deliveries in a storm: duplicates, any order, replays, connections that break, answers that get lost, a store
//! that is busy now and then, and an API that fails. In the end every document is in the right state.
//!
//! ```sh
//! cargo run --example survive_the_storm          # another storm each time
//! cargo run --example survive_the_storm -- 4711  # this one again
//! ```

use anstream::println;
use axum::Router;
use axum::extract::{FromRef, State};
use axum::routing::post;
use countersign::mock::{Delivered, signly as mock};
use countersign::signly::webhook::{Event, EventData, Verifier};
use countersign::signly::{
    Client, DeliveryRetries, DocumentStatus, EventType, ParticipantCreate, ParticipantIdentity,
    SignatureMode, TemplateField, TemplateFieldType,
};
use countersign::webhook::{Acknowledgement, Callback, Verified};
use countersign::{Clock as _, Content, RetryPolicy, Secret, SystemClock, Timestamp};
use rusqlite::{Connection, params};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;

const DOCUMENTS: usize = 720;
const DELIVERIES: usize = 10_000;

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

async fn receive(State(app): State<App>, Callback(verified): Callback<Verifier>) -> Acknowledgement {
    match tokio::task::spawn_blocking(move || app.store.take(&verified)).await {
        Ok(Ok(true)) => Acknowledgement::Stored,
        Ok(Ok(false)) => Acknowledgement::Duplicate,
        // Not stored, so not acknowledged: it comes again.
        Ok(Err(_)) | Err(_) => Acknowledgement::Later { after: None },
    }
}

/// What the application knows. The state of a document is made of the set of its events, so their order plays no part, and an
/// event that comes twice is in the set once.
#[derive(Clone)]
struct Store(Arc<Mutex<(Connection, fastrand::Rng)>>);

impl Store {
    fn open(seed: u64) -> rusqlite::Result<Self> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(
            "CREATE TABLE event (dedupe_key TEXT PRIMARY KEY);
             CREATE TABLE document (id TEXT PRIMARY KEY, participants INTEGER NOT NULL, settled TEXT);
             CREATE TABLE ended (document TEXT, participant TEXT, how TEXT, PRIMARY KEY (document, participant));",
        )?;
        Ok(Self(Arc::new(Mutex::new((connection, fastrand::Rng::with_seed(seed))))))
    }

    fn sent(&self, document: &str, participants: usize) -> rusqlite::Result<()> {
        let (connection, _) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let row = params![document, i64::try_from(participants).unwrap_or_default()];
        connection.execute("INSERT INTO document VALUES (?1, ?2, NULL)", row).map(drop)
    }

    /// Remembers the event and acts on it, or does neither. Tells whether it was new.
    fn take(&self, verified: &Verified<Event>) -> rusqlite::Result<bool> {
        let (connection, rng) = &mut *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if rng.u8(..20) == 0 {
            return Err(rusqlite::Error::InvalidQuery); // busy, for the sake of the story
        }
        let transaction = connection.transaction()?;
        let key = verified.dedupe_key().as_str();
        let is_new = transaction.execute("INSERT OR IGNORE INTO event VALUES (?1)", [key])? == 1;
        let event = verified.event();
        let how = match event.data {
            EventData::ProcessCompleted(_) => Some("COMPLETED"),
            EventData::ProcessCancelled(_) => Some("CANCELLED"),
            EventData::ProcessExpired(_) => Some("EXPIRED"),
            _ => None,
        };
        if let (true, Some(how), Some(document), Some(participant)) =
            (is_new, how, &event.document_id, &event.participant_id)
        {
            let row = params![document, participant, how];
            transaction.execute("INSERT OR IGNORE INTO ended VALUES (?1, ?2, ?3)", row)?;
        }
        transaction.commit()?;
        Ok(is_new)
    }

    /// The state of every document. A process is one participant's, so a document is completed when all of them are.
    fn states(&self) -> rusqlite::Result<BTreeMap<String, String>> {
        let (connection, _) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut states = connection.prepare(
            "SELECT id, coalesce(settled,
                (SELECT how FROM ended WHERE document = id AND how <> 'COMPLETED' LIMIT 1),
                CASE (SELECT count(*) FROM ended WHERE document = id) WHEN participants THEN 'COMPLETED' END,
                'OPEN') FROM document",
        )?;
        states.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    }

    fn settle(&self, document: &str, state: &str) -> rusqlite::Result<()> {
        let (connection, _) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner);
        connection.execute("UPDATE document SET settled = ?2 WHERE id = ?1", [document, state]).map(drop)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let seed = std::env::args().nth(1).map_or_else(|| Ok(fastrand::u64(..1_000_000)), |seed| seed.parse())?;
    println!("The storm of seed {seed}.");
    let server = mock::Server::start().await?;
    let secret = Secret::chosen("a long random value, shared with Signly")?;
    let verifier =
        Verifier::builder().shared_secret("X-Client-Auth", secret.clone()).tenant(server.tenant()).build()?;
    let store = Store::open(seed)?;
    let app = Router::new().route("/signly", post(receive));
    let app = app.with_state(App { verifier, store: store.clone() });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/signly", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, app).await });
    let client = server.client()?;
    let webhook = client.create_webhook().url(url).events(EventType::KNOWN.iter().cloned());
    let webhook = webhook.retries(DeliveryRetries::default().max_attempts(2));
    webhook.custom_headers([("X-Client-Auth", secret.expose())]).send().await?;

    send_and_sign(&server, &client, &store).await?;
    let due = server.due();
    println!("{DOCUMENTS} documents, {} events.", due.len());
    let delivered = due.stormy(seed).send().await;
    let attempts = delivered.iter().map(|each| each.attempts().len()).sum::<usize>();
    let lost = delivered.iter().filter(|each: &&Delivered| !each.is_delivered()).count();
    println!("{} deliveries in {attempts} attempts; {lost} were given up.", delivered.len());
    assert!(delivered.len() >= DELIVERIES, "that was no storm");

    // The nightly sync: whatever seems open is read, from an API that fails every fifth time.
    server.fail_by_seed(seed, 0.2);
    let patient = server
        .client_builder()
        .retry(RetryPolicy::default().attempts(10).longest_wait(Duration::from_millis(5)))
        .build()?;
    let mut mended = 0;
    for (document, _) in store.states()?.into_iter().filter(|(_, state)| state == "OPEN") {
        let status = patient.get_document(document.as_str()).send().await?.status;
        if let Some(status) = status.filter(DocumentStatus::is_over) {
            store.settle(&document, status.as_str())?;
            mended += 1;
        }
    }
    server.fail_by_seed(seed, 0.0);
    println!("{mended} documents were mended by the sync.");

    let mut counts = BTreeMap::new();
    for (document, state) in store.states()? {
        let right = client.get_document(document.as_str()).send().await?.status.ok_or("it has no status")?;
        let right = if right.is_over() { right.as_str() } else { "OPEN" };
        assert_eq!(state, right, "document {document}; run it again with the seed {seed}");
        *counts.entry(state).or_insert(0) += 1;
    }
    println!("All are in the right state: {counts:?}");
    server.shutdown().await;
    Ok(())
}

/// Documents for two people each. Of four, one is signed by both, one is cancelled after the first signature, one expires
/// after it, and one stays open.
async fn send_and_sign(
    server: &mock::Server,
    client: &Client,
    store: &Store,
) -> Result<(), Box<dyn std::error::Error>> {
    let template =
        client.create_template().template_name("Lease").send().await?.template_id.ok_or("it has no id")?;
    let signature = TemplateField::default().field_name("SIGN").field_type(TemplateFieldType::Sign);
    client.upload_template_pdf(&template, "0001", Content::bytes("%PDF-1.7")).send().await?;
    client
        .replace_template_fields(
            &template,
            [signature.field_code("3").page("1").x("72.00").y("540.00").width("160.00").height("32.00")],
        )
        .send()
        .await?;
    let deadline = SystemClock.now() + Duration::from_secs(24 * 3600);
    for number in 0..DOCUMENTS {
        let person = |name: &str| {
            let identity = ParticipantIdentity::default().email(format!("{name}@example.com"));
            ParticipantCreate::default()
                .display_name(name)
                .identity(identity)
                .signature_mode([SignatureMode::SignatureEmail])
        };
        let mut call = client.create_document().template_id(template.clone()).template_version("0001");
        if number % 4 == 2 {
            call = call.deadline_at(Timestamp::from(deadline));
        }
        let document = call.participants([person("ada"), person("grace")]).send().await?;
        let id = document.document_id.ok_or("it has no id")?;
        let processes = document.participants.unwrap_or_default();
        store.sent(id.as_str(), processes.len())?;
        let first = processes.into_iter().next().and_then(|one| one.process_id).ok_or("it has no process")?;
        match number % 4 {
            0 => server.play_everyone_signs(&id)?,
            1 => {
                server.play_participant_signs(&first)?;
                client.cancel_document(&id).send().await?;
            }
            _ => server.play_participant_signs(&first)?,
        }
    }
    server.set_time(deadline);
    Ok(())
}
