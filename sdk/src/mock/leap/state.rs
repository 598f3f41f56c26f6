//! What a mock of Leap remembers, and what its operations do with it.

use super::api::Refusal;
use super::form::{Document, Start};
use super::process::{Process, SignError, Signer};
use crate::leap::{EventType, ProjectId, ProjectStatus};
use crate::mock::clock::Clock;
use crate::mock::outbox::{Addressed, Outbox};
use crate::mock::stale::Stale;
use crate::mock::{id, lock};
use crate::runtime::{Secret, Timestamp};
use bytes::Bytes;
use serde_json::{Value, json};
use std::sync::Mutex;

pub(super) struct State {
    pub key: Secret,
    pub clock: Clock,
    pub outbox: Outbox,
    pub stale: Stale<Store>,
    store: Mutex<Store>,
}

#[derive(Clone, Default)]
pub(super) struct Store {
    processes: Vec<Stored>,
    /// Projects that were not started by the Sign API.
    foreign: Vec<ProjectId>,
}

#[derive(Clone)]
struct Stored {
    process: Process,
    document: Bytes,
    events: Vec<Value>,
}

impl Store {
    fn place(&self, id: &str) -> Option<usize> {
        self.processes.iter().position(|stored| stored.process.id.as_str() == id)
    }

    fn find(&self, id: &str) -> Option<&Stored> {
        self.processes.iter().find(|stored| stored.process.id.as_str() == id)
    }

    fn find_mut(&mut self, id: &str) -> Option<&mut Stored> {
        self.processes.iter_mut().find(|stored| stored.process.id.as_str() == id)
    }

    /// What an id that is no signing process is.
    fn missing(&self, id: &str) -> Refusal {
        let is_foreign = self.foreign.iter().any(|foreign| foreign.as_str() == id);
        if is_foreign { Refusal::foreign() } else { Refusal::unknown() }
    }
}

impl State {
    pub fn new(key: Secret, outbox: Outbox) -> Self {
        let (clock, stale) = (Clock::default(), Stale::default());
        Self { key, clock, outbox, stale, store: Mutex::default() }
    }

    pub fn copy(&self) -> Store {
        lock(&self.store).clone()
    }

    /// The processes as a call reads them.
    fn seen(&self) -> Store {
        self.stale.read(self.clock.now()).unwrap_or_else(|| self.copy())
    }

    pub fn start(&self, start: Start) -> Value {
        let Start { name, owner, signers, ordered_signers, additional_recipients, callback_url, document } =
            start;
        let Document { file_name, media_type, bytes } = document;
        let process = Process {
            id: ProjectId::from(id::uuid()),
            name,
            status: ProjectStatus::Live,
            owner,
            signers: signers.into_iter().map(|person| Signer { person, has_signed: false }).collect(),
            ordered_signers,
            additional_recipients,
            callback_url,
            file_name,
            media_type,
            started_at: Timestamp::from(self.clock.now()).to_string(),
        };
        let data = process.data();
        lock(&self.store).processes.push(Stored { process, document: bytes, events: Vec::new() });
        data
    }

    /// Of a foreign project nothing is told, not even that it is there.
    pub fn data(&self, id: &str) -> Result<Value, Refusal> {
        self.seen().find(id).map(|stored| stored.process.data()).ok_or_else(Refusal::unknown)
    }

    pub fn cancel(&self, id: &str) -> Result<(), Refusal> {
        let mut store = lock(&self.store);
        let missing = store.missing(id);
        let process = &mut store.find_mut(id).ok_or(missing)?.process;
        if process.status == ProjectStatus::Completed {
            return Err(Refusal::bad("the project is completed"));
        }
        process.status = ProjectStatus::Canceled;
        Ok(())
    }

    pub fn delete(&self, id: &str) -> Result<(), Refusal> {
        let mut store = lock(&self.store);
        let place = store.place(id).ok_or_else(|| store.missing(id))?;
        store.processes.remove(place);
        Ok(())
    }

    pub fn events(&self, id: &str) -> Result<Value, Refusal> {
        let store = self.seen();
        store.find(id).map(|stored| Value::Array(stored.events.clone())).ok_or_else(Refusal::unknown)
    }

    pub fn process(&self, id: &str) -> Option<Process> {
        lock(&self.store).find(id).map(|stored| stored.process.clone())
    }

    pub fn processes(&self) -> Vec<Process> {
        lock(&self.store).processes.iter().map(|stored| stored.process.clone()).collect()
    }

    pub fn document(&self, id: &str) -> Option<Bytes> {
        lock(&self.store).find(id).map(|stored| stored.document.clone())
    }

    pub fn sign(&self, id: &str, signer: usize) -> Result<(), SignError> {
        let mut store = lock(&self.store);
        self.sign_in(&mut store.find_mut(id).ok_or(SignError::UnknownProcess)?.process, signer)
    }

    /// Those who have signed before are left out.
    pub fn sign_all(&self, id: &str) -> Result<(), SignError> {
        let mut store = lock(&self.store);
        let process = &mut store.find_mut(id).ok_or(SignError::UnknownProcess)?.process;
        if process.status != ProjectStatus::Live {
            return Err(SignError::NotLive);
        }
        let open = process.signers.iter().enumerate().filter(|(_, signer)| !signer.has_signed);
        let open = open.map(|(index, _)| index).collect::<Vec<_>>();
        open.into_iter().try_for_each(|signer| self.sign_in(process, signer))
    }

    /// With the last signature there is something to tell. Nothing else is.
    fn sign_in(&self, process: &mut Process, signer: usize) -> Result<(), SignError> {
        process.sign(signer)?;
        if let (ProjectStatus::Completed, Some(url)) = (&process.status, &process.callback_url) {
            self.outbox.add(Addressed::new(process.id.as_str(), "completed", url, self.outbox.unknown()));
        }
        Ok(())
    }

    pub fn due(&self) -> Vec<Addressed> {
        self.outbox.take()
    }

    pub fn set_status(&self, id: &str, status: ProjectStatus) -> bool {
        let mut store = lock(&self.store);
        let found = store.find_mut(id);
        found.map(|stored| stored.process.status = status).is_some()
    }

    pub fn add_foreign_project(&self) -> ProjectId {
        let id = ProjectId::from(id::uuid());
        lock(&self.store).foreign.push(id.clone());
        id
    }

    /// An entry in the documented form. Who did it is made up.
    pub fn add_event(&self, id: &str, event: &EventType) -> bool {
        // The documented times have milliseconds, and an offset in digits; our clock counts seconds.
        let time = Timestamp::from(self.clock.now()).to_string().replace('Z', ".000+00:00");
        let mut store = lock(&self.store);
        let Some(Stored { process, events, .. }) = store.find_mut(id) else { return false };
        events.push(json!({
            "id": id::uuid(),
            "collaboratorId": id::uuid(),
            "collaboratorEmail": process.owner.email,
            "collaboratorFullName": process.owner.name,
            "creationDate": time,
            "eventTags": {
                "project-name": process.name,
                "project-description": null,
                "project-id": process.id,
                "project-status": process.status,
            },
            "eventType": event,
            "status": "SUCCESS",
        }));
        true
    }
}
