//! `#[derive(OpenEnum)]`.

mod wire;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use syn::{DeriveInput, Error, Fields};

use self::wire::Wire;
use crate::{argument, variants};

const USAGE: &str = "one value: `#[open_enum(\"VALUE\")]` or `#[open_enum(1)]`";
const LAST: &str =
    "expected the last variant to keep the unknown values: `Unknown(String)` or `Unknown(i64)`";

pub(crate) fn derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    let open = OpenEnum::parse(input)?;
    let (common, specific) = match open.wire {
        Wire::Text => (open.common(&quote!(as_str)), wire::text(&open)),
        Wire::Number => (open.common(&quote!(value)), wire::number(&open)),
    };
    Ok(quote! {
        const _: () = {
            use ::core::{cmp, convert, fmt, hash, option, result};
            use ::std::string;
            #common
            #specific
        };
    })
}

struct OpenEnum<'a> {
    name: &'a Ident,
    wire: Wire,
    known: Vec<&'a Ident>,
    /// The value of each known variant.
    values: Vec<Literal>,
    unknown: &'a Ident,
}

impl<'a> OpenEnum<'a> {
    fn parse(input: &'a DeriveInput) -> syn::Result<Self> {
        let variants = variants(input, "open_enum")?;
        let name = &input.ident;
        let last = variants.last().ok_or_else(|| Error::new_spanned(name, LAST))?;
        let wire = Wire::of(last)?;
        let (mut known, mut values) = (Vec::new(), Vec::<Literal>::new());
        for variant in variants.iter().take(variants.len() - 1) {
            if !matches!(variant.fields, Fields::Unit) {
                return Err(Error::new_spanned(&variant.fields, "expected a field in the last variant only"));
            }
            let lit = argument(&variant.attrs, "open_enum", USAGE)?
                .ok_or_else(|| Error::new_spanned(&variant.ident, format!("expected {USAGE}")))?;
            let value = wire.value(&lit)?;
            if values.iter().any(|other| other.to_string() == value.to_string()) {
                return Err(Error::new_spanned(lit, "expected a value that no variant above has"));
            }
            known.push(&variant.ident);
            values.push(value);
        }
        let unknown = &last.ident;
        Ok(Self { name, wire, known, values, unknown })
    }

    /// What both kinds of enum have, built on the function named `get`.
    fn common(&self, get: &TokenStream) -> TokenStream {
        let Self { name, known, .. } = self;
        quote! {
            impl #name {
                /// Every value this version knows, in the order of the provider's document.
                pub const KNOWN: &'static [Self] = &[#(Self::#known),*];

                /// Whether this version knows the value.
                #[must_use]
                pub fn is_known(&self) -> bool { Self::KNOWN.contains(self) }
            }

            #[automatically_derived]
            impl cmp::PartialEq for #name {
                fn eq(&self, other: &Self) -> bool { self.#get() == other.#get() }
            }

            #[automatically_derived]
            impl cmp::Eq for #name {}

            #[automatically_derived]
            impl cmp::PartialOrd for #name {
                fn partial_cmp(&self, other: &Self) -> option::Option<cmp::Ordering> {
                    option::Option::Some(cmp::Ord::cmp(self, other))
                }
            }

            #[automatically_derived]
            impl cmp::Ord for #name {
                fn cmp(&self, other: &Self) -> cmp::Ordering { cmp::Ord::cmp(&self.#get(), &other.#get()) }
            }

            #[automatically_derived]
            impl hash::Hash for #name {
                fn hash<H: hash::Hasher>(&self, state: &mut H) { hash::Hash::hash(&self.#get(), state); }
            }

            #[automatically_derived]
            impl fmt::Display for #name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(&self.#get(), f) }
            }

            #[automatically_derived]
            impl ::serde::Serialize for #name {
                fn serialize<S: ::serde::Serializer>(&self, to: S) -> result::Result<S::Ok, S::Error> {
                    ::serde::Serialize::serialize(&self.#get(), to)
                }
            }
        }
    }
}
