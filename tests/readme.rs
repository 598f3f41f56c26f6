//! Lists of providers, wherever they are kept: held against the documents in `openapi/`.

use countersign::{Certainty, Operation, Paging, faireplace, leap, legalesign, sign8, signly};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use syn::visit_mut::{self, VisitMut};

const README: &str = include_str!("../README.md");

/// A document in `openapi/`, the module that is made of it, and its table.
struct Interface {
    document: &'static str,
    module: &'static str,
    operations: &'static [&'static Operation],
}

/// Every interface. A test holds this list against the folder, and the others hold everything else against this list.
const INTERFACES: [Interface; 6] = [
    Interface {
        document: "faireplace-signatures",
        module: "faireplace::signatures",
        operations: faireplace::signatures::OPERATIONS,
    },
    Interface {
        document: "faireplace-workers",
        module: "faireplace::workers",
        operations: faireplace::workers::OPERATIONS,
    },
    Interface { document: "leap", module: "leap", operations: leap::OPERATIONS },
    Interface { document: "legalesign", module: "legalesign", operations: legalesign::OPERATIONS },
    Interface { document: "sign8", module: "sign8", operations: sign8::OPERATIONS },
    Interface { document: "signly", module: "signly", operations: signly::OPERATIONS },
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The providers, which are features and folders by the same name.
fn providers() -> BTreeSet<&'static str> {
    INTERFACES.iter().filter_map(|interface| interface.module.split("::").next()).collect()
}

#[test]
fn every_document_is_in_the_list() {
    let entries = fs::read_dir(root().join("openapi")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut documents =
        names.filter_map(|name| name.strip_suffix(".yaml").map(str::to_owned)).collect::<Vec<_>>();
    documents.sort();
    assert_eq!(documents, INTERFACES.map(|interface| interface.document));
    for Interface { operations, module, .. } in INTERFACES {
        assert!(operations.iter().all(|operation| module.starts_with(operation.provider)), "{module}");
    }
}

/// The fuzzer takes the documents of the folder. It needs a mock for each, and something to fill it with.
#[test]
fn every_document_has_a_mock_that_is_fuzzed() {
    assert!(read("scripts/fuzz-mocks").contains("openapi/*.yaml)"), "the script keeps a list of its own");
    let (served, hooks) = (read("examples/serve_mocks.rs"), read("scripts/fuzz_mocks_hooks.py"));
    let (_, makers) = hooks.split_once("\nMAKERS = {").unwrap();
    let (makers, _) = makers.split_once("\n}").unwrap();
    for Interface { document, .. } in INTERFACES {
        assert!(served.contains(&format!("show(\"{document}\"")), "serve_mocks has no mock of {document}");
        assert!(makers.contains(&format!("\"{document}\": ")), "MAKERS has no entry for {document}");
    }
}

#[test]
fn every_provider_is_a_feature_and_documented() {
    for provider in providers() {
        assert!(
            README.contains(&format!("--features {provider}")),
            "the README does not say how to add {provider}"
        );
        assert!(read("sdk/Cargo.toml").contains(&format!("\n{provider} = [")), "{provider} is no feature");
    }
}

/// As `.ci/run` does, which checks each one alone.
#[test]
fn every_feature_is_checked_alone_however_it_is_written() {
    let folder = std::env::temp_dir().join(format!("countersign-features-{}", std::process::id()));
    fs::create_dir_all(folder.join("src")).unwrap();
    fs::write(folder.join("src/lib.rs"), "").unwrap();
    let manifest = folder.join("Cargo.toml");
    let features =
        "[features]\ndefault = [\"plain\"]\nplain = []\nwith-dash = []\nwith_underscore = []\nV2 = []\n";
    let package = "[workspace]\n[package]\nname = \"features\"\nversion = \"0.0.0\"\nedition = \"2024\"\n";
    fs::write(&manifest, format!("{package}{features}")).unwrap();
    let output = Command::new(root().join("scripts/features")).arg(&manifest).output().unwrap();
    fs::remove_dir_all(&folder).unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        printed.lines().collect::<Vec<_>>(),
        ["V2", "plain", "with-dash", "with_underscore"],
        "{said}"
    );
    assert!(read(".ci/run").contains("features=$(scripts/features)\n"), "`.ci/run` has a list of its own");
}

/// Arms of a match over providers that would take one that is added for another one.
struct Wildcards(Vec<String>);

/// Tells that a pattern names a provider of the command.
fn names_a_provider(pattern: &syn::Pat) -> bool {
    match pattern {
        syn::Pat::Path(path) => path.path.segments.first().is_some_and(|first| first.ident == "Provider"),
        syn::Pat::Or(or) => or.cases.iter().any(names_a_provider),
        syn::Pat::TupleStruct(inner) => inner.elems.iter().any(names_a_provider),
        syn::Pat::Paren(inner) => names_a_provider(&inner.pat),
        syn::Pat::Guard(guarded) => names_a_provider(&guarded.pat),
        _ => false,
    }
}

fn is_wildcard(pattern: &syn::Pat) -> bool {
    match pattern {
        syn::Pat::Wild(_) | syn::Pat::Rest(_) => true,
        syn::Pat::Ident(ident) => ident.subpat.is_none(),
        syn::Pat::Or(or) => or.cases.iter().any(is_wildcard),
        syn::Pat::TupleStruct(inner) => inner.elems.iter().any(is_wildcard),
        syn::Pat::Paren(inner) => is_wildcard(&inner.pat),
        // Whatever the condition is, it is not about the provider.
        syn::Pat::Guard(guarded) => is_wildcard(&guarded.pat),
        _ => false,
    }
}

/// The patterns of an arm, one for each member of a tuple.
fn members(pattern: &syn::Pat) -> Vec<&syn::Pat> {
    match pattern {
        syn::Pat::Tuple(tuple) => tuple.elems.iter().collect(),
        syn::Pat::Guard(guarded) => members(&guarded.pat),
        other => vec![other],
    }
}

impl VisitMut for Wildcards {
    fn visit_expr_match_mut(&mut self, matched: &mut syn::ExprMatch) {
        let arms = matched.arms.iter().map(|arm| members(&arm.pat)).collect::<Vec<_>>();
        let places = arms.iter().flat_map(|arm| arm.iter().enumerate());
        let places = places.filter(|(_, pattern)| names_a_provider(pattern)).map(|(place, _)| place);
        for place in places.collect::<BTreeSet<_>>() {
            let at_place =
                arms.iter().filter_map(|arm| if arm.len() == 1 { arm.first() } else { arm.get(place) });
            if at_place.copied().any(is_wildcard) {
                let value = &matched.expr;
                self.0.push(quote::quote!(#value).to_string());
            }
        }
        visit_mut::visit_expr_match_mut(self, matched);
    }
}

fn wildcards(code: &str) -> Vec<String> {
    let mut file = syn::parse_file(code).unwrap();
    let mut found = Wildcards(Vec::new());
    found.visit_file_mut(&mut file);
    found.0
}

fn sources(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            all.push(path);
        }
    }
}

/// A provider that is added may compile only where somebody has thought of it.
#[test]
fn no_match_over_providers_has_a_wildcard() {
    let mut files = Vec::new();
    sources(&root().join("cli/src"), &mut files);
    let mut matches = 0;
    for path in files {
        let code = fs::read_to_string(&path).unwrap();
        matches += code.matches("Provider::Signly").count();
        assert_eq!(wildcards(&code), Vec::<String>::new(), "{}", path.display());
    }
    assert!(matches > 15, "only {matches} were found");
}

#[test]
fn a_wildcard_over_providers_is_found() {
    let cases = [
        ("match p { Provider::Leap => 1, _ => 2 }", 1),
        ("match p { Provider::Leap => 1, other => 2 }", 1),
        ("match p { Provider::Leap | Provider::Signly => 1, _ if x => 2, Provider::Sign8 => 3 }", 1),
        ("match (p, x) { (Provider::Leap, _) => 1, (_, 1) => 2 }", 1),
        ("match (x, p) { (1, Provider::Leap) => 1, _ => 2 }", 1),
        ("match p { Some(Provider::Leap) => 1, Some(_) => 2, None => 3 }", 1),
        ("match p { Provider::Leap => 1, Provider::Signly => match x { 1 => 2, _ => 3 } }", 0),
        ("match (p, x) { (Provider::Leap, _) => 1, (Provider::Signly, y) => 2 }", 0),
        ("match x { 1 => 2, _ => 3 }", 0),
    ];
    for (code, expected) in cases {
        assert_eq!(wildcards(&format!("fn f() {{ {code}; }}")).len(), expected, "{code}");
    }
}

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
    let expected = INTERFACES.map(|interface| row(interface.module, interface.operations));
    let (_, table) = README.split_once("| | credentials | operations |").unwrap();
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|')).map(|line| {
        let cells = line.trim_matches('|').split(" | ").map(str::trim).collect::<Vec<_>>();
        [0, 2, 3, 4, 5].map(|column| cells[column].to_owned())
    });
    assert_eq!(rows.collect::<Vec<_>>(), expected);
}
