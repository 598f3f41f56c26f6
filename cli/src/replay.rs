//! `countersign replay`: a captured request is sent again.

use crate::callbacks::{self, Hmac};
use crate::capture::{self, Capture, shown_path};
use crate::clock;
use crate::failure::Failure;
use crate::home;
use crate::input::{self, Input};
use crate::listen::forwarding::Forwarding;
use crate::out::{Out, printable, talk};
use crate::post::{self, Outcome};
use crate::provider::Provider;
use anstyle::{AnsiColor, Style};
use bytes::Bytes;
use countersign::webhook::Delivery;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::json;
use url::Url;
use url::form_urlencoded;

/// Send a captured request again.
///
/// It goes out as `countersign listen --forward-to` passes it on: the same method, path, query, headers and body, byte for byte.
/// Left out are headers that belong to a connection; Content-Length is that of the body.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Credentials that were taken out of a capture are put back if the environment
has the same ones, which their hashes tell. If it has others, or if a time in
the request is long over, --sign proves it anew, with what trigger signs with:
the secret of Signly, an HMAC, the token of a signed URL, or the key of this
machine in place of Legalesign's. A form is written anew then; all else stays.

Exit codes: 0 accepted; 1 refused, or not sent; 3 sent, and no answer.

Examples:
  countersign replay capture.json --to http://127.0.0.1:3000
  countersign replay capture.json --to http://127.0.0.1:3000 --sign signly")]
pub struct Args {
    /// The captured request, as `countersign verify` reads it; `-` is standard input.
    #[arg(value_name = "FILE", value_parser = input::parser())]
    request: Input,
    /// Where the application is. A path is put before that of the request.
    #[arg(long, value_name = "URL", value_parser = post::parse_url)]
    to: Url,
    /// Prove it anew, as this provider would.
    #[arg(long, value_name = "PROVIDER")]
    sign: Option<Provider>,
    /// Signly: the header that carries the secret. Otherwise X-Client-Auth.
    #[arg(long, value_name = "HEADER", requires = "sign")]
    header: Option<String>,
    /// Send to other machines too, by https. They may take it for real.
    #[arg(long)]
    danger_beyond_loopback: bool,
    #[command(flatten)]
    hmac: Hmac,
}

const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();
const FORM: &str = "application/x-www-form-urlencoded";

pub async fn run(args: Args, out: Out) -> Result<(), Failure> {
    if !post::is_loopback(&args.to) && !args.danger_beyond_loopback {
        let host = args.to.host_str().unwrap_or_default();
        return Err(Failure::usage(format!(
            "{host} is not this machine, and may take it for real; --danger-beyond-loopback sends it all the same"
        )));
    }
    let forwarding = Forwarding::to("--to", &args.to, false)?;
    let unreadable = |problem| Failure::usage(format!("{}: {problem}", args.request.shown()));
    let mut capture = Capture::read(&args.request.read()?).map_err(unreadable)?;
    capture.restore()?;
    if let Some(provider) = args.sign {
        sign(&mut capture, provider, &args)?;
    } else if args.hmac.is_described() {
        return Err(Failure::usage("--hmac and --standard-webhooks are for --sign; leave them off"));
    }
    let redacted = printable(&capture.redacted.join(", "));
    if args.sign.is_none() && !redacted.is_empty() {
        return Err(Failure::usage(format!(
            "credentials were taken out of this capture, and the environment has not the same ones: {redacted}.\n\
             --sign PROVIDER proves it anew with those that there are"
        )));
    }
    if !redacted.is_empty() {
        talk(&format!("what was taken out of this capture stays out: {redacted}"));
    }
    let delivery = sendable(&capture.delivery, forwarding.host())?;
    let outcome = forwarding.outcome(&delivery).await;
    let data = json!({
        "file": args.request.shown(),
        "path": shown_path(delivery.uri().path()),
        "status": outcome.status(),
        "accepted": outcome.is_accepted(),
        "outcome": outcome.meaning(),
    });
    out.report(&data, || {
        let colour = if outcome.is_accepted() { GREEN } else { RED };
        let status = outcome.status().map_or_else(|| "---".to_owned(), |status| status.to_string());
        let (meaning, path) = (printable(&outcome.meaning()), shown_path(delivery.uri().path()));
        format!("{colour}{status} {meaning}{colour:#}  {path}")
    })
    .map_err(|failure| if outcome.status().is_some() { failure.after_the_change() } else { failure })?;
    match outcome {
        Outcome::Answered(200..=299) => Ok(()),
        Outcome::Answered(_) => Err(Failure::Refused),
        Outcome::NotSent(_) => Err(Failure::failed("it was not sent; is the application running?")),
        Outcome::Unanswered(_) => Err(post::unanswered()),
    }
}

/// The request with a host, with the length that its body has, and without what stands for headers that were taken out.
fn sendable(delivery: &Delivery, host: &str) -> Result<Delivery, Failure> {
    // What is removed from such a map would change the order of the others.
    let stays = |name: &HeaderName, value: &HeaderValue| {
        *name != CONTENT_LENGTH && value.as_bytes() != capture::REDACTED.as_bytes()
    };
    let stay = delivery.headers().iter().filter(|(name, value)| stays(name, value));
    let mut headers = stay.map(|(name, value)| (name.clone(), value.clone())).collect::<HeaderMap>();
    if !headers.contains_key(HOST) {
        let host = HeaderValue::try_from(host).map_err(|error| Failure::because("the host", &error))?;
        headers.insert(HOST, host);
    }
    let (method, uri, body) = (delivery.method().clone(), delivery.uri().clone(), delivery.body().clone());
    Ok(Delivery::new(method, uri, headers, body))
}

/// Replaces what proves a request. What is not there is not added, but for the secret in a header and an HMAC: those are
/// arranged for, and may have been taken out.
fn sign(capture: &mut Capture, provider: Provider, args: &Args) -> Result<(), Failure> {
    callbacks::require(provider)?;
    let mut is_signed = sign_address(capture, provider)?;
    let mut headers = capture.delivery.headers().clone();
    let mut body = capture.delivery.body().clone();
    match provider {
        Provider::Signly => {
            if let Some((name, secret)) = callbacks::secret_in_header(args.header.as_deref())? {
                capture.put(&format!("header {name}"));
                insert(&mut headers, name, secret.expose())?;
                is_signed = true;
            }
        }
        Provider::Legalesign => is_signed |= sign_form(&mut headers, &mut body)?,
        Provider::Leap | Provider::Sign8 | Provider::Faireplace => {}
    }
    if let Some(scheme) = args.hmac.scheme(provider)? {
        let id = args.hmac.id_header().and_then(|name| headers.get(name)?.to_str().ok()).map(str::to_owned);
        let id = id.unwrap_or_else(|| format!("msg_{:016x}", fastrand::u64(..)));
        let signed = scheme.sign(&id, clock::now(), &body);
        for (name, value) in signed.ok_or_else(|| Failure::failed("the HMAC has no valid key"))? {
            insert(&mut headers, name, &value)?;
        }
        is_signed = true;
    }
    if !is_signed {
        return Err(Failure::usage(format!(
            "nothing would prove it as a callback of {}: neither a secret is set that it is sent or signed with, nor is \
             there a signature to replace",
            provider.title()
        )));
    }
    let path = capture.delivery.uri().path().to_owned();
    capture.replace(headers, body, &path)
}

/// Replaces the token in the address by one for the same reference, which does not expire.
fn sign_address(capture: &mut Capture, provider: Provider) -> Result<bool, Failure> {
    let Some(token) = capture.token() else { return Ok(false) };
    let Some(secret) = callbacks::url_secret(provider)? else { return Ok(false) };
    let minted = capture::token(provider, &secret, &token.reference, None)?;
    let path = capture.delivery.uri().path();
    let is_token = |segment: &&str| segment.starts_with(capture::TOKEN);
    let Some(old) = path.split('/').find(is_token) else { return Ok(false) };
    let path = path.replacen(old, &minted, 1);
    let (headers, body) = (capture.delivery.headers().clone(), capture.delivery.body().clone());
    capture.replace(headers, body, &path)?;
    capture.put(capture::TAKEN_TOKEN);
    Ok(true)
}

/// Replaces the signature in a form of Legalesign, or that in a header over one of its fields.
fn sign_form(headers: &mut HeaderMap, body: &mut Bytes) -> Result<bool, Failure> {
    let is_form = headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(FORM.as_bytes()));
    if !is_form {
        return Ok(false);
    }
    let mut fields = form_urlencoded::parse(body).into_owned().collect::<Vec<_>>();
    let field = |name: &str| fields.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone());
    let signature =
        |text: &str| home::development_key().map(|development| development.key.sign_sha1(text.as_bytes()));
    if let Some(json) = field("json_signed") {
        insert(headers, HeaderName::from_static("x-signed"), &signature(&json)?)?;
        return Ok(true);
    }
    let (Some(data), Some(_)) = (field("data"), field("signed")) else { return Ok(false) };
    let signature = signature(&data)?;
    for (_, value) in fields.iter_mut().filter(|(name, _)| name == "signed") {
        value.clone_from(&signature);
    }
    *body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into();
    Ok(true)
}

fn insert(headers: &mut HeaderMap, name: HeaderName, value: &str) -> Result<(), Failure> {
    let unusable = |_| Failure::usage(format!("the header {name} cannot be sent"));
    let value = HeaderValue::try_from(value).map_err(unusable)?;
    headers.insert(name, value);
    Ok(())
}
