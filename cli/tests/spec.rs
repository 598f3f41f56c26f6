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

#[test]
fn a_right_document_is_told_with_what_is_in_it() {
    for (document, found) in [("sign8.yaml", "5 operations and"), ("legalesign.yaml", "54 operations and")] {
        let file = format!("{}/../openapi/{document}", env!("CARGO_MANIFEST_DIR"));
        let printed = spec(&["--check", &file]);
        assert_eq!((printed.code, printed.err.as_str()), (0, ""), "{}", printed.out);
        assert!(printed.out.starts_with(&format!("{file}: ok, {found} ")), "{}", printed.out);
        let json = serde_json::from_str::<Value>(&spec(&["--check", &file, "--json"]).out).unwrap();
        assert_eq!(json["mistakes"], serde_json::json!([]));
        assert!(printed.out.contains(&format!(" {} operations ", json["operations"])), "{json}");
    }
}

#[test]
fn all_mistakes_of_a_document_are_told_at_once() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("wrong.yaml");
    let document = include_str!("../../tests/fixtures/small.yaml")
        .replace("      x-sdk-repeatable: true\n      x-sdk-vendor-id: fetchParcel\n", "")
        .replace("      summary: Lists parcels.\n", "");
    std::fs::write(&file, document).unwrap();
    let file = file.to_str().unwrap();
    let printed = spec(&["--check", file]);
    assert_eq!((printed.code, printed.err.as_str()), (1, ""));
    let lines = printed.out.lines().collect::<Vec<_>>();
    let found =
        |line: &str, mistake: &str| line.strip_prefix(file).is_some_and(|rest| rest.starts_with(mistake));
    assert_eq!(lines.len(), 2, "{lines:#?}");
    assert!(found(lines[0], ": list_parcels: `summary` is missing"), "{lines:#?}");
    assert!(found(lines[1], ": get_parcel: `x-sdk-repeatable` is missing"), "{lines:#?}");
    let json = serde_json::from_str::<Value>(&spec(&["--check", file, "--json"]).out).unwrap();
    assert_eq!(
        json["mistakes"].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect::<Vec<_>>(),
        lines
    );
}

#[test]
fn what_is_no_document_is_told() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("no.yaml");
    for (content, code, told) in [
        (&b"paths: ["[..], 1, "write valid YAML"),
        (b"openapi: 3.1.0\npaths: {/a: {get: {}}}", 1, "`openapi` is `3.1.0`"),
        (b"\xff", 2, "is not UTF-8"),
    ] {
        std::fs::write(&file, content).unwrap();
        let printed = spec(&["--check", file.to_str().unwrap()]);
        assert_eq!(printed.code, code, "{told}: {}{}", printed.out, printed.err);
        assert!(format!("{}{}", printed.out, printed.err).contains(told), "{}{}", printed.out, printed.err);
    }
    assert_eq!(spec(&["--check", "/nonexistent/a.yaml"]).code, 2);
    assert_eq!(spec(&["signly", "--check", "a.yaml"]).code, 2);
}
