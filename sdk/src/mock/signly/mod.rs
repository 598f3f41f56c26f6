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
//! | `If-Match` that is no bare integer | 400 `bad_request` | assumed |
//! | `If-Match` on the status call | checked as on the update | inferred |
//! | an update that changes nothing | counts as a change of the version | assumed |
//! | list without `limit` | up to 100, oldest first; `pagination` is always `null` and `nextToken` ignored | assumed |
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
//! | `customHeaders` that differ only in case | 400 `bad_request` | assumed |
//! | `http` destinations | accepted on loopback only | so that tests need no certificates |
//! | `maxAttempts` over 100, `httpTimeoutMs` over 300000 | 400 `bad_request` | assumed, so that every delivery ends |
//! | defaults of webhooks | 3 attempts, 3000 milliseconds | inferred from the front end |
//! | time between attempts | none, whatever `backoff` says | the real times are not documented |

mod api;
mod event;
mod read;
mod refusal;
mod server;
mod state;

pub use event::{Deliveries, Event};
pub use server::Server;
