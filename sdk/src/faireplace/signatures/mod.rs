//! The signatures under a lease, as a customer of FairePlace works with them.
//!
//! A signature goes like this: [`initiate_signature`](Client::initiate_signature) costs a credit and sends a code to the
//! first signer; [`validate_otp`](Client::validate_otp) checks what they enter, and signs; the next one gets a code; after the
//! last there is a signed PDF. The sources of what is said here are listed in the [module above](super).
//!
//! ```
//! # async fn example(
//! #     faireplace: &countersign::faireplace::signatures::Client,
//! # ) -> Result<(), countersign::Error> {
//! use countersign::ErrorKind;
//! use countersign::faireplace::signatures::{SignatureState, SignerType};
//!
//! let check = faireplace.validate_otp("5b1f0a7e-8c3d-4a96-9e42-d07b6c8f1a25").otp("042117");
//! match check.document_signature_id("0c9a4b52-6d0e-4f2b-9d4c-1b7f5e3a8c60").send().await {
//!     Ok(signed) => {
//!         let complete = signed.document_status.is_some_and(|status| status.is_same_as(&SignatureState::Completed));
//!         println!("signed; the whole document: {complete}");
//!     }
//!     // Three wrong codes. Waiting does not help, a new code does.
//!     Err(error) if error.kind() == ErrorKind::Locked => {
//!         faireplace.resend_otp("5b1f0a7e-8c3d-4a96-9e42-d07b6c8f1a25", SignerType::Renter).send().await?;
//!     }
//!     Err(error) => return Err(error),
//! }
//! # Ok(())
//! # }
//! ```

mod client;
mod word;

pub use client::{Client, ClientBuilder, CustomCall, Setup};
pub use generated::{OPERATIONS, calls, sources, types};
pub use types::*;

#[allow(clippy::all, clippy::pedantic, unused_qualifications, unused_mut, reason = "generated")]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/faireplace-signatures.rs"));
}
