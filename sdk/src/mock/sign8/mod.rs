//! A mock of a SIGN8 as a profile describes it.
//!
//! SIGN8's reference is not public, so this is a mock of what an application says of SIGN8, and of nothing that SIGN8
//! says. It serves the five steps at the paths of a [`Profile`](crate::sign8::Profile), wants the credential where the
//! profile has it, and puts ids and links where the profile looks for them. [`profile()`] is made up for those who have
//! none.
//!
//! That there are five steps, that each is a `POST`, their order, and that annotations are optional is documented
//! \[[S](crate::sign8::sources#s)\]. All the rest is decided here; none of it is knowledge of the service:
//!
//! | Case | What the mock does | Why |
//! |---|---|---|
//! | a step that succeeds | 200 with an object that holds what the profile looks for, and nothing else | assumed |
//! | credential missing, wrong, or there twice | 401 | assumed |
//! | unknown path, or an id in the path that names nothing in this workflow | 404 | assumed |
//! | wrong method | 405 | assumed |
//! | body that is no JSON object | 400 | assumed |
//! | body without `Content-Type: application/json` | 415 | assumed |
//! | body over 48 MiB | 413 | assumed |
//! | members of bodies | not looked at | none is known |
//! | which workflow a step is for | that of the ids in the path; if it has none, that of an id which is the value of any member of the body, however deep | assumed |
//! | no workflow named, or two | 400 | assumed |
//! | a signer before a file, a signature before a signer, an annotation before a signature | 409 | assumed from the order of the steps |
//! | a file after a signer, a second signer before the first one's signature | accepted | assumed |
//! | ids | made up | assumed |
//! | links | made up, and lead nowhere | whether there are any is not documented |
//! | refusals | `{"made_up_error": "…"}` | assumed |
//! | sending the same twice | makes two | assumed |
//!
//! | a step for a workflow that was refused or has expired | 409 | assumed |
//! | which workflows can be refused or expire | all that have not ended | assumed |
//! | the callback of a refusal | `POST` to the URL of [`Server::set_webhook`] and `/api/workflow/workflowRefused`, with the header `organisation_id` | documented |
//! | that of an expiry | the same with `workflowExpired` | that there is one is documented, the path inferred by analogy, the header assumed |
//! | content of callbacks | no body and no content type, unless [`Server::set_callback_body`] says otherwise | not documented |
//! | answers to callbacks | 200 to 299 accept them; redirects are not followed | assumed |
//! | a callback that is not accepted | given up, unless [`Server::set_delivery_attempts`] says otherwise | not documented |
//!
//! Nothing is ever signed here.

mod api;
mod scenes;
mod server;
mod state;

pub use server::{Server, profile};
pub use state::{End, EndError, Workflow};
