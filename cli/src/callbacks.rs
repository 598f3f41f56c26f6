//! What callbacks are proved by and whom they are for, as arguments and variables say.

use crate::capture::Redaction;
use crate::environment;
use crate::failure::Failure;
use crate::home;
use crate::provider::Provider;
use crate::verdict::{Least, Verdict};
use countersign::webhook::{
    Delivery, Explanation, HmacKey, HmacScheme, RsaKey, SignatureEncoding, Tolerance,
};
use countersign::{Secret, leap, legalesign, sign8, signly};
use http::HeaderName;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// What callbacks are proved by.
///
/// Everything that is given has to hold, as in the verifiers of the SDK.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "What proves them")]
pub struct Proofs {
    /// Signly: the header that carries the secret in SIGNLY_WEBHOOK_SECRET. Otherwise X-Client-Auth.
    #[arg(long, value_name = "HEADER")]
    pub header: Option<String>,
    /// Legalesign: the certificate to pin. Otherwise the file that LEGALESIGN_CERTIFICATE names.
    #[arg(long, value_name = "FILE")]
    pub certificate: Option<PathBuf>,
    #[command(flatten)]
    pub hmac: Hmac,
}

/// Whom callbacks are for, and what is enough.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Whom they are for")]
pub struct Expected {
    /// The tenant, group or organisation. Otherwise SIGNLY_TENANT, LEGALESIGN_GROUP, SIGN8_ORGANISATION.
    #[arg(long = "for", value_name = "NAME")]
    pub audience: Vec<String>,
    /// Accept those of other customers too.
    #[arg(long, conflicts_with = "audience")]
    pub for_anybody: bool,
    /// The least that has to be proved. Otherwise the best that can be.
    #[arg(long, value_name = "ASSURANCE")]
    pub least: Option<Least>,
}

/// An HMAC-SHA256, as the provider's documentation describes it. The key is in SIGNLY_WEBHOOK_HMAC_SECRET or
/// LEGALESIGN_WEBHOOK_HMAC_SECRET.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "HMAC (Signly, realtime events of Legalesign)")]
pub struct Hmac {
    /// The header with the signature. The key is in <PROVIDER>_WEBHOOK_HMAC_SECRET.
    #[arg(long = "hmac", value_name = "HEADER", group = "described")]
    hmac_header: Option<String>,
    /// How the signature is written.
    #[arg(long, value_name = "FORM", default_value = "hex", requires = "hmac_header")]
    hmac_encoding: Encoding,
    /// How the key is written.
    #[arg(long, value_name = "FORM", default_value = "text", requires = "hmac_header")]
    hmac_key: KeyForm,
    /// What is before the signature, such as `sha256=`.
    #[arg(long, value_name = "TEXT", default_value = "", requires = "hmac_header")]
    hmac_prefix: String,
    /// Signed is `id.timestamp.body`, with id and timestamp from these two headers.
    #[arg(long, value_names = ["ID_HEADER", "TIME_HEADER"], num_args = 2)]
    hmac_stamped: Option<Vec<String>>,
    /// How many seconds the timestamp may be off, in either direction.
    #[arg(long, value_name = "SECONDS", default_value = "300", requires = "hmac_header")]
    hmac_tolerance: u64,
    /// All of this as Standard Webhooks has it. A prefix `whsec_` is no part of the key.
    #[arg(long, group = "described")]
    standard_webhooks: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Encoding {
    Hex,
    Base64,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum KeyForm {
    Text,
    Base64,
    Hex,
}

impl Hmac {
    /// The headers with the signature and what is signed beside the body.
    fn headers(&self) -> impl Iterator<Item = &str> {
        let stamped = self.hmac_stamped.iter().flatten();
        self.hmac_header.iter().chain(stamped).map(String::as_str)
    }

    /// The header with the id that is signed beside the body, if one is.
    pub fn id_header(&self) -> Option<&str> {
        if self.standard_webhooks {
            return Some("webhook-id");
        }
        self.hmac_stamped.as_ref()?.first().map(String::as_str)
    }

    pub fn is_described(&self) -> bool {
        self.standard_webhooks || self.hmac_header.is_some()
    }

    /// The scheme that the arguments describe, if they do.
    pub fn scheme(&self, provider: Provider) -> Result<Option<HmacScheme>, Failure> {
        if self.is_described() && !provider.facts().has_hmac {
            return Err(not_of(provider, "no HMAC", "--hmac and --standard-webhooks"));
        }
        let header = match (&self.hmac_header, self.standard_webhooks) {
            (Some(header), _) => header.as_str(),
            (None, true) => "webhook-signature",
            (None, false) => return Ok(None),
        };
        let variable = provider.variable("WEBHOOK_HMAC_SECRET");
        let secret = environment::issued_secret(&variable)?;
        let missing = || Failure::usage(format!("no key for the HMAC; set {variable} or {variable}_FILE"));
        let secret = secret.ok_or_else(missing)?;
        let tolerance = Duration::from_secs(self.hmac_tolerance);
        let tolerance = Tolerance::new(tolerance, tolerance);
        if self.standard_webhooks {
            let scheme = HmacScheme::new(header, SignatureEncoding::Base64, HmacKey::base64(&secret)?)?;
            let scheme = scheme.several_separated_by(' ').with_prefix("v1,");
            let stamped = scheme.over_id_timestamp_and_body("webhook-id", "webhook-timestamp", tolerance)?;
            return Ok(Some(stamped));
        }
        let key = match self.hmac_key {
            KeyForm::Text => HmacKey::text(&secret),
            KeyForm::Base64 => HmacKey::base64(&secret)?,
            KeyForm::Hex => HmacKey::hex(&secret)?,
        };
        let encoding = match self.hmac_encoding {
            Encoding::Hex => SignatureEncoding::Hex,
            Encoding::Base64 => SignatureEncoding::Base64,
        };
        let scheme = HmacScheme::new(header, encoding, key)?.with_prefix(&self.hmac_prefix);
        Ok(Some(match self.hmac_stamped.as_deref() {
            Some([id, time]) => scheme.over_id_timestamp_and_body(id, time, tolerance)?,
            _ => scheme,
        }))
    }
}

/// The secret that callback URLs of a provider are signed with.
pub fn url_secret(provider: Provider) -> Result<Option<Secret>, Failure> {
    environment::chosen_secret(&provider.variable("CALLBACK_URL_SECRET"))
}

/// The secret that Signly sends along.
pub fn header_secret() -> Result<Option<Secret>, Failure> {
    environment::chosen_secret("SIGNLY_WEBHOOK_SECRET")
}

/// The configured name that callbacks of a provider carry, if they carry one.
pub fn audience(provider: Provider) -> Result<Option<String>, Failure> {
    provider.facts().audience.map_or(Ok(None), environment::value)
}

impl Expected {
    /// Refuses to be told for whom callbacks are that name nobody.
    pub fn check(&self, providers: &[Provider]) -> Result<(), Failure> {
        let is_given = !self.audience.is_empty() || self.for_anybody;
        match providers {
            [only] if is_given && only.facts().audience.is_none() => Err(not_of(
                *only,
                "nobody to name: the address says what it is about",
                "--for and --for-anybody",
            )),
            [_, _, ..] if !self.audience.is_empty() => Err(Failure::usage(
                "--for is for one provider; with several, set SIGNLY_TENANT, LEGALESIGN_GROUP and SIGN8_ORGANISATION",
            )),
            _ => Ok(()),
        }
    }

    fn names(&self, provider: Provider) -> Result<Vec<String>, Failure> {
        if !self.audience.is_empty() || self.for_anybody {
            return Ok(self.audience.clone());
        }
        Ok(audience(provider)?.into_iter().collect())
    }
}

/// The header that Signly sends the secret in, with the secret, if one is configured.
pub fn secret_in_header(header: Option<&str>) -> Result<Option<(HeaderName, Secret)>, Failure> {
    let Some(secret) = header_secret()? else { return Ok(None) };
    let name = HeaderName::try_from(header.unwrap_or(USUAL_HEADER));
    let name = name.map_err(|_| Failure::usage("--header looks like X-Client-Auth"))?;
    Ok(Some((name, secret)))
}

/// The header that carries Signly's secret, unless it is another one.
const USUAL_HEADER: &str = "X-Client-Auth";

impl Proofs {
    fn header(&self) -> &str {
        self.header.as_deref().unwrap_or(USUAL_HEADER)
    }

    /// Refuses what could not prove callbacks of any of these providers: it would be given in vain.
    pub fn check(&self, providers: &[Provider]) -> Result<(), Failure> {
        let given = [
            (self.header.is_some(), "--header", &[Provider::Signly][..]),
            (self.certificate.is_some(), "--certificate", &[Provider::Legalesign]),
            (self.hmac.is_described(), "--hmac", &[Provider::Signly, Provider::Legalesign]),
        ];
        for (is_given, option, of) in given {
            if is_given && !providers.iter().any(|provider| of.contains(provider)) {
                let of = of.iter().map(|provider| provider.name()).collect::<Vec<_>>().join(" and ");
                return Err(Failure::usage(format!("{option} is for {of}; leave it off")));
            }
        }
        Ok(())
    }

    /// What of a request is a credential.
    pub fn redaction(&self, providers: &[Provider]) -> Result<Redaction, Failure> {
        let redaction = Redaction::default().header(self.header()).keeping(self.hmac.headers());
        let redaction = redaction.secret(header_secret()?);
        providers
            .iter()
            .try_fold(redaction, |redaction, provider| Ok(redaction.secret(url_secret(*provider)?)))
    }

    fn rsa_key(&self) -> Result<Option<RsaKey>, Failure> {
        let path = self.certificate.clone();
        let path = path.or_else(|| environment::variable("LEGALESIGN_CERTIFICATE").map(PathBuf::from));
        let Some(path) = path else { return Ok(None) };
        let shown = path.display();
        let pem = std::fs::read(&path).map_err(|error| Failure::usage(format!("{shown}: {error}")))?;
        let key = RsaKey::from_certificate(pem).and_then(RsaKey::legacy_sha1);
        key.map(Some).map_err(|error| Failure::usage(format!("{shown}: {error}")))
    }
}

type Decide = dyn Fn(&Delivery, SystemTime, bool) -> Verdict + Send + Sync;

/// The verifier of a provider, whatever its events are.
pub struct Judge {
    pub provider: Provider,
    decide: Box<Decide>,
}

impl Judge {
    pub fn decide(&self, delivery: &Delivery, at: SystemTime) -> Verdict {
        (self.decide)(delivery, at, false)
    }

    /// As [`decide`](Self::decide); what is not accepted is explained.
    pub fn explain(&self, delivery: &Delivery, at: SystemTime) -> Verdict {
        (self.decide)(delivery, at, true)
    }
}

/// What all verifiers have in common. Their builders are one type for each event, of a trait that is sealed.
macro_rules! judge {
    ($provider:expr, $module:ident, $expected:expr, $describe:expr, $($own:expr)?) => {{
        let mut builder = $module::webhook::Verifier::builder();
        if let Some(secret) = url_secret($provider)? {
            builder = builder.callback_urls($module::webhook::CallbackUrls::new(secret));
        }
        if let Some(least) = $expected.least {
            builder = builder.least_assurance(least.into());
        }
        $(builder = $own(builder)?;)?
        let verifier = builder.build().map_err(|error| nothing_to_verify_with($provider, error))?;
        Box::new(move |delivery: &Delivery, at: SystemTime, explains: bool| {
            let explain = explains.then_some(|| -> Explanation { verifier.explain(delivery, at) });
            Verdict::of($provider, verifier.verify(delivery, at), $describe, explain)
        })
    }};
}

/// The verifier that arguments and variables describe.
pub fn judge(provider: Provider, proofs: &Proofs, expected: &Expected) -> Result<Judge, Failure> {
    let names = expected.names(provider)?;
    let decide: Box<Decide> = match provider {
        Provider::Faireplace => return Err(no_callbacks(provider)),
        Provider::Leap => judge!(provider, leap, expected, |_| "completed".to_owned(),),
        Provider::Sign8 => {
            let own = |builder: sign8::webhook::VerifierBuilder| -> Result<_, Failure> {
                if expected.for_anybody {
                    return Ok(builder.any_organisation_even_another_customers());
                }
                Ok(names.iter().fold(builder, |builder, name| builder.organisation(name.as_str())))
            };
            judge!(provider, sign8, expected, |event| event.kind.to_string(), own)
        }
        Provider::Signly => {
            let own = |mut builder: signly::webhook::VerifierBuilder| -> Result<_, Failure> {
                if let Some(secret) = header_secret()? {
                    builder = builder.shared_secret(proofs.header(), secret);
                }
                if let Some(scheme) = proofs.hmac.scheme(provider)? {
                    builder = builder.hmac(scheme);
                }
                if expected.for_anybody {
                    return Ok(builder.any_tenant_even_another_customers());
                }
                Ok(names.iter().fold(builder, signly::webhook::VerifierBuilder::tenant))
            };
            judge!(provider, signly, expected, |event| event.event_type().to_string(), own)
        }
        Provider::Legalesign => {
            let own = |mut builder: legalesign::webhook::VerifierBuilder| -> Result<_, Failure> {
                if let Some(key) = proofs.rsa_key()? {
                    builder = builder.certificate(key);
                }
                if let Some(scheme) = proofs.hmac.scheme(provider)? {
                    builder = builder.hmac(scheme);
                }
                if expected.for_anybody {
                    return Ok(builder.any_group_even_another_customers());
                }
                Ok(names.iter().fold(builder, |builder, name| builder.group(name.as_str())))
            };
            judge!(provider, legalesign, expected, legalesign_event, own)
        }
    };
    Ok(Judge { provider, decide })
}

fn legalesign_event(event: &legalesign::webhook::Event) -> String {
    use legalesign::webhook::Event;
    match event {
        Event::Changes(changes) => format!("changes ({})", changes.len()),
        Event::Notice(_) => "notice".to_owned(),
        Event::PlainNotice(_) => "plain-notice".to_owned(),
        Event::Realtime(realtime) => realtime.event.tag().to_owned(),
        _ => "unknown".to_owned(),
    }
}

fn not_of(provider: Provider, what: &str, options: &str) -> Failure {
    Failure::usage(format!("{} has {what}; leave off {options}", provider.title()))
}

/// Refuses a provider that has no callbacks, and says what to do in their place.
pub fn require(provider: Provider) -> Result<(), Failure> {
    if provider.facts().instead_of_callbacks.is_some() { Err(no_callbacks(provider)) } else { Ok(()) }
}

pub fn no_callbacks(provider: Provider) -> Failure {
    let instead = provider.facts().instead_of_callbacks.unwrap_or("they are not supported");
    Failure::usage(format!("{} has no callbacks; {instead}", provider.title()))
}

/// Which variables would have helped.
fn nothing_to_verify_with(provider: Provider, error: countersign::webhook::ConfigurationError) -> Failure {
    use countersign::webhook::ConfigurationError;
    let urls = provider.variable("CALLBACK_URL_SECRET");
    let help = match error {
        ConfigurationError::NoCredential => match provider {
            Provider::Legalesign => {
                let development = home::development_certificate().map_or_else(String::new, |path| {
                    format!("; that of `countersign mock` and `countersign trigger` is {}", path.display())
                });
                format!("give --certificate FILE or LEGALESIGN_CERTIFICATE{development}; or set {urls}")
            }
            Provider::Signly => format!("set SIGNLY_WEBHOOK_SECRET, the value of the header; or {urls}"),
            Provider::Faireplace | Provider::Leap | Provider::Sign8 => {
                format!("set {urls}, the secret that its URLs are signed with")
            }
        },
        ConfigurationError::NoAudience => {
            let variable = provider.facts().audience.unwrap_or_default();
            format!("give --for NAME or {variable}; or --for-anybody")
        }
        _ => return Failure::from(error),
    };
    Failure::usage(format!("{}: {error}\n  {help}", provider.name()))
}
