//! What a delivery proves, or why it proves nothing, in words.

use crate::out::{printable, words};
use crate::provider::Provider;
use anstyle::{AnsiColor, Style};
use countersign::webhook::{Assurance, Explanation, Finding, Reason, Rejection, Verified};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What came of verifying a delivery.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Verdict {
    Accepted(Accepted),
    Refused(Refused),
}

/// What was proved, and for whom.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Accepted {
    accepted: bool,
    provider: String,
    event: String,
    assurance: String,
    proofs: Vec<Proved>,
    audience: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
    dedupe_key: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Proved {
    scheme: String,
    key_id: String,
    certificate_out_of_time: bool,
}

/// Why it is not accepted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Refused {
    accepted: bool,
    provider: String,
    reason: String,
    message: String,
    /// What the provider would be answered.
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Vec<Found>>,
    /// `true` if everything was tried that usually goes wrong.
    #[serde(default = "yes", skip_serializing_if = "is_so")]
    complete: bool,
}

fn yes() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_so(complete: &bool) -> bool {
    *complete
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Found {
    cause: String,
    remedy: String,
    scheme: Option<String>,
    key_id: Option<String>,
    certain: bool,
}

impl Verdict {
    /// `explain` is only asked if an explanation is wanted.
    pub fn of<E>(
        provider: Provider,
        verified: Result<Verified<E>, Rejection>,
        describe: impl FnOnce(&E) -> String,
        explain: Option<impl FnOnce() -> Explanation>,
    ) -> Self {
        let provider = provider.name().to_owned();
        match verified {
            Ok(verified) => Self::Accepted(Accepted {
                accepted: true,
                provider,
                event: describe(verified.event()),
                assurance: word(&verified.assurance()),
                proofs: verified.proofs().map(Proved::of).collect(),
                audience: word(&verified.audience()),
                reference: verified.reference().map(str::to_owned),
                dedupe_key: verified.dedupe_key().to_string(),
            }),
            Err(rejection) => {
                let explanation = explain.map(|explain| explain());
                let found =
                    |explanation: &Explanation| explanation.findings().iter().map(Found::of).collect();
                Self::Refused(Refused {
                    accepted: false,
                    provider,
                    reason: word(&rejection.reason()),
                    message: rejection.to_string(),
                    status: rejection.status().as_u16(),
                    findings: explanation.as_ref().map(found),
                    complete: explanation.as_ref().is_none_or(Explanation::is_complete),
                })
            }
        }
    }

    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted(_))
    }

    /// Says that the request is refused for its credential, and not for what it is about.
    pub fn is_for_its_credential(&self) -> bool {
        let reasons = [Reason::WrongCredential, Reason::MissingCredential, Reason::MalformedCredential];
        match self {
            Self::Accepted(_) => false,
            Self::Refused(refused) => reasons.iter().any(|reason| word(reason) == refused.reason),
        }
    }

    /// A refusal of a capture for a credential that was taken out of it. `is_hashed` says that it was compared with the
    /// configured ones.
    pub fn for_want_of(self, redacted: &str, is_hashed: bool) -> Self {
        let Self::Refused(refused) = self else { return self };
        let (cause, remedy) = if is_hashed {
            (
                format!("what was taken out of this capture is not what is configured: {redacted}"),
                "compare with the secret that the provider sends; the capture has a hash of it, so verify it again \
                 with another one",
            )
        } else {
            (
                format!("what may have proved it was taken out of this capture: {redacted}"),
                "go by what was recorded, or capture it in another way",
            )
        };
        let found = Found { cause, remedy: remedy.to_owned(), scheme: None, key_id: None, certain: true };
        Self::Refused(Refused { findings: Some(vec![found]), ..refused })
    }

    /// How the provider is answered.
    pub fn status(&self) -> u16 {
        match self {
            Self::Accepted(_) => 200,
            Self::Refused(refused) => refused.status,
        }
    }

    /// What was found out about a refusal, each cause on a line that is indented.
    pub fn causes(&self) -> String {
        let Self::Refused(Refused { findings: Some(findings), .. }) = self else {
            return String::new();
        };
        let line = |found: &Found| format!("\n          - {}; {}", found.cause(), printable(&found.remedy));
        findings.iter().map(line).collect()
    }

    /// On one line, without colours.
    pub fn plain_summary(&self) -> String {
        anstream::adapter::strip_str(&self.summary()).to_string()
    }

    /// On one line, for a log.
    pub fn summary(&self) -> String {
        match self {
            Self::Accepted(accepted) => {
                let Accepted { event, assurance, audience, .. } = accepted;
                let [event, assurance, audience] = [event, assurance, audience].map(|text| printable(text));
                format!("{GREEN}accepted{GREEN:#}  {event}  assurance {assurance}, audience {audience}")
            }
            Self::Refused(refused) => format!("{RED}refused{RED:#}   {}", printable(&refused.message)),
        }
    }
}

const GREEN: Style = AnsiColor::Green.on_default().bold();
const RED: Style = AnsiColor::Red.on_default().bold();

impl Proved {
    fn of(proof: &countersign::webhook::Proof) -> Self {
        Self {
            scheme: word(&proof.scheme()),
            key_id: proof.key_id().to_owned(),
            certificate_out_of_time: proof.is_certificate_out_of_time(),
        }
    }
}

impl Found {
    /// What is wrong, as far as that is sure, and the key that it is about.
    fn cause(&self) -> String {
        let perhaps = if self.certain { "" } else { "perhaps " };
        let key = self.key_id.as_ref().map_or_else(String::new, |id| format!(" (key `{id}`)"));
        printable(&format!("{perhaps}{}{key}", self.cause))
    }

    fn of(finding: &Finding) -> Self {
        Self {
            cause: finding.cause().to_string(),
            remedy: finding.remedy().to_owned(),
            scheme: finding.scheme().map(|scheme| word(&scheme)),
            key_id: finding.key_id().map(str::to_owned),
            certain: finding.is_certain(),
        }
    }
}

/// Several lines, for somebody who asked.
impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted(accepted) => accepted.fmt(formatter),
            Self::Refused(refused) => refused.fmt(formatter),
        }
    }
}

impl fmt::Display for Accepted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let schemes = self.proofs.iter().map(|proof| {
            let late =
                if proof.certificate_out_of_time { ", whose certificate is out of its time" } else { "" };
            format!("{} (key `{}`{late})", proof.scheme, proof.key_id)
        });
        let schemes = schemes.collect::<Vec<_>>().join(", ");
        let (assurance, audience) = (explained(&self.assurance), explained(&self.audience));
        let facts = [
            ("assurance", format!("{}: {assurance}", self.assurance)),
            ("proved by", schemes),
            ("audience", format!("{}: {audience}", self.audience)),
            ("reference", self.reference.clone().unwrap_or_default()),
            ("dedupe key", self.dedupe_key.clone()),
        ];
        let what = printable(&format!("{}: {}", self.provider, self.event));
        write!(formatter, "{GREEN}accepted{GREEN:#}    {what}")?;
        let mut facts = facts.iter().filter(|(_, fact)| !fact.is_empty());
        facts.try_for_each(|(name, fact)| write!(formatter, "\n{name:<12}{}", printable(fact)))
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { provider, message, status, findings, complete, .. } = self;
        let what = printable(&format!("{provider}: {message}"));
        write!(formatter, "{RED}not accepted{RED:#}  {what}")?;
        write!(formatter, "\n              it would be answered with {status}")?;
        let Some(findings) = findings else {
            return write!(formatter, "\n              `--explain` tries to find out why");
        };
        findings.iter().try_for_each(|found| {
            write!(formatter, "\n- {}\n  -> {}", found.cause(), printable(&found.remedy))
        })?;
        if !findings.iter().any(|found| found.certain) {
            let tried = if *complete { "" } else { ", and not all were tried" };
            write!(
                formatter,
                "\n- none of the usual mistakes explains it for certain{tried}\n  -> compare the body with what was \
                 sent, and the key with what the provider shows",
            )?;
        }
        Ok(())
    }
}

fn explained(word: &str) -> &'static str {
    match word {
        "payload" => "a signature covers exactly the data",
        "sender" => "a secret came with it; nothing covers the data, so confirm it by the API",
        "matched" => "it is meant for you",
        "not-named" => "it names nobody, so confirm it by the API",
        "not-checked" => "you accept those of others",
        _ => "see the documentation of the SDK",
    }
}

/// A variant as a word: `NotNamed` is `not-named`.
pub fn word(variant: &impl fmt::Debug) -> String {
    words(&format!("{variant:?}")).replace(' ', "-")
}

/// How much has to be proved, on the command line.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum Least {
    /// A secret came with it, or in its address.
    Sender,
    /// A signature covers the data.
    Payload,
}

impl From<Least> for Assurance {
    fn from(least: Least) -> Self {
        match least {
            Least::Sender => Self::Sender,
            Least::Payload => Self::Payload,
        }
    }
}
