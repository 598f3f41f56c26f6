//! The server as tests see it.

use super::api;
use super::documents::Storage;
use super::life::Step;
use super::signers;
use super::state::{Credentials, GROUP, PREFIX, State, find, find_mut};
use super::templates::Field;
use crate::legalesign::{Client, ClientBuilder, OPERATIONS};
use crate::mock::controls::controls;
use crate::mock::server::{Running, Service};
use crate::mock::stale::lags;
use crate::mock::{Fault, NotPossible, RecordedRequest, Setup};
use crate::runtime::Secret;
use bytes::Bytes;
use serde_json::Value;
use std::io;
use std::sync::Arc;

/// PDFs of 32 MiB and what is around them, in base64.
const LARGEST_BODY: usize = 48 * 1024 * 1024;

/// A mock of Legalesign on a port of its own, with one user, who owns the keys, and one group. It stops when it is
/// dropped.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// use countersign::legalesign::{DocumentStatus, RecipientInput};
/// use countersign::mock::legalesign::Server;
///
/// let server = Server::start().await?;
/// let client = server.client()?;
/// let ada = RecipientInput::default().email("ada@example.com").firstname("Ada").lastname("Lovelace");
/// let create = client.create_document().group(server.group()).name("Contract").text("<p>I agree.</p>");
/// let document = create.signers([ada]).send().await?;
///
/// server.sign_all(&document.id)?;
/// assert_eq!(client.get_document(&document.id).send().await?.status, Some(DocumentStatus::Signed));
/// client.download_pdf(&document.id).checked().copy_to(&mut Vec::new()).await?;
/// server.assert_no_credential_leaked();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Server {
    pub(super) state: Arc<State>,
    running: Running,
    elsewhere: Running,
}

controls!(Server, Client, and elsewhere);
lags!(Server);

impl Server {
    /// Starts a server that delivers to this machine only.
    ///
    /// # Errors
    ///
    /// The system gives no port, or no HTTP client can be made.
    pub async fn start() -> io::Result<Self> {
        Self::start_with(Setup::new()).await
    }

    /// Starts a server on a port, with credentials by a seed, and so on.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), or the port is taken.
    pub async fn start_with(setup: Setup) -> io::Result<Self> {
        let mut ids = setup.ids();
        let secret = |text: String| Secret::issued(text).map_err(io::Error::other);
        let key = secret(format!("ak_mock_{}.{}", ids.hex(), ids.hex()))?;
        let (port, other_port) = (setup.open().await?, setup.open_elsewhere().await?);
        let (origin, elsewhere) = (port.origin().to_owned(), other_port.other_origin());
        let credentials = Credentials { key, username: ids.hex(), secret: secret(ids.hex())? };
        let state = Arc::new(State::new(credentials, setup.outbox()?, &origin, &elsewhere));
        let service = Service::of_all(&[(PREFIX, OPERATIONS)], api::router(Arc::clone(&state)));
        let running = port.serve(service.with_bodies_up_to(LARGEST_BODY).with_clock(&state.clock));
        let elsewhere = Service::new(&[], api::elsewhere(Arc::clone(&state))).with_clock(&state.clock);
        let elsewhere = other_port.serve(elsewhere);
        Ok(Self { state, running, elsewhere })
    }

    /// Starts building a client of this server, with a key of the new kind.
    pub fn client_builder(&self) -> ClientBuilder {
        let builder = Client::builder().base_url(self.base_url()).without_system_proxy();
        builder.api_key(self.api_key())
    }

    /// A key of the new kind, to be sent as `Bearer`.
    #[must_use]
    pub fn api_key(&self) -> &str {
        self.state.credentials.key.expose()
    }

    /// A key of the old kind: username and secret, to be sent as `ApiKey username:secret`.
    #[must_use]
    pub fn legacy_key(&self) -> (&str, &str) {
        let Credentials { username, secret, .. } = &self.state.credentials;
        (username, secret.expose())
    }

    /// The id of the group that exists from the start.
    #[must_use]
    pub fn group(&self) -> &'static str {
        GROUP
    }

    /// The id of the user who owns the keys, and is a member of that group.
    #[must_use]
    pub fn user(&self) -> String {
        self.state.store().user.clone()
    }

    /// Lets the next request fail that follows a redirect to a PDF.
    pub fn fail_next_elsewhere(&self, fault: Fault) {
        self.elsewhere.fail_next(fault);
    }

    /// The last 1024 requests that followed a redirect to a PDF.
    #[must_use]
    pub fn elsewhere_requests(&self) -> Vec<RecordedRequest> {
        self.elsewhere.requests()
    }

    /// Whether a request that followed a redirect carried a header that was none of the other server's business:
    /// `authorization`, `x-organisation`, `cookie` or `referer`. Such a request is answered with 400.
    #[must_use]
    pub fn leaked_credentials(&self) -> bool {
        self.state.store().leaked
    }

    /// Says that [`leaked_credentials`](Self::leaked_credentials) is false.
    ///
    /// # Panics
    ///
    /// It is true.
    #[track_caller]
    pub fn assert_no_credential_leaked(&self) {
        assert!(
            !self.leaked_credentials(),
            "a request to the server of the PDFs carried authorization, x-organisation, cookie or referer"
        );
    }

    /// Whether PDFs of documents come by a redirect to another server, as at first, or directly.
    pub fn pdf_by_redirect(&self, redirect: bool) {
        self.state.store().redirects = redirect;
    }

    /// The largest attachment that is accepted, in bytes; 5 MiB at first.
    pub fn set_largest_attachment(&self, bytes: usize) {
        self.state.store().largest_attachment = bytes;
    }

    /// From now on documents and PDF templates of this group are deleted when they are told to.
    ///
    /// # Errors
    ///
    /// There is no such group.
    pub fn allow_automated_deletion(&self, group: impl AsRef<str>) -> Result<(), NotPossible> {
        let mut store = self.state.store();
        let group = find_mut(&mut store.groups, group.as_ref());
        group.map_err(|_| NotPossible::because("there is no such group"))?.allows_deletion = true;
        Ok(())
    }

    /// Moves the PDF of a document to an archive. The first call for it has it restored, which takes four hours by the
    /// server's clock.
    ///
    /// # Errors
    ///
    /// There is no such document.
    pub fn put_into_cold_storage(&self, document: impl AsRef<str>) -> Result<(), NotPossible> {
        let mut store = self.state.store();
        let document = find_mut(&mut store.documents, document.as_ref());
        document.map_err(|_| NotPossible::because("there is no such document"))?.storage = Storage::Cold;
        Ok(())
    }

    /// Puts text tags into an uploaded PDF, which has none at first: fields, each an object as `POST .../fields/` takes
    /// them. If the PDF was uploaded with `process_tags`, they become fields at once.
    ///
    /// # Errors
    ///
    /// There is no such PDF, or a field is not as it has to be.
    pub fn set_text_tags(&self, pdf: impl AsRef<str>, tags: Vec<Value>) -> Result<(), NotPossible> {
        let tags: Result<Vec<_>, _> = tags.into_iter().map(Field::read).collect();
        let tags = tags.map_err(|_| NotPossible::because("a field is not as it has to be"))?;
        let mut store = self.state.store();
        let template = find_mut(&mut store.pdfs, pdf.as_ref());
        template.map_err(|_| NotPossible::because("there is no such PDF"))?.set_tags(tags);
        Ok(())
    }

    /// A document as `GET /document/{docId}/` shows it.
    #[must_use]
    pub fn document(&self, id: impl AsRef<str>) -> Option<Value> {
        find(&self.state.store().documents, id.as_ref()).ok().map(super::documents::Document::details)
    }

    /// The ids of all documents, oldest first.
    #[must_use]
    pub fn documents(&self) -> Vec<String> {
        self.state.store().documents.iter().map(|document| document.id.clone()).collect()
    }

    /// The ids of a document's signers, in order. Skipped ones have none.
    #[must_use]
    pub fn signers(&self, document: impl AsRef<str>) -> Vec<String> {
        self.state.store().signer_ids(document.as_ref())
    }

    /// The signed PDF, once everybody has signed.
    #[must_use]
    pub fn final_pdf(&self, document: impl AsRef<str>) -> Option<Bytes> {
        find(&self.state.store().documents, document.as_ref()).ok()?.final_pdf.clone()
    }

    /// What was uploaded as a PDF template.
    #[must_use]
    pub fn pdf_template_bytes(&self, id: impl AsRef<str>) -> Option<Bytes> {
        find(&self.state.store().pdfs, id.as_ref()).ok().map(|template| template.content.clone())
    }

    /// What was uploaded as an attachment.
    #[must_use]
    pub fn attachment_bytes(&self, id: impl AsRef<str>) -> Option<Bytes> {
        find(&self.state.store().attachments, id.as_ref()).ok().map(|attachment| attachment.content.clone())
    }

    /// How often a signer was reminded.
    #[must_use]
    pub fn reminders(&self, signer: impl AsRef<str>) -> usize {
        signers::find(&self.state.store(), signer.as_ref()).map_or(0, |(_, signer)| signer.reminders)
    }

    /// How often somebody tried to open a link that this server handed out. Only the first time succeeds.
    #[must_use]
    pub fn times_opened(&self, link: &str) -> usize {
        self.state.store().times_opened(link)
    }
}

/// What signers do. Each step is possible only when it would be with Legalesign: in their order if the document has
/// one, before they have signed or rejected, and before their time is over.
impl Server {
    fn step(&self, signer: &str, step: Step<'_>) -> Result<(), NotPossible> {
        self.state.store().take_step(signer, step, self.state.clock.now())
    }

    /// A signer opens the e-mail. Only documents with `do_email` send one.
    ///
    /// # Errors
    ///
    /// It is not this signer's turn, or there was no e-mail.
    pub fn open_email(&self, signer: impl AsRef<str>) -> Result<(), NotPossible> {
        self.step(signer.as_ref(), Step::OpenEmail)
    }

    /// A signer looks at the document.
    ///
    /// # Errors
    ///
    /// It is not this signer's turn.
    pub fn visit(&self, signer: impl AsRef<str>) -> Result<(), NotPossible> {
        self.step(signer.as_ref(), Step::Visit)
    }

    /// A signer completes all fields but the signature.
    ///
    /// # Errors
    ///
    /// It is not this signer's turn.
    pub fn complete_fields(&self, signer: impl AsRef<str>) -> Result<(), NotPossible> {
        self.step(signer.as_ref(), Step::CompleteFields)
    }

    /// A signer signs. Who has a witness waits for the witness to sign. When all have signed there is a final PDF.
    ///
    /// # Errors
    ///
    /// It is not this signer's turn.
    pub fn sign(&self, signer: impl AsRef<str>) -> Result<(), NotPossible> {
        self.step(signer.as_ref(), Step::Sign)
    }

    /// All who have not signed do, in order.
    ///
    /// # Errors
    ///
    /// One of them cannot sign.
    pub fn sign_all(&self, document: impl AsRef<str>) -> Result<(), NotPossible> {
        self.state.store().sign_all(document.as_ref(), self.state.clock.now())
    }

    /// A signer rejects the document, for all.
    ///
    /// # Errors
    ///
    /// It is not this signer's turn.
    pub fn reject(&self, signer: impl AsRef<str>, reason: &str) -> Result<(), NotPossible> {
        self.step(signer.as_ref(), Step::Reject { reason })
    }

    /// A signer downloads the final PDF.
    ///
    /// # Errors
    ///
    /// There is none yet.
    pub fn take_copy(&self, signer: impl AsRef<str>) -> Result<(), NotPossible> {
        self.step(signer.as_ref(), Step::TakeCopy)
    }

    /// A signer has somebody else sign. The application can take that back by resetting the signer.
    ///
    /// # Errors
    ///
    /// It is not this signer's turn.
    pub fn forward(
        &self,
        signer: impl AsRef<str>,
        email: &str,
        first_name: &str,
        last_name: &str,
    ) -> Result<(), NotPossible> {
        self.step(signer.as_ref(), Step::Forward { email, first_name, last_name })
    }

    /// The signer before says who a signer is that was sent with `decide_later`.
    ///
    /// # Errors
    ///
    /// That is decided already.
    pub fn decide(
        &self,
        signer: impl AsRef<str>,
        email: &str,
        first_name: &str,
        last_name: &str,
    ) -> Result<(), NotPossible> {
        self.step(signer.as_ref(), Step::Name { email, first_name, last_name })
    }
}
