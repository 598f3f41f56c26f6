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
//! - There are no callbacks \[[OV2](crate::faireplace::signatures::sources#ov2),
//!   [CR](crate::faireplace::signatures::sources#cr)\]. Poll
//!   [`get_signature_status`](signatures::Client::get_signature_status); with the 1,000 calls an hour that an
//!   organisation has \[[PG](crate::faireplace::signatures::sources#pg)\], once a minute for each open signature is
//!   plenty.
//! - "Tenant" has two meanings in the provider's words. The customer is called the organisation here, whoever rents is
//!   called the renter \[[S](crate::faireplace::workers::sources#s), [SG](crate::faireplace::signatures::sources#sg)\].
//! - A 404 does not prove that something is gone. What belongs to another organisation is answered alike
//!   \[[ER2](crate::faireplace::signatures::sources#er2)\], and so is, presumably, a role in a spelling that is not
//!   expected.
//! - The words of the provider come in several spellings, `Completed` and `COMPLETED`. Compare them with `is_same_as`, such as
//!   [`SignatureState::is_same_as`](signatures::SignatureState::is_same_as); what is sent is never translated.
//! - The status 429 means two things: too many calls, an error of kind [`Throttled`](crate::ErrorKind::Throttled), and
//!   a signer who has used up the attempts for a code, of kind [`Locked`](crate::ErrorKind::Locked)
//!   \[[OTP2](crate::faireplace::signatures::sources#otp2)\]. Waiting does not help the latter; a new code does.
//!
//! Documentation names its sources by tags; [`signatures::sources`] and [`workers::sources`] list them.

mod answer;
pub mod signatures;
pub mod workers;
