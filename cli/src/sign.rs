//! `countersign sign`.

use crate::callbacks::{self, Hmac};
use crate::clock;
use crate::failure::Failure;
use crate::home;
use crate::input::{self, Input};
use crate::mint::mint;
use crate::out::{Out, talk};
use crate::post;
use crate::provider::Provider;
use serde_json::json;
use std::time::SystemTime;
use url::Url;

/// Make the signature of a payload, or a signed callback URL.
///
/// A payload is signed as it is, byte for byte: Legalesign's with the RSA key of this machine, which `mock` and `trigger` use
/// too; any with an HMAC if one is described.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  countersign sign legalesign changes.json
  countersign sign leap --url https://app.example/callbacks \\
      --reference contract-17
  countersign sign signly event.json --hmac x-signature \\
      --hmac-encoding base64")]
pub struct Args {
    /// Whose callbacks.
    provider: Provider,
    /// What is signed; `-` is standard input.
    #[arg(value_name = "FILE", value_parser = input::parser())]
    payload: Option<Input>,
    /// Make a callback URL below this address, signed with <PROVIDER>_CALLBACK_URL_SECRET.
    #[arg(long, value_name = "ADDRESS", value_parser = post::parse_url, conflicts_with = "payload", requires = "reference")]
    url: Option<Url>,
    /// What the URL refers to: a contract, or for SIGN8 the organisation.
    #[arg(long, value_name = "TEXT")]
    reference: Option<String>,
    /// When the URL expires. Otherwise never.
    #[arg(long, value_name = "TIME", value_parser = clock::parse, requires = "url")]
    until: Option<SystemTime>,
    /// The id that an HMAC covers, if it covers one.
    #[arg(long, value_name = "ID", default_value = "msg_example")]
    id: String,
    /// The time that an HMAC covers, if it covers one. Otherwise now.
    #[arg(long, value_name = "TIME", value_parser = clock::parse)]
    at: Option<SystemTime>,
    #[command(flatten)]
    hmac: Hmac,
}

pub fn run(args: &Args, out: Out) -> Result<(), Failure> {
    let provider = args.provider;
    callbacks::require(provider)?;
    if let Some(address) = &args.url {
        let variable = provider.variable("CALLBACK_URL_SECRET");
        let secret = callbacks::url_secret(provider)?;
        let secret = secret.ok_or_else(|| {
            Failure::usage(format!(
                "set {variable} or {variable}_FILE: 32 random bytes, `openssl rand -hex 32`"
            ))
        })?;
        let url =
            mint(provider, &secret, address, args.reference.as_deref().unwrap_or_default(), args.until)?;
        return out.data(&json!({ "url": url.as_str() }), || url.to_string());
    }
    let Some(payload) = &args.payload else {
        return Err(Failure::usage("name the file that is signed, or an address for callbacks with --url"));
    };
    if let Some(scheme) = args.hmac.scheme(provider)? {
        let at = args.at.unwrap_or_else(clock::now);
        let headers = scheme.sign(&args.id, at, &payload.read()?);
        let headers = headers.ok_or_else(|| Failure::failed("the HMAC has no valid key"))?;
        let json = headers.iter().map(|(name, value)| (name.to_string(), json!(value))).collect();
        let lines = headers.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>();
        return out.data(&serde_json::Value::Object(json), || lines.join("\n"));
    }
    if provider != Provider::Legalesign {
        return Err(Failure::usage(format!(
            "{} signs no payload; make a callback URL with --url, or describe an HMAC with --hmac",
            provider.title()
        )));
    }
    let home::DevelopmentKey { key, certificate } = home::development_key()?;
    let signature = key.sign_sha1(&payload.read()?);
    talk(&format!(
        "by the key of {}; a list goes with it as `signed`, a notice as `X-Signed`",
        certificate.display()
    ));
    out.data(&json!({ "signature": signature, "certificate": certificate }), || signature.clone())
}
