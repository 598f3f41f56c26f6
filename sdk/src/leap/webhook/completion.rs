//! What Leap's callback tells, and what proves it.

use crate::leap::{Client, ProjectId, SigningProcess};
use crate::runtime::Error;
use crate::webhook::{
    self, Audience, Callbacks, DedupeKey, Delivery, Expected, Opened, PayloadProof, Read, Rejection,
    Unverified, Verified,
};
use bytes::Bytes;
use countersign_macros::SafeDebug;

/// All signers of a signing process have signed \[[D1](crate::leap::sources#d1)\]. The body is not documented, so it is
/// kept as it came.
#[derive(Clone, PartialEq, Eq, SafeDebug)]
#[non_exhaustive]
pub struct Completion {
    #[safe_debug(redact)]
    reference: Option<String>,
    #[safe_debug(redact)]
    body: Bytes,
}

impl Completion {
    /// What the signed callback URL refers to; `None` if it was read without one.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        self.reference.as_deref()
    }

    /// What came, if anything: of no known form, and covered by no signature.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }
}

impl Callbacks for Completion {
    const PROVIDER: &'static str = "leap";
    const NAMES_AUDIENCE: bool = false;
    type Kind = ();

    fn open(delivery: &Delivery) -> Result<Opened<()>, Rejection> {
        Ok(Opened::whole((), delivery, PayloadProof::Nothing))
    }

    fn read(
        opened: &Opened<()>,
        delivery: &Delivery,
        _: &Expected,
        reference: Option<&str>,
    ) -> Result<Read<Self>, Rejection> {
        let event = Self { reference: reference.map(str::to_owned), body: opened.payload.clone() };
        // There is one call per process, and the address is what tells them apart.
        let (audience, dedupe_key) = if let Some(reference) = reference {
            (Audience::Matched, DedupeKey::new(Self::PROVIDER, reference))
        } else {
            (Audience::NotNamed, DedupeKey::of_content(Self::PROVIDER, &[delivery.path().as_bytes()]))
        };
        Ok(Read { event, audience, dedupe_key })
    }

    fn label(&self) -> &'static str {
        "completed"
    }
}

/// Accepts the callbacks that come to a signed URL. There is nothing else to recognise them by. The URL names what the
/// callback is about, so the audience is always [`Matched`](Audience::Matched).
pub type Verifier = webhook::Verifier<Completion>;

/// Builds a [`Verifier`].
pub type VerifierBuilder = webhook::VerifierBuilder<Completion>;

/// URLs for callbacks of Leap: one for each signing process.
pub type CallbackUrls = webhook::CallbackUrls<Completion>;

/// Reads callbacks that come to any URL, which anybody may have sent. Its dedupe key is made of the path.
///
/// ```
/// use countersign::leap::webhook::UnverifiedReader;
/// use countersign::webhook::Delivery;
///
/// let request = http::Request::post("/leap/3f0f7c1e").body("")?;
/// let unverified = UnverifiedReader::new().read(&Delivery::from(request))?;
/// assert_eq!(unverified.trust_without_proof().reference(), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub type UnverifiedReader = webhook::UnverifiedReader<Completion>;

impl webhook::UnverifiedReader<Completion> {
    /// Reads callbacks of Leap.
    #[must_use]
    pub fn new() -> Self {
        Self::of(Expected::AnyEvenAnotherCustomers)
    }
}

impl Default for webhook::UnverifiedReader<Completion> {
    fn default() -> Self {
        Self::new()
    }
}

impl Verified<Completion> {
    /// Reads the signing process that the callback is about. Which one that is only you know: you stored its id together
    /// with the [reference](Verified::reference).
    ///
    /// There is no verdict, since the names in the data are not public \[[D2](crate::leap::sources#d2)\]: find out once
    /// how your account shows that all have signed, and look there.
    ///
    /// # Errors
    ///
    /// As [`get_signing_process`](Client::get_signing_process).
    pub async fn confirm_with(
        &self,
        client: &Client,
        process: impl Into<ProjectId>,
    ) -> Result<SigningProcess, Error> {
        client.get_signing_process(process).send().await.map_err(Error::before_any_write)
    }
}

impl Unverified<Completion> {
    /// As for what is verified: reads the signing process, without a verdict.
    ///
    /// # Errors
    ///
    /// As [`get_signing_process`](Client::get_signing_process).
    pub async fn confirm_with(
        &self,
        client: &Client,
        process: impl Into<ProjectId>,
    ) -> Result<SigningProcess, Error> {
        client.get_signing_process(process).send().await.map_err(Error::before_any_write)
    }
}
