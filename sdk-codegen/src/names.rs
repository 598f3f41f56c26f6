//! Every type that generated code names exists, and every name is given once. The compiler would say so as well, but of a
//! file in `OUT_DIR` that nobody wrote.

use super::Target;
use super::document::{Mistake, Mistakes};
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};
use syn::{Fields, ImplItem, Item, ItemMod, Macro, Path, Type};

/// The methods that every call has beside its setters, by `rt::call_options!`.
const CALL_OPTIONS: [&str; 3] = ["with_header", "with_retry", "with_timeout"];
/// The crates that generated code may name.
const CRATES: [&str; 6] = ["countersign_macros", "http", "reqwest", "serde", "serde_json", "std"];

/// Checks the code that was generated for `target`.
pub fn check(target: Target<'_>, code: &syn::File) -> Result<(), Mistakes> {
    let modules = code.items.iter().filter_map(|item| match item {
        Item::Mod(module) => Some(module),
        _ => None,
    });
    let modules = modules.map(|module| (module.ident.to_string(), module)).collect::<BTreeMap<_, _>>();
    let types = modules.get("types").map(|module| defined(module)).unwrap_or_default();
    let mut mistakes = Vec::new();
    for (name, module) in &modules {
        let defined = defined(module);
        for (name, count) in &defined {
            if *count > 1 {
                mistakes.push(twice(name, "the type"));
            }
        }
        given_twice(module, &mut mistakes);
        for item in items(module) {
            let place = name_of(item);
            let mut names =
                Names { module: name, target, types: &types, defined: &defined, missing: BTreeSet::new() };
            names.visit_item(item);
            mistakes.extend(names.missing.into_iter().map(|missing| {
                let problem = format!("the generated code names `{missing}`, which does not exist");
                let remedy = "look at the schemas that it is made of: describe them as objects, enums, ids or plain types";
                Mistake::new(&place, problem, remedy)
            }));
        }
    }
    if mistakes.is_empty() { Ok(()) } else { Err(Mistakes::from(mistakes)) }
}

fn twice(place: &str, what: &str) -> Mistake {
    let remedy = "two names of the document are one in Rust: leave one out, or write the call by hand";
    Mistake::new(place, format!("{what} is generated twice"), remedy)
}

fn items(module: &ItemMod) -> &[Item] {
    module.content.as_ref().map_or(&[], |(_, items)| items)
}

/// The types of a module, and how often each is defined.
fn defined(module: &ItemMod) -> BTreeMap<String, usize> {
    let mut defined = BTreeMap::new();
    for item in items(module) {
        let name = match item {
            Item::Struct(item) => Some(item.ident.to_string()),
            Item::Enum(item) => Some(item.ident.to_string()),
            Item::Macro(item) => defined_by(&item.mac),
            _ => None,
        };
        if let Some(name) = name {
            *defined.entry(name).or_default() += 1;
        }
    }
    defined
}

/// The type that one of our macros defines: the first name that follows the documentation.
fn defined_by(call: &Macro) -> Option<String> {
    let mut tokens = call.tokens.clone().into_iter();
    tokens.find_map(|token| match token {
        proc_macro2::TokenTree::Ident(name) => Some(name.to_string()),
        _ => None,
    })
}

/// Fields of a struct, and functions of a type, that have the same name.
fn given_twice(module: &ItemMod, mistakes: &mut Vec<Mistake>) {
    let mut functions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for item in items(module) {
        match item {
            Item::Struct(item) => {
                let Fields::Named(fields) = &item.fields else { continue };
                let names = fields.named.iter().filter_map(|field| field.ident.as_ref());
                let names = names.map(ToString::to_string);
                report_twice(&item.ident.to_string(), names, "member", mistakes);
            }
            Item::Impl(block) if block.trait_.is_none() => {
                let given = functions.entry(block.self_ty.to_token_stream().to_string()).or_default();
                for item in &block.items {
                    match item {
                        ImplItem::Fn(function) => given.push(function.sig.ident.to_string()),
                        ImplItem::Macro(_) => given.extend(CALL_OPTIONS.map(str::to_owned)),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    for (owner, names) in functions {
        report_twice(&owner, names.into_iter(), "method", mistakes);
    }
}

fn report_twice(owner: &str, names: impl Iterator<Item = String>, kind: &str, mistakes: &mut Vec<Mistake>) {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name.clone()) {
            mistakes.push(twice(owner, &format!("the {kind} `{name}`")));
        }
    }
}

/// The name of an item, or of the type it belongs to.
fn name_of(item: &Item) -> String {
    match item {
        Item::Struct(item) => item.ident.to_string(),
        Item::Enum(item) => item.ident.to_string(),
        Item::Impl(block) => block.self_ty.to_token_stream().to_string(),
        _ => "generated code".to_owned(),
    }
}

/// Collects the types that are named and do not exist.
struct Names<'a> {
    module: &'a str,
    target: Target<'a>,
    types: &'a BTreeMap<String, usize>,
    /// Those of the module itself.
    defined: &'a BTreeMap<String, usize>,
    missing: BTreeSet<String>,
}

impl Names<'_> {
    fn exists(&self, path: &Path) -> bool {
        let names = path.segments.iter().map(|segment| segment.ident.to_string()).collect::<Vec<_>>();
        let names = names.iter().map(String::as_str).collect::<Vec<_>>();
        if path.leading_colon.is_some() {
            return names.first().is_some_and(|first| CRATES.contains(first));
        }
        match names.as_slice() {
            [name] => self.defined.contains_key(*name) || is_known(name),
            ["types", name] => self.types.contains_key(*name),
            ["crate", .., "types", name] => {
                let module = self.target.module.split("::");
                let expected = std::iter::once("crate").chain(module).chain(["types", name]);
                names.iter().copied().eq(expected) && self.types.contains_key(*name)
            }
            [first, ..] => ["rt", "crate", "Self", "super", "A", "D", "S", "serde_json"].contains(first),
            [] => false,
        }
    }
}

/// Names of the language, its prelude, and type parameters that we wrote ourselves.
fn is_known(name: &str) -> bool {
    const KNOWN: [&str; 22] = [
        "A",
        "D",
        "Fn",
        "Into",
        "IntoIterator",
        "Option",
        "Positions",
        "Result",
        "S",
        "Self",
        "String",
        "Vec",
        "bool",
        "char",
        "f32",
        "f64",
        "i32",
        "i64",
        "str",
        "u32",
        "u64",
        "usize",
    ];
    KNOWN.contains(&name)
}

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_type(&mut self, ty: &'ast Type) {
        if let Type::Path(named) = ty
            && named.qself.is_none()
            && !self.exists(&named.path)
        {
            let text = named.path.to_token_stream().to_string().replace(' ', "");
            let name = if self.module == "types" { text } else { text.replace("types::", "") };
            self.missing.insert(name);
        }
        visit::visit_type(self, ty);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test says so by panicking")]
mod tests {
    use super::{Mistakes, Target, check};

    fn found(code: &str) -> Vec<String> {
        let file = syn::parse_file(code).unwrap();
        let target = Target { provider: "small", module: "small" };
        let mistakes = check(target, &file).err();
        mistakes.iter().flat_map(Mistakes::iter).map(ToString::to_string).collect()
    }

    #[test]
    fn types_that_do_not_exist_are_told() {
        for (code, missing) in [
            ("pub mod types { pub struct A1 { b: Missing } }", Some("Missing")),
            ("pub mod types { pub struct A1 { b: Option<Vec<Missing>> } }", Some("Missing")),
            ("pub mod types { pub struct A1 { b: ::uuid::Uuid } }", Some("::uuid::Uuid")),
            (
                "pub mod types { pub struct A1 { b: crate::small::types::No } }",
                Some("crate::small::types::No"),
            ),
            ("pub mod types { pub struct A1 { b: crate::small::types::A1 } }", None),
            (
                "pub mod types { impl A1 { pub fn b(self, c: impl Into<Missing>) -> A1 {} } struct A1; }",
                Some("Missing"),
            ),
            ("pub mod types { rt::id! { #[doc = \"An id.\"] Id } pub struct A1 { b: Id } }", None),
            ("pub mod types {} pub mod calls { pub struct A1 { b: types::No } }", Some("No")),
            (
                "pub mod types { enum E { V(::std::string::String) } } mod calls { struct A1 { b: types::E } }",
                None,
            ),
        ] {
            let expected = missing.map(|missing| format!("names `{missing}`, which does not exist"));
            let found = found(code);
            assert_eq!(found.len(), expected.iter().len(), "{code}: {found:?}");
            let is_told = |expected: String| found.iter().all(|line| line.contains(&expected));
            assert!(expected.is_none_or(is_told), "{code}: {found:?}");
        }
    }

    #[test]
    fn what_is_given_twice_is_told() {
        for (code, what) in [
            ("mod types { struct A1 {} enum A1 {} }", "A1: the type is generated twice"),
            ("mod types { struct A1 { b: bool, b: bool } }", "A1: the member `b` is generated twice"),
            ("mod types { impl A1 { fn b() {} fn b() {} } }", "A1: the method `b` is generated twice"),
            (
                "mod calls { impl A1 { fn with_retry() {} rt::call_options!(); } }",
                "A1: the method `with_retry` is generated twice",
            ),
        ] {
            let found = found(code);
            assert!(found.iter().any(|line| line.starts_with(what)), "{code}: {found:?}");
        }
    }
}
