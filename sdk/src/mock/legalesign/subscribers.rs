//! Who is told what happens, and when.

use super::happenings::{Fields, Happening, Occasion, Realtime, What};
use super::state::{Store, find};
use serde_json::Value;
use std::time::{Duration, SystemTime};

#[derive(Clone, Debug)]
pub(super) struct Webhook {
    pub number: i64,
    pub notify_when: i64,
    pub url: String,
    pub event_filter: String,
    /// The number of the group that it is narrowed down to.
    pub group: Option<i64>,
    /// What has changed since the last list.
    pub changes: Vec<Value>,
    /// When that was; at first, when the subscription was made.
    pub last_list: SystemTime,
}

const ALL: i64 = 1;
const SIGNED: i64 = 2;
const SENT: i64 = 3;
const REJECTED: i64 = 4;
const REALTIME: i64 = 10;

/// What is written as a word and read as a number.
pub(super) const NOTIFY: [(&str, i64); 5] =
    [("all", ALL), ("signed", SIGNED), ("sent", SENT), ("rejected", REJECTED), ("realtime", REALTIME)];

/// The time between two lists.
const INTERVAL: Duration = Duration::from_secs(6 * 60);

/// Something to be delivered to one subscriber.
#[derive(Clone)]
pub(super) struct Due {
    pub webhook: i64,
    pub url: String,
    pub told: Told,
}

#[derive(Clone)]
pub(super) enum Told {
    Changes(Vec<Value>),
    Notice(Occasion, Fields),
    Realtime(Realtime),
}

impl Webhook {
    /// What it is told at once. What belongs into a list is kept.
    fn hear(&mut self, what: &What) -> Option<Told> {
        match what {
            What::Status(entry) if self.notify_when == ALL => self.changes.push(entry.clone()),
            What::Notice(occasion, fields) if self.notify_when == number(*occasion) => {
                return Some(Told::Notice(*occasion, fields.clone()));
            }
            What::Realtime(realtime) if self.notify_when == REALTIME && self.lets_pass(realtime.filter) => {
                return Some(Told::Realtime(realtime.clone()));
            }
            _ => {}
        }
        None
    }

    /// Only realtime events are filtered.
    fn lets_pass(&self, event: &str) -> bool {
        match self.event_filter.strip_suffix('*') {
            Some(beginning) => event.starts_with(beginning),
            None => self.event_filter.is_empty() || self.event_filter == event,
        }
    }

    fn is_list_due(&self, now: SystemTime) -> bool {
        let waited = now.duration_since(self.last_list).is_ok_and(|waited| waited >= INTERVAL);
        waited && !self.changes.is_empty()
    }
}

fn number(occasion: Occasion) -> i64 {
    match occasion {
        Occasion::Signed => SIGNED,
        Occasion::Sent => SENT,
        Occasion::Rejected => REJECTED,
    }
}

impl Store {
    /// Hands on what has happened, to those who are subscribed now.
    pub fn publish(&mut self) {
        let Self { documents, groups, webhooks, waiting, .. } = self;
        let happened = documents.iter_mut().flat_map(|document| std::mem::take(&mut document.happened));
        for Happening { group, what } in happened {
            let number = find(groups, &group).ok().map(|group| group.number);
            let listens = |webhook: &&mut Webhook| webhook.group.is_none() || webhook.group == number;
            for webhook in webhooks.iter_mut().filter(listens) {
                if let Some(told) = webhook.hear(&what) {
                    waiting.push(Due { webhook: webhook.number, url: webhook.url.clone(), told });
                }
            }
        }
    }

    /// Everything that is to be delivered by now: what is told at once in the order it happened, then lists.
    pub fn due(&mut self, now: SystemTime) -> Vec<Due> {
        let mut due = std::mem::take(&mut self.waiting);
        for webhook in self.webhooks.iter_mut().filter(|webhook| webhook.is_list_due(now)) {
            webhook.last_list = now;
            let told = Told::Changes(std::mem::take(&mut webhook.changes));
            due.push(Due { webhook: webhook.number, url: webhook.url.clone(), told });
        }
        due
    }
}
