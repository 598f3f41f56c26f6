//! SIGN8's Workflow API, as far as it is public.
//!
//! Documentation names its sources by tags; [`sources`] lists them.
//!
//! The reference of the interface is behind a login, for customers with an Enterprise or a volume plan
//! \[[S](crate::sign8::sources#s)\]. In public are the names of five steps, their order, and that each of them is a
//! `POST`. So nothing else is known here: no host, no path, no credential, no member of any body. **Who has the
//! reference writes a [`Profile`] that says where things are**; there is no default for any of it. Bodies are the
//! application's own, and answers come as they are.
//!
//! What to know before the first call:
//!
//! - The paths in [`OPERATIONS`] are placeholders. They name the steps, in logs too, and are never sent.
//! - That bodies and answers are JSON is assumed. If the reference says otherwise, this client is of no use.
//! - No call is known that reads, lists, starts, cancels or downloads. [`Client::request`] makes those that the reference
//!   has.
//! - A step that may have happened cannot be looked up, so none is repeated by itself. [`Progress`] keeps what is known;
//!   what is not known is for the application to say. A process that is killed in the middle of a step leaves behind what
//!   was stored: see [`Workflow::storing`].

mod client;
mod interface;
mod path;
mod profile;
mod progress;
mod provider;
mod step;
pub mod webhook;
mod workflow;

pub use client::{Client, ClientBuilder, CustomCall, Setup};
pub use generated::{OPERATIONS, sources, types};
pub use interface::{FileId, Interface, InterfaceId, OrganizationId};
#[cfg(feature = "mock")]
pub(crate) use path::{Segment, Template};
#[cfg(feature = "mock")]
pub(crate) use profile::Routes;
pub use profile::{Credential, CredentialForm, IdPlace, Profile, StepProfile};
pub use progress::{Done, Progress, Unsettled};
pub use step::{Step, StepCall};
pub use types::*;
pub use workflow::{SigningLink, Workflow, state};

#[allow(
    clippy::all,
    clippy::pedantic,
    unused_qualifications,
    unused_mut,
    unused_imports,
    reason = "generated"
)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/sign8.rs"));
}
