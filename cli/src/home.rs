//! What has to last: the key that development callbacks of Legalesign are signed with.

use crate::environment;
use crate::failure::Failure;
use countersign::mock::ThrowAwayKey;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

const KEY: &str = "legalesign-development.key";
const CERTIFICATE: &str = "legalesign-development.pem";
const BEGINNING_OF_CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";

/// A key of this machine, in place of Legalesign's, and where its certificate is for receivers to pin.
pub struct DevelopmentKey {
    pub key: ThrowAwayKey,
    pub certificate: PathBuf,
}

/// The key that mocks and triggers sign with. It is made when it is first needed, and stays.
pub fn development_key() -> Result<DevelopmentKey, Failure> {
    let home = environment::home()?;
    let unusable = |path: &Path| {
        let path = path.display().to_string();
        move |error: io::Error| {
            Failure::failed(format!("{path}: {error}; remove it, and another key is made"))
        }
    };
    let (path, certificate) = (home.join(KEY), home.join(CERTIFICATE));
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => made(&home, &path).map_err(unusable(&home))?,
        read => read.map_err(unusable(&path))?,
    };
    let (key, pem) = text.find(BEGINNING_OF_CERTIFICATE).map_or(("", ""), |at| text.split_at(at));
    let key = ThrowAwayKey::from_pem(key, pem).map_err(unusable(&path))?;
    if fs::read_to_string(&certificate).ok().as_deref() != Some(pem) {
        fs::write(&certificate, pem).map_err(unusable(&certificate))?;
    }
    Ok(DevelopmentKey { key, certificate })
}

/// Where the certificate of that key is, or will be.
pub fn development_certificate() -> Option<PathBuf> {
    environment::home().ok().map(|home| home.join(CERTIFICATE))
}

/// Key and certificate as they are kept. If somebody else made one meanwhile, it is theirs.
fn made(home: &Path, path: &Path) -> io::Result<String> {
    make_private_folder(home)?;
    let key = ThrowAwayKey::generate()?;
    let text = format!("{}{}", key.to_pem()?, key.certificate());
    let own = home.join(format!("{KEY}.{}", std::process::id()));
    write_private(&own, text.as_bytes())?;
    // Unlike renaming, this replaces nothing.
    let linked = fs::hard_link(&own, path);
    fs::remove_file(&own)?;
    match linked {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => fs::read_to_string(path),
        linked => linked.map(|()| text),
    }
}

/// A folder that nobody else can look into. One that is there already stays as it is.
pub fn make_private_folder(path: &Path) -> io::Result<()> {
    let mut folder = DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.create(path)
}

/// A new file that nobody else can read.
pub fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new();
    file.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut file, 0o600);
    file.open(path)?.write_all(content)
}
