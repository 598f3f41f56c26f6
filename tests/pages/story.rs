use countersign::legalesign::RecipientInput;
use countersign::legalesign::webhook::{Event, Verifier};
use countersign::mock::{self, Delivered, Scene, legalesign::Server};
use countersign::webhook::{Acknowledgement, CallbackRouter, RsaKey, Verified};
use tokio::sync::mpsc;

#[tokio::test]
async fn everyone_signs() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::start().await?;
    let legalesign = server.client()?;

    // The receiver of your application, with the certificate of the mock in place of Legalesign's.
    let key = RsaKey::from_certificate(server.certificate())?.legacy_sha1()?;
    let verifier = Verifier::builder().certificate(key).group(server.group()).build()?;
    let (tell, mut told) = mpsc::unbounded_channel();
    let router = CallbackRouter::new().mount("/callbacks", verifier, move |verified: Verified<Event>| {
        let answer =
            tell.send(verified).map_or(Acknowledgement::Later { after: None }, |()| Acknowledgement::Stored);
        async move { answer }
    })?;
    let app = mock::serve(router).await?;
    legalesign.subscribe().notify("signed").url(app.url("/callbacks")).send().await?;

    let ada = RecipientInput::default().email("ada@example.com").firstname("Ada").lastname("Lovelace");
    let contract =
        legalesign.create_document().group(server.group()).name("Contract").text("<p>I agree.</p>");
    let contract = contract.signers([ada]).send().await?;
    let delivered = server.play(Scene::EveryoneSigns, &contract.id).await?;
    assert!(delivered.iter().all(Delivered::is_delivered));

    let verified = told.recv().await.ok_or("nothing was told")?;
    assert!(matches!(verified.event(), Event::Notice(notice) if notice.document == contract.id));
    Ok(())
}
