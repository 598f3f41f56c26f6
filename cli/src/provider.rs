//! The providers, as they are named on the command line.

use clap::ValueEnum;
use countersign::{Operation, faireplace, leap, legalesign, sign8, signly};
use serde::Serialize;

/// A provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    Faireplace,
    Leap,
    Legalesign,
    Sign8,
    Signly,
}

/// Everything about a provider that is a value. A new variant of [`Provider`] does not compile without it.
pub struct Facts {
    /// As on the command line, and in front of dedupe keys.
    pub name: &'static str,
    /// As people write it.
    pub title: &'static str,
    /// The tables of its interfaces.
    interfaces: &'static [&'static [&'static Operation]],
    /// The remedy where there are no callbacks: what to do in their place.
    pub instead_of_callbacks: Option<&'static str>,
    /// `true` if an HMAC can be arranged for its callbacks.
    pub has_hmac: bool,
    /// The variable that says for whom callbacks are, where they name somebody.
    pub audience: Option<&'static str>,
    /// The base URL that holds unless a variable says otherwise: the first of the `servers` in its document.
    pub address: Option<&'static str>,
    /// The variables that are needed to call it.
    pub needed: &'static str,
    /// The variables that a client is made of, without the provider's name in front.
    pub of_client: &'static [&'static str],
    /// The variables that commands read beside them.
    pub of_commands: &'static [&'static str],
}

const FAIREPLACE: Facts = Facts {
    name: "faireplace",
    title: "FairePlace",
    interfaces: &[faireplace::signatures::OPERATIONS, faireplace::workers::OPERATIONS],
    instead_of_callbacks: Some("poll `get_signature_status`, with `countersign status faireplace LEASE`"),
    has_hmac: false,
    audience: None,
    address: Some("https://api.faireplace.com/api"),
    needed: "FAIREPLACE_API_KEY",
    of_client: &["API_KEY", "BASE_URL", "WORKER_API_KEY", "WORKER_ORGANISATION", "WORKER_BASE_URL"],
    of_commands: &[],
};

const LEAP: Facts = Facts {
    name: "leap",
    title: "Documill Leap",
    interfaces: &[leap::OPERATIONS],
    instead_of_callbacks: None,
    has_hmac: false,
    audience: None,
    address: Some("https://api.leap.documill.com/api/v1/external"),
    needed: "LEAP_API_KEY",
    of_client: &["API_KEY", "BASE_URL"],
    of_commands: &["CALLBACK_URL", "ID_PATH"],
};

const LEGALESIGN: Facts = Facts {
    name: "legalesign",
    title: "Legalesign",
    interfaces: &[legalesign::OPERATIONS],
    instead_of_callbacks: None,
    has_hmac: true,
    audience: Some("LEGALESIGN_GROUP"),
    address: Some("https://eu-api.legalesign.com/api/v1"),
    needed: "LEGALESIGN_API_KEY, or LEGALESIGN_USERNAME and LEGALESIGN_SECRET",
    of_client: &["API_KEY", "USERNAME", "SECRET", "ORGANISATION", "BASE_URL"],
    of_commands: &["GROUP", "CERTIFICATE"],
};

const SIGN8: Facts = Facts {
    name: "sign8",
    title: "SIGN8",
    interfaces: &[sign8::OPERATIONS],
    instead_of_callbacks: None,
    has_hmac: false,
    audience: Some("SIGN8_ORGANISATION"),
    address: None,
    needed: "SIGN8_API_KEY, SIGN8_PROFILE",
    of_client: &["API_KEY", "PROFILE", "BASE_URL"],
    of_commands: &["ORGANISATION"],
};

const SIGNLY: Facts = Facts {
    name: "signly",
    title: "Signly",
    interfaces: &[signly::OPERATIONS],
    instead_of_callbacks: None,
    has_hmac: true,
    audience: Some("SIGNLY_TENANT"),
    address: Some("https://api.signly.apologs.com"),
    needed: "SIGNLY_TENANT, SIGNLY_API_KEY or SIGNLY_HMAC_SECRET",
    of_client: &["TENANT", "API_KEY", "HMAC_SECRET", "BASE_URL"],
    of_commands: &[],
};

impl Provider {
    /// All of them, in the order of the alphabet. The list is derived from the variants.
    pub fn all() -> &'static [Self] {
        Self::value_variants()
    }

    /// Its entry: the one place that maps a variant to its values.
    pub fn facts(self) -> &'static Facts {
        match self {
            Self::Faireplace => &FAIREPLACE,
            Self::Leap => &LEAP,
            Self::Legalesign => &LEGALESIGN,
            Self::Sign8 => &SIGN8,
            Self::Signly => &SIGNLY,
        }
    }

    /// As on the command line, and in front of dedupe keys.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// As people write it.
    pub fn title(self) -> &'static str {
        self.facts().title
    }

    /// The full name of a variable of this provider.
    pub fn variable(self, name: &str) -> String {
        format!("{}_{name}", self.name().to_uppercase())
    }

    /// What the SDK can call, interface by interface.
    pub fn operations(self) -> Vec<&'static Operation> {
        self.facts().interfaces.iter().flat_map(|table| table.iter().copied()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Provider;
    use clap::ValueEnum as _;
    use clap::builder::PossibleValue;

    #[test]
    fn a_provider_has_one_name_everywhere() {
        for provider in Provider::all() {
            let argument = provider.to_possible_value();
            assert_eq!(argument.as_ref().map(PossibleValue::get_name), Some(provider.name()));
            assert!(provider.operations().iter().all(|operation| operation.provider == provider.name()));
        }
    }
}
