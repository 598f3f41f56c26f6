//! Closed enums of a document become open ones: `#[derive(OpenEnum)]`, with a variant for what nobody knows yet.

use super::document::{Mistake, Mistakes, all, list, members, text};
use super::types::documentation;
use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::{Value, json};
use std::collections::BTreeSet;

pub struct OpenEnum {
    pub name: String,
    pub code: TokenStream,
}

/// Takes every enum out of the document. What is left of it there is a plain string or integer.
pub fn take(document: &mut Value) -> Result<Vec<OpenEnum>, Mistakes> {
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    let enums = schemas.into_iter().flatten().filter(|(_, schema)| schema.get("enum").is_some());
    let taken = all(enums.map(|(name, schema)| {
        let code = code(name, schema)?;
        *schema = json!({ "type": schema["type"] });
        Ok(OpenEnum { name: name.clone(), code })
    }))?;
    refuse_nameless(document, &mut Vec::new())?;
    Ok(taken)
}

fn refuse_nameless<'a>(value: &'a Value, path: &mut Vec<&'a str>) -> Result<(), Mistake> {
    if value.get("enum").is_some_and(Value::is_array) {
        let remedy = "move it to `components/schemas` and refer to it";
        return Err(Mistake::new(path.join(" > "), "an enum has no name", remedy));
    }
    for (key, child) in members(value).filter(|(key, _)| *key != "example" && *key != "examples") {
        path.push(key);
        refuse_nameless(child, path)?;
        path.pop();
    }
    value.as_array().into_iter().flatten().try_for_each(|child| refuse_nameless(child, path))
}

fn code(name: &str, schema: &Value) -> Result<TokenStream, Mistake> {
    let unknown_type = match text(schema, "type") {
        Some("string") => quote!(::std::string::String),
        Some("integer") => quote!(i64),
        _ => {
            return Err(Mistake::new(name, "an enum of neither strings nor integers", "state its `type`"));
        }
    };
    refuse_what_would_be_lost(name, schema)?;
    let names = list(schema, "x-enum-varnames").filter_map(Value::as_str).collect::<Vec<_>>();
    let variants =
        list(schema, "enum").enumerate().map(|(index, value)| variant(name, schema, value, names.get(index)));
    let variants = variants.collect::<Result<Vec<_>, _>>()?;
    let mut used = BTreeSet::from(["Unknown".to_owned()]);
    if let Some((variant, _)) = variants.iter().find(|(variant, _)| !used.insert(variant.to_string())) {
        let problem = format!("two values are named `{variant}`");
        return Err(Mistake::new(name, problem, "name all values in `x-enum-varnames`; `Unknown` is taken"));
    }
    let variants = variants.iter().map(|(_, code)| code);
    let documentation = documentation(schema, name);
    let name = format_ident!("{name}");
    let unknown = "A value that this version does not know; it is kept as it came.";
    Ok(quote! {
        #(#[doc = #documentation])*
        #[derive(Clone, Debug, ::countersign_macros::OpenEnum)]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
            #[doc = #unknown]
            Unknown(#unknown_type),
        }
    })
}

/// Nothing but type, values and what is said of them is left of an enum.
fn refuse_what_would_be_lost(name: &str, schema: &Value) -> Result<(), Mistake> {
    if schema["nullable"] == true {
        let remedy = "say it where the enum is used: a member that is not required may be null";
        return Err(Mistake::new(name, "an enum cannot be nullable", remedy));
    }
    let values =
        list(schema, "enum").map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let values = values.collect::<BTreeSet<_>>();
    if values.is_empty() {
        return Err(Mistake::new(name, "the enum has no values", "list them, or leave `enum` out"));
    }
    if let Some((stale, _)) =
        schema.get("x-enumDescriptions").into_iter().flat_map(members).find(|(key, _)| !values.contains(*key))
    {
        let problem = format!("`{stale}` is described but no value");
        return Err(Mistake::new(name, problem, "correct `x-enumDescriptions`"));
    }
    Ok(())
}

type Variant = (syn::Ident, TokenStream);

fn variant(name: &str, schema: &Value, value: &Value, given: Option<&&str>) -> Result<Variant, Mistake> {
    let (literal, wire) = match value {
        Value::String(word) => (quote!(#word), word.clone()),
        Value::Number(number) => {
            let number = number.as_i64().ok_or_else(|| {
                Mistake::new(name, format!("the value {number} is no integer of 64 bits"), "quote it")
            })?;
            (quote!(#number), number.to_string())
        }
        _ => {
            return Err(Mistake::new(name, "an enum value is neither text nor integer", "quote it"));
        }
    };
    let wanted = given.map_or_else(|| wire.to_upper_camel_case(), |given| (*given).to_owned());
    let variant = syn::parse_str::<syn::Ident>(&wanted).map_err(|_| {
        let problem = format!("`{wire}` does not make a name");
        Mistake::new(name, problem, "name all values in `x-enum-varnames`")
    })?;
    let said = schema.get("x-enumDescriptions").and_then(|said| text(said, &wire)).ok_or_else(|| {
        Mistake::new(
            name,
            format!("the value `{wire}` is not described"),
            "say what it means in `x-enumDescriptions`",
        )
    })?;
    let documentation = format!("{said} `{wire}` on the wire.");
    let code = quote! { #[doc = #documentation] #[open_enum(#literal)] #variant };
    Ok((variant, code))
}
