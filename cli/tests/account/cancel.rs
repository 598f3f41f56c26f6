//! `countersign cancel`.

#[cfg(unix)]
use super::interrupted;
use super::{ADA, PDF, sent};
use crate::world;
use crate::{screen, support};
use countersign::leap::ProjectStatus;
use countersign::mock::{Fault, Scene, leap};
use serde_json::Value;
#[cfg(unix)]
use std::time::Duration;

#[test]
fn legalesign_voids_and_archives() {
    let world = world::legalesign();
    let id = sent(&world);
    let printed = world.run(&["cancel", "legalesign", &id, "--yes"]);
    assert_eq!((printed.code, printed.out.as_str()), (0, ""), "{}", printed.err);
    assert!(printed.err.contains("Done: the document is void, and put into the archive."), "{}", printed.err);
    assert_eq!(world.server.document(&id).unwrap()["status"], 40);
    assert_eq!(world.server.calls("archive_document").only().query, None);

    let other = sent(&world);
    world.server.clear_requests();
    let printed = world.run(&["cancel", "legalesign", &other, "--yes", "--tell", "--json"]);
    let data = serde_json::from_str::<Value>(&printed.out).unwrap();
    assert_eq!((&data["done"], &data["status"]), (&"archived".into(), &"removed".into()));
    world.server.calls("archive_document").only().assert_query("email", "true");
}

#[cfg(unix)]
#[test]
fn an_interrupted_cancellation_may_have_been_done() {
    let world = world::legalesign();
    let id = sent(&world);
    world.server.fail_next_on("archive_document", Fault::delay(Duration::from_secs(3600)));
    let arguments = ["--json", "cancel", "legalesign", &id, "--yes"];
    let output = interrupted(&world, &arguments, || world.server.calls("archive_document").count() > 0);
    assert_eq!(output.status.code(), Some(3));
    let error = &serde_json::from_slice::<Value>(&output.stdout).unwrap()["error"];
    assert_eq!((&error["effect"], &error["kind"]), (&"unknown".into(), &"interrupted".into()), "{error}");
    assert_eq!(error["look_up"], format!("countersign status legalesign {id}"));
}

#[test]
fn a_document_that_is_over_is_not_said_to_be_voided() {
    let world = world::legalesign();
    let cases = [Scene::EveryoneSigns, Scene::SecondSignerRefuses];
    for (scene, expected) in cases.into_iter().zip(["It is not void: it is signed.", "It was rejected."]) {
        let id = sent(&world);
        world.wait_for(world.server.play(scene, &id)).unwrap();
        let told = world.run(&["cancel", "legalesign", &id, "--yes", "--tell"]);
        assert_eq!(told.code, 2, "{}", told.err);
        assert!(told.err.contains("would be told that it is void"), "{}", told.err);
        let printed = world.run(&["--json", "cancel", "legalesign", &id, "--yes"]);
        assert_eq!(printed.code, 0, "{}", printed.err);
        assert!(printed.err.contains(expected), "{}", printed.err);
        assert!(!printed.err.contains("voided") && !printed.err.contains("is void,"), "{}", printed.err);
        let data = printed.json().remove(0);
        assert_eq!(data["done"], "archived");
        assert!(["signed", "rejected"].contains(&data["status"].as_str().unwrap()), "{data}");
    }
    world.server.calls("archive_document").assert_count(2);
}

#[test]
fn whoever_is_asked_is_told_what_it_means_for_this_document() {
    let world = world::legalesign();
    let id = sent(&world);
    world.server.sign_all(&id).unwrap();
    let seen = screen::run(&world, &["cancel", "legalesign", &id], "n\n");
    let shown = seen.screen.replace('\n', "");
    assert!(shown.contains("the document is signed: it is put into the archive, and not voided"), "{shown}");
}

#[test]
fn leap_stops_for_good() {
    let world = world::leap();
    world.file("contract.pdf", PDF);
    let owner = ["--owner", ADA, "--signer", ADA, "--id-at", leap::ID_PATH];
    let id = world.run(&[&["send", "leap", "contract.pdf"], &owner[..]].concat()).out.trim().to_owned();
    assert_eq!(world.run(&["cancel", "leap", &id, "--yes"]).code, 0);
    assert_eq!(world.server.process(&id).map(|process| process.status), Some(ProjectStatus::Canceled));

    world.server.fail_next_on("cancel_signing_process", Fault::status(400));
    let printed = world.run(&["cancel", "leap", &id, "--yes"]);
    assert_eq!(printed.code, 1);
    assert!(printed.err.contains("completed already"), "{}", printed.err);
    let printed = world.run(&["cancel", "leap", &id, "--yes", "--tell"]);
    assert_eq!(printed.code, 2);
    assert!(printed.err.contains("has no --tell"), "{}", printed.err);
}

#[test]
fn signly_cancels() {
    let world = world::signly();
    let printed = world.run(&["cancel", "signly", "doc_unknown", "--yes"]);
    assert_eq!(printed.code, 1);
    world.server.calls("cancel_document").assert_count(1);
}

#[test]
fn without_a_terminal_nobody_is_asked_and_nothing_is_done() {
    let world = world::legalesign();
    let id = sent(&world);
    let printed = support::run(world.command().args(["cancel", "legalesign", &id]).write_stdin("y\n"));
    assert_eq!(printed.code, 2);
    assert!(printed.err.contains("say --yes"), "{}", printed.err);
    world.server.calls("archive_document").assert_count(0);
}

#[test]
fn on_a_terminal_somebody_is_asked() {
    let world = world::legalesign();
    let id = sent(&world);
    for answer in ["n\n", "\n"] {
        let seen = screen::run(&world, &["cancel", "legalesign", &id], answer);
        assert_eq!(seen.code, 1, "{}", seen.screen);
        assert!(seen.screen.contains("Go on? [y/N]"), "{}", seen.screen);
        assert!(seen.screen.contains("Nothing was done."), "{}", seen.screen);
    }
    world.server.calls("archive_document").assert_count(0);
    let seen = screen::run(&world, &["cancel", "legalesign", &id], "y\n");
    assert_eq!(seen.code, 0, "{}", seen.screen);
    world.server.calls("archive_document").assert_count(1);
}

#[test]
fn whoever_does_not_know_is_told_to_look() {
    let world = world::legalesign();
    let id = sent(&world);
    world.server.fail_next_on("archive_document", Fault::lost_answer());
    let printed = world.run(&["cancel", "legalesign", &id, "--yes"]);
    assert_eq!(printed.code, 3);
    assert!(printed.err.contains("it may have happened"), "{}", printed.err);
    assert!(printed.err.contains(&format!("countersign status legalesign {id}")), "{}", printed.err);
    world.server.calls("archive_document").assert_count(1);
}

#[test]
fn who_has_no_such_call_says_so() {
    let world = world::legalesign();
    for (provider, problem) in [("sign8", "no call is known"), ("faireplace", "expires")] {
        let printed = world.run(&["cancel", provider, "id", "--yes"]);
        assert_eq!(printed.code, 2);
        assert!(printed.err.contains(problem), "{}", printed.err);
    }
}
