//! `#[derive(SafeDebug)]`.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput, Error, Fields, Type, parse_quote};

use crate::argument;

pub(crate) fn derive(input: &DeriveInput) -> syn::Result<TokenStream> {
    let name = &input.ident;
    let hidden = is_redacted(&input.attrs)?;
    let mut printed = Vec::new();
    let arms = match &input.data {
        Data::Struct(data) => vec![arm(&quote!(Self), name, hidden, &data.fields, &mut printed)?],
        Data::Enum(data) => data
            .variants
            .iter()
            .map(|variant| {
                let ident = &variant.ident;
                let hidden = is_redacted(&variant.attrs)? || hidden;
                arm(&quote!(Self::#ident), ident, hidden, &variant.fields, &mut printed)
            })
            .collect::<syn::Result<_>>()?,
        Data::Union(_) => return Err(Error::new_spanned(name, "expected a struct or an enum")),
    };
    let body = if hidden { redacted(name) } else { quote!(match *self { #(#arms,)* }) };

    let mut generics = input.generics.clone();
    for param in generics.type_params_mut() {
        if printed.iter().any(|ty| mentions(quote!(#ty), &param.ident)) {
            param.bounds.push(parse_quote!(::core::fmt::Debug));
        }
    }
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        impl #impl_generics ::core::fmt::Debug for #name #type_generics #where_clause {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #body
            }
        }
    })
}

/// One arm of the match, which prints nothing of what is hidden. The types of what it does print go to
/// `printed`.
fn arm<'a>(
    path: &TokenStream,
    name: &Ident,
    hidden: bool,
    fields: &'a Fields,
    printed: &mut Vec<&'a Type>,
) -> syn::Result<TokenStream> {
    let mut patterns = Vec::new();
    let mut calls = Vec::new();
    for (index, (member, field)) in fields.members().zip(fields).enumerate() {
        let value = if is_redacted(&field.attrs)? || hidden {
            quote!(::core::format_args!("[redacted]"))
        } else {
            let binding = format_ident!("field_{index}");
            patterns.push(quote!(#member: ref #binding));
            printed.push(&field.ty);
            quote!(#binding)
        };
        let label = field.ident.iter().map(|ident| ident.unraw().to_string());
        calls.push(quote!(.field(#(#label,)* &#value)));
    }
    if hidden {
        let text = redacted(name);
        return Ok(quote!(#path { .. } => #text));
    }
    let builder = match fields {
        Fields::Named(_) => quote!(debug_struct),
        Fields::Unnamed(_) | Fields::Unit => quote!(debug_tuple),
    };
    let name = name.unraw().to_string();
    Ok(quote!(#path { #(#patterns,)* .. } => f.#builder(#name)#(#calls)*.finish()))
}

/// Prints `Name([redacted])`.
fn redacted(name: &Ident) -> TokenStream {
    let name = name.unraw().to_string();
    quote!(f.debug_tuple(#name).field(&::core::format_args!("[redacted]")).finish())
}

fn is_redacted(attrs: &[Attribute]) -> syn::Result<bool> {
    syn::custom_keyword!(redact);
    argument::<redact>(attrs, "safe_debug", "`#[safe_debug(redact)]`").map(|found| found.is_some())
}

/// Whether a type names the type parameter.
fn mentions(ty: TokenStream, param: &Ident) -> bool {
    ty.into_iter().any(|token| match token {
        TokenTree::Ident(ident) => ident == *param,
        TokenTree::Group(group) => mentions(group.stream(), param),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
