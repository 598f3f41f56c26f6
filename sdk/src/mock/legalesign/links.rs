//! Links that are handed out: pages that open once, and contents that lie elsewhere for a short time.

use super::answer::Refusal;
use super::life::Step;
use super::signers;
use super::state::{Store, after};
use crate::mock::id;
use bytes::Bytes;
use std::time::{Duration, SystemTime};

/// How long the link of a preview lasts. That it dies within seconds is documented, not within how many.
pub(super) const PREVIEW: Duration = Duration::from_secs(10);
/// How long a content is found elsewhere. That it is short is documented.
pub(super) const DOWNLOAD: Duration = Duration::from_secs(60);

/// A page that opens once.
#[derive(Clone, Debug)]
pub(super) struct Link {
    token: String,
    target: Target,
    until: Option<SystemTime>,
    /// How often it was tried, with success or without.
    opened: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Target {
    /// Where the signer with this id signs.
    Signing(String),
    Editor,
    Preview,
}

impl Target {
    fn folder(&self) -> &'static str {
        match self {
            Self::Signing(_) => "sign",
            Self::Editor => "edit",
            Self::Preview => "preview",
        }
    }
}

/// A content that can be had for a while, by whoever has the link.
#[derive(Clone, Debug)]
pub(super) struct Download {
    token: String,
    content: Bytes,
    until: SystemTime,
}

/// Why a page or a content cannot be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unavailable {
    Unknown,
    /// Used up, or too late.
    Gone,
}

impl Store {
    /// A new link to a page of this server.
    pub fn mint(&mut self, target: Target, until: Option<SystemTime>) -> String {
        let token = id::uuid();
        let url = format!("{}/{}/{token}", self.origin, target.folder());
        self.links.push(Link { token, target, until, opened: 0 });
        url
    }

    /// Opens a page, which uses its link up. Whoever opens a signing page has visited it.
    pub fn open(&mut self, token: &str, now: SystemTime) -> Result<Target, Unavailable> {
        let link = self.links.iter_mut().find(|link| link.token == token).ok_or(Unavailable::Unknown)?;
        link.opened += 1;
        if link.opened > 1 || link.until.is_some_and(|until| now > until) {
            return Err(Unavailable::Gone);
        }
        let target = link.target.clone();
        if let Target::Signing(signer) = &target {
            self.take_step(signer, Step::Visit, now).map_err(|_| Unavailable::Gone)?;
        }
        Ok(target)
    }

    /// What the form on an opened signing page does.
    pub fn sign_on_page(&mut self, token: &str, now: SystemTime) -> Result<(), Unavailable> {
        let link = self.links.iter().find(|link| link.token == token).ok_or(Unavailable::Unknown)?;
        let Target::Signing(signer) = link.target.clone() else { return Err(Unavailable::Unknown) };
        if link.opened == 0 {
            return Err(Unavailable::Gone);
        }
        self.take_step(&signer, Step::Sign, now).map_err(|_| Unavailable::Gone)
    }

    /// How often a link was tried.
    pub fn times_opened(&self, url: &str) -> usize {
        let token = url.rsplit('/').next().unwrap_or_default();
        self.links.iter().find(|link| link.token == token).map_or(0, |link| link.opened)
    }

    /// Puts a content where it can be had without credentials.
    pub fn put_elsewhere(&mut self, content: Bytes, now: SystemTime) -> String {
        let token = id::uuid();
        let url = format!("{}/content/{token}", self.elsewhere);
        self.downloads.push(Download { token, content, until: after(now, DOWNLOAD) });
        url
    }

    pub fn content(&self, token: &str, now: SystemTime) -> Result<Bytes, Unavailable> {
        let found = self.downloads.iter().find(|download| download.token == token);
        let download = found.ok_or(Unavailable::Unknown)?;
        if now > download.until { Err(Unavailable::Gone) } else { Ok(download.content.clone()) }
    }

    /// A signing link for every signer that can be named, by its number.
    pub fn signing_links(&mut self, document: &str) -> Result<Vec<(String, String)>, Refusal> {
        let document = super::state::find(&self.documents, document)?;
        let signers = document.signers.iter().filter(|signer| !signer.undecided);
        let signers: Vec<_> = signers.map(|signer| (signer.place + 1, signer.id.clone())).collect();
        let links = signers
            .into_iter()
            .map(|(number, signer)| (format!("signer_{number}"), self.mint(Target::Signing(signer), None)));
        Ok(links.collect())
    }

    /// The ids of a document's signers, in order.
    pub fn signer_ids(&self, document: &str) -> Vec<String> {
        let found = super::state::find(&self.documents, document).ok();
        let signers = found.map(|document| document.signers.as_slice()).unwrap_or_default();
        signers.iter().map(|signer: &signers::Signer| signer.id.clone()).collect()
    }
}
