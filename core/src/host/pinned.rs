//! A file that must stay what it was while a run lasts.

use super::digest::Digest;
use super::regular::open_regular;
use crate::text::path;
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A file and what it held when it was first looked at. A change is seen by what the system says of
/// the file, which costs one call; only then is its content looked at.
#[derive(Clone, Debug)]
pub struct Pinned {
    path: PathBuf,
    digest: Digest,
    stamp: Stamp,
}

/// Whatever is done to a file or in its place changes one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    device: u64,
    inode: u64,
    bytes: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    fn of(file: &Metadata) -> Self {
        Self {
            device: file.dev(),
            inode: file.ino(),
            bytes: file.size(),
            modified: (file.mtime(), file.mtime_nsec()),
            changed: (file.ctime(), file.ctime_nsec()),
        }
    }
}

impl Pinned {
    /// Looks at the file, which must be a regular one.
    pub fn open(path: &Path) -> io::Result<Self> {
        let (digest, stamp) = look(path)?;
        Ok(Self { path: path.to_owned(), digest, stamp })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it held.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// What has become of the file, as a clause; `None` while it holds what it held.
    pub fn changed(&mut self) -> Option<String> {
        let now = std::fs::metadata(&self.path).map(|file| Stamp::of(&file));
        if now.is_ok_and(|now| now == self.stamp) { None } else { self.changed_inside() }
    }

    /// The same, but its content is looked at in any case: what is written twice within a tick of
    /// the system's clock leaves the same times.
    pub fn changed_inside(&mut self) -> Option<String> {
        let was = &self.digest;
        let told = |now: String| {
            Some(format!(
                "{} has changed: it had {} bytes (sha256 {}…), {now}",
                path(&self.path),
                was.bytes,
                was.short()
            ))
        };
        match look(&self.path) {
            // Another name for it, other permissions, or the same content once more.
            Ok((now, stamp)) if now == *was => {
                self.stamp = stamp;
                None
            }
            Ok((now, _)) => told(format!("now {} bytes (sha256 {}…)", now.bytes, now.short())),
            Err(error) => told(format!("now it cannot be read: {error}")),
        }
    }
}

fn look(path: &Path) -> io::Result<(Digest, Stamp)> {
    let mut file = open_regular(path)?;
    let stamp = Stamp::of(&file.metadata()?);
    Ok((Digest::of(&mut file)?, stamp))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::fs::File;

    fn pinned() -> (tempfile::TempDir, PathBuf, Pinned) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("plugin.so");
        fs::write(&path, "first").expect("a file in it");
        let pinned = Pinned::open(&path).expect("it is readable");
        (folder, path, pinned)
    }

    #[test]
    fn every_change_of_the_content_is_seen_and_told_with_both_states() {
        let changes: [fn(&Path) -> io::Result<()>; 3] = [
            |path| {
                let other = path.with_extension("new");
                fs::write(&other, "other").and_then(|()| fs::rename(&other, path))
            },
            |path| fs::write(path, "other"),
            |path| fs::write(path, "first and more"),
        ];
        for (index, change) in changes.iter().enumerate() {
            let (_folder, path, mut pinned) = pinned();
            assert_eq!(pinned.changed(), None);
            change(&path).expect("it is writable");
            let told = pinned.changed_inside().unwrap_or_else(|| panic!("change {index}"));
            let now = Pinned::open(&path).expect("it is readable");
            for digest in [pinned.digest(), now.digest()] {
                assert!(told.contains(&format!("{} bytes", digest.bytes)), "{told}");
                assert!(told.contains(digest.short()), "{told}");
            }
        }
    }

    #[test]
    fn a_change_that_keeps_size_and_time_of_modification_is_seen() {
        let (_folder, path, mut pinned) = pinned();
        let modified = fs::metadata(&path).and_then(|file| file.modified()).expect("a time");
        // So that the clock of the file system has ticked.
        std::thread::sleep(std::time::Duration::from_millis(30));
        fs::write(&path, "FIRST").expect("it is writable");
        let file = File::options().write(true).open(&path).expect("it is writable");
        file.set_modified(modified).expect("it is ours");
        assert!(pinned.changed().is_some());
    }

    #[test]
    fn what_leaves_the_content_as_it_is_is_no_change() {
        let (_folder, path, mut pinned) = pinned();
        fs::hard_link(&path, path.with_extension("link")).expect("links are possible");
        assert_eq!(pinned.changed(), None);
        fs::copy(&path, path.with_extension("copy")).expect("it can be copied");
        fs::rename(path.with_extension("copy"), &path).expect("it can be replaced");
        assert_eq!(pinned.changed(), None);
    }

    #[test]
    fn a_file_that_is_gone_is_told() {
        let (_folder, path, mut pinned) = pinned();
        fs::remove_file(&path).expect("it is there");
        assert!(pinned.changed().is_some_and(|told| told.contains("cannot be read")));
    }
}
