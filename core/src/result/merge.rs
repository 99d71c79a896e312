//! The parts of a run, measured by themselves, as one result.
//!
//! A cell is in one part, whole: its figures are taken as they are, and nothing is added up. What gates hold it against
//! stands in the same part.

use super::document::{CellResult, CellVerdict, Document, PartResult, SearchResult};
use super::journal::JournalError;
use super::search::worst;
use super::stored::{CellSource, Stored, StoredError, Thinning, text_of};
use crate::scenario::{PartitionInfo, PlannedCell};
use crate::text::plural;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::FileExt as _;
use std::rc::Rc;

/// Bytes that are written at once.
const BUFFER: usize = 1 << 20;

/// Ids that are named where many are missing.
const NAMED: usize = 3;

/// Why parts are no whole.
#[derive(Debug, PartialEq, Eq)]
pub enum Unmergeable {
    /// They are of different plans or builds.
    Different(String),
    /// Some of the whole is missing, or there twice.
    Incomplete(String),
}

/// Where a whole cell stands until all are there.
#[derive(Clone, Copy, Debug)]
struct Span {
    at: u64,
    len: u32,
}

/// A part whose cells were kept.
struct Part {
    /// How the user calls it.
    name: String,
    document: Document,
    part: u32,
    of: u32,
}

/// A cell without its bulk, and where that is.
#[derive(Debug)]
pub struct KeptCell {
    light: CellResult,
    span: Span,
}

/// The bulk of cells, in a file without a name.
pub struct Bulk {
    file: BufWriter<File>,
    length: u64,
    thinning: Thinning,
}

impl Bulk {
    /// Nothing kept yet.
    pub fn new() -> io::Result<Self> {
        let file = BufWriter::with_capacity(BUFFER, tempfile::tempfile()?);
        Ok(Self { file, length: 0, thinning: Thinning::default() })
    }

    /// Keeps a whole cell; `text`: as it stands in its document, if it does.
    pub fn keep(&mut self, mut cell: CellResult, text: Option<&str>) -> io::Result<KeptCell> {
        let text = match text {
            Some(text) => Cow::Borrowed(text),
            None => Cow::Owned(text_of(&cell)?),
        };
        self.file.write_all(text.as_bytes())?;
        let span = Span { at: self.length, len: text.len() as u32 };
        self.length += text.len() as u64;
        self.thinning.thin(&mut cell);
        Ok(KeptCell { light: cell, span })
    }

    /// All of it is kept.
    pub fn finish(self) -> io::Result<Rc<File>> {
        Ok(Rc::new(self.file.into_inner().map_err(io::IntoInnerError::into_error)?))
    }
}

/// The parts of one scenario on their way to one result.
#[derive(Default)]
pub struct Merge {
    /// Their cells, by id.
    cells: HashMap<String, KeptCell>,
    parts: Vec<Part>,
    /// The cells of the whole, in order.
    plan: Vec<PlannedCell>,
    /// The names of all scenarios of the run.
    scenarios: Vec<String>,
    /// A cell that stands in two of them.
    twice: Option<String>,
}

impl Merge {
    /// Adds a part; `name`: how the user calls it. The error says why it cannot belong to those before it.
    pub fn part(
        &mut self,
        name: String,
        document: Document,
        cells: Vec<KeptCell>,
    ) -> Result<(), Unmergeable> {
        if !document.parts.is_empty() {
            let why = format!("{name} was put together of parts already");
            return Err(Unmergeable::Different(why));
        }
        let mut document = document;
        let Some(partition) = document.scenario.partition.take() else {
            let why = format!("{name} is not a part: it was run without --partition");
            return Err(Unmergeable::Different(why));
        };
        if let Some(first) = self.parts.first() {
            let differs = differs(first, (&self.plan, &self.scenarios), &document, &partition);
            if let Some(what) = differs {
                let why = format!("{} and {name} are parts of different runs: {what}", first.name);
                return Err(Unmergeable::Different(why));
            }
        }
        let same = self.parts.iter().find(|known| known.part == partition.part);
        if let Some(same) = same {
            let PartitionInfo { part, of, .. } = partition;
            let why = format!("{} and {name} are both part {part} of {of}", same.name);
            return Err(Unmergeable::Incomplete(why));
        }
        let PartitionInfo { part, of, cells: plan, scenarios } = partition;
        (self.plan, self.scenarios) = (plan, scenarios);
        self.parts.push(Part { name, document, part, of });
        for cell in cells {
            let id = cell.light.id.clone();
            if self.cells.insert(id.clone(), cell).is_some() {
                self.twice.get_or_insert(id);
            }
        }
        Ok(())
    }

    /// The names of all scenarios of the run that these are parts of.
    pub fn scenarios(&self) -> &[String] {
        &self.scenarios
    }

    /// The whole, whose bulk is in this file. The error says what it lacks.
    pub fn finish(self, bulk: &Rc<File>) -> Result<Stored<'static>, Unmergeable> {
        let Self { mut cells, mut parts, plan, twice, .. } = self;
        if let Some(id) = twice {
            return Err(Unmergeable::Incomplete(format!("cell {id} stands in two parts")));
        }
        parts.sort_by_key(|part| part.part);
        if parts.is_empty() {
            return Err(Unmergeable::Incomplete("there are no parts".into()));
        }
        let searched = parts.iter().any(|part| part.document.search.is_some());
        let there: HashSet<u32> = parts.iter().map(|part| part.part).collect();
        let (mut light, mut spans, mut missing) = (Vec::new(), Vec::new(), Vec::new());
        for planned in &plan {
            match cells.remove(&planned.id) {
                Some(cell) => {
                    light.push(CellResult { part: Some(planned.part), ..cell.light });
                    spans.push(cell.span);
                }
                // Of a search, cells are missing that were not played; parts are not.
                None if searched && there.contains(&planned.part) => {}
                None => missing.push(planned),
            }
        }
        if let Some(first) = missing.first() {
            let of = parts[0].of;
            let named: Vec<&str> =
                missing.iter().take(NAMED).map(|cell| cell.id.as_str()).collect();
            let more = missing.len().saturating_sub(NAMED);
            let and = if more > 0 { format!(" and {more} more") } else { String::new() };
            let (count, all) = (missing.len(), plan.len());
            let cells = plural(all as u64, "cell");
            let are = if count == 1 { "is" } else { "are" };
            let named = named.join(", ");
            return Err(Unmergeable::Incomplete(format!(
                "{count} of {all} {cells} {are} missing: {named}{and}; part {} of {of} has the first of them",
                first.part
            )));
        }
        if let Some(id) = cells.keys().next() {
            let why = format!("cell {id} stands in a part, but not in the plan of the whole");
            return Err(Unmergeable::Incomplete(why));
        }
        let bulk = Rc::clone(bulk);
        Ok(Stored::new(document(parts, light), MergedCells { bulk, spans }))
    }
}

/// What makes a document no part of the run that `first` is a part of.
fn differs(
    first: &Part,
    (plan, scenarios): (&[PlannedCell], &[String]),
    document: &Document,
    partition: &PartitionInfo,
) -> Option<String> {
    let (one, other) = (&first.document, document);
    let (a, b) = (&one.scenario, &other.scenario);
    if one.tool.version != other.tool.version || one.tool.debug_build != other.tool.debug_build {
        return Some(format!("wirebench {} and {}", build(one), build(other)));
    }
    if a.name != b.name {
        return Some(format!("scenarios {} and {}", a.name, b.name));
    }
    if a.text_sha256 != b.text_sha256 {
        return Some("the text of the scenario's file is not the same".into());
    }
    if a.changes != b.changes {
        return Some(format!("changed by [{}] and [{}]", a.changes.join(" "), b.changes.join(" ")));
    }
    if (a.rounds, a.seed, &a.axes) != (b.rounds, b.seed, &b.axes) {
        return Some("their rounds, seeds or axes are not the same".into());
    }
    if first.of != partition.of {
        return Some(format!("of {} parts and of {}", first.of, partition.of));
    }
    if scenarios != partition.scenarios {
        return Some("they are of runs of different scenarios".into());
    }
    if plan != partition.cells {
        return Some("they divide the cells in different ways, or have other cells".into());
    }
    let files = |document: &Document| {
        let plugins =
            document.plugins.iter().map(|plugin| (plugin.id.clone(), plugin.sha256.clone()));
        plugins.collect::<HashMap<_, _>>()
    };
    let (mine, its) = (files(one), files(other));
    let changed = mine.iter().find(|(id, hash)| its.get(*id).is_some_and(|other| other != *hash));
    changed.map(|(id, _)| format!("plugin {id} is not the same file"))
}

fn build(document: &Document) -> String {
    let debug = if document.tool.debug_build { " (debug build)" } else { "" };
    format!("{}{debug}", document.tool.version)
}

fn document(parts: Vec<Part>, cells: Vec<CellResult>) -> Document {
    let of_part = |part: &Part| PartResult {
        part: part.part,
        run: part.document.run.clone(),
        host: part.document.host.clone(),
    };
    let results: Vec<PartResult> = parts.iter().map(of_part).collect();
    let mut search = None;
    for part in &parts {
        join(&mut search, part.document.search.as_ref());
    }
    let worst = worst(cells.iter(), search.as_ref());
    let stopped = parts.iter().find_map(|part| {
        let why = part.document.stopped.as_ref()?;
        Some(format!("part {}: {why}", part.part))
    });
    let interrupted = parts.iter().any(|part| part.document.interrupted);
    let aborted = parts.iter().any(|part| part.document.aborted);
    let (mut plugins, mut files) = (Vec::new(), Vec::new());
    for part in &parts {
        for plugin in &part.document.plugins {
            if !plugins.contains(plugin) {
                plugins.push(plugin.clone());
            }
        }
        for file in &part.document.files {
            if !files.contains(file) {
                files.push(file.clone());
            }
        }
    }
    let first = parts.into_iter().next().map(|part| part.document);
    let mut document = first.expect("a whole has a part");
    document.run = None;
    document.plugins = plugins;
    document.files = files;
    document.parts = results;
    document.stopped = stopped;
    document.interrupted = false;
    document.aborted = aborted;
    document.search = search;
    document.verdict = worst.unwrap_or(CellVerdict::Inconclusive);
    document.cells = cells;
    if interrupted {
        document.interrupt();
    }
    document
}

/// What a part has found, with what others have: a group is in one part, whole.
fn join(all: &mut Option<SearchResult>, found: Option<&SearchResult>) {
    match (all.as_mut(), found) {
        (Some(all), Some(found)) => all.groups.extend(found.groups.iter().cloned()),
        (None, Some(found)) => *all = Some(found.clone()),
        (_, None) => {}
    }
}

/// The cells of parts, where they wait to be written.
struct MergedCells {
    bulk: Rc<File>,
    spans: Vec<Span>,
}

impl MergedCells {
    fn text(&self, span: Span) -> Result<String, StoredError> {
        let mut text = vec![0; span.len as usize];
        let read = self.bulk.read_exact_at(&mut text, span.at);
        let read = read.and_then(|()| String::from_utf8(text).map_err(io::Error::other));
        read.map_err(|source| {
            let path = std::env::temp_dir();
            JournalError::Io { doing: "read back the cells from", path, source }.into()
        })
    }
}

/// The text of a cell that says which part it is of; `None`: its text does not show where that would stand.
fn with_part(text: &str, part: Option<u32>) -> Option<String> {
    // In texts of the cell's own, quotes are escaped.
    let (head, rest) = text.split_once("\"part\"")?;
    let tail = rest.trim_start().strip_prefix(':')?.trim_start().strip_prefix("null")?;
    (!tail.contains("\"part\"")).then(|| {
        let part = part.map_or_else(|| "null".to_owned(), |part| part.to_string());
        format!("{head}\"part\": {part}{tail}")
    })
}

impl CellSource for MergedCells {
    fn each(
        &mut self,
        light: &[CellResult],
        to: &mut dyn FnMut(CellResult) -> io::Result<()>,
    ) -> Result<(), StoredError> {
        for (light, span) in light.iter().zip(&self.spans) {
            let whole: CellResult =
                serde_json::from_str(&self.text(*span)?).map_err(io::Error::from)?;
            to(CellResult { part: light.part, ..whole })?;
        }
        Ok(())
    }

    fn texts(
        &mut self,
        light: &[CellResult],
        to: &mut dyn FnMut(&str) -> io::Result<()>,
    ) -> Result<(), StoredError> {
        for (light, span) in light.iter().zip(&self.spans) {
            let text = self.text(*span)?;
            match with_part(&text, light.part) {
                Some(text) => to(&text)?,
                None => {
                    let whole: CellResult = serde_json::from_str(&text).map_err(io::Error::from)?;
                    to(&text_of(&CellResult { part: light.part, ..whole })?)?;
                }
            }
        }
        Ok(())
    }
}
