//! The part of a generated method that builds the request, with our runtime in place of the generator's.

use super::document::Mistake;
use super::operations::{List, Operation};
use quote::quote;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ImplItemFn, Pat, Stmt, Token, parse_quote};

/// What stands before `let info = OperationInfo {..}`, without the `api-version` header that nobody asked for.
pub fn statements(method: &ImplItemFn, operation: &Operation) -> Result<Vec<Stmt>, Mistake> {
    let id = &operation.id;
    let is_info = |statement: &Stmt| match statement {
        Stmt::Local(local) => matches!(&local.pat, Pat::Ident(name) if name.ident == "info"),
        _ => false,
    };
    let changed = |what: &str| Mistake::new(id, what, "look at what changed in progenitor");
    let end =
        method.block.stmts.iter().position(is_info).ok_or_else(|| changed("no `let info` was generated"))?;
    let statements = method.block.stmts.iter().take(end);
    let kept = statements.clone().filter(|statement| !quote!(#statement).to_string().contains("api-version"));
    let mut kept = kept.cloned().collect::<Vec<_>>();
    if kept.len() + 1 != statements.len() {
        return Err(changed("the `api-version` header was not found"));
    }
    let mut rewrite = Rewrite { operation, to_core: 0 };
    for statement in &mut kept {
        rewrite.visit_stmt_mut(statement);
    }
    match rewrite.to_core {
        2 => Ok(kept),
        found => Err(changed(&format!("{found} uses of the generated client were found instead of 2"))),
    }
}

/// `self.baseurl`, `self.client`, `encode_path` and `QueryParam` become ours.
struct Rewrite<'a> {
    operation: &'a Operation,
    to_core: usize,
}

impl Rewrite<'_> {
    /// A query parameter: its name, and the variable that holds it.
    fn query(&self, arguments: &Punctuated<Expr, Token![,]>) -> Expr {
        let (Some(name), Some(value)) = (arguments.first(), arguments.last()) else {
            return parse_quote!(rt::query(#arguments));
        };
        let text = quote!(#name).to_string();
        let mut parameters = self.operation.parameters.iter();
        let parameter = parameters.find(|parameter| {
            let wire = &parameter.name;
            quote!(#wire).to_string() == text
        });
        let Some((list, required)) = parameter.and_then(|it| Some((it.list?, it.required))) else {
            return parse_quote!(rt::query(#arguments));
        };
        let Expr::Reference(value) = value else { return parse_quote!(rt::query(#arguments)) };
        let value = &value.expr;
        let items: Expr =
            if required { parse_quote!(#value) } else { parse_quote!(#value.as_deref().unwrap_or_default()) };
        match list {
            List::Repeated => parse_quote!(rt::query_list(#name, #items)),
            List::Joined => parse_quote!(rt::query_joined(#name, #items)?),
        }
    }
}

impl VisitMut for Rewrite<'_> {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        visit_mut::visit_expr_mut(self, expression);
        let text = quote!(#expression).to_string();
        if text == "self . baseurl" {
            *expression = parse_quote!(core.base());
            self.to_core += 1;
        } else if text == "self . client" {
            *expression = parse_quote!(core.http());
            self.to_core += 1;
        } else if let Expr::Call(call) = expression {
            let callee = &call.func;
            let callee = quote!(#callee).to_string();
            let arguments = &call.args;
            if callee == "encode_path" {
                *expression = parse_quote!(rt::segment(#arguments)?);
            } else if callee == "progenitor_client :: QueryParam :: new" {
                *expression = self.query(arguments);
            }
        }
    }

    /// `format!` holds its arguments as tokens; they are read as expressions first.
    fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
        let parser = Punctuated::<Expr, Token![,]>::parse_terminated;
        if let Ok(mut arguments) = call.parse_body_with(parser) {
            arguments.iter_mut().for_each(|argument| self.visit_expr_mut(argument));
            call.tokens = quote!(#arguments);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a failing test says so by panicking")]
mod tests {
    use super::statements;

    /// If progenitor changes, what no longer fits is found out while building, not while sending.
    #[test]
    fn a_generator_that_has_changed_is_noticed() {
        let document = serde_json::json!({ "paths": { "/notes": { "get": {
            "operationId": "list_notes",
            "summary": "Lists notes.",
            "x-sdk-certainty": "documented",
            "x-sdk-source": "T",
            "x-sdk-repeatable": true,
            "responses": { "204": {} },
        } } } });
        let operations = crate::operations::read(&document).ok().unwrap();
        let operation = operations.first().unwrap();
        let error = |method: syn::ImplItemFn| statements(&method, operation).err().unwrap().to_string();
        let changed = "look at what changed in progenitor";
        let no_end = error(syn::parse_quote! { async fn get(&self) { let url = self.baseurl; } });
        assert_eq!(no_end, format!("list_notes: no `let info` was generated; {changed}"));
        let no_version =
            error(syn::parse_quote! { async fn get(&self) { let url = self.baseurl; let info = 1; } });
        assert_eq!(no_version, format!("list_notes: the `api-version` header was not found; {changed}"));
        let no_client = error(syn::parse_quote! {
            async fn get(&self) {
                headers.append("api-version", 1);
                let url = self.baseurl;
                let info = 1;
            }
        });
        let found = "1 uses of the generated client were found instead of 2";
        assert_eq!(no_client, format!("list_notes: {found}; {changed}"));
    }
}
