//! Where something is to be written: the file of `--json` or `--output`. What can be wrong with it is found out
//! before anything starts, so that nothing is measured in vain.

use super::folder::Folder;
use super::screen::Screen;
use crate::result::journal::{MODE, replace, try_folder};
use crate::text::{Json, path as shown};
use nix::sys::stat::fstat;
use nix::unistd::{AccessFlags, access};
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

/// Names of standard output and of standard error besides `-`.
const STDOUT: [&str; 4] = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];
const STDERR: [&str; 3] = ["/dev/stderr", "/dev/fd/2", "/proc/self/fd/2"];

/// Folders whose files are descriptors of this process.
const DESCRIPTORS: [&str; 2] = ["/dev/fd/", "/proc/self/fd/"];

/// Links to links that are followed to a file that is not there yet.
const MAX_LINKS: usize = 16;

/// Where it goes.
#[derive(Debug)]
pub(super) struct Target {
    /// As the user calls it.
    name: PathBuf,
    destination: Destination,
}

#[derive(Debug)]
enum Destination {
    Stdout,
    Stderr,
    /// A pipe, a device or an open descriptor: it cannot be replaced, and is written to.
    Stream(File),
    /// A regular file, there already or not. Links to it are resolved, so that it is not they that
    /// are replaced.
    File(PathBuf),
    /// A folder of files that is to be made.
    Folder(Folder),
}

impl Target {
    /// Finds out what `path` is. Opens a pipe, which waits for its reader as a shell does. The error
    /// is what to tell the user.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let name = path.to_owned();
        match destination(path) {
            Ok(destination) => Ok(Self { name, destination }),
            Err(error) => Err(cannot(path, &error)),
        }
    }

    /// The same for a folder of files; standard output is it too.
    pub(super) fn folder(path: &Path) -> Result<Self, String> {
        let name = path.to_owned();
        if STDOUT.iter().any(|name| path == Path::new(name)) {
            return Ok(Self { name, destination: Destination::Stdout });
        }
        let folder = Folder::open(path)?;
        Ok(Self { name, destination: Destination::Folder(folder) })
    }

    /// The folder that it is.
    pub(super) fn as_folder(&self) -> Option<&Folder> {
        match &self.destination {
            Destination::Folder(folder) => Some(folder),
            _ => None,
        }
    }

    /// True when it is where tables are printed.
    pub(super) fn is_stdout(&self) -> bool {
        matches!(self.destination, Destination::Stdout)
    }

    /// As the user calls it.
    pub(super) fn name(&self) -> &Path {
        &self.name
    }

    /// True when what is written to one of the two is written to the other.
    pub(super) fn is_the_same_as(&self, other: &Self) -> bool {
        match (&self.destination, &other.destination) {
            (Destination::Stdout, Destination::Stdout)
            | (Destination::Stderr, Destination::Stderr) => true,
            (Destination::File(one), Destination::File(other)) => one == other,
            (Destination::Folder(one), Destination::Folder(other)) => one == other,
            _ => false,
        }
    }

    /// True when what is written to it takes the place of this file, or of what it is a link to.
    pub(super) fn replaces(&self, file: &Path) -> bool {
        let (Destination::File(own), Ok(there)) = (&self.destination, fs::metadata(file)) else {
            return false;
        };
        fs::metadata(own).is_ok_and(|own| (own.dev(), own.ino()) == (there.dev(), there.ino()))
    }

    /// Has `write` write the whole document, a regular file in one step. `out` and `err` tell their
    /// own errors.
    pub(super) fn write<E: From<io::Error>>(
        &mut self,
        write: impl FnOnce(&mut dyn Write) -> Result<(), E>,
        out: &mut Screen,
        err: &mut Screen,
    ) -> Result<(), E> {
        match &mut self.destination {
            Destination::Stdout => write(&mut out.json()),
            Destination::Stderr => {
                write(&mut err.json())?;
                Ok(err.flush()?)
            }
            Destination::Stream(file) => {
                let mut file = Json(BufWriter::new(file));
                write(&mut file).and_then(|()| Ok(file.flush()?))
            }
            Destination::File(path) => replace(path, |file| write(&mut Json(file))),
            Destination::Folder(_) => Err(io::Error::from(ErrorKind::IsADirectory).into()),
        }
    }

    /// Opens it for what is written little by little, a regular file from its start.
    pub(super) fn stream(&self) -> io::Result<File> {
        match &self.destination {
            Destination::Stdout => Ok(io::stdout().as_fd().try_clone_to_owned()?.into()),
            Destination::Stderr => Ok(io::stderr().as_fd().try_clone_to_owned()?.into()),
            Destination::Stream(file) => file.try_clone(),
            Destination::File(path) => {
                OpenOptions::new().write(true).create(true).truncate(true).mode(MODE).open(path)
            }
            Destination::Folder(_) => Err(ErrorKind::IsADirectory.into()),
        }
    }

    /// What to tell the user when it cannot be written.
    pub(super) fn cannot(&self, error: &io::Error) -> String {
        cannot(&self.name, error)
    }
}

fn cannot(path: &Path, error: &io::Error) -> String {
    format!("cannot write {}: {error}; name a file in a folder that you may write to.", shown(path))
}

fn destination(path: &Path) -> io::Result<Destination> {
    let named = |names: &[&str]| names.iter().any(|name| path == Path::new(name));
    if named(&STDOUT) {
        return Ok(Destination::Stdout);
    }
    if named(&STDERR) {
        return Ok(Destination::Stderr);
    }
    match fs::metadata(path) {
        Ok(there) if there.is_dir() => Err(ErrorKind::IsADirectory.into()),
        Ok(there) if there.is_file() && !DESCRIPTORS.iter().any(|one| path.starts_with(one)) => {
            regular(path, &there)
        }
        // Whatever an open descriptor stands for has its beginning already.
        Ok(_) => OpenOptions::new().append(true).open(path).map(Destination::Stream),
        Err(error) if error.kind() == ErrorKind::NotFound => new(path, MAX_LINKS),
        Err(error) => Err(error),
    }
}

/// A file that is there. The one that a shell has opened for our output cannot be replaced.
fn regular(path: &Path, there: &Metadata) -> io::Result<Destination> {
    if is_open_as(there, io::stdout()) {
        return Ok(Destination::Stdout);
    }
    if is_open_as(there, io::stderr()) {
        return Ok(Destination::Stderr);
    }
    access(path, AccessFlags::W_OK)?;
    let file = path.canonicalize()?;
    try_folder(file.parent().unwrap_or(Path::new("/")))?;
    Ok(Destination::File(file))
}

fn is_open_as(there: &Metadata, stream: impl AsFd) -> bool {
    fstat(stream).is_ok_and(|open| (open.st_dev, open.st_ino) == (there.dev(), there.ino()))
}

/// A file that is to be made, perhaps where a link points to.
fn new(path: &Path, links: usize) -> io::Result<Destination> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    if let (Ok(target), 1..) = (fs::read_link(path), links) {
        return new(&folder.join(target), links - 1);
    }
    let name = path.file_name().ok_or(ErrorKind::InvalidFilename)?;
    let folder = folder.canonicalize()?;
    try_folder(&folder)?;
    Ok(Destination::File(folder.join(name)))
}
