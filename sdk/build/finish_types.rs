//! The generated types: open, documented, quiet about what is sensitive, lenient in reading.

use super::checks;
use super::document::Mistake;
use super::types::{Facts, Schema};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Attribute, Fields, GenericArgument, Item, ItemMod, ItemStruct, PathArguments, Type, parse_quote};

pub struct Struct {
    pub name: String,
    pub ident: syn::Ident,
    pub members: Vec<Field>,
    pub code: TokenStream,
}

/// A member that an application may set.
pub struct Field {
    pub ident: syn::Ident,
    /// The type inside the `Option`, as seen from `calls`.
    pub qualified: Type,
    pub documentation: Vec<String>,
}

pub fn structs(types: &ItemMod, facts: &Facts) -> Result<Vec<Struct>, Mistake> {
    let items = types.content.iter().flat_map(|(_, items)| items);
    let structs = items.filter_map(|item| match item {
        Item::Struct(item) => Some(item),
        _ => None,
    });
    structs.map(|item| finish(item, facts)).collect()
}

fn finish(item: &ItemStruct, facts: &Facts) -> Result<Struct, Mistake> {
    let name = item.ident.to_string();
    let schema = facts.schemas.get(&name).ok_or_else(|| {
        Mistake::new(&name, "the generator named a type by itself", "move the schema to `components/schemas`")
    })?;
    match &item.fields {
        Fields::Named(_) => object(item, schema, facts),
        _ if schema.id => Ok(id(item, schema)),
        _ => Err(Mistake::new(
            &name,
            "a named schema is no object, enum or id",
            "write it out where it is used",
        )),
    }
}

fn id(item: &ItemStruct, schema: &Schema) -> Struct {
    let ident = &item.ident;
    let documentation = &schema.documentation;
    let code = quote!(rt::id! { #(#[doc = #documentation])* #ident });
    Struct { name: ident.to_string(), ident: ident.clone(), members: Vec::new(), code }
}

fn object(item: &ItemStruct, schema: &Schema, facts: &Facts) -> Result<Struct, Mistake> {
    let name = item.ident.to_string();
    let ident = &item.ident;
    let mut members = Vec::new();
    let mut fields = Vec::new();
    let mut setters = Vec::new();
    for field in &item.fields {
        let Some(field_ident) = &field.ident else { continue };
        let wire = wire_name(&field.attrs).unwrap_or_else(|| field_ident.to_string());
        let member = schema.members.get(&wire).ok_or_else(|| {
            let remedy = "write the members of a schema out, instead of `allOf`";
            Mistake::new(&name, format!("the member `{wire}` is not among its `properties`"), remedy)
        })?;
        let ty = &field.ty;
        if member.time && !quote!(#ty).to_string().contains("Timestamp") {
            let problem = format!("the time `{wire}` was not converted");
            return Err(Mistake::new(&name, problem, "look at `mark_times` in sdk/build/lower.rs"));
        }
        let documentation = &member.documentation;
        let serde = field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde"));
        let lenient = lenient(ty).map(|function| quote!(#[serde(default, deserialize_with = #function)]));
        let lenient =
            lenient.or_else(|| is_number(ty).then(|| quote!(#[serde(deserialize_with = "rt::number")])));
        let redact = member.sensitive.then(|| quote!(#[safe_debug(redact)]));
        fields.push(quote!(#(#[doc = #documentation])* #(#serde)* #lenient #redact pub #field_ident: #ty));
        if schema.sent {
            let inner = inside("Option", ty).ok_or_else(|| {
                let remedy = "look at `forget_what_requests_require` in sdk/build/lower.rs";
                Mistake::new(&name, format!("the member `{wire}` can be sent but not left out"), remedy)
            })?;
            setters.push(setter(field_ident, inner, documentation, &quote!(self.#field_ident)));
            let documentation = documentation.clone();
            members.push(Field { ident: field_ident.clone(), qualified: qualify(inner), documentation });
        }
    }
    let documentation = &schema.documentation;
    let default = schema.sent.then(|| quote!(, Default));
    let sent = schema.sent.then(|| {
        let sent = |name: &str| {
            facts.schemas.get(name).is_some_and(|schema| schema.sent && !schema.members.is_empty())
        };
        let field = |member: &str| field_of(item, member);
        let checks = checks::checks(schema, sent, field);
        quote! {
            impl #ident {
                #(#setters)*
            }

            impl rt::Check for #ident {
                #[allow(unused_variables)]
                fn check(&self, at: &rt::Place<'_>) -> Result<(), rt::Invalid> {
                    #checks
                    Ok(())
                }
            }
        }
    });
    let code = quote! {
        #(#[doc = #documentation])*
        #[derive(::serde::Deserialize, ::serde::Serialize, Clone, PartialEq, ::countersign_macros::SafeDebug #default)]
        #[non_exhaustive]
        pub struct #ident {
            #(#fields,)*
        }
        #sent
    };
    Ok(Struct { name, ident: ident.clone(), members, code })
}

fn field_of(item: &ItemStruct, member: &str) -> Option<syn::Ident> {
    let fields = item.fields.iter().filter_map(|field| Some((field.ident.clone()?, wire_name(&field.attrs))));
    fields
        .into_iter()
        .find(|(ident, wire)| wire.as_deref().map_or(ident == member, |wire| wire == member))
        .map(|(ident, _)| ident)
}

/// A setter that takes whatever becomes the member. `target` is an `Option`.
pub fn setter(name: &syn::Ident, ty: &Type, documentation: &[String], target: &TokenStream) -> TokenStream {
    let (argument, value): (Type, TokenStream) = if let Some(item) = inside("Vec", ty) {
        (
            parse_quote!(impl IntoIterator<Item = impl Into<#item>>),
            quote!(value.into_iter().map(Into::into).collect()),
        )
    } else if let Some((key, item)) = inside_map(ty) {
        let pairs = quote!(value.into_iter().map(|(key, value)| (key.into(), value.into())).collect());
        (parse_quote!(impl IntoIterator<Item = (impl Into<#key>, impl Into<#item>)>), pairs)
    } else {
        (parse_quote!(impl Into<#ty>), quote!(value.into()))
    };
    quote! {
        #(#[doc = #documentation])*
        #[must_use]
        pub fn #name(mut self, value: #argument) -> Self {
            #target = Some(#value);
            self
        }
    }
}

fn wire_name(attributes: &[Attribute]) -> Option<String> {
    let mut renamed = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("serde")) {
        // A key that is not `rename` may have a value as well, which has to be read to get past it.
        let _ = attribute.parse_nested_meta(|meta| {
            if let Ok(value) = meta.value() {
                let value: syn::LitStr = value.parse()?;
                if meta.path.is_ident("rename") {
                    renamed = Some(value.value());
                }
            }
            Ok(())
        });
    }
    renamed
}

/// How a number is read that some providers send as text, or a list that may be `null`.
fn lenient(ty: &Type) -> Option<&'static str> {
    let inner = inside("Option", ty)?;
    is_number(inner).then_some("rt::optional_number")
}

fn is_number(ty: &Type) -> bool {
    ["i32", "i64", "u32", "u64", "f64"].iter().any(|number| quote!(#ty).to_string() == *number)
}

/// `T` of `name<T>`, wherever `name` lives.
pub fn inside<'a>(name: &str, ty: &'a Type) -> Option<&'a Type> {
    arguments(name, ty)?.into_iter().next()
}

fn inside_map(ty: &Type) -> Option<(&Type, &Type)> {
    match arguments("BTreeMap", ty)?.as_slice() {
        [key, value] => Some((key, value)),
        _ => None,
    }
}

fn arguments<'a>(name: &str, ty: &'a Type) -> Option<Vec<&'a Type>> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == name)?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    Some(types.collect())
}

/// `&str` and `&T` as something that a builder can own.
pub fn owned(ty: &Type) -> Type {
    let Type::Reference(reference) = ty else {
        return ty.clone();
    };
    match &*reference.elem {
        Type::Path(path) if path.path.is_ident("str") => parse_quote!(::std::string::String),
        other => other.clone(),
    }
}

/// The type as it is named outside `types`.
fn qualify(ty: &Type) -> Type {
    let mut ty = ty.clone();
    if let Type::Path(path) = &mut ty {
        for segment in &mut path.path.segments {
            if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
                for argument in &mut arguments.args {
                    if let GenericArgument::Type(inner) = argument {
                        *inner = qualify(inner);
                    }
                }
            }
        }
        let is_local = path.path.leading_colon.is_none()
            && path
                .path
                .segments
                .first()
                .is_some_and(|first| first.ident != "crate" && !is_primitive(&first.ident));
        if is_local {
            let last = path.path.segments.last().cloned();
            let types = format_ident!("types");
            path.path = parse_quote!(#types::#last);
        }
    }
    ty
}

fn is_primitive(ident: &syn::Ident) -> bool {
    ["bool", "i32", "i64", "u32", "u64", "f32", "f64"].iter().any(|primitive| ident == primitive)
}
