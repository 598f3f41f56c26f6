//! A long list is read by one process after another, and a nightly sync goes on where it was stopped, offline.
//!
//! ```sh
//! cargo run --example resume_listing
//! ```

use anstream::println;
use countersign::legalesign::{Client, RecipientInput, SyncCursor};
use countersign::mock::{Fault, legalesign as mock};
use countersign::{Cursor, Error};
use std::collections::BTreeSet;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = mock::Server::start().await?;
    let legalesign = server.client()?;
    let group = server.group();
    for number in 1..=25 {
        create(&legalesign, group, &format!("Contract {number}")).await?;
    }

    println!("Three processes read a list of 25, one page of 10 each.");
    let mut stored: Option<String> = None;
    let mut seen = BTreeSet::new();
    for process in 1..=3 {
        // Each begins with nothing but what the one before has stored.
        let mut pages = server.client()?.list_documents(group).limit(10).pages();
        if let Some(stored) = &stored {
            pages = pages.resume(&serde_json::from_str::<Cursor>(stored)?)?;
        }
        let page = pages.next().await.ok_or("the list ended too early")??;
        seen.extend(page.items.iter().filter_map(|document| document.uuid.clone()));
        stored = pages.cursor().map(|cursor| serde_json::to_string(&cursor)).transpose()?;
        println!("  process {process}: {} documents, {}", page.items.len(), after(stored.as_deref()));
    }
    assert_eq!((seen.len(), stored), (25, None));

    println!("A sync is cut off in the middle.");
    server.fail_next_on("list_documents", Fault::status(403));
    let mut sync = legalesign.sync(group).limit(10);
    let error = sync.next().await.ok_or("nothing came")?.err().ok_or("it went well")?;
    println!("  {error}");
    let batch = sync.next().await.ok_or("nothing came")??;
    println!("  {} documents, then the process is stopped", batch.documents.len());
    let stored = serde_json::to_string(&batch.cursor)?;

    println!("Another process goes on, and the next night only what changed comes again.");
    let (count, cursor) = rest(&server.client()?, group, &stored).await?;
    println!("  {count} documents");
    assert_eq!(count, 15);
    server.advance(std::time::Duration::from_secs(24 * 3600));
    create(&legalesign, group, "Contract of the next day").await?;
    let (count, cursor) = rest(&legalesign, group, &serde_json::to_string(&cursor)?).await?;
    println!("  the next night: {count} documents, those of the last two hours among them");
    assert_eq!(count, 26);
    let (count, _) = rest(&legalesign, group, &serde_json::to_string(&cursor)?).await?;
    println!(
        "  the night after: {count} document, since its hour may be repeated by a clock that is set back"
    );
    assert_eq!(count, 1);

    server.shutdown().await;
    Ok(())
}

/// What is left of a sync, and where the next one begins.
async fn rest(
    legalesign: &Client,
    group: &str,
    stored: &str,
) -> Result<(usize, SyncCursor), Box<dyn std::error::Error>> {
    let mut cursor: SyncCursor = serde_json::from_str(stored)?;
    let mut sync = legalesign.sync(group).resume(cursor.clone())?;
    let mut count = 0;
    while let Some(batch) = sync.next().await {
        let batch = batch?;
        count += batch.documents.len();
        cursor = batch.cursor;
    }
    Ok((count, cursor))
}

async fn create(legalesign: &Client, group: &str, name: &str) -> Result<(), Error> {
    let ada = RecipientInput::default().email("ada@example.com").firstname("Ada").lastname("Lovelace");
    legalesign
        .create_document()
        .group(group)
        .name(name)
        .text("<p>I agree.</p>")
        .signers([ada])
        .send()
        .await?;
    Ok(())
}

fn after(stored: Option<&str>) -> &'static str {
    if stored.is_some() { "a cursor is stored" } else { "the end" }
}
