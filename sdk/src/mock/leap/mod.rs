//! A mock of Documill Leap's Sign API, as far as `openapi/leap.yaml` describes it. It calls back when
//! [`Server::deliver_due`] says so.
//!
//! **The data of a signing process is made up**, since the names of its members are not public. All of it is in one member
//! `mock`, so that nobody takes it for the provider's; the id is at [`ID_PATH`].
//!
//! What the document leaves open is decided here like this; none of it is knowledge of the service:
//!
//! | Case | What the mock does | Why |
//! |---|---|---|
//! | key missing or wrong, in any call | 403 | documented for starting, assumed for the rest |
//! | a word such as `Bearer` in front of the key | 403 | inferred: no documented example has one |
//! | unknown path, wrong method | 404, 405 | assumed |
//! | every error | a JSON body with `message` | documented for 400, assumed for the rest |
//! | starting: no form, a required part missing | 400 | assumed |
//! | starting: `projectOwner` no JSON object, `signers` no object with a list `signers`, `orderedSigners` neither `true` nor `false`, `additionalRecipients` broken JSON | 500 | documented: invalid syntax; which cases it means is assumed |
//! | starting: no signer, or one without `email` | 400 | assumed |
//! | starting: content type and name of the file do not both say PDF, or both DOCX | 400 | that of a format is documented; how it is told is assumed. The content itself is not looked at |
//! | content types of the other parts | ignored | not documented |
//! | `additionalRecipients` | one JSON list, or one part for each address | either is possible |
//! | a callback URL that is not https | 400; http to this machine is accepted | assumed |
//! | `orderedSigners` missing | `false` | assumed |
//! | body over 32 MiB | 413 | assumed |
//! | a signing process that was just started | `LIVE` | inferred |
//! | the last signature | `COMPLETED` | documented for projects |
//! | the callback | `POST` to the URL of the signing process, once, after the last signature | documented |
//! | the callback after cancelling, deleting, or [`Server::set_status`] | none | inferred: nothing else is said to cause one |
//! | content of the callback | no body and no content type, unless [`Server::set_callback_body`] says otherwise | not documented |
//! | answers to the callback | 200 to 299 accept it; redirects are not followed | assumed |
//! | a callback that is not accepted | given up, unless [`Server::set_delivery_attempts`] says otherwise | not documented |
//! | reading what a foreign project is | 404 | assumed; for cancelling and deleting, 403 is documented |
//! | cancelling with an id that is no UUID | 400 | that of a bad id is documented; 404 is as well |
//! | cancelling what is cancelled | 204, nothing changes | assumed |
//! | deleting what is not cancelled | 204 | inferred: nothing is said of cancelling first |
//! | the log of a workflow | that of the signing process with the same id, with what [`Server::add_event`] put into it; else 404 | inferred; which entries the provider writes is not known |
//!
//! The statuses of tasks are made up too, but for `COMPLETED`: `OPEN`, and `WAITING` for a signer whose turn has not come.

mod api;
mod form;
mod process;
mod scenes;
mod server;
mod state;

pub use process::{Process, SignError, Signer};
pub use server::Server;

/// Where the mock has the id of a signing process, for
/// [`SigningProcess::id_at`](crate::leap::SigningProcess::id_at). Made up, as all of the data.
pub const ID_PATH: &str = "/mock/id";
