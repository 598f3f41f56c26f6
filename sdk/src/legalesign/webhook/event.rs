//! What Legalesign's callbacks tell.

use super::change::{self, StatusChange};
use super::form_as_json;
use super::notice::Notice;
use super::realtime::Realtime;
use crate::legalesign::GroupId;
use crate::webhook::{
    Audience, Callbacks, Carried, DedupeKey, Delivery, Expected, Fields, Opened, PayloadProof, Read,
    Rejection, read,
};
use http::HeaderName;
use serde_json::Value;

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
    /// The fields.
    PlainNotice(Value),
    Realtime,
}

impl Callbacks for Event {
    const PROVIDER: &'static str = "legalesign";
    type Kind = Kind;

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
                let members = fields.into_iter().map(|(name, value)| (name.to_owned(), value.into()));
                let kind = Kind::PlainNotice(Value::Object(members.collect()));
                Ok(Opened::whole(kind, delivery, PayloadProof::Nothing))
            }
        }
    }

    fn open_form_as_json(delivery: &Delivery) -> Option<Opened<Kind>> {
        form_as_json::open(delivery)
    }

    fn read(
        opened: &Opened<Kind>,
        _: &Delivery,
        expected: &Expected,
        reference: Option<&str>,
    ) -> Result<Read<Self>, Rejection> {
        let of_content = || DedupeKey::of_content(Self::PROVIDER, &[&opened.payload]);
        // That a document was sent and that it was signed may look the same, but for where it comes to.
        let of_notice = || match reference {
            Some(reference) => {
                DedupeKey::of_content(Self::PROVIDER, &[&opened.payload, reference.as_bytes()])
            }
            None => of_content(),
        };
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
                Read { event: Self::Notice(notice), audience, dedupe_key: of_notice() }
            }
            Kind::PlainNotice(fields) => {
                let notice = Notice::read(fields.clone())?;
                let audience = audience(notice.group_id())?;
                Read { event: Self::PlainNotice(notice), audience, dedupe_key: of_notice() }
            }
            Kind::Realtime => {
                let realtime = Realtime::read(read(&opened.payload)?)?;
                let audience = audience(realtime.group_id())?;
                let dedupe_key = match &realtime.id {
                    Some(id) => DedupeKey::new(Self::PROVIDER, id),
                    None => of_content(),
                };
                Read { event: Self::Realtime(Box::new(realtime)), audience, dedupe_key }
            }
        })
    }
}
