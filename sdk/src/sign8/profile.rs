//! What an application says of SIGN8's interface, because nobody else does in public.

use super::path::Template;
use super::step::Step;
use super::types::FreeAnswer;
use crate::runtime::{self, Error, Link, OURS};
use http::HeaderName;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Where things are at SIGN8, taken from the reference behind the login. It holds no credential, so that it can be kept
/// in a configuration file.
///
/// Nothing has a default, since nothing is known. A client is not built while anything is missing, and the error names
/// all of it. What is here is made up, to show the form:
///
/// ```
/// use countersign::sign8::Profile;
///
/// let profile = Profile::from_json(
///     r#"{
///         "base_url": "https://sign8.invalid/made-up",
///         "credential": { "header": "X-Made-Up", "form": { "scheme": "Key" } },
///         "steps": {
///             "add_workflow": { "path": "/w", "id": { "at": "/workflow/id" } },
///             "add_file": { "path": "/w/{workflowId}/f", "id": { "at": "/id" } },
///             "add_signer": { "path": "/w/{workflowId}/s", "id": { "at": "/id" }, "link": "/link" },
///             "add_signature": { "path": "/w/{workflowId}/s/{signerId}/x", "id": "nowhere" },
///             "add_annotation": { "path": "/w/{workflowId}/a", "id": "nowhere" }
///         }
///     }"#,
/// )?;
/// profile.check()?;
///
/// let error = Profile::default().check().unwrap_err();
/// assert!(error.to_string().contains("`steps.add_signer.path`"));
/// # Ok::<(), countersign::Error>(())
/// ```
///
/// The same can be written in Rust: `Profile::default().base_url(…).credential(…).step(Step::AddFile, …)`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Profile {
    /// Where the API is: what the paths are below. The builder and `SIGN8_BASE_URL` can say it instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// How the credential is sent.
    pub credential: Credential,
    /// Where each of the five steps is.
    #[serde(deserialize_with = "steps")]
    pub steps: BTreeMap<Step, StepProfile>,
}

/// How the credential is sent: always in a header.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Credential {
    /// The name of the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// What is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub form: Option<CredentialForm>,
}

/// What the header of the credential holds. In JSON `"bare"` or `{"scheme": "…"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CredentialForm {
    /// The credential alone.
    Bare,
    /// A word, a blank, and the credential.
    Scheme(String),
}

/// Where one step is, and where its answer has what later steps need.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct StepProfile {
    /// The path below the base URL, beginning with `/`. `{workflowId}`, `{fileId}`, `{signerId}` and `{signatureId}` stand
    /// for the ids of earlier steps, each as a whole segment. Whether the path has any is for the reference to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Where in the answer the id is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<IdPlace>,
    /// Where in the answer the link for signing is, as a JSON pointer (RFC 6901), if the answer has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Where an answer has an id. In JSON `{"at": "/…"}` or `"nowhere"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum IdPlace {
    /// At this JSON pointer (RFC 6901), as text or as an integer.
    At(String),
    /// The answer has none.
    Nowhere,
}

impl Profile {
    /// Reads a profile, complete or not.
    ///
    /// # Errors
    ///
    /// It is no JSON of this form; a member that no profile has is refused too, since it is a slip of the pen. The error
    /// says where.
    pub fn from_json(json: impl AsRef<[u8]>) -> Result<Self, Error> {
        let wrong = |place| {
            let detail =
                format!("the profile cannot be read: {place}; members that no profile has are refused too");
            Error::configuration("sign8", detail)
        };
        runtime::decode(json.as_ref()).map_err(wrong)
    }

    /// Where the API is.
    #[must_use]
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// How the credential is sent: the name of the header, and what is in it.
    #[must_use]
    pub fn credential(mut self, header: impl Into<String>, form: CredentialForm) -> Self {
        self.credential = Credential { header: Some(header.into()), form: Some(form) };
        self
    }

    /// Where a step is.
    #[must_use]
    pub fn step(mut self, step: Step, profile: StepProfile) -> Self {
        self.steps.insert(step, profile);
        self
    }

    /// Whether a client can be built from it.
    ///
    /// # Errors
    ///
    /// Something is missing, or cannot be right. The error names all of it.
    pub fn check(&self) -> Result<(), Error> {
        let findings = match self.read() {
            Ok(_) if self.base_url.is_some() => return Ok(()),
            Ok(_) => Findings::default(),
            Err(findings) => findings,
        };
        Err(findings.without_base_url(self.base_url.is_none()).into_error())
    }

    /// The id in the answer of a step; `None` if it is not where the profile says.
    #[must_use]
    pub fn id_in(&self, step: Step, answer: &FreeAnswer) -> Option<String> {
        let Some(IdPlace::At(pointer)) = &self.steps.get(&step)?.id else { return None };
        match answer.get(pointer)? {
            Value::String(id) if !id.is_empty() => Some(id.clone()),
            Value::Number(id) if id.is_i64() || id.is_u64() => Some(id.to_string()),
            _ => None,
        }
    }

    /// The link in the answer of a step; `None` if the profile names none, or none is there.
    #[must_use]
    pub fn link_in(&self, step: Step, answer: &FreeAnswer) -> Option<Link> {
        let link = answer.get(self.steps.get(&step)?.link.as_deref()?)?.as_str()?;
        (!link.is_empty()).then(|| Link::from(link.to_owned()))
    }

    /// Whether something has to be in the answer of a step.
    pub(super) fn expects_something(&self, step: Step) -> bool {
        let step = self.steps.get(&step);
        step.is_none_or(|step| matches!(step.id, Some(IdPlace::At(_))) || step.link.is_some())
    }

    /// What it comes to, or all that is missing and wrong. The base URL is not looked at.
    pub(crate) fn read(&self) -> Result<Routes, Findings> {
        let mut found = Findings::default();
        let header = self.header(&mut found);
        match &self.credential.form {
            None => found.missing("credential.form"),
            Some(CredentialForm::Scheme(scheme)) if !is_scheme(scheme) => {
                found.wrong("`credential.form` has a scheme that is no single word");
            }
            Some(_) => {}
        }
        let mut paths = BTreeMap::new();
        for step in Step::ALL {
            let place = |member| format!("steps.{step}.{member}");
            let given = self.steps.get(&step);
            match given.and_then(|given| given.path.as_deref()) {
                None => found.missing(&place("path")),
                Some(path) => match Template::read(step, path) {
                    Ok(template) => {
                        self.check_ids(step, &template, &mut found);
                        paths.insert(step, template);
                    }
                    Err(problem) => found.wrong(&format!("`{}` {problem}", place("path"))),
                },
            }
            let pointer = |member, pointer: &str, found: &mut Findings| {
                if !is_pointer(pointer) {
                    found.wrong(&format!("`{}` is no JSON pointer to a member, as `/a/b`", place(member)));
                }
            };
            match given.and_then(|given| given.id.as_ref()) {
                None => found.missing(&place("id")),
                Some(IdPlace::At(at)) => pointer("id", at, &mut found),
                Some(IdPlace::Nowhere) => {}
            }
            if let Some(link) = given.and_then(|given| given.link.as_deref()) {
                pointer("link", link, &mut found);
            }
        }
        match header {
            Some(header) if found.is_empty() => Ok(Routes { header, paths }),
            _ => Err(found),
        }
    }

    fn header(&self, found: &mut Findings) -> Option<HeaderName> {
        let Some(header) = &self.credential.header else {
            found.missing("credential.header");
            return None;
        };
        let Ok(header) = HeaderName::try_from(header) else {
            found.wrong("`credential.header` is no name of a header");
            return None;
        };
        let is_framing = OURS.contains(&header.as_str()) && header != http::header::AUTHORIZATION;
        if is_framing {
            found.wrong("`credential.header` is a header that frames requests, and not for credentials");
        }
        (!is_framing).then_some(header)
    }

    /// An id that a path needs has to come from somewhere.
    fn check_ids(&self, step: Step, template: &Template, found: &mut Findings) {
        for needed in template.ids() {
            let place = self.steps.get(&needed).and_then(|needed| needed.id.as_ref());
            if place == Some(&IdPlace::Nowhere) {
                let name = needed.placeholder();
                found.wrong(&format!(
                    "`steps.{step}.path` has `{{{name}}}` in it, and `steps.{needed}.id` is nowhere"
                ));
            }
        }
    }
}

impl StepProfile {
    /// A step at this path, whose answer has its id at the place.
    #[must_use]
    pub fn new(path: impl Into<String>, id: IdPlace) -> Self {
        Self { path: Some(path.into()), id: Some(id), link: None }
    }

    /// Where in the answer the link for signing is, as a JSON pointer.
    #[must_use]
    pub fn link(mut self, pointer: impl Into<String>) -> Self {
        self.link = Some(pointer.into());
        self
    }
}

/// The steps by their names, read as text first: so an error says in which of them it is.
fn steps<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<Step, StepProfile>, D::Error> {
    let named = BTreeMap::<String, StepProfile>::deserialize(deserializer)?;
    let steps = named.into_iter().map(|(name, profile)| {
        let step = Step::ALL.into_iter().find(|step| step.operation().id == name);
        Ok((step.ok_or_else(|| D::Error::custom("no such step"))?, profile))
    });
    steps.collect()
}

/// What a complete profile comes to.
#[derive(Clone, Debug)]
pub(crate) struct Routes {
    pub(crate) header: HeaderName,
    pub(crate) paths: BTreeMap<Step, Template>,
}

/// Why a profile is none that a client can be built from.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    missing: Vec<String>,
    wrong: Vec<String>,
}

impl Findings {
    fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.wrong.is_empty()
    }

    fn missing(&mut self, member: &str) {
        self.missing.push(format!("`{member}`"));
    }

    fn wrong(&mut self, problem: &str) {
        self.wrong.push(problem.to_owned());
    }

    /// Names the base URL too, if nobody has said it.
    pub(crate) fn without_base_url(mut self, missing: bool) -> Self {
        if missing {
            self.missing.insert(0, "`base_url`".to_owned());
        }
        self
    }

    pub(crate) fn into_error(self) -> Error {
        let missing = (!self.missing.is_empty()).then(|| format!("it lacks {}", self.missing.join(", ")));
        let problems = missing.into_iter().chain(self.wrong).collect::<Vec<_>>().join("; ");
        Error::configuration("sign8", format!("the profile is not complete or not right: {problems}"))
    }
}

fn is_scheme(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_graphic())
}

/// A pointer to a member. The empty one is valid too, and means the whole answer, which is an object.
fn is_pointer(text: &str) -> bool {
    let mut escapes = text.split('~').skip(1);
    text.starts_with('/') && escapes.all(|rest| rest.starts_with(['0', '1']))
}
