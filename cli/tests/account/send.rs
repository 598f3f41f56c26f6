//! `countersign send`.

#[cfg(unix)]
use super::interrupted;
use super::{ADA, ALAN, PDF, sent};
use crate::support::Printed;
use crate::world::{self, World};
use countersign::mock::{Fault, leap, legalesign};
use serde_json::{Value, json};
use std::time::Duration;

fn to_legalesign(world: &World<legalesign::Server>, more: &[&str]) -> Printed {
    world.file("contract.pdf", PDF);
    let group = world.server.group();
    let arguments = ["send", "legalesign", "contract.pdf", "--group", group];
    world.run(&[&arguments[..], more].concat())
}

fn to_leap(world: &World<leap::Server>, more: &[&str]) -> Printed {
    world.file("contract.pdf", PDF);
    let arguments = ["send", "leap", "contract.pdf", "--owner", "Grace Example <grace@example.com>"];
    world.run(&[&arguments[..], more].concat())
}

#[test]
fn legalesign_gets_the_pdf_and_the_signers_in_order() {
    let world = world::legalesign();
    let printed = to_legalesign(&world, &["--signer", ADA, "--signer", ALAN]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let id = printed.out.trim();
    assert_eq!(world.server.documents(), [id]);
    assert!(printed.err.contains(&format!("countersign status legalesign {id}")), "{}", printed.err);
    world.server.assert_calls(&["create_pdf_template", "create_document"]);
    let document = world.server.calls("create_document");
    let body = document.only().json().unwrap();
    assert_eq!(body["name"], "contract");
    assert_eq!(body["do_email"], true);
    assert_eq!(body["signers_in_order"], true);
    let signer =
        |mail: &str, first: &str, last: &str| json!({ "email": mail, "firstname": first, "lastname": last });
    let signers =
        [signer("ada@example.com", "Ada King", "Lovelace"), signer("alan@example.com", "Alan", "Turing")];
    assert_eq!(body["signers"], json!(signers));
    let template = body["templatepdf"].as_str().unwrap().trim_end_matches('/').rsplit('/').next().unwrap();
    assert_eq!(world.server.pdf_template_bytes(template).as_deref(), Some(PDF));
}

#[test]
fn json_has_the_id_and_more() {
    let mut world = world::legalesign();
    world.set("LEGALESIGN_GROUP", world.server.group());
    world.file("contract.pdf", PDF);
    let arguments = ["send", "legalesign", "contract.pdf", "--signer", ADA];
    let more = ["--name", "Contract 17", "--any-order", "--text-tags", "--json"];
    let printed = world.run(&[&arguments[..], &more[..]].concat());
    assert_eq!(printed.code, 0, "{}", printed.err);
    let data = serde_json::from_str::<Value>(&printed.out).unwrap();
    assert_eq!(json!([data["id"]]), json!(world.server.documents()));
    assert_eq!(data["provider"], "legalesign");
    assert!(data["template"].is_string());
    let body = world.server.calls("create_document").only().json().unwrap();
    assert_eq!(body["name"], "Contract 17");
    assert_eq!(body["signers_in_order"], false);
    assert_eq!(world.server.calls("create_pdf_template").only().json().unwrap()["process_tags"], true);
}

#[test]
fn mistakes_are_found_before_anything_is_sent() {
    let world = world::legalesign();
    world.file("page.html", "<html>");
    world.file("empty.pdf", "");
    world.file("contract.docx", b"PK\x03\x04");
    let long = format!("{}.pdf", "n".repeat(61));
    world.file(&long, PDF);
    let cases: &[(&[&str], &str)] = &[
        (&["none.pdf", "--signer", ADA], "none.pdf: it cannot be read"),
        (&[".", "--signer", ADA], "no regular file"),
        (&["page.html", "--signer", ADA], "it is no PDF, since there is no %PDF- at its beginning"),
        (&["empty.pdf", "--signer", ADA], "it is empty"),
        (&["contract.docx", "--signer", ADA], "Legalesign takes a PDF"),
        (&[&long, "--signer", ADA], "61 characters, and 60 are allowed; give a shorter --name"),
        (&["contract.pdf"], "--signer <SIGNER>"),
        (
            &["contract.pdf", "--signer", "Ada"],
            "no mail address in it; write \"Ada Lovelace <ada@example.com>\"",
        ),
        (&["contract.pdf", "--signer", "ada@example.com"], "--signer \"First Last <ada@example.com>\""),
        (&["contract.pdf", "--signer", ADA, "--signer", ADA], "ada@example.com is a --signer twice"),
        (&["contract.pdf", "--signer", ADA, "--owner", ALAN], "Legalesign has no --owner"),
    ];
    world.file("contract.pdf", PDF);
    for (arguments, problem) in cases {
        let printed = world.run(&[&["send", "legalesign", "--group", "g"], *arguments].concat());
        assert_eq!(printed.code, 2, "{arguments:?}: {}", printed.err);
        assert!(printed.err.contains(problem), "{arguments:?}: {}", printed.err);
        assert_eq!(printed.out, "");
    }
    let printed = world.run(&["send", "legalesign", "contract.pdf", "--signer", ADA]);
    assert_eq!(printed.code, 2);
    assert!(printed.err.contains("--group, or in LEGALESIGN_GROUP"), "{}", printed.err);
    world.server.assert_calls(&[]);
}

#[test]
fn a_lost_answer_is_not_followed_by_a_second_document() {
    let world = world::legalesign();
    world.server.fail_next_on("create_document", Fault::lost_answer());
    let printed = to_legalesign(&world, &["--signer", ADA]);
    assert_eq!(printed.code, 3);
    assert_eq!(printed.out, "");
    assert!(printed.err.contains("it may have happened"), "{}", printed.err);
    assert!(printed.err.contains("Do not send it again before you have looked"), "{}", printed.err);
    assert_eq!(world.server.documents().len(), 1);
    world.server.assert_calls(&["create_pdf_template", "create_document"]);
}

#[cfg(unix)]
#[test]
fn whoever_interrupts_it_is_told_that_it_may_have_been_sent() {
    let world = world::legalesign();
    world.file("contract.pdf", PDF);
    world.server.fail_next_on("create_document", Fault::delay(Duration::from_secs(3600)));
    let arguments = ["send", "legalesign", "contract.pdf", "--group", world.server.group(), "--signer", ADA];
    let output = interrupted(&world, &arguments, || world.server.calls("create_document").count() > 0);
    assert_eq!(output.status.code(), Some(3));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("interrupted") && told.contains("It may have been sent"), "{told}");
    assert!(told.contains("\n  countersign list legalesign --group "), "{told}");
}

#[test]
fn an_upload_that_is_lost_has_written_to_nobody() {
    let world = world::legalesign();
    world.server.fail_next_on("create_pdf_template", Fault::lost_answer());
    let printed = to_legalesign(&world, &["--signer", ADA]);
    assert_eq!(printed.code, 1);
    assert!(printed.err.contains("Nobody was written to; the PDF may have been stored"), "{}", printed.err);
    world.server.assert_calls(&["create_pdf_template"]);
}

#[test]
fn a_refusal_is_told_in_the_words_of_legalesign() {
    let world = world::legalesign();
    let refusal = json!({ "document": { "name": ["Too\u{1b}[31m short."] } }).to_string();
    world.server.fail_next_on("create_document", Fault::answer(400, "application/json", refusal));
    let printed = to_legalesign(&world, &["--signer", ADA]);
    assert_eq!(printed.code, 1);
    assert!(printed.err.contains("legalesign said: name: Too [31m short."), "{}", printed.err);
    assert!(printed.err.contains("Nobody was written to. The PDF stays, as the template"), "{}", printed.err);
}

#[test]
fn a_wrong_key_and_a_stopped_server_send_nothing() {
    let mut world = world::legalesign();
    world.set("LEGALESIGN_API_KEY", "ak_wrong.c2VjcmV0");
    let printed = to_legalesign(&world, &["--signer", ADA]);
    assert_eq!(printed.code, 1);
    assert!(printed.err.contains("401"), "{}", printed.err);
    assert!(printed.err.contains("Nobody was written to"), "{}", printed.err);
    assert!(!printed.err.contains("c2VjcmV0"));
    assert_eq!(world.server.documents(), Vec::<String>::new());

    // A port that nobody listens on.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    world.set("LEGALESIGN_BASE_URL", format!("http://{free}/api/v1"));
    let printed = to_legalesign(&world, &["--signer", ADA]);
    assert_eq!(printed.code, 1);
    assert!(printed.err.contains("no connection"), "{}", printed.err);
    assert!(printed.err.contains("It can be sent again"), "{}", printed.err);
}

#[test]
fn the_key_comes_from_a_file_or_from_standard_input() {
    let mut world = world::legalesign();
    let key = world.server.api_key().to_owned();
    world.variables.retain(|(name, _)| *name != "LEGALESIGN_API_KEY");
    world.file("contract.pdf", PDF);
    let group = world.server.group();
    let arguments = ["send", "legalesign", "contract.pdf", "--group", group, "--signer", ADA];

    let printed = world.run(&arguments);
    assert_eq!(printed.code, 2);
    assert!(printed.err.contains("LEGALESIGN_API_KEY"), "{}", printed.err);

    let path = world.file("key", format!("{key}\n"));
    world.set("LEGALESIGN_API_KEY_FILE", path.to_str().unwrap());
    assert_eq!(world.run(&arguments).code, 0);

    world.set("LEGALESIGN_API_KEY_FILE", "-");
    let printed = crate::support::run(world.command().args(arguments).write_stdin(format!("{key}\n")));
    assert_eq!(printed.code, 0, "{}", printed.err);

    let printed = crate::support::run(world.command().args(arguments).write_stdin(""));
    assert_eq!(printed.code, 2);
    assert!(printed.err.contains("LEGALESIGN_API_KEY_FILE names is empty"), "{}", printed.err);
    assert_eq!(world.server.documents().len(), 2);
}

#[test]
fn leap_gets_everything_in_one_call() {
    let world = world::leap();
    let more = ["--signer", ADA, "--signer", "bob@example.com", "--id-at", leap::ID_PATH];
    let printed = to_leap(&world, &more);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let id = printed.out.trim();
    world.server.assert_calls(&["start_signing_process"]);
    let process = world.server.process(id).unwrap();
    assert_eq!(process.name, "contract");
    assert_eq!(world.server.document_bytes(id).as_deref(), Some(PDF));
    assert!(printed.err.contains(&format!("countersign status leap {id}")), "{}", printed.err);
    // The first one signs before the second.
    assert!(world.server.sign(id, 1).is_err());
    assert!(world.server.sign(id, 0).is_ok());
}

#[test]
fn without_the_place_of_the_id_the_answer_is_printed() {
    let mut world = world::leap();
    let printed = to_leap(&world, &["--signer", ADA]);
    assert_eq!(printed.code, 0);
    let answer = serde_json::from_str::<Value>(&printed.out).unwrap();
    let id = answer.pointer(leap::ID_PATH).and_then(Value::as_str).unwrap();
    assert!(world.server.process(id).is_some());
    assert!(printed.err.contains("--id-at"), "{}", printed.err);

    world.set("LEAP_ID_PATH", "/somewhere/else");
    let printed = to_leap(&world, &["--signer", ADA]);
    assert_eq!(printed.code, 4);
    assert!(printed.err.contains("it was started, so do not send it again"), "{}", printed.err);
    assert!(serde_json::from_str::<Value>(&printed.out).is_ok());

    let printed = to_leap(&world, &["--signer", ADA, "--id-at", leap::ID_PATH, "--json"]);
    let data = serde_json::from_str::<Value>(&printed.out).unwrap();
    assert_eq!(data["id"], *data["answer"].pointer(leap::ID_PATH).unwrap());
}

#[test]
fn leap_takes_a_docx_and_a_callback() {
    let mut world = world::leap();
    world.file("contract.docx", b"PK\x03\x04 the contract");
    let owner = ["--owner", "grace@example.com", "--signer", ADA, "--any-order", "--id-at", leap::ID_PATH];
    world.set("LEAP_CALLBACK_URL", "http://127.0.0.1:9/done");
    let printed = world.run(&[&["send", "leap", "contract.docx"], &owner[..]].concat());
    assert_eq!(printed.code, 0, "{}", printed.err);
    let process = world.server.process(printed.out.trim()).unwrap();
    assert_eq!(process.callback_url.as_deref(), Some("http://127.0.0.1:9/done"));

    let bad = world.run(
        &[&["send", "leap", "contract.docx", "--callback-url", "http://example.com"], &owner[..]].concat(),
    );
    assert_eq!(bad.code, 2, "{}", bad.err);
    assert!(bad.err.contains("has to be an https URL"), "{}", bad.err);
    world.server.assert_calls(&["start_signing_process"]);
}

#[test]
fn leap_is_not_asked_twice_and_its_reason_is_told() {
    let world = world::leap();
    world.server.fail_next_on("start_signing_process", Fault::status(500));
    let printed = to_leap(&world, &["--signer", ADA]);
    assert_eq!(printed.code, 3);
    assert!(printed.err.contains("may have been written to. Do not send it\nagain"), "{}", printed.err);
    assert!(printed.err.contains("no call is documented that lists"), "{}", printed.err);
    let refusal = json!({ "message": "The format is not supported." }).to_string();
    world.server.fail_next_on("start_signing_process", Fault::answer(400, "application/json", refusal));
    let printed = to_leap(&world, &["--signer", ADA]);
    assert_eq!(printed.code, 1);
    assert!(printed.err.contains("leap said: The format is not supported."), "{}", printed.err);
    assert!(printed.err.contains("Nobody was written to"), "{}", printed.err);
    world.server.calls("start_signing_process").assert_count(2);
}

#[test]
fn leap_wants_an_owner_and_no_group() {
    let world = world::leap();
    world.file("contract.pdf", PDF);
    let without = world.run(&["send", "leap", "contract.pdf", "--signer", ADA]);
    assert_eq!(without.code, 2);
    assert!(without.err.contains("--owner \"Name <mail>\""), "{}", without.err);
    let group = to_leap(&world, &["--signer", ADA, "--group", "g"]);
    assert_eq!(group.code, 2);
    assert!(group.err.contains("Documill Leap has no --group"), "{}", group.err);
    let tag = to_leap(&world, &["--signer", ADA, "--tag", "t"]);
    assert!(tag.code == 2 && tag.err.contains("Documill Leap has no --tag"), "{}", tag.err);
    world.server.assert_calls(&[]);
}

#[test]
fn who_has_no_such_call_says_what_to_use() {
    let world = world::legalesign();
    world.file("contract.pdf", PDF);
    for (provider, instead) in
        [("signly", "signly_publish"), ("sign8", "sign8_workflow"), ("faireplace", "initiate_signature")]
    {
        let printed = world.run(&["send", provider, "contract.pdf", "--signer", ADA]);
        assert_eq!(printed.code, 2);
        assert!(printed.err.contains(instead), "{}", printed.err);
    }
}

#[test]
fn two_documents_are_two() {
    let world = world::legalesign();
    assert_ne!(sent(&world), sent(&world));
}
