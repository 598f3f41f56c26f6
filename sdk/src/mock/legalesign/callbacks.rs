//! Callbacks as Legalesign posts them.

use super::happenings::{Fields, Realtime};
use super::server::Server;
use super::state::State;
use super::subscribers::{Due, Told};
use crate::mock::outbox::{Addressed, delivers};
use crate::mock::{CallbackRequest, ThrowAwayKey, lock};
use crate::webhook::HmacScheme;
use serde_json::{Map, Value};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

/// The members of a notice that the older page of the vendor shows.
const PLAIN: [&str; 5] = ["resource_uri", "group", "name", "uuid", "tag"];

/// How callbacks are signed.
#[derive(Default)]
pub(super) struct Signing {
    /// Made when it is needed: that takes a while, and most servers deliver nothing.
    key: Mutex<Option<Arc<ThrowAwayKey>>>,
    plain_notices: AtomicBool,
    recipe: Mutex<Option<HmacScheme>>,
}

impl Signing {
    fn key(&self, now: SystemTime) -> Option<Arc<ThrowAwayKey>> {
        let mut key = lock(&self.key);
        if key.is_none() {
            *key = ThrowAwayKey::valid_from(now).or_else(|_| ThrowAwayKey::generate()).ok().map(Arc::new);
        }
        key.clone()
    }

    fn sign(&self, text: &str, now: SystemTime) -> String {
        self.key(now).map(|key| key.sign_sha1(text.as_bytes())).unwrap_or_default()
    }

    fn changes(&self, data: &str, now: SystemTime) -> CallbackRequest {
        CallbackRequest::form([("data", data), ("signed", &self.sign(data, now))])
    }

    fn notice(&self, fields: &Fields, now: SystemTime) -> CallbackRequest {
        if self.plain_notices.load(Ordering::Relaxed) {
            return CallbackRequest::form(fields.iter().filter(|(name, _)| PLAIN.contains(name)).cloned());
        }
        let members: Map<_, _> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone().into())).collect();
        let json = Value::Object(members).to_string();
        let signature = self.sign(&json, now);
        let fields = fields.iter().cloned().chain([("json_signed", json)]);
        CallbackRequest::form(fields).with_header("x-signed", &signature)
    }

    fn realtime(&self, id: &str, body: &Value, now: SystemTime) -> CallbackRequest {
        let request = CallbackRequest::json(body);
        let recipe = lock(&self.recipe).clone();
        let headers = recipe.and_then(|recipe| recipe.sign(id, now, request.body()));
        headers
            .into_iter()
            .flatten()
            .fold(request, |request, (name, value)| request.with_header(name.as_str(), &value))
    }
}

impl State {
    /// What is to be delivered now. Nothing is signed while others wait for the store.
    pub fn due(&self) -> Vec<Addressed> {
        let now = self.clock.now();
        let due = self.store().due(now);
        due.into_iter().map(|due| self.addressed(due, now)).collect()
    }

    fn addressed(&self, due: Due, now: SystemTime) -> Addressed {
        let Due { webhook, url, told } = due;
        let webhook = webhook.to_string();
        match told {
            Told::Changes(list) => {
                let request = self.signing.changes(&Value::Array(list).to_string(), now);
                Addressed::new(&webhook, "changes", &url, request)
            }
            Told::Notice(occasion, fields) => {
                Addressed::new(&webhook, occasion.word(), &url, self.signing.notice(&fields, now))
            }
            Told::Realtime(Realtime { id, filter, body }) => {
                let request = self.signing.realtime(&id, &body, now);
                Addressed { webhook_id: webhook, event_id: id, event: filter.to_owned(), url, request }
            }
        }
    }
}

delivers!(Server);

/// Callbacks: how they are signed, and how to make some of your own for [`deliver_to`](Server::deliver_to).
impl Server {
    /// The certificate of the key that forms are signed with, as PEM. Each server has another one, which is valid from the
    /// time it was first asked for or needed, by the clock of the server, for ten years.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// use countersign::legalesign::webhook::Verifier;
    /// use countersign::mock::legalesign::Server;
    /// use countersign::webhook::RsaKey;
    ///
    /// let server = Server::start().await?;
    /// let key = RsaKey::from_certificate(server.certificate())?.legacy_sha1()?;
    /// let verifier = Verifier::builder().certificate(key).group(server.group()).build()?;
    /// # let _ = verifier;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Empty if the system gives no randomness to make a key of.
    #[must_use]
    pub fn certificate(&self) -> String {
        let key = self.state.signing.key(self.state.clock.now());
        key.map_or_else(String::new, |key| key.certificate().to_owned())
    }

    /// Signs with another key from now on, whose [`certificate`](Self::certificate) is another one too. What was made before,
    /// by [`due`](Self::due) or one of the methods here, stays signed with the old key: deliver it later to see what becomes
    /// of callbacks by a key that is retired. That Legalesign ever changes its key is not known; its certificate ends in
    /// 2033.
    pub fn change_key(&self) {
        *lock(&self.state.signing.key) = None;
    }

    /// Signs with a key that was made before, so that its certificate can be pinned before the server is started.
    pub fn sign_with(&self, key: ThrowAwayKey) {
        *lock(&self.state.signing.key) = Some(Arc::new(key));
    }

    /// Whether `signed`, `sent` and `rejected` come as five plain fields, as the vendor's older page shows, or with
    /// `json_signed` and a signature, as at first.
    pub fn send_plain_notices(&self, plain: bool) {
        self.state.signing.plain_notices.store(plain, Ordering::Relaxed);
    }

    /// How realtime events are signed from now on. At first they are not: Legalesign documents two headers by name only.
    /// With a scheme that has no valid key they are sent without a signature.
    pub fn sign_realtime_with(&self, recipe: HmacScheme) {
        *lock(&self.state.signing.recipe) = Some(recipe);
    }

    /// A list of changes with a right signature, whatever the text is.
    #[must_use]
    pub fn changes_callback(&self, data: &str) -> CallbackRequest {
        self.state.signing.changes(data, self.state.clock.now())
    }

    /// A notice with a right signature, whatever the text is. It has no fields beside the signed one.
    #[must_use]
    pub fn notice_callback(&self, json_signed: &str) -> CallbackRequest {
        let signature = self.state.signing.sign(json_signed, self.state.clock.now());
        CallbackRequest::form([("json_signed", json_signed)]).with_header("x-signed", &signature)
    }

    /// A realtime event, signed if the server was told [how](Self::sign_realtime_with).
    #[must_use]
    pub fn realtime_callback(&self, event: &Value) -> CallbackRequest {
        let id = event.get("id").and_then(Value::as_str).unwrap_or_default();
        self.state.signing.realtime(id, event, self.state.clock.now())
    }
}
