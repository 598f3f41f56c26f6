//! `SafeDebug`.

use std::fmt::Debug;

use countersign_macros::SafeDebug;

use super::variant;

/// The same types, whichever derive prints them.
macro_rules! shapes {
    ($derive:ident) => {
        #[derive($derive)]
        pub(super) struct Unit;
        #[derive($derive)]
        pub(super) struct Tuple(u8, &'static str);
        #[derive($derive)]
        pub(super) struct Empty {}
        #[derive($derive)]
        pub(super) struct Named<'a, T: ?Sized, U = (), const N: usize = 1>
        where
            U: Copy,
        {
            pub(super) r#type: [U; N],
            pub(super) rest: &'a T,
        }
        #[derive($derive)]
        pub(super) enum Enum<T> {
            Unit,
            Tuple(T, Option<Vec<T>>),
            Named { r#type: T },
        }
        #[derive($derive)]
        pub(super) enum Never {}

        pub(super) fn all() -> Vec<Box<dyn std::fmt::Debug>> {
            let never: Option<Never> = None;
            vec![
                Box::new(Unit),
                Box::new(Tuple(1, "two")),
                Box::new(Empty {}),
                Box::new(Named { r#type: [1, 2], rest: "three" }),
                Box::new(Enum::<u8>::Unit),
                Box::new(Enum::Tuple("four", Some(vec!["five"]))),
                Box::new(Enum::Named { r#type: 6 }),
                Box::new(never),
            ]
        }
    };
}

mod ours {
    use countersign_macros::SafeDebug;
    shapes!(SafeDebug);
}

mod standard {
    shapes!(Debug);
}

#[test]
fn without_redaction_it_prints_as_the_standard_derive() {
    for (ours, standard) in ours::all().iter().zip(standard::all()) {
        assert_eq!(
            format!("{ours:?} {ours:#?} {ours:4x?}"),
            format!("{standard:?} {standard:#?} {standard:4x?}")
        );
    }
}

/// Has no `Debug`: redacting it must not ask for one.
struct Secret(String);

#[derive(SafeDebug)]
struct Named {
    #[safe_debug(redact)]
    secret: Secret,
    shown: u8,
}

#[derive(SafeDebug)]
struct Tuple(u8, #[safe_debug(redact)] Secret);

#[derive(SafeDebug)]
struct Generic<T, U> {
    #[safe_debug(redact)]
    secret: T,
    shown: U,
}

#[derive(SafeDebug)]
#[safe_debug(redact)]
struct Newtype<T>(T);

#[derive(SafeDebug)]
#[safe_debug(redact)]
enum Hidden {
    Variant { secret: Secret },
}

#[derive(SafeDebug)]
enum Mixed {
    Tuple(u8, #[safe_debug(redact)] Secret),
    Named {
        shown: u8,
        #[safe_debug(redact)]
        secret: Secret,
    },
    #[safe_debug(redact)]
    Whole {
        id: u8,
        secret: Secret,
    },
}

/// Something of every kind that holds `secret`, and how it prints.
fn holders(secret: &str) -> Vec<(Box<dyn Debug>, &'static str)> {
    let secret = || Secret(secret.to_owned());
    vec![
        (Box::new(Named { secret: secret(), shown: 7 }), "Named { secret: [redacted], shown: 7 }"),
        (Box::new(Tuple(7, secret())), "Tuple(7, [redacted])"),
        (Box::new(Generic { secret: secret(), shown: 7 }), "Generic { secret: [redacted], shown: 7 }"),
        (Box::new(Newtype(secret())), "Newtype([redacted])"),
        (Box::new(Hidden::Variant { secret: secret() }), "Hidden([redacted])"),
        (Box::new(Mixed::Tuple(7, secret())), "Tuple(7, [redacted])"),
        (Box::new(Mixed::Named { shown: 7, secret: secret() }), "Named { shown: 7, secret: [redacted] }"),
        (Box::new(Mixed::Whole { id: 7, secret: secret() }), "Whole([redacted])"),
        (Box::new(vec![Some(Newtype(secret()))]), "[Some(Newtype([redacted]))]"),
        (
            Box::new(Generic { secret: secret(), shown: Named { secret: secret(), shown: 7 } }),
            "Generic { secret: [redacted], shown: Named { secret: [redacted], shown: 7 } }",
        ),
    ]
}

#[test]
fn what_is_redacted_prints_as_redacted() {
    for (holder, expected) in holders("s3cr3t") {
        assert_eq!(variant(holder), expected);
    }
}

#[test]
fn the_alternate_form_is_the_standard_one() {
    let named = Named { secret: Secret(String::new()), shown: 7 };
    assert_eq!(format!("{named:#?}"), "Named {\n    secret: [redacted],\n    shown: 7,\n}");
    assert_eq!(format!("{:#?}", Newtype(named)), "Newtype(\n    [redacted],\n)");
}

#[test]
fn a_canary_never_appears() {
    for length in 3..40 {
        let canary: String = "q9Zk0xW".chars().cycle().take(length).collect();
        for (holder, expected) in holders(&canary) {
            let printed = format!("{holder:?} {holder:#?} {holder:40?} {holder:#x?}");
            assert!(!printed.contains(&canary), "{expected} gave {printed}");
        }
    }
}
