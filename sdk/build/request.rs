//! The part of a generated method that builds the request, with our runtime in place of the generator's.

use super::document::Mistake;
use quote::quote;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ImplItemFn, Pat, Stmt, parse_quote};

/// What stands before `let info = OperationInfo {..}`, without the `api-version` header that nobody asked for.
pub fn statements(method: &ImplItemFn, id: &str) -> Result<Vec<Stmt>, Mistake> {
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
    let mut rewrite = Rewrite { to_core: 0 };
    for statement in &mut kept {
        rewrite.visit_stmt_mut(statement);
    }
    match rewrite.to_core {
        2 => Ok(kept),
        found => Err(changed(&format!("{found} uses of the generated client were found instead of 2"))),
    }
}

/// `self.baseurl`, `self.client`, `encode_path` and `QueryParam` become ours.
struct Rewrite {
    to_core: usize,
}

impl VisitMut for Rewrite {
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
                *expression = parse_quote!(rt::query(#arguments));
            }
        }
    }

    /// `format!` holds its arguments as tokens; they are read as expressions first.
    fn visit_macro_mut(&mut self, call: &mut syn::Macro) {
        let parser = syn::punctuated::Punctuated::<Expr, syn::Token![,]>::parse_terminated;
        if let Ok(mut arguments) = call.parse_body_with(parser) {
            arguments.iter_mut().for_each(|argument| self.visit_expr_mut(argument));
            call.tokens = quote!(#arguments);
        }
    }
}
