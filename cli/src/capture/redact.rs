//! What is taken out before a request is stored.

use super::hash::{Hash, Place};
use crate::out::printable;
use countersign::Secret;
use countersign::webhook::Delivery;
use http::HeaderName;
use subtle::{Choice, ConstantTimeEq as _};

/// What stands where a credential was.
pub const REDACTED: &str = "[redacted]";
/// How tokens in signed callback URLs begin, and what is left of them.
pub const TOKEN: &str = "cs1.";
const NO_TOKEN: &str = "cs1.redacted";
/// The token of a path, in the list of what was taken out.
pub const TAKEN_TOKEN: &str = "token in the address";
/// Words in the names of headers and parameters that carry credentials.
const TELLING: [&str; 8] = ["auth", "cookie", "credential", "key", "password", "secret", "session", "token"];
/// A word in the names of those that do not, although another word may be there too: a signature opens nothing.
const SIGNATURE: &str = "signature";

/// What is left of a request.
pub struct Redacted {
    pub uri: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub taken_out: Vec<String>,
    pub hashes: Vec<Hash>,
}

/// The most values of the header with the secret that are hashed: each takes time, and whoever calls decides how many
/// there are.
const MOST_HASHES: usize = 4;

/// What is known to be a credential, and what is known to be none, beyond what names tell.
#[derive(Debug, Default)]
pub struct Redaction {
    headers: Vec<HeaderName>,
    secrets: Vec<Secret>,
    kept: Vec<HeaderName>,
}

impl Redaction {
    /// A header that carries a credential.
    pub fn header(mut self, name: &str) -> Self {
        self.headers.extend(HeaderName::try_from(name));
        self
    }

    /// A secret, wherever it turns up.
    pub fn secret(mut self, secret: Option<Secret>) -> Self {
        self.secrets.extend(secret);
        self
    }

    /// Headers that a signature is made of, without which nothing could be verified any more.
    pub fn keeping<'h>(mut self, names: impl Iterator<Item = &'h str>) -> Self {
        self.kept.extend(names.flat_map(HeaderName::try_from));
        self
    }

    /// A request without credentials.
    pub fn of(&self, delivery: &Delivery) -> Redacted {
        let (mut redacted, mut hashes, mut headers) = (Vec::new(), Vec::new(), Vec::new());
        for name in delivery.headers().keys() {
            for (nth, value) in delivery.headers().get_all(name).iter().enumerate() {
                let value = value.as_bytes();
                if !self.is_credential(name, value) {
                    headers.push((name.to_string(), value.to_owned()));
                    continue;
                }
                redacted.push(format!("header {name}"));
                headers.push((name.to_string(), REDACTED.as_bytes().to_owned()));
                // Of others nobody could tell what they are to be compared with.
                if self.headers.contains(name) && hashes.len() < MOST_HASHES {
                    hashes.extend(Hash::of(Place::Header { name: name.to_string(), nth }, value));
                }
            }
        }
        hashes.extend(hashed_token(delivery.uri().path()));
        Redacted { uri: self.uri(delivery, &mut redacted), headers, taken_out: redacted, hashes }
    }

    fn is_credential(&self, name: &HeaderName, value: &[u8]) -> bool {
        let by_name = !self.kept.contains(name) && (self.headers.contains(name) || tells(name.as_str()));
        by_name || self.is_secret(value)
    }

    /// Whether a token or a known secret is in it.
    fn is_secret(&self, value: &[u8]) -> bool {
        let has_token = value.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes());
        has_token || self.secrets.iter().any(|secret| contains(value, secret.expose().as_bytes()))
    }

    fn uri(&self, delivery: &Delivery, redacted: &mut Vec<String>) -> String {
        let segment = |segment: &str| {
            if !self.is_secret(segment.as_bytes()) {
                return segment.to_owned();
            }
            redacted.push(TAKEN_TOKEN.to_owned());
            NO_TOKEN.to_owned()
        };
        let path = delivery.uri().path().split('/').map(segment).collect::<Vec<_>>().join("/");
        let Some(query) = delivery.uri().query() else { return path };
        let parameters = query.split('&').map(|parameter| match parameter.split_once('=') {
            Some((name, value)) if tells(name) || self.is_secret(value.as_bytes()) => {
                redacted.push(format!("parameter {name}"));
                format!("{name}=redacted")
            }
            _ => parameter.to_owned(),
        });
        let parameters = parameters.collect::<Vec<_>>().join("&");
        format!("{path}?{parameters}")
    }
}

/// The first token of a path, hashed. Its content says what it refers to; only the rest of it is secret.
fn hashed_token(path: &str) -> Option<Hash> {
    let token = path.split('/').find(|segment| segment.starts_with(TOKEN))?;
    let (content, _) = token.strip_prefix(TOKEN)?.split_once('.')?;
    Hash::of(Place::Token { content: content.to_owned() }, token.as_bytes())
}

/// A path with a token where one was taken out.
pub fn with_token(path: &str, token: &str) -> String {
    let mut token = Some(token);
    let segment = |segment| if segment == NO_TOKEN { token.take().unwrap_or(segment) } else { segment };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// In a time that does not tell where it begins to differ.
fn contains(value: &[u8], secret: &[u8]) -> bool {
    let same = value.windows(secret.len().max(1)).map(|window| window.ct_eq(secret));
    same.fold(Choice::from(0), |found, same| found | same).into()
}

/// A path as it is shown: without tokens, and without what a terminal would take for a command.
pub fn shown_path(path: &str) -> String {
    let segment = |segment| if str::contains(segment, TOKEN) { NO_TOKEN } else { segment };
    printable(&path.split('/').map(segment).collect::<Vec<_>>().join("/"))
}

fn tells(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    !name.contains(SIGNATURE) && TELLING.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::{REDACTED, Redacted, Redaction};
    use countersign::Secret;
    use countersign::webhook::Delivery;

    #[test]
    fn credentials_are_taken_out_and_signatures_are_not() {
        let request = http::Request::post("/leap/cs1.a.b?token=t&page=1&to=%2Fcs1.a.b")
            .header("x-client-auth", "one")
            .header("authorization", "two")
            .header("x-api-key", "three")
            .header("x-own", "four")
            .header("x-elsewhere", "Bearer correct horse battery staple")
            .header("referer", "https://app.example/cs1.a.b")
            .header("x-signed", "kept")
            .header("x-auth-signature", "kept")
            .header("webhook-key", "kept")
            .body("");
        let Ok(request) = request else { return };
        let secret = Secret::chosen("correct horse battery staple").ok();
        let redaction =
            Redaction::default().header("X-Own").secret(secret).keeping(["webhook-key"].into_iter());
        let Redacted { uri, headers, taken_out, .. } = redaction.of(&Delivery::from(request));
        assert_eq!(uri, "/leap/cs1.redacted?token=redacted&page=1&to=redacted");
        for (name, value) in &headers {
            let is_kept: bool = ["x-signed", "x-auth-signature", "webhook-key"].contains(&name.as_str());
            assert_eq!(value, if is_kept { "kept".as_bytes() } else { REDACTED.as_bytes() }, "{name}");
        }
        assert_eq!((headers.len(), taken_out.len()), (9, 9));
    }
}
