use countersign::mock::signly::Server;

#[tokio::test]
async fn a_mock_inside_of_something_else() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::start().await?;
    let everything = axum::Router::new().nest("/mocks/signly", server.router());
    let client = server.client_builder().base_url("https://staging.example/mocks/signly").build()?;
    drop((everything, client));
    Ok(())
}
