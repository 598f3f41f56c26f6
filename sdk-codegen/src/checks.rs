//! Code that checks what an application made, before it is sent.

use super::types::{Member, RequiredUnless, Schema};
use proc_macro2::TokenStream;
use quote::quote;

/// The body of `Check::check` of a schema that is sent.
pub fn checks(
    schema: &Schema,
    sent: impl Fn(&str) -> bool,
    field: impl Fn(&str) -> Option<syn::Ident>,
) -> TokenStream {
    let checks = schema.members.iter().map(|(name, member)| {
        let Some(field) = field(name) else {
            return TokenStream::new();
        };
        let value = quote!(self.#field);
        let required =
            (member.required && !member.nullable).then(|| quote!(at.required(#name, #value.is_some())?;));
        let range = range(name, &value, member.minimum, member.maximum);
        let nested = nested(member, &sent).then(|| quote!(rt::Check::check(&#value, &at.member(#name))?;));
        quote!(#required #range #nested)
    });
    let unless = schema.required_unless.iter().flat_map(|RequiredUnless { required, flags }| {
        let set = flags.iter().filter_map(|name| field(name)).collect::<Vec<_>>();
        let required = required.iter().filter_map(|name| Some((name, field(name)?)));
        let excused = quote!(#(self.#set == Some(true))||*);
        required
            .map(|(name, field)| quote!(at.required(#name, self.#field.is_some() || #excused)?;))
            .collect::<Vec<_>>()
    });
    quote!(#(#checks)* #(#unless)*)
}

fn nested(member: &Member, sent: impl Fn(&str) -> bool) -> bool {
    member.refers_to.as_deref().is_some_and(sent)
}

/// Refuses a number that the provider would refuse.
pub fn range(
    name: &str,
    value: &TokenStream,
    minimum: Option<i64>,
    maximum: Option<i64>,
) -> Option<TokenStream> {
    if minimum.is_none() && maximum.is_none() {
        return None;
    }
    let bound = |bound: Option<i64>| bound.map_or_else(|| quote!(None), |bound| quote!(Some(#bound)));
    let (minimum, maximum) = (bound(minimum), bound(maximum));
    Some(quote!(at.range(#name, #value, #minimum, #maximum)?;))
}
