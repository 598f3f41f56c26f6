//! Commands that fail: exit codes, and errors as data.

use super::account::{ADA, PDF, sent};
use super::support::{Printed, countersign, run};
use super::world::{self, World};
use countersign::mock::{Fault, legalesign};
use serde_json::{Value, json};
use tempfile::TempDir;

const MEMBERS: [&str; 10] = [
    "attempts",
    "code",
    "effect",
    "kind",
    "look_up",
    "message",
    "operation",
    "provider",
    "request_id",
    "status",
];

/// The error in the last line of data.
fn error(printed: &Printed) -> Value {
    let mut last = printed.json().pop().expect("an error is data, too");
    last["error"].take()
}

fn send(world: &World<legalesign::Server>, more: &[&str]) -> Printed {
    world.file("contract.pdf", PDF);
    let group = world.server.group();
    let arguments = ["--json", "send", "legalesign", "contract.pdf", "--signer", ADA, "--group", group];
    world.run(&[&arguments[..], more].concat())
}

#[test]
fn the_exit_code_of_send_says_whether_somebody_was_written_to() {
    let refusal = || Fault::answer(400, "application/json", json!({ "document": {} }).to_string());
    // Without the place of what was made.
    let unread = || Fault::answer(201, "application/json", "{}");
    let cases: [(&str, Fault, i32, &str); 6] = [
        ("create_document", refusal(), 1, "none"),
        ("create_document", Fault::lost_answer(), 3, "unknown"),
        ("create_document", Fault::status(500), 3, "unknown"),
        ("create_document", unread(), 4, "done"),
        // The upload writes to nobody, whatever becomes of it.
        ("create_pdf_template", Fault::lost_answer(), 1, "none"),
        ("create_pdf_template", unread(), 1, "none"),
    ];
    for (operation, fault, code, effect) in cases {
        let world = world::legalesign();
        let shown = format!("{operation} {fault:?}");
        world.server.fail_next_on(operation, fault);
        let printed = send(&world, &[]);
        assert_eq!(printed.code, code, "{shown}: {}", printed.err);
        let error = error(&printed);
        assert_eq!((&error["effect"], &error["operation"]), (&effect.into(), &operation.into()), "{shown}");
        assert_eq!(error["attempts"], 1, "{shown}");
        assert_eq!(error["look_up"].is_string(), code > 2, "{shown}: {error}");
        assert!(printed.err.starts_with("error: "), "{shown}: {}", printed.err);
    }
}

#[test]
fn an_error_has_all_that_is_known_of_the_call() {
    let world = world::legalesign();
    let printed = world.run(&["--json", "status", "legalesign", "00000000-0000-4000-8000-000000000000"]);
    assert_eq!(printed.code, 1, "{}", printed.err);
    let error = error(&printed);
    let message = error["message"].as_str().unwrap();
    assert!(message.starts_with("legalesign.get_document: "), "{message}");
    let expected = json!({
        "message": message, "effect": "none", "kind": "not-found", "provider": "legalesign",
        "operation": "get_document", "status": 404, "code": null, "request_id": null, "attempts": 1,
        "look_up": null,
    });
    assert_eq!(error, expected);
}

#[test]
fn a_call_that_only_reads_changes_nothing_whatever_becomes_of_it() {
    for verb in ["status", "list"] {
        let world = world::legalesign();
        let id = sent(&world);
        for _ in 0..10 {
            world.server.fail_next(Fault::lost_answer());
        }
        let more = if verb == "status" { vec![id.as_str()] } else { vec!["--group", world.server.group()] };
        let printed = world.run(&[&["--json", verb, "legalesign"], &more[..]].concat());
        assert_eq!((printed.code, &error(&printed)["effect"]), (1, &"none".into()), "{verb}");
    }
}

#[test]
fn the_command_that_looks_it_up_finds_what_was_sent() {
    let world = world::legalesign();
    sent(&world);
    world.server.fail_next_on("create_document", Fault::lost_answer());
    let printed = send(&world, &[]);
    let look_up = error(&printed)["look_up"].as_str().unwrap().to_owned();
    assert!(printed.err.contains(&format!("\n  {look_up}\n")), "{}", printed.err);
    let words = look_up.split(' ').skip(1).collect::<Vec<_>>();
    let listed = world.run(&[&["--json"], &words[..]].concat());
    let ids = listed.json().iter().map(|line| line["id"].clone()).collect::<Vec<_>>();
    let all = world.server.documents();
    assert_eq!(all.len(), 2);
    assert_eq!(ids, [json!(all[1])], "{}", listed.err);
}

#[test]
fn the_exit_code_of_cancel_says_whether_it_was_cancelled() {
    let cases = [(Fault::status(403), 1, "none"), (Fault::lost_answer(), 3, "unknown")];
    for (fault, code, effect) in cases {
        let world = world::legalesign();
        let id = sent(&world);
        let shown = format!("{fault:?}");
        world.server.fail_next_on("archive_document", fault);
        let printed = world.run(&["--json", "cancel", "legalesign", &id, "--yes"]);
        assert_eq!(printed.code, code, "{shown}: {}", printed.err);
        assert_eq!(error(&printed)["effect"], effect, "{shown}");
        if code > 1 {
            let look_up = format!("countersign status legalesign {id}");
            assert_eq!(error(&printed)["look_up"], look_up, "{shown}");
        }
    }
}

#[test]
fn an_argument_that_is_missing_is_named_in_the_data() {
    let home = TempDir::new().unwrap();
    let printed = run(countersign(home.path()).args(["--json", "replay", "capture.json"]));
    assert!(error(&printed)["message"].as_str().unwrap().contains("--to <URL>"), "{}", printed.out);
}

#[test]
fn mistakes_are_data_too() {
    let home = TempDir::new().unwrap();
    let cases: [&[&str]; 4] = [
        &["--json", "mok"],
        &["send", "legalesign", "none.pdf", "--signer", "Ada <ada@example.com>", "--json"],
        &["--json", "sign", "leap"],
        &["--json", "verify", "leap", "no-such-file"],
    ];
    for arguments in cases {
        let printed = run(countersign(home.path()).args(arguments).write_stdin(""));
        assert_eq!(printed.code, 2, "{arguments:?}: {}", printed.err);
        let error = error(&printed);
        let members = error.as_object().unwrap().keys().collect::<Vec<_>>();
        assert_eq!(members, MEMBERS, "errors of calls have the same");
        assert_eq!((&error["kind"], &error["effect"]), (&"usage".into(), &"none".into()), "{arguments:?}");
        assert!(!error["message"].as_str().unwrap().is_empty(), "{arguments:?}");
        assert!(printed.err.starts_with("error: "), "{arguments:?}: {}", printed.err);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_was_sent_is_not_said_to_have_failed_because_nobody_could_be_told() {
    let world = world::legalesign();
    world.file("contract.pdf", PDF);
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.env_clear().envs(world.variables.clone()).current_dir(world.folder.path());
    command.args(["send", "legalesign", "contract.pdf", "--signer", ADA, "--group", world.server.group()]);
    let output = command.stdout(full).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{said}");
    assert!(said.contains("but it was done"), "{said}");
    assert!(said.contains(&world.server.documents()[0]), "the id is said elsewhere: {said}");
}

#[test]
fn the_table_of_exit_codes_is_in_the_help() {
    let home = TempDir::new().unwrap();
    let help = run(countersign(home.path()).arg("--help")).out;
    for line in ["  0  done", "  1  it failed", "  2  a mistake", "  3  unknown", "  4  sent or changed"] {
        assert!(help.contains(&format!("\n{line}")), "{line}: {help}");
    }
}
