//! What has to last, or is private: keys, certificates, captures.

use crate::environment;
use crate::failure::Failure;
use countersign::mock::ThrowAwayKey;
use std::fs::{self, DirBuilder};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

const KEY: &str = "legalesign-development.key";
const CERTIFICATE: &str = "legalesign-development.pem";
const BEGINNING_OF_CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";

/// A key of this machine, in place of Legalesign's, and where its certificate is for receivers to pin.
pub struct DevelopmentKey {
    pub key: ThrowAwayKey,
    pub certificate: PathBuf,
}

/// The folder of this command. It is made if there is none, for its owner alone.
pub fn open() -> Result<PathBuf, Failure> {
    let home = environment::home()?;
    open_folder(&home)?;
    Ok(home)
}

/// A folder for what is private. It is made if there is none; one that others can write to, or that belongs to somebody
/// else, is not used, since what they put there would be believed.
pub fn open_folder(path: &Path) -> Result<(), Failure> {
    let unusable = |problem: String| Failure::usage(format!("{}: {problem}", path.display()));
    let mut folder = DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(path).map_err(|error| unusable(error.to_string()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
        let found = fs::metadata(path).map_err(|error| unusable(error.to_string()))?;
        if found.permissions().mode() & 0o022 != 0 {
            return Err(unusable(
                "others can write to it; `chmod go-w` it, or name another folder".to_owned(),
            ));
        }
        // A new file belongs to whoever runs this, as the file system sees it. It has no name, or loses it at once.
        let own = tempfile::tempfile_in(path).and_then(|file| file.metadata());
        let own = own.map_err(|error| unusable(format!("nothing can be written there: {error}")))?;
        if own.uid() != found.uid() {
            return Err(unusable(
                "it belongs to somebody else, who could put there what is believed; name another folder"
                    .to_owned(),
            ));
        }
    }
    Ok(())
}

/// Writes a file that nobody else can read, as a whole or not at all. One of this name is replaced, also if it is a link.
pub fn put(path: &Path, content: &[u8]) -> io::Result<()> {
    written_beside(path, content)?.persist(path).map(drop).map_err(|error| error.error)
}

/// As [`put`], but nothing is replaced: if there is such a file, the error says so.
pub fn put_new(path: &Path, content: &[u8]) -> io::Result<()> {
    written_beside(path, content)?.persist_noclobber(path).map(drop).map_err(|error| error.error)
}

fn written_beside(path: &Path, content: &[u8]) -> io::Result<NamedTempFile> {
    let mut file = NamedTempFile::new_in(path.parent().unwrap_or(Path::new(".")))?;
    file.write_all(content)?;
    Ok(file)
}

/// The key that mocks and triggers sign with. It is made when it is first needed, and stays.
pub fn development_key() -> Result<DevelopmentKey, Failure> {
    let home = open()?;
    let (path, certificate) = (home.join(KEY), home.join(CERTIFICATE));
    let unusable = |path: &Path, error: &io::Error| Failure::usage(format!("{}: {error}", path.display()));
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => made(&path),
        read => read,
    };
    let text = text.map_err(|error| unusable(&path, &error))?;
    let (key, pem) = text.find(BEGINNING_OF_CERTIFICATE).map_or(("", ""), |at| text.split_at(at));
    let key = ThrowAwayKey::from_pem(key, pem).map_err(|error| {
        Failure::usage(format!("{}: {error}; remove this file, and another key is made", path.display()))
    })?;
    if fs::read_to_string(&certificate).ok().as_deref() != Some(pem) {
        put(&certificate, pem.as_bytes()).map_err(|error| unusable(&certificate, &error))?;
    }
    Ok(DevelopmentKey { key, certificate })
}

/// Where the certificate of that key is, or will be.
pub fn development_certificate() -> Option<PathBuf> {
    environment::home().ok().map(|home| home.join(CERTIFICATE))
}

/// Key and certificate as they are kept. If somebody else made one meanwhile, it is theirs.
fn made(path: &Path) -> io::Result<String> {
    let key = ThrowAwayKey::generate()?;
    let text = format!("{}{}", key.to_pem()?, key.certificate());
    match put_new(path, text.as_bytes()) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => fs::read_to_string(path),
        put => put.map(|()| text),
    }
}
