//! Callbacks on their way out: how often, and in which order.

use super::courier::{Courier, Destination};
use super::deliver::Delivered;
use super::storm::Storm;
use bytes::Bytes;
use std::fmt;
use std::sync::Arc;
use url::Url;

/// One event for one destination.
#[derive(Clone)]
pub(super) struct Outgoing {
    pub webhook_id: String,
    pub event_id: String,
    pub event: String,
    pub destination: Destination,
    /// What is sent with an attempt, by its number.
    pub body: Arc<dyn Fn(u32) -> Bytes + Send + Sync>,
}

impl Outgoing {
    pub(super) async fn send(&self, courier: &Courier, storm: Option<&mut Storm>) -> Delivered {
        let attempts = courier.deliver(&self.destination, &*self.body, storm).await;
        Delivered::new([&self.webhook_id, &self.event_id, &self.event, &self.destination.url], attempts)
    }
}

/// Events that are about to be delivered, in an order of your choice. Each method changes the list that the ones before
/// it made.
#[must_use = "nothing is sent before `send`"]
pub struct Deliveries {
    courier: Arc<Courier>,
    /// Each event, with all of its destinations.
    events: Vec<Vec<Outgoing>>,
    /// The seed that it was made of comes with it, for the message of a test that fails.
    storm: Option<(u64, Storm)>,
}

impl Deliveries {
    pub(super) fn new(courier: &Arc<Courier>, events: impl IntoIterator<Item = Vec<Outgoing>>) -> Self {
        // What goes nowhere is no delivery.
        let events = events.into_iter().filter(|destinations| !destinations.is_empty());
        Self { courier: Arc::clone(courier), events: events.collect(), storm: None }
    }

    /// How many events there are, each as often as it is to be sent. What goes nowhere does not count.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether there is nothing to send.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Sends each event this many times in all, one right after the other. None counts as once.
    pub fn duplicated(mut self, times: usize) -> Self {
        let events = std::mem::take(&mut self.events).into_iter();
        self.events = events.flat_map(|event| std::iter::repeat_n(event, times.max(1))).collect();
        self
    }

    /// Sends the last one first.
    pub fn reversed(mut self) -> Self {
        self.events.reverse();
        self
    }

    /// Sends them in an order that looks like chance and follows from the seed alone.
    pub fn shuffled(mut self, seed: u64) -> Self {
        fastrand::Rng::with_seed(seed).shuffle(&mut self.events);
        self
    }

    /// Sends them to a receiver that is not where they are addressed to: an application that is reached through a tunnel or
    /// a proxy in production, and directly while it is developed. A URL without a path keeps path and query of the address
    /// that was registered, so that signed callback URLs stay what they are; one with a path replaces the address.
    pub fn forwarded_to(mut self, url: &str) -> Self {
        for outgoing in self.events.iter_mut().flatten() {
            outgoing.destination.url = forwarded(&outgoing.destination.url, url);
        }
        self
    }

    /// Sends them through a storm: some events come twice or three times, all in another order, some once more when all is
    /// over; attempts break off in the middle of the body, are slow, or lose the answer. What happens follows from the seed
    /// alone; a test that panics while it is sent prints it.
    ///
    /// An attempt that fails is followed by another as the provider does it, or as
    /// `set_delivery_attempts` says. With too few an event may never arrive, which is what a storm is like.
    pub fn stormy(mut self, seed: u64) -> Self {
        let mut storm = Storm::new(seed);
        self.events = storm.scatter(std::mem::take(&mut self.events));
        self.storm = Some((seed, storm));
        self
    }

    /// Delivers one event after the other, each to all of its destinations. There is one entry per event and destination,
    /// in the order of sending.
    pub async fn send(mut self) -> Vec<Delivered> {
        let mut delivered = Vec::new();
        for outgoing in std::mem::take(&mut self.events).iter().flatten() {
            let storm = self.storm.as_mut().map(|(_, storm)| storm);
            delivered.push(outgoing.send(&self.courier, storm).await);
        }
        delivered
    }
}

/// What cannot be read as a URL is left to fail where it is sent.
fn forwarded(registered: &str, to: &str) -> String {
    let (Ok(registered), Ok(mut to)) = (Url::parse(registered), Url::parse(to)) else {
        return to.to_owned();
    };
    if to.path() == "/" {
        to.set_path(registered.path());
        to.set_query(registered.query());
    }
    to.into()
}

impl Drop for Deliveries {
    /// A test that fails has to tell how it can be repeated.
    #[allow(clippy::print_stderr, reason = "there is nowhere else to say it while a test fails")]
    fn drop(&mut self) {
        if let Some((seed, _)) = &self.storm
            && std::thread::panicking()
        {
            eprintln!("the storm had the seed {seed}; the same seed gives the same run");
        }
    }
}

/// The ids of the events, and nothing of what they tell.
impl fmt::Debug for Deliveries {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = self.events.iter().flatten().map(|outgoing| &outgoing.event_id);
        formatter.debug_struct("Deliveries").field("events", &ids.collect::<Vec<_>>()).finish_non_exhaustive()
    }
}
