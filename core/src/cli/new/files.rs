//! Writing what is new: all of it or nothing, and never over or through something that is there.

use super::super::exit::ExitCode;
use super::super::standalone::Refusal;
use crate::text::path as shown;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// A file of a new folder: its path there, and its text.
pub(super) type File = (String, String);

/// What unfinished things are called until they are whole.
const UNFINISHED: &str = ".wirebench-new-";

/// Makes a folder with these files. It is written beside its place, under another name, and then renamed.
pub(super) fn make_folder(folder: &Path, files: &[File]) -> Result<(), Refusal> {
    let parent = parent_of(folder)?;
    refuse_what_is_there(folder)?;
    let write = || -> io::Result<()> {
        let unfinished = tempfile::Builder::new().prefix(UNFINISHED).tempdir_in(parent)?;
        // One of its own, with the rights that the user's new folders have.
        let whole = unfinished.path().join("whole");
        fs::create_dir(&whole)?;
        for (name, text) in files {
            let file = whole.join(name);
            fs::create_dir_all(file.parent().unwrap_or(&whole))?;
            let mut file = OpenOptions::new().write(true).create_new(true).open(file)?;
            file.write_all(text.as_bytes())?;
        }
        // What came there meanwhile stays: a folder takes the place of no file, of no link and of no folder that
        // holds something.
        fs::rename(&whole, folder)
    };
    write().map_err(|error| cannot(folder, &error))
}

/// Makes a file.
pub(super) fn make_file(path: &Path, text: &str) -> Result<(), Refusal> {
    let parent = parent_of(path)?;
    refuse_what_is_there(path)?;
    let write = || -> io::Result<()> {
        let mut unfinished = tempfile::Builder::new()
            .prefix(UNFINISHED)
            .permissions(Permissions::from_mode(0o666)) // less what the user's mask takes
            .tempfile_in(parent)?;
        unfinished.write_all(text.as_bytes())?;
        unfinished.persist_noclobber(path).map(drop).map_err(|error| error.error)
    };
    write().map_err(|error| cannot(path, &error))
}

/// The folder that it is to stand in.
fn parent_of(path: &Path) -> Result<PathBuf, Refusal> {
    if path.file_name().is_none() {
        let why = format!("{} is no name of something new: end it with one", shown(path));
        return Err(Refusal::usage(why));
    }
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    if parent.is_dir() {
        return Ok(parent);
    }
    let why = format!("there is no folder {}: make it first, or name another", shown(&parent));
    Err(Refusal::new(why, ExitCode::RESULT))
}

fn refuse_what_is_there(path: &Path) -> Result<(), Refusal> {
    // Not through a link: one that leads nowhere is there too.
    match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(cannot(path, &error)),
        Ok(_) => Err(there_already(path)),
    }
}

fn there_already(path: &Path) -> Refusal {
    let why = format!(
        "{} is there already and stays as it is: take another name, say with `--out` where else it is to go, or \
         move away what is there",
        shown(path)
    );
    Refusal::new(why, ExitCode::RESULT)
}

fn cannot(path: &Path, error: &io::Error) -> Refusal {
    match error.kind() {
        ErrorKind::AlreadyExists | ErrorKind::DirectoryNotEmpty | ErrorKind::NotADirectory => {
            there_already(path)
        }
        _ => {
            let path = shown(path);
            let why = format!("cannot make {path}: {error}; take a folder that you may write to");
            Refusal::new(why, ExitCode::RESULT)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn file(name: &str) -> File {
        (name.to_owned(), "text".to_owned())
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
        let mut names: Vec<String> =
            entries.map(|entry| entry.file_name().into_string().expect("UTF-8")).collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_is_made_with_all_its_files_and_nothing_else_is_left() {
        let root = tempfile::tempdir().expect("a folder");
        let folder = root.path().join("new");
        assert!(make_folder(&folder, &[file("a"), file("src/b")]).is_ok());
        assert_eq!(names(root.path()), ["new"]);
        assert_eq!(names(&folder), ["a", "src"]);
    }

    #[test]
    fn what_is_there_stays_links_that_lead_nowhere_too() {
        let root = tempfile::tempdir().expect("a folder");
        let (old, link) = (root.path().join("old"), root.path().join("link"));
        fs::write(&old, "old").expect("a file");
        symlink(root.path().join("nowhere"), &link).expect("a link");
        for path in [&old, &link] {
            let refused = [make_folder(path, &[file("a")]), make_file(path, "text")];
            for refusal in refused.map(|made| made.expect_err("it is there")) {
                assert_eq!(refusal.code, ExitCode::RESULT);
                assert!(refusal.text.to_string().contains("is there already"));
            }
        }
        assert_eq!(names(root.path()), ["link", "old"]);
        assert_eq!(fs::read_to_string(&old).expect("it is there"), "old");
    }

    #[test]
    fn a_file_that_cannot_be_written_leaves_nothing_behind() {
        let root = tempfile::tempdir().expect("a folder");
        // The second one cannot stand in the first, which is a file.
        assert!(make_folder(&root.path().join("new"), &[file("a"), file("a/b")]).is_err());
        assert!(names(root.path()).is_empty());
        assert!(make_file(&root.path().join("none/new"), "text").is_err());
        assert!(make_file(&root.path().join(".."), "text").is_err());
        assert!(names(root.path()).is_empty());
    }
}
