//! One application, four providers: each proves what it can, and the type of what arrives says which.
//!
//! ```sh
//! cargo run --example receive_all
//! ```

use anstream::println;
use countersign::mock;
use countersign::signly::EventType;
use countersign::webhook::{
    Acknowledgement, Assurance, CallbackRouter, ConfigurationError, DedupeKey, RsaKey, Verified,
};
use countersign::{Content, Secret, leap, legalesign, sign8, signly};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;

/// What was received, so that nothing is acted upon twice. In an application this is a table with the events themselves.
#[derive(Clone, Default)]
struct Inbox(Arc<Mutex<BTreeSet<DedupeKey>>>);

impl Inbox {
    /// Whatever the provider: stored under its key, with what is known about it.
    fn take<E>(&self, verified: &Verified<E>, what: &str) -> Acknowledgement {
        let key = verified.dedupe_key();
        if !self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key.clone()) {
            return Acknowledgement::Duplicate;
        }
        println!("  {what:<38} {:?}, audience {:?}", verified.assurance(), verified.audience());
        Acknowledgement::Stored
    }

    fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

struct Verifiers {
    signly: signly::webhook::Verifier,
    legalesign: legalesign::webhook::Verifier,
    leap: leap::webhook::Verifier,
    sign8: sign8::webhook::Verifier,
}

fn router(verifiers: Verifiers, inbox: &Inbox) -> Result<axum::Router, ConfigurationError> {
    let Verifiers { signly, legalesign, leap, sign8 } = verifiers;
    let [for_signly, for_legalesign, for_leap, for_sign8] = std::array::from_fn(|_| inbox.clone());
    let router = CallbackRouter::new()
        .mount("/callbacks/signly", signly, move |verified| {
            let answer = for_signly.take(&verified, &format!("Signly: {}", verified.event().event_type()));
            async move { answer }
        })?
        .mount("/callbacks/legalesign", legalesign, move |verified| {
            let kind = match verified.event() {
                legalesign::webhook::Event::Realtime(realtime) => realtime.event.tag().to_owned(),
                legalesign::webhook::Event::Notice(_) => {
                    format!("a notice to `{}`", verified.reference().unwrap_or("?"))
                }
                legalesign::webhook::Event::Changes(changes) => format!("{} changes", changes.len()),
                _ => "something unsigned".to_owned(),
            };
            let answer = for_legalesign.take(&verified, &format!("Legalesign: {kind}"));
            async move { answer }
        })?
        .mount("/callbacks/leap", leap, move |verified: Verified<leap::webhook::Completion>| {
            let what = format!("Leap: {} is signed", verified.reference().unwrap_or("?"));
            let answer = for_leap.take(&verified, &what);
            async move { answer }
        })?
        .mount("/callbacks/sign8", sign8, move |verified| {
            // Nothing tells two refusals apart: in an application this looks at all open workflows, each time.
            let _ = for_sign8.take(&verified, &format!("SIGN8: {}", verified.event().kind));
            async { Acknowledgement::Stored }
        })?;
    Ok(router.into())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let signly_server = mock::signly::Server::start().await?;
    let legalesign_server = mock::legalesign::Server::start().await?;
    let leap_server = mock::leap::Server::start().await?;
    let sign8_server = mock::sign8::Server::start().await?;

    // A secret for each purpose, so that one that leaks opens nothing else.
    let in_header = Secret::chosen("a long random value, shared with Signly")?;
    let in_urls = Secret::chosen("a long random value that only we know")?;
    let legalesign_urls = legalesign::webhook::CallbackUrls::new(in_urls.clone());
    let leap_urls = leap::webhook::CallbackUrls::new(in_urls.clone());
    let sign8_urls = sign8::webhook::CallbackUrls::new(in_urls);
    let certificate = RsaKey::from_certificate(legalesign_server.certificate())?.legacy_sha1()?;
    let verifiers = Verifiers {
        signly: signly::webhook::Verifier::builder()
            .shared_secret("X-Client-Auth", in_header.clone())
            .tenant(signly_server.tenant())
            .build()?,
        // Its realtime events are not signed in a way that is public. They come to a signed URL, and that is enough here.
        legalesign: legalesign::webhook::Verifier::builder()
            .certificate(certificate)
            .callback_urls(legalesign_urls.clone())
            .group(legalesign_server.group())
            .least_assurance(Assurance::Sender)
            .build()?,
        leap: leap::webhook::Verifier::builder().callback_urls(leap_urls.clone()).build()?,
        sign8: sign8::webhook::Verifier::builder()
            .callback_urls(sign8_urls.clone())
            .organisation("org-7")
            .build()?,
    };
    let inbox = Inbox::default();
    let router = router(verifiers, &inbox)?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}/callbacks", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });

    println!("Each provider is told where to call.");
    let webhook = signly_server.client()?.create_webhook().url(format!("{address}/signly"));
    let webhook = webhook.events([EventType::ProcessCompleted]);
    webhook.custom_headers([("X-Client-Auth", in_header.expose())]).send().await?;
    let client = legalesign_server.client()?;
    for notify in ["realtime", "signed"] {
        // The reference is how `signed` is told from `sent` and `rejected`: nothing in the callback says it.
        let url = legalesign_urls.mint(&format!("{address}/legalesign"), notify)?;
        client.subscribe().notify(notify).url(url.expose()).send().await?;
    }
    sign8_server.set_webhook(sign8_urls.mint(&format!("{address}/sign8"), "org-7")?.expose(), "org-7");

    println!("Contracts are signed, and one is refused. Everything is delivered twice.");
    let mut delivered = Vec::new();
    let completed = mock::signly::Event::new(EventType::ProcessCompleted);
    delivered.extend(signly_server.deliver_all([completed]).duplicated(2).send().await);

    let ada =
        legalesign::RecipientInput::default().email("ada@example.com").firstname("Ada").lastname("Lovelace");
    let document = client.create_document().group(legalesign_server.group()).name("Contract");
    let document = document.text("<p>I agree.</p>").signers([ada]).send().await?;
    legalesign_server.sign_all(&document.id)?;
    delivered.extend(legalesign_server.due().duplicated(2).send().await);

    let url = leap_urls.mint(&format!("{address}/leap"), "contract-17")?;
    let ada = leap::Person::default().name("Ada Example").email("ada@example.com");
    let contract = leap::SignDocument::pdf(Content::bytes("%PDF-1.7"));
    let start = leap_server.client()?.start_signing_process("Contract 17", contract);
    let start = start.project_owner(ada.clone()).signers([ada]);
    let process = start.sign_tasks_completed_callback_url(url.expose()).send().await?;
    leap_server.sign_all(process.id_at(mock::leap::ID_PATH).ok_or("the id is somewhere else")?)?;
    delivered.extend(leap_server.due().duplicated(2).send().await);

    let client = sign8_server.client()?;
    let answer = client.step(sign8::Step::AddWorkflow, json!({})).send().await?;
    let workflow = client.profile().id_in(sign8::Step::AddWorkflow, &answer).ok_or("it has no id")?;
    sign8_server.refuse(workflow)?;
    delivered.extend(sign8_server.due().duplicated(2).send().await);

    let refused = delivered.iter().filter(|each| !each.is_delivered()).count();
    println!("{} deliveries, {refused} refused, {} events", delivered.len(), inbox.len());
    assert_eq!((refused, delivered.len()), (0, 2 * inbox.len()), "a duplicate was taken for something new");
    for provider in ["signly:", "legalesign:", "leap:", "sign8:"] {
        let known = inbox.0.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(known.iter().any(|key| key.as_str().starts_with(provider)), "nothing came from {provider}");
    }
    Ok(())
}
