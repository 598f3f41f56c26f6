//! What is taken out before a request is stored.

use countersign::webhook::Delivery;
use http::HeaderName;

/// What stands where a credential was.
const REDACTED: &str = "[redacted]";
/// How tokens in signed callback URLs begin, and what is left of them.
const TOKEN: &str = "cs1.";
const NO_TOKEN: &str = "cs1.redacted";
/// Words in the names of headers and parameters that carry credentials.
const TELLING: [&str; 8] =
    ["authorization", "cookie", "secret", "token", "password", "api-key", "apikey", "client-auth"];

/// What holds a credential, beyond what its name tells.
#[derive(Debug)]
pub struct Redaction {
    header: Option<HeaderName>,
}

impl Redaction {
    /// `header` carries a shared secret.
    pub fn new(header: &str) -> Self {
        Self { header: HeaderName::try_from(header).ok() }
    }

    /// Address and headers without credentials, and what was taken out. Signatures stay: they open nothing.
    pub fn of(&self, delivery: &Delivery) -> (String, Vec<(String, String)>, Vec<String>) {
        let mut redacted = Vec::new();
        let header = |(name, value): (&HeaderName, &http::HeaderValue)| {
            let is_secret = Some(name) == self.header.as_ref() || tells(name.as_str());
            if is_secret {
                redacted.push(format!("header {name}"));
            }
            // What is no text is shown as far as it is one.
            let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
            (name.to_string(), if is_secret { REDACTED.to_owned() } else { value })
        };
        let headers = delivery.headers().iter().map(header).collect();
        let uri = uri(delivery, &mut redacted);
        (uri, headers, redacted)
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
    TELLING.iter().any(|word| name.contains(word))
}
