//! The PDFs of templates: uploaded to and downloaded from another host, by signed URLs.

use super::{Client, Template, TemplateId, TemplateVersion, client::message, generated};
use crate::runtime::{CallOptions, Content, Download, Effect, Error, ErrorKind, Link, Operation};

static UPLOAD: Operation = Operation::transfer("signly", "upload_template_pdf", "PUT");
static DOWNLOAD: Operation = Operation::transfer("signly", "download_template_pdf", "GET");

/// What Signly says of a version that has its PDF \[[F](crate::signly::sources#f)\]. The only thing by which such a
/// refusal is known.
const ALREADY: &str = "already uploaded";

impl Client {
    /// Uploads the PDF of a template, however large it is.
    ///
    /// Signly hands out a URL at another host, and the PDF is sent there: without Signly's headers, to public hosts
    /// only. The way is *inferred* \[[F](crate::signly::sources#f)\]; that there are such URLs is documented
    /// \[[P](crate::signly::sources#p)\]. A version gets its PDF once; see
    /// [`or_next_version`](UploadTemplatePdf::or_next_version).
    ///
    /// ```
    /// # async fn example(signly: &countersign::signly::Client) -> Result<(), countersign::Error> {
    /// use countersign::Content;
    ///
    /// let pdf = Content::file("lease.pdf");
    /// let version = signly.upload_template_pdf("6f1c2a54", "0001", pdf).or_next_version().send().await?;
    /// println!("it is version {version}");
    /// # Ok(())
    /// # }
    /// ```
    pub fn upload_template_pdf(
        &self,
        template_id: impl Into<TemplateId>,
        version: impl Into<TemplateVersion>,
        content: impl Into<Content>,
    ) -> UploadTemplatePdf {
        UploadTemplatePdf {
            client: self.clone(),
            template_id: template_id.into(),
            version: version.into(),
            content: content.into(),
            or_next: false,
        }
    }

    /// Downloads the PDF of a version, however large it is: from the other host that Signly names, without Signly's
    /// headers, from public hosts only. The way is *inferred* \[[F](crate::signly::sources#f)\].
    ///
    /// ```
    /// # async fn example(signly: &countersign::signly::Client) -> Result<(), Box<dyn std::error::Error>> {
    /// let mut file = tokio::fs::File::create("lease.pdf").await?;
    /// let downloaded = signly.download_template_pdf("6f1c2a54", "0001").await?.copy_to(&mut file).await?;
    /// println!("{} bytes, SHA-256 {}", downloaded.length, downloaded.sha256);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`create_template_download_url`](Self::create_template_download_url); of kind [`ErrorKind::Redirected`] if the
    /// URL is not safe; and whatever the other host answers.
    pub async fn download_template_pdf(
        &self,
        template_id: impl Into<TemplateId>,
        version: impl Into<TemplateVersion>,
    ) -> Result<Download, Error> {
        let answered = self.create_template_download_url(template_id, version).send().await;
        let url = answered.map_err(Error::before_any_write)?.download_url;
        let link = link(url, "downloadUrl", &generated::CREATE_TEMPLATE_DOWNLOAD_URL)?;
        let fetched = self.core().fetch_elsewhere(&DOWNLOAD, link, &CallOptions::default()).await;
        fetched.map_err(Error::before_any_write)
    }
}

/// An upload of a template's PDF, made by [`send`](Self::send).
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before `send` is awaited"]
pub struct UploadTemplatePdf {
    client: Client,
    template_id: TemplateId,
    version: TemplateVersion,
    content: Content,
    or_next: bool,
}

impl UploadTemplatePdf {
    /// If the version has its PDF already, the PDF becomes that of the next one, as in Signly's front end
    /// \[[F](crate::signly::sources#f)\]: `0002` after `0001`. Only that one is tried, so give the latest version; see
    /// [`Template::current_version`].
    pub fn or_next_version(mut self) -> Self {
        self.or_next = true;
        self
    }

    /// Asks for the URL and uploads the PDF. Returns the version that it became.
    ///
    /// While the PDF is sent, only [`read_timeout`](crate::ClientBuilder::read_timeout) limits it, which is how long
    /// nothing may move.
    ///
    /// # Errors
    ///
    /// Of kind [`ErrorKind::Conflict`] if the version has its PDF already. Of kind [`ErrorKind::Redirected`], and nothing
    /// is uploaded, if the URL is not safe: not https, or not at a public host. The [`effect`](Error::effect) is that of
    /// the upload, since a URL that was asked for and not used changes nothing. If it is [`Effect::Unknown`], read the
    /// version before the upload is made again: it may have become a version.
    pub async fn send(self) -> Result<TemplateVersion, Error> {
        let Self { client, template_id, version, content, or_next } = self;
        let (url, version) = match upload_url(&client, &template_id, &version).await {
            Err(error) if or_next && error.kind() == ErrorKind::Conflict => {
                let next = version.next().ok_or_else(|| {
                    let detail = "this version already has a PDF, and it is no number that has a next one";
                    error.told_as(ErrorKind::Conflict, detail)
                })?;
                (upload_url(&client, &template_id, &next).await?, next)
            }
            answered => (answered?, version),
        };
        let options = CallOptions::default();
        client.core().send_elsewhere(&UPLOAD, url, "application/pdf", content, &options).await?;
        Ok(version)
    }
}

/// Asks where to upload to. That is no write: the document states that asking twice does no harm, and a version comes of
/// what is sent there.
async fn upload_url(client: &Client, id: &TemplateId, version: &TemplateVersion) -> Result<Link, Error> {
    let answered = client.create_template_upload_url(id, version).send().await.map_err(|error| {
        let said = message(error.body()).unwrap_or_default().to_ascii_lowercase();
        let already = error.effect() != Effect::Done && said.contains(ALREADY);
        let error = error.before_any_write();
        if already {
            let detail = "this version already has a PDF, and gets no other; upload to the next version";
            error.told_as(ErrorKind::Conflict, detail)
        } else {
            error
        }
    })?;
    link(answered.upload_url, "uploadUrl", &generated::CREATE_TEMPLATE_UPLOAD_URL)
}

fn link(url: Option<String>, member: &str, operation: &'static Operation) -> Result<Link, Error> {
    url.filter(|url| !url.is_empty())
        .map(Link::from)
        .ok_or_else(|| operation.failed(ErrorKind::Unreadable, format!("`data.{member}`: missing")))
}

impl TemplateVersion {
    /// The version after this one, with as many digits; `None` if it is no number.
    ///
    /// ```
    /// use countersign::signly::TemplateVersion;
    ///
    /// assert_eq!(TemplateVersion::from("0001").next(), Some(TemplateVersion::from("0002")));
    /// assert_eq!(TemplateVersion::from("9999").next(), Some(TemplateVersion::from("10000")));
    /// assert_eq!(TemplateVersion::from("latest").next(), None);
    /// ```
    #[must_use]
    pub fn next(&self) -> Option<Self> {
        let text = self.as_str();
        let number = text.parse::<u64>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))?;
        Some(Self::from(format!("{:0width$}", number.checked_add(1)?, width = text.len())))
    }
}

impl Template {
    /// The version, as calls take it: what stands after the `#` of `templateVersion`, or all of it if there is none
    /// \[[F](crate::signly::sources#f)\].
    #[must_use]
    pub fn current_version(&self) -> Option<TemplateVersion> {
        let text = self.template_version.as_deref()?;
        let version = text.rsplit_once('#').map_or(text, |(_, version)| version);
        (!version.is_empty()).then(|| TemplateVersion::from(version))
    }
}
