//! What applications are configured with, in a file for shells.

use super::served::Served;
use crate::failure::Failure;
use crate::home;
use crate::out::talk;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A private file that is there while the mock runs.
pub struct Configuration {
    path: PathBuf,
    content: String,
    /// What another mock has written, which runs perhaps still.
    before: String,
}

impl Configuration {
    /// Stands beside that of another mock, which started before; where both say something, this one counts.
    pub fn write(path: PathBuf, all: &[Arc<Served>]) -> Result<Self, Failure> {
        let own = all.iter().flat_map(|served| served.exports()).map(|line| line + "\n").collect::<String>();
        let before = std::fs::read_to_string(&path).unwrap_or_default();
        if !before.is_empty() {
            talk(&format!("{} has the variables of another mock too", path.display()));
        }
        let content = format!("{before}{own}");
        let unusable = |error| Failure::usage(format!("{}: {error}", path.display()));
        home::put(&path, content.as_bytes()).map_err(unusable)?;
        Ok(Self { path, content, before })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Configuration {
    /// Unless another mock has replaced it.
    fn drop(&mut self) {
        if std::fs::read_to_string(&self.path).is_ok_and(|content| content == self.content) {
            let _ = if self.before.is_empty() {
                std::fs::remove_file(&self.path)
            } else {
                home::put(&self.path, self.before.as_bytes())
            };
        }
    }
}
