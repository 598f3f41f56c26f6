//! A mock, a folder, and the command with the variables that lead to the mock.

use crate::support::{Printed, countersign, run};
use assert_cmd::Command;
use countersign::mock::{Setup, faireplace, leap, legalesign, sign8, signly};
use std::future::Future;
use std::path::PathBuf;
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub struct World<S> {
    pub server: S,
    pub folder: TempDir,
    pub variables: Vec<(&'static str, String)>,
    runtime: Runtime,
}

impl<S> World<S> {
    fn start(
        server: impl Future<Output = std::io::Result<S>>,
        variables: impl FnOnce(&S) -> Vec<(&'static str, String)>,
    ) -> Self {
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(server).unwrap();
        let variables = variables(&server);
        Self { server, folder: tempfile::tempdir().unwrap(), variables, runtime }
    }

    /// The command in its folder, with all variables.
    pub fn command(&self) -> Command {
        let mut command = countersign(self.folder.path());
        command.current_dir(self.folder.path()).envs(self.variables.clone());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Printed {
        run(self.command().args(arguments))
    }

    /// Writes a file into the folder.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The names of all files in the folder.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect::<Vec<_>>();
        names.sort();
        names
    }

    /// Sets a variable, or sets it anew.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.variables.retain(|(other, _)| *other != name);
        self.variables.push((name, value.into()));
    }

    /// Runs something that needs the runtime, such as a call of the SDK.
    pub fn wait_for<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }
}

pub fn legalesign() -> World<legalesign::Server> {
    World::start(legalesign::Server::start(), |server| {
        vec![
            ("LEGALESIGN_BASE_URL", server.base_url().to_owned()),
            ("LEGALESIGN_API_KEY", server.api_key().to_owned()),
        ]
    })
}

pub fn leap() -> World<leap::Server> {
    World::start(leap::Server::start(), |server| {
        vec![("LEAP_BASE_URL", server.base_url().to_owned()), ("LEAP_API_KEY", server.api_key().to_owned())]
    })
}

pub fn signly() -> World<signly::Server> {
    World::start(signly::Server::start(), |server| {
        vec![
            ("SIGNLY_BASE_URL", server.base_url().to_owned()),
            ("SIGNLY_TENANT", server.tenant().to_owned()),
            ("SIGNLY_API_KEY", server.api_key().to_owned()),
        ]
    })
}

pub fn faireplace() -> World<faireplace::Server> {
    World::start(faireplace::Server::start(), |server| {
        vec![
            ("FAIREPLACE_BASE_URL", server.signatures_base_url().to_owned()),
            ("FAIREPLACE_API_KEY", server.api_key().to_owned()),
        ]
    })
}

/// With a profile in the folder.
pub fn sign8() -> World<sign8::Server> {
    let start = sign8::Server::start_with(sign8::profile(), Setup::new());
    let mut world = World::start(start, |server| {
        vec![("SIGN8_BASE_URL", server.base_url().to_owned()), ("SIGN8_API_KEY", server.api_key().to_owned())]
    });
    let profile = world.file("profile.json", serde_json::to_vec(world.server.profile()).unwrap());
    world.set("SIGN8_PROFILE", profile.to_str().unwrap());
    world
}
