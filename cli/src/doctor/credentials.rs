//! Whether a provider takes the credentials: by one harmless read, where there is one.

use super::address::WAY;
use super::check::{Check, failed, note, ok, warning};
use crate::account::client::{self, Trouble};
use crate::environment;
use crate::failure::chain;
use crate::provider::Provider;
use countersign::{Error, ErrorKind, RetryPolicy};
use std::time::Duration;

const CHECK: &str = "credentials";
const PATIENCE: Duration = Duration::from_secs(20);
/// Names nothing: made up by nobody, and in the form of a random UUID.
const NOBODYS: &str = "00000000-0000-4000-8000-000000000000";

pub async fn look_at(provider: Provider) -> Vec<Check> {
    let credentials = credentials(provider).await;
    let mut checks = vec![credentials];
    if provider == Provider::Legalesign && checks.iter().all(Check::is_usable) {
        checks.extend(group().await);
    }
    checks
}

/// The group that is configured, if one is: a call for another one fails, or finds nothing.
async fn group() -> Option<Check> {
    const CHECK: &str = "group";
    const NAME: &str = "LEGALESIGN_GROUP";
    let provider = Provider::Legalesign;
    let group = match environment::value(NAME) {
        Ok(group) => group?,
        Err(failure) => return Some(failed(provider, CHECK, failure.to_string(), "correct the variables")),
    };
    let call = match client::legalesign() {
        Ok(client) => client.get_group(group),
        Err(failure) => return Some(failed(provider, CHECK, failure.to_string(), "correct the variables")),
    };
    let asked = call.with_retry(RetryPolicy::never()).with_timeout(PATIENCE).send().await;
    Some(match asked {
        Ok(_) => ok(provider, CHECK, format!("{NAME} names a group that the key can read (get_group)")),
        Err(error) => match error.kind() {
            ErrorKind::NotFound | ErrorKind::Forbidden | ErrorKind::InvalidRequest => failed(
                provider,
                CHECK,
                format!("{NAME} names no group that the key can read ({})", meaning(&error)),
                "set it to the slug of a group, as list_groups of the SDK shows them; a slug of one\n\
                 environment is wrong in another",
            ),
            _ => warning(provider, CHECK, format!("{NAME} not tried: {}", chain(&error)), "try again"),
        },
    })
}

/// The status of a refusal with its operation. What was refused before it was sent is not printed: it quotes the value.
fn meaning(error: &Error) -> String {
    error.status().map_or_else(|| "no slug at all".to_owned(), |status| format!("HTTP {status}, get_group"))
}

async fn credentials(provider: Provider) -> Check {
    let (name, asked) = match provider {
        Provider::Signly => ("list_webhooks", signly().await),
        Provider::Legalesign => ("list_groups", legalesign().await),
        Provider::Leap => ("get_signing_process", leap().await),
        Provider::Faireplace => ("get_signature_status", faireplace().await),
        Provider::Sign8 => {
            return note(provider, CHECK, "credentials not tried: no call is known that only reads");
        }
    };
    match asked {
        Ok(()) => ok(provider, CHECK, format!("credentials accepted ({name})")),
        Err(Trouble::Call(error)) => refused(provider, name, &error),
        Err(Trouble::Client(failure)) => {
            failed(provider, CHECK, failure.to_string(), "correct the variables")
        }
    }
}

async fn signly() -> Result<(), Trouble> {
    let call = client::signly()?.list_webhooks().limit(1);
    call.with_retry(RetryPolicy::never()).with_timeout(PATIENCE).send().await?;
    Ok(())
}

async fn legalesign() -> Result<(), Trouble> {
    let call = client::legalesign()?.list_groups().limit(1);
    call.with_retry(RetryPolicy::never()).with_timeout(PATIENCE).send().await?;
    Ok(())
}

async fn leap() -> Result<(), Trouble> {
    let call = client::leap()?.get_signing_process(NOBODYS);
    call.with_retry(RetryPolicy::never()).with_timeout(PATIENCE).send().await?;
    Ok(())
}

async fn faireplace() -> Result<(), Trouble> {
    let call = client::faireplace()?.get_signature_status(NOBODYS);
    call.with_retry(RetryPolicy::never()).with_timeout(PATIENCE).send().await?;
    Ok(())
}

/// What a refusal means, and what to do.
fn refused(provider: Provider, name: &str, error: &Error) -> Check {
    let status = error.status().map(|status| format!("HTTP {status}, ")).unwrap_or_default();
    let fail = |message: &str, remedy: String| {
        failed(provider, CHECK, format!("{message} ({status}{name})"), remedy)
    };
    let key = || {
        let account = if provider == Provider::Signly { ", tenant" } else { "" };
        format!(
            "compare key{account} and {}: a key of one environment is wrong in another;\n\
             one that was revoked or has expired has to be made anew",
            provider.variable("BASE_URL")
        )
    };
    let address =
        || format!("compare {} with the documentation of the provider", provider.variable("BASE_URL"));
    match error.kind() {
        ErrorKind::NotFound => match provider {
            Provider::Faireplace => {
                ok(provider, CHECK, format!("credentials accepted ({name} of a lease that does not exist)"))
            }
            // Which of key and id Leap looks at first is not documented.
            Provider::Leap => {
                ok(provider, CHECK, format!("credentials not refused ({name} of an id that does not exist)"))
            }
            Provider::Legalesign | Provider::Sign8 | Provider::Signly => {
                fail("there is nothing like it at this address", address())
            }
        },
        ErrorKind::Unauthenticated => fail("credentials refused", key()),
        ErrorKind::Forbidden => match provider {
            Provider::Leap => fail("credentials refused", key()),
            Provider::Faireplace => {
                fail("the key lacks a permission", "give it signatures:read in the dashboard".to_owned())
            }
            Provider::Legalesign | Provider::Sign8 | Provider::Signly => fail(
                "the credentials are known, and do not allow this",
                "have them allowed to read, or take others".to_owned(),
            ),
        },
        ErrorKind::Redirected => fail("the answer leads elsewhere, where no credential is sent", address()),
        ErrorKind::Unreadable | ErrorKind::TooLarge => {
            fail("the answer is none of this provider's", address())
        }
        ErrorKind::Throttled => warning(
            provider,
            CHECK,
            format!("credentials not looked at: too many calls ({status}{name})"),
            "wait, and try again",
        ),
        ErrorKind::ServerFault => {
            fail("the provider failed", "try again later, and ask its support if it goes on".to_owned())
        }
        ErrorKind::Unreachable | ErrorKind::Timeout | ErrorKind::Interrupted => {
            fail(&chain(error), WAY.to_owned())
        }
        _ => fail(&chain(error), key()),
    }
}
