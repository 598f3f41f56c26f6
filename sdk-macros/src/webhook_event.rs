//! `#[derive(WebhookEvent)]`.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{DeriveInput, Error, Fields, LitStr};

use crate::{argument, variants};

const USAGE: &str = "one tag, `#[event(\"TAG\")]`, or `#[event(unknown)]`";
const MISSING: &str = "expected a variant for the unknown events: \
    `#[event(unknown)] Unknown { tag: String, data: serde_json::Value }`";

pub(crate) fn derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    let Events { name, known, tags, unknown } = Events::parse(input)?;
    Ok(quote! {
        impl #name {
            /// The tags of every event this version knows, in the order of the provider's document.
            pub const KNOWN_TAGS: &'static [&'static str] = &[#(#tags),*];

            /// The tag of the event, as the provider writes it.
            #[must_use]
            pub fn tag(&self) -> &str {
                match self {
                    #(Self::#known(_) => #tags,)*
                    Self::#unknown { tag, .. } => tag,
                }
            }

            /// Whether the payload has a type of its own, because this version knows the event.
            #[must_use]
            pub fn is_known(&self) -> bool {
                !::core::matches!(self, Self::#unknown { .. })
            }

            /// Reads the payload of the event that `tag` names. The payload of an unknown event is kept as
            /// it is; the error of a known one carries the path inside the payload.
            pub(crate) fn from_tagged(
                tag: &str,
                data: ::serde_json::Value,
            ) -> ::core::result::Result<Self, ::serde_path_to_error::Error<::serde_json::Error>> {
                match tag {
                    #(#tags => ::serde_path_to_error::deserialize(data).map(Self::#known),)*
                    _ => {
                        let tag = ::std::borrow::ToOwned::to_owned(tag);
                        ::core::result::Result::Ok(Self::#unknown { tag, data })
                    }
                }
            }
        }
    })
}

struct Events<'a> {
    name: &'a Ident,
    known: Vec<&'a Ident>,
    /// The tag of each known variant.
    tags: Vec<String>,
    unknown: &'a Ident,
}

impl<'a> Events<'a> {
    fn parse(input: &'a DeriveInput) -> syn::Result<Self> {
        let (mut known, mut tags, mut unknown) = (Vec::new(), Vec::new(), None);
        for variant in variants(input, "event")? {
            let (ident, fields) = (&variant.ident, &variant.fields);
            let expected = |what: String| Err(Error::new_spanned(ident, format!("expected {what}")));
            match argument(&variant.attrs, "event", USAGE)? {
                Some(Event::Known(_)) if !is_one_payload(fields) => {
                    return expected(format!("one field, the payload: `{ident}(Payload)`"));
                }
                Some(Event::Known(tag)) if tags.contains(&tag.value()) => {
                    return Err(Error::new_spanned(tag, "expected a tag that no variant above has"));
                }
                Some(Event::Known(tag)) => {
                    known.push(ident);
                    tags.push(tag.value());
                }
                Some(Event::Unknown) if !is_tag_and_data(fields) => {
                    return expected(format!("`{ident} {{ tag: String, data: serde_json::Value }}`"));
                }
                Some(Event::Unknown) => {
                    if let Some(first) = unknown.replace(ident) {
                        return expected(format!("one `#[event(unknown)]`: `{first}` is marked already"));
                    }
                }
                None => return expected(USAGE.to_owned()),
            }
        }
        let name = &input.ident;
        let unknown = unknown.ok_or_else(|| Error::new_spanned(name, MISSING))?;
        Ok(Self { name, known, tags, unknown })
    }
}

fn is_one_payload(fields: &Fields) -> bool {
    matches!(fields, Fields::Unnamed(_)) && fields.len() == 1
}

/// By their names: their types are checked where the derived code fills them.
fn is_tag_and_data(fields: &Fields) -> bool {
    let has = |name| fields.iter().any(|field| field.ident.as_ref().is_some_and(|ident| ident == name));
    fields.len() == 2 && has("tag") && has("data")
}

/// What `#[event(...)]` says.
enum Event {
    Known(LitStr),
    Unknown,
}

impl Parse for Event {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        syn::custom_keyword!(unknown);
        if input.peek(unknown) {
            input.parse::<unknown>().map(|_| Self::Unknown)
        } else {
            input.parse().map(Self::Known)
        }
    }
}
