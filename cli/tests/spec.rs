//! `countersign spec`.

use crate::support::{countersign, providers, run};
use countersign::{Certainty, faireplace, leap, legalesign, sign8, signly};
use serde_json::Value;
use std::path::Path;

const NOWHERE: &str = "/nonexistent";

fn spec(arguments: &[&str]) -> crate::support::Printed {
    run(countersign(Path::new(NOWHERE)).arg("spec").args(arguments))
}

#[test]
fn every_operation_of_every_provider_is_a_line() {
    let printed = spec(&[]);
    assert_eq!(printed.code, 0, "{}", printed.err);
    let tables = [
        faireplace::signatures::OPERATIONS,
        faireplace::workers::OPERATIONS,
        leap::OPERATIONS,
        legalesign::OPERATIONS,
        sign8::OPERATIONS,
        signly::OPERATIONS,
    ];
    let mut lines = printed.out.lines();
    assert!(lines.next().unwrap().starts_with("OPERATION "));
    for operation in tables.into_iter().flatten() {
        let line = lines.next().unwrap();
        assert!(line.starts_with(&format!("{} {} ", operation.provider, operation.id)), "{line}");
        assert!(line.ends_with(&format!(" {}", operation.path)), "{line}");
    }
    assert_eq!(lines.next(), None);
}

/// The documents are what providers there are; a file is named after one, perhaps with an interface behind it.
#[test]
fn the_command_knows_every_document() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi");
    let names =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let documents = names.filter_map(|name| name.strip_suffix(".yaml").map(str::to_owned));
    let of_documents = documents.map(|name| name.split('-').next().unwrap().to_owned());
    let of_documents = of_documents.collect::<std::collections::BTreeSet<_>>();
    assert_eq!(of_documents.into_iter().collect::<Vec<_>>(), providers());
}

#[test]
fn a_line_says_how_sure_a_call_is_and_whether_it_is_repeated() {
    let printed = spec(&["signly"]);
    let line = |name: &str| printed.out.lines().find(|line| line.starts_with(name)).unwrap();
    let words = |name| line(name).split_whitespace().collect::<Vec<_>>();
    assert_eq!(
        words("list_webhooks "),
        ["list_webhooks", "documented", "S", "yes", "?", "GET", "/v1/webhooks"]
    );
    assert_eq!(words("create_template ")[1..5], ["inferred", "F", "no", "-"]);
    assert!(!printed.out.contains("legalesign"));
    assert_eq!(printed.err, "");
}

#[test]
fn what_stands_in_front_of_the_path_fits_a_narrow_terminal() {
    for provider in providers() {
        let printed = spec(&[&provider]);
        let before = printed.out.lines().next().unwrap().find("PATH").unwrap();
        assert!(before < 76, "{provider}: {before}");
    }
}

#[test]
fn json_has_all_that_is_known() {
    let printed = spec(&["legalesign", "--json"]);
    let lines = printed.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let lines = lines.collect::<Vec<_>>();
    assert_eq!(lines.len(), legalesign::OPERATIONS.len());
    let delete = lines.iter().find(|line| line["id"] == "delete_document").unwrap();
    assert_eq!(delete["vendor_id"], "deleteDocument");
    assert_eq!(delete["repeatable"], true);
    assert_eq!(delete["outcomes"][0]["status"], 200);
    assert_eq!(delete["outcomes"][0]["outcome"], "failed");
    assert!(delete["outcomes"][0]["meaning"].as_str().unwrap().contains("did not delete"));
    let list = lines.iter().find(|line| line["id"] == "list_documents").unwrap();
    assert_eq!(list["paging"], "offset");
    assert_eq!(list["certainty"], "documented");
    assert_eq!(legalesign::OPERATIONS[0].certainty, Certainty::Documented);
}

#[test]
fn placeholders_are_said_to_be_some() {
    let printed = spec(&["sign8"]);
    assert!(printed.err.contains("placeholders"), "{}", printed.err);
    assert!(printed.out.contains("assumed"));
}

#[test]
fn an_unknown_provider_is_answered_with_those_that_there_are() {
    let printed = spec(&["docusign"]);
    assert_eq!(printed.code, 2);
    assert!(printed.err.contains("faireplace, leap, legalesign, sign8, signly"), "{}", printed.err);
}
