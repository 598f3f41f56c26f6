//! Why a callback is not accepted, found out by trying what usually goes wrong.

mod address;
mod bodies;
mod cause;
mod decoration;
#[cfg(feature = "rsa")]
mod form_as_json;
mod hmac;
#[cfg(feature = "rsa")]
mod opened;
#[cfg(feature = "rsa")]
mod rsa;
mod secret;
mod work;

pub use cause::Cause;

#[cfg(feature = "rsa")]
use super::callbacks::Carried;
use super::callbacks::{Callbacks, Opened, PayloadProof};
use super::delivery::Delivery;
use super::expected::Expected;
use super::keys::{Key, KeySet, Keys};
use super::proof::Scheme;
use super::rejection::{Reason, Rejection};
use super::verifier::{Verifier, admit};
use crate::runtime::Secret;
use bodies::MARK;
use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;
use work::Work;

/// Why a delivery is not accepted, as far as it can be found out; see [`Verifier::explain`].
///
/// It names causes and remedies, keys by their ids, pinned certificates by their fingerprints, headers by their names, and
/// whom the verifier expects. It holds neither what was sent nor a signature that would have been right, so it can be shown
/// and logged.
#[derive(Clone, Debug)]
pub struct Explanation {
    rejection: Option<Rejection>,
    findings: Vec<Finding>,
    is_complete: bool,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    cause: Cause,
    scheme: Option<Scheme>,
    key_id: Option<String>,
    is_certain: bool,
}

impl Explanation {
    /// Why it was rejected; `None` if it is accepted.
    #[must_use]
    pub fn rejection(&self) -> Option<&Rejection> {
        self.rejection.as_ref()
    }

    /// What was found: the certain things first, and of the others those for which something in the request speaks. Empty if
    /// it is accepted, or if nothing that was tried explains it.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Returns `true` if everything was tried that usually goes wrong. A large body and many keys make for more trials than are made.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.is_complete
    }
}

impl Finding {
    /// What is wrong.
    #[must_use]
    pub fn cause(&self) -> &Cause {
        &self.cause
    }

    /// What to do about it.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        self.cause.remedy()
    }

    /// Which scheme it is about, if any.
    #[must_use]
    pub fn scheme(&self) -> Option<Scheme> {
        self.scheme
    }

    /// Which key it is about, if any.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// Whether it was tried: with this undone, the proof holds. Otherwise it is something that does not fit and may be
    /// the reason.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        self.is_certain
    }
}

/// Said of mistakes of which not all were tried.
const INCOMPLETE: &str = ", and not all were tried, for the size of the body or the number of keys";

/// What was found, one finding per line, with its remedy.
impl fmt::Display for Explanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.rejection {
            None => return formatter.write_str("accepted"),
            Some(rejection) => write!(formatter, "not accepted: {rejection}")?,
        }
        self.findings.iter().try_for_each(|finding| write!(formatter, "\n- {finding}"))?;
        if !self.findings.iter().any(Finding::is_certain) {
            let tried = if self.is_complete { "" } else { INCOMPLETE };
            write!(
                formatter,
                "\n- none of the usual mistakes explains it for certain{tried}: compare the body with what was sent, and \
                 the key with what the provider shows",
            )?;
        }
        Ok(())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let perhaps = if self.is_certain { "" } else { "perhaps " };
        write!(formatter, "{perhaps}{}", self.cause)?;
        if let Some(id) = &self.key_id {
            write!(formatter, " (key `{id}`)")?;
        }
        write!(formatter, "; {}", self.remedy())
    }
}

impl<E: Callbacks> Verifier<E> {
    /// Finds out why a delivery that was captured is not accepted at a time, usually when it was received.
    ///
    /// It undoes what frameworks, proxies and people usually do to a request, and looks whether the proof holds then: JSON
    /// that was parsed and written again, line breaks that were added or lost, a signature written in another way, a key
    /// that was read in another way or is retired, and so on.
    ///
    /// **It is for looking into a failure, not for answering requests.** It takes as long as hashing 64 MiB does at most,
    /// which is up to half a second of one core; a usual callback takes a few milliseconds. Whoever calls the address could
    /// have that done for each request, and a worker of an asynchronous runtime does nothing else meanwhile: call it for
    /// what was captured, or by `tokio::task::spawn_blocking` and for few requests at a time.
    ///
    /// ```
    /// # #[cfg(feature = "signly")] {
    /// use countersign::Secret;
    /// use countersign::signly::webhook::Verifier;
    /// use countersign::webhook::{Cause, Delivery};
    /// use std::time::SystemTime;
    ///
    /// let secret = Secret::chosen("correct horse battery staple")?;
    /// let verifier = Verifier::builder().shared_secret("X-Client-Auth", secret).tenant("58bff266").build()?;
    ///
    /// let captured = http::Request::post("/callbacks/signly")
    ///     .header("X-Client-Auth", "Bearer correct horse battery staple")
    ///     .body(r#"{"eventId":"evt_01","type":"PROCESS_COMPLETED","tenantId":"58bff266"}"#)?;
    /// let explanation = verifier.explain(&Delivery::from(captured), SystemTime::now());
    /// assert_eq!(explanation.findings()[0].cause(), &Cause::DecoratedSecret);
    /// println!("{explanation}");
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn explain(&self, delivery: &Delivery, now: SystemTime) -> Explanation {
        let Err(rejection) = self.verify(delivery, now) else {
            return Explanation { rejection: None, findings: Vec::new(), is_complete: true };
        };
        let (mut findings, mut work) = (Findings(Vec::new()), Work::new());
        self.find_out(delivery, now, &rejection, &mut work, &mut findings);
        findings.explaining(rejection, &work)
    }

    fn find_out(
        &self,
        delivery: &Delivery,
        now: SystemTime,
        rejection: &Rejection,
        work: &mut Work,
        findings: &mut Findings,
    ) {
        if let Err(refused) = admit(delivery, self.body_limit) {
            return findings.certain(match refused.reason() {
                Reason::WrongMethod => Cause::WrongMethod,
                _ => Cause::BodyLimit,
            });
        }
        if let Some(urls) = &self.urls {
            urls.explain(delivery, now, &self.secrets(), findings);
        }
        if let Some(secret) = &self.secret {
            secret.explain(delivery, now, &self.secrets(), findings);
        }
        #[cfg(feature = "rsa")]
        if let Some(form) = E::open_form_as_json(delivery) {
            // Whatever else may be said of such a body, it is no reason to want less proof.
            self.explain_form_as_json(&form, delivery, now, work, findings);
            return changed_on_the_way(delivery, findings);
        }
        let opened = E::open(delivery).ok();
        if let Some(opened) = &opened {
            self.explain_payload(opened, delivery, now, work, findings);
        }
        if self.is_accepted_without_mark(delivery, now) {
            return findings.certain_unless_found(Cause::ByteOrderMark);
        }
        if is_compressed(delivery) {
            // Neither event nor audience is to be seen. What is signed may be what came.
            let is_certain = rejection.reason() != Reason::WrongCredential;
            return findings.add(Cause::Compressed, None, None, is_certain);
        }
        if let Some(opened) = &opened {
            if rejection.reason() == Reason::MissingCredential && findings.0.is_empty() {
                findings.certain(Cause::UnsignedKind);
            }
            self.explain_audience(opened, delivery, now, rejection, findings);
        }
        if rejection.reason() == Reason::TooWeak {
            findings.certain(Cause::TooWeak);
        }
        if rejection.reason() != Reason::WrongAudience {
            changed_on_the_way(delivery, findings);
        }
        #[cfg(feature = "rsa")]
        if let (Some(Opened { payload, proof: PayloadProof::Signature { carried, .. }, .. }), Some(keys)) =
            (&opened, &self.rsa)
            && findings.0.iter().all(|finding| finding.cause.is_about_audience())
        {
            rsa::explain_certificates(keys, payload, carried, now, findings);
        }
    }

    /// Returns `true` if a byte order mark is all that is wrong.
    fn is_accepted_without_mark(&self, delivery: &Delivery, now: SystemTime) -> bool {
        let rest = delivery.body().strip_prefix(MARK).map(Bytes::copy_from_slice);
        rest.is_some_and(|rest| self.verify(&delivery.clone().with_body(rest), now).is_ok())
    }

    fn explain_payload(
        &self,
        opened: &Opened<E::Kind>,
        delivery: &Delivery,
        now: SystemTime,
        work: &mut Work,
        findings: &mut Findings,
    ) {
        if let (PayloadProof::Body, Some(hmac)) = (&opened.proof, &self.hmac)
            && hmac.verify(delivery, now).is_err()
        {
            hmac.explain(delivery, now, &self.secrets(), work, findings);
        }
        #[cfg(feature = "rsa")]
        if let (PayloadProof::Signature { carried, header }, Some(keys)) = (&opened.proof, &self.rsa) {
            match (carried, header) {
                (Carried::Missing, Some(header)) => findings.certain(Cause::MissingHeader(header.clone())),
                (Carried::Missing, None) => findings.certain(Cause::MissingSignature),
                (Carried::Twice, Some(header)) => findings.certain(Cause::DuplicateHeader(header.clone())),
                (Carried::Twice, None) => findings.certain(Cause::DuplicateSignature),
                (Carried::Once(text), header) => {
                    let signature = (text.as_ref(), header.as_ref());
                    match rsa::best_trial(keys, &opened.payload, signature, delivery, now, work) {
                        Some(trial) => findings.undone(trial, Scheme::Rsa),
                        None => rsa::explain_signer(keys, text, now, work, findings),
                    }
                }
            }
        }
    }

    /// What is wrong with the audience, or with the event itself, which is only looked at once it is proved.
    fn explain_audience(
        &self,
        opened: &Opened<E::Kind>,
        delivery: &Delivery,
        now: SystemTime,
        rejection: &Rejection,
        findings: &mut Findings,
    ) {
        let found = self.read_as_addressed(opened, delivery, now);
        let is_for = |expected| E::read(opened, delivery, expected, None).is_ok();
        let cause = match found {
            Err(Reason::WrongAudience) if is_for(&self.expected) => Cause::OtherAddressee,
            Err(Reason::WrongAudience) if is_for(&Expected::AnyEvenAnotherCustomers) => {
                Cause::WrongAudience(self.expected.names().to_vec())
            }
            Err(Reason::AudienceMissing) => Cause::AudienceMissing,
            Err(Reason::MalformedBody) if rejection.reason() == Reason::MalformedBody => {
                Cause::UnreadableBody
            }
            _ => return,
        };
        findings.add(cause, None, None, found == Err(rejection.reason()));
    }

    /// Reads the event, whatever its proof is worth, with what is said of its audience by what does prove it.
    fn read_as_addressed(
        &self,
        opened: &Opened<E::Kind>,
        delivery: &Delivery,
        now: SystemTime,
    ) -> Result<(), Reason> {
        let by_url = self.urls.as_ref().and_then(|urls| urls.verify(delivery, now).ok());
        let (by_url, reference) = by_url.unzip();
        let by_secret = self.secret.as_ref().and_then(|secret| secret.verify(delivery, now).ok());
        let by_signature = self.prove_payload(opened, delivery, now).ok().flatten();
        let proofs = [by_url, by_secret, by_signature];
        let reference = reference.as_deref();
        let expected = self.expected.given::<E>(proofs.iter().flatten(), reference);
        let read = expected.and_then(|expected| E::read(opened, delivery, &expected, reference));
        read.map(drop).map_err(|rejection| rejection.reason())
    }

    /// The secrets that this verifier has for headers and addresses.
    fn secrets(&self) -> Vec<(String, Secret)> {
        let for_header = self.secret.as_ref().map(|secret| &secret.secrets);
        let for_addresses = self.urls.as_ref().map(|urls| &urls.keys);
        let sets = for_header.into_iter().chain(for_addresses).map(Keys::current);
        let all = |set: Arc<KeySet<Secret>>| {
            set.all().iter().map(|key| (key.id().to_owned(), key.material().clone())).collect::<Vec<_>>()
        };
        sets.flat_map(all).collect()
    }
}

/// What does not fit between the headers and the body that is here.
fn changed_on_the_way(delivery: &Delivery, findings: &mut Findings) {
    let header = |name| delivery.headers().get(name).and_then(|value| value.to_str().ok());
    if is_encoded(delivery) {
        findings.likely(Cause::Decompressed);
    } else if header(CONTENT_LENGTH).is_some_and(|length| length.trim().parse() != Ok(delivery.body().len()))
    {
        findings.likely(Cause::OtherLength);
    }
}

/// Returns `true` if a header says that the body is compressed.
fn is_encoded(delivery: &Delivery) -> bool {
    let mut codings = delivery.headers().get_all(CONTENT_ENCODING).iter();
    codings.any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// Returns `true` if the body is compressed, as far as that can be seen: gzip begins so, and nothing that is compressed is text.
fn is_compressed(delivery: &Delivery) -> bool {
    let body = delivery.body();
    body.starts_with(&[0x1f, 0x8b]) || is_encoded(delivery) && std::str::from_utf8(body).is_err()
}

/// Findings while they are collected.
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, cause: Cause, scheme: Option<Scheme>, key_id: Option<&str>, is_certain: bool) {
        let finding = Finding { cause, scheme, key_id: key_id.map(str::to_owned), is_certain };
        if !self.0.contains(&finding) {
            self.0.push(finding);
        }
    }

    fn certain(&mut self, cause: Cause) {
        self.add(cause, None, None, true);
    }

    fn certain_unless_found(&mut self, cause: Cause) {
        if self.0.iter().all(|finding| finding.cause != cause) {
            self.certain(cause);
        }
    }

    fn likely(&mut self, cause: Cause) {
        self.add(cause, None, None, false);
    }

    /// Everything that had to be undone before a proof held.
    fn undone(&mut self, trial: Trial, scheme: Scheme) {
        for cause in trial.causes {
            self.add(cause, Some(scheme), Some(&trial.key_id), true);
        }
    }

    fn explaining(mut self, rejection: Rejection, work: &Work) -> Explanation {
        // What something speaks for comes before what is only left over.
        self.0.sort_by_key(|finding| (!finding.is_certain, finding.cause.is_left_over()));
        Explanation { rejection: Some(rejection), findings: self.0, is_complete: !work.is_spent() }
    }
}

/// A way to undo mistakes after which the proof holds.
struct Trial {
    causes: Vec<Cause>,
    key_id: String,
}

impl Trial {
    /// The better one of two: that which supposes less.
    fn or(self, other: Option<Self>) -> Self {
        match other {
            Some(other) if other.causes.len() <= self.causes.len() => other,
            _ => self,
        }
    }
}

/// The ids of keys, which are no secret.
fn ids<K>(keys: &KeySet<K>) -> Vec<String> {
    keys.all().iter().map(|key| key.id().to_owned()).collect()
}

/// Why a key would not count at this time, if it matched.
fn untimely<K>(key: &Key<K>, now: SystemTime) -> Option<Cause> {
    (!key.is_valid_at(now)).then_some(Cause::KeyOutOfTime)
}
