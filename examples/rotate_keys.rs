//! A shared secret is changed while callbacks come in: none is lost, and `key_id` tells when the old one can go.
//!
//! ```sh
//! cargo run --example rotate_keys
//! ```

use anstream::println;
use axum::Router;
use axum::extract::{FromRef, State};
use axum::routing::post;
use countersign::Secret;
use countersign::mock::signly as mock;
use countersign::signly::webhook::Verifier;
use countersign::signly::{Client, EventType, WebhookId};
use countersign::webhook::{Acknowledgement, Callback, Key, KeySet, Keys};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;

const HEADER: &str = "X-Client-Auth";

/// How many callbacks each key has verified.
#[derive(Clone, Default)]
struct Uses(Arc<Mutex<BTreeMap<String, usize>>>);

impl Uses {
    fn count(&self, key: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key.to_owned()).or_default() += 1;
    }

    fn of(&self, key: &str) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).copied().unwrap_or_default()
    }
}

#[derive(Clone)]
struct App {
    verifier: Verifier,
    uses: Uses,
}

impl FromRef<App> for Verifier {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}

async fn receive(State(app): State<App>, Callback(verified): Callback<Verifier>) -> Acknowledgement {
    app.uses.count(verified.key_id());
    Acknowledgement::Stored
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let old = Secret::chosen("a long random value of last spring")?;
    let new = Secret::chosen("a long random value of this summer")?;
    let server = mock::Server::start().await?;
    let client = server.client()?;

    // The verifier and whoever changes the keys hold the same `Keys`.
    let keys = Keys::from(KeySet::new([Key::new("spring", old.clone())])?);
    let verifier = Verifier::builder().shared_secret(HEADER, keys.clone()).tenant(server.tenant()).build()?;
    let uses = Uses::default();
    let app = Router::new().route("/signly", post(receive)).with_state(App { verifier, uses: uses.clone() });
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/signly", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, app).await });
    let first = register(&client, &url, &old).await?;

    deliver(&server, 3).await;
    println!("1. only the old secret:           spring {}, summer {}", uses.of("spring"), uses.of("summer"));

    // First the receiver accepts both; then the provider is told; only then the old one goes.
    keys.replace(KeySet::new([Key::new("spring", old), Key::new("summer", new.clone())])?);
    deliver(&server, 2).await;
    println!("2. both, the provider has the old: spring {}, summer {}", uses.of("spring"), uses.of("summer"));

    // That the headers of a webhook can be changed is not documented. A second one can be made, and the first one deleted:
    // in between every event comes twice, which the dedupe key is for.
    register(&client, &url, &new).await?;
    deliver(&server, 2).await;
    println!("3. both, and both webhooks:        spring {}, summer {}", uses.of("spring"), uses.of("summer"));
    client.delete_webhook(&first).send().await?;
    deliver(&server, 1).await;
    println!("4. both, the provider has the new: spring {}, summer {}", uses.of("spring"), uses.of("summer"));

    keys.replace(KeySet::new([Key::new("summer", new)])?);
    deliver(&server, 1).await;
    println!("5. only the new secret:           spring {}, summer {}", uses.of("spring"), uses.of("summer"));

    assert_eq!((uses.of("spring"), uses.of("summer")), (7, 4), "a callback was lost");
    server.shutdown().await;
    Ok(())
}

async fn register(client: &Client, url: &str, secret: &Secret) -> Result<WebhookId, countersign::Error> {
    let webhook = client.create_webhook().url(url).events([EventType::FieldSigned]);
    Ok(webhook.custom_headers([(HEADER, secret.expose())]).send().await?.webhook_id)
}

/// Every one of them has to be accepted.
async fn deliver(server: &mock::Server, count: usize) {
    let events = std::iter::repeat_with(|| mock::Event::new(EventType::FieldSigned)).take(count);
    let delivered = server.deliver_all(events).send().await;
    assert!(delivered.len() >= count && delivered.iter().all(countersign::mock::Delivered::is_delivered));
}
