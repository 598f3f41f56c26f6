//! Generates the client of every enabled provider from its document in `openapi/`.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "this is how cargo and a build script talk"
)]

#[path = "pipeline.rs"]
mod pipeline;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

/// The documents of each provider. Its name is its cargo feature and its folder in `src/`.
const PROVIDERS: &[(&str, &[Document])] = &[
    (
        "faireplace",
        &[
            Document { name: "faireplace-workers", module: "faireplace::workers" },
            Document { name: "faireplace-signatures", module: "faireplace::signatures" },
        ],
    ),
    ("legalesign", &[Document { name: "legalesign", module: "legalesign" }]),
    ("leap", &[Document { name: "leap", module: "leap" }]),
    ("sign8", &[Document { name: "sign8", module: "sign8" }]),
    ("signly", &[Document { name: "signly", module: "signly" }]),
];

/// A document in `openapi/`, and the module that its client belongs to.
struct Document {
    name: &'static str,
    module: &'static str,
}

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rustc-check-cfg=cfg(every_provider)");
    let enabled = |provider: &str| {
        let feature = provider.to_uppercase().replace('-', "_");
        env::var_os(format!("CARGO_FEATURE_{feature}")).is_some()
    };
    let documents = PROVIDERS.iter().filter(|(provider, _)| enabled(provider));
    for (provider, document) in
        documents.flat_map(|(provider, all)| all.iter().map(move |each| (provider, each)))
    {
        if let Err(problem) = generate(provider, document) {
            println!("cargo::error={problem}");
            return ExitCode::FAILURE;
        }
    }
    if PROVIDERS.iter().all(|(provider, _)| enabled(provider)) {
        println!("cargo::rustc-cfg=every_provider");
    }
    ExitCode::SUCCESS
}

fn generate(provider: &str, Document { name, module }: &Document) -> Result<(), String> {
    let path = documents()?.join(format!("{name}.yaml"));
    println!("cargo::rerun-if-changed={}", path.display());
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let target = pipeline::Target { provider, module };
    let code = pipeline::generate(&format!("openapi/{name}.yaml"), target, &text)?;
    let folder = PathBuf::from(env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?);
    fs::write(folder.join(format!("{name}.rs")), code).map_err(|error| error.to_string())
}

/// `sdk/openapi` is a link, which a published crate carries as a folder. In a checkout without links it is a file.
fn documents() -> Result<PathBuf, String> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or("CARGO_MANIFEST_DIR is not set")?);
    let candidates = ["openapi", "../openapi"].map(|folder| root.join(folder));
    candidates
        .into_iter()
        .find(|folder| Path::is_dir(folder))
        .ok_or_else(|| "the folder `openapi` with the documents is missing".to_owned())
}
