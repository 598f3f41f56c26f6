//! Leap signs nothing, so the URL is the proof: one for each signing process, which nobody could have guessed.
//!
//! ```sh
//! cargo run --example signed_callback_url
//! ```

use anstream::println;
use countersign::leap::webhook::{CallbackUrls, Completion, Verifier};
use countersign::leap::{Client, Person, SignDocument};
use countersign::mock::leap as mock;
use countersign::webhook::{Acknowledgement, CallbackRouter, Verified};
use countersign::{Content, Link, Secret};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;

/// What the application knows of its contracts: which process each one has. In an application this is a table.
#[derive(Clone, Default)]
struct Contracts(Arc<Mutex<HashMap<String, String>>>);

impl Contracts {
    fn is_sent(&self, contract: &str, process: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(contract.to_owned(), process);
    }

    fn process_of(&self, contract: &str) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(contract).cloned()
    }
}

/// The callback says which contract it is about. Whether everybody has signed the process itself says.
async fn receive(verified: Verified<Completion>, contracts: Contracts, leap: Client) -> Acknowledgement {
    let contract = verified.reference().unwrap_or_default();
    let Some(process) = contracts.process_of(contract) else {
        println!("  {contract}: not sent yet, as far as we know");
        return Acknowledgement::Later { after: None };
    };
    match verified.confirm_with(&leap, process).await {
        Ok(process) => {
            let status = process.get("/mock/status").and_then(|status| status.as_str());
            println!("  {contract}: {}", status.unwrap_or("?"));
            Acknowledgement::Stored
        }
        Err(error) => {
            println!("  {contract}: {error}");
            Acknowledgement::Later { after: None }
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = mock::Server::start().await?;
    let leap = server.client()?;

    // Who sends and who receives have the same secret; they may be different programs.
    let urls = CallbackUrls::new(Secret::chosen("a long random value that only we know")?);
    let verifier = Verifier::builder().callback_urls(urls.clone()).build()?;
    let contracts = Contracts::default();
    let (known, client) = (contracts.clone(), leap.clone());
    let router = CallbackRouter::new().mount("/callbacks/leap", verifier, move |verified| {
        receive(verified, known.clone(), client.clone())
    })?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}/callbacks/leap", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, axum::Router::from(router)).await });

    println!("Two contracts go out, each with a URL of its own.");
    for contract in ["contract-17", "contract-18"] {
        let url = urls.mint(&address, contract)?;
        contracts.is_sent(contract, start(&leap, contract, &url).await?);
    }

    println!("Everybody signs contract-18.");
    let process = contracts.process_of("contract-18").ok_or("it was not sent")?;
    server.sign_all(&process)?;
    let delivered = server.deliver_due().await;
    assert!(delivered.iter().all(countersign::mock::Delivered::is_delivered) && delivered.len() == 1);

    println!("Somebody who knows the address, and has a URL for SIGN8 of ours, calls it.");
    let others = countersign::sign8::webhook::CallbackUrls::new(Secret::chosen(
        "a long random value that only we know",
    )?);
    for url in [address.clone(), others.mint(&address, "contract-17")?.expose().to_owned()] {
        let delivered = server.deliver_to(&url, [countersign::mock::CallbackRequest::empty()]).send().await;
        for attempt in delivered.iter().flat_map(countersign::mock::Delivered::attempts) {
            println!("  {:?}", attempt.outcome);
            assert!(!attempt.outcome.is_accepted());
        }
    }
    server.shutdown().await;
    Ok(())
}

/// The id of the process, which is known only now.
async fn start(leap: &Client, contract: &str, url: &Link) -> Result<String, Box<dyn std::error::Error>> {
    let ada = Person::default().name("Ada Example").email("ada@example.com");
    let document = SignDocument::pdf(Content::bytes("%PDF-1.7"));
    let call = leap.start_signing_process(contract, document).project_owner(ada.clone()).signers([ada]);
    let process = call.sign_tasks_completed_callback_url(url.expose()).send().await?;
    let id = process.id_at(mock::ID_PATH).ok_or("the id is somewhere else")?;
    Ok(id.to_string())
}
