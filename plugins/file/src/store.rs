//! A directory that nothing leads out of, and files that are not there until they are whole.

use crate::kinds::{Kind, Refusal};
use crate::name::{self, RESERVED, shown};
use cap_std::ambient_authority;
use cap_std::fs::{Dir, FileTypeExt, Metadata, MetadataExt, OpenOptions, OpenOptionsExt};
use nix::fcntl::{AT_FDCWD, AtFlags};
use nix::unistd::linkat;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Opening a pipe must not hang, and a link may be put there after it was looked for.
const OPEN_FLAGS: i32 = libc::O_NONBLOCK | libc::O_NOFOLLOW;

/// How coarse the clock of a file system is: a tick of the kernel has 10 ms at most.
const COARSE: Duration = Duration::from_millis(50);

/// Transfers that are kept to be taken up again, in one directory. The oldest make room.
const MAX_KEPT: usize = 64;

/// How the name of one ends.
const KEPT: &str = ".kept";

/// A directory and everything below it.
#[derive(Debug)]
pub(crate) struct Root {
    dir: Dir,
}

/// What tells whether a file has been changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Stamp {
    device: u64,
    inode: u64,
    modified: (i64, i64),
    /// Nobody can set it back, unlike the time above; it changes with a file's names too.
    changed: (i64, i64),
    /// Its size in bytes.
    pub size: u64,
}

impl Stamp {
    /// Of a file as it is now.
    pub(crate) fn of(file: &File) -> io::Result<Self> {
        let metadata = Metadata::from_file(file)?;
        Ok(Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
            size: metadata.len(),
        })
    }

    /// True where the content is the same, unless somebody has set its time back. Other names, owners
    /// and rights make no other content.
    pub(crate) fn same_content(self, other: Self) -> bool {
        Self { changed: other.changed, ..self } == other
    }

    /// True where one more change would not look the same: not so while the last one is as young as a
    /// file system's clock is coarse.
    pub(crate) fn is_settled(self) -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let (seconds, nanos) = self.changed;
        let changed = Duration::new(u64::try_from(seconds).unwrap_or(0), 0)
            + Duration::from_nanos(u64::try_from(nanos).unwrap_or(0));
        now > changed + COARSE
    }
}

impl Root {
    /// Opens a directory of this machine.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self { dir: Dir::open_ambient_dir(path, ambient_authority())? })
    }

    /// A plain file for reading, by the name a peer gave.
    pub(crate) fn read(&self, name: &str) -> Result<File, Refusal> {
        name::check(name)?;
        let metadata =
            self.dir.symlink_metadata(name).map_err(|error| Refusal::io(&shown(name), &error))?;
        plain(name, &metadata)?;
        let mut options = OpenOptions::new();
        options.read(true).custom_flags(OPEN_FLAGS);
        let failed = |error: io::Error| Refusal::io(&shown(name), &error);
        let file = self.dir.open_with(name, &options).map_err(failed)?;
        // Something else may have been put there after it was looked at.
        plain(name, &file.metadata().map_err(failed)?)?;
        Ok(file.into_std())
    }

    /// Whether a file may be put there: nothing else may stand in its place.
    pub(crate) fn may_write(&self, name: &str) -> Result<(), Refusal> {
        name::check(name)?;
        match self.dir.symlink_metadata(name) {
            Ok(metadata) => plain(name, &metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Refusal::io(&shown(name), &error)),
        }
    }

    /// Begins the file `name` under another name. With `resume`, what an earlier transfer has kept
    /// of it is taken over, and what this one leaves is kept.
    pub(crate) fn begin(&self, name: &str, resume: bool) -> Result<Part, Refusal> {
        self.may_write(name)?;
        let failed = |error: &io::Error| Refusal::io(&format!("storing {}", shown(name)), error);
        let dir = self.dir.try_clone().map_err(|error| failed(&error))?;
        let kept_as = resume.then(|| kept_name(name));
        if let Some(kept) = &kept_as {
            let temporary = fresh_name();
            // Renaming is the claim: of two sessions only one gets it.
            if dir.rename(kept, &dir, &temporary).is_ok() {
                let mut options = OpenOptions::new();
                options.read(true).write(true).custom_flags(OPEN_FLAGS);
                let opened = dir.open_with(&temporary, &options).and_then(|file| {
                    let metadata = file.metadata()?;
                    let plain = metadata.is_file().then(|| (file.into_std(), metadata.len()));
                    plain.ok_or_else(|| io::ErrorKind::InvalidInput.into())
                });
                match opened {
                    Ok((file, kept)) => {
                        let name = name.to_owned();
                        return Ok(Part { dir, temporary, name, file, kept, kept_as });
                    }
                    Err(_) => drop(dir.remove_file(&temporary)),
                }
            }
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).custom_flags(libc::O_TMPFILE);
        // Without a name it is gone even when this process is killed; what is to be taken up needs
        // one, and so do file systems that know no such files.
        if !resume && let Ok(file) = dir.open_with(".", &options) {
            let (name, file) = (name.to_owned(), file.into_std());
            return Ok(Part { dir, temporary: String::new(), name, file, kept: 0, kept_as });
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        loop {
            let temporary = fresh_name();
            match dir.open_with(&temporary, &options) {
                Ok(file) => {
                    let (name, file) = (name.to_owned(), file.into_std());
                    return Ok(Part { dir, temporary, name, file, kept: 0, kept_as });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(failed(&error)),
            }
        }
    }

    /// The directory itself, for browsing.
    pub(crate) fn dir(&self) -> &Dir {
        &self.dir
    }
}

fn plain(name: &str, metadata: &Metadata) -> Result<(), Refusal> {
    let kind = metadata.file_type();
    let what = if kind.is_file() {
        return Ok(());
    } else if kind.is_symlink() {
        let why = format!("{} is a symbolic link, which is never followed", shown(name));
        return Err(Refusal::new(Kind::IsSymlink, why));
    } else if kind.is_dir() {
        "a directory"
    } else if kind.is_fifo() {
        "a pipe"
    } else {
        "no plain file"
    };
    Err(Refusal::new(Kind::NotAFile, format!("{} is {what}", shown(name))))
}

fn fresh_name() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("{RESERVED}{}-{number}.part", std::process::id())
}

/// Where the rest of a broken transfer waits for the next one.
fn kept_name(name: &str) -> String {
    // Not the name itself: it may already be as long as a name can be.
    format!("{RESERVED}{}{KEPT}", blake3::hash(name.as_bytes()).to_hex())
}

/// A file under way. Dropped, it leaves nothing, unless it is to be taken up again.
#[derive(Debug)]
pub(crate) struct Part {
    dir: Dir,
    /// Its name until it is whole; empty: it has none.
    temporary: String,
    name: String,
    file: File,
    kept: u64,
    kept_as: Option<String>,
}

impl Part {
    /// Bytes that an earlier transfer has left.
    pub(crate) fn kept(&self) -> u64 {
        self.kept
    }

    /// Forgets what an earlier transfer has left.
    pub(crate) fn start_over(&mut self) -> Result<(), Refusal> {
        self.kept = 0;
        let emptied =
            self.file.set_len(0).and_then(|()| io::Seek::rewind(&mut self.file).map(drop));
        emptied.map_err(|error| self.failed(&error))
    }

    /// Reads on in what an earlier transfer has left, for its digest; 0: all is read.
    pub(crate) fn reread(&mut self, buffer: &mut [u8]) -> Result<usize, Refusal> {
        self.file.read(buffer).map_err(|error| self.failed(&error))
    }

    /// Appends.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        self.file.write_all(bytes).map_err(|error| self.failed(&error))
    }

    /// Gives the file its name, if it has `size` bytes.
    pub(crate) fn commit(mut self, size: u64) -> Result<(), Refusal> {
        let stored = self.file.metadata().map_err(|error| self.failed(&error))?.len();
        if stored != size {
            self.kept_as = None;
            let why = format!("{stored} bytes were stored of {size}");
            return Err(Refusal::new(Kind::Storage, why));
        }
        if self.temporary.is_empty() {
            let temporary = fresh_name();
            self.link(&temporary).map_err(|error| self.failed(&error))?;
            self.temporary = temporary;
        }
        let renamed = self.dir.rename(&self.temporary, &self.dir, &self.name);
        renamed.map_err(|error| self.failed(&error))?;
        self.temporary.clear();
        Ok(())
    }

    /// Gives a file without a name one that nobody has.
    fn link(&self, temporary: &str) -> io::Result<()> {
        let open = format!("/proc/self/fd/{}", self.file.as_raw_fd());
        let follow = AtFlags::AT_SYMLINK_FOLLOW;
        Ok(linkat(AT_FDCWD, open.as_str(), &self.dir, temporary, follow)?)
    }

    /// What stands here is of no use to a later transfer.
    pub(crate) fn discard(&mut self) {
        self.kept_as = None;
    }

    fn failed(&self, error: &io::Error) -> Refusal {
        Refusal::io(&format!("storing {}", shown(&self.name)), error)
    }

    /// A part whose storage takes nothing.
    #[cfg(test)]
    pub(crate) fn fill_disk(&mut self) {
        self.file = File::options().write(true).open("/dev/full").expect("Linux has it");
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if self.temporary.is_empty() {
            return;
        }
        // Nothing can be done where even this fails; the name says whose it is.
        let _ = match &self.kept_as {
            Some(kept) => {
                self.dir.rename(&self.temporary, &self.dir, kept).and_then(|()| thin(&self.dir))
            }
            None => self.dir.remove_file(&self.temporary),
        };
    }
}

/// Removes the oldest transfers that are kept, above the limit.
fn thin(dir: &Dir) -> io::Result<()> {
    let mut kept = Vec::new();
    for entry in dir.entries()? {
        let entry = entry?;
        let name = entry.file_name();
        let is_kept = |name: &str| name.starts_with(RESERVED) && name.ends_with(KEPT);
        if name.to_str().is_some_and(is_kept) {
            let metadata = entry.metadata()?;
            kept.push(((metadata.mtime(), metadata.mtime_nsec()), name));
        }
    }
    kept.sort();
    let excess = kept.len().saturating_sub(MAX_KEPT);
    kept.drain(..excess).try_for_each(|(_, name)| dir.remove_file(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap().flatten();
        let mut names: Vec<_> =
            entries.map(|entry| entry.file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_not_there_until_it_is_whole_and_replaces_what_was() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), "the old one, longer").unwrap();
        let root = Root::open(folder.path()).unwrap();
        let mut part = root.begin("a", false).unwrap();
        part.write(b"new").unwrap();
        assert_eq!(std::fs::read(folder.path().join("a")).unwrap(), b"the old one, longer");
        part.commit(3).unwrap();
        assert_eq!(std::fs::read(folder.path().join("a")).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["a"]);
    }

    #[test]
    fn a_part_that_is_dropped_or_short_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        let mut part = root.begin("a", false).unwrap();
        part.write(b"half").unwrap();
        drop(part);
        let part = root.begin("a", true).unwrap();
        assert_eq!(part.commit(1).unwrap_err().kind, Kind::Storage);
        assert!(names(folder.path()).is_empty());
    }

    #[test]
    fn what_is_kept_is_claimed_by_one_and_taken_up() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        let mut part = root.begin("a", true).unwrap();
        part.write(b"half").unwrap();
        drop(part);
        let (mut first, second) = (root.begin("a", true).unwrap(), root.begin("a", true).unwrap());
        assert_eq!((first.kept(), second.kept()), (4, 0));
        let mut buffer = [0; 10];
        assert_eq!(first.reread(&mut buffer).unwrap(), 4);
        assert_eq!(first.reread(&mut buffer).unwrap(), 0);
        first.write(b"+half").unwrap();
        first.commit(9).unwrap();
        assert_eq!(std::fs::read(folder.path().join("a")).unwrap(), b"half+half");
    }

    #[test]
    fn of_what_is_kept_the_oldest_makes_room() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        for number in 0..MAX_KEPT + 3 {
            let mut part = root.begin(&format!("file {number}"), true).unwrap();
            part.write(b"half").unwrap();
            // Files that are made in the same tick of the clock would be equally old.
            let at = UNIX_EPOCH + Duration::from_secs(number as u64);
            part.file.set_modified(at).unwrap();
        }
        assert_eq!(names(folder.path()).len(), MAX_KEPT);
        let is_kept = |name: &str| folder.path().join(kept_name(name)).exists();
        assert!(!is_kept("file 2") && is_kept("file 3"));
    }

    #[test]
    fn a_change_whose_time_is_set_back_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "one").unwrap();
        let before = Stamp::of(&File::open(&path).unwrap()).unwrap();
        let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
        assert!(!before.is_settled(), "it has just been made");
        // A change in the same tick would not be seen, which is why a digest is not remembered so
        // soon.
        std::thread::sleep(2 * COARSE);
        assert!(before.is_settled());
        std::fs::write(&path, "two").unwrap();
        let file = File::options().write(true).open(&path).unwrap();
        file.set_modified(modified).unwrap();
        let after = Stamp::of(&file).unwrap();
        assert_ne!(before, after);
        assert!(before.same_content(after), "its times are the same");
    }

    #[test]
    fn links_directories_and_pipes_are_named_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("dir")).unwrap();
        std::fs::write(folder.path().join("file"), "x").unwrap();
        symlink("file", folder.path().join("inside")).unwrap();
        symlink("/etc/passwd", folder.path().join("outside")).unwrap();
        let pipe = std::process::Command::new("mkfifo").arg(folder.path().join("pipe")).status();
        assert!(pipe.unwrap().success());
        let root = Root::open(folder.path()).unwrap();
        for (name, kind) in [
            ("inside", Kind::IsSymlink),
            ("outside", Kind::IsSymlink),
            ("dir", Kind::NotAFile),
            ("pipe", Kind::NotAFile),
        ] {
            assert_eq!(root.read(name).map(drop).map_err(|why| why.kind), Err(kind), "{name}");
            assert_eq!(root.begin(name, false).map(drop).map_err(|why| why.kind), Err(kind));
        }
        assert_eq!(root.read("none").unwrap_err().kind, Kind::NotFound);
        assert!(root.read("file").is_ok());
    }

    #[test]
    fn a_full_disk_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let root = Root::open(folder.path()).unwrap();
        let mut part = root.begin("a", false).unwrap();
        part.fill_disk();
        assert_eq!(part.write(b"x").unwrap_err().kind, Kind::DiskFull);
        drop(part);
        assert!(names(folder.path()).is_empty());
    }
}
