//! The result document for people and for programs, and how far a run is. Pure: documents and counts in, text out.

mod answer;
mod asked;
mod attempts;
mod axes;
mod choice;
mod columns;
mod comparison;
mod conduct;
mod contested;
mod excerpt;
mod hexdump;
mod html;
mod json;
mod literal;
mod live;
mod markdown;
mod numbers;
mod outputs;
mod paint;
mod pivot;
mod progress;
mod reasons;
mod search;
mod slow;
pub mod standalone;
mod summary;
pub mod table;
mod text;
pub mod torture;
pub mod trace;

use crate::result::Document;
use crate::result::document::CellResult;
use crate::text::Page;
use clap::ValueEnum;

pub use attempts::{earlier, flaky, no_more_hope};
pub use choice::Choice;
pub use comparison::{comparison, comparison_in_markdown, reason};
pub use hexdump::side_by_side;
pub use json::{json, jsonl, jsonl_line};
pub use live::{Block, Drawing, Line, Live, bar_line};
pub use markdown::{markdown, markdown_of};
pub(crate) use numbers::bytes as size;
pub use outputs::{Output, TextFile, file_name, output, output_of};
pub use paint::Paint;
pub use progress::{BETWEEN_LINES, BETWEEN_REDRAWS, Pace, Progress};
pub use reasons::{Kind, Reason, failure, reasons, worst_first};
pub use slow::slow_round;
pub(crate) use table::{link_setup, mark};
pub(crate) use text::wrap;

/// `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table for people.
    Table,
    /// The result document.
    Json,
    /// One line of JSON per cell.
    Jsonl,
    /// The verdict, what went wrong and a table, for GitHub's summaries.
    Markdown,
    /// A row for each figure of each cell, for tools that read tables.
    Csv,
    /// A row for each round of each cell.
    CsvRounds,
    /// JUnit XML: a suite for each scenario, a test for each cell.
    #[value(name = "junit")]
    JUnit,
    /// GitHub's annotations, at the lines of the scenario.
    #[value(name = "github")]
    GitHub,
    /// Percentile distributions of HdrHistogram: a file for each cell, in a folder.
    Hgrm,
    /// An interval log of HdrHistogram: a line for each cell.
    HdrLog,
    /// Go's benchmarks, for benchstat: a line for each round.
    GoBench,
    /// OpenMetrics text, for Prometheus and others.
    #[value(name = "openmetrics")]
    OpenMetrics,
    /// A page with pictures, in one file, for a browser.
    Html,
    /// A line of JSON for everything that happens, as it happens.
    Events,
}

/// How a result is printed in a format.
pub enum Printing {
    /// As it is stored.
    Document,
    /// A text in JSON for each cell; the document comes without cells.
    Cells(fn(&Document, &CellResult) -> String),
    /// A text of the whole, for people.
    Page(fn(&Document, &table::Options) -> Page),
}

impl Format {
    /// As it is written on the command line.
    pub fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// True for text, which needs an empty line before the next.
    pub fn is_text(self) -> bool {
        matches!(self.printing(), Some(Printing::Page(_)))
    }

    /// How each result is printed as it ends; `None`: all of them are one file.
    pub fn printing(self) -> Option<Printing> {
        Some(match self {
            Self::Table => Printing::Page(table::render),
            Self::Json => Printing::Document,
            Self::Jsonl => Printing::Cells(jsonl_line),
            Self::Markdown
            | Self::Csv
            | Self::CsvRounds
            | Self::JUnit
            | Self::GitHub
            | Self::Hgrm
            | Self::HdrLog
            | Self::GoBench
            | Self::OpenMetrics
            | Self::Html
            | Self::Events => return None,
        })
    }

    /// True where it has rows and columns to choose from; others have all that is known.
    pub fn is_chosen_from(self) -> bool {
        matches!(self, Self::Table | Self::Markdown)
    }

    /// True where the format is a file for each cell, so that a folder of them is written.
    pub fn is_folder(self) -> bool {
        self == Self::Hgrm
    }
}
