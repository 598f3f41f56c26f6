use countersign::mock::{Fault, signly::Server};
use countersign::signly::EventType;
use std::time::Duration;

#[tokio::test]
async fn a_call_happens_later() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::start().await?;
    let signly = server.client()?;

    server.fail_next_on("create_webhook", Fault::late(Duration::from_secs(30)));
    let call = signly.create_webhook().url("https://example.com").events([EventType::FieldSigned]);
    assert!(call.send().await.is_err());
    assert!(signly.list_webhooks().send().await?.items.is_empty());

    server.advance(Duration::from_secs(30));
    assert_eq!(signly.list_webhooks().send().await?.items.len(), 1);
    Ok(())
}
