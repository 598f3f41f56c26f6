//! All mocks as servers, for programs that are not written in Rust, and for fuzzers that are driven by `openapi/`.
//!
//! Prints a line of JSON for each document: where its mock listens, the headers that authorise, and ids of what no call
//! makes. Without `--serve` it ends there.
//!
//! ```sh
//! cargo run --example serve_mocks -- --serve
//! ```
//!
//! With it the mocks serve until the standard input ends, or the program is interrupted.

use anstream::println;
use countersign::mock::{self, faireplace, leap, legalesign, sign8, signly};
use countersign::sign8::{CredentialForm, IdPlace, Profile, Step, StepProfile};
use serde_json::{Value, json};
use std::io;
use std::time::{Duration, SystemTime};

/// How many leases there are to be signed, and how many that are being signed: no call makes one.
const LEASES: usize = 500;
const RENTER: &str = "LOCATAIRE";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let signly = signly::Server::start().await?;
    let headers = json!({ "X-Tenant-Signly": signly.tenant(), "X-Auth-Signly": signly.api_key() });
    show("signly", signly.base_url(), &headers, &json!({}));

    let legalesign = legalesign::Server::start().await?;
    legalesign.allow_automated_deletion(legalesign.group())?;
    let headers = json!({ "Authorization": format!("Bearer {}", legalesign.api_key()) });
    let ids = json!({ "groupId": [legalesign.group()], "userId": [legalesign.user()] });
    show("legalesign", legalesign.base_url(), &headers, &ids);

    let leap = leap::Server::start().await?;
    show("leap", leap.base_url(), &json!({ "Authorization": leap.api_key() }), &json!({}));

    let sign8 = sign8::Server::start_with(as_in_the_document(), mock::Setup::new()).await?;
    show("sign8", sign8.base_url(), &json!({ (HEADER): sign8.api_key() }), &json!({}));

    let faireplace = faireplace::Server::start().await?;
    faireplace.set_credits(u32::MAX);
    faireplace.set_time(SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000));
    let leases = (0..LEASES).map(|_| faireplace.add_lease()).collect::<Vec<_>>();
    let headers = json!({ "Authorization": format!("Bearer {}", faireplace.api_key()) });
    let under_way = (0..LEASES).map(|_| faireplace.start_signature([RENTER])).collect::<Vec<_>>();
    // A new code may be sent after a minute, and a code lasts for five.
    faireplace.advance(Duration::from_secs(90));
    let code = |signature: &faireplace::Signature| faireplace.otp(&signature.lease_id, RENTER);
    let ids = json!({
        "leaseId": leases.iter().map(|lease| &lease.id).collect::<Vec<_>>(),
        "pdf_id": leases.iter().map(|lease| &lease.pdf_id).collect::<Vec<_>>(),
        "leaseIdUnderWay": under_way.iter().map(|signature| &signature.lease_id).collect::<Vec<_>>(),
        "documentSignatureId":
            under_way.iter().map(|signature| &signature.document_signature_id).collect::<Vec<_>>(),
        "otp": under_way.iter().map(code).collect::<Vec<_>>(),
    });
    show("faireplace-signatures", faireplace.signatures_base_url(), &headers, &ids);
    let headers = json!({ "X-API-Key": faireplace.worker_key(), "X-Tenant-ID": faireplace.organisation() });
    show("faireplace-workers", faireplace.workers_base_url(), &headers, &ids);

    if std::env::args().any(|argument| argument == "--serve") {
        tokio::task::spawn_blocking(|| io::copy(&mut io::stdin().lock(), &mut io::sink())).await??;
    }
    Ok(())
}

fn show(document: &str, base_url: &str, headers: &Value, ids: &Value) {
    println!("{}", json!({ "document": document, "base_url": base_url, "headers": headers, "ids": ids }));
}

/// The placeholder in `openapi/sign8.yaml`.
const HEADER: &str = "Named-By-The-Profile";

/// A profile that says what the document has placeholders for: that makes them real for this one server.
fn as_in_the_document() -> Profile {
    let profile =
        Profile::default().base_url("https://sign8.invalid").credential(HEADER, CredentialForm::Bare);
    Step::ALL.into_iter().fold(profile, |profile, step| {
        let operation = step.operation();
        profile.step(step, StepProfile::new(operation.path, IdPlace::At("/id".to_owned())))
    })
}
