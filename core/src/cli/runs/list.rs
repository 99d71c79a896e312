//! `wirebench runs list`: a table, or a document.

use super::{Kept, kept};
use crate::cli::args::{RunsFormat, RunsListArgs};
use crate::cli::exit::ExitCode;
use crate::cli::screen::Screen;
use crate::report::{mark, size};
use crate::result::document::CellVerdict;
use crate::result::runs::{Facts, KeptRun, RunState};
use crate::text::{Page, clean, path as shown, width};
use serde::Serialize;
use std::io::{self, Write as _};

/// The schema of the document.
const SCHEMA: &str = "wirebench.runs/1";

/// The document; `docs/runs.md` explains every field, and a test holds the two together.
#[derive(Serialize)]
struct List {
    schema: &'static str,
    folder: String,
    runs: Vec<Run>,
}

#[derive(Serialize)]
struct Run {
    scenario: String,
    id: String,
    path: String,
    started: String,
    state: &'static str,
    verdict: Option<CellVerdict>,
    cells: Option<u64>,
    size_bytes: u64,
    profile: Option<String>,
    latest: bool,
}

/// Lists the runs.
pub(super) fn list(
    args: &RunsListArgs,
    color: bool,
    out: &mut Screen,
    err: &mut Screen,
) -> io::Result<ExitCode> {
    let kept = match kept(&args.kept, &args.scenarios, color, err)? {
        Ok(kept) => kept,
        Err(code) => return Ok(code),
    };
    match args.format {
        RunsFormat::Json => {
            let text = serde_json::to_string_pretty(&document(&kept))?;
            out.json().write_all(text.as_bytes())?;
            writeln!(out)?;
        }
        RunsFormat::Table if kept.runs.is_empty() => {
            writeln!(err, "nothing is kept in {}", shown(&kept.folder))?;
        }
        RunsFormat::Table => out.page(&table(&kept))?,
    }
    Ok(ExitCode::SUCCESS)
}

fn document(kept: &Kept) -> List {
    let runs = kept.runs.iter().map(|run| {
        let Facts { state, cells, profile } = run.facts();
        Run {
            scenario: run.scenario().to_owned(),
            id: run.id().to_owned(),
            path: shown(run.path()),
            started: run.started(),
            state: word(state),
            verdict: verdict(state),
            cells,
            size_bytes: run.size_bytes(),
            profile,
            latest: run.is_latest(),
        }
    });
    List { schema: SCHEMA, folder: shown(&kept.folder), runs: runs.collect() }
}

fn word(state: RunState) -> &'static str {
    match state {
        RunState::Ended(_) => "ended",
        RunState::Interrupted(_) => "interrupted",
        RunState::Running => "running",
        RunState::Killed => "killed",
        RunState::Unreadable => "unreadable",
    }
}

fn verdict(state: RunState) -> Option<CellVerdict> {
    match state {
        RunState::Ended(verdict) | RunState::Interrupted(verdict) => Some(verdict),
        _ => None,
    }
}

/// The columns: those with `true` are of numbers.
const COLUMNS: [(&str, bool); 7] = [
    ("scenario", false),
    ("run", false),
    ("started (UTC)", false),
    ("verdict", false),
    ("cells", true),
    ("size", true),
    ("profile", false),
];

fn table(kept: &Kept) -> Page {
    let mut rows = vec![COLUMNS.map(|(title, _)| title.to_owned())];
    rows.extend(kept.runs.iter().map(row));
    let widths: Vec<usize> = (0..COLUMNS.len())
        .map(|column| rows.iter().map(|row| width(&row[column])).max().unwrap_or_default())
        .collect();
    let mut page = Page::new();
    for row in &rows {
        let mut line = String::new();
        for ((cell, (_, number)), wide) in row.iter().zip(COLUMNS).zip(&widths) {
            let blanks = " ".repeat(wide.saturating_sub(width(cell)));
            line.extend(if number { [&blanks, cell, "  "] } else { [cell, &blanks, "  "] });
        }
        page.line(line.trim_end());
    }
    page
}

fn row(run: &KeptRun) -> [String; COLUMNS.len()] {
    let Facts { state, cells, profile } = run.facts();
    let verdict = match state {
        RunState::Ended(verdict) => mark(verdict).to_owned(),
        RunState::Interrupted(verdict) => format!("{}, interrupted", mark(verdict)),
        state => word(state).to_owned(),
    };
    let started = run.started().replace('T', " ").replace('Z', "");
    [
        clean(run.scenario()),
        clean(run.id()),
        started,
        verdict,
        cells.map_or("–".to_owned(), |cells| cells.to_string()),
        size(run.size_bytes() as f64),
        profile.map_or("–".to_owned(), |profile| clean(&profile)),
    ]
}
