//! A mock of FairePlace's signatures and of what its workers report, as far as `openapi/faireplace-signatures.yaml` and
//! `openapi/faireplace-workers.yaml` describe them. One server has both, at two addresses.
//!
//! Time passes by the server's clock: codes are good for 5 minutes and 3 attempts, 60 seconds have to pass between two of
//! them, and a signature that is not finished expires after 14 days. Each signer has a code of their own, which
//! [`Server::otp`] tells in place of an SMS; the `000000` of the provider's sandbox is no better than any other.
//!
//! What the documents leave open is decided here like this; none of it is knowledge of the service:
//!
//! | Case | What the mock does | Why |
//! |---|---|---|
//! | addresses | signatures below `/api`, workers below `/workers` | the latter is not public |
//! | success | 200, the members at the top level | as examples show them |
//! | errors of workers | the same form as of the other calls | inferred |
//! | credentials missing or wrong | 401 `UNAUTHORIZED` | the type is assumed |
//! | worker without `X-Tenant-ID` | 400 `VALIDATION_ERROR` | inferred |
//! | another organisation | 404 `NOT_FOUND` | documented for the other calls |
//! | an id that is no UUID | 400 `VALIDATION_ERROR` | documented for the other calls |
//! | a role that the signature does not have, or has in another spelling | 404 `NOT_FOUND` | inferred |
//! | wrong method | 405 `METHOD_NOT_ALLOWED` | assumed |
//! | words of states | as the tables have them, `OtpSent`; `SIGNING` and `COMPLETED` as the examples do | the spelling is documented, where which one comes is assumed |
//! | starting without PDF or signers, or with a signer without role or with one that is not in the document | 400 `VALIDATION_ERROR` | assumed |
//! | starting with another PDF, without a credit, with a role twice, or a second time | 422 `VALIDATION_ERROR` | 422 is documented for rules, the rest assumed |
//! | `signature_id` | another one than the id of the document, `sig-…` | inferred from examples |
//! | a signer without a name | has no member `name` | assumed |
//! | the body of the status | lease, document, state and signers, with their states and order | assumed |
//! | order of signers | owners and agents first, counted from 1 | the order is documented, the count assumed |
//! | the code of somebody whose turn it is not | counts as wrong for the one whose turn it is | assumed |
//! | the third wrong code | 422 with no attempts left; after it every code is answered with 429 | assumed |
//! | `locked_until` | when the code would have become too old; the lock stays until there is a new code | assumed |
//! | after a signature | the next signer gets a code | assumed |
//! | after the last one by code | document `COMPLETED`, lease `ACTIVE`, an address of a PDF that leads nowhere | inferred |
//! | a new code too soon, for somebody who has signed, or whose turn it is not | 422 `VALIDATION_ERROR` | assumed |
//! | a signature that has expired | 422 `VALIDATION_ERROR` for codes; workers are not kept from it | assumed |
//! | completing a signer again | 200, and nothing changes | inferred |
//! | completing a signer of a closed document | 422 `VALIDATION_ERROR`, unless they are complete | assumed |
//! | finalizing again | 200, and nothing changes | assumed |
//! | permissions, and the limit of 1,000 calls an hour | not modelled; 403 and 429 come as [faults](crate::mock::Fault) | |

mod api;
mod code;
mod refusal;
mod scenes;
mod server;
mod state;

pub use server::{Lease, Server, Signature};
