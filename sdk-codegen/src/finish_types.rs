//! The generated types: open, documented, quiet about what is sensitive, lenient in reading.

use super::checks;
use super::document::{Mistake, Mistakes, all};
use super::lower::TIMES;
use super::types::{Facts, Meaning, Schema};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Attribute, Fields, GenericArgument, Item, ItemMod, ItemStruct, PathArguments, Type, parse_quote};

pub struct Struct {
    pub name: String,
    pub ident: syn::Ident,
    pub members: Vec<Field>,
    /// All members, as an answer has them.
    pub fields: Vec<Known>,
    pub code: TokenStream,
}

impl Struct {
    /// The member of this name on the wire.
    pub fn field(&self, wire: &str) -> Option<&Known> {
        self.fields.iter().find(|field| field.wire == wire)
    }
}

/// A member of an answer.
pub struct Known {
    /// The name on the wire.
    pub wire: String,
    pub ident: syn::Ident,
    /// The type without its `Option`, as seen from `calls`.
    pub qualified: Type,
}

/// A member that an application may set.
pub struct Field {
    pub ident: syn::Ident,
    /// The type inside the `Option`, as seen from `calls`.
    pub qualified: Type,
    pub documentation: Vec<String>,
}

pub fn structs(types: &ItemMod, facts: &Facts) -> Result<Vec<Struct>, Mistakes> {
    let items = types.content.iter().flat_map(|(_, items)| items);
    let structs = items.filter_map(|item| match item {
        Item::Struct(item) => Some(item),
        _ => None,
    });
    all(structs.map(|item| finish(item, facts)))
}

fn finish(item: &ItemStruct, facts: &Facts) -> Result<Struct, Mistake> {
    let name = item.ident.to_string();
    let schema = facts.schemas.get(&name).ok_or_else(|| {
        Mistake::new(&name, "the generator named a type by itself", "move the schema to `components/schemas`")
    })?;
    let ident = &item.ident;
    let documentation = &schema.documentation;
    let code = match (&item.fields, &schema.meaning) {
        (Fields::Named(_), _) => return object(item, schema, facts),
        (_, Meaning::Id) => quote!(rt::id! { #(#[doc = #documentation])* #ident }),
        (_, Meaning::Open) => quote!(rt::open_object! { #(#[doc = #documentation])* #ident }),
        (_, Meaning::Resource { id, path }) => {
            if facts.schemas.get(id).is_none_or(|schema| schema.meaning != Meaning::Id) {
                let problem = format!("`x-sdk-resource` names `{id}`, which is no id");
                return Err(Mistake::new(&name, problem, "name a schema with `format: id`"));
            }
            let id = format_ident!("{id}");
            quote!(rt::resource_uri! { #(#[doc = #documentation])* #ident, #id, #path })
        }
        (_, Meaning::Plain) => {
            let problem = "a named schema is no object, enum or id";
            return Err(Mistake::new(&name, problem, "write it out where it is used"));
        }
    };
    Ok(Struct { name, ident: ident.clone(), members: Vec::new(), fields: Vec::new(), code })
}

fn object(item: &ItemStruct, schema: &Schema, facts: &Facts) -> Result<Struct, Mistake> {
    let name = item.ident.to_string();
    let ident = &item.ident;
    let mut members = Vec::new();
    let mut fields = Vec::new();
    let mut known = Vec::new();
    let mut setters = Vec::new();
    for field in &item.fields {
        let Some(field_ident) = &field.ident else { continue };
        let wire = wire_name(&field.attrs).unwrap_or_else(|| field_ident.to_string());
        let member = schema.members.get(&wire).ok_or_else(|| {
            let remedy = "write the members of a schema out, instead of `allOf`";
            Mistake::new(&name, format!("the member `{wire}` is not among its `properties`"), remedy)
        })?;
        let ty = &field.ty;
        let qualified = qualify(inside("Option", ty).unwrap_or(ty));
        known.push(Known { wire: wire.clone(), ident: field_ident.clone(), qualified });
        let converted = TIMES.iter().any(|(_, _, ours)| quote!(#ty).to_string().contains(ours));
        if member.time && !converted {
            let problem = format!("the time `{wire}` was not converted");
            return Err(Mistake::new(&name, problem, "look at `mark_times` in sdk-codegen/src/lower.rs"));
        }
        let documentation = &member.documentation;
        let redact = member.sensitive.then(|| quote!(#[safe_debug(redact)]));
        // A member that has to be there is sent as `null` unless it is set.
        let is_null = schema.sent && member.required && member.nullable;
        let serde = schema.positions.is_none().then(|| {
            let serde = field.attrs.iter().filter(|attribute| attribute.path().is_ident("serde"));
            let serde = serde
                .cloned()
                .map(|attribute| if is_null { parse_quote!(#[serde(rename = #wire)]) } else { attribute });
            let optional = inside("Option", ty).is_some();
            let lenient = lenient(ty, facts).map(|kind| {
                let (default, prefix) =
                    if optional { (quote!(default,), "optional_") } else { (quote!(), "") };
                let read = format!("rt::{prefix}{kind}");
                quote!(#[serde(#default deserialize_with = #read)])
            });
            quote!(#(#serde)* #lenient)
        });
        fields.push(quote!(#(#[doc = #documentation])* #serde #redact pub #field_ident: #ty));
        if schema.sent {
            let inner = inside("Option", ty).ok_or_else(|| {
                let remedy = "give it a `type`, and where it is an object, a name in `components/schemas`";
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
    let serde = schema.positions.is_none().then(|| quote!(::serde::Deserialize, ::serde::Serialize,));
    let positions = schema.positions.as_ref().map(|order| positions(item, order, facts));
    let code = quote! {
        #(#[doc = #documentation])*
        #[derive(#serde Clone, PartialEq, ::countersign_macros::SafeDebug #default)]
        #[non_exhaustive]
        pub struct #ident {
            #(#fields,)*
        }
        #sent
        #positions
    };
    Ok(Struct { name, ident: ident.clone(), members, fields: known, code })
}

/// Reads and writes an object as a list of its members, whatever their types. What is missing at the end, or more than
/// is known, does no harm.
fn positions(item: &ItemStruct, order: &[String], facts: &Facts) -> TokenStream {
    let is_text = |ty: &Type| quote!(#ty).to_string().replace(' ', "") == "::std::string::String";
    let ident = &item.ident;
    let members = order.iter().filter_map(|name| field_of(item, name)).collect::<Vec<_>>();
    let reads = members.iter().map(|member| {
        let ty = item.fields.iter().find(|field| field.ident.as_ref() == Some(member)).map(|field| &field.ty);
        let is_text = ty.and_then(|ty| inside("Option", ty)).is_some_and(is_text);
        let kind = ty.and_then(|ty| lenient(ty, facts)).unwrap_or(if is_text { "text" } else { "value" });
        let read = format_ident!("{kind}_at");
        quote!(rt::#read(&mut list)?)
    });
    let count = members.len();
    quote! {
        impl<'de> ::serde::Deserialize<'de> for #ident {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> ::std::result::Result<Self, D::Error> {
                struct Positions;
                impl<'de> ::serde::de::Visitor<'de> for Positions {
                    type Value = #ident;
                    fn expecting(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                        f.write_str("a list")
                    }
                    fn visit_seq<A: ::serde::de::SeqAccess<'de>>(
                        self,
                        mut list: A,
                    ) -> ::std::result::Result<#ident, A::Error> {
                        let read = #ident { #(#members: #reads,)* };
                        while list.next_element::<::serde::de::IgnoredAny>()?.is_some() {}
                        Ok(read)
                    }
                }
                from.deserialize_seq(Positions)
            }
        }

        impl ::serde::Serialize for #ident {
            fn serialize<S: ::serde::Serializer>(&self, to: S) -> ::std::result::Result<S::Ok, S::Error> {
                use ::serde::ser::SerializeSeq;
                let mut list = to.serialize_seq(Some(#count))?;
                #(list.serialize_element(&self.#members)?;)*
                list.end()
            }
        }
    }
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

/// What is read in whichever form it comes: numbers as text, and if they may be missing, flags as numbers and codes, which
/// are enums of numbers, as empty text.
fn lenient(ty: &Type, facts: &Facts) -> Option<&'static str> {
    const NUMBERS: [&str; 6] = ["i32", "i64", "u32", "u64", "f32", "f64"];
    let optional = inside("Option", ty);
    let inner = optional.unwrap_or(ty);
    let name = quote!(#inner).to_string();
    if NUMBERS.contains(&name.as_str()) {
        return Some("number");
    }
    let Type::Path(path) = inner else { return None };
    let last = path.path.segments.last().map(|last| last.ident.to_string());
    let is_code = last.is_some_and(|last| facts.codes.contains(&last));
    optional.and_then(|_| match name.as_str() {
        "bool" => Some("flag"),
        _ => is_code.then_some("code"),
    })
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
