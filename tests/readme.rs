//! What the README says of the providers, held against the tables of operations.

use countersign::{Certainty, Operation, Paging, faireplace, leap, legalesign, sign8, signly};

const README: &str = include_str!("../README.md");

fn paging(operations: &[&Operation]) -> &'static str {
    let has = |wanted| operations.iter().any(|operation| operation.paging == wanted);
    match (has(Paging::Offset), has(Paging::Token), has(Paging::Undocumented)) {
        (true, false, false) => "offset",
        (false, true, false) => "token",
        (false, false, true) => "undocumented",
        (false, false, false) => "none",
        _ => "of several kinds",
    }
}

/// The row of a provider, without the columns that no table of operations knows.
fn row(name: &str, operations: &[&Operation]) -> [String; 5] {
    let documented =
        operations.iter().filter(|operation| operation.certainty == Certainty::Documented).count();
    let precondition = operations.iter().find_map(|operation| operation.precondition);
    let concurrency = precondition.map_or("none".to_owned(), |header| format!("`{header}`"));
    [
        format!("`{name}`"),
        operations.len().to_string(),
        documented.to_string(),
        paging(operations).to_owned(),
        concurrency,
    ]
}

#[test]
fn the_table_of_providers_is_that_of_the_operations() {
    let expected = [
        row("faireplace::signatures", faireplace::signatures::OPERATIONS),
        row("faireplace::workers", faireplace::workers::OPERATIONS),
        row("leap", leap::OPERATIONS),
        row("legalesign", legalesign::OPERATIONS),
        row("sign8", sign8::OPERATIONS),
        row("signly", signly::OPERATIONS),
    ];
    let (_, table) = README.split_once("| | credentials | operations |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|')).map(|line| {
        let cells = line.trim_matches('|').split(" | ").map(str::trim).collect::<Vec<_>>();
        [0, 2, 3, 4, 5].map(|column| cells[column].to_owned())
    });
    assert_eq!(rows.collect::<Vec<_>>(), expected);
}

#[test]
fn every_feature_of_a_provider_is_named() {
    for feature in ["faireplace", "leap", "legalesign", "sign8", "signly"] {
        assert!(README.contains(&format!("--features {feature}")), "{feature}");
    }
}
