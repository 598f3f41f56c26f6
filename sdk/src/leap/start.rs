//! Starting a signing process: a form with the document in it, streamed.

use super::{Client, PartEncoding, Person, SigningProcess, generated};
use crate::runtime::generated as rt;
use crate::runtime::{Content, Error, Invalid, Reply};
use http::header::ACCEPT;
use std::fmt;

/// The file to sign: a PDF or a DOCX \[[D1](crate::leap::sources#d1)\].
///
/// ```
/// use countersign::Content;
/// use countersign::leap::SignDocument;
///
/// let contract = SignDocument::pdf(Content::file("contract.pdf")).file_name("Contract 17.pdf");
/// assert_eq!(format!("{contract:?}"), "SignDocument(pdf, Content(file))");
/// ```
///
/// It is read while it is sent, and never held in memory as a whole. Its length has to be known, and is: see [`Content`].
#[derive(Clone)]
pub struct SignDocument {
    format: Format,
    content: Content,
    file_name: Option<String>,
}

#[derive(Clone, Copy)]
enum Format {
    Pdf,
    Docx,
}

impl SignDocument {
    /// A PDF. It is sent as `document.pdf` unless it gets a [`file_name`](Self::file_name).
    pub fn pdf(content: impl Into<Content>) -> Self {
        Self { format: Format::Pdf, content: content.into(), file_name: None }
    }

    /// A DOCX. It is sent as `document.docx` unless it gets a [`file_name`](Self::file_name).
    pub fn docx(content: impl Into<Content>) -> Self {
        Self { format: Format::Docx, content: content.into(), file_name: None }
    }

    /// The name of the file. It has to end in `.pdf` or `.docx`, as the format is: which of name and content type tells
    /// the provider the format is not documented, so both are right.
    #[must_use]
    pub fn file_name(mut self, name: impl Into<String>) -> Self {
        self.file_name = Some(name.into());
        self
    }

    fn part(&self, form: rt::Form) -> Result<rt::Form, Invalid> {
        let ending = self.format.ending();
        let name = self.file_name.clone().unwrap_or_else(|| format!("document.{ending}"));
        let is_right = name
            .rsplit_once('.')
            .is_some_and(|(name, given)| !name.is_empty() && given.eq_ignore_ascii_case(ending));
        if !is_right {
            return Err(Invalid::new(format!("the file name of `document` has to end in `.{ending}`")));
        }
        Ok(form.content("document", &name, self.format.media_type(), self.content.clone()))
    }
}

impl Format {
    fn ending(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Docx => "docx",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        }
    }
}

impl fmt::Debug for SignDocument {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SignDocument({}, {:?})", self.format.ending(), self.content)
    }
}

impl Client {
    /// Uploads a document and has it signed. The provider advises the name of the document for that of the signing
    /// process.
    ///
    /// The signers are written to at once; with [`ordered_signers`](StartSigningProcess::ordered_signers), each of them
    /// when it is their turn. Nothing marks a repeated call as the same one: a second call starts a second signing
    /// process and sends its e-mails again. So the call is tried again only if no connection could be made, and never
    /// with a document that comes from a reader.
    ///
    /// Keep the answer: it holds the id that every other call needs; see [`SigningProcess::id_at`].
    ///
    /// *Documented* \[[D1](crate::leap::sources#d1)\]: `POST /sign-only-api/projects/launch-new`.
    ///
    /// ```
    /// # async fn example(leap: &countersign::leap::Client) -> Result<(), countersign::Error> {
    /// use countersign::Content;
    /// use countersign::leap::{Person, SignDocument};
    ///
    /// let ada = Person::default().name("Ada Example").email("ada@example.com");
    /// let bob = Person::default().name("Bob Example").email("bob@example.com");
    /// let contract = SignDocument::pdf(Content::file("contract.pdf"));
    /// let start = leap.start_signing_process("Contract 17", contract).project_owner(ada.clone());
    /// let process = start.signers([ada, bob]).ordered_signers(true).send().await?;
    /// # let _ = process;
    /// # Ok(())
    /// # }
    /// ```
    pub fn start_signing_process(
        &self,
        name: impl Into<String>,
        document: SignDocument,
    ) -> StartSigningProcess {
        StartSigningProcess {
            client: self.clone(),
            options: rt::CallOptions::default(),
            name: name.into(),
            document,
            owner: None,
            signers: Vec::new(),
            is_ordered: None,
            recipients: Vec::new(),
            callback_url: None,
            encoding: PartEncoding::default(),
        }
    }
}

/// A call of [`Client::start_signing_process`], made by [`send`](Self::send).
#[must_use = "nothing is sent before `send` is awaited"]
#[derive(Clone)]
pub struct StartSigningProcess {
    client: Client,
    options: rt::CallOptions,
    name: String,
    document: SignDocument,
    owner: Option<Person>,
    signers: Vec<Person>,
    is_ordered: Option<bool>,
    recipients: Vec<String>,
    callback_url: Option<String>,
    encoding: PartEncoding,
}

impl StartSigningProcess {
    /// The owner of the signing process. Required.
    pub fn project_owner(mut self, owner: Person) -> Self {
        self.owner = Some(owner);
        self
    }

    /// Those who sign, in the order in which they sign if they take turns. Required: at least one. Which members of a
    /// signer are required is not documented, so none is demanded; one without an e-mail address could hardly be written
    /// to.
    pub fn signers(mut self, signers: impl IntoIterator<Item = Person>) -> Self {
        self.signers = signers.into_iter().collect();
        self
    }

    /// Whether the signers take turns, in the order they were given, or sign in any order
    /// \[[D1](crate::leap::sources#d1)\]. Which of it happens if nothing is said is not documented.
    pub fn ordered_signers(mut self, ordered: bool) -> Self {
        self.is_ordered = Some(ordered);
        self
    }

    /// E-mail addresses of others who get the signed document \[[D1](crate::leap::sources#d1)\].
    pub fn additional_recipients<I>(mut self, addresses: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.recipients = addresses.into_iter().map(Into::into).collect();
        self
    }

    /// Where to post that everybody has signed. It has to be https \[[D1](crate::leap::sources#d1)\]; anything else is
    /// refused before it is sent. Plain http to this machine is let through if the base URL is on this machine too, as
    /// that of a mock is.
    ///
    /// The provider advises a URL of its own for each signing process \[[D1](crate::leap::sources#d1)\]. Nothing is
    /// documented that tells a real call from a forged one, so put something into it that nobody can guess.
    pub fn sign_tasks_completed_callback_url(mut self, url: impl Into<String>) -> Self {
        self.callback_url = Some(url.into());
        self
    }

    /// How the parts are written, where the vendor leaves it open.
    pub fn encoding(mut self, encoding: PartEncoding) -> Self {
        self.encoding = encoding;
        self
    }

    rt::call_options!();

    /// Makes the call, and returns all data of the signing process.
    ///
    /// # Errors
    ///
    /// See [`Error`]; [`Error::effect`] tells whether it may have happened. A 400 says why in the `message` of
    /// [`Error::body`]. A 500 is often a mistake of the caller, a part that is not written as it has to be
    /// \[[D1](crate::leap::sources#d1)\]; it counts as "may have happened" all the same, since nobody says that nothing
    /// was started.
    pub async fn send(self) -> Result<SigningProcess, Error> {
        Ok(self.send_reply().await?.into_value())
    }

    /// Makes the call and returns the answer with status, headers, request id, attempts and raw bytes.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn send_reply(self) -> Result<Reply<SigningProcess>, Error> {
        let operation = &generated::START_SIGNING_PROCESS;
        let (core, request) = (self.client.core(), self.request());
        rt::call::<_, rt::Json<SigningProcess>>(core, operation, request, &self.options).await
    }

    fn request(&self) -> Result<rt::Request, Invalid> {
        let owner = self.checked()?;
        let core = self.client.core();
        let mut form = rt::Form::new().text("name", None, &self.name);
        form = self.encoding.owner(form, owner)?;
        form = self.encoding.signers(form, &self.signers)?;
        if let Some(is_ordered) = self.is_ordered {
            form = form.text("orderedSigners", None, is_ordered.to_string());
        }
        form = self.encoding.recipients(form, &self.recipients)?;
        if let Some(url) = &self.callback_url {
            form = form.text("signTasksCompletedCallbackUrl", None, url);
        }
        form = self.document.part(form)?;
        let url = format!("{}{}", core.base(), generated::START_SIGNING_PROCESS.path);
        let head = core.http().post(url).header(ACCEPT, "application/json").build()?;
        rt::Request::with_form(head, form)
    }

    /// Refuses what is missing or cannot be right. Returns the owner, who is there.
    fn checked(&self) -> Result<&Person, Invalid> {
        let at = rt::Place::Root;
        at.required("name", !self.name.trim().is_empty())?;
        at.required("signers", !self.signers.is_empty())?;
        if self.recipients.iter().any(|address| address.trim().is_empty()) {
            return Err(Invalid::new("`additionalRecipients` has an address that is empty"));
        }
        if let Some(url) = &self.callback_url {
            self.client.core().check_callback("signTasksCompletedCallbackUrl", url)?;
        }
        self.owner.as_ref().ok_or_else(|| Invalid::new("`projectOwner` is required and was not set"))
    }
}

impl fmt::Debug for StartSigningProcess {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("StartSigningProcess").finish_non_exhaustive()
    }
}
