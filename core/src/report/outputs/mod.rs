//! Results of a whole run in one file, for other programs.
//!
//! An output hears of every scenario's result as it ends, and is written when nothing more comes: many formats
//! have a head, or keep together what comes apart. It is pure: whoever writes it says where.

mod csv;
mod dense;
mod figures;
mod github;
mod go_bench;
mod hdr_log;
mod hgrm;
mod junit;
mod names;
mod openmetrics;
mod pages;
mod spool;
mod told;

use super::{Choice, Format, html};
use crate::compare::Comparison;
use crate::result::{Stored, StoredError};
use std::io::{self, Write};

/// The results of a run in one format.
pub trait Output {
    /// Takes the result of a scenario, and what it was held against. The error is of reading the result, or of
    /// keeping it for later.
    fn add(
        &mut self,
        result: &mut Stored<'_>,
        compared: Option<&Comparison>,
    ) -> Result<(), StoredError>;

    /// Writes what was added, the whole file.
    fn write(&mut self, to: &mut dyn Write) -> io::Result<()>;

    /// What was added, as files, where the format [has a file for each cell](Format::is_folder); else none.
    fn files(&self) -> &[TextFile] {
        &[]
    }
}

/// One of several files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextFile {
    /// Its name, which no other file of the output has and which every file system takes: letters of ASCII, digits
    /// and `=._-`, at most 220 of them.
    pub name: String,
    /// What stands in it.
    pub text: String,
}

/// Nothing added yet; `None`: it is written while things happen, not when they are over.
pub fn output(format: Format) -> Option<Box<dyn Output>> {
    output_of(format, &Choice::default())
}

/// The same of chosen rows and columns, where the format [has such](Format::is_chosen_from).
pub fn output_of(format: Format, choice: &Choice) -> Option<Box<dyn Output>> {
    Some(match format {
        Format::Table => Box::new(pages::Pages::tables(choice.clone())),
        Format::Markdown => Box::new(pages::Summaries::of(choice.clone())),
        Format::Json => Box::new(spool::Spool::documents()),
        Format::Jsonl => Box::new(spool::Spool::cells()),
        Format::Csv => Box::new(csv::cells()),
        Format::CsvRounds => Box::new(csv::rounds()),
        Format::JUnit => Box::new(junit::JUnit::new()),
        Format::GitHub => Box::<github::GitHub>::default(),
        Format::Hgrm => Box::<hgrm::Distributions>::default(),
        Format::HdrLog => Box::<hdr_log::HdrLog>::default(),
        Format::GoBench => Box::<go_bench::GoBench>::default(),
        Format::OpenMetrics => Box::<openmetrics::OpenMetrics>::default(),
        Format::Html => Box::new(html::Html::new()),
        Format::Events => return None,
    })
}

/// A name of a file that is made of any text: letters of ASCII, digits and `=._-`, at most 200 of them. It is no
/// way to another folder.
pub fn file_name(text: &str) -> String {
    let name = names::safe(text, |c| c.is_ascii_alphanumeric() || "=._-".contains(c));
    match name.strip_prefix('.') {
        Some(rest) => format!("_{rest}"),
        None => name,
    }
}
