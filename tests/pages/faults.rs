use countersign::mock::{Fault, signly::Server};
use countersign::{Effect, RetryPolicy, signly::EventType};

#[tokio::test]
async fn answers_get_lost() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::start().await?;
    let signly = server.client()?;

    server.fail_next_on("create_webhook", Fault::lost_answer());
    let call = signly.create_webhook().url("https://example.com").events([EventType::FieldSigned]);
    let error = call.send().await.err().ok_or("the fault did not happen")?;
    assert_eq!(error.effect(), Effect::Unknown); // so: look before you send again

    server.fail_by_seed(17, 0.5);
    let patient = server.client_builder().retry(RetryPolicy::default().attempts(20)).build()?;
    assert_eq!(patient.list_webhooks().limit(10).send().await?.items.len(), 1);
    Ok(())
}
