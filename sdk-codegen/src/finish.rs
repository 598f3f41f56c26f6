//! Gives the generator's output our face: of each method only the part that builds the request is kept.

use super::Target;
use super::answers::{Outcome, Success};
use super::builder::Builder;
use super::document::{Mistake, Mistakes, all};
use super::enums::OpenEnum;
use super::finish_types;
use super::operations::Operation;
use super::sources::{self, Source};
use super::types::Facts;
use heck::{ToShoutySnakeCase, ToUpperCamelCase};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{ImplItem, ImplItemFn, Item, ItemMod, parse_quote};

pub fn finish(
    target: Target<'_>,
    generated: &syn::File,
    operations: &[Operation],
    facts: &Facts,
    enums: &[OpenEnum],
    sources: &[Source],
) -> Result<syn::File, Mistakes> {
    let types = module(generated, "types")?;
    let methods = methods(generated);
    let structs = finish_types::structs(types, facts)?;
    let builders = operations.iter().filter(|operation| !operation.by_hand).map(|operation| {
        let method = methods.iter().find(|method| method.sig.ident == operation.id).ok_or_else(|| {
            let remedy = "write the id in lower snake case, as the generator does";
            Mistake::new(&operation.id, "the generator made no method of this name", remedy)
        })?;
        Builder::read(operation, method, &structs)
    });
    let builders = all::<_, Vec<_>>(builders)?;
    let client = syn::parse_str::<syn::Path>(&format!("crate::{}::Client", target.module));
    let client = client.map_err(|_| Mistake::new(target.module, "it is no path", "write it as `a::b`"))?;

    let sources = sources::page(sources);
    let enums = enums.iter().map(|open| &open.code);
    let structs = structs.iter().map(|each| &each.code);
    let table = operations.iter().map(|operation| constant(target.provider, operation));
    let names = operations.iter().map(|operation| constant_name(&operation.id));
    let entries = builders.iter().map(Builder::entry);
    let builders = builders.iter().map(|builder| builder.code(&client));
    Ok(parse_quote! {
        use crate::runtime::generated as rt;

        /// What is sent and received. Every type can grow: none can be made or matched exhaustively outside this crate.
        pub mod types {
            use crate::runtime::generated as rt;
            #(#enums)*
            #(#structs)*
        }

        /// The calls, one builder each. Plain names set what is sent, `with_` names how.
        pub mod calls {
            use super::{rt, types};
            #(#builders)*
        }

        #sources

        impl #client {
            #(#entries)*
        }

        #(#table)*

        /// Every operation of this provider, as its document states it.
        pub const OPERATIONS: &[&rt::Operation] = &[#(&#names),*];
    })
}

fn module<'a>(generated: &'a syn::File, name: &str) -> Result<&'a ItemMod, Mistake> {
    let modules = generated.items.iter().filter_map(|item| match item {
        Item::Mod(module) => Some(module),
        _ => None,
    });
    modules.into_iter().find(|module| module.ident == name).ok_or_else(|| {
        Mistake::new("generator", format!("it made no module `{name}`"), "look at what changed in progenitor")
    })
}

fn methods(generated: &syn::File) -> Vec<&ImplItemFn> {
    let impls = generated.items.iter().filter_map(|item| match item {
        Item::Impl(block) if block.trait_.is_none() => Some(&block.items),
        _ => None,
    });
    let functions = impls.flatten().filter_map(|item| match item {
        ImplItem::Fn(function) if function.sig.asyncness.is_some() => Some(function),
        _ => None,
    });
    functions.collect()
}

pub fn constant_name(id: &str) -> syn::Ident {
    format_ident!("{}", id.to_shouty_snake_case())
}

/// The row of the table of operations.
fn constant(provider: &str, operation: &Operation) -> TokenStream {
    let Operation { id, method, path, source, repeatable, .. } = operation;
    let name = constant_name(id);
    let vendor_id = operation.vendor_id.as_ref().map_or_else(|| quote!(None), |id| quote!(Some(#id)));
    let certainty = format_ident!("{}", operation.certainty.to_upper_camel_case());
    let paging = operation.page.as_ref().map_or_else(
        || quote!(rt::Paging::None),
        |page| {
            let style = format_ident!("{}", page.style.to_upper_camel_case());
            quote!(rt::Paging::#style)
        },
    );
    let members = &operation.members;
    let payload = matches!(operation.answers.success, Success::Json(_));
    let envelope = operation.answers.envelope.is_some();
    let successes = &operation.answers.statuses;
    let precondition =
        operation.precondition.as_ref().map_or_else(|| quote!(None), |name| quote!(Some(#name)));
    let outcomes = operation.answers.outcomes.iter().map(|Outcome { status, outcome, meaning }| {
        let outcome = format_ident!("{}", outcome.to_upper_camel_case());
        quote!((#status, crate::Outcome::#outcome, #meaning))
    });
    let hints = operation.answers.hints.iter().map(|(status, meaning)| quote!((#status, #meaning)));
    quote! {
        pub(super) const #name: rt::Operation = rt::Operation {
            provider: #provider,
            id: #id,
            vendor_id: #vendor_id,
            method: #method,
            path: #path,
            certainty: rt::Certainty::#certainty,
            source: #source,
            repeatable: #repeatable,
            members: &[#(#members),*],
            paging: #paging,
            payload: #payload,
            enveloped: #envelope,
            precondition: #precondition,
            successes: &[#(#successes),*],
            outcomes: &[#(#outcomes),*],
            hints: &[#(#hints),*],
        };
    }
}
