//! Generates the client of the sixth provider, which does not exist, as that of any other.

#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "this is how a build script talks")]

use countersign_codegen::Target;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let document = "fixtures/sixth/sixth.yaml";
    println!("cargo::rerun-if-changed={document}");
    let target = Target { provider: "sixth", module: "sixth" };
    let code = countersign_codegen::generate(document, target, &std::fs::read_to_string(document)?)
        .map_err(|problems| problems.join("\n"))?;
    let folder = std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
    std::fs::write(Path::new(&folder).join("sixth.rs"), code)?;
    Ok(())
}
