//! The generator, through what it writes: the code for a small document, and the errors for a wrong one.

mod generated;
mod mistakes;
mod mistakes_in_answers;

use countersign_codegen::Target;

const SMALL: &str = include_str!("../fixtures/small.yaml");

const TARGET: Target<'_> = Target { provider: "small", module: "small" };

pub fn generate(document: &str) -> Result<String, String> {
    countersign_codegen::generate("openapi/small.yaml", TARGET, document).map_err(|lines| lines.join("\n"))
}
