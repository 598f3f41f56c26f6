//! Reading the form that starts a signing process.

use super::api::Refusal;
use crate::leap::Person;
use crate::mock::courier::is_loopback;
use crate::mock::exchange;
use crate::runtime::decode;
use axum::extract::Multipart;
use axum::extract::multipart::Field;
use bytes::Bytes;
use serde_json::{Map, Value};
use url::Url;

const PDF: &str = "application/pdf";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// What a form says.
pub(super) struct Start {
    pub name: String,
    pub owner: Person,
    pub signers: Vec<Person>,
    pub ordered_signers: Option<bool>,
    pub additional_recipients: Vec<String>,
    pub callback_url: Option<String>,
    pub document: Document,
}

/// The part with the file.
pub(super) struct Document {
    pub file_name: String,
    pub media_type: String,
    pub bytes: Bytes,
}

/// Reads a form. A part that is not known is ignored.
pub(super) async fn read(mut form: Multipart) -> Result<Start, Refusal> {
    let unreadable = |_| Refusal::bad("the form cannot be read");
    let (mut name, mut owner, mut signers, mut document) = (None, None, None, None);
    let (mut ordered_signers, mut additional_recipients, mut callback_url) = (None, Vec::new(), None);
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        match field.name().unwrap_or_default() {
            "name" => name = Some(text(field).await?),
            "projectOwner" => owner = Some(person(&text(field).await?)?),
            "signers" => signers = Some(people(&text(field).await?)?),
            "orderedSigners" => ordered_signers = Some(flag(&text(field).await?)?),
            "additionalRecipients" => additional_recipients.extend(addresses(text(field).await?)?),
            "signTasksCompletedCallbackUrl" => callback_url = Some(destination(text(field).await?)?),
            "document" => {
                let file_name = field.file_name().unwrap_or_default().to_owned();
                let media_type = field.content_type().unwrap_or_default().to_owned();
                let bytes = field.bytes().await.map_err(unreadable)?;
                document = Some(Document { file_name, media_type, bytes });
            }
            _ => {}
        }
    }
    let missing = |part: &str| Refusal::bad(format!("{part} is missing"));
    let name = name.filter(|name| !name.is_empty()).ok_or_else(|| missing("name"))?;
    let signers = signers.filter(|signers| !signers.is_empty()).ok_or_else(|| missing("signers"))?;
    if signers.iter().any(|signer| signer.email.as_deref().unwrap_or_default().is_empty()) {
        return Err(missing("email of a signer"));
    }
    let owner = owner.ok_or_else(|| missing("projectOwner"))?;
    let document = document.ok_or_else(|| missing("document"))?;
    if !document.is_supported() {
        return Err(Refusal::bad("Unsupported file format"));
    }
    Ok(Start { name, owner, signers, ordered_signers, additional_recipients, callback_url, document })
}

impl Document {
    fn is_supported(&self) -> bool {
        let ending = self.file_name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        matches!((self.media_type.as_str(), ending.as_str()), (PDF, "pdf") | (DOCX, "docx"))
    }
}

async fn text(field: Field<'_>) -> Result<String, Refusal> {
    field.text().await.map_err(|_| Refusal::bad("the form cannot be read"))
}

fn person(text: &str) -> Result<Person, Refusal> {
    let person =
        decode::<Map<String, Value>>(text.as_bytes()).map_err(|_| Refusal::syntax("projectOwner"))?;
    exchange::strictly(Value::Object(person)).map_err(|_| Refusal::syntax("projectOwner"))
}

/// An object with the list, not the list.
fn people(text: &str) -> Result<Vec<Person>, Refusal> {
    let wrapper = decode::<Map<String, Value>>(text.as_bytes()).map_err(|_| Refusal::syntax("signers"))?;
    let people = wrapper.get("signers").cloned().unwrap_or_default();
    exchange::strictly(people).map_err(|_| Refusal::syntax("signers"))
}

fn flag(text: &str) -> Result<bool, Refusal> {
    text.parse().map_err(|_| Refusal::syntax("orderedSigners"))
}

/// A list, or one address.
fn addresses(text: String) -> Result<Vec<String>, Refusal> {
    if text.starts_with('[') {
        return decode(text.as_bytes()).map_err(|_| Refusal::syntax("additionalRecipients"));
    }
    Ok(vec![text])
}

fn destination(url: String) -> Result<String, Refusal> {
    let allowed = |url: &Url| url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url));
    if Url::parse(&url).is_ok_and(|url| allowed(&url)) {
        return Ok(url);
    }
    Err(Refusal::bad("signTasksCompletedCallbackUrl is not an https URL"))
}
