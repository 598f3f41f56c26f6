//! Every answer of every mock is as its document states it. The validator is not ours, and knows nothing of the build.

mod document;
mod legalesign;
mod others;
mod signly;
mod watch;

use crate::legalesign::scenario;
use countersign::mock::legalesign::Server;
use watch::Watch;

#[tokio::test]
async fn legalesign_answers_as_its_document_states() {
    let server = Server::start().await.unwrap();
    server.allow_automated_deletion(server.group()).unwrap();
    let key = format!("Bearer {}", server.api_key());
    let watch = Watch::start("legalesign", "/api/v1", &[("authorization", &key)], server.router()).await;
    let client = server.client_builder().base_url(watch.base_url()).build().unwrap();
    scenario::everything(&server, &client).await;
    legalesign::of_templates(&server, &watch).await;
    watch.refuse_everything().await;
    watch.finish();
}
