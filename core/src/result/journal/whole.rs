//! Files that have their old content or all of the new, and never a part of it.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use tempfile::NamedTempFile;

/// Whoever makes a file may use it, and nobody else: a result says what a server was told and what it
/// answered.
pub const MODE: u32 = 0o600;

/// What a new file is tried with, in bytes: a file system that is full takes an empty file.
const TRIAL: usize = 4096;

/// Has `write` write a regular file in one step: whoever opens it finds its old content, or none, or
/// all of the new. A file that is there keeps its permissions. After an error, of `write` too,
/// everything is as before.
pub fn replace<E: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut dyn io::Write) -> Result<(), E>,
) -> Result<(), E> {
    let folder = folder_of(path);
    let file = temporary_in(folder)?;
    // Not through the temporary file, whose errors tell its name.
    let mut writer = BufWriter::new(file.as_file());
    write(&mut writer)?;
    writer.flush()?;
    drop(writer);
    if let Ok(old) = fs::metadata(path) {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(File::open(folder)?.sync_all()?)
}

/// Whether a file can be made in `folder` and takes bytes. Leaves nothing behind.
pub fn try_folder(folder: &Path) -> io::Result<()> {
    temporary_in(folder)?.as_file().write_all(&[0; TRIAL])
}

/// A file that is gone unless it is made to stay. Errors do not tell its name, which says nothing to
/// anybody.
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    let make = |path: &Path| File::options().write(true).create_new(true).mode(MODE).open(path);
    tempfile::Builder::new().make_in(folder, make)
}

/// The folder that a file stands in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    fn text(bytes: &[u8]) -> impl FnOnce(&mut dyn io::Write) -> io::Result<()> + '_ {
        move |out| out.write_all(bytes)
    }

    fn names(folder: &Path) -> Vec<std::ffi::OsString> {
        let entries = fs::read_dir(folder).expect("it is readable");
        entries.map(|entry| entry.expect("an entry").file_name()).collect()
    }

    #[test]
    fn a_file_is_replaced_whole_and_keeps_its_permissions() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("result.json");
        replace(&path, text(b"old")).expect("the folder is writable");
        fs::set_permissions(&path, Permissions::from_mode(0o640)).expect("it is ours");
        replace(&path, text(b"new")).expect("the folder is writable");
        assert_eq!(fs::read(&path).expect("it is there"), b"new");
        let mode = fs::metadata(&path).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
        assert_eq!(names(folder.path()), ["result.json"]);
    }

    #[test]
    fn what_cannot_be_replaced_stays_as_it_was() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("in-the-way");
        fs::create_dir_all(path.join("inside")).expect("the folder is writable");
        assert!(replace(&path, text(b"new")).is_err());
        assert!(path.join("inside").is_dir());
        let given_up = |_: &mut dyn io::Write| Err(io::Error::other("no more to write"));
        assert!(replace(&path.join("new"), given_up).is_err());
        assert_eq!(names(&path), ["inside"]);
        assert_eq!(names(folder.path()), ["in-the-way"]);
    }

    #[test]
    fn trying_a_folder_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        assert!(try_folder(folder.path()).is_ok());
        assert!(names(folder.path()).is_empty());
        let error = try_folder(&folder.path().join("nowhere")).expect_err("there is none");
        assert!(!error.to_string().contains("tmp"), "{error}");
    }
}
