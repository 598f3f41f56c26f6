//! What happens to documents and signers, as callbacks tell it.

use super::answer::uri;
use super::documents::{self, Document};
use super::signers::{self, Role, Signer};
use super::state::written;
use crate::mock::id;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// What a list says of a document whose final PDF exists. The API never shows it.
const FINAL_PDF: i64 = 100;

/// Something that callbacks tell, as it was when it happened.
#[derive(Clone, Debug)]
pub(super) struct Happening {
    /// The group of the document.
    pub group: String,
    pub what: What,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    /// A status was reached: an entry of a list.
    Status(Value),
    /// A document was signed, sent or rejected.
    Notice(Occasion, Fields),
    /// The same and more, told at once.
    Realtime(Realtime),
}

/// Names and values of a form.
pub(super) type Fields = Vec<(&'static str, String)>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Occasion {
    Signed,
    Sent,
    Rejected,
}

impl Occasion {
    /// What a subscription to it is called.
    pub fn word(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Sent => "sent",
            Self::Rejected => "rejected",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Realtime {
    pub id: String,
    /// The word that subscriptions are narrowed down with.
    pub filter: &'static str,
    pub body: Value,
}

impl Document {
    /// The document was created. That it has its first status is no change.
    pub fn was_created(&mut self, now: SystemTime) {
        self.notice(Occasion::Sent);
        self.tell_of_document("document.created", now);
    }

    pub fn reach(&mut self, status: i64, now: SystemTime) {
        if self.status == status {
            return;
        }
        self.status = status;
        self.record(&uri("document", &self.id), status, now);
        if status == documents::status::REJECTED {
            self.notice(Occasion::Rejected);
            self.tell_of_document("document.rejected", now);
        }
    }

    /// The final PDF is there.
    pub fn was_finished(&mut self, now: SystemTime) {
        self.record(&uri("document", &self.id), FINAL_PDF, now);
        self.notice(Occasion::Signed);
        self.tell_of_document("document.finalPdfCreated", now);
    }

    pub fn signer_reaches(&mut self, index: usize, status: i64, now: SystemTime) {
        let Some(signer) = self.signers.get_mut(index).filter(|signer| signer.status != status) else {
            return;
        };
        signer.status = status;
        let resource = uri("signer", &signer.id);
        self.record(&resource, status, now);
        let filter = match status {
            signers::status::EMAIL_OPENED => "recipient.emailOpened",
            signers::status::VISITED => "recipient.visiting",
            signers::status::SIGNED => "recipient.completed",
            signers::status::REJECTED => "recipient.rejected",
            _ => return,
        };
        let data = self.signers.get(index).map(|signer| self.recipient_data(signer));
        self.tell(filter, &data.unwrap_or_default(), now);
    }

    fn happens(&mut self, what: What) {
        self.happened.push(Happening { group: self.group.clone(), what });
    }

    fn record(&mut self, resource: &str, status: i64, now: SystemTime) {
        self.happens(What::Status(json!({
            "timestamp": written(now),
            "name": "status",
            "value": status.to_string(),
            "resource_uri": resource,
        })));
    }

    fn notice(&mut self, occasion: Occasion) {
        let fields = vec![
            ("resource_uri", uri("document", &self.id)),
            ("group", uri("group", &self.group)),
            ("name", self.name.clone()),
            ("uuid", self.id.clone()),
            ("tag", self.tag("tag")),
            ("tag1", self.tag("tag1")),
            ("tag2", self.tag("tag2")),
        ];
        self.happens(What::Notice(occasion, fields));
    }

    fn tell_of_document(&mut self, filter: &'static str, now: SystemTime) {
        self.tell(filter, &self.document_data(), now);
    }

    fn tell(&mut self, filter: &'static str, data: &Value, now: SystemTime) {
        let (object, event) = filter.split_once('.').unwrap_or_default();
        let id = id::uuid();
        let body = json!({
            "version": "1.0",
            "id": id,
            "created": now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
            "object": object,
            "event": event,
            "data": data,
        });
        self.happens(What::Realtime(Realtime { id, filter, body }));
    }

    fn tag(&self, name: &str) -> String {
        self.given.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    fn document_data(&self) -> Value {
        let recipients: Value = self.signers.iter().map(recipient).collect();
        json!({
            "uuid": self.id,
            "name": self.name,
            "status": self.status,
            "statusText": document_text(self.status),
            "group": self.group,
            "groupResourceUri": uri("group", &self.group),
            "resourceUri": uri("document", &self.id),
            "tag": self.tag("tag"),
            "tag1": self.tag("tag1"),
            "tag2": self.tag("tag2"),
            "recipients": recipients,
        })
    }

    fn recipient_data(&self, signer: &Signer) -> Value {
        let mut data = recipient(signer);
        super::people::merge(
            &mut data,
            json!({
                "group": self.group,
                "groupResourceUri": uri("group", &self.group),
                "document": self.id,
                "documentName": self.name,
                "documentResourceUri": uri("document", &self.id),
                "tag": self.tag("tag"),
                "tag1": self.tag("tag1"),
                "tag2": self.tag("tag2"),
                "emailBounce": 0,
                "emailBounceMessage": "",
            }),
        );
        data
    }
}

fn recipient(signer: &Signer) -> Value {
    let role = match signer.role {
        Role::Signer => "Signer",
        Role::Approver => "Approver",
        Role::Witness => "Witness",
    };
    json!({
        "uuid": signer.id,
        "email": signer.email,
        "firstname": signer.first_name,
        "lastname": signer.last_name,
        "order": signer.place,
        "status": signer.status,
        "statusText": signer_text(signer.status),
        "roleText": role,
        "resourceUri": uri("signer", &signer.id),
        "rejectReason": signer.reason,
    })
}

/// The wording is made up, as is that of signers.
fn document_text(status: i64) -> &'static str {
    match status {
        documents::status::INITIAL => "Initial",
        documents::status::FIELDS_COMPLETED => "Fields completed",
        documents::status::SIGNED => "Signed",
        documents::status::REMOVED => "Removed",
        documents::status::REJECTED => "Rejected",
        _ => "",
    }
}

fn signer_text(status: i64) -> &'static str {
    match status {
        signers::status::UNSENT => "Unsent",
        signers::status::SENT => "Sent",
        signers::status::EMAIL_OPENED => "Email opened",
        signers::status::VISITED => "Visited",
        signers::status::FIELDS_COMPLETE => "Fields complete",
        signers::status::ALL_BUT_SIGNATURE => "Fields complete except signature",
        signers::status::WAITING_FOR_WITNESS => "Waiting for witness",
        signers::status::SIGNED => "Signed",
        signers::status::DOWNLOADED => "Downloaded",
        signers::status::REJECTED => "Rejected",
        _ => "",
    }
}
