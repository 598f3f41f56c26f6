//! Makes the request of an event.

use super::Args;
use super::legalesign::{self, Notice};
use super::sample::{Proof, Sample};
use crate::callbacks;
use crate::capture::TOKEN;
use crate::clock;
use crate::failure::Failure;
use crate::home;
use crate::mint::mint;
use crate::post::Post;
use crate::provider::Provider;
use countersign::Secret;
use countersign::mock::ThrowAwayKey;
use countersign::webhook::HmacScheme;
use http::HeaderName;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};
use url::Url;

/// How long a signed URL that is stale was good for.
const ONE_HOUR: Duration = Duration::from_secs(3600);

/// All that requests are made of.
pub struct Making<'a> {
    args: &'a Args,
    provider: Provider,
    to: &'a Url,
    at: SystemTime,
    audience: String,
    url_secret: Option<Secret>,
    header: Option<(HeaderName, Secret)>,
    hmac: Option<HmacScheme>,
}

/// A body, the kind of content it is, and headers that sign it.
pub struct Framed {
    pub content_type: &'static str,
    pub body: String,
    pub signature: Option<(&'static str, String)>,
}

impl<'a> Making<'a> {
    pub fn new(args: &'a Args, provider: Provider, to: &'a Url, at: SystemTime) -> Result<Self, Failure> {
        let header = match provider {
            Provider::Signly => callbacks::secret_in_header(args.header.as_deref())?,
            Provider::Faireplace | Provider::Leap | Provider::Legalesign | Provider::Sign8 => None,
        };
        let audience = match &args.audience {
            Some(audience) => Some(audience.clone()),
            None => callbacks::audience(provider)?,
        };
        let audience = match (audience, provider.facts().audience) {
            (Some(audience), _) => audience,
            (None, None) => String::new(),
            (None, Some(variable)) => {
                return Err(Failure::usage(format!("say with --for NAME, or in {variable}, whom it is for")));
            }
        };
        let (url_secret, hmac) = (callbacks::url_secret(provider)?, args.hmac.scheme(provider)?);
        Ok(Self { args, provider, to, at, audience, url_secret, header, hmac })
    }

    pub fn post(&self, sample: &Sample) -> Result<Post, Failure> {
        let framed = self.framed(sample)?;
        let mut post = Post::new(self.address(sample)?);
        if !framed.body.is_empty() {
            post = post.with_body(framed.content_type, &framed.body);
        }
        if let Some((name, value)) = framed.signature {
            post = post.with_header(HeaderName::from_static(name), value);
        }
        if let Some((name, secret)) = &self.header {
            post = post.with_header(name.clone(), self.proof(secret.expose()));
        }
        if self.provider == Provider::Sign8 {
            post = post.with_header(HeaderName::from_static("organisation_id"), &self.audience);
        }
        let is_json = framed.content_type == "application/json";
        if let (Some(scheme), true) = (&self.hmac, is_json) {
            let id = id("msg_");
            let signed = scheme.sign(&id, self.at, framed.body.as_bytes());
            let signed = signed.ok_or_else(|| Failure::failed("the HMAC has no valid key"))?;
            post = signed.into_iter().fold(post, |post, (name, value)| post.with_header(name, value));
            post.body = self.proof(&post.body);
        }
        Ok(post)
    }

    /// What is proved or proves it, with one byte changed if it is to be refused.
    pub fn proof(&self, text: &str) -> String {
        if self.args.forged { with_one_byte_changed(text) } else { text.to_owned() }
    }

    fn framed(&self, sample: &Sample) -> Result<Framed, Failure> {
        let Self { at, audience, .. } = self;
        let framed = match (self.provider, sample.event) {
            (Provider::Signly, event) => json_body(&self.set(signly(event, audience, *at))?),
            (Provider::Legalesign, "changes") => {
                legalesign::changes(&self.set(legalesign::list(*at))?, &key()?, self)
            }
            (Provider::Legalesign, "plain-notice") => {
                legalesign::plain_notice(&self.set(Notice::new(audience).fields())?)
            }
            (Provider::Legalesign, event) if sample.proof == Proof::Rsa => {
                let notice = self.set(Notice::new(audience).named(event).fields())?;
                legalesign::notice(&notice, &key()?, self)
            }
            (Provider::Legalesign, event) => {
                json_body(&self.set(legalesign::realtime(event, audience, *at))?)
            }
            (Provider::Leap | Provider::Sign8 | Provider::Faireplace, _) => unsigned(&self.set(Value::Null)?),
        };
        Ok(framed)
    }

    /// The event with what `--set` says.
    fn set(&self, mut event: Value) -> Result<Value, Failure> {
        self.args.set.iter().try_for_each(|assignment| assignment.apply(&mut event))?;
        Ok(event)
    }

    /// The address with its token, and with what SIGN8 adds to it.
    fn address(&self, sample: &Sample) -> Result<Url, Failure> {
        let has_token = self.to.path().contains(TOKEN);
        let is_proved = self.header.is_some() || self.hmac.is_some() || sample.proof == Proof::Rsa;
        if self.args.stale && has_token && !is_proved {
            return Err(Failure::usage(
                "--stale does not reach the token that --to has already; leave it out, and it is made anew",
            ));
        }
        let mut url = match &self.url_secret {
            Some(secret) if !has_token => {
                let expiry = self.args.stale.then(|| self.at.checked_add(ONE_HOUR)).flatten();
                mint(self.provider, secret, self.to, &self.args.reference, expiry)?
            }
            _ if has_token || is_proved => self.to.clone(),
            _ => return Err(self.nothing_proves_it()),
        };
        if let (true, Some(at)) = (self.args.forged, url.path().find(TOKEN)) {
            let (before, token) = url.path().split_at(at);
            let path = format!("{before}{}", forged_token(token));
            url.set_path(&path);
        }
        if self.provider == Provider::Sign8 {
            url.set_path(&format!("{}/api/workflow/{}", url.path().trim_end_matches('/'), sample.event));
        }
        Ok(url)
    }

    fn nothing_proves_it(&self) -> Failure {
        let urls = self.provider.variable("CALLBACK_URL_SECRET");
        let other = match self.provider {
            Provider::Signly => "SIGNLY_WEBHOOK_SECRET for a header, or ",
            Provider::Faireplace | Provider::Leap | Provider::Legalesign | Provider::Sign8 => "",
        };
        Failure::usage(format!(
            "nothing would prove it; set {other}{urls} to the secret that the application signs its callback URLs with, \
             or give --to a URL that has its token"
        ))
    }
}

/// JSON with its members in an order that no library writes them in: an application that signs what it has parsed and
/// written again is found out.
fn unsorted(event: &Value) -> String {
    let Value::Object(members) = event else { return event.to_string() };
    let members = members.iter().rev().map(|(name, value)| format!("{}:{value}", Value::from(name.as_str())));
    format!("{{{}}}", members.collect::<Vec<_>>().join(","))
}

fn json_body(event: &Value) -> Framed {
    Framed { content_type: "application/json", body: unsorted(event), signature: None }
}

/// What Leap and SIGN8 send is not documented: nothing, unless `--set` made something.
fn unsigned(event: &Value) -> Framed {
    let body = if event.is_null() { String::new() } else { event.to_string() };
    Framed { body, ..json_body(event) }
}

fn key() -> Result<ThrowAwayKey, Failure> {
    home::development_key().map(|development| development.key)
}

/// The documented members \[S\]. What `data` has is documented for a completed process only.
fn signly(event: &str, tenant: &str, at: SystemTime) -> Value {
    let data = if event == "PROCESS_COMPLETED" {
        json!({ "status": "COMPLETED", "templateId": id("tpl_"), "completedAt": clock::written(at) })
    } else {
        json!({})
    };
    json!({
        "eventId": id("evt_"),
        "type": event,
        "occurredAt": clock::written(at),
        "tenantId": tenant,
        "documentId": id("doc_"),
        "participantId": id("par_"),
        "attempt": 1,
        "data": data,
    })
}

/// An id that nobody had before.
pub fn id(prefix: &str) -> String {
    format!("{prefix}{:016x}", fastrand::u64(..))
}

/// The first byte of what authenticates the content of a token.
fn forged_token(token: &str) -> String {
    match token.rsplit_once('.') {
        Some((content, mac)) => format!("{content}.{}", with_first_byte_changed(mac)),
        None => with_one_byte_changed(token),
    }
}

fn with_first_byte_changed(text: &str) -> String {
    let reversed: String = text.chars().rev().collect();
    with_one_byte_changed(&reversed).chars().rev().collect()
}

/// The last letter or digit is another one.
pub fn with_one_byte_changed(text: &str) -> String {
    let Some(place) = text.rfind(|letter: char| letter.is_ascii_alphanumeric()) else {
        return format!("{text}x");
    };
    let (before, rest) = text.split_at(place);
    let mut rest = rest.chars();
    let other = match rest.next() {
        Some('a') => 'b',
        Some('1') => '2',
        Some(letter) if letter.is_ascii_digit() => '1',
        _ => 'a',
    };
    format!("{before}{other}{}", rest.as_str())
}
