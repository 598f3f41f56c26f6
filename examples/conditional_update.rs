//! Two writers, one webhook, no lost update.
//!
//! ```sh
//! cargo run --example conditional_update
//! ```

use anstream::println;
use countersign::mock::signly as mock;
use countersign::signly::{Client, EventType, Webhook, WebhookId, WebhookUpdate};
use countersign::{Effect, Precondition};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = mock::Server::start().await?;
    let signly = server.client()?;
    let nothing_yet = [EventType::ProcessCreated];
    let webhook = signly.create_webhook().url("https://example.com/hook").events(nothing_yet).send().await?;
    let id = webhook.webhook_id;

    println!("By hand: the change states the version it is based on.");
    let read = signly.get_webhook(&id).send().await?;
    let changed = signly.update_webhook(&id, read.precondition()).description("billing").send().await?;
    println!("  version {} -> {}", read.version, changed.version);

    let error =
        signly.update_webhook(&id, Precondition::version(read.version)).description("sales").send().await;
    let error = error.err().ok_or("a stale change went through")?;
    println!("  {error}");
    assert!(error.is_precondition_failed() && error.effect() == Effect::None);

    println!("With help: eight writers at once, each adding an event of its own.");
    let wanted = EventType::KNOWN.iter().skip(1).take(8).cloned().collect::<Vec<_>>();
    let writers =
        wanted.iter().map(|event| tokio::spawn(subscribe(signly.clone(), id.clone(), event.clone())));
    for writer in writers.collect::<Vec<_>>() {
        writer.await??;
    }
    let webhook = signly.get_webhook(&id).send().await?;
    let events = webhook.events.unwrap_or_default();
    println!("  version {}, {} events", webhook.version, events.len());
    assert!(wanted.iter().all(|event| events.contains(event)), "an update was lost");
    Ok(())
}

/// Adds an event, however often another writer is faster.
async fn subscribe(signly: Client, id: WebhookId, event: EventType) -> Result<(), countersign::Error> {
    let add = |webhook: &Webhook| {
        let events = webhook.events.iter().flatten().chain([&event]).cloned().collect::<Vec<_>>();
        Some(WebhookUpdate::default().events(events))
    };
    loop {
        match signly.update_webhook_with(&id, add).await {
            // Each call gives up after a few rounds. With this many writers that is no reason to.
            Err(error) if error.is_precondition_failed() && error.effect() == Effect::None => {}
            result => return result.map(drop),
        }
    }
}
