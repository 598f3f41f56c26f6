//! A file that is there when it is whole, and not before.

use crate::failure::Failure;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Where a download goes. It is written beside its name, and gone again unless it is kept.
pub struct Target {
    path: PathBuf,
    force: bool,
    file: NamedTempFile,
}

impl Target {
    /// Looks whether the file may be written, and makes one beside it.
    pub fn new(path: PathBuf, force: bool) -> Result<Self, Failure> {
        let unusable = |problem: String| Failure::usage(format!("{}: {problem}", path.display()));
        match std::fs::metadata(&path) {
            Ok(found) if found.is_dir() => return Err(unusable("it is a folder; name a file in it".into())),
            Ok(found) if !found.is_file() => {
                return Err(unusable("it is no regular file; `-o -` writes to standard output".into()));
            }
            Ok(_) if !force => {
                return Err(unusable("there is such a file; --force replaces it, -o names another".into()));
            }
            _ => {}
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let file = beside(folder.unwrap_or(Path::new(".")))
            .map_err(|error| unusable(format!("nothing can be written there: {error}")))?;
        Ok(Self { path, force, file })
    }

    pub fn writer(&self) -> Result<tokio::fs::File, Failure> {
        let file = self.file.as_file().try_clone().map_err(|error| self.failed(&error))?;
        Ok(tokio::fs::File::from_std(file))
    }

    /// Gives the file its name. One that has come into being meanwhile is not replaced, unless that is wanted.
    pub fn keep(self) -> Result<PathBuf, Failure> {
        self.file.as_file().sync_all().map_err(|error| self.failed(&error))?;
        let Self { path, force, file } = self;
        let kept = if force { file.persist(&path) } else { file.persist_noclobber(&path) };
        kept.map_err(|error| Failure::because(&format!("{} was not written", path.display()), &error.error))?;
        Ok(path)
    }

    fn failed(&self, error: &std::io::Error) -> Failure {
        Failure::because(&format!("{} was not written", self.path.display()), error)
    }
}

fn beside(folder: &Path) -> std::io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".countersign-").suffix(".part");
    // As any other file of this user, and not for this user alone, which is how temporary files are made.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests {
    use super::Target;
    use std::io::Write as _;
    use std::path::Path;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut names =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect::<Vec<_>>();
        names.sort();
        names
    }

    #[test]
    fn a_file_that_is_not_kept_leaves_nothing_behind() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let target =
            Target::new(folder.path().join("signed.pdf"), false).map_err(|_| std::io::Error::other("no"))?;
        assert_eq!(names(folder.path()).len(), 1);
        drop(target);
        assert_eq!(names(folder.path()), Vec::<String>::new());
        Ok(())
    }

    #[test]
    fn a_file_that_comes_into_being_meanwhile_is_not_replaced() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("signed.pdf");
        let target = Target::new(path.clone(), false).map_err(|_| std::io::Error::other("no"))?;
        target.file.as_file().write_all(b"new")?;
        std::fs::write(&path, "of somebody else")?;
        assert!(target.keep().is_err());
        assert_eq!(std::fs::read_to_string(&path)?, "of somebody else");
        assert_eq!(names(folder.path()), ["signed.pdf"]);
        Ok(())
    }
}
