//! `countersign list`.

use super::{ADA, PDF};
use crate::world::{self, World};
use countersign::mock::legalesign;
use serde_json::Value;

fn send_with_tag(world: &World<legalesign::Server>, tag: &str) -> String {
    world.file("contract.pdf", PDF);
    let group = world.server.group();
    let arguments = ["send", "legalesign", "contract.pdf", "--group", group, "--signer", ADA, "--tag", tag];
    let printed = world.run(&arguments);
    assert_eq!(printed.code, 0, "{}", printed.err);
    printed.out.trim().to_owned()
}

fn listed(world: &World<legalesign::Server>, more: &[&str]) -> Vec<Value> {
    let group = world.server.group();
    let printed = world.run(&[&["--json", "list", "legalesign", "--group", group], more].concat());
    assert_eq!(printed.code, 0, "{}", printed.err);
    printed.json()
}

#[test]
fn a_document_is_found_by_its_tag_also_in_the_archive() {
    let world = world::legalesign();
    let (first, _second) = (send_with_tag(&world, "contract 17"), send_with_tag(&world, "contract 18"));
    assert_eq!(world.server.calls("create_document").all()[0].json().unwrap()["tag"], "contract 17");
    assert_eq!(listed(&world, &[]).len(), 2);
    assert_eq!(world.run(&["cancel", "legalesign", &first, "--yes"]).code, 0);
    let found = listed(&world, &["--tag", "contract 17"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((&found[0]["id"], &found[0]["archived"]), (&first.as_str().into(), &true.into()));
    assert_eq!(found[0]["tags"], serde_json::json!(["contract 17"]));
}

#[test]
fn only_what_was_created_lately_is_asked_for() {
    let world = world::legalesign();
    assert_eq!(listed(&world, &["--within", "1h"]).len(), 0);
    let query = world.server.calls("list_documents").only().query.clone().unwrap();
    assert!(query.contains("created_gt=20") && query.contains("archived=all"), "{query}");
}

#[test]
fn nothing_found_is_no_failure() {
    let world = world::legalesign();
    let printed = world.run(&["list", "legalesign", "--group", world.server.group(), "--tag", "none"]);
    assert_eq!((printed.code, printed.out.as_str()), (0, ""));
    assert!(printed.err.contains("None was found"), "{}", printed.err);
    assert_eq!(listed(&world, &["--template", "none"]), Vec::<Value>::new());
}

#[test]
fn for_people_it_is_a_table() {
    let world = world::legalesign();
    let id = send_with_tag(&world, "contract 17");
    let printed = world.run(&["list", "legalesign", "--group", world.server.group()]);
    let mut lines = printed.out.lines();
    assert!(lines.next().unwrap().starts_with("ID "), "{}", printed.out);
    let line = lines.next().unwrap();
    assert!(line.starts_with(&id) && line.contains("contract 17") && line.contains("initial"), "{line}");
}

#[test]
fn who_has_no_such_call_says_so() {
    let world = world::legalesign();
    for (provider, problem) in [
        ("leap", "documents no call that lists"),
        ("sign8", "no call is known that lists"),
        ("faireplace", "countersign status faireplace"),
    ] {
        let printed = world.run(&["list", provider]);
        assert_eq!(printed.code, 2);
        assert!(printed.err.contains(problem), "{}", printed.err);
    }
    let printed = world.run(&["list", "signly", "--group", "g"]);
    assert!(printed.code == 2 && printed.err.contains("Signly has no --group"), "{}", printed.err);
    let printed = world.run(&["list", "legalesign"]);
    assert!(printed.code == 2 && printed.err.contains("LEGALESIGN_GROUP"), "{}", printed.err);
}

#[test]
fn a_list_of_signly_says_that_it_may_not_be_all() {
    let world = world::signly();
    let printed = world.run(&["list", "signly", "--tag", "none"]);
    assert_eq!((printed.code, printed.out.as_str()), (0, ""), "{}", printed.err);
    world.server.calls("list_documents").assert_count(1);
}
