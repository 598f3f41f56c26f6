//! What applications are configured with, in a file for shells.

use super::served::Served;
use crate::failure::Failure;
use crate::home;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A private file that is there while the mock runs.
pub struct Configuration {
    path: PathBuf,
    content: String,
}

impl Configuration {
    /// Replaces that of another mock, which started before.
    pub fn write(path: PathBuf, all: &[Arc<Served>]) -> Result<Self, Failure> {
        let content =
            all.iter().flat_map(|served| served.exports()).map(|line| line + "\n").collect::<String>();
        let unusable = |error| Failure::usage(format!("{}: {error}", path.display()));
        home::put(&path, content.as_bytes()).map_err(unusable)?;
        Ok(Self { path, content })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Configuration {
    /// Unless another mock has replaced it.
    fn drop(&mut self) {
        if std::fs::read_to_string(&self.path).is_ok_and(|content| content == self.content) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
