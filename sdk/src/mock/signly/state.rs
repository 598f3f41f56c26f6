//! What a mock of Signly remembers, and what its operations do with it.

use super::event::Event;
use super::publishing::Publishing;
use super::read::{self, ListQuery};
use super::refusal::Refusal;
use crate::mock::clock::Clock;
use crate::mock::courier::{Courier, Destination};
use crate::mock::deliveries::{Deliveries, Outgoing};
use crate::mock::stale::Stale;
use crate::mock::{id, lock};
use crate::runtime::{Secret, Timestamp};
use crate::signly::{
    Webhook, WebhookCreate, WebhookId, WebhookSort, WebhookStatus, WebhookTest, WebhookUpdate,
};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use std::cmp::Ordering;
use std::ops::RangeInclusive;
use std::sync::atomic::{self, AtomicBool};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

/// What the web front end fills in; the defaults of the service are not known.
const ATTEMPTS: i64 = 3;
const TIMEOUT_MS: i64 = 3000;
/// The range that any number is brought into, so that every delivery ends; the bounds of the service are not known.
const POSSIBLE_ATTEMPTS: RangeInclusive<u32> = 1..=100;
const POSSIBLE_TIMEOUT_MS: RangeInclusive<u64> = 1..=300_000;

/// The nearest number that is in the range.
fn nearest<T: TryFrom<i64> + Copy + Ord>(number: i64, range: &RangeInclusive<T>) -> T {
    let beyond = if number < 0 { *range.start() } else { *range.end() };
    T::try_from(number).unwrap_or(beyond).clamp(*range.start(), *range.end())
}

pub(super) struct State {
    pub tenant: String,
    pub key: Secret,
    pub clock: Clock,
    pub courier: Arc<Courier>,
    pub checks_destinations: AtomicBool,
    pub stale: Stale<(Store, Publishing)>,
    store: Mutex<Store>,
    publishing: Mutex<Publishing>,
}

#[derive(Clone, Default)]
pub(super) struct Store {
    webhooks: Vec<Stored>,
    changes: u64,
}

#[derive(Clone)]
struct Stored {
    webhook: Webhook,
    /// The time of the last change, and its place among all changes: times may be equal.
    changed: (SystemTime, u64),
}

impl Store {
    fn next_change(&mut self, at: SystemTime) -> (SystemTime, u64) {
        self.changes += 1;
        (at, self.changes)
    }
}

impl State {
    /// `elsewhere` is the origin of the server that PDFs are sent to and fetched from.
    pub fn new(tenant: String, key: Secret, courier: Courier, elsewhere: &str) -> Self {
        let (clock, checks_destinations) = (Clock::default(), AtomicBool::new(false));
        let publishing = Mutex::new(Publishing::new(elsewhere));
        let courier = Arc::new(courier);
        let (stale, store) = (Stale::default(), Mutex::default());
        Self { tenant, key, clock, courier, checks_destinations, stale, store, publishing }
    }

    pub fn copy(&self) -> (Store, Publishing) {
        (lock(&self.store).clone(), self.publishing().clone())
    }

    /// The webhooks as a call reads them.
    fn seen(&self) -> Vec<Stored> {
        let stale = self.stale.read(self.clock.now());
        stale.map_or_else(|| lock(&self.store).clone(), |(store, _)| store).webhooks
    }

    /// Templates and documents.
    pub fn publishing(&self) -> MutexGuard<'_, Publishing> {
        lock(&self.publishing)
    }

    pub fn webhooks(&self) -> Vec<Webhook> {
        lock(&self.store).webhooks.iter().map(|stored| stored.webhook.clone()).collect()
    }

    pub fn webhook(&self, id: &str) -> Option<Webhook> {
        self.webhooks().into_iter().find(|webhook| webhook.webhook_id.as_str() == id)
    }

    pub fn list(&self, query: Option<&str>) -> Result<Value, Refusal> {
        let ListQuery { limit, status, sort } = read::list_query(query)?;
        let mut webhooks = self.seen();
        webhooks.retain(|stored| status.as_ref().is_none_or(|status| *status == stored.webhook.status));
        let by_url = |a: &Stored, b: &Stored| a.webhook.url.cmp(&b.webhook.url);
        let by_change = |a: &Stored, b: &Stored| a.changed.cmp(&b.changed);
        webhooks.sort_by(|a, b| match sort {
            Some(WebhookSort::Url) => by_url(a, b),
            Some(WebhookSort::UrlDescending) => by_url(b, a),
            Some(WebhookSort::UpdatedAt) => by_change(a, b),
            Some(WebhookSort::UpdatedAtDescending) => by_change(b, a),
            _ => Ordering::Equal,
        });
        Ok(webhooks.iter().take(limit).map(|stored| summary(&stored.webhook)).collect())
    }

    pub async fn create(&self, new: WebhookCreate) -> Result<Value, Refusal> {
        let url = read::destination(new.url.as_deref())?;
        read::check_create(&new)?;
        if self.checks_destinations.load(atomic::Ordering::Relaxed) && !self.courier.reaches(&url).await {
            return Err(Refusal::invalid("url", "the destination cannot be reached"));
        }
        let now = self.clock.now();
        let timestamp = Some(Timestamp::from(now));
        let webhook = Webhook {
            created_at: timestamp.clone(),
            custom_headers: new.custom_headers,
            description: new.description,
            events: new.events,
            http_timeout_ms: new.http_timeout_ms,
            retries: new.retries,
            secrets: None,
            status: WebhookStatus::Enabled,
            tenant_id: Some(self.tenant.clone()),
            updated_at: timestamp,
            url: Some(url),
            version: 1,
            webhook_id: WebhookId::from(id::ulid("wh_", now)),
        };
        let answer = summary(&webhook);
        let mut store = lock(&self.store);
        let changed = store.next_change(now);
        store.webhooks.push(Stored { webhook, changed });
        Ok(answer)
    }

    pub fn get(&self, id: &str) -> Result<Value, Refusal> {
        let found = self.seen().into_iter().find(|stored| stored.webhook.webhook_id.as_str() == id);
        let webhook = found.ok_or_else(Refusal::unknown_webhook)?.webhook;
        Ok(serde_json::to_value(webhook).unwrap_or_default())
    }

    pub fn update(&self, id: &str, headers: &HeaderMap, update: WebhookUpdate) -> Result<Value, Refusal> {
        read::check_update(&update)?;
        let WebhookUpdate { description, events, http_timeout_ms, retries, status } = update;
        self.change(id, headers, |webhook| {
            webhook.description = description.or(webhook.description.take());
            webhook.events = events.or(webhook.events.take());
            webhook.http_timeout_ms = http_timeout_ms.or(webhook.http_timeout_ms);
            webhook.retries = retries.or(webhook.retries.take());
            if let Some(status) = status {
                webhook.status = status;
            }
        })
    }

    pub fn set_status(&self, id: &str, headers: &HeaderMap, status: WebhookStatus) -> Result<Value, Refusal> {
        read::check_status(&status)?;
        self.change(id, headers, |webhook| webhook.status = status)
    }

    fn change(
        &self,
        id: &str,
        headers: &HeaderMap,
        apply: impl FnOnce(&mut Webhook),
    ) -> Result<Value, Refusal> {
        let now = self.clock.now();
        // Before anything changes: a time beyond all dates makes it panic.
        let updated_at = Some(Timestamp::from(now));
        let mut store = lock(&self.store);
        let changed = store.next_change(now);
        let found = store.webhooks.iter_mut().find(|stored| stored.webhook.webhook_id.as_str() == id);
        let stored = found.ok_or_else(Refusal::unknown_webhook)?;
        let webhook = &mut stored.webhook;
        if let Some(expected) = read::if_match(headers)?
            && expected != webhook.version
        {
            return Err(Refusal::stale(expected));
        }
        apply(webhook);
        webhook.version += 1;
        webhook.updated_at = updated_at;
        stored.changed = changed;
        Ok(json!({ "webhookId": webhook.webhook_id, "status": webhook.status, "version": webhook.version }))
    }

    pub fn delete(&self, id: &str) -> Result<Value, Refusal> {
        let mut store = lock(&self.store);
        let place = store.webhooks.iter().position(|stored| stored.webhook.webhook_id.as_str() == id);
        store.webhooks.remove(place.ok_or_else(Refusal::unknown_webhook)?);
        Ok(json!({ "webhookId": id }))
    }

    pub async fn test(&self, id: &str, test: WebhookTest) -> Result<Value, Refusal> {
        read::check_test(&test, &self.tenant)?;
        let webhook = self.webhook(id).ok_or_else(Refusal::unknown_webhook)?;
        let mut event = Event::test(test.type_);
        event.settle(self.clock.now());
        let delivered = self.outgoing(&webhook, &Arc::new(event), 1).send(&self.courier, None).await;
        let status = if delivered.is_delivered() { "DELIVERED" } else { "FAILED" };
        Ok(json!({ "webhookId": id, "deliveryStatus": status, "attempt": 1 }))
    }

    /// Each event for every enabled webhook that subscribed to its type.
    pub fn deliveries(&self, events: impl IntoIterator<Item = Event>) -> Deliveries {
        let (now, webhooks) = (self.clock.now(), self.webhooks());
        let to_all = |mut event: Event| {
            event.settle(now);
            let event = Arc::new(event);
            let gets_it = |webhook: &&Webhook| {
                let mut wanted = webhook.events.iter().flatten();
                webhook.status == WebhookStatus::Enabled && wanted.any(|wanted| *wanted == event.kind)
            };
            let outgoing = |webhook: &Webhook| {
                let most = webhook.retries.as_ref().and_then(|retries| retries.max_attempts);
                let most = nearest(most.unwrap_or(ATTEMPTS), &POSSIBLE_ATTEMPTS);
                self.outgoing(webhook, &event, most)
            };
            webhooks.iter().filter(gets_it).map(outgoing).collect()
        };
        Deliveries::new(&self.courier, events.into_iter().map(to_all))
    }

    fn outgoing(&self, webhook: &Webhook, event: &Arc<Event>, most_attempts: u32) -> Outgoing {
        let timeout = nearest(webhook.http_timeout_ms.unwrap_or(TIMEOUT_MS), &POSSIBLE_TIMEOUT_MS);
        let custom = webhook.custom_headers.iter().flatten().filter_map(|(name, value)| {
            let mut value = HeaderValue::try_from(value).ok()?;
            // Whatever logs headers on the way leaves it out.
            value.set_sensitive(true);
            Some((HeaderName::try_from(name).ok()?, value))
        });
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.extend(custom.collect::<HeaderMap>());
        let (event, tenant) = (Arc::clone(event), self.tenant.clone());
        Outgoing {
            webhook_id: webhook.webhook_id.to_string(),
            event_id: event.id.clone(),
            event: event.kind.to_string(),
            destination: Destination {
                url: webhook.url.clone().unwrap_or_default(),
                headers,
                timeout: Duration::from_millis(timeout),
                most_attempts,
            },
            body: Arc::new(move |attempt| event.body(&tenant, attempt)),
        }
    }
}

/// The members that lists and creation are documented to return.
fn summary(webhook: &Webhook) -> Value {
    let Webhook { webhook_id, url, status, version, .. } = webhook;
    json!({ "webhookId": webhook_id, "url": url, "status": status, "version": version })
}
