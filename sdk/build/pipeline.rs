//! document -> checked -> lowered -> progenitor -> finished. Pure: text in, text out.

pub mod answers;
pub mod builder;
pub mod checks;
pub mod document;
pub mod enums;
pub mod extensions;
pub mod finish;
pub mod finish_types;
pub mod lower;
pub mod operations;
pub mod references;
pub mod request;
pub mod types;

use document::Mistake;
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle};
use schemars::schema::{InstanceType, SchemaObject};
use serde_json::Value;
use std::any::Any;
use std::panic::{self, AssertUnwindSafe};

/// What the code is for.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    /// How errors and logs name the provider.
    pub provider: &'a str,
    /// The path below the crate to the module with the client.
    pub module: &'a str,
}

/// Rust code for the document `text`. `file` is how mistakes name the document.
pub fn generate(file: &str, target: Target<'_>, text: &str) -> Result<String, String> {
    generate_tokens(target, text)
        .map(|code| prettyplease::unparse(&code))
        .map_err(|mistake| format!("{file}: {mistake}"))
}

fn generate_tokens(target: Target<'_>, text: &str) -> Result<syn::File, Mistake> {
    let mut document: Value = serde_saphyr::from_str(text)
        .map_err(|error| Mistake::new("document", one_line(&error), "write valid YAML"))?;
    operations::check(&document)?;
    extensions::check(&document)?;
    references::check(&document)?;
    lower::refer_to_what_may_be_null(&mut document)?;
    let operations = operations::read(&document)?;
    let facts = types::Facts::read(&document)?;
    let enums = enums::take(&mut document)?;
    lower::lower(&mut document, &operations, &facts)?;
    let generated = progenitor(target, &document, &enums)?;
    finish::finish(target, &generated, &operations, &facts, &enums)
}

/// Runs the generator. Only its types and the code that builds a request are used afterwards.
fn progenitor(target: Target<'_>, document: &Value, enums: &[enums::OpenEnum]) -> Result<syn::File, Mistake> {
    let refused = |error: &dyn std::fmt::Display| {
        Mistake::new("document", one_line(error), "lower what progenitor cannot read, in sdk/build/lower.rs")
    };
    let mut settings = GenerationSettings::new();
    settings.with_interface(InterfaceStyle::Positional);
    settings.with_map_type("::std::collections::BTreeMap");
    for (_, format, ours) in lower::TIMES {
        settings.with_conversion(
            SchemaObject {
                instance_type: Some(InstanceType::String.into()),
                format: Some(format.to_owned()),
                ..SchemaObject::default()
            },
            format!("crate::runtime::{ours}"),
            std::iter::empty(),
        );
    }
    for open in enums {
        settings.with_replacement(
            &open.name,
            format!("crate::{}::types::{}", target.module, open.name),
            std::iter::empty(),
        );
    }
    let document = serde_json::from_value(document.clone()).map_err(|error| refused(&error))?;
    // The generator panics at some schemas that it does not support.
    let mut generator = Generator::new(&settings);
    let tokens = panic::catch_unwind(AssertUnwindSafe(|| generator.generate_tokens(&document)))
        .map_err(|panic| refused(&said(&*panic)))?
        .map_err(|error| refused(&error))?;
    syn::parse2(tokens).map_err(|error| refused(&error))
}

fn said(panic: &(dyn Any + Send)) -> String {
    let literal = panic.downcast_ref::<&str>().map(|said| (*said).to_owned());
    literal
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "the generator panicked".to_owned())
}

fn one_line(error: &dyn std::fmt::Display) -> String {
    error.to_string().split_whitespace().collect::<Vec<_>>().join(" ")
}
