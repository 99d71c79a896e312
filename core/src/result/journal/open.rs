//! Finding what is kept of a run, by its folder or one of its files.

use super::error::JournalError;
use super::{Header, Reader, Span};
use crate::result::document::{AttemptResult, CellResult, Document};
use crate::result::old::REMARK;
use crate::result::read::{Each, cells_of, cells_of_text};
use crate::result::stored::{CellSource, Stored, StoredError, Thinning};
use crate::result::{Pool, Round, certain_failure, complete};
use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read as _, Seek as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// What every journal of every schema has in its first line.
const MARK: &[u8] = b"\"wirebench.journal/";

/// A document of at most so many bytes is read into memory.
const SHORT: u64 = 16 << 20;

/// How far into a file that is looked for, in bytes.
const LOOKED_AT: u64 = 256;

/// What is kept of a run.
#[derive(Debug)]
pub enum Opened {
    /// The document of a run that was over.
    Document(Stored<'static>),
    /// The rounds of a run, of which there may be no document.
    Journal(Rounds),
}

/// Opens what is kept at `path`: a run's folder, its `result.json` or `journal.jsonl`, or the folder
/// of a scenario's runs, of which the latest is taken. In a run's folder the document comes first.
/// Says which file it was.
pub fn open(path: &Path) -> Result<(PathBuf, Opened), JournalError> {
    let path = find(path)?;
    let (file, journal) = open_file(&path)?;
    let opened = match journal {
        true => Opened::Journal(read_rounds(&path, file)?),
        false => Opened::Document(open_document(&path, file)?),
    };
    Ok((path, opened))
}

/// What is known of a result whose cells were handed over.
#[derive(Debug)]
pub struct Visited {
    /// The document, without cells.
    pub document: Document,
    /// Bytes of a journal's last line that was not finished; it is left out.
    pub torn_bytes: Option<u64>,
}

/// Opens the file at `path` as [`open`] does and hands over each cell whole, in order, once, with its text where a
/// document has it; none of them is kept. Where it fails, what was handed over before may be wrong.
pub fn visit(
    path: &Path,
    to: &mut dyn FnMut(CellResult, Option<&str>),
) -> Result<Visited, JournalError> {
    let (file, journal) = open_file(path)?;
    if !journal {
        let mut kept = KeptDocument { path: path.to_owned(), file };
        let mut to_one = |cell: CellResult, text: Option<&str>| {
            to(cell, text);
            Ok(())
        };
        let document = kept.read(&mut to_one)?;
        return Ok(Visited { document, torn_bytes: None });
    }
    let rounds = read_rounds(path, file)?;
    let mut result = rounds.result()?;
    let mut document = result.document().clone();
    document.cells = Vec::new();
    let handed = result.each(&mut |_, cell| {
        to(cell, None);
        Ok(())
    });
    match handed {
        Err(StoredError::Read(error)) => Err(error),
        // Nothing was written.
        Err(StoredError::Write(_)) | Ok(()) => {
            Ok(Visited { document, torn_bytes: rounds.torn_bytes() })
        }
    }
}

/// The file that is meant by a path; see [`open`].
pub fn find(path: &Path) -> Result<PathBuf, JournalError> {
    if !path.is_dir() {
        return Ok(path.to_owned());
    }
    for folder in [path.to_owned(), path.join("latest")] {
        let files = ["result.json", "journal.jsonl"].map(|name| folder.join(name));
        if let Some(file) = files.into_iter().find(|file| file.exists()) {
            return Ok(file);
        }
    }
    let cause = "there is no result.json and no journal.jsonl in it".into();
    Err(JournalError::Nowhere { path: path.to_owned(), cause })
}

/// Opens a regular file.
pub fn regular_file(path: &Path) -> Result<File, JournalError> {
    let io = |source| JournalError::Io { doing: "read", path: path.to_owned(), source };
    // Opening a pipe would wait for its other end.
    let mut options = OpenOptions::new();
    let file = options.read(true).custom_flags(libc::O_NONBLOCK).open(path).map_err(io)?;
    if !file.metadata().map_err(io)?.is_file() {
        let cause = "it is not a regular file".into();
        return Err(JournalError::Nowhere { path: path.to_owned(), cause });
    }
    Ok(file)
}

/// Opens a file, and says whether it is a journal by its name or its first words.
fn open_file(path: &Path) -> Result<(File, bool), JournalError> {
    let io = |source| JournalError::Io { doing: "read", path: path.to_owned(), source };
    let mut file = regular_file(path)?;
    let mut start = Vec::new();
    file.by_ref().take(LOOKED_AT).read_to_end(&mut start).map_err(io)?;
    file.rewind().map_err(io)?;
    let named = path.extension().is_some_and(|extension| extension == "jsonl");
    Ok((file, named || start.windows(MARK.len()).any(|words| words == MARK)))
}

/// A document that stands in this file, which `path` is the name of.
pub fn open_document(path: &Path, file: File) -> Result<Stored<'static>, JournalError> {
    let mut kept = KeptDocument { path: path.to_owned(), file };
    let (mut thinning, mut cells) = (Thinning::default(), Vec::new());
    let mut document = kept.read(&mut |mut cell, _| {
        thinning.thin(&mut cell);
        cells.push(cell);
        Ok(())
    })?;
    complete(&mut cells);
    document.cells = cells;
    Ok(Stored::new(document, kept))
}

/// A document whose cells are read again when they are asked for.
struct KeptDocument {
    path: PathBuf,
    file: File,
}

impl KeptDocument {
    /// The file from its start.
    fn source(&mut self) -> Result<BufReader<&File>, JournalError> {
        let path = &self.path;
        let io = |source| JournalError::Io { doing: "read", path: path.clone(), source };
        self.file.rewind().map_err(io)?;
        Ok(BufReader::new(&self.file))
    }

    /// All of it, where it is so short that it is read at once.
    fn short(&mut self) -> Result<Option<Vec<u8>>, JournalError> {
        let path = &self.path;
        let io = |source| JournalError::Io { doing: "read", path: path.clone(), source };
        let mut text = Vec::new();
        self.file.rewind().map_err(io)?;
        (&self.file).take(SHORT + 1).read_to_end(&mut text).map_err(io)?;
        Ok((text.len() as u64 <= SHORT).then_some(text))
    }

    /// Reads the document from its start.
    fn read(&mut self, each: &mut Each<'_>) -> Result<Document, JournalError> {
        let read = match self.short()? {
            Some(text) => cells_of_text(&text, each),
            None => cells_of(self.source()?, each),
        };
        read.map_err(|cause| JournalError::Document { path: self.path.clone(), cause })
    }
}

impl CellSource for KeptDocument {
    fn each(
        &mut self,
        light: &[CellResult],
        to: &mut dyn FnMut(CellResult) -> std::io::Result<()>,
    ) -> Result<(), StoredError> {
        let (mut failed, mut light) = (None, light.iter());
        let read = self.read(&mut |mut cell, _| {
            // What takes all cells, and may not stand in the file.
            if let Some(light) = light.next() {
                (cell.spread, cell.relative) = (light.spread, light.relative.clone());
            }
            to(cell).map_err(|error| failed.insert(error).to_string())
        });
        match (failed, read) {
            (Some(error), _) => Err(StoredError::Write(error)),
            (None, Err(error)) => Err(error.into()),
            (None, Ok(_)) => Ok(()),
        }
    }
}

fn read_rounds(path: &Path, file: File) -> Result<Rounds, JournalError> {
    let mut reader = Reader::new(path, BufReader::new(file))?;
    let mut spans = Vec::new();
    while let Some(round) = reader.next_round()? {
        spans.push(Place { cell: round.cell, attempt: round.attempt, span: reader.span() });
    }
    Ok(Rounds { reader, spans })
}

/// A journal that was read to its end and found right.
#[derive(Debug)]
pub struct Rounds {
    reader: Reader,
    spans: Vec<Place>,
}

/// Of what a round is, and where it stands.
#[derive(Clone, Copy, Debug)]
struct Place {
    cell: usize,
    attempt: u32,
    span: Span,
}

impl Rounds {
    /// The first line.
    pub fn header(&self) -> &Header {
        self.reader.header()
    }

    /// Rounds that were over.
    pub fn count(&self) -> usize {
        self.spans.len()
    }

    /// Rounds that the scenario asks for, those of cells that were played again included. Of a search nobody knows, so
    /// that these are those that are there.
    pub fn planned(&self) -> usize {
        let scenario = &self.header().scenario;
        if scenario.search.is_some() {
            return self.count();
        }
        let again = self.spans.iter().filter(|place| place.attempt > 0);
        let again: HashSet<(usize, u32)> = again.map(|place| (place.cell, place.attempt)).collect();
        scenario.cells.len().saturating_add(again.len()).saturating_mul(scenario.rounds as usize)
    }

    /// Bytes of a last line that was not finished; it is left out.
    pub fn torn_bytes(&self) -> Option<u64> {
        self.reader.torn_bytes()
    }

    /// The result of the rounds; where some are missing, it is that of an interrupted run.
    pub fn result(&self) -> Result<Stored<'_>, JournalError> {
        let header = self.header();
        let mut pool = self.pool()?;
        let retries = header.options.retries;
        let is_over = self.count() >= self.planned()
            && (retries == 0 || pool.is_over(retries)?)
            && pool.has_found()?;
        if self.reader.schema() == 1 {
            pool.set_remark(REMARK);
        }
        let mut result = pool.finish(header.host.clone(), header.tool.clone())?;
        result.set_run(header.run.clone());
        result.measured(header.measured.clone());
        if !is_over {
            result.interrupt();
        }
        Ok(result)
    }

    /// The last round, and why its cell could not pass any more after it, where that has ended the run.
    pub fn aborted_by(&self) -> Result<Option<(Round, AttemptResult)>, JournalError> {
        let asked = self.header().options.abort_on_fail && self.count() < self.planned();
        let Some(last) = self.spans.last().filter(|last| asked && last.attempt == 0) else {
            return Ok(None);
        };
        let round = self.reader.archive()?.round(last.span)?;
        let found = certain_failure(&self.header().scenario.cells[last.cell], &round);
        match found {
            Some(found) if self.pool()?.fails(last.cell)? => Ok(Some((round, found))),
            _ => Ok(None),
        }
    }

    fn pool(&self) -> Result<Pool<'_>, JournalError> {
        let mut pool = Pool::new(&self.header().scenario);
        pool.set_archive(self.reader.archive()?);
        for Place { cell, attempt, span } in &self.spans {
            pool.kept(*cell, *attempt, *span);
        }
        Ok(pool)
    }
}
