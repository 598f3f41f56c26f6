//! `OpenEnum` on integers.

use std::cmp::Ordering;
use std::collections::HashMap;

use countersign_macros::OpenEnum;
use serde_json::{from_value, json, to_value};

use super::{hash, variant};

#[derive(Debug, Clone, OpenEnum)]
enum State {
    #[open_enum(0x28)]
    Signed,
    #[open_enum(-1)]
    Expired,
    #[open_enum(-9_223_372_036_854_775_808)]
    Lowest,
    Unknown(i64),
}

/// Each value on the wire, and the variant it is.
const VALUES: [(i64, &str); 6] = [
    (40, "Signed"),
    (-1, "Expired"),
    (i64::MIN, "Lowest"),
    (1, "Unknown(1)"),
    (0, "Unknown(0)"),
    (i64::MAX, "Unknown(9223372036854775807)"),
];

fn samples() -> Vec<State> {
    let by_hand = VALUES.iter().map(|(wire, _)| State::Unknown(*wire));
    VALUES.iter().map(|(wire, _)| State::from(*wire)).chain(by_hand).collect()
}

#[test]
fn known_lists_the_known_variants_in_order() {
    assert_eq!(variant(State::KNOWN), "[Signed, Expired, Lowest]");
}

#[test]
fn every_way_in_gives_the_right_variant() {
    for (wire, expected) in VALUES {
        let read: [State; 3] = [
            from_value(json!(wire)).unwrap(),
            from_value(json!(wire.to_string())).unwrap(),
            State::from(wire),
        ];
        assert_eq!(read.map(variant), [expected; 3], "{wire}");
    }
}

#[test]
fn every_way_out_gives_the_wire_value() {
    for (wire, _) in VALUES {
        for state in [State::from(wire), State::Unknown(wire)] {
            assert_eq!((to_value(&state).unwrap(), state.to_string()), (json!(wire), wire.to_string()));
            assert_eq!([state.value(), i64::from(state.clone())], [wire; 2]);
        }
    }
}

#[test]
fn value_is_const() {
    const SIGNED: i64 = State::Signed.value();
    assert_eq!(SIGNED, 40);
}

#[test]
fn is_known_goes_by_the_wire_value() {
    for state in samples() {
        assert_eq!(state.is_known(), [40, -1, i64::MIN].contains(&state.value()), "{state:?}");
    }
}

#[test]
fn comparisons_are_those_of_the_wire_values() {
    for (left, right) in samples().iter().flat_map(|a| samples().into_iter().map(move |b| (a.clone(), b))) {
        let expected = left.value().cmp(&right.value());
        let equal = expected == Ordering::Equal;
        let found = (left.cmp(&right), left.partial_cmp(&right), left == right, hash(&left) == hash(&right));
        assert_eq!(found, (expected, Some(expected), equal, equal), "{left:?} and {right:?}");
    }
}

#[test]
fn what_holds_no_integer_is_refused() {
    let expected = "expected a 64-bit integer, or a string that holds one";
    for (wrong, found) in [
        (json!(null), "invalid type: null"),
        (json!(true), "invalid type: boolean `true`"),
        (json!(40.5), "invalid type: floating point `40.5`"),
        (json!("signed"), r#"invalid value: string "signed""#),
        (json!(" 40"), r#"invalid value: string " 40""#),
        (json!(""), r#"invalid value: string """#),
        (json!("9223372036854775808"), r#"invalid value: string "9223372036854775808""#),
        (json!(9_223_372_036_854_775_808_u64), "invalid value: integer `9223372036854775808`"),
        (json!([40]), "invalid type: sequence"),
    ] {
        let error = from_value::<State>(wrong).unwrap_err().to_string();
        assert_eq!(error, format!("{found}, {expected}"));
    }
}

#[test]
fn a_whole_number_may_have_a_point() {
    assert_eq!(from_value::<State>(json!(40.0)).unwrap(), State::Signed);
    assert!(from_value::<State>(json!(1e300)).is_err());
}

#[test]
fn it_can_be_a_key() {
    let keyed = json!({ "40": "signed" });
    let map: HashMap<State, String> = from_value(keyed.clone()).unwrap();
    assert_eq!((variant(&map), to_value(&map).unwrap()), (r#"{Signed: "signed"}"#.to_owned(), keyed));
}
