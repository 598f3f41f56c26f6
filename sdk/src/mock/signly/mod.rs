//! A mock of Signly's Partner API, as far as `openapi/signly.yaml` describes it.
//!
//! What the document leaves open is decided here like this; none of it is knowledge of the service:
//!
//! | Case | What the mock does | Why |
//! |---|---|---|
//! | credentials missing or wrong | 401 with `{"message": "Unauthorized"}`, without the envelope | inferred: a gateway checks them |
//! | another tenant | the same 401 | assumed |
//! | unknown webhook or path | 404 `not_found` | inferred |
//! | wrong method | 405 `method_not_allowed` | assumed |
//! | body not JSON, member missing or wrong, parameter out of range | 400 `bad_request` | assumed |
//! | body without `Content-Type: application/json` | 415 `unsupported_media_type` | assumed |
//! | body over 1 MiB | 413 without the envelope | assumed |
//! | webhook for a type of event that is not in the document | 400 `bad_request` | assumed |
//! | `If-Match` that is no bare integer | 400 `bad_request` | assumed |
//! | `If-Match` on the status call | checked as on the update | inferred |
//! | an update that changes nothing | counts as a change of the version | assumed |
//! | list without `limit` | up to 100, oldest first; `pagination` is always `null` and `nextToken` ignored | assumed |
//! | `limit` of webhooks that is not from 1 to 100 | 400 `bad_request` | the bounds are documented, the status assumed |
//! | `limit` of documents and events | any number, below 1 as good as none | the bounds are not known |
//! | reading one webhook | all members, custom headers included | inferred |
//! | deleting | 200 `webhook_deleted` with the id | inferred |
//! | test call that the receiver does not accept | 200 with `deliveryStatus` `FAILED` | assumed |
//! | test call for a webhook that is switched off | the event is delivered | assumed |
//! | test call with a type that the webhook did not subscribe to | the event is delivered | assumed |
//! | test call that fails | not tried again, whatever `retries` says | assumed |
//! | test call with another `tenantId` | 400 `bad_request` | assumed |
//! | answers to deliveries | only 200 to 299 counts as delivered; redirects are not followed | 2xx is documented, the rest assumed |
//! | destinations that cannot be reached | accepted, unless [`Server::check_destinations`] is on | so that the receiver can start later |
//! | `customHeaders` that frame the request: `connection`, `content-length`, `host`, `transfer-encoding`, `upgrade` | 400 `bad_request` | assumed |
//! | `customHeaders` that differ only in case, or are more than 1,000 | 400 `bad_request` | assumed |
//! | `http` destinations | accepted on loopback only | so that tests need no certificates |
//! | `maxAttempts`, `httpTimeoutMs` | any number is stored; deliveries take from 1 to 100 attempts of 1 to 300000 milliseconds, whichever is nearest | the bounds are not known, and every delivery has to end |
//! | defaults of webhooks | 3 attempts, 3000 milliseconds | inferred from the front end |
//! | time between attempts | none, whatever `backoff` says | the real times are not documented |
//!
//! Of templates and documents:
//!
//! | Case | What the mock does | Why |
//! |---|---|---|
//! | `code` of an answer that succeeds | made after the pattern of those of webhooks | assumed |
//! | making a template or a document | 201 | assumed |
//! | a new template | has version `0001`, without a PDF or fields | inferred |
//! | `templateVersion` of a template | `TEMPLATE#0001`, with a prefix | the prefix is inferred, its text is not known |
//! | asking to upload to a version that has its PDF | 400 `bad_request`, the message holds `already uploaded` | the words are inferred, the rest assumed |
//! | asking to upload to the number after the last version | allowed; the version is there when the PDF is | inferred |
//! | a new version | begins with the fields of the one before | assumed |
//! | fields | change the latest version, and are answered in the generation they came in, as an array or in an object: [`Server::wrap_fields`] | both forms are inferred |
//! | URLs for PDFs | at a second port of the server, for 15 minutes, then 403 | that it is another host is inferred, the rest assumed |
//! | a request there with a header of Signly's, `authorization`, `cookie` or `referer` | 400, and [`Server::leaked_credentials`] is true | so that tests find it |
//! | what is uploaded | up to 48 MiB, with `Content-Type: application/pdf`, beginning with `%PDF-` | only PDFs are inferred, the rest assumed |
//! | deleting the last version | deletes the template | assumed |
//! | `processId` of participants | only in the answer that makes the document | the harshest reading of what is not known |
//! | making a document of a version without PDF | 400 `bad_request` | assumed |
//! | identity | an e-mail address for e-mail, a phone number for text message and WhatsApp, a document number for biometry, or 400 | the phone number is assumed, the others inferred |
//! | filling in a signature, or a field that the template does not have | 400 `bad_request` | the signature is inferred, the other assumed |
//! | `metadata` and `tags` that were not given | missing; a deadline, a start, a label and a place of storage that there are not are `null` | assumed; that these may be `null` is inferred |
//! | a document | costs one credit; without any 402 `insufficient_credits`. There is no limit before [`Server::set_credits`] | 402 is inferred, the price assumed |
//! | a deadline | ends document and processes with `EXPIRED` when the clock of the server gets there; a new one has to be in the future | assumed |
//! | cancelling | ends the open processes with `PROCESS_CANCELLED`; a cancelled document can be cancelled again, one that is over otherwise is 409 `conflict`; it can be read afterwards | assumed |
//! | inviting again | counts, and leaves no event; 409 `conflict` when the process is over | assumed |
//! | attempts | as many as `attemptsMax` says, or 3; then `PROCESS_FAILED`. No cooldown | the number is inferred, the rest assumed |
//! | a process that failed | cancels the document if `onParticipantFail` is `CANCEL_FLOW`; otherwise the document is `FAILED` as soon as all processes are over | assumed |
//! | which steps a participant takes | `Open`, then one per signature mode, then signing; biometry plus is biometry and liveness | assumed |
//! | order `SEQUENTIAL` | by `order`, or as given; all have a process from the start | assumed |
//! | webhooks | are told what happens in processes when [`Server::deliver_due`] says so, with the ids of the process's events and in their order | the ids and the order are assumed |

mod api;
mod documents;
mod event;
mod fields;
mod life;
mod participants;
mod publishing;
mod read;
mod refusal;
mod routes;
mod scenes;
mod server;
mod state;
mod steps;
mod templates;
mod transfers;

pub use crate::mock::NotPossible;
pub use event::Event;
pub use server::Server;
