//! What a mock of Legalesign remembers.

use super::answer::{Refusal, uri};
use super::callbacks::Signing;
use super::documents::Document;
use super::links::{Download, Link};
use super::people::{Group, Invitation, Member, User};
use super::subscribers::{Due, Webhook};
use super::templates::PdfTemplate;
use super::texts::{Attachment, TextTemplate};
use crate::mock::clock::Clock;
use crate::mock::outbox::Outbox;
use crate::mock::stale::Stale;
use crate::mock::{id, lock};
use crate::runtime::{Secret, Timestamp};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, SystemTime};

/// The path of the base URL, which every reference repeats.
pub(super) const PREFIX: &str = "/api/v1";
/// The group that exists from the start.
pub(super) const GROUP: &str = "mock-group";

pub(super) struct State {
    pub credentials: Credentials,
    pub clock: Clock,
    pub outbox: Outbox,
    pub signing: Signing,
    pub stale: Stale<Store>,
    store: Mutex<Store>,
}

/// A key of either kind.
pub(super) struct Credentials {
    pub key: Secret,
    pub username: String,
    pub secret: Secret,
}

/// Everything that operations read and change, under one lock: no call sees half of another.
#[derive(Clone)]
pub(super) struct Store {
    /// Where the pages of this server are.
    pub origin: String,
    /// Where the contents are that it redirects to.
    pub elsewhere: String,
    /// Whom the keys belong to.
    pub user: String,
    pub users: Vec<User>,
    pub groups: Vec<Group>,
    pub members: Vec<Member>,
    pub invitations: Vec<Invitation>,
    pub texts: Vec<TextTemplate>,
    pub pdfs: Vec<PdfTemplate>,
    pub attachments: Vec<Attachment>,
    pub documents: Vec<Document>,
    pub webhooks: Vec<Webhook>,
    /// What subscribers are to be told at once, in the order it happened.
    pub waiting: Vec<Due>,
    pub links: Vec<Link>,
    pub downloads: Vec<Download>,
    pub redirects: bool,
    pub largest_attachment: usize,
    pub leaked: bool,
    numbers: i64,
}

impl State {
    pub fn new(credentials: Credentials, outbox: Outbox, origin: &str, elsewhere: &str) -> Self {
        let (clock, signing) = (Clock::default(), Signing::default());
        let store = Mutex::new(Store::new(origin, elsewhere, clock.now()));
        Self { credentials, clock, outbox, signing, stale: Stale::default(), store }
    }

    pub fn store(&self) -> MutexGuard<'_, Store> {
        lock(&self.store)
    }

    pub fn copy(&self) -> Store {
        self.store().clone()
    }
}

impl Store {
    fn new(origin: &str, elsewhere: &str, now: SystemTime) -> Self {
        let mut store = Self {
            origin: origin.to_owned(),
            elsewhere: elsewhere.to_owned(),
            user: user_id(),
            users: Vec::new(),
            groups: Vec::new(),
            members: Vec::new(),
            invitations: Vec::new(),
            texts: Vec::new(),
            pdfs: Vec::new(),
            attachments: Vec::new(),
            documents: Vec::new(),
            webhooks: Vec::new(),
            waiting: Vec::new(),
            links: Vec::new(),
            downloads: Vec::new(),
            redirects: true,
            largest_attachment: 5 * 1024 * 1024,
            leaked: false,
            numbers: 0,
        };
        let owner = store.user.clone();
        store.users.push(User::new(&owner, "owner@mock.example", "Mock", "Owner", now));
        store.add_group(GROUP, "Mock Group", now);
        store
    }

    /// Counts up, for what has a number in place of an id.
    pub fn next_number(&mut self) -> i64 {
        self.numbers += 1;
        self.numbers
    }
}

/// 30 characters that are no UUID.
pub(super) fn user_id() -> String {
    id::uuid().replace('-', "").chars().take(30).collect()
}

/// What is found by an id.
pub(super) trait Identified {
    fn id(&self) -> &str;
}

/// What has this id; otherwise the call is refused.
pub(super) fn find<'a, T: Identified>(all: &'a [T], id: &str) -> Result<&'a T, Refusal> {
    all.iter().find(|each| each.id() == id).ok_or_else(Refusal::not_found)
}

pub(super) fn find_mut<'a, T: Identified>(all: &'a mut [T], id: &str) -> Result<&'a mut T, Refusal> {
    all.iter_mut().find(|each| each.id() == id).ok_or_else(Refusal::not_found)
}

/// Takes out what has this id.
pub(super) fn remove<T: Identified>(all: &mut Vec<T>, id: &str) -> Result<T, Refusal> {
    let place = all.iter().position(|each| each.id() == id).ok_or_else(Refusal::not_found)?;
    Ok(all.remove(place))
}

/// Refuses a body that refers to something that is not there.
pub(super) fn refer<T: Identified>(all: &[T], id: Option<&str>) -> Result<(), Refusal> {
    match id {
        Some(id) => find(all, id).map(|_| ()).map_err(|_| Refusal::misreferenced()),
        None => Ok(()),
    }
}

/// A reference, or `null`.
pub(super) fn uri_of(collection: &str, id: Option<&str>) -> Option<String> {
    id.map(|id| uri(collection, id))
}

/// A time as Legalesign writes it: to the second, without an offset. It is UTC here.
pub(super) fn written(at: SystemTime) -> String {
    Timestamp::from(at).as_str().trim_end_matches('Z').to_owned()
}

/// A time as callers write it; a date alone is its midnight.
pub(super) fn read_time(text: &str) -> Option<SystemTime> {
    let text = text.trim().replacen(' ', "T", 1);
    let spellings = [text.clone(), format!("{text}Z"), format!("{text}:00Z"), format!("{text}T00:00:00Z")];
    spellings.iter().find_map(|text| Timestamp::from(text.as_str()).to_system_time())
}

/// Whether a time is later than another by a whole second: more cannot be seen in what is written.
pub(super) fn is_later(at: SystemTime, than: SystemTime) -> bool {
    let seconds =
        |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    seconds(at) > seconds(than)
}

pub(super) fn after(time: SystemTime, by: Duration) -> SystemTime {
    time.checked_add(by).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::{read_time, written};
    use std::time::{Duration, SystemTime};

    #[test]
    fn times_are_written_without_an_offset_and_read_in_several_spellings() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(1_521_529_792);
        assert_eq!(written(time), "2018-03-20T07:09:52");
        for text in ["2018-03-20T07:09:52", "2018-03-20 07:09:52", "2018-03-20T08:09:52+01:00"] {
            assert_eq!(read_time(text), Some(time), "{text}");
        }
        assert_eq!(read_time("2018-03-20").map(written).as_deref(), Some("2018-03-20T00:00:00"));
        assert_eq!(read_time("2018-03-20T07:09").map(written).as_deref(), Some("2018-03-20T07:09:00"));
        assert_eq!(read_time("yesterday"), None);
    }
}
