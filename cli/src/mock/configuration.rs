//! What applications are configured with, in a file for shells.

use super::served::Served;
use crate::clock;
use crate::failure::Failure;
use crate::home;
use crate::out::talk;
use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

/// A private file that is there while the mock runs. It has a block for each mock that runs; where several say something,
/// the one that was started last counts.
///
/// Each mock keeps its block in a file of its own, beside one that it holds locked. The system gives a lock back however a
/// process ends, so that the blocks of those that were killed are known, and removed by the next one that starts or ends.
pub struct Configuration {
    path: PathBuf,
    folder: PathBuf,
    name: String,
    _held: File,
}

const BLOCK: &str = "env";
const LOCK: &str = "lock";
/// Held while files are put together, so that nobody does at the same time.
const EVERYBODY: &str = "everybody";

impl Configuration {
    /// Writes `mock.env` in the folder of this command.
    pub fn write(home: &Path, all: &[Arc<Served>]) -> Result<Self, Failure> {
        let path = home.join("mock.env");
        let folder = home.join("mocks");
        home::open_folder(&folder)?;
        let block =
            all.iter().flat_map(|served| served.exports()).map(|line| line + "\n").collect::<String>();
        let unusable = |error: io::Error| Failure::usage(format!("{}: {error}", path.display()));
        let (held, name, others) = Self::join(&path, &folder, &block).map_err(unusable)?;
        if others > 0 {
            talk(&format!("{} has the variables of another mock too", path.display()));
        }
        Ok(Self { path, folder, name, _held: held })
    }

    /// Adds a block. Returns the lock that stands for it, its name, and how many others there are.
    fn join(path: &Path, folder: &Path, block: &str) -> io::Result<(File, String, usize)> {
        let _alone = alone(folder)?;
        let others = running(folder)?.len();
        let since = clock::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        // In the order of starting, which is that of the blocks.
        let name = format!("{:020}-{}", since.as_nanos(), std::process::id());
        // First the block: a lock without one would be in the way of others.
        home::put(&folder.join(&name).with_extension(BLOCK), block.as_bytes())?;
        let held = opened(&folder.join(&name).with_extension(LOCK))?;
        held.lock()?;
        put_together(path, folder)?;
        Ok((held, name, others))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Configuration {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next mock: its lock is free then.
        let Ok(_alone) = alone(&self.folder) else { return };
        for ending in [BLOCK, LOCK] {
            let _ = std::fs::remove_file(self.folder.join(&self.name).with_extension(ending));
        }
        let _ = put_together(&self.path, &self.folder);
    }
}

/// Waits until nobody else puts files together.
fn alone(folder: &Path) -> io::Result<File> {
    let file = opened(&folder.join(EVERYBODY))?;
    file.lock()?;
    Ok(file)
}

fn opened(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// The files with the blocks of mocks that run, in their order. Those of others are removed.
fn running(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut blocks = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let lock = entry?.path();
        if lock.extension().is_none_or(|ending| ending != LOCK) {
            continue;
        }
        let block = lock.with_extension(BLOCK);
        match opened(&lock)?.try_lock() {
            Err(TryLockError::WouldBlock) => blocks.push(block),
            Err(TryLockError::Error(error)) => return Err(error),
            Ok(()) => {
                std::fs::remove_file(&lock)?;
                match std::fs::remove_file(&block) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
        }
    }
    blocks.sort();
    Ok(blocks)
}

fn put_together(path: &Path, folder: &Path) -> io::Result<()> {
    let blocks = running(folder)?;
    let texts = blocks.iter().map(std::fs::read_to_string).collect::<io::Result<Vec<_>>>()?;
    let content = texts.concat();
    if content.is_empty() {
        return match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    home::put(path, content.as_bytes())
}
