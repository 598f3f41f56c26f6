use countersign::legalesign::RecipientInput;
use countersign::mock::legalesign::Server;
use serde_json::json;

#[tokio::test]
async fn what_reached_the_provider() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::start().await?;
    let legalesign = server.client()?;

    // What your application does:
    let ada = RecipientInput::default().email("ada@example.com").firstname("Ada").lastname("Lovelace");
    let contract =
        legalesign.create_document().group(server.group()).name("Contract").text("<p>I agree.</p>");
    contract.signers([ada]).do_email(true).send().await?;

    // What reached the provider:
    server.assert_calls(&["create_document"]);
    let sent = json!({ "name": "Contract", "signers": [{ "email": "ada@example.com" }], "do_email": true });
    server.calls("create_document").only().assert_sent(&sent);
    Ok(())
}
