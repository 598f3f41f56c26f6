//! `countersign download`.

#[cfg(unix)]
use super::interrupted;
use super::sent;
use crate::world::{self, World};
use crate::{screen, support};
use countersign::mock::{Fault, legalesign};
use serde_json::Value;
use std::time::Duration;

/// A document that everybody has signed, in a folder of its own.
fn signed() -> (World<legalesign::Server>, String, Vec<u8>) {
    let world = world::legalesign();
    let id = sent(&world);
    world.server.sign_all(&id).unwrap();
    std::fs::remove_file(world.folder.path().join("contract.pdf")).unwrap();
    let pdf = world.server.final_pdf(&id).unwrap().to_vec();
    (world, id, pdf)
}

#[test]
fn the_pdf_gets_the_name_of_its_id() {
    let (world, id, pdf) = signed();
    let printed = world.run(&["download", "legalesign", &id]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let name = format!("{id}.pdf");
    assert_eq!(printed.out.trim(), name);
    assert_eq!(world.names(), std::slice::from_ref(&name));
    assert_eq!(std::fs::read(world.folder.path().join(name)).unwrap(), pdf);
    assert!(printed.err.contains("SHA-256"), "{}", printed.err);
}

#[test]
fn json_says_how_long_it_is_and_its_hash() {
    let (world, id, pdf) = signed();
    let printed = world.run(&["download", "legalesign", &id, "-o", "signed.pdf", "--json"]);
    let data = serde_json::from_str::<Value>(&printed.out).unwrap();
    assert_eq!(data["file"], "signed.pdf");
    assert_eq!(data["length"], pdf.len());
    assert_eq!(data["sha256"].as_str().unwrap().len(), 64);
}

#[test]
fn a_file_is_replaced_only_if_that_is_wanted() {
    let (world, id, pdf) = signed();
    let path = world.file("signed.pdf", "precious");
    world.server.clear_requests();
    let printed = world.run(&["download", "legalesign", &id, "-o", "signed.pdf"]);
    assert_eq!(printed.code, 2);
    assert!(printed.err.contains("--force replaces it"), "{}", printed.err);
    assert_eq!(std::fs::read(&path).unwrap(), b"precious");
    world.server.assert_calls(&[]);
    let printed = world.run(&["download", "legalesign", &id, "-o", "signed.pdf", "--force"]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    assert_eq!(std::fs::read(&path).unwrap(), pdf);
    assert_eq!(world.names(), ["signed.pdf"]);
}

#[test]
fn a_download_that_breaks_off_leaves_nothing_behind_and_replaces_nothing() {
    let (world, id, _) = signed();
    world.server.pdf_by_redirect(false);
    let path = world.file("signed.pdf", "precious");
    for more in [&["-o", "new.pdf"][..], &["-o", "signed.pdf", "--force"]] {
        world.server.fail_next_on("get_document_pdf", Fault::truncated());
        let printed = world.run(&[&["download", "legalesign", &id], more].concat());
        assert_eq!((printed.code, printed.out.as_str()), (1, ""));
        assert!(printed.err.contains("before it was complete"), "{}", printed.err);
    }
    assert_eq!(world.names(), ["signed.pdf"]);
    assert_eq!(std::fs::read(path).unwrap(), b"precious");
}

#[test]
fn another_pdf_than_the_one_that_was_signed_is_not_kept() {
    let (world, id, _) = signed();
    world.server.pdf_by_redirect(false);
    world.server.fail_next_on("get_document_pdf", Fault::answer(200, "application/pdf", "%PDF-1.7 another"));
    let printed = world.run(&["download", "legalesign", &id]);
    assert_eq!(printed.code, 1);
    assert!(printed.err.contains("do not use it"), "{}", printed.err);
    assert_eq!(world.names(), Vec::<String>::new());
}

#[test]
fn standard_output_gets_the_bytes_and_nothing_else() {
    let (world, id, pdf) = signed();
    let output = world.command().args(["download", "legalesign", &id, "-o", "-"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stdout, pdf);
    assert_eq!(world.names(), Vec::<String>::new());
    let printed = world.run(&["download", "legalesign", &id, "-o", "-", "--json"]);
    assert_eq!(printed.code, 2);
    assert!(printed.err.contains("give -o FILE"), "{}", printed.err);
}

#[test]
fn no_pdf_is_written_to_a_terminal() {
    let (world, id, _) = signed();
    let seen = screen::run(&world, &["download", "legalesign", &id, "-o", "-"], "");
    assert_eq!(seen.code, 2);
    assert!(seen.screen.contains("standard output is a terminal"), "{}", seen.screen);
}

#[test]
fn what_is_not_there_yet_is_said_to_be_so() {
    let world = world::legalesign();
    let id = sent(&world);
    let printed = world.run(&["download", "legalesign", &id, "-o", "signed.pdf"]);
    assert_eq!(printed.code, 1);
    assert!(
        printed.err.contains(&format!("countersign status legalesign {id} says who has not")),
        "{}",
        printed.err
    );
    world.server.sign_all(&id).unwrap();
    world.server.put_into_cold_storage(&id).unwrap();
    let printed = world.run(&["download", "legalesign", &id, "-o", "signed.pdf"]);
    assert_eq!(printed.code, 1);
    assert!(printed.err.contains("--wait 5h"), "{}", printed.err);
    assert_eq!(world.names(), ["contract.pdf"]);
    // Asked for, it is restored; hours later it is there, and nobody has to wait.
    world.server.advance(Duration::from_secs(5 * 3600));
    let printed = world.run(&["download", "legalesign", &id, "-o", "signed.pdf", "--wait", "5h"]);
    assert_eq!(printed.code, 0, "{}", printed.err);
}

#[cfg(unix)]
#[test]
fn an_interrupted_download_leaves_nothing_behind() {
    let (world, id, _) = signed();
    world.server.clear_requests();
    world.server.fail_next_on("get_document", Fault::delay(Duration::from_secs(3600)));
    let arguments = ["download", "legalesign", &id];
    let child = interrupted(&world, &arguments, || !world.server.requests().is_empty());
    assert_eq!(child.status.code(), Some(1));
    assert_eq!(world.names(), Vec::<String>::new());
}

#[test]
fn odd_arguments() {
    let (world, id, _) = signed();
    std::fs::create_dir(world.folder.path().join("folder")).unwrap();
    let cases: &[(&[&str], &str)] = &[
        (&["legalesign", &id, "-o", "folder"], "it is a folder"),
        (&["legalesign", &id, "-o", "no/where.pdf"], "nothing can be written there"),
        (&["legalesign", &id, "-o", "/dev/null", "--force"], "no regular file"),
        (&["legalesign", "../x"], "give -o FILE"),
        (&["legalesign", &id, "--wait", "5"], "such as 90s, 30m, 5h or 1d"),
        (&["leap", "id"], "get it by mail"),
        (&["signly", "id"], "download_template_pdf"),
        (&["sign8", "id"], "no call is known"),
        (&["faireplace", "id"], "signed_pdf_url"),
    ];
    for (arguments, problem) in cases {
        let printed = support::run(world.command().arg("download").args(*arguments));
        assert_eq!(printed.code, 2, "{arguments:?}: {}", printed.err);
        assert!(printed.err.contains(problem), "{arguments:?}: {}", printed.err);
    }
    assert_eq!(world.names(), ["folder"]);
}
