//! The runs that are kept below a folder of results: which there are, what is known of each, and how one is
//! removed without touching anything that is not ours.
//!
//! A run is a folder with the name of a moment, in that of a scenario, which holds a journal or a result of ours.
//! Names are not followed through symbolic links, neither to find a run nor to remove one.

mod facts;
mod id;
mod remove;

pub use facts::{Facts, RunState};
pub use remove::{Outcome, Stays, remove};

use super::journal::{folder_name, regular_file};
use id::RunId;
use std::fs::{File, read_dir, read_link};
use std::io::{self, Read as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// The link to a scenario's latest run, beside the runs.
const LATEST: &str = "latest";

/// A file of a run, and what stands near its beginning when it is one of ours.
const MARKS: [(&str, &[u8]); 2] =
    [("journal.jsonl", b"\"wirebench.journal/"), ("result.json", b"\"wirebench.result/")];

/// How far into a file that is looked for, in bytes.
const LOOKED_AT: u64 = 256;

/// Folders in a run's folder whose sizes are summed up: deeper than any of ours.
const DEEPEST: usize = 16;

/// A run that is kept.
#[derive(Clone, Debug)]
pub struct KeptRun {
    scenario: String,
    id: RunId,
    path: PathBuf,
    latest: bool,
}

impl KeptRun {
    /// The name of its scenario's folder.
    pub fn scenario(&self) -> &str {
        &self.scenario
    }

    /// The name of its own folder.
    pub fn id(&self) -> &str {
        self.id.text()
    }

    /// That folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// When it began, in seconds since 1970.
    pub fn began(&self) -> i64 {
        self.id.began()
    }

    /// When it began, UTC, RFC 3339.
    pub fn started(&self) -> String {
        super::utc::rfc3339(self.id.began().unsigned_abs())
    }

    /// True where `latest` points to it.
    pub fn is_latest(&self) -> bool {
        self.latest
    }

    /// What it takes on the disk, in bytes.
    pub fn size_bytes(&self) -> u64 {
        size(&self.path, DEEPEST)
    }
}

/// All runs below the folder `results`, the newest first; where scenarios are named, theirs. An error: the folder
/// is there and cannot be read. What cannot be read in it is no run.
pub fn find(results: &Path, scenarios: &[String]) -> io::Result<Vec<KeptRun>> {
    let entries = match read_dir(results) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let wanted: Vec<String> = scenarios.iter().map(|name| folder_name(name)).collect();
    let mut runs = Vec::new();
    for entry in entries.flatten() {
        let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let is_wanted = wanted.is_empty() || wanted.contains(&name);
        if is_folder && is_wanted && is_of_a_scenario(&name) {
            runs.extend(of_scenario(&name, &entry.path()));
        }
    }
    runs.sort_by(|one, other| other.id.cmp(&one.id).then(one.scenario.cmp(&other.scenario)));
    Ok(runs)
}

fn of_scenario(name: &str, folder: &Path) -> Vec<KeptRun> {
    let latest = read_link(folder.join(LATEST)).ok();
    let latest = latest.as_deref().and_then(Path::file_name);
    let entries = read_dir(folder).into_iter().flatten().flatten();
    let runs = entries.filter_map(|entry| {
        let id = RunId::read(entry.file_name().to_str()?)?;
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let path = entry.path();
        (is_folder && holds_ours(&path)).then(|| KeptRun {
            scenario: name.to_owned(),
            latest: latest == Some(entry.file_name().as_os_str()),
            id,
            path,
        })
    });
    runs.collect()
}

/// True for a name that a scenario's folder may have.
fn is_of_a_scenario(name: &str) -> bool {
    folder_name(name) == name
}

fn holds_ours(folder: &Path) -> bool {
    MARKS.iter().any(|(name, mark)| {
        let path = folder.join(name);
        let is_file = path.symlink_metadata().is_ok_and(|file| file.is_file());
        is_file && regular_file(&path).is_ok_and(|file| is_marked(&file, mark))
    })
}

/// True for a file that begins as one of ours.
fn is_marked(mut file: &File, mark: &[u8]) -> bool {
    let mut start = Vec::new();
    let read = file.by_ref().take(LOOKED_AT).read_to_end(&mut start);
    read.is_ok() && start.windows(mark.len()).any(|words| words == mark)
}

/// What a file or folder takes on the disk with all that it holds.
fn size(path: &Path, deep: usize) -> u64 {
    let Ok(metadata) = path.symlink_metadata() else { return 0 };
    let mut bytes = taken(metadata.blocks());
    if metadata.is_dir() && deep > 0 {
        let entries = read_dir(path).into_iter().flatten().flatten();
        bytes += entries.map(|entry| size(&entry.path(), deep - 1)).sum::<u64>();
    }
    bytes
}

/// Bytes of so many blocks, which are of 512 bytes whatever the disk has.
fn taken(blocks: u64) -> u64 {
    blocks.saturating_mul(512)
}
