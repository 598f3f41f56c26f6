#![doc = include_str!("../README.md")]

mod answers;
mod builder;
mod checks;
mod document;
mod enums;
mod extensions;
mod finish;
mod finish_types;
mod generator;
mod lower;
mod names;
mod operations;
mod references;
mod request;
mod sources;
mod supported;
mod types;

use document::Mistakes;

/// The provider and the module that code is generated for.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The name of the provider, as errors and logs show it.
    pub provider: &'a str,
    /// The path below the crate to the module that holds the `Client`, such as `faireplace::workers`.
    pub module: &'a str,
}

/// The contents of a document that was checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Summary {
    /// The number of operations.
    pub operations: usize,
    /// The number of schemas under `components`.
    pub schemas: usize,
}

/// Generates Rust code for the document `text`. `file` is the name of the document in errors.
///
/// # Errors
///
/// Each mistake that was found is one line: file, place, problem and remedy. Mistakes of a later step are found only after
/// those of the steps before are corrected.
pub fn generate(file: &str, target: Target<'_>, text: &str) -> Result<String, Vec<String>> {
    let (code, _) = generate_file(target, text).map_err(|mistakes| lines(file, &mistakes))?;
    Ok(prettyplease::unparse(&code))
}

/// Checks the document `text` as a build would, and discards the code.
///
/// # Errors
///
/// Returns the same lines as [`generate`].
pub fn check(file: &str, text: &str) -> Result<Summary, Vec<String>> {
    let target = Target { provider: "provider", module: "provider" };
    let (_, summary) = generate_file(target, text).map_err(|mistakes| lines(file, &mistakes))?;
    Ok(summary)
}

fn lines(file: &str, mistakes: &Mistakes) -> Vec<String> {
    mistakes.iter().map(|mistake| format!("{file}: {mistake}")).collect()
}

fn generate_file(target: Target<'_>, text: &str) -> Result<(syn::File, Summary), Mistakes> {
    let mut document = document::read(text)?;
    operations::check(&document)?;
    document::check_version(&document)?;
    let sources = sources::read(&document);
    let mistakes = [extensions::check(&document, &sources), references::check(&document)].concat();
    if !mistakes.is_empty() {
        return Err(Mistakes::from(mistakes));
    }
    let (operations, facts) = match (operations::read(&document), types::Facts::read(&document)) {
        (Ok(operations), Ok(facts)) => (operations, facts),
        (operations, facts) => return Err(Mistakes::of([operations.err(), facts.err()])),
    };
    let summary = Summary { operations: operations.len(), schemas: facts.schemas.len() };
    let enums = enums::take(&mut document)?;
    lower::lower(&mut document, &operations, &facts)?;
    supported::check(&document)?;
    let generated = generator::run(target, &document, &enums)?;
    let finished = finish::finish(target, &generated, &operations, &facts, &enums, &sources)?;
    names::check(target, &finished)?;
    Ok((finished, summary))
}
