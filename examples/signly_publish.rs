//! A lease is uploaded as a template, published to two people, and followed until both have signed.
//!
//! ```sh
//! cargo run --example signly_publish
//! ```

use anstream::println;
use countersign::mock::signly::Server;
use countersign::signly::{
    DocumentStatus, Followed, ParticipantCreate, ParticipantIdentity, SignatureMode, TemplateField,
    TemplateFieldType,
};
use countersign::{Clock as _, Content, ErrorKind, SystemClock, Timestamp};
use std::time::Duration;

const LEASE: &[u8] = b"%PDF-1.7 a lease";

fn participant(name: &str, email: &str) -> ParticipantCreate {
    let identity = ParticipantIdentity::default().email(email).phone("+570000000000");
    let participant = ParticipantCreate::default().display_name(name).identity(identity);
    participant.signature_mode([SignatureMode::SignatureEmail])
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server::start().await?;
    let signly = server.client()?;

    // The template: its PDF goes to another host, and no header of Signly's goes with it.
    let template = signly.create_template().template_name("Lease").send().await?;
    let template = template.template_id.ok_or("the template has no id")?;
    let version = signly.upload_template_pdf(&template, "0001", Content::from(LEASE)).send().await?;
    let again = signly.upload_template_pdf(&template, "0001", Content::from(LEASE)).send().await;
    assert_eq!(again.map_err(|error| error.kind()), Err(ErrorKind::Conflict), "a version gets one PDF");
    let signature = TemplateField::default().field_name("SIGNATURE").field_type(TemplateFieldType::Sign);
    let signature =
        signature.field_code("3").page("1").x("72.00").y("640.00").width("160.00").height("32.00");
    signly.replace_template_fields(&template, [signature]).send().await?;
    println!("Template {template} has version {version}");

    let copy = signly.download_template_pdf(&template, &version).await?.bytes(1024).await?;
    assert_eq!(copy, LEASE);
    server.assert_no_credential_leaked();

    // The document. Each participant has a process; its id is only in this answer, so it is stored at once.
    let week = SystemClock.now() + Duration::from_secs(7 * 24 * 3600);
    let call = signly.create_document().template_id(&template).template_version(&version);
    let call =
        call.participants([participant("Ada", "ada@example.com"), participant("Bob", "bob@example.com")]);
    let document = call.deadline_at(Timestamp::from(week)).send().await?;
    let stored = serde_json::to_string(&Followed::of(&document)?)?;

    // Another program goes on from there.
    let followed: Followed = serde_json::from_str(&stored)?;
    let id = followed.document_id().clone();
    let [ada, bob] = followed.processes() else { return Err("there are two participants".into()) };
    let (ada, bob) = (ada.process_id().clone(), bob.process_id().clone());
    let mut following = signly.follow_document(followed, Duration::from_secs(1), Duration::from_secs(60));

    let mut told = Vec::new();
    let mut rounds = 0;
    while let Some(news) = following.next().await {
        let news = news?;
        told.extend(news.events.into_iter().filter_map(|event| event.event_type));
        println!("{:?}: {} events so far", news.document.status, told.len());
        // What people do between two questions.
        match rounds {
            0 => server.play_participant_signs(&ada)?,
            1 => {
                assert_eq!(told.iter().filter(|kind| *kind == "PROCESS_COMPLETED").count(), 1);
                assert!(!following.followed().is_over(), "one process is not the document");
                server.play_participant_signs(&bob)?;
            }
            _ => {}
        }
        rounds += 1;
    }

    assert_eq!(following.followed().status(), Some(&DocumentStatus::Completed));
    assert_eq!(told.iter().filter(|kind| *kind == "PROCESS_COMPLETED").count(), 2);
    println!("Document {id} is completed");
    server.shutdown().await;
    Ok(())
}
