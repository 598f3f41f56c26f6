//! Runs progenitor. Only its types and the code that builds a request are used afterwards.

use super::Target;
use super::document::{Mistake, each_operation, one_line, text};
use super::enums::OpenEnum;
use super::lower::{TIMES, prune_schemas};
use progenitor_impl::{GenerationSettings, Generator, InterfaceStyle};
use schemars::schema::{InstanceType, SchemaObject};
use serde_json::{Map, Value, json};
use std::any::Any;
use std::collections::BTreeSet;
use std::panic::{self, AssertUnwindSafe};

/// What progenitor makes of the document.
pub fn run(target: Target<'_>, document: &Value, enums: &[OpenEnum]) -> Result<syn::File, Mistake> {
    generate(target, document, enums).map_err(|problem| {
        // It does not say which operation it failed at, so each is tried alone.
        let place = each_operation(document).find_map(|(path, item, method, operation)| {
            let mut only = Map::from_iter([(method.to_owned(), operation.clone())]);
            only.extend(item.get("parameters").map(|shared| ("parameters".to_owned(), shared.clone())));
            let mut alone = document.clone();
            alone.as_object_mut()?.insert("paths".to_owned(), json!({ path: only }));
            prune_schemas(&mut alone, BTreeSet::new()).ok()?;
            let problem = generate(target, &alone, enums).err()?;
            Some((text(operation, "operationId").unwrap_or(method).to_owned(), problem))
        });
        let (place, problem) = place.unwrap_or_else(|| ("document".to_owned(), problem));
        let problem = format!("progenitor cannot generate this: {problem}");
        Mistake::new(
            place,
            problem,
            "describe it more simply, or write this call by hand with `x-sdk-by-hand`",
        )
    })
}

fn generate(target: Target<'_>, document: &Value, enums: &[OpenEnum]) -> Result<syn::File, String> {
    let mut settings = GenerationSettings::new();
    settings.with_interface(InterfaceStyle::Positional);
    settings.with_map_type("::std::collections::BTreeMap");
    for (_, format, ours) in TIMES {
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
    let document = serde_json::from_value(document.clone()).map_err(|error| one_line(&error))?;
    // The generator panics at some schemas that it does not support.
    let mut generator = Generator::new(&settings);
    let tokens = panic::catch_unwind(AssertUnwindSafe(|| generator.generate_tokens(&document)))
        .map_err(|panic| one_line(&said(&*panic)))?
        .map_err(|error| one_line(&error))?;
    syn::parse2(tokens).map_err(|error| one_line(&error))
}

fn said(panic: &(dyn Any + Send)) -> String {
    let literal = panic.downcast_ref::<&str>().map(|said| (*said).to_owned());
    literal
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "the generator panicked".to_owned())
}
