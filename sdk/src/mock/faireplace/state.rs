//! What a mock of FairePlace remembers, and what its operations do with it.

use super::code::{Code, after};
use super::refusal::Refusal;
use crate::faireplace::signatures::{InitiateInput, SignerType, ValidateOtpInput};
use crate::faireplace::workers::FinalizeInput;
use crate::mock::clock::Clock;
use crate::mock::stale::Stale;
use crate::mock::{id, lock};
use crate::runtime::Secret;
use serde_json::{Value, json};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

const LIFETIME: Duration = Duration::from_secs(14 * 24 * 60 * 60);
const CREDITS: u32 = 100;

pub(super) struct State {
    pub organisation: String,
    pub api_key: Secret,
    pub worker_key: Secret,
    pub clock: Clock,
    pub stale: Stale<Store>,
    store: Mutex<Store>,
}

#[derive(Clone)]
pub(super) struct Store {
    credits: u32,
    leases: Vec<Lease>,
}

#[derive(Clone)]
struct Lease {
    id: String,
    pdf: String,
    status: &'static str,
    signature: Option<Signature>,
}

#[derive(Clone)]
struct Signature {
    id: String,
    document: String,
    expires: SystemTime,
    is_closed: bool,
    signers: Vec<Signer>,
}

#[derive(Clone)]
struct Signer {
    role: SignerType,
    name: Option<String>,
    request: String,
    is_complete: bool,
    code: Option<Code>,
}

impl Lease {
    /// A signature of these signers is under way, and the first of them has a code.
    fn start(&mut self, signers: Vec<(SignerType, Option<String>)>, now: SystemTime) -> &Signature {
        let each = |(role, name)| Signer { role, name, request: id::uuid(), is_complete: false, code: None };
        let mut signers = signers.into_iter().map(each).collect::<Vec<_>>();
        signers.sort_by_key(|signer| !signs_for_the_owner(&signer.role));
        let mut signature = Signature {
            id: id::ulid("sig-", now),
            document: id::uuid(),
            expires: after(now, LIFETIME),
            is_closed: false,
            signers,
        };
        signature.send_code(now);
        self.status = "PENDING_SIGNATURE";
        self.signature.insert(signature)
    }
}

fn signs_for_the_owner(role: &SignerType) -> bool {
    use SignerType::{Agent, AgentPascal, Owner, OwnerPascal};
    matches!(role, Agent | AgentPascal | Owner | OwnerPascal)
}

impl Signature {
    fn is_complete(&self) -> bool {
        self.signers.iter().all(|signer| signer.is_complete)
    }

    /// The one whose turn it is.
    fn current(&mut self) -> Option<&mut Signer> {
        self.signers.iter_mut().find(|signer| !signer.is_complete)
    }

    fn send_code(&mut self, now: SystemTime) {
        if let Some(signer) = self.current() {
            signer.code = Some(Code::sent_at(now));
        }
    }

    fn state(&self, now: SystemTime) -> &'static str {
        match self {
            _ if self.is_closed => "COMPLETED",
            _ if now >= self.expires => "EXPIRED",
            _ => "SIGNING",
        }
    }

    fn check_open(&self, now: SystemTime) -> Result<(), Refusal> {
        if self.state(now) == "SIGNING" { Ok(()) } else { Err(Refusal::rule("Nothing is being signed.")) }
    }

    fn signers(&self) -> Value {
        let each = |(place, signer): (usize, &Signer)| {
            let status = match signer {
                Signer { is_complete: true, .. } => "COMPLETED",
                Signer { code: Some(_), .. } => "OtpSent",
                _ => "Pending",
            };
            let mut shown = json!({ "type": signer.role, "status": status, "order": place + 1 });
            if let Some((members, name)) = shown.as_object_mut().zip(signer.name.as_ref()) {
                members.insert("name".to_owned(), name.as_str().into());
            }
            shown
        };
        self.signers.iter().enumerate().map(each).collect()
    }
}

impl Store {
    fn lease(&mut self, id: &str) -> Result<&mut Lease, Refusal> {
        check_uuid(id)?;
        self.leases.iter_mut().find(|lease| lease.id == id).ok_or_else(Refusal::not_found)
    }

    fn document(&mut self, id: &str) -> Result<(&mut &'static str, &mut Signature), Refusal> {
        check_uuid(id)?;
        let mut documents = self.leases.iter_mut().filter_map(|lease| {
            let signature = lease.signature.as_mut().filter(|signature| signature.document == id)?;
            Some((&mut lease.status, signature))
        });
        documents.next().ok_or_else(Refusal::not_found)
    }
}

fn check_uuid(id: &str) -> Result<(), Refusal> {
    let fits = |(place, byte): (usize, u8)| match place {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    };
    let is_uuid = id.len() == 36 && id.bytes().enumerate().all(fits);
    if is_uuid { Ok(()) } else { Err(Refusal::invalid("The id is no UUID.")) }
}

impl State {
    pub fn new(organisation: String, api_key: Secret, worker_key: Secret) -> Self {
        let store = Mutex::new(Store { credits: CREDITS, leases: Vec::new() });
        let (clock, stale) = (Clock::default(), Stale::default());
        Self { organisation, api_key, worker_key, clock, stale, store }
    }

    pub fn copy(&self) -> Store {
        lock(&self.store).clone()
    }

    /// A new lease that can be signed, as its id and that of its PDF.
    pub fn add_lease(&self) -> (String, String) {
        let (id, pdf) = (id::uuid(), id::uuid());
        let lease = Lease { id: id.clone(), pdf: pdf.clone(), status: "DRAFT", signature: None };
        lock(&self.store).leases.push(lease);
        (id, pdf)
    }

    /// A new lease that is being signed, as its id and that of the document.
    pub fn start(&self, roles: Vec<SignerType>) -> (String, String) {
        let now = self.clock.now();
        let mut lease = Lease { id: id::uuid(), pdf: id::uuid(), status: "DRAFT", signature: None };
        let document =
            lease.start(roles.into_iter().map(|role| (role, None)).collect(), now).document.clone();
        let id = lease.id.clone();
        lock(&self.store).leases.push(lease);
        (id, document)
    }

    pub fn set_credits(&self, credits: u32) {
        lock(&self.store).credits = credits;
    }

    pub fn credits(&self) -> u32 {
        lock(&self.store).credits
    }

    pub fn lease_status(&self, lease: &str) -> Option<&'static str> {
        lock(&self.store).lease(lease).ok().map(|lease| lease.status)
    }

    /// When the time for signing is over, if something is being signed.
    pub fn deadline(&self, lease: &str) -> Option<SystemTime> {
        lock(&self.store).lease(lease).ok()?.signature.as_ref().map(|signature| signature.expires)
    }

    /// The document that is being signed.
    pub fn document_of(&self, lease: &str) -> Option<String> {
        lock(&self.store).lease(lease).ok()?.signature.as_ref().map(|signature| signature.document.clone())
    }

    /// The code of the one whose turn it is.
    pub fn current_code(&self, lease: &str) -> Option<String> {
        let mut store = lock(&self.store);
        let signer = store.lease(lease).ok()?.signature.as_mut()?.current()?;
        signer.code.as_ref().map(|code| code.digits.clone())
    }

    /// The code that a signer has got.
    pub fn code(&self, lease: &str, role: &SignerType) -> Option<String> {
        let mut store = lock(&self.store);
        let signers = &store.lease(lease).ok()?.signature.as_ref()?.signers;
        let signer = signers.iter().find(|signer| signer.role == *role && !signer.is_complete)?;
        Some(signer.code.as_ref()?.digits.clone())
    }

    pub fn initiate(&self, lease: &str, new: InitiateInput) -> Result<Value, Refusal> {
        let now = self.clock.now();
        let mut store = lock(&self.store);
        let credits = store.credits;
        let lease = store.lease(lease)?;
        let pdf = new.pdf_id.ok_or_else(|| Refusal::invalid("`pdf_id` is missing."))?;
        let mut signers = Vec::new();
        for signer in new.signers.unwrap_or_default() {
            let role = signer.type_.ok_or_else(|| Refusal::invalid("The type of a signer is missing."))?;
            if !role.is_known() {
                return Err(Refusal::invalid("The type of a signer is not known."));
            }
            if signers.iter().any(|(other, _)| *other == role) {
                return Err(Refusal::rule("A signer is there twice."));
            }
            signers.push((role, signer.name));
        }
        if signers.is_empty() {
            return Err(Refusal::invalid("`signers` is missing."));
        }
        if pdf.as_str() != lease.pdf {
            return Err(Refusal::rule("The lease has no such PDF."));
        }
        if !matches!(lease.status, "DRAFT" | "ACTIVE") {
            return Err(Refusal::rule("The lease is being signed."));
        }
        if credits == 0 {
            return Err(Refusal::rule("There is no credit."));
        }
        let signature = lease.start(signers, now);
        let answer =
            json!({ "signature_id": signature.id, "status": "Pending", "signers": signature.signers() });
        store.credits = credits - 1;
        Ok(answer)
    }

    pub fn status(&self, lease: &str) -> Result<Value, Refusal> {
        let now = self.clock.now();
        let mut store = self.stale.read(now).unwrap_or_else(|| self.copy());
        let lease = store.lease(lease)?;
        let signature = lease.signature.as_ref().ok_or_else(Refusal::not_found)?;
        Ok(json!({
            "lease_status": lease.status,
            "document_signature_id": signature.document,
            "status": signature.state(now),
            "signers": signature.signers(),
        }))
    }

    pub fn validate(&self, lease: &str, given: &ValidateOtpInput) -> Result<Value, Refusal> {
        let now = self.clock.now();
        let mut store = lock(&self.store);
        let lease = store.lease(lease)?;
        let missing = || Refusal::invalid("`document_signature_id` or `otp` is missing.");
        let document = given.document_signature_id.as_ref().ok_or_else(missing)?;
        let otp = given.otp.as_deref().ok_or_else(missing)?;
        let signature = lease.signature.as_mut();
        let signature = signature.filter(|signature| signature.document == document.as_str());
        let signature = signature.ok_or_else(Refusal::not_found)?;
        signature.check_open(now)?;
        let signer = signature.current().ok_or_else(|| Refusal::rule("Everybody has signed."))?;
        let code = signer.code.as_mut().ok_or_else(|| Refusal::rule("No code was sent."))?;
        code.check(otp, now)?;
        signer.is_complete = true;
        if signature.is_complete() {
            signature.is_closed = true;
            lease.status = "ACTIVE";
        } else {
            signature.send_code(now);
        }
        let left = signature.signers.iter().filter(|signer| !signer.is_complete).count();
        let pdf = signature.is_closed.then(|| format!("https://files.invalid/{document}.pdf"));
        Ok(json!({
            "success": true,
            "message": "Signed.",
            "document_signature_id": document,
            "signer_status": "COMPLETED",
            "document_status": signature.state(now),
            "remaining_signers": left,
            "signed_pdf_url": pdf,
        }))
    }

    pub fn resend(&self, lease: &str, role: &str) -> Result<Value, Refusal> {
        let now = self.clock.now();
        let mut store = lock(&self.store);
        let signature = store.lease(lease)?.signature.as_mut().ok_or_else(Refusal::not_found)?;
        if !signature.signers.iter().any(|signer| signer.role == *role) {
            return Err(Refusal::not_found());
        }
        signature.check_open(now)?;
        let signer = signature.current().filter(|signer| signer.role == *role);
        let signer = signer.ok_or_else(|| Refusal::rule("It is not their turn."))?;
        if signer.code.as_ref().is_some_and(|code| !code.may_follow(now)) {
            return Err(Refusal::rule("60 seconds have to pass between two codes."));
        }
        signer.code = Some(Code::sent_at(now));
        Ok(json!({ "success": true, "message": "A code was sent." }))
    }

    pub fn complete(&self, document: &str, role: &str) -> Result<Value, Refusal> {
        let mut store = lock(&self.store);
        let (_, signature) = store.document(document)?;
        let is_closed = signature.is_closed;
        let signer = signature.signers.iter_mut().find(|signer| signer.role == *role);
        let signer = signer.ok_or_else(Refusal::not_found)?;
        if is_closed && !signer.is_complete {
            return Err(Refusal::rule("The document is closed."));
        }
        signer.is_complete = true;
        Ok(json!({
            "success": true,
            "message": "Signature request completed.",
            "document_signature_id": document,
            "signer_type": signer.role,
            "signature_request_id": signer.request,
        }))
    }

    /// Closes the document in any case; only its lease tells whether everybody had signed.
    pub fn finalize(&self, document: &str, result: &FinalizeInput) -> Result<Value, Refusal> {
        let mut store = lock(&self.store);
        let (lease_status, signature) = store.document(document)?;
        if result.signed_pdf_url.is_none() {
            return Err(Refusal::invalid("`signed_pdf_url` is missing."));
        }
        if !signature.is_closed && signature.is_complete() {
            *lease_status = "ACTIVE";
        }
        signature.is_closed = true;
        Ok(json!({ "success": true, "message": "Document finalized.", "document_signature_id": document }))
    }
}
