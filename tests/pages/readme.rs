use countersign::mock::{Fault, signly};
use countersign::{Effect, signly::EventType};

#[tokio::test]
async fn a_lost_answer_is_known_as_one() -> Result<(), Box<dyn std::error::Error>> {
    let server = signly::Server::start().await?;
    let client = server.client()?;

    server.fail_next_on("create_webhook", Fault::lost_answer());
    let call = client.create_webhook().url("https://example.com").events([EventType::FieldSigned]);
    let error = call.send().await.unwrap_err();

    assert_eq!(error.effect(), Effect::Unknown);
    assert_eq!(server.requests().len(), 1); // sent once, whatever happened
    assert_eq!(client.list_webhooks().limit(10).send().await?.items.len(), 1); // and it did happen
    Ok(())
}
