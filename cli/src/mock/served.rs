//! A mock that is served, whichever it is.

use super::configuration::Configuration;
use crate::callbacks;
use crate::failure::Failure;
use crate::home;
use crate::mint::mint;
use crate::out::{Out, quoted};
use crate::provider::Provider;
use crate::stop;
use countersign::mock::{
    Delivered, Deliveries, Fault, NotPossible, Scene, Setup, faireplace, leap, legalesign, sign8, signly,
};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use url::Url;

/// Where SIGN8 would be told to call, if nobody says which organisation that is.
const ORGANISATION: &str = "mock-organisation";
/// Leases of FairePlace that can be signed: no call makes one.
const LEASES: usize = 3;
const ADA: &str = r#"{"name":"Ada Example","email":"ada@example.com"}"#;

/// What can be done with every mock.
pub trait Mock: Send + Sync {
    fn due(&self) -> Option<Deliveries>;
    fn stage(&self, scene: Scene, id: &str) -> Result<(), NotPossible>;
    fn advance(&self, by: Duration);
    fn set_delivery_attempts(&self, most: u32);
    fn fail_next(&self, fault: Fault);
    fn fail_next_on(&self, operation: &str, fault: Fault);
    fn stop_failing(&self);
    fn fail_by_seed(&self, seed: u64, share: f64);
}

macro_rules! mock {
    ($module:ident, $due:expr, $stage:ident, $attempts:expr) => {
        impl Mock for $module::Server {
            fn due(&self) -> Option<Deliveries> {
                $due(self)
            }

            fn stage(&self, scene: Scene, id: &str) -> Result<(), NotPossible> {
                self.$stage(scene, id)
            }

            fn advance(&self, by: Duration) {
                self.advance(by);
            }

            fn set_delivery_attempts(&self, most: u32) {
                $attempts(self, most);
            }

            fn fail_next(&self, fault: Fault) {
                self.fail_next(fault);
            }

            fn fail_next_on(&self, operation: &str, fault: Fault) {
                self.fail_next_on(operation, fault);
            }

            fn stop_failing(&self) {
                self.stop_failing();
            }

            fn fail_by_seed(&self, seed: u64, share: f64) {
                self.fail_by_seed(seed, share);
            }
        }
    };
}
mock!(faireplace, |_| None, play, |_, _| ());
mock!(leap, |server: &leap::Server| Some(server.due()), stage, leap::Server::set_delivery_attempts);
mock!(
    legalesign,
    |server: &legalesign::Server| Some(server.due()),
    stage,
    legalesign::Server::set_delivery_attempts
);
mock!(sign8, |server: &sign8::Server| Some(server.due()), stage, sign8::Server::set_delivery_attempts);
// How often Signly tries is a setting of each webhook.
mock!(signly, |server: &signly::Server| Some(server.due()), stage, |_, _| ());

/// A mock that is served.
pub struct Served {
    pub provider: Provider,
    /// That something may be due.
    pub happened: Arc<Notify>,
    face: Face,
}

/// A mock, and what an application has to know of it.
struct Face {
    mock: Box<dyn Mock>,
    base_url: String,
    /// What the application is configured with.
    environment: Vec<(&'static str, String)>,
    /// A first call.
    curl: String,
    /// What else there is to know.
    notes: Vec<String>,
    /// What the path of a story is about.
    subject: &'static str,
}

impl Served {
    pub async fn start(
        provider: Provider,
        setup: Setup,
        port: u16,
        happened: Arc<Notify>,
        forward_to: Option<&Url>,
    ) -> Result<Self, Failure> {
        let not_bound = |error: io::Error| stop::not_bound(port, &error);
        let face = match provider {
            Provider::Faireplace => {
                Face::faireplace(faireplace::Server::start_with(setup).await.map_err(not_bound)?)
            }
            Provider::Leap => Face::leap(leap::Server::start_with(setup).await.map_err(not_bound)?),
            Provider::Legalesign => {
                Face::legalesign(legalesign::Server::start_with(setup).await.map_err(not_bound)?)?
            }
            Provider::Sign8 => {
                let server = sign8::Server::start_with(sign8::profile(), setup).await;
                Face::sign8(server.map_err(not_bound)?, forward_to)?
            }
            Provider::Signly => Face::signly(signly::Server::start_with(setup).await.map_err(not_bound)?),
        };
        Ok(Self { provider, happened, face })
    }

    pub fn mock(&self) -> &dyn Mock {
        self.face.mock.as_ref()
    }

    /// What the application has to know, as data.
    pub fn announce(
        &self,
        control: &str,
        configuration: &Configuration,
        forward_to: Option<&Url>,
        out: Out,
    ) -> Result<(), Failure> {
        let name = self.provider.name();
        let play = format!("curl -X POST {control}/{name}/{}/everyone-signs", self.face.subject);
        let play = if self.provider == Provider::Sign8 {
            play.replace("everyone-signs", "second-signer-refuses")
        } else {
            play
        };
        let environment: Map<String, Value> =
            self.face.environment.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let data = json!({
            "provider": self.provider,
            "base_url": self.face.base_url,
            "environment": environment,
            "curl": self.face.curl,
            "control": format!("{control}/{name}"),
            "environment_file": configuration.path(),
            "notes": self.face.notes,
            "forward_to": forward_to.map(Url::as_str),
        });
        out.data(&data, || {
            let mut text = format!("{} at {}\n", self.provider.title(), self.face.base_url);
            for line in self.exports() {
                let _ = writeln!(text, "  {line}");
            }
            for note in &self.face.notes {
                let _ = writeln!(text, "  # {note}");
            }
            let _ = write!(text, "  {}\n  {play}\n", self.face.curl);
            text
        })
    }

    /// What the application is configured with, as a shell takes it.
    pub fn exports(&self) -> impl Iterator<Item = String> {
        self.face.environment.iter().map(|(name, value)| format!("export {name}={}", quoted(value)))
    }

    /// Sends what is due.
    pub async fn deliver(&self, forward_to: Option<&Url>, seed: Option<u64>) -> Vec<Delivered> {
        let Some(mut due) = self.mock().due().filter(|due| !due.is_empty()) else {
            return Vec::new();
        };
        if let Some(to) = forward_to.filter(|_| self.provider != Provider::Sign8) {
            due = due.forwarded_to(to.as_str());
        }
        if let Some(seed) = seed {
            due = due.stormy(seed);
        }
        due.send().await
    }
}

impl Face {
    fn faireplace(server: faireplace::Server) -> Self {
        server.set_credits(1000);
        let base_url = server.signatures_base_url().to_owned();
        let leases = (0..LEASES).map(|_| server.add_lease()).collect::<Vec<_>>();
        let lease = |lease: &faireplace::Lease| {
            format!("lease {} can be signed; its PDF is {}", lease.id, lease.pdf_id)
        };
        let first = leases.first().map(|lease| (lease.id.to_string(), lease.pdf_id.to_string()));
        let (lease_id, pdf_id) = first.unwrap_or_default();
        let signer = format!(
            r#"{{"pdf_id":"{pdf_id}","signers":[{{"type":"LOCATAIRE","name":"Ada","phone":"+33600000000"}}]}}"#
        );
        Self {
            environment: vec![
                ("FAIREPLACE_BASE_URL", base_url.clone()),
                ("FAIREPLACE_API_KEY", server.api_key().to_owned()),
                ("FAIREPLACE_WORKER_BASE_URL", server.workers_base_url().to_owned()),
                ("FAIREPLACE_WORKER_API_KEY", server.worker_key().to_owned()),
                ("FAIREPLACE_WORKER_ORGANISATION", server.organisation().to_owned()),
            ],
            curl: format!(
                "curl -H 'Authorization: Bearer {}' -H 'Content-Type: application/json' -d '{signer}' {base_url}{}",
                server.api_key(),
                path(Provider::Faireplace, "initiate_signature").replace("{leaseId}", &lease_id)
            ),
            notes: leases.iter().map(lease).collect(),
            subject: "LEASE",
            base_url,
            mock: Box::new(server),
        }
    }

    fn leap(server: leap::Server) -> Self {
        let base_url = server.base_url().to_owned();
        Self {
            environment: vec![
                ("LEAP_BASE_URL", base_url.clone()),
                ("LEAP_API_KEY", server.api_key().to_owned()),
                ("LEAP_ID_PATH", leap::ID_PATH.to_owned()),
            ],
            curl: format!(
                "curl -H 'Authorization: {}' -F name=Contract -F 'projectOwner={ADA};type=application/json' \
                 -F 'signers={{\"signers\":[{ADA}]}};type=application/json' \
                 -F 'document=%PDF-1.7;filename=contract.pdf;type=application/pdf' {base_url}{}",
                server.api_key(),
                path(Provider::Leap, "start_signing_process")
            ),
            notes: vec![
                "LEAP_ID_PATH is where the mock has the id of a new process: a made-up place".to_owned(),
            ],
            subject: "PROCESS",
            base_url,
            mock: Box::new(server),
        }
    }

    fn legalesign(server: legalesign::Server) -> Result<Self, Failure> {
        let home::DevelopmentKey { key, certificate } = home::development_key()?;
        server.sign_with(key);
        let base_url = server.base_url().to_owned();
        Ok(Self {
            environment: vec![
                ("LEGALESIGN_BASE_URL", base_url.clone()),
                ("LEGALESIGN_API_KEY", server.api_key().to_owned()),
                ("LEGALESIGN_GROUP", server.group().to_owned()),
                ("LEGALESIGN_CERTIFICATE", certificate.display().to_string()),
            ],
            curl: format!(
                "curl -H 'Authorization: Bearer {}' '{base_url}{}?group={}'",
                server.api_key(),
                path(Provider::Legalesign, "list_documents"),
                server.group()
            ),
            notes: vec![
                "callbacks are signed by a key of this machine; pin LEGALESIGN_CERTIFICATE".to_owned(),
                "the list of changes is due every six minutes".to_owned(),
            ],
            subject: "DOCUMENT",
            base_url,
            mock: Box::new(server),
        })
    }

    /// Where SIGN8 calls is agreed upon with it, and not told by a call.
    fn sign8(server: sign8::Server, forward_to: Option<&Url>) -> Result<Self, Failure> {
        let callbacks = if let Some(url) = forward_to {
            let organisation = callbacks::audience(Provider::Sign8)?;
            let organisation = organisation.unwrap_or_else(|| ORGANISATION.to_owned());
            let url = match callbacks::url_secret(Provider::Sign8)? {
                Some(secret) => mint(Provider::Sign8, &secret, url, &organisation, None)?,
                None => url.clone(),
            };
            server.set_webhook(url, organisation.clone());
            format!("callbacks name the organisation `{organisation}`")
        } else {
            "no call tells SIGN8 where to call back: give --forward-to URL".to_owned()
        };
        let base_url = server.base_url().to_owned();
        let file = home::open()?.join("sign8-mock-profile.json");
        let profile = serde_json::to_vec_pretty(server.profile()).map_err(io::Error::from);
        let written = profile.and_then(|profile| home::put(&file, &profile));
        written.map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?;
        Ok(Self {
            environment: vec![
                ("SIGN8_BASE_URL", base_url.clone()),
                ("SIGN8_API_KEY", server.api_key().to_owned()),
                ("SIGN8_PROFILE", file.display().to_string()),
            ],
            curl: format!(
                "curl -X POST -H 'X-Made-Up-Key: {}' -H 'Content-Type: application/json' -d '{{}}' \
                 {base_url}/made-up/workflows",
                server.api_key()
            ),
            notes: vec![
                "paths, header and ids are made up, as the profile says: SIGN8's are not public".to_owned(),
                callbacks,
            ],
            subject: "WORKFLOW",
            base_url,
            mock: Box::new(server),
        })
    }

    fn signly(server: signly::Server) -> Self {
        let base_url = server.base_url().to_owned();
        Self {
            environment: vec![
                ("SIGNLY_BASE_URL", base_url.clone()),
                ("SIGNLY_TENANT", server.tenant().to_owned()),
                ("SIGNLY_API_KEY", server.api_key().to_owned()),
            ],
            curl: format!(
                "curl -H 'X-Tenant-Signly: {}' -H 'X-Auth-Signly: {}' {base_url}{}",
                server.tenant(),
                server.api_key(),
                path(Provider::Signly, "list_webhooks")
            ),
            notes: Vec::new(),
            subject: "DOCUMENT",
            base_url,
            mock: Box::new(server),
        }
    }
}

fn path(provider: Provider, operation: &str) -> &'static str {
    let operations = provider.operations();
    operations.iter().find(|known| known.id == operation).map_or("/", |known| known.path)
}
