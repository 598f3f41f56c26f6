//! `OpenEnum` on strings.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use countersign_macros::OpenEnum;
use serde_json::{from_value, json, to_value};

use super::{hash, variant};

/// Declared in another order than that of the values.
#[derive(Debug, Clone, OpenEnum)]
enum Status {
    #[open_enum("ENABLED")]
    Enabled,
    #[open_enum("DISABLED")]
    Disabled,
    #[open_enum("say \"hi\"")]
    Quoted,
    Unknown(String),
}

/// Each value on the wire, and the variant it is.
const VALUES: [(&str, &str); 6] = [
    ("ENABLED", "Enabled"),
    ("DISABLED", "Disabled"),
    ("say \"hi\"", "Quoted"),
    ("PAUSED", r#"Unknown("PAUSED")"#),
    ("enabled", r#"Unknown("enabled")"#),
    ("", r#"Unknown("")"#),
];

/// Known ones, unknown ones, and known ones made by hand.
fn samples() -> Vec<Status> {
    let by_hand = VALUES.iter().map(|(wire, _)| Status::Unknown((*wire).to_owned()));
    VALUES.iter().map(|(wire, _)| Status::from(*wire)).chain(by_hand).collect()
}

#[test]
fn known_lists_the_known_variants_in_order() {
    assert_eq!(variant(Status::KNOWN), "[Enabled, Disabled, Quoted]");
}

#[test]
fn every_way_in_gives_the_right_variant() {
    for (wire, expected) in VALUES {
        let read: [Status; 4] = [
            from_value(json!(wire)).unwrap(),
            Status::from(wire),
            Status::from(wire.to_owned()),
            wire.parse().unwrap(),
        ];
        assert_eq!(read.map(variant), [expected; 4], "{wire:?}");
    }
}

#[test]
fn every_way_out_gives_the_wire_value() {
    for (wire, _) in VALUES {
        for status in [Status::from(wire), Status::Unknown(wire.to_owned())] {
            let written = to_value(&status).unwrap();
            assert_eq!(written, json!(wire));
            assert_eq!([status.as_str(), &status.to_string(), &String::from(status.clone())], [wire; 3]);
        }
    }
}

#[test]
fn display_honours_the_width() {
    assert_eq!(format!("[{:>8}|{:<8}]", Status::Enabled, Status::from("X")), "[ ENABLED|X       ]");
}

#[test]
fn is_known_goes_by_the_wire_value() {
    for status in samples() {
        let expected = ["ENABLED", "DISABLED", "say \"hi\""].contains(&status.as_str());
        assert_eq!(status.is_known(), expected, "{status:?}");
    }
}

#[test]
fn comparisons_are_those_of_the_wire_values() {
    for (left, right) in samples().iter().flat_map(|a| samples().into_iter().map(move |b| (a.clone(), b))) {
        let expected = left.as_str().cmp(right.as_str());
        let equal = expected == Ordering::Equal;
        let found = (left.cmp(&right), left.partial_cmp(&right), left == right, hash(&left) == hash(&right));
        assert_eq!(found, (expected, Some(expected), equal, equal), "{left:?} and {right:?}");
    }
}

#[test]
fn strings_compare_with_it() {
    for (status, text, expected) in [
        (Status::Enabled, "ENABLED", true),
        (Status::Enabled, "DISABLED", false),
        (Status::Unknown("ENABLED".to_owned()), "ENABLED", true),
        (Status::Unknown("PAUSED".to_owned()), "ENABLED", false),
    ] {
        assert_eq!((status == text, status == *text), (expected, expected), "{status:?} and {text:?}");
    }
}

#[test]
fn what_is_no_string_is_refused() {
    for wrong in [json!(null), json!(1), json!(true), json!(["ENABLED"]), json!({ "ENABLED": null })] {
        assert!(from_value::<Status>(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn it_can_be_a_key() {
    let keyed = json!({ "ENABLED": 1, "PAUSED": 2 });
    let map: BTreeMap<Status, u32> = from_value(keyed.clone()).unwrap();
    assert_eq!(
        (variant(&map), to_value(&map).unwrap()),
        (r#"{Enabled: 1, Unknown("PAUSED"): 2}"#.to_owned(), keyed)
    );
}
