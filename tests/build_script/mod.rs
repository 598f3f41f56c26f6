//! The build script, run from its source: what it makes of a small document, and what it says of a wrong one.

#[path = "../../sdk/build/pipeline.rs"]
#[allow(dead_code, unused_qualifications, reason = "it is a part of the build script")]
mod pipeline;

mod generated;
mod mistakes;
mod mistakes_in_answers;

const SMALL: &str = include_str!("../fixtures/small.yaml");

const TARGET: pipeline::Target<'_> = pipeline::Target { provider: "small", module: "small" };

pub fn generate(document: &str) -> Result<String, String> {
    pipeline::generate("openapi/small.yaml", TARGET, document)
}
