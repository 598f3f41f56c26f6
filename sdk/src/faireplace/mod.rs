//! FairePlace, where leases are signed: the calls of an organisation, and those of the workers behind it.
//!
//! There are two interfaces with a client each, since they share neither address nor credential:
//!
//! | Module | For whom | Credential |
//! |---|---|---|
//! | [`signatures`] | customers: start signing, ask how far it is, check one-time codes | `Authorization: Bearer` |
//! | [`workers`] | the service that guides people through signing; the provider's own, and hardly anybody else's | `X-API-Key` with `X-Tenant-ID` |
//!
//! What to know before the first call:
//!
//! - There are no callbacks \[OV2, CR\]. Poll [`get_signature_status`](signatures::Client::get_signature_status); with the
//!   1,000 calls an hour that an organisation has \[PG\], once a minute for each open signature is plenty.
//! - "Tenant" has two meanings in the provider's words. The customer is called the organisation here, whoever rents is
//!   called the renter \[S, SG\].
//! - A 404 does not prove that something is gone. What belongs to another organisation is answered alike \[ER2\], and so is,
//!   presumably, a role in a spelling that is not expected.
//! - The words of the provider come in several spellings, `Completed` and `COMPLETED`. Compare them with `is_same_as`, such as
//!   [`SignatureState::is_same_as`](signatures::SignatureState::is_same_as); what is sent is never translated.
//! - The status 429 means two things: too many calls, an error of kind [`Throttled`](crate::ErrorKind::Throttled), and a
//!   signer who has used up the attempts for a code, of kind [`Locked`](crate::ErrorKind::Locked) \[OTP2\]. Waiting does not
//!   help the latter; a new code does.
//!
//! Documentation names its sources by tags:
//!
//! | Tag | Source |
//! |---|---|
//! | S | <https://developers.faireplace.com/api/workers> |
//! | OV1 | <https://developers.faireplace.com/signatures/overview>, edition A |
//! | OV2 | <https://faireplace-developers.pages.dev/signatures/overview>, edition B |
//! | OTP2 | <https://faireplace-developers.pages.dev/signatures/otp-and-proof> |
//! | LW1 | <https://developers.faireplace.com/signatures/lease-workflow> |
//! | SG | <https://developers.faireplace.com/api/signatures> |
//! | ER1, ER2 | <https://developers.faireplace.com/core/errors> and <https://faireplace-developers.pages.dev/core/errors> |
//! | PG | <https://developers.faireplace.com/core/pagination> |
//! | AU1, AU2 | <https://developers.faireplace.com/quickstart/authentication> and <https://faireplace-developers.pages.dev/quickstart/authentication> |
//! | SB | <https://developers.faireplace.com/quickstart/sandbox> |
//! | DP | <https://developers.faireplace.com/leases/documents-and-pdfs> |
//! | CR | <https://developers.faireplace.com/payments/credits> |

mod answer;
pub mod signatures;
pub mod workers;
