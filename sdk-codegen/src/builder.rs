//! One call: what is set on it, what is checked of it, and how it is sent.

use super::answers::Success;
use super::checks;
use super::document::Mistake;
use super::finish::constant_name;
use super::finish_types::{self, owned, setter};
use super::operations::{self, Operation};
use super::request::statements;
use super::sources;
use super::types::{certainty_note, escape};
use heck::{ToSnakeCase, ToUpperCamelCase};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{FnArg, ImplItemFn, Pat, Stmt, Type, parse_quote};

pub struct Builder<'a> {
    operation: &'a Operation,
    name: syn::Ident,
    /// Given to the entry method: ids, and the precondition.
    arguments: Vec<(syn::Ident, Type)>,
    argument_checks: Vec<TokenStream>,
    /// Query and header parameters, with their documentation and what is checked of them.
    options: Vec<Parameter>,
    body: Option<(syn::Ident, &'a finish_types::Struct)>,
    answer: Answer,
    statements: Vec<Stmt>,
}

/// What a call returns, and how the runtime reads it.
struct Answer {
    value: Type,
    reading: TokenStream,
    /// What a list is of; for anything else the value itself.
    item: Type,
    /// Where a list that goes on has its items and its state.
    places: Option<Places>,
}

/// The members of an answer that tell how a list goes on.
struct Places {
    items: syn::Ident,
    outer: syn::Ident,
    /// The type of `outer`.
    state: Type,
    inner: syn::Ident,
    total: Option<syn::Ident>,
}

struct Parameter {
    wire: String,
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
                let declared = structs.iter().find(|each| named.is_some_and(|it| it.schema == each.name));
                let declared = declared.ok_or_else(|| {
                    let remedy = "lower it, or write this call by hand";
                    Mistake::new(&operation.id, "the body is no object", remedy)
                })?;
                if named.is_some_and(|body| body.is_list) {
                    let ty = &declared.ident;
                    argument_checks.push(quote!(rt::Check::check(#name, &rt::Place::Root)?;));
                    arguments.push((name, parse_quote!(::std::vec::Vec<types::#ty>)));
                } else {
                    body = Some((name, declared));
                }
            } else if let Some(inner) = finish_types::inside("Option", &ty) {
                options.push(Parameter::read(operation, name, owned(inner))?);
            } else {
                let operations::Parameter { name: wire, minimum, maximum, .. } = declared(operation, &name)?;
                let check = checks::range(wire, &quote!(Some(*#name)), *minimum, *maximum);
                argument_checks.extend(check.map(|check| quote!(let at = &rt::Place::Root; #check)));
                arguments.push((name, owned(&ty)));
            }
        }
        if operation.body.as_ref().is_some_and(|body| body.content.is_some()) {
            arguments.push((format_ident!("content"), parse_quote!(rt::Content)));
        }
        let answer = Answer::of(operation, method, structs)?;
        Ok(Self {
            operation,
            name: format_ident!("{}", operation.id.to_upper_camel_case()),
            arguments,
            argument_checks,
            options,
            body,
            answer,
            statements: statements(method, operation)?,
        })
    }

    /// The method on the client that starts the call.
    pub fn entry(&self) -> TokenStream {
        let Self { name, operation, .. } = self;
        let method = format_ident!("{}", operation.id);
        let documentation = self.documentation();
        let (arguments, given): (Vec<_>, Vec<_>) = self
            .arguments
            .iter()
            .map(|(name, ty)| {
                let list = finish_types::inside("Vec", ty);
                let list =
                    list.map(|item| (quote!(IntoIterator<Item = #item>), quote!(into_iter().collect())));
                let (bound, conversion) = list.unwrap_or_else(|| (quote!(Into<#ty>), quote!(into())));
                (quote!(#name: impl #bound), quote!(#name: #name.#conversion))
            })
            .unzip();
        let precondition = operation.precondition.as_ref().map(|_| quote!(precondition: rt::Precondition));
        let precondition_given = operation.precondition.as_ref().map(|_| quote!(precondition));
        let empty = self.options.iter().map(|option| option.field.clone()).map(|field| quote!(#field: None));
        let body = self.body.iter().map(|(field, _)| quote!(#field: Default::default()));
        let arguments = arguments.into_iter().chain(precondition);
        let given = given.into_iter().chain(precondition_given).chain(empty).chain(body);
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
        let certainty = certainty_note(&operation.certainty, Some(&operation.source), "sources");
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
        let accept = operation.answers.accept.iter().map(|media_type| {
            quote!(request.headers_mut().insert("accept", ::http::HeaderValue::from_static(#media_type));)
        });
        let content = operation.body.as_ref().and_then(|body| body.content.as_ref());
        let finished = content.map_or_else(
            || quote!(Ok(rt::Request::new(request))),
            |member| quote!(rt::Request::with_content(request, #member, content)),
        );
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

                rt::call_options!();

                #sending

                fn request(&self) -> Result<rt::Request, rt::Invalid> {
                    let core = self.client.core();
                    let Self { #(#bound,)* .. } = self;
                    #(#checks)*
                    #(#body_check)*
                    #(#statements)*
                    #(#precondition)*
                    #(#accept)*
                    #finished
                }
            }

            impl ::std::fmt::Debug for #name {
                fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                    formatter.debug_struct(stringify!(#name)).finish_non_exhaustive()
                }
            }
        }
    }

    /// The field of an optional parameter.
    fn option(&self, wire: &str) -> syn::Ident {
        let option = self.options.iter().find(|option| option.wire == wire);
        option.map_or_else(|| format_ident!("r#{}", wire.to_snake_case()), |option| option.field.clone())
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

    /// `send` and `send_reply`, and for lists the way to go on.
    fn sending(&self, constant: &syn::Ident) -> TokenStream {
        let Answer { value, reading, item, places } = &self.answer;
        let reply = quote!(rt::call::<_, #reading>(self.client.core(), &super::#constant, self.request(), &self.options).await);
        let nothing = self.operation.answers.success == Success::Nothing;
        let reply = if nothing { quote!(Ok(#reply?.map(|rt::Nothing| ()))) } else { reply };
        let plain = quote! {
            /// Makes the call.
            ///
            /// # Errors
            ///
            /// See [`Error`](rt::Error); [`Error::effect`](rt::Error::effect) tells whether it may have happened.
            pub async fn send(self) -> Result<#value, rt::Error> {
                Ok(self.send_reply().await?.into_value())
            }

            /// Makes the call and returns the answer with status, headers, request id, attempts and raw bytes.
            ///
            /// # Errors
            ///
            /// As [`send`](Self::send).
            pub async fn send_reply(self) -> Result<rt::Reply<#value>, rt::Error> {
                #reply
            }
        };
        let Some(page) = &self.operation.page else { return plain };
        let token = self.option(&page.token);
        let left_out = [&page.limit, &page.token];
        let scope = quote!(rt::scope(&self.request(), &[#(#left_out),*]));
        let Some(Places { items, outer, state, inner, total }) = places else {
            return self.undocumented_pages(constant, page, &scope);
        };
        // Each of these is an `Option`, unless the document requires it.
        let state = quote!(::std::option::Option::<#state>::from(answer.#outer));
        let next =
            quote!(state.map(|state| ::std::option::Option::<::std::string::String>::from(state.#inner)));
        let total = total.iter().map(
            |total| quote!(state.as_ref().and_then(|state| ::std::option::Option::<i64>::from(state.#total))),
        );
        let total = total.chain([quote!(None)]).next();
        let name = &page.token;
        let pages = if page.style == "offset" {
            quote! {
                /// Every page from here on, as a stream. A page that does not begin where the one before ended is an error.
                /// Items are counted, so what is added or taken away meanwhile may shift one from one page to another.
                #[must_use = "nothing is sent before the stream is polled"]
                pub fn pages(self) -> rt::Pages<#item> {
                    let scope = #scope;
                    let start = self.#token.map(|offset| offset.to_string());
                    rt::Pages::counted(&super::#constant, scope, start, move |offset| {
                        let mut call = self.clone();
                        async move {
                            let from = rt::offset(&super::#constant, offset)?;
                            call.#token = from.or(call.#token);
                            let answer = call.send().await?;
                            let state = #state;
                            let total = #total;
                            let next = #next;
                            rt::Page::counted(&super::#constant, #name, from, answer.#items.into(), next, total)
                        }
                    })
                }
            }
        } else {
            quote! {
                /// Every page from here on, as a stream. A token that comes twice is an error, and so are a hundred pages in
                /// a row that hold nothing.
                #[must_use = "nothing is sent before the stream is polled"]
                pub fn pages(self) -> rt::Pages<#item> {
                    let scope = #scope;
                    rt::Pages::new(&super::#constant, scope, self.#token.clone(), move |token| {
                        let mut call = self.clone();
                        call.#token = token;
                        async move {
                            let answer = call.send().await?;
                            let state = #state;
                            let next = #next;
                            rt::Page::by_token(&super::#constant, answer.#items.into(), next)
                        }
                    })
                }
            }
        };
        quote! {
            #plain

            #pages

            /// Every item from here on, as a stream over all pages; see [`pages`](Self::pages).
            #[must_use = "nothing is sent before the stream is polled"]
            pub fn items(self) -> rt::Items<#item> {
                self.pages().items()
            }
        }
    }

    fn undocumented_pages(
        &self,
        constant: &syn::Ident,
        page: &operations::Page,
        scope: &TokenStream,
    ) -> TokenStream {
        let Answer { value, reading, item, .. } = &self.answer;
        let (limit, token) = (self.option(&page.limit), self.option(&page.token));
        quote! {
            /// Makes the call. How a further page is asked for is not documented, so the listing says whether it may be
            /// incomplete.
            ///
            /// # Errors
            ///
            /// See [`Error`](rt::Error).
            pub async fn send(self) -> Result<#value, rt::Error> {
                Ok(self.send_reply().await?.into_value())
            }

            /// Makes the call and returns the answer with status, headers, request id, attempts and raw bytes.
            ///
            /// # Errors
            ///
            /// As [`send`](Self::send).
            pub async fn send_reply(self) -> Result<rt::Reply<#value>, rt::Error> {
                let reply = rt::call::<_, #reading>(
                    self.client.core(),
                    &super::#constant,
                    self.request(),
                    &self.options,
                );
                Ok(rt::Listing::read(reply.await?, self.#limit))
            }

            /// Every page, **at your own risk**: that a further page is asked for with this token is not documented,
            /// nor where an answer carries it. `find` gets the undocumented member of each answer and returns the
            /// token of the next page; `None` ends the stream. A token that comes twice is an error, and so are a hundred
            /// pages in a row that hold nothing.
            #[must_use = "nothing is sent before the stream is polled"]
            pub fn pages_by_unverified_token(
                self,
                find: impl Fn(&rt::Value) -> Option<String> + Send + Sync + 'static,
            ) -> rt::Pages<#item> {
                let find = ::std::sync::Arc::new(find);
                let scope = #scope;
                rt::Pages::new(&super::#constant, scope, self.#token.clone(), move |token| {
                    let mut call = self.clone();
                    call.#token = token;
                    let find = ::std::sync::Arc::clone(&find);
                    async move { Ok(call.send().await?.into_page(&*find)) }
                })
            }
        }
    }
}

impl Answer {
    fn of(
        operation: &Operation,
        method: &ImplItemFn,
        structs: &[finish_types::Struct],
    ) -> Result<Self, Mistake> {
        let generated = generated_answer(method, &operation.id)?;
        let plain = |value: Type, reading| Self { item: value.clone(), value, reading, places: None };
        let Some(page) = &operation.page else {
            return Ok(match &operation.answers.success {
                Success::Nothing => plain(parse_quote!(()), quote!(rt::Json<rt::Nothing>)),
                Success::Json(_) => plain(generated.clone(), quote!(rt::Json<#generated>)),
                Success::Created { id, always } => {
                    let id = format_ident!("{id}");
                    match always {
                        true => plain(parse_quote!(rt::Created<types::#id>), quote!(rt::Located<types::#id>)),
                        false => plain(
                            parse_quote!(::std::option::Option<rt::Created<types::#id>>),
                            quote!(rt::MaybeLocated<types::#id>),
                        ),
                    }
                }
                Success::Link => plain(parse_quote!(rt::Link), quote!(rt::Linked)),
                Success::Content(_) => plain(parse_quote!(rt::Download), quote!(rt::Streamed)),
            });
        };
        let no_list = || {
            let remedy = "declare the payload as an array, or leave the key out";
            Mistake::new(&operation.id, "`x-sdk-page` but the answer is no list", remedy)
        };
        match &page.places {
            None => {
                let item = finish_types::inside("Vec", &generated).cloned().ok_or_else(no_list)?;
                let reading = quote!(rt::Json<::std::option::Option<#generated>>);
                Ok(Self { value: parse_quote!(rt::Listing<#item>), reading, item, places: None })
            }
            Some(places) => {
                let list = of_type(structs, &generated).ok_or_else(no_list)?;
                let items = list.field(&places.items).ok_or_else(no_list)?;
                let item = finish_types::inside("Vec", &items.qualified).ok_or_else(no_list)?;
                let (outer, inner) = &places.next;
                let state = list.field(outer);
                let states = state.and_then(|state| of_type(structs, &state.qualified));
                // A member of the state, if it is there and of this type.
                let member = |key: &str, name: &str, ty: &str, kind: &str| {
                    let member = states.and_then(|states| states.field(name));
                    member.filter(|member| written(&member.qualified) == ty).ok_or_else(|| {
                        let problem =
                            format!("`{key}` is `{outer}.{name}`, which the answer does not have as {kind}");
                        let place = format!("{} > x-sdk-page", operation.id);
                        Mistake::new(
                            place,
                            problem,
                            format!("name a member of `type: {kind}`, and declare it"),
                        )
                    })
                };
                let inner = member("next", inner, "::std::string::String", "string")?.ident.clone();
                let total = places.total.as_ref();
                let total = total.map(|total| member("total", total, "i64", "integer")).transpose()?;
                let found = state.map(|state| Places {
                    items: items.ident.clone(),
                    outer: state.ident.clone(),
                    state: state.qualified.clone(),
                    inner,
                    total: total.map(|total| total.ident.clone()),
                });
                let reading = quote!(rt::Json<#generated>);
                Ok(Self { reading, item: item.clone(), value: generated, places: found })
            }
        }
    }
}

/// A type as it is written, without blanks.
fn written(ty: &Type) -> String {
    quote!(#ty).to_string().replace(' ', "")
}

/// The struct that a type is, as seen from `calls`.
fn of_type<'a>(structs: &'a [finish_types::Struct], ty: &Type) -> Option<&'a finish_types::Struct> {
    let name = written(ty);
    structs.iter().find(|each| name == format!("types::{}", each.name))
}

impl Parameter {
    fn read(operation: &Operation, field: syn::Ident, ty: Type) -> Result<Self, Mistake> {
        let declared = declared(operation, &field)?;
        let mut documentation = vec![escape(declared.description.as_deref().unwrap_or(&declared.name))];
        if declared.certainty != "documented" {
            let note = certainty_note(&declared.certainty, declared.source.as_deref(), sources::BESIDE);
            documentation.extend([String::new(), note]);
        }
        let setter = match declared.certainty.as_str() {
            "documented" => field.clone(),
            _ => format_ident!("unverified_{field}"),
        };
        let check = checks::range(&declared.name, &quote!(*#field), declared.minimum, declared.maximum);
        let check = check.map(|check| quote!(let at = &rt::Place::Root; #check)).unwrap_or_default();
        Ok(Self { wire: declared.name.clone(), field, setter, ty, documentation, check })
    }
}

/// What the document says of the parameter that the generator calls `field`.
fn declared<'a>(operation: &'a Operation, field: &syn::Ident) -> Result<&'a operations::Parameter, Mistake> {
    // A name that is a keyword gets an underscore from the generator, and so does one that begins with a digit.
    let name = field.to_string();
    let name = name.trim_matches('_');
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
fn generated_answer(method: &ImplItemFn, id: &str) -> Result<Type, Mistake> {
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
