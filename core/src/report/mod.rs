//! The result document for people and for programs. Pure: documents in, text out, except for the
//! [`Progress`] bar, which draws on stderr.

mod axes;
mod columns;
mod comparison;
mod conduct;
mod excerpt;
mod hexdump;
mod json;
mod literal;
mod markdown;
mod numbers;
mod outputs;
mod progress;
mod reasons;
pub mod standalone;
pub mod table;
mod text;
pub mod torture;
pub mod trace;

use crate::result::Document;
use crate::result::document::CellResult;
use crate::text::Page;
use clap::ValueEnum;

pub use comparison::{comparison, comparison_in_markdown, reason};
pub use hexdump::side_by_side;
pub use json::{json, jsonl, jsonl_line};
pub use markdown::markdown;
pub(crate) use numbers::bytes as size;
pub use outputs::{Output, output};
pub use progress::Progress;
pub use reasons::{Kind, Reason, failure, reasons, worst_first};
pub(crate) use table::{link_setup, mark};

/// `--format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A table for people.
    Table,
    /// The result document.
    Json,
    /// One line of JSON per cell.
    Jsonl,
    /// A table for Markdown.
    Markdown,
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
            Self::Markdown => Printing::Page(|document, _| markdown(document)),
            Self::Events => return None,
        })
    }
}
