//! One call: what is set on it, what is checked of it, and how it is sent.

use super::checks;
use super::document::Mistake;
use super::finish::constant_name;
use super::finish_types::{self, owned, setter};
use super::operations::{self, Operation};
use super::request::statements;
use super::types::{certainty_note, escape};
use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{FnArg, ImplItemFn, Pat, Stmt, Type};

pub struct Builder<'a> {
    operation: &'a Operation,
    name: syn::Ident,
    /// Given to the entry method: ids, and the precondition.
    arguments: Vec<(syn::Ident, Type)>,
    argument_checks: Vec<TokenStream>,
    /// Query and header parameters, with their documentation and what is checked of them.
    options: Vec<Parameter>,
    body: Option<(syn::Ident, &'a finish_types::Struct)>,
    answer: Type,
    statements: Vec<Stmt>,
}

struct Parameter {
    field: syn::Ident,
    setter: syn::Ident,
    ty: Type,
    documentation: Vec<String>,
    check: TokenStream,
}

impl<'a> Builder<'a> {
    pub fn read(
        operation: &'a Operation,
        method: &ImplItemFn,
        structs: &'a [finish_types::Struct],
    ) -> Result<Self, Mistake> {
        let mut arguments = Vec::new();
        let mut argument_checks = Vec::new();
        let mut options = Vec::new();
        let mut body = None;
        for (name, ty) in inputs(method) {
            if name == "body" {
                let named = operation.body.as_ref();
                let declared = structs
                    .iter()
                    .find(|each| named.is_some_and(|named| &each.name == named))
                    .ok_or_else(|| {
                        Mistake::new(
                            &operation.id,
                            "the body is no object",
                            "lower it, or write this call by hand",
                        )
                    })?;
                body = Some((name, declared));
            } else if let Some(inner) = finish_types::inside("Option", &ty) {
                options.push(Parameter::read(operation, name, owned(inner))?);
            } else {
                let operations::Parameter { name: wire, minimum, maximum, .. } = declared(operation, &name)?;
                let check = checks::range(wire, &quote!(Some(*#name)), *minimum, *maximum);
                argument_checks.extend(check.map(|check| quote!(let at = &rt::Place::Root; #check)));
                arguments.push((name, owned(&ty)));
            }
        }
        let answer = answer(method, &operation.id)?;
        if operation.page.is_some() && finish_types::inside("Vec", &answer).is_none() {
            let remedy = "declare the payload as an array, or leave the key out";
            return Err(Mistake::new(&operation.id, "`x-sdk-page` but the answer is no list", remedy));
        }
        Ok(Self {
            operation,
            name: format_ident!("{}", operation.id.to_upper_camel_case()),
            arguments,
            argument_checks,
            options,
            body,
            answer,
            statements: statements(method, &operation.id)?,
        })
    }

    /// Whether a success has anything to tell beyond that it is one.
    pub fn has_payload(&self) -> bool {
        let answer = &self.answer;
        quote!(#answer).to_string() != "()"
    }

    /// The method on the client that starts the call.
    pub fn entry(&self) -> TokenStream {
        let Self { name, operation, .. } = self;
        let method = format_ident!("{}", operation.id);
        let documentation = self.documentation();
        let arguments = self.arguments.iter().map(|(name, ty)| quote!(#name: impl Into<#ty>));
        let given = self.arguments.iter().map(|(name, _)| quote!(#name: #name.into()));
        let precondition = operation.precondition.as_ref().map(|_| quote!(precondition: rt::Precondition));
        let precondition_given = operation.precondition.as_ref().map(|_| quote!(precondition));
        let empty = self.options.iter().map(|option| option.field.clone()).map(|field| quote!(#field: None));
        let body = self.body.iter().map(|(field, _)| quote!(#field: Default::default()));
        let arguments = arguments.chain(precondition);
        let given = given.chain(precondition_given).chain(empty).chain(body);
        quote! {
            #(#[doc = #documentation])*
            pub fn #method(&self, #(#arguments),*) -> calls::#name {
                calls::#name { client: self.clone(), options: rt::CallOptions::default(), #(#given),* }
            }
        }
    }

    fn documentation(&self) -> Vec<String> {
        let operation = self.operation;
        let mut lines = vec![escape(&operation.summary)];
        let mut paragraph = |text: String| lines.extend([String::new(), text]);
        if let Some(description) = &operation.description {
            paragraph(escape(description));
        }
        let call = format!("`{} {}`.", operation.method, operation.path);
        let certainty = certainty_note(&operation.certainty, Some(&operation.source));
        paragraph(format!("{call} {certainty}"));
        paragraph(if operation.repeatable {
            "Repeatable: tried again after a passing failure.".to_owned()
        } else {
            "Not repeatable: tried again only if it was certainly not sent.".to_owned()
        });
        if operation.precondition.is_some() {
            paragraph("Fails with [`Error::is_precondition_failed`](crate::Error::is_precondition_failed) if another writer was faster.".to_owned());
        }
        lines
    }

    pub fn code(&self, client: &syn::Path) -> TokenStream {
        let Self { name, operation, statements, .. } = self;
        let documentation = format!(
            "A call of [`Client::{id}`]({client}::{id}), made by [`send`](Self::send).",
            id = operation.id,
            client = quote!(#client).to_string().replace(' ', ""),
        );
        let id = &operation.id;
        let constant = constant_name(id);
        let arguments = self.arguments.iter().map(|(name, ty)| quote!(pub(super) #name: #ty));
        let precondition_field =
            operation.precondition.iter().map(|_| quote!(pub(super) precondition: rt::Precondition));
        let options =
            self.options.iter().map(|Parameter { field, ty, .. }| quote!(pub(super) #field: Option<#ty>));
        let bodies = self.body.iter().map(|(field, body)| {
            let ty = &body.ident;
            quote!(pub(super) #field: types::#ty)
        });
        let fields = arguments.chain(precondition_field).chain(options).chain(bodies);
        let setters = self.setters();
        let bound = self.arguments.iter().map(|(name, _)| name);
        let bound = bound
            .chain(self.options.iter().map(|option| &option.field))
            .chain(self.body.iter().map(|(name, _)| name));
        let checks = self.argument_checks.iter().chain(self.options.iter().map(|option| &option.check));
        let body_check =
            self.body.iter().map(|(field, _)| quote!(rt::Check::check(#field, &rt::Place::Root)?;));
        let precondition = operation
            .precondition
            .iter()
            .map(|header| quote!(self.precondition.apply(#header, request.headers_mut())?;));
        let sending = self.sending(&constant);
        quote! {
            #[doc = #documentation]
            #[must_use = "nothing is sent before `send` is awaited"]
            #[derive(Clone)]
            pub struct #name {
                pub(super) client: #client,
                pub(super) options: rt::CallOptions,
                #(#fields,)*
            }

            impl #name {
                #(#setters)*

                /// Changes how this one call is made: the time that all its attempts may take together.
                pub fn with_timeout(mut self, timeout: ::std::time::Duration) -> Self {
                    self.options.operation_timeout = Some(timeout);
                    self
                }

                /// Changes how this one call is made: the retry policy. `RetryPolicy::never()` sends at most once.
                pub fn with_retry(mut self, policy: rt::RetryPolicy) -> Self {
                    self.options.retry = Some(policy);
                    self
                }

                /// Changes how this one call is made: one more header. One that carries credentials is refused.
                pub fn with_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
                    self.options.headers.push((name.into(), value.into()));
                    self
                }

                #sending

                fn request(&self) -> Result<rt::Request, rt::Invalid> {
                    let core = self.client.core();
                    let Self { #(#bound,)* .. } = self;
                    #(#checks)*
                    #(#body_check)*
                    #(#statements)*
                    #(#precondition)*
                    Ok(request)
                }
            }

            impl ::std::fmt::Debug for #name {
                fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    formatter.debug_struct(stringify!(#name)).finish_non_exhaustive()
                }
            }
        }
    }

    fn setters(&self) -> Vec<TokenStream> {
        let options =
            self.options.iter().map(|Parameter { field, setter: name, ty, documentation, .. }| {
                setter(name, ty, documentation, &quote!(self.#field))
            });
        let bodies = self.body.iter().flat_map(|(field, body)| {
            let ty = &body.ident;
            let whole = quote! {
                /// The whole body at once, in place of what was set so far.
                pub fn body(mut self, body: types::#ty) -> Self {
                    self.#field = body;
                    self
                }
            };
            let each = body.members.iter().map(move |member| {
                let target = &member.ident;
                setter(target, &member.qualified, &member.documentation, &quote!(self.#field.#target))
            });
            std::iter::once(whole).chain(each)
        });
        options.chain(bodies).collect()
    }

    /// `send` and `send_reply`; for lists whose paging is not documented also the way to go on at one's own risk.
    fn sending(&self, constant: &syn::Ident) -> TokenStream {
        let answer = &self.answer;
        let reply =
            quote!(rt::call(self.client.core(), &super::#constant, self.request(), &self.options).await);
        let nothing = quote!(#answer).to_string() == "()";
        let plain = if nothing { quote!(Ok(#reply?.map(|rt::Nothing| ()))) } else { reply.clone() };
        let Some(page) = &self.operation.page else {
            return quote! {
                /// Makes the call.
                ///
                /// # Errors
                ///
                /// See [`Error`](rt::Error); [`Error::effect`](rt::Error::effect) tells whether it may have happened.
                pub async fn send(self) -> Result<#answer, rt::Error> {
                    Ok(self.send_reply().await?.into_value())
                }

                /// Makes the call and returns the answer with status, headers, request id, attempts and raw bytes.
                ///
                /// # Errors
                ///
                /// As [`send`](Self::send).
                pub async fn send_reply(self) -> Result<rt::Reply<#answer>, rt::Error> {
                    #plain
                }
            };
        };
        let item = finish_types::inside("Vec", answer).cloned().unwrap_or_else(|| answer.clone());
        let limit = format_ident!("{}", page.limit.to_snake_case());
        let token = format_ident!("{}", page.token.to_snake_case());
        quote! {
            /// Makes the call. How a further page is asked for is not documented, so the listing says whether it may be
            /// incomplete.
            ///
            /// # Errors
            ///
            /// See [`Error`](rt::Error).
            pub async fn send(self) -> Result<rt::Listing<#item>, rt::Error> {
                Ok(self.send_reply().await?.into_value())
            }

            /// Makes the call and returns the answer with status, headers, request id, attempts and raw bytes.
            ///
            /// # Errors
            ///
            /// As [`send`](Self::send).
            pub async fn send_reply(self) -> Result<rt::Reply<rt::Listing<#item>>, rt::Error> {
                let reply: rt::Reply<Option<#answer>> = #reply?;
                Ok(rt::Listing::read(reply, self.#limit))
            }

            /// Every page, **at your own risk**: that a further page is asked for with this token is not documented,
            /// nor where an answer carries it. `find` gets the undocumented member of each answer and returns the
            /// token of the next page; `None` ends the stream. A token that comes twice is an error.
            #[must_use = "nothing is sent before the stream is polled"]
            pub fn pages_by_unverified_token(
                self,
                find: impl Fn(&rt::Value) -> Option<String> + Send + Sync + 'static,
            ) -> rt::Pages<#item> {
                let find = ::std::sync::Arc::new(find);
                rt::Pages::new(&super::#constant, self.#token.clone(), move |token| {
                    let mut call = self.clone();
                    call.#token = token;
                    let find = ::std::sync::Arc::clone(&find);
                    async move { Ok(call.send().await?.into_page(&*find)) }
                })
            }
        }
    }
}

impl Parameter {
    fn read(operation: &Operation, field: syn::Ident, ty: Type) -> Result<Self, Mistake> {
        let declared = declared(operation, &field)?;
        let mut documentation = vec![escape(declared.description.as_deref().unwrap_or(&declared.name))];
        if declared.certainty != "documented" {
            let note = certainty_note(&declared.certainty, declared.source.as_deref());
            documentation.extend([String::new(), note]);
        }
        let setter = match declared.certainty.as_str() {
            "documented" => field.clone(),
            _ => format_ident!("unverified_{field}"),
        };
        let check = checks::range(&declared.name, &quote!(*#field), declared.minimum, declared.maximum);
        let check = check.map(|check| quote!(let at = &rt::Place::Root; #check)).unwrap_or_default();
        Ok(Self { field, setter, ty, documentation, check })
    }
}

/// What the document says of the parameter that the generator calls `field`.
fn declared<'a>(operation: &'a Operation, field: &syn::Ident) -> Result<&'a operations::Parameter, Mistake> {
    // A name that is a keyword gets an underscore from the generator.
    let name = field.to_string();
    let name = name.trim_end_matches('_');
    operation.parameters.iter().find(|parameter| name == parameter.name.to_snake_case()).ok_or_else(|| {
        let problem = format!("the generator made up a parameter `{name}`");
        Mistake::new(&operation.id, problem, "look at what changed in progenitor")
    })
}

fn inputs(method: &ImplItemFn) -> impl Iterator<Item = (syn::Ident, Type)> {
    method.sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => match &*typed.pat {
            Pat::Ident(name) => Some((name.ident.clone(), (*typed.ty).clone())),
            _ => None,
        },
        FnArg::Receiver(_) => None,
    })
}

/// `T` of `Result<ResponseValue<T>, _>`.
fn answer(method: &ImplItemFn, id: &str) -> Result<Type, Mistake> {
    let syn::ReturnType::Type(_, ty) = &method.sig.output else {
        return Err(Mistake::new(
            id,
            "the generated method returns nothing",
            "look at what changed in progenitor",
        ));
    };
    finish_types::inside("Result", ty)
        .and_then(|ty| finish_types::inside("ResponseValue", ty))
        .cloned()
        .ok_or_else(|| {
            Mistake::new(
                id,
                "the generated method returns no `ResponseValue`",
                "look at what changed in progenitor",
            )
        })
}
