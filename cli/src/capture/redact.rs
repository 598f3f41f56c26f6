//! What is taken out before a request is stored.

use countersign::Secret;
use countersign::webhook::Delivery;
use http::{HeaderName, HeaderValue};

/// What stands where a credential was.
const REDACTED: &str = "[redacted]";
/// How tokens in signed callback URLs begin, and what is left of them.
const TOKEN: &str = "cs1.";
const NO_TOKEN: &str = "cs1.redacted";
/// Words in the names of headers and parameters that carry credentials.
const TELLING: [&str; 8] = ["auth", "cookie", "credential", "key", "password", "secret", "session", "token"];
/// A word in the names of those that do not, although another word may be there too: a signature opens nothing.
const SIGNATURE: &str = "signature";

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

    /// Address and headers without credentials, and what was taken out.
    pub fn of(&self, delivery: &Delivery) -> (String, Vec<(String, String)>, Vec<String>) {
        let mut redacted = Vec::new();
        let header = |(name, value): (&HeaderName, &HeaderValue)| {
            // What is no text is shown as far as it is one.
            let value = String::from_utf8_lossy(value.as_bytes());
            if self.is_credential(name, &value) {
                redacted.push(format!("header {name}"));
                return (name.to_string(), REDACTED.to_owned());
            }
            (name.to_string(), value.into_owned())
        };
        let headers = delivery.headers().iter().map(header).collect();
        let uri = uri(delivery, &mut redacted);
        (uri, headers, redacted)
    }

    fn is_credential(&self, name: &HeaderName, value: &str) -> bool {
        let holds = |secret: &Secret| value.contains(secret.expose());
        let by_name = !self.kept.contains(name) && (self.headers.contains(name) || tells(name.as_str()));
        by_name || value.contains(TOKEN) || self.secrets.iter().any(holds)
    }
}

/// A path without the token of a signed callback URL.
pub fn shown_path(path: &str) -> String {
    let segment = |segment| if str::starts_with(segment, TOKEN) { NO_TOKEN } else { segment };
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

fn uri(delivery: &Delivery, redacted: &mut Vec<String>) -> String {
    let path = delivery.uri().path();
    let shown = shown_path(path);
    if shown != path {
        redacted.push("token in the address".to_owned());
    }
    let Some(query) = delivery.uri().query() else { return shown };
    let parameters = query.split('&').map(|parameter| match parameter.split_once('=') {
        Some((name, _)) if tells(name) => {
            redacted.push(format!("parameter {name}"));
            format!("{name}=redacted")
        }
        _ => parameter.to_owned(),
    });
    let parameters = parameters.collect::<Vec<_>>().join("&");
    format!("{shown}?{parameters}")
}

fn tells(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    !name.contains(SIGNATURE) && TELLING.iter().any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::{REDACTED, Redaction};
    use countersign::Secret;
    use countersign::webhook::Delivery;

    #[test]
    fn credentials_are_taken_out_and_signatures_are_not() {
        let request = http::Request::post("/leap/cs1.a.b?token=t&page=1")
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
        let (uri, headers, redacted) = redaction.of(&Delivery::from(request));
        assert_eq!(uri, "/leap/cs1.redacted?token=redacted&page=1");
        for (name, value) in &headers {
            let is_kept = ["x-signed", "x-auth-signature", "webhook-key"].contains(&name.as_str());
            assert_eq!(value, if is_kept { "kept" } else { REDACTED }, "{name}");
        }
        assert_eq!((headers.len(), redacted.len()), (9, 8));
    }
}
