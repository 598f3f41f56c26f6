//! Closed enums of a document become open ones: `#[derive(OpenEnum)]`, with a variant for what nobody knows yet.

use super::document::{Mistake, list, members, text};
use super::types::documentation;
use heck::ToUpperCamelCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::{Value, json};

pub struct OpenEnum {
    pub name: String,
    pub code: TokenStream,
}

/// Takes every enum out of the document. What is left of it there is a plain string or integer.
pub fn take(document: &mut Value) -> Result<Vec<OpenEnum>, Mistake> {
    let mut taken = Vec::new();
    let schemas = document
        .pointer_mut("/components/schemas")
        .and_then(Value::as_object_mut);
    for (name, schema) in schemas.into_iter().flatten() {
        if schema.get("enum").is_some() {
            taken.push(OpenEnum {
                name: name.clone(),
                code: code(name, schema)?,
            });
            *schema = json!({ "type": schema["type"] });
        }
    }
    refuse_nameless(document, "document")?;
    Ok(taken)
}

fn refuse_nameless(value: &Value, place: &str) -> Result<(), Mistake> {
    if value.get("enum").is_some_and(Value::is_array) {
        return Err(Mistake::new(
            place,
            "an enum has no name",
            "move it to `components/schemas` and refer to it",
        ));
    }
    members(value).try_for_each(|(key, child)| refuse_nameless(child, key))?;
    value
        .as_array()
        .into_iter()
        .flatten()
        .try_for_each(|child| refuse_nameless(child, place))
}

fn code(name: &str, schema: &Value) -> Result<TokenStream, Mistake> {
    let unknown_type = match text(schema, "type") {
        Some("string") => quote!(::std::string::String),
        Some("integer") => quote!(i64),
        _ => {
            return Err(Mistake::new(
                name,
                "an enum of neither strings nor integers",
                "state its `type`",
            ));
        }
    };
    let names = list(schema, "x-enum-varnames")
        .filter_map(Value::as_str)
        .collect::<Vec<_>>();
    let variants = list(schema, "enum")
        .enumerate()
        .map(|(index, value)| variant(name, schema, value, names.get(index)));
    let variants = variants.collect::<Result<Vec<_>, _>>()?;
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

fn variant(name: &str, schema: &Value, value: &Value, given: Option<&&str>) -> Result<TokenStream, Mistake> {
    let (literal, wire) = match value {
        Value::String(word) => (quote!(#word), word.clone()),
        Value::Number(number) => {
            let number = number.as_i64().unwrap_or_default();
            (quote!(#number), number.to_string())
        }
        _ => {
            return Err(Mistake::new(
                name,
                "an enum value is neither text nor integer",
                "quote it",
            ));
        }
    };
    let wanted = given.map_or_else(|| wire.to_upper_camel_case(), |given| (*given).to_owned());
    let variant = syn::parse_str::<syn::Ident>(&wanted).map_err(|_| {
        let problem = format!("`{wire}` does not make a name");
        Mistake::new(name, problem, "name all values in `x-enum-varnames`")
    })?;
    let said = schema
        .get("x-enumDescriptions")
        .and_then(|said| text(said, &wire))
        .ok_or_else(|| {
            Mistake::new(
                name,
                format!("the value `{wire}` is not described"),
                "say what it means in `x-enumDescriptions`",
            )
        })?;
    let documentation = format!("{said} `{wire}` on the wire.");
    Ok(quote! { #[doc = #documentation] #[open_enum(#literal)] #variant })
}
