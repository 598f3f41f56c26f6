//! `countersign status`.

use super::{ADA, PDF, sent};
use crate::world;
use countersign::mock::{Fault, leap};
use countersign::signly::{ParticipantCreate, ParticipantIdentity, SignatureMode};
use serde_json::Value;

#[test]
fn of_legalesign_each_signer_is_a_line() {
    let world = world::legalesign();
    let id = sent(&world);
    let signers = world.server.signers(&id);
    world.server.sign(&signers[0]).unwrap();
    let printed = world.run(&["status", "legalesign", &id]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let line = |name: &str| printed.out.lines().find(|line| line.contains(name)).unwrap().to_owned();
    assert_eq!(line("status "), "status     initial (10)");
    assert_eq!(line("name "), "name       contract");
    assert!(line("ada@example.com").starts_with("signed (40)  Ada King Lovelace  ada@example.com"));
    assert!(line("alan@example.com").contains("Alan Turing"));
    assert!(!line("alan@example.com").contains("signed"));

    world.server.sign_all(&id).unwrap();
    let printed = world.run(&["status", "legalesign", &id, "--json"]);
    let data = serde_json::from_str::<Value>(&printed.out).unwrap();
    assert_eq!(data["status"], "signed");
    assert_eq!(data["code"], 30);
    assert_eq!(data["has_final_pdf"], true);
    assert_eq!(data["signers"][1]["mail"], "alan@example.com");
    assert_eq!(data["signers"][1]["code"], 40);
}

#[test]
fn a_number_that_nobody_knows_is_kept() {
    let world = world::legalesign();
    let id = sent(&world);
    world.server.fail_next_on(
        "get_document",
        Fault::answer(200, "application/json", r#"{"status": 77, "name": "a\u001b[2Jb"}"#),
    );
    let printed = world.run(&["status", "legalesign", &id]);
    assert!(printed.out.contains("unknown (77)"), "{}", printed.out);
    assert!(printed.out.contains("a [2Jb"), "{}", printed.out);
}

#[test]
fn what_is_not_there_and_what_is_no_id() {
    let world = world::legalesign();
    let printed = world.run(&["status", "legalesign", "6f1d9c52-0a3b-4e77-9d24-58b1c3ae7f60"]);
    assert_eq!((printed.code, printed.out.as_str()), (1, ""));
    assert!(printed.err.contains("404"), "{}", printed.err);
    let printed = world.run(&["status", "legalesign", ".."]);
    assert_eq!(printed.code, 2, "{}", printed.err);
}

#[test]
fn of_leap_the_answer_is_printed_as_it_came() {
    let world = world::leap();
    world.file("contract.pdf", PDF);
    let owner = ["--owner", ADA, "--signer", ADA, "--id-at", leap::ID_PATH];
    let id = world.run(&[&["send", "leap", "contract.pdf"], &owner[..]].concat()).out.trim().to_owned();
    let printed = world.run(&["status", "leap", &id]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let answer = serde_json::from_str::<Value>(&printed.out).unwrap();
    assert_eq!(answer.pointer(leap::ID_PATH).unwrap(), id.as_str());
    assert!(printed.err.contains("what its members mean is not public"), "{}", printed.err);
    let printed = world.run(&["status", "leap", &id, "--json"]);
    assert_eq!(printed.out.lines().count(), 1);
    assert_eq!(serde_json::from_str::<Value>(&printed.out).unwrap()["answer"], answer);
}

#[test]
fn of_faireplace_a_lease_is_read() {
    let world = world::faireplace();
    let signature = world.server.start_signature(["PROPRIETAIRE", "LOCATAIRE"]);
    let printed = world.run(&["status", "faireplace", signature.lease_id.as_str(), "--json"]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let data = serde_json::from_str::<Value>(&printed.out).unwrap();
    assert!(data["answer"].is_object());
    assert_eq!(data["id"], signature.lease_id.as_str());
}

#[test]
fn of_signly_the_participants_are_told() {
    let world = world::signly();
    let client = world.server.client().unwrap();
    let document = world.wait_for(async {
        let template =
            client.create_template().template_name("Lease").send().await.unwrap().template_id.unwrap();
        client.upload_template_pdf(&template, "0001", PDF).send().await.unwrap();
        let identity = ParticipantIdentity::default().email("ada@example.com").phone("+570000000000");
        let ada = ParticipantCreate::default().display_name("Ada").identity(identity);
        let ada = ada.signature_mode([SignatureMode::SignatureEmail]);
        client
            .create_document()
            .template_id(&template)
            .template_version("0001")
            .participants([ada])
            .send()
            .await
    });
    let id = document.unwrap().document_id.unwrap();
    let printed = world.run(&["status", "signly", id.as_str()]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    assert!(printed.out.contains("status     CREATED"), "{}", printed.out);
    assert!(printed.out.contains("Ada"), "{}", printed.out);
    assert!(printed.out.contains("ada@example.com"), "{}", printed.out);
}

#[test]
fn of_sign8_no_call_is_known() {
    let world = world::legalesign();
    let printed = world.run(&["status", "sign8", "w-1"]);
    assert_eq!(printed.code, 2);
    assert!(printed.err.contains("no call is known that reads"), "{}", printed.err);
}
