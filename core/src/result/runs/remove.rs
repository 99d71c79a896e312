//! Removes a run that is kept, and nothing else.
//!
//! Every file of a run has a name and a kind that are known here. Where a folder holds anything else, all of it
//! stays. Folders are entered by descriptors and names, never through a symbolic link and never onto another disk,
//! so what takes the place of a folder meanwhile is not entered. The run's lock is held all the while: a run that
//! is being written stays, and two who remove the same one do not get in each other's way.

use super::{KeptRun, LATEST, MARKS, RunId, is_marked, is_of_a_scenario, taken};
use crate::result::journal::RunLock;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, open, openat, readlinkat};
use nix::sys::stat::{FileStat, Mode, SFlag, fstat, fstatat};
use nix::unistd::{UnlinkatFlags, unlinkat};
use std::ffi::OsString;
use std::fs::{File, read_dir};
use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::Path;
use std::rc::Rc;

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is gone, and took so many bytes on the disk.
    Removed(u64),
    /// Somebody else has removed it.
    Gone,
    /// It is left where it is.
    Stays(Stays),
}

/// Why a run is not removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stays {
    /// `latest` points to it.
    Latest,
    /// It is being written, or somebody else is removing it; or its disk cannot say.
    Locked,
    /// It holds this, which is not ours.
    Foreign(OsString),
}

/// Files of a run in the order in which they go: what says that it is a run goes last.
const FILES: [&str; 4] = ["scenario.toml", "comparison.json", "result.json", "journal.jsonl"];

/// A link on its way to be `latest`.
const NEXT_LATEST: &str = ".latest";

/// How files are called while they are written, and how long that name is.
const TEMPORARY: (&str, usize) = (".tmp", 10);

/// The folder, in a run's own, in which the result of the baseline is kept as in a folder of results.
const BASELINE: &str = "baseline";

/// The file that keeps a folder of results out of repositories.
const IGNORED: &str = ".gitignore";

const CLOSED: OFlag = OFlag::O_CLOEXEC;
const NO_MODE: Mode = Mode::empty();

/// Removes a run that was found below `results`. `dry`: nothing is removed, and all else is as if it were.
pub fn remove(results: &Path, run: &KeptRun, dry: bool) -> io::Result<Outcome> {
    let folder = |path: &Path| open(path, OFlag::O_DIRECTORY | OFlag::O_PATH | CLOSED, NO_MODE);
    let entered = folder(results)
        .and_then(|results| enter(&results, run.scenario()))
        .and_then(|scenario| Ok((enter(&scenario, run.id())?, scenario)));
    let (folder, scenario) = match entered {
        Ok((folder, scenario)) => (Rc::new(folder), scenario),
        Err(Errno::ENOENT | Errno::ENOTDIR | Errno::ELOOP) => return Ok(Outcome::Gone),
        Err(error) => return Err(error.into()),
    };
    let _lock = match lock(&folder)? {
        Locked::Ours(lock) => lock,
        Locked::Others => return Ok(Outcome::Stays(Stays::Locked)),
        Locked::Nothing => return Ok(Outcome::Gone),
    };
    if readlinkat(&scenario, LATEST)
        .is_ok_and(|to| Path::new(&to).file_name() == Some(run.id().as_ref()))
    {
        return Ok(Outcome::Stays(Stays::Latest));
    }
    let own = fstat(&*folder)?;
    let mut plan = Plan { disk: own.st_dev, found: Vec::new(), bytes: blocks(&own) };
    match plan.add_run(&folder, true) {
        Err(Planned::Foreign(name)) => return Ok(Outcome::Stays(Stays::Foreign(name))),
        Err(Planned::Failed(error)) => return Err(error),
        Ok(()) => {}
    }
    if dry {
        return Ok(Outcome::Removed(plan.bytes));
    }
    for Known { within, name, folder } in &plan.found {
        let how = if *folder { UnlinkatFlags::RemoveDir } else { UnlinkatFlags::NoRemoveDir };
        match unlinkat(&**within, name.as_os_str(), how) {
            Ok(()) | Err(Errno::ENOENT) => {}
            // Somebody has put something into it meanwhile.
            Err(Errno::ENOTEMPTY | Errno::EEXIST) => {
                return Ok(Outcome::Stays(Stays::Foreign(name.clone())));
            }
            Err(error) => return Err(error.into()),
        }
    }
    // Whatever has taken its place meanwhile is not ours.
    let there = fstatat(&scenario, run.id(), AtFlags::AT_SYMLINK_NOFOLLOW);
    if there.is_ok_and(|there| (there.st_dev, there.st_ino) != (own.st_dev, own.st_ino)) {
        return Ok(Outcome::Gone);
    }
    match unlinkat(&scenario, run.id(), UnlinkatFlags::RemoveDir) {
        Ok(()) => Ok(Outcome::Removed(plan.bytes)),
        Err(Errno::ENOENT) => Ok(Outcome::Gone),
        Err(Errno::ENOTEMPTY | Errno::EEXIST) => {
            let name = entries(&folder)?.into_iter().next().unwrap_or_default();
            Ok(Outcome::Stays(Stays::Foreign(name)))
        }
        Err(error) => Err(error.into()),
    }
}

enum Locked {
    /// It is ours as long as this is held.
    Ours(RunLock),
    /// Somebody else has it.
    Others,
    /// There is nothing of a run in it any more.
    Nothing,
}

/// Locks a run by the first file of ours in its folder.
fn lock(folder: &OwnedFd) -> io::Result<Locked> {
    for (name, mark) in MARKS {
        let flags = OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | CLOSED;
        let file = match openat(folder, name, flags, NO_MODE) {
            Ok(file) => File::from(file),
            Err(Errno::ENOENT | Errno::ELOOP | Errno::ENXIO) => continue,
            Err(error) => return Err(error.into()),
        };
        if !file.metadata()?.is_file() || !is_marked(&file, mark) {
            continue;
        }
        return Ok(RunLock::of(&file).map_or(Locked::Others, Locked::Ours));
    }
    Ok(Locked::Nothing)
}

/// Something that is known to be of a run.
struct Known {
    within: Rc<OwnedFd>,
    name: OsString,
    folder: bool,
}

/// All that a run consists of, in the order in which it goes.
struct Plan {
    /// The disk that it is on.
    disk: u64,
    found: Vec<Known>,
    bytes: u64,
}

enum Planned {
    /// This is not ours.
    Foreign(OsString),
    Failed(io::Error),
}

impl<E: Into<io::Error>> From<E> for Planned {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl Plan {
    /// What is in a run's folder. `paired`: a baseline may be kept in it.
    fn add_run(&mut self, folder: &Rc<OwnedFd>, paired: bool) -> Result<(), Planned> {
        let mut names = entries(folder)?;
        // Others come before those of `FILES`.
        names.sort_by_key(|name| FILES.iter().position(|known| name == *known));
        for name in names {
            let kind = self.look(folder, &name)?;
            let text = name.to_str().unwrap_or_default();
            let (begin, length) = TEMPORARY;
            match kind {
                SFlag::S_IFREG if FILES.contains(&text) => {}
                SFlag::S_IFREG if text.starts_with(begin) && text.len() == length => {}
                SFlag::S_IFLNK if text == NEXT_LATEST => {}
                SFlag::S_IFDIR if text == BASELINE && paired => {
                    let inner = Rc::new(enter(folder, &name)?);
                    self.add_results(&inner)?;
                }
                _ => return Err(Planned::Foreign(name)),
            }
            self.push(folder, name, kind);
        }
        Ok(())
    }

    /// What is in a folder of results.
    fn add_results(&mut self, folder: &Rc<OwnedFd>) -> Result<(), Planned> {
        for name in entries(folder)? {
            let kind = self.look(folder, &name)?;
            match (kind, name.to_str()) {
                (SFlag::S_IFREG, Some(IGNORED)) => {}
                (SFlag::S_IFDIR, Some(scenario)) if is_of_a_scenario(scenario) => {
                    let inner = Rc::new(enter(folder, &name)?);
                    self.add_scenario(&inner)?;
                }
                _ => return Err(Planned::Foreign(name)),
            }
            self.push(folder, name, kind);
        }
        Ok(())
    }

    /// What is in the folder of a scenario.
    fn add_scenario(&mut self, folder: &Rc<OwnedFd>) -> Result<(), Planned> {
        for name in entries(folder)? {
            let kind = self.look(folder, &name)?;
            match (kind, name.to_str()) {
                (SFlag::S_IFLNK, Some(LATEST)) => {}
                (SFlag::S_IFDIR, Some(run)) if RunId::read(run).is_some() => {
                    let inner = Rc::new(enter(folder, &name)?);
                    self.add_run(&inner, false)?;
                }
                _ => return Err(Planned::Foreign(name)),
            }
            self.push(folder, name, kind);
        }
        Ok(())
    }

    /// The kind of an entry, which is on the run's disk.
    fn look(&mut self, folder: &OwnedFd, name: &OsString) -> Result<SFlag, Planned> {
        let file = fstatat(folder, name.as_os_str(), AtFlags::AT_SYMLINK_NOFOLLOW)?;
        if file.st_dev != self.disk {
            return Err(Planned::Foreign(name.clone()));
        }
        self.bytes = self.bytes.saturating_add(blocks(&file));
        Ok(SFlag::from_bits_truncate(file.st_mode) & SFlag::S_IFMT)
    }

    fn push(&mut self, folder: &Rc<OwnedFd>, name: OsString, kind: SFlag) {
        self.found.push(Known { within: Rc::clone(folder), name, folder: kind == SFlag::S_IFDIR });
    }
}

fn blocks(file: &FileStat) -> u64 {
    taken(u64::try_from(file.st_blocks).unwrap_or_default())
}

/// Opens a folder in another, and not what a link leads to.
fn enter<N: AsRef<std::ffi::OsStr> + ?Sized>(folder: &OwnedFd, name: &N) -> Result<OwnedFd, Errno> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | CLOSED;
    openat(folder, name.as_ref(), flags, NO_MODE)
}

/// The names in a folder that is open.
fn entries(folder: &OwnedFd) -> io::Result<Vec<OsString>> {
    let path = format!("/proc/self/fd/{}", folder.as_raw_fd());
    read_dir(path)?.map(|entry| Ok(entry?.file_name())).collect()
}
