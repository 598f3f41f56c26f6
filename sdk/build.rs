//! Generates the client of every enabled provider from its document in `openapi/`.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "this is how cargo and a build script talk"
)]

use countersign_codegen::Target;
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
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(every_provider)");
    let enabled = |provider: &str| {
        let feature = provider.to_uppercase().replace('-', "_");
        env::var_os(format!("CARGO_FEATURE_{feature}")).is_some()
    };
    let mut code = ExitCode::SUCCESS;
    let documents = PROVIDERS.iter().filter(|(provider, _)| enabled(provider));
    for (provider, document) in
        documents.flat_map(|(provider, all)| all.iter().map(move |each| (provider, each)))
    {
        for problem in generate(provider, document).err().into_iter().flatten() {
            println!("cargo::error={problem}");
            code = ExitCode::FAILURE;
        }
    }
    if PROVIDERS.iter().all(|(provider, _)| enabled(provider)) {
        println!("cargo::rustc-cfg=every_provider");
    }
    code
}

fn generate(provider: &str, Document { name, module }: &Document) -> Result<(), Vec<String>> {
    let path = documents().map_err(|problem| vec![problem])?.join(format!("{name}.yaml"));
    println!("cargo::rerun-if-changed={}", path.display());
    let failed = |error: std::io::Error| vec![format!("{}: {error}", path.display())];
    let text = fs::read_to_string(&path).map_err(failed)?;
    let code =
        countersign_codegen::generate(&format!("openapi/{name}.yaml"), Target { provider, module }, &text)?;
    let folder = env::var_os("OUT_DIR").ok_or_else(|| vec!["OUT_DIR is not set".to_owned()])?;
    fs::write(PathBuf::from(folder).join(format!("{name}.rs")), code).map_err(failed)
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
