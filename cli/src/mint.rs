//! Addresses that prove what comes to them.

use crate::callbacks;
use crate::failure::Failure;
use crate::provider::Provider;
use countersign::webhook::ConfigurationError;
use countersign::{Link, Secret, leap, legalesign, sign8, signly};
use std::time::SystemTime;
use url::Url;

/// A callback URL as the application would have made it.
pub fn mint(
    provider: Provider,
    secret: &Secret,
    address: &Url,
    reference: &str,
    expiry: Option<SystemTime>,
) -> Result<Url, Failure> {
    macro_rules! mint {
        ($module:ident) => {{
            let urls = $module::webhook::CallbackUrls::new(secret.clone());
            match expiry {
                Some(expiry) => urls.mint_until(address.as_str(), reference, expiry),
                None => urls.mint(address.as_str(), reference),
            }
        }};
    }
    let minted: Result<Link, ConfigurationError> = match provider {
        Provider::Leap => mint!(leap),
        Provider::Legalesign => mint!(legalesign),
        Provider::Sign8 => mint!(sign8),
        Provider::Signly => mint!(signly),
        Provider::Faireplace => return Err(callbacks::no_callbacks(provider)),
    };
    let url = Url::parse(minted?.expose());
    url.map_err(|error| Failure::because("the address", &error))
}
