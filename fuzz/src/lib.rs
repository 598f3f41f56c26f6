//! What the targets share: requests as text, and what holds of everything that comes out.
//!
//! The input of most targets is a request as it would be on the wire, with bare line feeds: `POST /path`, headers, an
//! empty line, the body. So seeds can be read, and the fuzzer learns names from them. What only a key could have made has
//! a name in braces, such as `{token}`, which the target fills in: the fuzzer can put genuine proofs in every place, and
//! can make none.

use countersign::webhook::{Delivery, Rejection};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Uri};
use std::fmt::{Debug, Display};
use std::time::{Duration, SystemTime};

/// Secrets and personal data hold this. Nothing that is printed may, unless it was sent as an id.
pub const CANARY: &str = "canary";

/// When everything happens.
pub fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(NOW)
}

/// The same in seconds.
pub const NOW: u64 = 1_800_000_000;

/// A request that has been taken apart, and nothing more.
pub struct Message {
    pub method: Vec<u8>,
    pub target: Vec<u8>,
    pub headers: Vec<(Vec<u8>, Vec<u8>)>,
    pub body: Vec<u8>,
}

impl Message {
    pub fn parse(input: &[u8]) -> Self {
        let end = input.windows(2).position(|pair| pair == b"\n\n").unwrap_or(input.len());
        let (head, body) = input.split_at(end);
        let mut lines = head.split(|byte| *byte == b'\n');
        let (method, target) = halves(lines.next().unwrap_or_default(), b' ');
        let headers = lines.map(|line| {
            let (name, value) = halves(line, b':');
            (name.to_vec(), value.strip_prefix(b" ").unwrap_or(value).to_vec())
        });
        Self {
            method: method.to_vec(),
            target: target.to_vec(),
            headers: headers.collect(),
            body: body.get(2..).unwrap_or_default().to_vec(),
        }
    }

    /// Fills in what only a key could have made.
    pub fn fill(&mut self, names: &[(&str, &str)]) {
        for text in [&mut self.target, &mut self.body] {
            *text = filled(text, names);
        }
        for (_, value) in &mut self.headers {
            *value = filled(value, names);
        }
    }

    /// The request, if HTTP can carry it.
    pub fn delivery(&self) -> Option<Delivery> {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            headers.append(HeaderName::from_bytes(name).ok()?, HeaderValue::from_bytes(value).ok()?);
        }
        let method = Method::from_bytes(&self.method).ok()?;
        let target = Uri::try_from(self.target.as_slice()).ok()?;
        Some(Delivery::new(method, target, headers, self.body.clone()))
    }
}

fn halves(text: &[u8], mark: u8) -> (&[u8], &[u8]) {
    match text.iter().position(|byte| *byte == mark) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, &[]),
    }
}

/// The text with what stands for the names.
pub fn filled(text: &[u8], names: &[(&str, &str)]) -> Vec<u8> {
    let mut filled = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, others)) = rest.split_first() {
        match names.iter().find(|(name, _)| rest.starts_with(name.as_bytes())) {
            Some((name, value)) => {
                filled.extend_from_slice(value.as_bytes());
                rest = &rest[name.len()..];
            }
            None => {
                filled.push(*first);
                rest = others;
            }
        }
    }
    filled
}

/// The value of a header that is there exactly once.
pub fn once<'d>(delivery: &'d Delivery, name: &str) -> Option<&'d [u8]> {
    let mut values = delivery.headers().get_all(name).iter();
    let value = values.next()?.as_bytes();
    values.next().is_none().then_some(value)
}

/// What holds of every rejection: one of three answers, and nothing of what was sent or expected.
pub fn check_rejection(rejection: &Rejection) {
    assert!([400, 401, 413].contains(&rejection.status().as_u16()), "{rejection}");
    assert_silent(rejection);
    assert_shown_silent(rejection);
    let text = rejection.to_string();
    assert!(text.len() < 200 && !text.contains(char::is_control), "{text}");
}

/// `Debug` of something that holds a secret or personal data.
pub fn assert_silent(value: &impl Debug) {
    assert!(!format!("{value:?}{value:#?}").contains(CANARY), "{value:?}");
}

fn assert_shown_silent(value: &impl Display) {
    assert!(!value.to_string().contains(CANARY), "{value}");
}

/// Whether an id holds the canary: ids are printed.
pub fn is_in_an_id(ids: &[&dyn Debug]) -> bool {
    ids.iter().any(|id| format!("{id:?}").contains(CANARY))
}

/// What a dedupe key promises.
pub fn check_dedupe_key(key: &str, provider: &str) {
    let name = key.strip_prefix(provider).and_then(|rest| rest.strip_prefix(':'));
    assert!(name.is_some_and(|name| !name.is_empty()), "{key:?}");
    assert!(
        !key.contains(|character: char| character.is_control() || "\u{2028}\u{2029}".contains(character))
    );
}
