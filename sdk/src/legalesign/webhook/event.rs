//! What Legalesign's callbacks tell.

use super::change::{self, StatusChange};
use super::form_as_json;
use super::notice::{Notice, address_of_group};
use super::realtime::Realtime;
use crate::legalesign::{GroupId, GroupUri};
use crate::webhook::{
    Audience, Callbacks, Carried, DedupeKey, Delivery, Expected, Fields, Opened, PayloadProof, Read,
    Rejection, read,
};
use http::HeaderName;
use serde_json::Value;
use std::collections::BTreeMap;

/// The header with the signature of `json_signed` \[[L3](crate::legalesign::sources#l3)\].
pub(super) const SIGNED: HeaderName = HeaderName::from_static("x-signed");

/// What a callback tells.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// What changed in the last six minutes, in order \[[L2](crate::legalesign::sources#l2)\]. It names no group.
    Changes(Vec<StatusChange>),
    /// A document was signed, sent or rejected, as it stands in the signed field `json_signed`
    /// \[[L3](crate::legalesign::sources#l3)\].
    Notice(Notice),
    /// The same in plain fields \[[L2](crate::legalesign::sources#l2)\], which no signature covers.
    PlainNotice(Notice),
    /// Something happened, told at once \[[L4](crate::legalesign::sources#l4)\].
    Realtime(Box<Realtime>),
}

/// What is in a delivery.
#[derive(Debug)]
pub enum Kind {
    Changes,
    Notice,
    /// The fields, which come in any order.
    PlainNotice(BTreeMap<String, String>),
    Realtime,
}

impl Callbacks for Event {
    const PROVIDER: &'static str = "legalesign";
    type Kind = Kind;

    fn audience(name: &str) -> String {
        let id = address_of_group(name).as_ref().and_then(GroupUri::id);
        id.map_or_else(|| name.to_owned(), String::from)
    }

    fn open(delivery: &Delivery) -> Result<Opened<Kind>, Rejection> {
        let body = delivery.body();
        // The media types are not documented, and the two forms cannot be mistaken for one another.
        let text = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
        if text.trim_ascii_start().first() == Some(&b'{') {
            return Ok(Opened::whole(Kind::Realtime, delivery, PayloadProof::Body));
        }
        let fields = Fields::read(delivery)?;
        match (fields.get("data"), fields.get("json_signed")) {
            (Some(_), Some(_)) => Err(Rejection::malformed("two kinds of callbacks in one form")),
            (Some(data), None) => {
                let signature =
                    fields.get("signed").map_or(Carried::Missing, |text| Carried::Once(text.clone()));
                let proof = PayloadProof::Signature { carried: signature, header: None };
                Ok(Opened { kind: Kind::Changes, payload: data.clone(), proof })
            }
            (None, Some(signed)) => {
                let proof = PayloadProof::in_header(delivery, &SIGNED);
                Ok(Opened { kind: Kind::Notice, payload: signed.clone(), proof })
            }
            (None, None) => {
                let fields = fields.texts().ok_or_else(|| Rejection::malformed("a field is no text"))?;
                let fields = fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
                let kind = Kind::PlainNotice(fields.collect());
                Ok(Opened::whole(kind, delivery, PayloadProof::Nothing))
            }
        }
    }

    fn open_form_as_json(delivery: &Delivery) -> Option<Opened<Kind>> {
        form_as_json::open(delivery)
    }

    fn read(
        opened: &Opened<Kind>,
        delivery: &Delivery,
        expected: &Expected,
        reference: Option<&str>,
    ) -> Result<Read<Self>, Rejection> {
        let of_content = || DedupeKey::of_content(Self::PROVIDER, &[&opened.payload]);
        // A reference that names a group may be that of several subscriptions.
        let subscription = reference.filter(|name| !expected.names().contains(&Self::audience(name)));
        let audience =
            |group: Option<GroupId>| expected.require_if_checked(group.as_ref().map(AsRef::as_ref));
        Ok(match &opened.kind {
            Kind::Changes => {
                let dedupe_key = of_content();
                let event = Self::Changes(change::read_all(&opened.payload, &dedupe_key)?);
                Read { event, audience: Audience::NotNamed, dedupe_key }
            }
            Kind::Notice => {
                let notice = Notice::read(read(&opened.payload)?)?;
                let audience = audience(notice.group_id())?;
                let dedupe_key =
                    key_of_notice(&["json_signed".as_bytes(), &opened.payload], delivery, subscription);
                Read { event: Self::Notice(notice), audience, dedupe_key }
            }
            Kind::PlainNotice(fields) => {
                let members = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
                let notice = Notice::read(members.clone().collect::<Value>())?;
                let audience = audience(notice.group_id())?;
                let said = members.flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
                let dedupe_key = key_of_notice(&said.collect::<Vec<_>>(), delivery, subscription);
                Read { event: Self::PlainNotice(notice), audience, dedupe_key }
            }
            Kind::Realtime => {
                let realtime = Realtime::read(read(&opened.payload)?)?;
                let audience = audience(realtime.group_id())?;
                let dedupe_key = match &realtime.id {
                    Some(id) => DedupeKey::of_id(Self::PROVIDER, id),
                    None => of_content(),
                };
                Read { event: Self::Realtime(Box::new(realtime)), audience, dedupe_key }
            }
        })
    }

    fn label(&self) -> &str {
        match self {
            Self::Changes(_) => "changes",
            Self::Notice(_) => "notice",
            Self::PlainNotice(_) => "plain-notice",
            Self::Realtime(realtime) if realtime.event.is_known() => realtime.event.tag(),
            Self::Realtime(_) => "unknown",
        }
    }
}

/// That a document was sent and that it was signed may look the same, but for the subscription that it comes to. The
/// reference of a signed URL tells which, whatever a proxy makes of its path; without one the path does.
fn key_of_notice(said: &[&[u8]], delivery: &Delivery, subscription: Option<&str>) -> DedupeKey {
    let path = delivery.path();
    let place = match subscription {
        Some(reference) => ["reference", reference],
        None => ["path", &path],
    };
    let parts = said.iter().copied().chain(place.map(str::as_bytes));
    DedupeKey::of_content(Event::PROVIDER, &parts.collect::<Vec<_>>())
}
