//! What callbacks are proved by: the certificate, and the secrets.

use super::check::{Check, failed, ok, warning};
use super::variables::{CALLBACK_URL_SECRET, WEBHOOK_HMAC_SECRET, WEBHOOK_SECRET};
use crate::clock;
use crate::environment;
use crate::failure::Failure;
use crate::provider::Provider;
use countersign::Secret;
use countersign::webhook::RsaKey;
use std::time::{Duration, SystemTime};
use time::OffsetDateTime;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// A certificate that ends sooner than this is worth a word.
const SOON: Duration = Duration::from_secs(60 * 24 * 60 * 60);
const RENEW: &str = "have the next one from Legalesign, compare its fingerprint with what support says, and pin\n\
                     both while they change. Until then callbacks verify: the certificate is a pin";

pub fn look_at(provider: Provider) -> Vec<Check> {
    let mut checks = Vec::new();
    if provider == Provider::Legalesign
        && let Some(path) = environment::variable("LEGALESIGN_CERTIFICATE")
    {
        checks.push(certificate(&path, clock::now()));
    }
    for name in [WEBHOOK_SECRET, WEBHOOK_HMAC_SECRET, CALLBACK_URL_SECRET] {
        let variable = provider.variable(name);
        match read(&variable, name) {
            Ok(None) => {}
            Ok(Some(_)) => checks.push(ok(provider, "callback-secrets", format!("{variable} can be used"))),
            Err(failure) => {
                let remedy = if name == WEBHOOK_HMAC_SECRET {
                    "give it as the provider shows it"
                } else {
                    "choose a random one, as openssl rand -hex 32 makes it"
                };
                checks.push(failed(provider, "callback-secrets", failure.to_string(), remedy));
            }
        }
    }
    checks
}

/// A secret, as those who use it read it.
fn read(variable: &str, name: &str) -> Result<Option<Secret>, Failure> {
    if name == WEBHOOK_HMAC_SECRET {
        environment::issued_secret(variable)
    } else {
        environment::chosen_secret(variable)
    }
}

/// The certificate that is pinned.
fn certificate(path: &str, now: SystemTime) -> Check {
    let (provider, check) = (Provider::Legalesign, "certificate");
    let unusable = |problem: String| {
        failed(
            provider,
            check,
            format!("the file that LEGALESIGN_CERTIFICATE names: {problem}"),
            "store the certificate there that Legalesign's page on verifying callback data shows",
        )
    };
    let pem = match std::fs::read(path) {
        Ok(pem) => pem,
        Err(error) => return unusable(error.to_string()),
    };
    let key = match RsaKey::from_certificate(pem) {
        Ok(key) => key,
        Err(error) => return unusable(error.to_string()),
    };
    let Some(certificate) = key.certificate() else {
        return unusable("it has no certificate".to_owned());
    };
    let fingerprint = certificate.fingerprint();
    let date = |time: SystemTime| OffsetDateTime::from(time).date();
    let (begins, ends) = (certificate.not_before(), certificate.not_after());
    if let Some(begins) = begins.filter(|begins| *begins > now) {
        let message = format!("the certificate is not valid before {}", date(begins));
        return warning(
            provider,
            check,
            message,
            "look at the clock, and at the fingerprint of the certificate",
        );
    }
    match ends.map(|ends| (ends, ends.duration_since(now))) {
        None => ok(provider, check, format!("the certificate is valid; SHA-256 {fingerprint}")),
        Some((ends, Err(_))) => {
            warning(provider, check, format!("the certificate expired on {}", date(ends)), RENEW)
        }
        Some((ends, Ok(left))) if left < SOON => {
            let days = left.as_secs() / DAY.as_secs();
            warning(
                provider,
                check,
                format!("the certificate expires in {days} days, on {}", date(ends)),
                RENEW,
            )
        }
        Some((ends, Ok(_))) => ok(
            provider,
            check,
            format!("the certificate is valid until {}; SHA-256 {fingerprint}", date(ends)),
        ),
    }
}

/// Secrets that are the same: who has to know the one for its purpose knows the other, too. Only URLs may be signed with
/// the same secret for several providers, since nobody else gets it.
pub fn secrets_used_twice(providers: &[Provider]) -> Vec<Check> {
    const NAMES: [&str; 6] =
        [WEBHOOK_SECRET, WEBHOOK_HMAC_SECRET, CALLBACK_URL_SECRET, "API_KEY", "HMAC_SECRET", "SECRET"];
    let mut seen: Vec<(Provider, &str, Secret)> = Vec::new();
    let mut checks = Vec::new();
    for provider in providers {
        for name in NAMES {
            let Ok(Some(secret)) = environment::issued_secret(&provider.variable(name)) else { continue };
            let both_urls = |other: &str| name == CALLBACK_URL_SECRET && other == name;
            let same =
                seen.iter().find(|(_, other, known)| known.matches(secret.expose()) && !both_urls(other));
            if let Some((whose, other, _)) = same {
                let message =
                    format!("{} and {} are the same secret", whose.variable(other), provider.variable(name));
                let remedy =
                    "choose one for each purpose: whoever has to know the one must not know the other";
                checks.push(failed(*provider, "callback-secrets", message, remedy));
            }
            seen.push((*provider, name, secret));
        }
    }
    checks
}
