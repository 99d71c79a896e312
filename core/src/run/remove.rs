//! The only place where a run removes what it has made.
//!
//! Names are not believed: whoever shares the folder may have put something else there. What was
//! made is held open, so its inode is nobody else's, and a name is removed only where it still
//! means that inode. Only a folder of our own is emptied, and nothing leads out of it: neither a
//! symbolic link nor a mount.

use crate::net::socket::hold;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, OpenHow, ResolveFlag, open, openat, openat2, renameat};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, fstatat};
use nix::unistd::{UnlinkatFlags, unlinkat};
use std::ffi::OsStr;
use std::fs::{Permissions, read_dir, read_link, set_permissions};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long a folder is emptied at most. Nobody who could fill it lives any more, unless it hangs
/// in the kernel.
const LONGEST: Duration = Duration::from_secs(10);

/// Numbers that are tried for the new name of a folder that is moved up.
const MAX_NAMES: u32 = 1_000;

/// A folder, or the file of a socket, that was made for a run.
#[derive(Debug)]
pub struct OwnedPath {
    path: PathBuf,
    /// What was made, open: its inode is nobody else's.
    handle: OwnedFd,
    folder: bool,
}

impl OwnedPath {
    /// What stands at `path` now, which was made just before. An error: it is gone, or it is neither a
    /// folder nor a socket.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::new(path, hold(path)?)
    }

    /// What was made at `path` and is [held](hold) open by `handle`. An error: it is neither a folder
    /// nor a socket.
    pub fn new(path: &Path, handle: OwnedFd) -> io::Result<Self> {
        let folder = match kind(&fstat(&handle)?) {
            SFlag::S_IFDIR => true,
            SFlag::S_IFSOCK => false,
            _ => return Err(io::Error::other("it is neither a folder nor a socket")),
        };
        Ok(Self { path: path.to_owned(), handle, folder })
    }

    /// Where it was made.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// True for a folder, false for a socket.
    pub fn is_folder(&self) -> bool {
        self.folder
    }

    /// The open descriptor, for another process to hold it too.
    pub fn handle(&self) -> BorrowedFd<'_> {
        self.handle.as_fd()
    }

    /// Removes everything in a folder; does nothing to a socket. An error: something is left.
    pub fn empty(&self) -> io::Result<()> {
        if self.folder { empty(self.handle.as_fd()) } else { Ok(()) }
    }

    /// Removes it, wherever a folder has been moved to. What stands at its place without being it
    /// is left alone.
    pub fn remove(&self) -> io::Result<()> {
        self.empty()?;
        let moved = self.folder.then(|| read_link(name_of(self.handle.as_fd())).ok()).flatten();
        let path = moved.as_deref().unwrap_or(&self.path);
        let (Some(name), Some(parent)) = (path.file_name(), path.parent()) else { return Ok(()) };
        let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
        let parent = match open(parent, OFlag::O_PATH | OFlag::O_DIRECTORY | CLOSED, NO_MODE) {
            Ok(parent) => parent,
            Err(Errno::ENOENT | Errno::ENOTDIR) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        match fstatat(&parent, name, AtFlags::AT_SYMLINK_NOFOLLOW) {
            Ok(there) if is_same(&there, &fstat(&self.handle)?) => {}
            Ok(_) | Err(Errno::ENOENT) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        let how = if self.folder { UnlinkatFlags::RemoveDir } else { UnlinkatFlags::NoRemoveDir };
        Ok(unlinkat(&parent, name, how)?)
    }
}

const CLOSED: OFlag = OFlag::O_CLOEXEC;
const NO_MODE: Mode = Mode::empty();

fn kind(file: &FileStat) -> SFlag {
    SFlag::from_bits_truncate(file.st_mode) & SFlag::S_IFMT
}

fn is_same(one: &FileStat, other: &FileStat) -> bool {
    (one.st_dev, one.st_ino, kind(one)) == (other.st_dev, other.st_ino, kind(other))
}

/// A name that means what is open, whatever has become of its path.
fn name_of(open: BorrowedFd<'_>) -> PathBuf {
    format!("/proc/self/fd/{}", open.as_raw_fd()).into()
}

/// Removes everything in a folder. Folders in it are not descended into, however deep they are: what
/// is not empty has its own folders moved up first, so that two descriptors are enough.
fn empty(folder: BorrowedFd<'_>) -> io::Result<()> {
    let until = Instant::now() + LONGEST;
    let mut number = 0;
    loop {
        let (mut left, mut progress) = (None, false);
        for entry in read_dir(name_of(folder))? {
            let name = entry?.file_name();
            match take_out(folder, &name, folder, &mut number) {
                Ok(()) => progress = true,
                Err(error) => left = Some(error),
            }
            if Instant::now() > until {
                return Err(io::Error::other("it is not empty even after some time"));
            }
        }
        match left {
            None if !progress => return Ok(()),
            Some(error) if !progress => return Err(error),
            _ => {}
        }
    }
}

/// Removes an entry of `folder`. What a folder among them holds is removed too, but for folders with
/// something inside: those are moved to `top`.
fn take_out(
    folder: BorrowedFd<'_>,
    name: &OsStr,
    top: BorrowedFd<'_>,
    number: &mut u32,
) -> io::Result<()> {
    match unlinkat(folder, name, UnlinkatFlags::NoRemoveDir) {
        Err(Errno::EISDIR | Errno::EPERM) => {}
        Ok(()) | Err(Errno::ENOENT) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    match unlinkat(folder, name, UnlinkatFlags::RemoveDir) {
        Err(Errno::ENOTEMPTY | Errno::EEXIST | Errno::EACCES) => {}
        Ok(()) | Err(Errno::ENOENT) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    let inner = enter(folder, name)?;
    if folder.as_raw_fd() != top.as_raw_fd() {
        return move_up(folder, name, top, number);
    }
    for entry in read_dir(name_of(inner.as_fd()))? {
        take_out(inner.as_fd(), &entry?.file_name(), top, number)?;
    }
    Ok(unlinkat(folder, name, UnlinkatFlags::RemoveDir)?)
}

fn move_up(
    folder: BorrowedFd<'_>,
    name: &OsStr,
    top: BorrowedFd<'_>,
    number: &mut u32,
) -> io::Result<()> {
    let mut moved = Err(Errno::EEXIST);
    for _ in 0..MAX_NAMES {
        *number = number.wrapping_add(1);
        moved = renameat(folder, name, top, format!(".{number}").as_str());
        if !matches!(moved, Err(Errno::EEXIST | Errno::ENOTEMPTY | Errno::ENOTDIR)) {
            break;
        }
    }
    Ok(moved?)
}

/// Opens a folder to be emptied. Never one that lies elsewhere: behind a link, or mounted there.
fn enter(folder: BorrowedFd<'_>, name: &OsStr) -> io::Result<OwnedFd> {
    let flags = OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | CLOSED;
    let within = ResolveFlag::RESOLVE_BENEATH
        | ResolveFlag::RESOLVE_NO_XDEV
        | ResolveFlag::RESOLVE_NO_SYMLINKS;
    let how = OpenHow::new().flags(flags | OFlag::O_PATH).resolve(within);
    let inner = match openat2(folder, name, how) {
        // Kernels before 5.6, and valgrind. A mount of the same file system is not noticed there.
        Err(Errno::ENOSYS) => {
            let inner = openat(folder, name, flags | OFlag::O_PATH, NO_MODE)?;
            if fstat(&inner)?.st_dev != fstat(folder)?.st_dev {
                return Err(Errno::EXDEV.into());
            }
            inner
        }
        opened => opened?,
    };
    // A plugin may have taken our own rights from it.
    let path = name_of(inner.as_fd());
    set_permissions(&path, Permissions::from_mode(0o700))?;
    Ok(open(&path, OFlag::O_DIRECTORY | CLOSED, NO_MODE)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    fn place() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("made");
        (folder, path)
    }

    #[test]
    fn a_socket_is_removed_and_nothing_that_took_its_place() {
        let replacements: [fn(&Path); 4] = [
            |path| fs::create_dir_all(path.join("inside")).expect("a folder"),
            |path| fs::write(path, "mine").expect("a file"),
            |path| drop(UnixListener::bind(path).expect("a socket")),
            |path| symlink("/etc", path).expect("a link"),
        ];
        for replace in replacements {
            let (_folder, path) = place();
            let _listener = UnixListener::bind(&path).expect("a socket");
            let made = OwnedPath::open(&path).expect("it is there");
            fs::remove_file(&path).expect("it is ours");
            replace(&path);
            made.remove().expect("nothing is to be done");
            assert!(path.symlink_metadata().is_ok(), "it is not ours");
        }
        let (_folder, path) = place();
        let _listener = UnixListener::bind(&path).expect("a socket");
        let made = OwnedPath::open(&path).expect("it is there");
        made.remove().expect("it is ours");
        made.remove().expect("it is gone already");
        assert!(path.symlink_metadata().is_err());
    }

    #[test]
    fn a_folder_that_was_replaced_is_removed_where_it_is_now_and_what_is_there_stays() {
        let (folder, path) = place();
        fs::create_dir_all(path.join("a/b")).expect("a folder");
        let made = OwnedPath::open(&path).expect("it is there");
        let precious = folder.path().join("precious");
        fs::create_dir(&precious).expect("a folder");
        fs::write(precious.join("file"), "mine").expect("a file");
        let elsewhere = folder.path().join("elsewhere");
        fs::rename(&path, &elsewhere).expect("it is ours");
        symlink(&precious, &path).expect("a link");
        made.remove().expect("it is ours");
        assert!(!elsewhere.exists());
        assert_eq!(fs::read(path.join("file")).expect("it is there"), b"mine");
    }

    #[test]
    fn links_in_a_folder_are_removed_and_not_followed() {
        let (folder, path) = place();
        let precious = folder.path().join("precious");
        fs::create_dir_all(precious.join("inside")).expect("a folder");
        fs::create_dir_all(path.join("a/b")).expect("a folder");
        for link in ["link", "a/link", "a/b/link"] {
            symlink(&precious, path.join(link)).expect("a link");
        }
        let made = OwnedPath::open(&path).expect("it is there");
        made.empty().expect("it is ours");
        assert_eq!(fs::read_dir(&path).expect("it is there").count(), 0);
        assert!(precious.join("inside").is_dir());
    }

    #[test]
    fn a_folder_of_any_depth_and_without_rights_is_removed() {
        let (_folder, path) = place();
        fs::create_dir(&path).expect("a folder");
        let made = OwnedPath::open(&path).expect("it is there");
        // Deeper than a path can say (4,096 bytes) and than descriptors would reach (1,024), and no more: a
        // disk that is busy with other work takes its time.
        let mut at = open(&path, OFlag::O_DIRECTORY | CLOSED, NO_MODE).expect("it is there");
        for depth in 0..1_100 {
            let inner = name_of(at.as_fd()).join("deeper");
            fs::create_dir(&inner).expect("a folder");
            fs::write(name_of(at.as_fd()).join(".1"), "in the way").expect("a file");
            let next = open(&inner, OFlag::O_DIRECTORY | CLOSED, NO_MODE).expect("it is there");
            if depth == 5 {
                set_permissions(&inner, Permissions::from_mode(0o000)).expect("it is ours");
            }
            at = next;
        }
        made.remove().expect("it is ours");
        assert!(!path.exists());
    }

    #[test]
    fn what_is_neither_a_folder_nor_a_socket_is_not_taken() {
        let (_folder, path) = place();
        fs::write(&path, "mine").expect("a file");
        assert!(OwnedPath::open(&path).is_err());
        fs::remove_file(&path).expect("it is ours");
        symlink("/", &path).expect("a link");
        assert!(OwnedPath::open(&path).is_err());
    }
}
