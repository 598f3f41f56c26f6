//! What an open enum holds on the wire: strings or integers.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::{Error, Fields, Lit, Type, Variant};

use super::{LAST, OpenEnum};

pub(super) enum Wire {
    Text,
    Number,
}

impl Wire {
    /// Read off the last variant, by the name of the type of its only field.
    pub(super) fn of(last: &Variant) -> syn::Result<Self> {
        let mut types = last.fields.iter().map(|field| &field.ty);
        let name = match (&last.fields, types.next(), types.next()) {
            (Fields::Unnamed(_), Some(Type::Path(ty)), None) => ty.path.segments.last(),
            _ => None,
        };
        let wire = match name.map(|segment| segment.ident.to_string()).as_deref() {
            Some("String") => Self::Text,
            Some("i64") => Self::Number,
            _ => return Err(Error::new_spanned(&last.ident, LAST)),
        };
        match last.attrs.iter().find(|attr| attr.path().is_ident("open_enum")) {
            Some(value) => Err(Error::new_spanned(value, format!("{LAST}, without a value of its own"))),
            None => Ok(wire),
        }
    }

    /// The value in one spelling only, so that `0x28` and `40` are the same.
    pub(super) fn value(&self, lit: &Lit) -> syn::Result<Literal> {
        let value = match (self, lit) {
            (Self::Text, Lit::Str(text)) => Some(Literal::string(&text.value())),
            (Self::Number, Lit::Int(number)) => number.base10_parse().ok().map(Literal::i64_unsuffixed),
            _ => None,
        };
        let expected = match self {
            Self::Text => "expected a string, because the last variant keeps a `String`",
            Self::Number => "expected a 64-bit integer, because the last variant keeps an `i64`",
        };
        value.ok_or_else(|| Error::new_spanned(lit, expected))
    }
}

/// What an enum of strings has.
pub(super) fn text(open: &OpenEnum<'_>) -> TokenStream {
    let OpenEnum { name, known, values, unknown, .. } = open;
    quote! {
        impl #name {
            /// The value as the provider writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    #(Self::#known => #values,)*
                    Self::#unknown(value) => value,
                }
            }
        }

        #[automatically_derived]
        impl convert::From<&str> for #name {
            fn from(value: &str) -> Self {
                match value {
                    #(#values => Self::#known,)*
                    _ => Self::#unknown(string::String::from(value)),
                }
            }
        }

        #[automatically_derived]
        impl convert::From<string::String> for #name {
            fn from(value: string::String) -> Self {
                match value.as_str() {
                    #(#values => Self::#known,)*
                    _ => Self::#unknown(value),
                }
            }
        }

        #[automatically_derived]
        impl convert::From<#name> for string::String {
            fn from(value: #name) -> Self {
                match value {
                    #name::#unknown(value) => value,
                    known => Self::from(known.as_str()),
                }
            }
        }

        #[automatically_derived]
        impl ::core::str::FromStr for #name {
            type Err = convert::Infallible;

            fn from_str(value: &str) -> result::Result<Self, Self::Err> {
                result::Result::Ok(Self::from(value))
            }
        }

        #[automatically_derived]
        impl cmp::PartialEq<str> for #name {
            fn eq(&self, other: &str) -> bool { self.as_str() == other }
        }

        #[automatically_derived]
        impl cmp::PartialEq<&str> for #name {
            fn eq(&self, other: &&str) -> bool { self.as_str() == *other }
        }

        #[automatically_derived]
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> result::Result<Self, D::Error> {
                struct Visitor;

                impl ::serde::de::Visitor<'_> for Visitor {
                    type Value = #name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a string")
                    }

                    // A value that is known needs no memory of its own.
                    fn visit_str<E: ::serde::de::Error>(self, value: &str) -> result::Result<#name, E> {
                        result::Result::Ok(#name::from(value))
                    }

                    fn visit_string<E: ::serde::de::Error>(self, value: string::String) -> result::Result<#name, E> {
                        result::Result::Ok(#name::from(value))
                    }
                }

                from.deserialize_str(Visitor)
            }
        }
    }
}

/// What an enum of integers has.
pub(super) fn number(open: &OpenEnum<'_>) -> TokenStream {
    let OpenEnum { name, known, values, unknown, .. } = open;
    quote! {
        impl #name {
            /// The value as the provider writes it.
            #[must_use]
            pub const fn value(&self) -> i64 {
                match self {
                    #(Self::#known => #values,)*
                    Self::#unknown(value) => *value,
                }
            }
        }

        #[automatically_derived]
        impl convert::From<i64> for #name {
            fn from(value: i64) -> Self {
                match value {
                    #(#values => Self::#known,)*
                    _ => Self::#unknown(value),
                }
            }
        }

        #[automatically_derived]
        impl convert::From<#name> for i64 {
            fn from(value: #name) -> Self { value.value() }
        }

        #[automatically_derived]
        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> result::Result<Self, D::Error> {
                use ::serde::de;

                struct Visitor;

                impl de::Visitor<'_> for Visitor {
                    type Value = i64;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("a 64-bit integer, or a string that holds one")
                    }

                    fn visit_i64<E: de::Error>(self, value: i64) -> result::Result<i64, E> {
                        result::Result::Ok(value)
                    }

                    fn visit_u64<E: de::Error>(self, value: u64) -> result::Result<i64, E> {
                        let wrong = |_| E::invalid_value(de::Unexpected::Unsigned(value), &self);
                        i64::try_from(value).map_err(wrong)
                    }

                    // A whole number may come as `10.0`.
                    fn visit_f64<E: de::Error>(self, value: f64) -> result::Result<i64, E> {
                        let written = string::ToString::to_string(&value);
                        written.parse().map_err(|_| E::invalid_type(de::Unexpected::Float(value), &self))
                    }

                    fn visit_str<E: de::Error>(self, value: &str) -> result::Result<i64, E> {
                        value.parse().map_err(|_| E::invalid_value(de::Unexpected::Str(value), &self))
                    }
                }

                from.deserialize_any(Visitor).map(Self::from)
            }
        }
    }
}
