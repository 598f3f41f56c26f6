//! Generates the client of the sixth provider, which does not exist, as that of any other.

#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "this is how a build script talks")]

#[path = "../sdk/build/pipeline.rs"]
#[allow(dead_code, unused_qualifications, reason = "it is a part of another build script")]
mod pipeline;

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let document = "fixtures/sixth/sixth.yaml";
    println!("cargo::rerun-if-changed=../sdk/build");
    println!("cargo::rerun-if-changed={document}");
    let target = pipeline::Target { provider: "sixth", module: "sixth" };
    let code = pipeline::generate(document, target, &std::fs::read_to_string(document)?)?;
    let folder = std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
    std::fs::write(Path::new(&folder).join("sixth.rs"), code)?;
    Ok(())
}
