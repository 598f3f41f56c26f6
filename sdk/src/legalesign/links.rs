//! The signing links that come with a new document.

use super::{DocumentId, calls, client::json, generated};
use crate::runtime::{Effect, Error, ErrorKind, Link, plain};

/// A new document and the links with which it can be signed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DocumentWithLinks {
    /// The new document.
    pub id: DocumentId,
    /// One link per signer, in signing order.
    pub links: Vec<SigningLink>,
}

/// The link of one signer.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SigningLink {
    /// The signer, counted from 1 in the order in which the signers were given \[[L1](crate::legalesign::sources#l1)\].
    pub signer: u32,
    /// The link. Whoever has it can sign.
    pub link: Link,
}

impl calls::CreateDocument {
    /// Makes the call with `return_signer_links` and returns the links as well.
    ///
    /// ```
    /// # async fn example(legalesign: &countersign::legalesign::Client) -> Result<(), countersign::Error> {
    /// use countersign::legalesign::RecipientInput;
    ///
    /// let signer = RecipientInput::default().email("ada@example.com").firstname("Ada").lastname("Lovelace");
    /// let document = legalesign.create_document().group("my-group").name("Contract").signers([signer]);
    /// let document = document.templatepdf("t0t0").send_for_signing_links().await?;
    /// for signing in &document.links {
    ///     hand_over(signing.signer, signing.link.expose());
    /// }
    /// # fn hand_over(_: u32, _: &str) {}
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send). If the document was created and its links cannot be read, the error says under which id.
    pub async fn send_for_signing_links(self) -> Result<DocumentWithLinks, Error> {
        let reply = self.return_signer_links(true).send_reply().await?;
        let id = reply.value().id.clone();
        let Some(links) = read(reply.body()) else {
            let id = plain(Some(id.to_string())).map_or(String::new(), |id| format!(" as `{id}`"));
            let detail = format!("the document was created{id}; its signing links could not be read");
            let error = generated::CREATE_DOCUMENT.failed(ErrorKind::Unreadable, detail);
            return Err(error.with_effect(Effect::Done).with_attempts(reply.attempts()));
        };
        Ok(DocumentWithLinks { id, links })
    }
}

/// `{"signer_1": "https://…", …}`. Members that are no link of a signer are left out.
fn read(body: &[u8]) -> Option<Vec<SigningLink>> {
    let body = json(body)?;
    let links = body.as_object()?.iter().filter_map(|(name, link)| {
        let signer = name.strip_prefix("signer_")?.parse().ok()?;
        Some(SigningLink { signer, link: Link::from(link.as_str()?.to_owned()) })
    });
    let mut links = links.collect::<Vec<_>>();
    links.sort_by_key(|link| link.signer);
    (!links.is_empty()).then_some(links)
}
