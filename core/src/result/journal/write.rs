//! Keeping a run: round by round, then as a document.

use super::error::JournalError;
use super::lock::RunLock;
use super::whole::{MODE, replace};
use super::{Archive, Header, RunOptions, SCHEMA, Span};
use crate::result::document::{Measured, RunInfo};
use crate::result::schema::JOURNAL;
use crate::result::{Host, Round, Stored, StoredError, Tool, utc};
use crate::scenario::Scenario;
use serde::Serialize;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Runs of one scenario that may begin in the same second.
pub(in crate::result) const SAME_SECOND: u32 = 1000;

/// The longest name of a scenario's folder, in bytes.
const LONGEST_NAME: usize = 64;

/// A run's folder, open for writing.
///
/// After an error the run can go on: every call stands for itself, and a round that could not be
/// written leaves no torn line behind where the file can be cut.
#[derive(Debug)]
pub struct Journal {
    folder: PathBuf,
    run: RunInfo,
    measured: Measured,
    options: RunOptions,
    file: File,
    lock: Option<RunLock>,
    /// Length of the whole lines written.
    length: u64,
}

impl Journal {
    /// Makes `out/<scenario>/<run>/`, with a `.gitignore` in `out`.
    pub fn create(out: &Path, scenario_name: &str) -> Result<Self, JournalError> {
        let of_scenario = out.join(folder_name(scenario_name));
        fs::create_dir_all(&of_scenario).map_err(io("create the folder", &of_scenario))?;
        ignore_for_git(out)?;
        let began = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let (folder, id) = new_run(&of_scenario, &utc::compact(began))?;
        let path = folder.join("journal.jsonl");
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(MODE)
            .open(&path)
            .map_err(io("create the journal", &path))?;
        // Before the first line, without which nobody takes it for a run.
        let lock = RunLock::of(&file);
        let run = RunInfo { id, started: utc::rfc3339(began) };
        let (measured, options) = (Measured::default(), RunOptions::default());
        Ok(Self { folder, run, measured, options, file, lock, length: 0 })
    }

    /// What says that the run is being written, for as long as it is held; `None` where the disk knows no locks.
    pub fn lock(&self) -> Option<RunLock> {
        self.lock.clone()
    }

    /// The run's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The run's name and time, for the document.
    pub fn run(&self) -> &RunInfo {
        &self.run
    }

    /// The files that the rounds will use, for the first line.
    pub fn measures(&mut self, measured: Measured) {
        self.measured = measured;
    }

    /// What is asked of the run besides its scenario, for the first line.
    pub fn asks(&mut self, options: RunOptions) {
        self.options = options;
    }

    /// Writes the first line and the copy of the scenario's file. The configuration of the
    /// handlers is left out of the line; only the owner may read what is kept.
    pub fn begin(
        &mut self,
        scenario: &Scenario,
        scenario_text: &str,
        host: &Host,
        tool: &Tool,
    ) -> Result<(), JournalError> {
        let header = Header {
            schema: SCHEMA.into(),
            run: self.run.clone(),
            tool: tool.clone(),
            host: host.clone(),
            measured: self.measured.clone(),
            options: self.options,
            scenario: scenario.secrets.without(scenario),
        };
        self.line(&header)?;
        self.copy(scenario_text)
    }

    /// Keeps what the scenario's file held.
    fn copy(&self, scenario_text: &str) -> Result<(), JournalError> {
        let path = self.folder.join("scenario.toml");
        let mut copy = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(MODE)
            .open(&path)
            .map_err(io("create", &path))?;
        copy.write_all(scenario_text.as_bytes()).map_err(io("write", &path))
    }

    /// Writes one round; it is on the disk when this returns. Says where it stands.
    pub fn round(&mut self, round: &Round) -> Result<Span, JournalError> {
        self.line(round)
    }

    /// The rounds written so far, and those that will be, to be read again.
    pub fn archive(&self) -> Result<Archive, JournalError> {
        let path = self.folder.join("journal.jsonl");
        let file = self.file.try_clone().map_err(io("keep open", &path))?;
        Ok(Archive::new(&path, file, JOURNAL.newest))
    }

    /// Writes `result.json` in one step and makes `latest` point to this run.
    pub fn finish(&mut self, result: &mut Stored) -> Result<(), JournalError> {
        let path = self.folder.join("result.json");
        replace(&path, |out| result.write(out)).map_err(|error| match error {
            StoredError::Read(error) => error,
            StoredError::Write(error) => io("write", &path)(error),
        })?;
        self.point_latest_here()
    }

    fn line<T: Serialize>(&mut self, value: &T) -> Result<Span, JournalError> {
        // Cannot fail: every map has strings for keys.
        let mut line = serde_json::to_vec(value).unwrap_or_default();
        line.push(b'\n');
        match append(&mut self.file, self.length, &line) {
            Ok(()) => {
                let span = Span { at: self.length, len: line.len() as u32 };
                self.length += line.len() as u64;
                Ok(span)
            }
            Err(source) => Err(JournalError::Io {
                doing: "write to the journal",
                path: self.folder.join("journal.jsonl"),
                source,
            }),
        }
    }

    fn point_latest_here(&self) -> Result<(), JournalError> {
        let Some(parent) = self.folder.parent() else { return Ok(()) };
        let latest = parent.join("latest");
        // A link cannot be replaced, but it can be renamed over. Until then it stands in the run's
        // own folder.
        let temporary = self.folder.join(".latest");
        let pointed = std::os::unix::fs::symlink(&self.run.id, &temporary)
            .and_then(|()| fs::rename(&temporary, &latest));
        if pointed.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        pointed.map_err(io("point to this run with", &latest))
    }
}

/// Keeps a result that was put together of others, in a run's folder of its own without a journal. Says where, and
/// how that run is called.
pub fn keep_whole(
    out: &Path,
    scenario_name: &str,
    scenario_text: Option<&str>,
    result: &mut Stored<'_>,
) -> Result<(PathBuf, RunInfo), JournalError> {
    let mut journal = Journal::create(out, scenario_name)?;
    let path = journal.folder.join("journal.jsonl");
    fs::remove_file(&path).map_err(io("remove", &path))?;
    if let Some(text) = scenario_text {
        journal.copy(text)?;
    }
    result.set_run(journal.run.clone());
    journal.finish(result)?;
    Ok((journal.folder, journal.run))
}

/// Appends a whole line at `end`, or nothing.
fn append(file: &mut File, end: u64, line: &[u8]) -> std::io::Result<()> {
    let written = file
        .seek(SeekFrom::Start(end))
        .and_then(|_| file.write_all(line))
        .and_then(|()| file.sync_data());
    if written.is_err() {
        // What was written of it would be a torn line in front of the next one.
        let _ = file.set_len(end);
    }
    written
}

/// A folder of its own for this run, and its name.
fn new_run(parent: &Path, time: &str) -> Result<(PathBuf, String), JournalError> {
    for number in 1..=SAME_SECOND {
        let id = if number == 1 { time.to_owned() } else { format!("{time}-{number}") };
        let folder = parent.join(&id);
        match fs::create_dir(&folder) {
            Ok(()) => return Ok((folder, id)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(io("create the folder", &folder)(error)),
        }
    }
    let taken = std::io::Error::from(ErrorKind::AlreadyExists);
    Err(io("find a free name for a run in", parent)(taken))
}

fn ignore_for_git(out: &Path) -> Result<(), JournalError> {
    let path = out.join(".gitignore");
    match OpenOptions::new().write(true).create_new(true).open(&path) {
        Ok(mut file) => file.write_all(b"*\n").map_err(io("write", &path)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(io("create", &path)(error)),
    }
}

fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> JournalError {
    let path = path.to_owned();
    move |source| JournalError::Io { doing, path, source }
}

/// The scenario's name as a folder: letters, digits, `.`, `_` and `-`, not hidden, not long.
pub(in crate::result) fn folder_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let name: String = name.trim_start_matches('.').chars().take(LONGEST_NAME).map(plain).collect();
    if name.is_empty() { "scenario".into() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_an_error_that_says_so() {
        let mut full = OpenOptions::new().write(true).open("/dev/full").expect("Linux has it");
        let error = append(&mut full, 0, b"{}\n").expect_err("nothing can be written to it");
        let told = io("write to the journal", Path::new("journal.jsonl"))(error).to_string();
        assert!(told.contains("No space left on device"), "{told}");
        assert!(told.contains("--out"), "{told}");
    }

    #[test]
    fn a_line_that_did_not_fit_leaves_nothing_behind() {
        let mut file = tempfile::tempfile().expect("a temporary file");
        append(&mut file, 0, b"one\n").expect("there is room");
        // As if the last write had stopped in the middle of its line.
        file.write_all(b"tw").expect("there is room");
        append(&mut file, 4, b"three\n").expect("there is room");
        file.rewind().expect("it can be read again");
        assert_eq!(std::io::read_to_string(&file).expect("it is text"), "one\nthree\n");
    }

    #[test]
    fn no_scenario_name_leaves_its_folder() {
        for (name, folder) in [
            ("sticky", "sticky"),
            ("Größe 64 B", "Gr--e-64-B"),
            ("../../etc", "-..-etc"),
            ("..", "scenario"),
            ("", "scenario"),
            ("a/b\\c\0", "a-b-c-"),
        ] {
            assert_eq!(folder_name(name), folder, "{name:?}");
        }
        assert_eq!(folder_name(&"x".repeat(1000)).len(), LONGEST_NAME);
    }
}
