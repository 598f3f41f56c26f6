//! Which variables there are, which are set, and whether a client can be made of them.

use super::check::{Check, failed, note, ok, warning};
use crate::account::client;
use crate::environment;
use crate::failure::Failure;
use crate::provider::Provider;

/// Those that have to do with callbacks. All providers have them.
pub const WEBHOOK_SECRET: &str = "WEBHOOK_SECRET";
pub const WEBHOOK_HMAC_SECRET: &str = "WEBHOOK_HMAC_SECRET";
pub const CALLBACK_URL_SECRET: &str = "CALLBACK_URL_SECRET";

/// What has to be set to call FairePlace as one of its workers.
const WORKER: &str = "FAIREPLACE_WORKER_API_KEY, FAIREPLACE_WORKER_ORGANISATION, FAIREPLACE_WORKER_BASE_URL";

fn set(provider: Provider) -> Vec<String> {
    environment::names_beginning_with(&provider.variable(""))
}

/// Whether `name` is one of these, or one of these as a file.
fn is_one_of(provider: Provider, name: &str, known: &[&str]) -> bool {
    let name = name.strip_prefix(&provider.variable("")).unwrap_or(name);
    let is_file = |known: &str| known != "CERTIFICATE" && name.strip_suffix("_FILE") == Some(known);
    known.iter().any(|known| *known == name || is_file(known))
}

/// Whether a variable is set that this command knows of.
pub fn any_set(provider: Provider) -> bool {
    let known = [provider.facts().of_client, provider.facts().of_commands, &OF_CALLBACKS].concat();
    set(provider).iter().any(|name| is_one_of(provider, name, &known))
}

const OF_CALLBACKS: [&str; 3] = [WEBHOOK_SECRET, WEBHOOK_HMAC_SECRET, CALLBACK_URL_SECRET];

/// The configuration of a provider, and whether something can be asked of it.
pub fn look_at(provider: Provider) -> (Vec<Check>, bool) {
    let known = [provider.facts().of_client, provider.facts().of_commands, &OF_CALLBACKS].concat();
    let (known, unknown): (Vec<_>, Vec<_>) =
        set(provider).into_iter().partition(|name| is_one_of(provider, name, &known));
    let is_worker = |name: &&String| name.starts_with(&provider.variable("WORKER_"));
    let has_worker = known.iter().any(|name| is_worker(&name));
    let mut of_callers = known.iter().filter(|name| is_one_of(provider, name, provider.facts().of_client));
    let has_client = of_callers.any(|name| !is_worker(&name));
    let names = known.join(", ");

    let mut checks = Vec::new();
    let mut can_ask = false;
    if known.is_empty() {
        let remedy = format!("set {}", provider.facts().needed);
        checks.push(failed(provider, "variables", "no variable is set", remedy));
    } else if has_client {
        let check = made(provider, client_of(provider), &names, provider.facts().needed);
        can_ask = check.is_usable();
        checks.push(check);
    } else if !has_worker {
        // Whoever only receives callbacks needs no more.
        checks.push(note(provider, "variables", format!("{names}; nothing to call it with")));
    }
    if has_worker {
        checks.push(made(
            provider,
            client::faireplace_worker().map(drop),
            "those of a worker are whole",
            WORKER,
        ));
        let message = "credentials of workers not tried: no call of theirs only reads";
        checks.push(note(provider, "credentials", message));
    }
    checks.extend(unknown.iter().map(|name| {
        let message = format!("{name} is set, and nothing here reads it");
        let remedy = "look for a slip of the pen: countersign doctor --help has the names";
        warning(provider, "variables", message, remedy)
    }));
    (checks, can_ask)
}

fn client_of(provider: Provider) -> Result<(), Failure> {
    match provider {
        Provider::Faireplace => client::faireplace().map(drop),
        Provider::Leap => client::leap().map(drop),
        Provider::Legalesign => client::legalesign().map(drop),
        Provider::Sign8 => client::sign8().map(drop),
        Provider::Signly => client::signly().map(drop),
    }
}

fn made(provider: Provider, client: Result<(), Failure>, names: &str, wanted: &str) -> Check {
    match client {
        Ok(()) => ok(provider, "variables", names),
        Err(failure) => {
            let problem = failure.to_string();
            let remedy = if problem.contains("not set") {
                format!("set {wanted}")
            } else if problem.contains("the HTTP client") {
                "look at the TLS roots".to_owned()
            } else {
                "correct it; countersign doctor --help has the names of all".to_owned()
            };
            failed(provider, "variables", problem, remedy)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::provider::Provider;

    #[test]
    fn addresses_are_those_of_the_documents() {
        let documents = [
            (Provider::Faireplace, include_str!("../../../openapi/faireplace-signatures.yaml")),
            (Provider::Leap, include_str!("../../../openapi/leap.yaml")),
            (Provider::Legalesign, include_str!("../../../openapi/legalesign.yaml")),
            (Provider::Signly, include_str!("../../../openapi/signly.yaml")),
        ];
        for (provider, document) in documents {
            let url = document.split_once("servers:\n  - url: ").and_then(|(_, rest)| rest.lines().next());
            assert_eq!(url, provider.facts().address);
        }
    }
}
